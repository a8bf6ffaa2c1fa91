"""What another release changes, for people and as JSON (schemas/upgrade.schema.json)."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

from cnilint.report.printable import dumped, printable
from cnilint.upgrade.note import DEFAULTS, MANIFEST, NEW, PAIRS, SECTIONS, SETTINGS, WARNINGS, WAY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnilint.finding import Finding
    from cnilint.merge.merged import Merged
    from cnilint.source.text import Span
    from cnilint.upgrade.note import Note, Upgrade

VERSION: Final = 1
_WIDTH: Final = 100
_TITLES: Final = {
    SETTINGS: "Your settings",
    DEFAULTS: "Other defaults, where you set nothing",
    NEW: "New settings that you may set",
    PAIRS: "What must move together",
    MANIFEST: "What the manifest gains, changes and loses",
    WARNINGS: "Beware",
    WAY: "The way",
}


def text(found: Sequence[Upgrade]) -> str:
    """Return a page for each place: its sections, a mark before what has to be done by hand first."""
    lines: list[str] = []
    for number, each in enumerate(found):
        lines += [""] * (number > 0)
        lines += _page(each)
    return "".join(f"{printable(line)}\n" for line in lines)


def _page(found: Upgrade) -> Iterator[str]:
    verb = "back from" if found.downgrade else "from"
    yield f"{_place(found.surface.anchor)}: {_what(found)}, {verb} {found.old} to {found.new}"
    if found.old == found.new:
        yield "  It has this release already."
        return
    for section in SECTIONS:
        notes = found.section(section)
        if notes:
            yield ""
            yield f"{_TITLES[section]}:"
            for note in _compact(section, notes):
                yield from note
    yield ""
    acts = sum(note.act for note in found.notes)
    yield (
        f"{acts} to change by hand first (marked !)"
        if acts
        else "Nothing that you set has to be changed by hand first."
    )


def _compact(section: str, notes: Sequence[Note]) -> Iterator[Iterator[str]]:
    """Yield the lines of each note; of new settings the names alone, by the release that brings them."""
    if section != NEW:
        yield from map(_lines, notes)
        return
    for since in dict.fromkeys(note.since for note in notes):
        names = ", ".join(note.name for note in notes if note.since == since)
        yield _wrapped("  ", f"{since}: {names}")


def _lines(note: Note) -> Iterator[str]:
    place = f"{_line(note.at)}" if note.at is not None else ""
    name = "" if note.text.startswith(note.name) else f"{note.name}: "
    head = f"{'!' if note.act else ' '} {place}{name}"
    said = note.since and note.since not in note.text
    yield from _wrapped("", f"{head}{note.text}" + (f" (since {note.since})" if said else ""))


def _line(at: Span) -> str:
    line, column = at.text.position(at.start)
    return f"{line}:{column} "


def _wrapped(indent: str, line: str) -> Iterator[str]:
    yield from textwrap.wrap(
        line,
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _what(found: Upgrade) -> str:
    kinds = {"daemonset": "DaemonSet aws-node", "addon": "EKS add-on vpc-cni", "helm": "Helm values"}
    name = kinds.get(found.surface.kind, f"aws-node ({found.surface.format})")
    return f"a patch of the {name}" if found.surface.partial and found.surface.kind == "daemonset" else name


def _place(at: Span) -> str:
    line, column = at.text.position(at.start)
    return f"{at.text.path}:{line}:{column}"


def merged(found: Merged, fresh: Sequence[Finding]) -> str:
    """Return what became of the settings that were carried over, for people: a line each, and a sentence at the end."""
    lines = [f"{_place(item.at)}: not carried: {item.name}: {item.reason}" for item in found.left]
    lines += [f"note: {note}" for note in found.notes]
    for finding in fresh:
        at = finding.location
        lines.append(f"{at.path}:{at.line}:{at.column}: to be looked at: {finding.message} [{finding.rule}]")
    count, lost = len(found.items), len(found.left)
    lines.append(f"{count} setting{'s' * (count != 1)} carried over, {lost} not")
    return "".join(f"{printable(line)}\n" for line in lines)


def json(found: Sequence[Upgrade]) -> str:
    """Return the same as JSON, with the sources of each note."""
    return dumped({"version": VERSION, "upgrades": [_data(each) for each in found]})


def _data(found: Upgrade) -> dict[str, Any]:
    return {
        "place": _at(found.surface.anchor),
        "kind": found.surface.kind,
        "format": found.surface.format,
        "from": found.old,
        "to": found.new,
        "downgrade": found.downgrade,
        "act": found.act,
        "notes": [
            {
                "section": note.section,
                "name": note.name,
                "text": note.text,
                "act": note.act,
                "since": note.since or None,
                "place": _at(note.at) if note.at is not None else None,
                "sources": list(note.sources),
            }
            for note in found.notes
        ],
    }


def _at(at: Span) -> dict[str, Any]:
    line, column = at.text.position(at.start)
    return {"path": at.text.path, "line": line, "column": column}
