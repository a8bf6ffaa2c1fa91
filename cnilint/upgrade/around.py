"""What stands around the DaemonSet in the manifest of another release: permissions, definitions, the ConfigMap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.facts.objects import covers, grants
from cnilint.knowledge.releases import stock
from cnilint.surface.model import items
from cnilint.upgrade.note import MANIFEST, Note, manifest_url
from cnilint.upgrade.target import between

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cnilint.facts.context import Context
    from cnilint.knowledge.releases import Stock
    from cnilint.surface.model import Item

_WHY: Final = {
    "ConfigMap/amazon-vpc-cni": "controllers of the control plane read it",
    "CustomResourceDefinition/policyendpoints.networking.k8s.aws": "the network policy agent reads such objects",
}


def grants_and_objects(context: Context, old: str, new: str) -> Iterator[Note]:
    """Yield the permissions, objects and keys of the ConfigMap that come and go between two releases."""
    one, other = stock(old), stock(new)
    yield from _grants(context, one, other)
    yield from _objects(one, other)
    keys = [*other.configmap] if one.configmap and other.configmap else []
    yield from _keys([key for key in keys if key not in one.configmap], "add", one, other)
    yield from _keys([key for key in one.configmap if keys and key not in keys], "no longer has", one, other)


def _grants(context: Context, one: Stock, other: Stock) -> Iterator[Note]:
    """Yield what the ClusterRole must grant as well, and what no longer; where the file has the role, what it lacks."""
    roles = context.surface.siblings.get("ClusterRole", ())
    for changed, wanted in ((other.grants - one.grants, True), (one.grants - other.grants, False)):
        found: dict[str, list[str]] = {}
        for resource, verb in sorted(changed):
            if not roles or any(granted(role, resource, verb) for role in roles) != wanted:
                found.setdefault(resource, []).append(verb)
        for resource, verbs in found.items():

            def held(release: Stock, grant: tuple[str, str] = (resource, verbs[0]), there: bool = wanted) -> bool:  # noqa: FBT001  # of the loop
                return (grant in release.grants) == there

            said = f"grant {', '.join(verbs)}" if wanted else f"{', '.join(verbs)} is no longer granted"
            yield _note(f"ClusterRole {resource}", said, held, one, other)


def _objects(one: Stock, other: Stock) -> Iterator[Note]:
    """Yield the objects that the manifest gains, loses, or has in another version of the API."""
    versions = [{name.partition(" ")[2]: name.partition(" ")[0] for name in each.objects} for each in (one, other)]
    for name in sorted(versions[0].keys() | versions[1].keys()):
        was, wanted = versions[0].get(name), versions[1].get(name)
        if was == wanted:
            continue

        def held(release: Stock, name: str = f"{wanted or was} {name}", there: bool = wanted is not None) -> bool:  # noqa: FBT001  # of the loop
            return (name in release.objects) == there

        why = f": {_WHY[name]}" if name in _WHY else ""
        said = f"{was} -> {wanted}" if was and wanted else f"add it{why}" if wanted else "no longer in the manifest"
        yield _note(name, said, held, one, other)


def _keys(keys: list[str], said: str, one: Stock, other: Stock) -> Iterator[Note]:
    if keys:
        yield _note(
            "ConfigMap amazon-vpc-cni",
            f"{said} {', '.join(keys)}",
            lambda held: (keys[0] in held.configmap) == (keys[0] in other.configmap),
            one,
            other,
        )


def _note(name: str, text: str, held: Callable[[Stock], bool], one: Stock, other: Stock) -> Note:
    at = first(held, one.version, other.version)
    return Note(MANIFEST, name, text, (manifest_url(at or other.version),), since=at)


def granted(role: Item, resource: str, verb: str) -> bool:
    """Tell whether a role allows a verb on a resource, or on a path of the API server (``url:/apis/...``)."""
    kind, _, path = resource.partition(":")
    if kind != "url":
        return covers(grants(role), resource, verb)
    rules = items(role.data.get("rules"))
    return any(path in _texts(rule, "nonResourceURLs") and {verb, "*"} & _texts(rule, "verbs") for rule in rules)


def _texts(rule: dict[str, object], key: str) -> set[str]:
    found = rule.get(key)
    return {item for item in found if isinstance(item, str)} if isinstance(found, list) else set()


def first(held: Callable[[Stock], bool], old: str, new: str) -> str:
    """Return the first release on the way up whose manifest answers; "" on the way down, and where none does."""
    return next((release for release in between(old, new) if held(stock(release))), "")
