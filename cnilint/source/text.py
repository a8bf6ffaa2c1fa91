"""Bytes to text, and places in text.

A ``Text`` is a file as people see it: characters without the byte order mark. Offsets count characters from 0; lines
and columns are 1-based, columns in characters. Line breaks are those editors know: LF, CRLF and CR.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from cnilint.errors import SourceError
from cnilint.record import NamedTuple

# A manifest of the CNI has some 25 KB and a dump of a large cluster some megabytes; beyond this it is not
# configuration.
MAX_BYTES = 32 * 1024 * 1024

_SHORT = 64 * 1024
_BREAK = "\r\n|\n|\r"
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


class Text:
    """The decoded content of one file, with its encoding and byte order mark kept for writing it back."""

    __slots__ = ("_starts", "bom", "content", "encoding", "path")

    def __init__(self, content: str, path: str = "<string>", encoding: str = "utf-8", bom: bytes = b"") -> None:
        self.content = content
        self.path = path
        self.encoding = encoding
        self.bom = bom
        self._starts: list[int] | None = None

    def encoded(self, content: str) -> bytes:
        """Return ``content`` as bytes in this file's own encoding."""
        return self.bom + content.encode(self.encoding)

    @property
    def starts(self) -> list[int]:
        """Offsets at which the lines start."""
        if self._starts is None:
            self._starts = [0, *(found.end() for found in re.finditer(_BREAK, self.content))]
        return self._starts

    def row(self, offset: int) -> int:
        """Return the number of the line, in this text, that an offset is on."""
        return bisect_right(self.starts, offset)

    def position(self, offset: int) -> tuple[int, int]:
        """Return line and column, in the file, of an offset."""
        if self._counts():
            before = max(0, offset)
            return self.content.count("\n", 0, before) + 1, offset - self.content.rfind("\n", 0, before)
        line = self.row(offset)
        return line, offset - self.starts[line - 1] + 1

    def _counts(self) -> bool:
        """Tell whether lines are counted: of a short text few places are asked for, and a list of all lines is dear."""
        return self._starts is None and len(self.content) <= _SHORT and "\r" not in self.content

    def line_at(self, offset: int) -> str:
        """Return the line, in the file, that an offset is on, without its break."""
        if self._counts():
            start = self.content.rfind("\n", 0, max(0, offset)) + 1
            end = self.content.find("\n", start)
            return self.content[start:] if end < 0 else self.content[start:end]
        return self.line(self.row(offset))

    def line(self, number: int) -> str:
        """Return the line with this number, without its break."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.content)
        return self.content[start:end].rstrip("\r\n")

    def span(self, start: int, end: int) -> Span:
        """Return the span of these offsets."""
        return Span(self, start, end)


class Span(NamedTuple):
    """A stretch of a text: start and end offsets, end exclusive. Line and column are worked out when asked for."""

    text: Text
    start: int
    end: int

    @property
    def content(self) -> str:
        """The characters of the span."""
        return self.text.content[self.start : self.end]


def decoded(raw: bytes, path: str) -> Text:
    """Return the text of a file's bytes.

    Raises SourceError, with the line, for what is no text: bytes that are not UTF-8 (or UTF-16 behind its byte order
    mark), and NUL characters, which neither YAML nor JSON may hold.
    """
    bom, encoding = next(((mark, name) for mark, name in _BOMS if raw.startswith(mark)), (b"", "utf-8"))
    body = raw[len(bom) :]
    try:
        content = body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        column = error.start - body.rfind(b"\n", 0, error.start)
        raise SourceError(f"not {encoding.upper()} text: {error.reason}", path, line, column) from None
    nul = content.find("\0")
    if nul >= 0:
        line, column = Text(content).position(nul)
        hint = "; UTF-16 needs a byte order mark" if content.count("\0") * 3 > len(content) else ""
        raise SourceError(f"holds a NUL character, so it is not YAML or JSON{hint}", path, line, column)
    return Text(content, path, encoding, bom)
