"""The EKS add-on as a Kubernetes object: Crossplane's and ACK's ``Addon``, alone or in what composes them.

Crossplane: ``spec.forProvider`` of upbound's provider (eks.aws.upbound.io, and eks.aws.m.upbound.io in a namespace) and
of the older one (eks.aws.crossplane.io); ``spec.initProvider`` holds what is used where ``forProvider`` has nothing.
ACK: ``spec`` (eks.services.k8s.aws). Sources: upbound/provider-aws package/crds, aws-controllers-k8s/eks-controller
config/crd, crossplane docs on compositions, kro docs on ResourceGraphDefinitions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, SequenceNode
from cnilint.surface.addon import Keys, is_cni, literal, said, values_of
from cnilint.surface.kubernetes import objects
from cnilint.surface.values import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Surface

_CROSSPLANE: Final = Keys(
    "addonName",
    "addonVersion",
    "configurationValues",
    (("resolveConflicts", "both"), ("resolveConflictsOnCreate", "create"), ("resolveConflictsOnUpdate", "update")),
)
_ACK: Final = Keys("name", "addonVersion", "configurationValues", (("resolveConflicts", "both"),))
_CROSSPLANE_GROUPS: Final = frozenset({"eks.aws.upbound.io", "eks.aws.m.upbound.io", "eks.aws.crossplane.io"})
_ACK_GROUP: Final = "eks.services.k8s.aws"
_VALUES_PATH: Final = "spec.forProvider.configurationValues"


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return a surface for each add-on vpc-cni.

    Raises SourceError where its configuration values cannot be parsed.
    """
    found: list[Surface] = []
    for item in (item for root in roots for item in objects(root)):
        found += (_addon(text, made, patched=patched) for made, patched in _made(item) if _is_addon(made))
    return found


def _made(item: Node) -> Iterator[tuple[Node, bool]]:
    """Yield an object, or those that it composes, each with whether its values are put in later."""
    spec = child(item, "spec")
    group = literal(child(item, "apiVersion")).partition("/")[0]
    if group == "apiextensions.crossplane.io":
        steps = child(spec, "pipeline")
        inputs = [child(step, "input") for step in steps.value] if isinstance(steps, SequenceNode) else []
        for holder in (spec, *inputs):
            yield from _templates(child(holder, "resources"), "base")
    elif group == "kro.run":
        yield from _templates(child(spec, "resources"), "template")
    else:
        yield item, False


def _templates(listed: Node | None, key: str) -> Iterator[tuple[Node, bool]]:
    for resource in listed.value if isinstance(listed, SequenceNode) else ():
        made, patches = child(resource, key), child(resource, "patches")
        if made is not None:
            yield made, _patched(patches)


def _patched(patches: Node | None) -> bool:
    """Tell whether patches may write the configuration values; a named set of them may write anything."""
    if not isinstance(patches, SequenceNode):
        return False
    paths = (literal(child(item, "toFieldPath")) or literal(child(item, "fromFieldPath")) for item in patches.value)
    sets = any(literal(child(item, "type")) == "PatchSet" for item in patches.value)
    return sets or any(path == _VALUES_PATH for path in paths)


def _is_addon(item: Node) -> bool:
    group = literal(child(item, "apiVersion")).partition("/")[0]
    if literal(child(item, "kind")) != "Addon":
        return False
    return is_cni(_wanted(item), _CROSSPLANE if group in _CROSSPLANE_GROUPS else _ACK) and (
        group in _CROSSPLANE_GROUPS or group == _ACK_GROUP
    )


def _wanted(item: Node) -> Node | None:
    """Return the mapping that describes the add-on: ACK's spec, or Crossplane's two, of which forProvider wins."""
    spec = child(item, "spec")
    wanted, first = child(spec, "forProvider"), child(spec, "initProvider")
    if not isinstance(wanted, MappingNode):
        return spec
    if not isinstance(first, MappingNode):
        return wanted
    both = [*first.value, *wanted.value]
    return MappingNode(wanted.tag, both, wanted.start_mark, wanted.end_mark, wanted.flow_style)


def _addon(text: Text, item: Node, *, patched: bool) -> Surface:
    ack = literal(child(item, "apiVersion")).startswith(_ACK_GROUP)
    keys, about = _ACK if ack else _CROSSPLANE, _wanted(item) or item
    fields = {**said(text, about, keys), "format": "ack" if ack else "crossplane"}
    if patched:
        return unknown(text, "addon", **{**fields, "addon": fields["addon"]._replace(form="unknown")})
    return values_of(text, child(about, keys.values), **fields)
