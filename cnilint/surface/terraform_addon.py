"""The EKS add-on in Terraform: the resource, and the maps of add-ons that modules take.

Schemas: hashicorp/terraform-provider-aws website/docs/r/eks_addon.html.markdown;
terraform-aws-modules/terraform-aws-eks variables.tf (``addons``, until v20 ``cluster_addons``; ``before_compute``
since v19.9.0) and aws-ia/terraform-aws-eks-blueprints-addons variables.tf (``eks_addons``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnilint.knowledge.versions import release
from cnilint.source.hclnode import is_open
from cnilint.source.inset import HOLE
from cnilint.source.plain import child, entry
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, span
from cnilint.surface.addon import others
from cnilint.surface.model import AddOn
from cnilint.surface.terraform_values import FORMAT, encoded, first, is_null, laid, literal, nothing, within
from cnilint.surface.values import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Span, Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Surface

NAME: Final = "vpc-cni"
_VALUES: Final = "configuration_values"
_CONFLICTS: Final = {
    "resolve_conflicts": "both",
    "resolve_conflicts_on_create": "create",
    "resolve_conflicts_on_update": "update",
}
# An entry of any map that is called vpc-cni and has one of these is an add-on's.
_KEYS: Final = frozenset({*_CONFLICTS, _VALUES, "addon_version", "before_compute", "most_recent"})
_EKS_MODULE: Final = r"(?:[\w.-]+/)?terraform-aws-modules/eks/aws|.*terraform-aws-modules/terraform-aws-eks(?:\.git)?"
_FAMILIES: Final = {"ipv4": False, "ipv6": True}

# An add-on's entry in a map: its key or name, and what is said of it.
Entry = tuple["Node", "Node"]


def resource(text: Text, body: MappingNode, **said: Any) -> Surface | None:  # noqa: ANN401  # fields of a Surface
    """Return the surface of an ``aws_eks_addon``; None for another add-on, or one whose name is not known."""
    name = child(body, "addon_name")
    if literal(name) != NAME or name is None:
        return None
    said["cluster"] = literal(child(body, "cluster_name")) or ""
    return stated(text, body, span(text, name), refuses=True, **said)


def cluster(body: MappingNode) -> dict[str, object]:
    """Return what an ``aws_eks_cluster`` says about its Kubernetes."""
    network = first(child(body, "kubernetes_network_config"))
    return about_cluster(child(body, "version"), child(network, "ip_family"))


def module(body: MappingNode) -> dict[str, object]:
    """Return what a module's arguments say about the cluster and about the module itself."""
    version = child(body, "kubernetes_version") or child(body, "cluster_version")
    said = about_cluster(version, child(body, "ip_family") or child(body, "cluster_ip_family"))
    source = (literal(child(body, "source")) or "").split("?", maxsplit=1)[0]
    if re.fullmatch(_EKS_MODULE, source):
        said |= {"refuses": True, "before": _usual(child(body, "version"))}
    return said


def about_cluster(version: Node | None, family: Node | None) -> dict[str, object]:
    """Return a cluster's version and IP family as fields of a Surface."""
    text = literal(version) or ""
    bare = isinstance(version, ScalarNode) and not version.style and text.endswith("0")  # 1.30 would become 1.3
    return {
        "kubernetes": text if re.fullmatch(r"1\.\d{1,3}", text) and not bare else None,
        "ipv6": _FAMILIES.get(literal(family) or ""),
    }


def _usual(version: Node | None) -> bool | None:
    """Return what ``before_compute`` is where it is not written: false, in versions of the module that know it."""
    if version is None:
        return False
    found = re.fullmatch(r"\D*(\d+)(?:\.(\d+))?.*", literal(version) or "")
    known = found is not None and (int(found[1]), int(found[2] or 0)) >= (19, 9)
    return False if known else None


def stated(  # what the file says beside the add-on
    text: Text,
    about: Node,
    at: Span,
    *,
    refuses: bool = False,
    before: bool | None = None,
    **said: Any,  # noqa: ANN401  # fields of a Surface
) -> Surface:
    """Return the surface of an add-on from the mapping that describes it.

    ``refuses`` tells that a mapping is no configuration here, ``before`` what ``before_compute`` is by default.
    Raises SourceError where the configuration is a string that cannot be understood.
    """
    said |= {"format": FORMAT, "managed": True, "place": at}
    if not isinstance(about, MappingNode):
        return unknown(text, "addon", addon=AddOn("unknown"), **said)
    values = child(about, _VALUES)
    version = child(about, "addon_version") or child(about, "version")
    written = literal(version) if refuses or child(about, "addon_version") is not None else _tag(version)
    addon = AddOn(
        form=_form(about, values, refuses=refuses),
        version=written or "",
        version_at=span(text, version) if written and version is not None else None,
        values_at=span(text, values) if values is not None and not is_null(values) else None,
        conflicts=tuple(_conflicts(text, about)),
        before_compute=_before(about, before),
        others=tuple(others(text, about)),
    )
    said |= {"addon": addon, "release": release(written) if written else None}
    return _configured(text, about, values, addon.form, said)


def _tag(node: Node | None) -> str | None:
    """Return a version that is one of the add-on; maps of a project's own may mean anything else by the word."""
    text = literal(node)
    return text if text and release(text) else None


def _form(about: MappingNode, values: Node | None, *, refuses: bool) -> str:
    if is_null(values):
        return "unknown" if is_open(about) and values is None else "absent"
    if encoded(values) is not None:
        return "expression"
    if isinstance(values, MappingNode):
        return "mapping" if refuses else "expression"
    return "text" if isinstance(values, ScalarNode) and values.value != HOLE else "unknown"


def _configured(text: Text, about: MappingNode, values: Node | None, form: str, said: dict[str, Any]) -> Surface:
    """Return the surface of configuration values in any of their forms."""
    if form == "absent":
        return laid(text, nothing(about), "addon", **said)
    data = encoded(values) or values
    if form == "unknown" or data is None or isinstance(data, SequenceNode):
        return unknown(text, "addon", **said)
    if is_open(about) and _last_word(about) != _VALUES:
        said["partial"] = True  # what it is merged with may have values of its own
    if isinstance(data, ScalarNode) and data.value != HOLE:
        return within(text, data, "addon", **said)
    return laid(text, data, "addon", **said)


def _last_word(about: MappingNode) -> str:
    """Return which comes last of the values and what nobody can know."""
    names = [key.value for key, _ in about.value if isinstance(key, ScalarNode)]
    return next((name for name in reversed(names) if name == _VALUES or HOLE in name), "")


def _conflicts(text: Text, about: MappingNode) -> Iterator[tuple[str, str, Span]]:
    for key, when in _CONFLICTS.items():
        node = child(about, key)
        mode = literal(node)
        if mode and node is not None:
            yield mode.upper(), when, span(text, node)


def _before(about: MappingNode, usual: bool | None) -> bool | None:  # noqa: FBT001  # a default
    node = child(about, "before_compute")
    if node is not None and not is_null(node):
        return {"true": True, "false": False}.get(literal(node) or "")
    return None if is_open(about) else usual


def entries(name: str, node: Node | None) -> Iterator[Entry]:
    """Yield the add-on's entries in a value called ``name``, however deep they stand in it.

    Where maps or lists of add-ons are expected, whatever is called vpc-cni is one; elsewhere it must look like one.
    """
    expected = name.endswith("addons")
    if isinstance(node, SequenceNode):
        for item in node.value:
            yield from _named(item) if expected and isinstance(item, MappingNode) else entries(name, item)
    if not isinstance(node, MappingNode):
        return
    own = entry(node, NAME)
    if own is not None and (_like(own[1]) or (expected and _may_be(own[1]))):
        yield own
    for key, value in node.value:
        if expected and isinstance(value, MappingNode) and (own is None or key is not own[0]):
            yield from _named(value)
        if isinstance(key, ScalarNode) and not (own is not None and key is own[0]):
            yield from entries(key.value, value)


def _named(item: MappingNode) -> Iterator[Entry]:
    """Yield an item that tells its name itself."""
    for key in ("name", "addon_name"):
        found = child(item, key)
        if found is not None and literal(found) == NAME:
            yield found, item
            return


def _like(node: Node) -> bool:
    keys = {key.value for key, _ in node.value if isinstance(key, ScalarNode)} if isinstance(node, MappingNode) else ()
    return bool(_KEYS & set(keys))


def _may_be(node: Node) -> bool:
    """Tell whether a value may describe an add-on: a mapping, or an expression."""
    return isinstance(node, MappingNode) or (isinstance(node, ScalarNode) and HOLE in node.value)
