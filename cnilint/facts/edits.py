"""What differs from the stock manifest of a release: the fields that somebody edited, whoever owns them.

What the stock manifest writes is compared field by field, as server-side apply tells fields apart: a mapping by its
keys, an ``env``, a ``ports``, a ``volumeMounts`` and a ``volumes`` list by its items, any other list as a whole. What
stands beside that is the user's; of it only variables are told, as the environment is what people add to. Registries
are the same in every region.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from cnilint.facts.described import POD, Path, hidden, reached
from cnilint.facts.release import stock_of
from cnilint.knowledge.versions import parsed
from cnilint.record import NamedTuple
from cnilint.surface.model import AGENT, INIT, MAIN, items, mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnilint.facts.described import Described

# The families of fields that EKS documents as managed.
DOCUMENTED: Final = frozenset({"service account", "image", "probes", "labels", "volumes", "mounts"})
# Of these a patch says itself what it takes away: an entry with ``$patch: delete``, a list written as a whole.
_TOLD: Final = frozenset({"environment", "agent flags"})
# The version label and the chart label name the release, and in several stock manifests another one than the image.
_VERSION_LABELS: Final = frozenset({"app.kubernetes.io/version", "helm.sh/chart", "app.kubernetes.io/managed-by"})
# What EKS renders may differ in these from upstream's manifest, so that a live object's own values tell nothing.
RENDERED_OTHERWISE: Final = frozenset({"affinity", "imagePullPolicy", "updateStrategy", "ports"})
_IN_POD: Final = ("hostNetwork", "priorityClassName", "terminationGracePeriodSeconds", "tolerations", "affinity")
# What EKS renders from the family of an IPv6 cluster, by container and name.
_FAMILIES: Final = ("ENABLE_IPv4", "ENABLE_IPv6")
_IPV6: Final = {
    (MAIN, "ENABLE_IPv4"): "false",
    (MAIN, "ENABLE_IPv6"): "true",
    (MAIN, "ENABLE_PREFIX_DELEGATION"): "true",
    (INIT, "ENABLE_IPv6"): "true",
    (AGENT, "--enable-ipv6"): "true",
}
# In these releases the published chart and the manifest differ about imagePullPolicy; the add-on has the chart's.
_TWO_POLICIES: Final = ((1, 21, 2), (1, 22, 4))


class Edited(NamedTuple):
    """A field that is not as shipped.

    ``name`` is what is edited (a variable, a flag, a label, a path), ``change`` is ``changed``, ``removed`` (not there
    any more) or ``added``. ``written`` and ``shipped`` are texts, "" where there is nothing.
    """

    path: Path
    family: str
    name: str
    container: str
    change: str
    shipped: str
    written: str


def edits(of: Described, release: str | None) -> Iterator[Edited]:
    """Yield the fields that differ from the stock manifest of a release.

    What a patch leaves out was not taken away; nor, but for the documented families, what a manifest leaves out that
    was not made from the stock manifest: applied, it takes nothing from the object in the cluster.
    """
    from cnilint.facts.containeredits import derived, in_containers  # noqa: PLC0415  # it needs this module

    whole, rendered = derived(of, release), _of_ipv6(of)
    in_pod = (*_account(of, release), *_labels(of, release), *_volumes(of, release), *_pod(of, release))
    for edit in (*in_pod, *in_containers(of, release)):
        told = edit.family in _TOLD if of.partial else whole or edit.family in DOCUMENTED
        if edit.change == "removed" and not told:
            continue
        if rendered.get((edit.container, edit.name)) != edit.written or edit.change != "changed":
            yield edit


def _of_ipv6(of: Described) -> Mapping[tuple[str, str], str]:
    """Return what EKS renders otherwise in a cluster of IPv6; nothing where the object does not show that it is one."""
    return _IPV6 if all(of.env.get((MAIN, name)) == _IPV6[MAIN, name] for name in _FAMILIES) else {}


def _account(of: Described, release: str | None) -> Iterator[Edited]:
    shipped, pod = stock_of(release).service_account, of.pod
    written = pod.get("serviceAccountName", pod.get("serviceAccount"))
    if written != shipped and not hidden(written):
        path = (*POD, "serviceAccountName")
        yield field(path, "service account", "serviceAccountName", "", shipped, written)


def _labels(of: Described, release: str | None) -> Iterator[Edited]:
    manifest = stock_of(release)
    for path, labels in (
        (("metadata", "labels"), manifest.labels),
        (("spec", "template", "metadata", "labels"), manifest.pod_labels),
    ):
        written = mapping(reached(of.data, path))
        for key, label in labels.items():
            found = written.get(key)
            if found != label and key not in _VERSION_LABELS and not hidden(found):
                yield field((*path, key), "labels", key, "", label, found)


def _volumes(of: Described, release: str | None) -> Iterator[Edited]:
    written = {str(item.get("name")): item for item in items(of.pod.get("volumes"))}
    for name, volume in stock_of(release).volumes.items():
        path: Path = (*POD, "volumes", name)
        if name not in written:
            yield Edited(path, "volumes", name, "", "removed", volume.path, "")
            continue
        found = mapping(written[name].get("hostPath")).get("path")
        if found != volume.path and not hidden(written[name]):
            leaf = path if found is None else (*path, "hostPath", "path")
            yield Edited(leaf, "volumes", name, "", "changed", volume.path, "" if found is None else str(found))


def _pod(of: Described, release: str | None) -> Iterator[Edited]:
    pod = of.pod
    for path, shipped in _pod_leaves(release):
        if of.live and path[0] in RENDERED_OTHERWISE:
            continue
        above: object = mapping(of.data.get("spec")) if path[0] == "updateStrategy" else pod
        written = reached(above, path)
        if written != shipped and not hidden(written):
            start = ("spec",) if path[0] == "updateStrategy" else POD
            yield field((*start, *path), "pod", ".".join(path), "", shipped, written)


@cache
def _pod_leaves(release: str | None) -> tuple[tuple[tuple[str, ...], object], ...]:
    manifest = stock_of(release)
    shipped: dict[str, object] = {key: manifest.pod[key] for key in _IN_POD if key in manifest.pod}
    return tuple(leaves({**shipped, "updateStrategy": manifest.daemonset.get("updateStrategy", {})}))


def leaves(data: Mapping[str, object], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield the paths and values of plain data that server-side apply owns one by one: a list is one value."""
    for key, value in data.items():
        if isinstance(value, dict):
            yield from leaves(value, (*above, key))
        else:
            yield (*above, key), value


def two_policies(release: str | None) -> bool:
    """Tell whether manifest and chart of a release differ about imagePullPolicy."""
    number = parsed(release) if release else None
    return number is not None and _TWO_POLICIES[0] <= number <= _TWO_POLICIES[1]


def field(  # noqa: PLR0913, PLR0917  # all of an edit but what follows from its values
    path: Path, family: str, name: str, container: str, shipped: object, written: object
) -> Edited:
    """Return the edit of a field that the stock manifest writes; None is one that was taken away."""
    change = "removed" if written is None else "changed"
    return Edited(path, family, name, container, change, text(shipped), text(written))


def several(path: Path, family: str, container: str, missing: Iterable[tuple[str, str]]) -> Iterator[Edited]:
    """Yield one edit for all the items of a list that were taken away, as they have one place; none for none.

    ``missing`` are names and shipped texts.
    """
    found = list(missing)
    if not found:
        return
    names, shipped = ", ".join(name for name, _ in found), ", ".join(text for _, text in found)
    yield Edited(path, family, names, container, "removed", shipped, "")


def text(data: object) -> str:
    """Return a value as a message shows it: words as they are, anything else as JSON."""
    if data is None or isinstance(data, str):
        return data or ""
    import json  # noqa: PLC0415  # only of what was edited

    return json.dumps(data, separators=(", ", ": "), default=str)
