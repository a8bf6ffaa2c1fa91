"""YAML (and JSON, which kubectl reads with the same parser) to nodes that keep their places.

libyaml's parser, reached through ruamel.yaml.clib, composes nodes four times slower than bare libyaml scans and forty
times faster than the pure parser. Its traps: it is older than YAML 1.2 and refuses ``[http://x]`` and surrogate
escapes, so whatever it refuses is parsed again by the pure parser, whose verdict and message stand; it recurses on
the C stack and is quadratic in the depth of flow collections, so text with many brackets has its depth measured
first.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, cast

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from cnilint.errors import ExcessError, SourceError
from cnilint.source.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode, adopted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Span, Text

__all__ = [
    "CollectionNode",
    "MappingNode",
    "Node",
    "ScalarNode",
    "SequenceNode",
    "documents",
    "end",
    "span",
    "start",
]

MAX_DEPTH = 200
# Fewer brackets than this cannot overflow the C stack (it takes 20,000), nor take long.
_FEW_BRACKETS = 5000
# The pure parser reads some 300 KB a second: larger texts keep libyaml's verdict.
_SMALL = 256 * 1024
# Block collections nest by indentation, or several on one line.
_NESTED_BLOCKS = rf"(?m)^ {{{MAX_DEPTH}}}|(?:[-?][ \t]+){{{MAX_DEPTH}}}"
# Either is a run of at least ten times as many characters as are left out here: few texts need be searched for it.
_SAMPLED = r"[-? \t]{10}"
_STRIDE = MAX_DEPTH // 10

try:
    import _ruamel_yaml
except ImportError:  # no wheel of ruamel.yaml.clib for this platform: the pure parser alone
    CParser = None
else:
    CParser = _ruamel_yaml.CParser


class _Unresolved:
    """The resolver's part of a parser: none; what a scalar means is decided where it matters (plain.py)."""

    def descend_resolver(self, _parent: object, _index: object) -> None:
        """Take no note of the path."""

    def ascend_resolver(self) -> None:
        """Take no note of the path."""

    def resolve(self, _kind: object, _value: object, _implicit: object) -> None:
        """Leave the tag open."""


if CParser is not None:

    class _Parser(CParser):  # type: ignore[valid-type,misc]  # a C type without stubs
        """libyaml's parser composing nodes whose tags are left open."""

        __slots__ = ()
        # As _Unresolved, three times a node: what is written in C costs half.
        descend_resolver = operator.is_
        ascend_resolver = tuple
        resolve = staticmethod(lambda _kind, _value, _implicit: None)

    _NAMES = vars(_ruamel_yaml)

# The classes of nodes that the C parser looks up, in its module, whenever it makes one.
_OURS = {kind.__name__: kind for kind in (ScalarNode, SequenceNode, MappingNode)}


def documents(text: Text) -> Iterator[Node]:
    """Yield the root node of each document that is not empty.

    Raises SourceError with the place where the text is no YAML.
    """
    if CParser is None:
        yield from _pure(text)
        return
    content = text.content
    brackets = content.count("[") + content.count("{")
    nested = re.search(_SAMPLED, content[::_STRIDE]) and re.search(_NESTED_BLOCKS, content)
    measured = _measured(text) if nested or brackets > _FEW_BRACKETS else None
    try:
        roots = _composed(content)
    except YAMLError as error:
        if measured is None and brackets > MAX_DEPTH:
            _measured(text)  # the pure parser takes long over what is nested deeply
        if measured is False or len(content) > _SMALL:
            raise _source_error(error, text) from None
        roots = _pure(text)
    yield from roots


def _composed(content: str) -> list[Node]:
    """Return the root nodes as libyaml composes them.

    Its parser is lent our classes of nodes for as long as it composes. Should one not ask for them (another release
    of ruamel.yaml.clib), the nodes it makes are copied.
    """
    theirs = {name: _NAMES[name] for name in _OURS if name in _NAMES}
    _NAMES.update(_OURS)
    try:
        parser = _Parser(content)
        roots = []
        while parser.check_node():
            roots.append(parser.get_node())
    finally:
        _NAMES.update(theirs)
    return [root if isinstance(root, Node) else adopted(root) for root in roots]


def _measured(text: Text) -> bool:
    """Tell whether all of the depth is known to be harmless; raise ExcessError where it is not."""
    parser, depth = _Parser(text.content), 0
    try:
        while (event := parser.get_event()) is not None:
            name = type(event).__name__
            if name.endswith("StartEvent") and name[0] in "MS":  # a mapping or a sequence; the stream counts one more
                depth += 1
                if depth > MAX_DEPTH:
                    line, column = text.position(min(event.start_mark.index, len(text.content)))
                    raise ExcessError(f"nested deeper than {MAX_DEPTH} levels", text.path, line, column)
            elif name.endswith("EndEvent") and name[0] in "MS":
                depth -= 1
    except YAMLError:
        return False
    return True


def _pure(text: Text) -> list[Node]:
    import warnings  # noqa: PLC0415

    from ruamel.yaml import YAML  # noqa: PLC0415  # 20 ms that only a refused text needs to pay
    from ruamel.yaml.resolver import VersionedResolver  # noqa: PLC0415

    class Resolver(_Unresolved, VersionedResolver):
        pass

    yaml = YAML(typ="safe", pure=True)
    yaml.Resolver = Resolver
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an anchor that is used again is legal
            return [adopted(root) for root in yaml.compose_all(text.content) if root is not None]
    except RecursionError:
        raise ExcessError(f"nested deeper than {MAX_DEPTH} levels", text.path, 1, 1) from None
    except YAMLError as error:
        raise _source_error(error, text) from None


def _source_error(error: YAMLError, text: Text) -> SourceError:
    """Return a parser's complaint as one sentence with its place."""
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error).splitlines()[0]
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if "end of stream" in problem or "stream end" in problem:  # what was never closed is easier to find by its start
        mark = getattr(error, "context_mark", None) or mark
    offset = min(cast("int", mark.index), len(text.content)) if mark is not None else getattr(error, "position", 0) or 0
    context = error.context if isinstance(error, MarkedYAMLError) and error.context else ""
    if "{{" in text.content:
        return template_error(text, text.content.index("{{"))
    line, column = text.position(offset)
    return SourceError(f"not YAML: {context + ': ' if context else ''}{problem}", text.path, line, column)


def template_error(text: Text, offset: int) -> SourceError:
    """Return the error for a file that is a template and no YAML yet."""
    line, column = text.position(offset)
    message = (
        "a template ({{ ... }}), not YAML: render it first, for example with `helm template`, and check the result"
    )
    return SourceError(message, text.path, line, column)


def end(node: Node) -> int:
    """Return the offset behind the node's last character.

    A block collection's own end mark is where the next token starts, past comments that are not its own.
    """
    while isinstance(node, CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node.end_mark.index


def start(text: Text, node: Node) -> int:
    """Return the offset of the node's first character, behind its anchor and its tag."""
    first = node.start_mark.index
    if text.content[first : first + 1] not in ("&", "!"):
        return first
    found = re.compile(r"(?:[&!]\S*\s+)*").match(text.content, first)
    return min(found.end(), end(node)) if found else first


def span(text: Text, node: Node) -> Span:
    """Return the node's span, quotes and block indicators included, its anchor and tag not."""
    return text.span(start(text, node), end(node))
