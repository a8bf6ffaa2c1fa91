"""What differs from the stock manifest of a release: the fields that somebody edited, whoever owns them.

What the stock manifest writes is compared field by field, as server-side apply tells fields apart: a mapping by its
keys, an ``env``, a ``ports``, a ``volumeMounts`` and a ``volumes`` list by its items, any other list as a whole. What
stands beside that is the user's; of it only variables are told, as the environment is what people add to. Registries
are the same in every region.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from cnilint.facts.containeredits import derived, in_containers
from cnilint.facts.described import POD, Path, hidden, reached
from cnilint.facts.edited import DOCUMENTED, RENDERED_OTHERWISE, Edited, field, leaves
from cnilint.facts.release import stock_of
from cnilint.surface.model import AGENT, INIT, MAIN, items, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnilint.facts.described import Described

# Of these a patch says itself what it takes away: an entry with ``$patch: delete``, a list written as a whole.
_TOLD: Final = frozenset({"environment", "agent flags"})
# The version label and the chart label name the release, and in several stock manifests another one than the image.
_VERSION_LABELS: Final = frozenset({"app.kubernetes.io/version", "helm.sh/chart", "app.kubernetes.io/managed-by"})
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


def edits(of: Described, release: str | None) -> Iterator[Edited]:
    """Yield the fields that differ from the stock manifest of a release.

    What a patch leaves out was not taken away; nor, but for the documented families, what a manifest leaves out that
    was not made from the stock manifest: applied, it takes nothing from the object in the cluster.
    """
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
