"""HCL's strings: what a quoted template or a heredoc means, and which of its characters stand for themselves.

Interpolations and directives are one HOLE each. Semantics: hashicorp/hcl, hclsyntax/spec.md ("Template Expressions")
and hclsyntax/parser_template.go (flushHeredocTemplateParts).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from cnilint.source.inset import HOLE

if TYPE_CHECKING:
    from tree_sitter import Node as Branch

    from cnilint.source.hcl import Source
    from cnilint.source.inset import Run

Content = tuple[str, list["Run"]]
# What stands for itself (byte offsets), and the text and runs of what does not.
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_QUOTED: Final = rb'\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[nrt"\\])|\$\$\{|%%\{'
_HEREDOC: Final = rb"\$\$\{|%%\{"


def quoted(source: Source, branch: Branch) -> Content:
    """Return the content and runs of a quoted string."""
    inner = branch.children
    first = inner[0].end_byte if inner else branch.start_byte
    last = inner[-1].start_byte if inner else branch.end_byte
    return _content(source, branch, [(first, max(first, last))], _QUOTED)


def heredoc(source: Source, branch: Branch) -> Content:
    """Return the content and runs of a heredoc; ``<<-`` takes away the indentation that all lines share."""
    raw, base = branch.text or b"", branch.start_byte
    start = raw.find(b"\n") + 1
    stop = raw.rfind(b"\n") + 1
    if not start or stop < start:
        return "", []
    holes = _holes(branch)
    lines = [match.span() for match in re.finditer(rb"[^\n]*\n", raw[start:stop])]
    spans = [(base + start + first, base + start + last) for first, last in lines]
    if raw.startswith(b"<<-"):
        spans = _flushed(raw, base, spans, holes)
    return _content(source, branch, spans, _HEREDOC)


def _flushed(raw: bytes, base: int, spans: list[Run], holes: list[Run]) -> list[Run]:
    """Return the lines without their common indentation; a blank line neither counts nor loses any."""
    widths: list[int | None] = []
    for first, last in spans:
        line = raw[first - base : last - base].decode("utf-8", "replace")
        inside = any(start < first < stop for start, stop in holes)
        widths.append(None if inside or not line.strip() else len(line) - len(line.lstrip()))
    common = min((width for width in widths if width is not None), default=0)
    return [
        (first + _bytes(raw, first - base, common), last) if width is not None else (first, last)
        for (first, last), width in zip(spans, widths, strict=True)
    ]


def _bytes(raw: bytes, at: int, characters: int) -> int:
    """Return how many bytes the first characters of a line take."""
    return len(raw[at : at + 4 * characters].decode("utf-8", "ignore")[:characters].encode())


def _holes(branch: Branch) -> list[Run]:
    """Return from where to where interpolations and directives stand."""
    kinds = ("template_interpolation", "template_directive")
    return [(item.start_byte, item.end_byte) for item in branch.children if item.type in kinds]


def _content(source: Source, branch: Branch, spans: list[Run], pattern: bytes) -> Content:
    """Return the content of a template's stretches: its own characters, escapes read, and a HOLE for each gap."""
    raw, base = branch.text or b"", branch.start_byte
    holes = _holes(branch)
    if any(b"~" in (raw[a - base : a - base + 3] + raw[b - base - 2 : b - base]) for a, b in holes):
        return HOLE, [(source.offset(base), 1)]  # ${~ x ~} takes space away around it
    starts = [start for start, _ in holes]
    pieces: list[str] = []
    runs: list[Run] = []
    for first, last in spans:
        at, index = first, bisect_left(starts, first)
        if index and holes[index - 1][1] > first:  # a gap that goes on from the line before
            at = holes[index - 1][1]
        while index < len(holes) and starts[index] < last:
            start, stop = holes[index]
            _literal(source, raw, base, (at, start), pattern, pieces, runs)
            pieces.append(HOLE)
            runs.append((source.offset(start), 1))
            at, index = stop, index + 1
        _literal(source, raw, base, (at, last), pattern, pieces, runs)
    return "".join(pieces), runs


def _literal(  # noqa: PLR0913, PLR0917  # what is read, and where it goes
    source: Source, raw: bytes, base: int, span: Run, pattern: bytes, pieces: list[str], runs: list[Run]
) -> None:
    at, stop = span
    if at >= stop:
        return
    for match in re.finditer(pattern, raw[at - base : stop - base]):
        start, end = span[0] + match.start(), span[0] + match.end()
        _verbatim(source, at, start, pieces, runs)
        text = _unescaped(match[0].decode())
        pieces.append(text)
        if len(text) > 1:  # $${ is ${: the second sign and the bracket stand for themselves
            runs.extend(source.runs(end - len(text), end))
        else:
            runs.append((source.offset(start), 1))
        at = end
    _verbatim(source, at, stop, pieces, runs)


def _verbatim(source: Source, first: int, last: int, pieces: list[str], runs: list[Run]) -> None:
    if last > first:
        pieces.append(source.content(first, last))
        runs.extend(source.runs(first, last))


def _unescaped(written: str) -> str:
    if written[0] != "\\":
        return written[1:]
    if written[1] in "uU":
        code = int(f"0x{written[2:]}", 0)
        return chr(code) if code <= 0x10FFFF else "\ufffd"  # noqa: PLR2004  # the last code point
    return _ESCAPES[written[1]]
