"""Text inside a string: JSON in a YAML block, YAML in a heredoc, and strings in those.

An ``Inset`` is a text like any other, parsed by the same readers; the places it tells are those in the file. Its
content is the decoded string. Runs of characters that stand in the outer text as they are in the content keep the
offsets together; an escape, an indentation or a substitution starts a new run.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from cnilint.errors import SourceError
from cnilint.source.text import Text
from cnilint.source.yaml import ScalarNode, SequenceNode, documents
from cnilint.source.yaml import start as first

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Stands in the content for whatever is put in by others (``${Parameter}``, ``var.x``): a value with it is unknown.
HOLE: Final = "\ue000"

PART: Final = "part"

# What a quoted or plain scalar writes otherwise than it means: escapes, doubled quotes, and folded line breaks.
_FOLD: Final = r"[ \t]*(?:\r?\n|\r)(?:[ \t]*(?:\r?\n|\r))*[ \t]*"
_DOUBLE: Final = (
    r"\\(?:(?:\r?\n|\r)(?:[ \t]*(?:\r?\n|\r))*[ \t]*|x[0-9a-fA-F]{2}"
    r"|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)|" + _FOLD
)
_SINGLE: Final = r"''|" + _FOLD
_BREAK: Final = re.compile("\r\n|\n|\r")

# An outer offset and how many characters of content stand there as they are.
Run = tuple[int, int]


class Inset(Text):
    """The content of a string in another text.

    ``runs`` cover the content in order; ``style`` is how the string is written: ``"``, ``'``, ``|``, ``>`` or None, or
    PART for what is no string, but a part of the text as it stands there.
    """

    __slots__ = ("_exact", "_inner", "_outer", "ends", "outer", "style")

    def __init__(self, outer: Text, content: str, runs: Iterable[Run], style: str | None) -> None:
        super().__init__(content, outer.path, outer.encoding)
        self.outer = outer
        self.style = style
        self.ends: tuple[int, int] | None = None  # where a scalar starts and ends that is this content and no more
        self._inner: list[int] = []
        self._outer: list[int] = []
        at = 0
        for start, length in runs:
            self._inner.append(at)
            self._outer.append(start)
            at += length
        if at != len(content) or not self._inner:  # never a wrong place: all of it stands where the string starts
            self._inner, self._outer = [0], [self._outer[0] if self._outer else 0]
            self._exact = False
        else:
            self._exact = True

    def outward(self, offset: int) -> int:
        """Return where an offset of the content stands in the outer text."""
        if not self._exact:
            return self._outer[0]
        index = bisect_right(self._inner, offset) - 1
        return self._outer[index] + offset - self._inner[index]

    def runs(self, start: int, end: int) -> Iterator[Run]:
        """Yield the runs of a part of the content, for a string that is made of it."""
        at = start
        while at < end:
            index = bisect_right(self._inner, at)
            stop = min(end, self._inner[index] if index < len(self._inner) else end)
            yield self.outward(at), stop - at
            at = stop

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column in the file."""
        return self.outer.position(self.outward(offset))

    def line_at(self, offset: int) -> str:
        """Return the line of the file that an offset is on."""
        return self.outer.line_at(self.outward(offset))

    def line(self, number: int) -> str:
        """Return a line of the file."""
        return self.outer.line(number)

    def put(self, start: int, end: int, content: str) -> tuple[int, int, str] | None:
        """Return what to put where in the outer text, so that the content changes as told; None where that is open."""
        written = _written(content, self.style)
        if not self._exact or written is None or HOLE in self.content[start:end]:
            return None
        if self.style in ("|", ">") and start < end == len(self.content):
            edit = self._at_the_end(start, written)
        else:
            edit = self.outward(start), self.outward(end), written
        return edit if edit and self._gives(self.content[:start] + content + self.content[end:], edit) else None

    def _at_the_end(self, start: int, written: str) -> tuple[int, int, str] | None:
        """Return the edit of all of a block from ``start`` on: what follows it never becomes part of it."""
        if not written and self.content[:start].endswith("\n"):
            return self._last_lines(start)
        if self.content.endswith("\n") and not written.endswith("\n"):
            return None
        return self.outward(start), self.outward(len(self.content)), written

    def _gives(self, content: str, edit: tuple[int, int, str]) -> bool:
        """Tell whether the string reads as this content after an edit: what ends or starts a line may mean more."""
        if self.ends is None:
            return True
        (first, last), (start, end, written) = self.ends, edit
        raw = self.outer.content
        if _value(raw[first:last]) != self.content:
            return True  # out of its place it does not read as it does there: indentation that is told, for one
        found = _value(raw[first:start] + written + raw[end:last])
        chomped = found is not None and self.style in ("|", ">") and found == content.rstrip("\n")
        return found == content or chomped

    def _last_lines(self, start: int) -> tuple[int, int, str] | None:
        """Return the removal of a block's last lines, with their indentation, which no line follows to take over."""
        text, at, stop = self.outer.content, self.outward(start), self.outward(len(self.content))
        line = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
        if not self.content.endswith("\n"):  # the block is chomped: its last line's break is no content
            rest = re.compile(r"[ \t]*(?:\r\n|\n|\r|\Z)").match(text, stop)
            stop = rest.end() if rest else stop
        return None if text[line:at].strip() else (line, stop, "")


def _value(raw: str) -> str | None:
    """Return what a scalar's characters mean, None where they are no scalar, or none out of their place."""
    try:
        roots = list(documents(Text(f"- {raw}")))
    except SourceError:
        return None
    node = roots[0].value[0] if len(roots) == 1 and isinstance(roots[0], SequenceNode) else None
    return _whole(node.value) if isinstance(node, ScalarNode) and len(roots[0].value) == 1 else None


def _whole(value: str) -> str:
    """Return a text without pairs of escapes, as JSON writes what is beyond U+FFFF, left as they are."""
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _written(content: str, style: str | None) -> str | None:
    """Return a content as a string of this style writes it."""
    if style == '"':
        return None if not content.isprintable() else content.replace("\\", "\\\\").replace('"', '\\"')
    if style == "'":
        return None if not content.isprintable() else content.replace("'", "''")
    if style == "|":
        return content if content.isprintable() else None
    if style == PART:
        return content
    return content if content == "" else None


def inset(text: Text, node: ScalarNode, holes: str = "") -> Inset:
    """Return the text inside a scalar of YAML or JSON; what matches the pattern ``holes`` is one HOLE each."""
    start, end, value = first(text, node), node.end_mark.index, _whole(node.value)
    runs = list(_runs(text.content[start:end], start, value, node.style))
    found = Inset(text, value, runs or [(start, 0)], node.style)
    found.ends = start, end
    return found if not holes else punched(found, holes)


def part(text: Text, start: int, end: int) -> Inset:
    """Return a stretch of a text as a text of its own: what is parsed of it knows its places in the file."""
    return Inset(text, text.content[start:end], ((start, end - start),), PART)


def punched(found: Inset, holes: str) -> Inset:
    """Return an inset with one HOLE for each match of a pattern."""
    content, runs, at = "", [], 0
    for match in re.finditer(holes, found.content):
        content += found.content[at : match.start()] + HOLE
        runs += [*found.runs(at, match.start()), (found.outward(match.start()), 1)]
        at = match.end()
    if not at:
        return found
    content += found.content[at:]
    runs += [*found.runs(at, len(found.content)), (found.outward(len(found.content)), 0)]
    return Inset(found.outer, content, runs, found.style)


def _runs(raw: str, start: int, value: str, style: str | None) -> Iterator[Run]:
    if style in ("|", ">"):
        yield from _block_runs(raw, start, value)
    else:
        pattern = _DOUBLE if style == '"' else _SINGLE if style == "'" else _FOLD
        opened = raw.find(style) + 1 if style else 0
        body = raw[opened : len(raw) - 1 if style else len(raw)]
        yield from _flow_runs(body, start + opened, pattern)


def _flow_runs(body: str, start: int, pattern: str) -> Iterator[Run]:
    at = 0
    for match in re.finditer(pattern, body):
        if match.start() > at:
            yield start + at, match.start() - at
        breaks = len(_BREAK.findall(match[0]))
        length = 1 if not breaks else breaks - 1 if match[0][0] == "\\" else max(1, breaks - 1)
        yield from ((start + match.start(), 1) for _ in range(length))
        at = match.end()
    if at < len(body):
        yield start + at, len(body) - at
    yield start + len(body), 0  # the end, which is not one character behind an escape's start


def _block_runs(raw: str, start: int, value: str) -> Iterator[Run]:
    """Yield the runs of a block scalar: its lines behind their indentation, literal or folded."""
    lines = [(match.start(), match[0]) for match in re.finditer(r"[^\r\n]*(?:\r\n|\n|\r)?", raw)][1:]
    wanted = next((line for line in value.split("\n") if line), "")
    first = next((line.rstrip("\r\n") for _, line in lines if line.strip()), "")
    indent = max(0, len(first) - len(wanted)) if first.endswith(wanted) else len(first) - len(first.lstrip(" "))
    at = 0
    for index, (offset, line) in enumerate(lines):
        body = line.rstrip("\r\n")[indent:]
        if not body.strip(" ") and not value.startswith(body, at):
            body = ""  # a line of spaces is an empty one, where no line tells the indentation
        if not value.startswith(body, at):
            return
        if body:
            yield start + offset + indent, len(body)
            at += len(body)
        following = lines[index + 1][1].rstrip("\r\n")[indent:] if index + 1 < len(lines) else ""
        breaks = 0
        while at < len(value) and value[at] in " \n" and not (breaks and following and value.startswith(following, at)):
            yield start + offset + min(len(line.rstrip("\r\n")), indent + len(body)), 1
            at += 1
            breaks += 1
            if not following and breaks and value[at - 1] == "\n":
                break
