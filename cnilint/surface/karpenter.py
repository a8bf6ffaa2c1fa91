"""Karpenter: NodePools with the instance types that they allow, and the kubelet of their EC2NodeClass.

karpenter.sh/v1 has kubelet's settings in EC2NodeClass, v1beta1 in NodePool, v1alpha5 in Provisioner. Karpenter gives
each node max pods itself: what user data says in NodeConfig's or Bottlerocket's settings is overwritten
(karpenter-provider-aws pkg/providers/amifamily/resolver.go, website/content/en/docs/concepts/nodeclasses.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.record import NamedTuple
from cnilint.source.inset import inset
from cnilint.source.plain import child, scalar
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, span
from cnilint.surface import userdata
from cnilint.surface.kubelet import NOTHING, Kubelet, configuration
from cnilint.surface.reach import first_leaf
from cnilint.surface.requirements import Requirement, types

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnilint.source.text import Span, Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import NodeGroup

_CUSTOM: Final = "custom"


class _Class(NamedTuple):
    """An EC2NodeClass: its kubelet, and a max pods of its user data that Karpenter overrides."""

    kubelet: Kubelet
    aside: tuple[int, Span] | None
    name: Node


def groups(text: Text, found: Sequence[tuple[str, str, Node]]) -> list[NodeGroup]:
    """Return the nodes of each pool among objects (kind, apiVersion, node), and of each class without a pool there.

    Raises SourceError where the user data of a class is broken.
    """
    classes = {
        _name(node): _class(text, node)
        for kind, version, node in found
        if kind == "EC2NodeClass" and version.startswith("karpenter.k8s.aws/")
    }
    listed, used = [], set()
    for kind, version, node in found:
        if kind in ("NodePool", "Provisioner") and version.startswith("karpenter.sh/"):
            spec = child(node, "spec")
            spec = child(child(spec, "template"), "spec") if kind == "NodePool" else spec
            reference = _text(child(child(spec, "nodeClassRef"), "name"))
            used.add(reference)
            listed.append(_pool(text, node, spec, classes.get(reference)))
    listed += [
        item.kubelet.group(name, span(text, item.name))._replace(aside=item.aside)
        for name, item in classes.items()
        if name not in used and (item.aside or not item.kubelet.silent)
    ]
    return [item for item in listed if item is not None]


def _pool(text: Text, node: Node, spec: Node | None, own: _Class | None) -> NodeGroup | None:
    """Return the nodes of a pool; None where nothing is known of them."""
    required = list(_requirements(spec))
    allowed = types(required)
    kubelet = configuration(text, child(spec, "kubelet") or child(spec, "kubeletConfiguration"))
    kubelet = kubelet.over(own.kubelet) if own else kubelet
    aside = own.aside if own else None
    if kubelet.silent and not allowed and aside is None:
        return None
    windows = kubelet.windows or any(item.key == "kubernetes.io/os" and "windows" in item.values for item in required)
    group = kubelet.group(_name(node), span(text, child(child(node, "metadata"), "name") or first_leaf(node)), allowed)
    return group._replace(aside=aside, windows=windows)


def _requirements(spec: Node | None) -> Iterator[Requirement]:
    """Yield the requirements of a pool."""
    listed = child(spec, "requirements")
    for item in listed.value if isinstance(listed, SequenceNode) else []:
        values = child(item, "values")
        given = values.value if isinstance(values, SequenceNode) else []
        texts = tuple(str(scalar(each)) for each in given if isinstance(each, ScalarNode))
        yield Requirement(_text(child(item, "key")), _text(child(item, "operator")), texts)


def _class(text: Text, node: Node) -> _Class:
    spec = child(node, "spec")
    kubelet = _kubelet(text, child(spec, "kubelet"))
    family = _family(spec)
    if family == "bottlerocket":
        kubelet = kubelet._replace(cores=None)  # which does not apply it
    written = child(spec, "userData")
    said = userdata.kubelet(inset(text, written)) if isinstance(written, ScalarNode) else NOTHING
    aside: tuple[int, Span] | None = None
    if family == _CUSTOM:
        kubelet = said if not said.silent else NOTHING
    elif said.flag or said.hidden or said.expression or not family:
        # A flag wins over the configuration that Karpenter writes; what a script does besides nobody can tell.
        kubelet = kubelet._replace(hidden=kubelet.hidden or not said.silent)
    elif said.config and said.config.pods:
        aside = (said.config.pods, said.config.at)
    windows = family.startswith("windows") or said.windows
    return _Class(kubelet._replace(windows=windows), aside, child(child(node, "metadata"), "name") or first_leaf(node))


def _kubelet(text: Text, node: Node | None) -> Kubelet:
    """Return what a class gives kubelet; a string is an expression that a feature gate decides about, so unknown."""
    return configuration(text, node) if isinstance(node, MappingNode) else NOTHING


def _family(spec: Node | None) -> str:
    """Return the family of images in lower case: as written, else of the alias; "" where neither tells."""
    terms = child(spec, "amiSelectorTerms")
    aliases = [_text(child(item, "alias")) for item in terms.value] if isinstance(terms, SequenceNode) else []
    alias = next((item.partition("@")[0] for item in aliases if item), "")
    return (_text(child(spec, "amiFamily")) or alias).lower()


def _name(node: Node) -> str:
    return _text(child(child(node, "metadata"), "name"))


def _text(node: Node | None) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else ""
