"""What the Terraform family reads in a node: literals, lists, and values that stand in strings or expressions.

Terraform turns a bare number or bool into text wherever a provider asks for a string
(developer.hashicorp.com/terraform/language/expressions/types, "Type Conversion").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnilint.errors import SourceError
from cnilint.source.hcl import inset
from cnilint.source.hclnode import Call, Joined, Merged, is_open
from cnilint.source.inset import HOLE
from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, documents
from cnilint.surface.model import UNKNOWN, mapping
from cnilint.surface.values import overlay, unknown

if TYPE_CHECKING:
    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Setting, Surface

FORMAT: Final = "terraform"
ENCODERS: Final = frozenset({"jsonencode", "yamlencode"})
DECODERS: Final = frozenset({"jsondecode", "yamldecode"})
# A substitution on a line of its own may bring in any number of lines.
_LINE: Final = rf"(?m)^[ \t]*{HOLE}[ \t]*$"


def is_null(node: Node | None) -> bool:
    """Tell whether a value is not written, or null."""
    return node is None or (isinstance(node, ScalarNode) and not node.style and node.value in ("null", "~", ""))


def literal(node: Node | None) -> str | None:
    """Return the text of a scalar that is known in full, None for anything else."""
    if not isinstance(node, ScalarNode) or is_null(node) or HOLE in node.value:
        return None
    return str(node.value)


def listed(node: Node | None) -> list[Node]:
    """Return the items of a list; one that stands alone is a list of itself, as JSON writes a single block."""
    if isinstance(node, SequenceNode):
        return list(node.value)
    return [node] if isinstance(node, MappingNode) else []


def first(node: Node | None) -> MappingNode | None:
    """Return the first mapping of a list of blocks."""
    return next((item for item in listed(node) if isinstance(item, MappingNode)), None)


def nothing(node: Node) -> MappingNode:
    """Return an empty mapping where a node stands."""
    return MappingNode(None, [], node.start_mark, node.end_mark, flow_style=True)


def laid(text: Text, root: Node, kind: str, **said: Any) -> Surface:  # noqa: ANN401  # fields of a Surface
    """Return the surface of values whose nodes may hold what is not known."""
    partial = said.pop("partial", False) or _unseen(root)
    if isinstance(root, ScalarNode) and HOLE in root.value:
        return unknown(text, kind, **said)
    found = overlay(text, root, kind, partial=partial, **said)
    settings = tuple(_apart(item) for item in found.settings if HOLE not in item.name)
    return found._replace(settings=settings, object=mapping(known(found.object)))


def within(text: Text, node: ScalarNode, kind: str, **said: Any) -> Surface:  # noqa: ANN401  # as above
    """Return the surface of values that a string holds.

    Raises SourceError, with its place in the file, where the string is neither JSON nor YAML and nothing is put in.
    """
    if re.search(_LINE, node.value):
        said["partial"] = True
    inside = inset(text, node)
    try:
        root = next(iter(documents(inside)), None)
        return laid(text, nothing(node), kind, **said) if root is None else laid(inside, root, kind, **said)
    except SourceError:
        if HOLE in node.value:
            return unknown(text, kind, **{key: item for key, item in said.items() if key != "partial"})
        raise


def encoded(node: Node | None) -> Node | None:
    """Return what is turned into a string, or the string that is turned into data and back."""
    if not isinstance(node, Call) or node.function not in ENCODERS or len(node.arguments) != 1:
        return None
    return decoded(node.arguments[0]) or node.arguments[0]


def decoded(node: Node | None) -> Node | None:
    """Return the string that ``yamldecode`` or ``jsondecode`` is given."""
    if not isinstance(node, Call) or node.function not in DECODERS or not node.arguments:
        return None
    return node.arguments[0]


def known(data: object) -> object:
    """Return plain data with UNKNOWN for each text into which something is put."""
    if isinstance(data, dict):
        return {key: known(item) for key, item in data.items()}
    if isinstance(data, list):
        return [known(item) for item in data]
    return UNKNOWN if isinstance(data, str) and HOLE in data else data


def _unseen(root: Node) -> bool:
    """Tell whether values may set variables that are not written."""
    if _may_hold_more(root):
        return True
    init = child(root, "init")
    places = (child(root, "env"), init, child(init, "env"), child(root, "extraEnv"))
    extra = listed(child(root, "extraEnv"))
    return any(_may_hold_more(item) for item in (*places, *extra, *(child(item, "name") for item in extra)))


def _may_hold_more(node: Node | None) -> bool:
    if isinstance(node, ScalarNode):
        return HOLE in node.value
    return isinstance(node, MappingNode) and is_open(node)


def _apart(setting: Setting) -> Setting:
    """Return a setting whose entry is taken out by its lines where its neighbours may stand elsewhere."""
    parent = setting.parent
    if not isinstance(parent, (Merged, Joined)):
        return setting
    plain = MappingNode if isinstance(parent, MappingNode) else SequenceNode
    return setting._replace(parent=plain(None, parent.value, parent.start_mark, parent.end_mark, flow_style=False))
