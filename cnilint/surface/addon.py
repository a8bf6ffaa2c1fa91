"""Values of the EKS add-on: as a node of any file, as a file of their own, or forced upon one.

For other families: ``said(text, node, KEYS)`` returns what an add-on's mapping tells beside its values, and
``values_of(text, node_of_the_values, **said(...), format="...")`` the surface. See ``awscli`` for the shortest use.

Source: the schemas that ``aws eks describe-addon-configuration --addon-name vpc-cni`` returns (v1.12.0-eksbuild.1,
v1.15.1-eksbuild.1), and what users of later versions set (aws/amazon-vpc-cni-k8s issues 3059 and 3178).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnilint.errors import SourceError
from cnilint.knowledge.variables import variables
from cnilint.knowledge.versions import release
from cnilint.record import NamedTuple
from cnilint.source.inset import HOLE, inset
from cnilint.source.nodes import Offset
from cnilint.source.plain import child, entry, scalar
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, documents, span
from cnilint.surface.model import INIT, MAIN, PLACEHOLDERS, UNKNOWN, AddOn, Surface, mapping, placeholder
from cnilint.surface.values import overlay, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Span, Text
    from cnilint.source.yaml import Node

NAME: Final = "vpc-cni"
MODES: Final = frozenset({"NONE", "OVERWRITE", "PRESERVE"})

# Beside enableNetworkPolicy, these make a file without variables the CNI's.
_COMPANY: Final = frozenset({"nodeAgent", "eniConfig", "enableWindowsIpam", "enableWindowsPrefixDelegation"})
# Variables of aws-node that other programs have too: alone they prove nothing.
_COMMON: Final = frozenset(
    {"AGENT_LOG_PATH", "AWS_EC2_ENDPOINT", "AWS_REGION", "CLUSTER_ENDPOINT", "CLUSTER_NAME", "ENABLE_IPv4"}
    | {"DISABLE_INTROSPECTION", "DISABLE_METRICS", "ENABLE_IPv6", "ENABLE_NFTABLES", "HTTP_TIMEOUT", "MY_NODE_NAME"}
    | {"MY_POD_NAME", "VPC_CNI_VERSION", "VPC_ID"}
)
_ADDON_FILE: Final = r"addon|add-on|configuration-values|vpc-cni-config"


# Keys of the chart that people try on the add-on.
_TRIED: Final = frozenset(
    {"image", "imagepullpolicy", "nodeselector", "podannotations", "securitycontext", "updatestrategy"}
)


# Fields beside the values that set something of the add-on, as any tool may write them: without case and underscores.
_OTHERS: Final = frozenset(
    {"serviceaccountrolearn", "serviceaccountroleref", "podidentityassociation", "podidentityassociations", "tags"}
    | {"attachpolicy", "attachpolicyarns", "wellknownpolicies", "usedefaultpodidentityassociations"}
    | {"permissionsboundary", "preserve", "preserveondelete", "namespaceconfig", "timeouts"}
)


class Keys(NamedTuple):
    """The keys of an add-on's mapping in some format; ``conflicts`` are keys, each with when its mode counts."""

    name: str
    version: str
    values: str
    conflicts: tuple[tuple[str, str], ...] = ()


def literal(node: Node | None) -> str:
    """Return the characters of a scalar without a tag of its own or anything that is put in later, else ""."""
    if not isinstance(node, ScalarNode) or node.tag is not None or placeholder(node.value):
        return ""
    return str(node.value)


def is_cni(node: Node | None, keys: Keys) -> bool:
    """Tell whether a mapping describes the add-on vpc-cni."""
    return isinstance(node, MappingNode) and literal(child(node, keys.name)) == NAME


def said(text: Text, node: Node, keys: Keys) -> dict[str, Any]:  # Any: fields of a Surface
    """Return what an add-on's mapping tells beside its values, as fields of a surface."""
    name, version = child(node, keys.name), child(node, keys.version)
    found = (_mode(text, child(node, key), when) for key, when in keys.conflicts)
    about = AddOn(
        "absent",
        version=literal(version),
        version_at=span(text, version) if version is not None and literal(version) else None,
        conflicts=tuple(mode for mode in found if mode),
        others=tuple(others(text, node)),
    )
    place = span(text, name) if name is not None else None
    return {"release": release(about.version), "managed": True, "place": place, "addon": about}


def others(text: Text, node: Node) -> Iterator[tuple[str, Span]]:
    """Yield the fields beside the values that set something of the add-on, with their places."""
    for key, value in node.value if isinstance(node, MappingNode) else ():
        empty = isinstance(value, ScalarNode) and scalar(value) is None
        if isinstance(key, ScalarNode) and key.value.lower().replace("_", "") in _OTHERS and not empty:
            yield key.value, span(text, key)


def _mode(text: Text, node: Node | None, when: str) -> tuple[str, str, Span] | None:
    mode = literal(node).upper()
    return (mode, when, span(text, node)) if node is not None and mode in MODES else None


def values_of(  # a node, and what is known of it
    text: Text,
    node: Node | None,
    kind: str = "addon",
    holes: str = PLACEHOLDERS,
    **fields: Any,  # noqa: ANN401  # fields of a Surface
) -> Surface:
    """Return the surface of the node that holds configuration values, whatever it is.

    A string is parsed as JSON or YAML, with one HOLE for each match of ``holes``; a mapping is read where it stands; a
    null or no node at all is a surface without settings; anything else is unknown. ``fields`` are those of the surface
    (``format``, ``place``, and what ``said`` returns); give a ``place`` where there may be no node. The form and the
    place of the values are added to ``addon``.

    Raises SourceError, with the place in the file, for a string without holes that cannot be parsed.
    """
    if node is None or (isinstance(node, ScalarNode) and node.tag is None and scalar(node) is None):
        return _described(_empty(text, kind, fields), "absent", None)
    at = span(text, node)
    fields.setdefault("place", at)
    if isinstance(node, ScalarNode):
        return values_in(inset(text, node, holes), at, kind, **fields)
    if isinstance(node, SequenceNode):
        return _described(unknown(text, kind, **fields), "unknown", at)
    return _described(_closed(overlay(text, node, kind, **fields)), "mapping", at)


def values_in(
    content: Text,
    at: Span,
    kind: str = "addon",
    **fields: Any,  # noqa: ANN401  # fields of a Surface
) -> Surface:
    """Return the surface of configuration values that are a text, such as an inset; ``at`` is where they stand.

    Raises SourceError for a text without holes that cannot be parsed.
    """
    fields.setdefault("place", at)
    try:
        roots = list(documents(content))
        if len(roots) == 1 and isinstance(roots[0], MappingNode):
            return _described(_closed(overlay(content, roots[0], kind, **fields)), "text", at)
    except SourceError:
        if HOLE not in content.content:
            raise
        return _described(unknown(content, kind, **fields), "unknown", at)
    if not roots or (isinstance(roots[0], ScalarNode) and len(roots) == 1 and scalar(roots[0]) in (None, "")):
        return _described(_empty(content, kind, fields), "text", at)
    return _described(unknown(content, kind, **fields), "unknown" if HOLE in content.content else "text", at)


def _empty(text: Text, kind: str, fields: dict[str, Any]) -> Surface:
    """Return the surface of an add-on that is left as it ships."""
    return overlay(text, ScalarNode(None, "", Offset(0), Offset(0), '"'), kind, **fields)


def _described(surface: Surface, form: str, at: Span | None) -> Surface:
    about = surface.addon or (AddOn("absent") if surface.kind == "addon" else None)
    if about is None:
        return surface
    if about.form == "expression" and form == "mapping":
        form = about.form
    return surface._replace(addon=about._replace(form=form, values_at=at))


def _closed(surface: Surface) -> Surface:
    """Return a surface where what is put in later is unknown, and that is partial where that may bring settings."""
    if not any(sign in surface.text.content for sign in (HOLE, "$", "{{")):
        return surface
    settings = tuple(item for item in surface.settings if not placeholder(item.name))
    repeated = tuple(item for item in surface.repeated if not placeholder(item.key))
    partial = surface.partial or _open(surface.object)
    return surface._replace(settings=settings, object=_known(surface.object), partial=partial, repeated=repeated)


def _known(data: Any) -> Any:  # noqa: ANN401  # plain data of any shape
    if isinstance(data, dict):
        return {key: _known(item) for key, item in data.items() if not placeholder(key)}
    if isinstance(data, list):
        return [_known(item) for item in data]
    return UNKNOWN if placeholder(data) else data


def _open(data: dict[str, object]) -> bool:
    """Tell whether a whole part that holds settings, or one of its keys, is put in later."""
    init, extra = data.get("init"), data.get("extraEnv")
    parts = [data, data.get("env"), init, mapping(init).get("env"), extra]
    if isinstance(extra, list):
        parts.append([mapping(item).get("name", item) for item in extra])
    return any(placeholder(key) for part in parts for key in (part if isinstance(part, dict | list) else [part]))


def forced(text: Text) -> list[Surface]:
    """Return the whole file read as configuration values of the add-on, whatever its keys.

    Raises SourceError where it is no YAML or JSON.
    """
    return [
        _described(_closed(overlay(text, root, "addon", format="addon", managed=True)), "text", None)
        for root in documents(text)
        if isinstance(root, MappingNode)
    ]


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return a surface for each document that is sure to be values of the CNI, and none for those of the Helm chart.

    The add-on takes the same keys as the chart: which of them a file is for is known by its name, or not at all.
    """
    addon = named(text)
    fields: dict[str, Any] = {"format": "addon", "managed": True} if addon else {"format": "values"}
    wanted = (root for root in roots if sure(root) and _takes(root, named=addon))
    found = (overlay(text, root, "addon" if addon else "values", **fields) for root in wanted)
    return [_described(_closed(surface), "text", None) for surface in found]


def named(text: Text) -> bool:
    """Tell whether a file's name says that it holds values of the add-on: then a wrong key in it is a mistake."""
    return re.search(_ADDON_FILE, text.path.replace("\\", "/").rpartition("/")[2].lower()) is not None


def _takes(root: Node, *, named: bool) -> bool:
    """Tell whether every key may be one of the add-on's; of a file that is named for it, also what people try there."""
    from cnilint.knowledge.addon import top_keys  # noqa: PLC0415  # a table that other files need not read

    keys, own = {key.value for key, _ in root.value}, top_keys()
    return {key.lower() for key in keys} - _TRIED <= {key.lower() for key in own} if named else keys <= own


def sure(root: Node) -> bool:
    """Tell whether a mapping sets something that only the CNI has."""
    if not isinstance(root, MappingNode) or not all(isinstance(key, ScalarNode) for key, _ in root.value):
        return False
    if entry(root, "enableNetworkPolicy") and any(entry(root, key) for key in _COMPANY):
        return True
    return _names(child(root, "env"), MAIN) or _names(child(child(root, "init"), "env"), INIT)


def _names(env: Node | None, container: str) -> bool:
    """Tell whether a mapping has a variable that the container reads and that other programs hardly have."""
    if not isinstance(env, MappingNode):
        return False
    names = {key.value for key, _ in env.value if isinstance(key, ScalarNode)} & variables().keys() - _COMMON
    table = variables()
    return any(container in table[name].containers and table[name].group != "aws-sdk" for name in names)
