"""Differences for people in a review: what changes, what restarts, who keeps the old state, what nodes hold."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cnilint.comparison.consequences import consequences, restarts
from cnilint.comparison.effective import RELEASE
from cnilint.report.capacitytable import wrapped
from cnilint.report.printable import printable
from cnilint.report.surfaces import heading
from cnilint.surface.model import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnilint.comparison.consequences import Consequence
    from cnilint.comparison.difference import Change, Comparison, Difference
    from cnilint.comparison.effective import Effective
    from cnilint.comparison.pool import Load, Pool
    from cnilint.comparison.side import Side
    from cnilint.report import Style

WIDTH: Final = 100
_BOLD: Final = "1"
_ORIGINS: Final = {
    "stock": "as shipped",
    "eks": "set by EKS",
    "default": "default",
    "unread": "not read by this release",
}
_SECTIONS: Final = {
    "nodes": "New nodes",
    "pods": "Pods that run",
    "traffic": "Traffic of the whole node",
    "pool": "The warm pool",
    "controller": "Control plane",
}

# What becomes of a field (docs/ownership.md); of one that is kept there is nothing to say.
_VERDICTS: Final = {
    "reverted": "EKS puts its own value back",
    "unknown": "EKS puts its own value back if it manages the add-on",
    "shared": "EKS owns it too",
    "shipped": "EKS has put it back",
}


def text(found: Difference, pools: Sequence[Sequence[Pool]], names: tuple[str, str], style: Style) -> str:
    """Return a page for each pair of places; ``pools`` are those of each, ``names`` what the files are called."""
    pages = [[*_page(each, pool, names)] for each, pool in zip(found.comparisons, pools, strict=True)]
    for surfaces, name in ((found.gone, names[0]), (found.new, names[1])):
        if surfaces:
            pages.append([*_section(f"Only in {name}", (f"  {heading(each)}" for each in surfaces))])
    lines = "\n\n".join("\n".join(page).strip("\n") for page in pages).split("\n")
    return "".join(f"{_painted(printable(line), style)}\n" for line in lines)


def _page(found: Comparison, pools: Sequence[Pool], names: tuple[str, str]) -> Iterator[str]:
    yield f"--- {_heading(found.old, names[0])}"
    yield f"+++ {_heading(found.new, names[1])}"
    yield from _releases(found, names)
    if found.changes:
        yield from _section("What changes", _changes(found.changes))
    else:
        yield from ("", "No effective differences that can be told." if found.unknown else "No effective differences.")
    if found.changes or found.same:
        yield from _section("What restarts", _told(restarts(found)))
    for kind, title in _SECTIONS.items():
        told = (line for each in consequences(found.changes) if each.kind == kind for line in _told(each))
        yield from _section(title, told)
    if any(each.old != each.new or each.reason for each in pools):
        yield from _section("Max pods and addresses of a node", (line for each in pools for line in _pool(each)))
    yield from _section("No effect", _same(found.same))
    yield from _section("Cannot be told", _unknown(found, names))


def _heading(side: Effective, name: str) -> str:
    """Return what one side is, by the name that it was given."""
    path, _, rest = heading(side.surface).partition(": ")
    place = path.removeprefix(side.surface.text.path)
    return f"{name}{place}: {rest}"


def _releases(found: Comparison, names: tuple[str, str]) -> Iterator[str]:
    """Yield what release is taken where a side does not tell it."""
    if not any(RELEASE in side.parts for side in (found.old, found.new)) or (found.old.told and found.new.told):
        return
    if found.old.told or found.new.told:
        name, release = (names[1], found.old.release) if found.old.told else (names[0], found.new.release)
        said = f"{name} does not tell the release: {release} is taken, as on the other side"
    else:
        said = f"Neither side tells the release: {found.new.release} is taken, the newest that is known"
    yield from ("", *wrapped(f"{said}; --cni-version tells another.", ""))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    every = list(lines)
    if every:
        yield from ("", title, *every)


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    parts = dict.fromkeys(change.part for change in changes)
    for part in parts:
        own = [change for change in changes if change.part == part]
        if part == RELEASE:
            yield from (_line(f"  {part}", change) for change in own)
            continue
        yield f"  {part}"
        for change in own:
            yield from _change(change)


def _change(change: Change) -> Iterator[str]:
    line = _line(f"    {change.name}", change)
    if len(line) <= WIDTH:
        yield line
    else:
        yield f"    {change.name}{_owner(change)}"
        yield f"      - {shown(change.old)}"
        yield f"      + {shown(change.new)}"


def _line(begin: str, change: Change) -> str:
    return f"{begin}: {shown(change.old)} -> {shown(change.new)}{_owner(change)}"


def _owner(change: Change) -> str:
    said = (change.owner and f"set by {change.owner}", _VERDICTS.get(change.verdict))
    return f" [{'; '.join(filter(None, said))}]" if any(said) else ""


def shown(side: Side) -> str:
    """Return a side as a reader wants it: the effective value, then in brackets where it comes from."""
    if not side.known:
        return "unknown" + (f" ({_quoted(side.written)})" if side.written not in (None, "...") else "")
    value = "not set" if side.value is None else _value(side.value)
    about = [_ORIGINS.get(side.origin, "") if side.value is not None or side.origin == "unread" else ""]
    if side.note:
        about.append(side.note)
    elif _otherwise(side):
        about.append(f"written {_quoted(side.written)}")
    said = "; ".join(filter(None, about))
    return f"{value} ({said})" if said else value


def _otherwise(side: Side) -> bool:
    """Tell whether a value is written in another way than it is shown."""
    if side.written is None or not isinstance(side.value, str | int):
        return False
    return _value(side.value) not in (side.written, _quoted(side.written))


def _value(value: object) -> str:
    if isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            return " ".join(map(str, value)) or "none"
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool | dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value) if str(value).strip() == str(value) != "" else _quoted(str(value))


def _quoted(written: str | None) -> str:
    return json.dumps(written, ensure_ascii=False)


def _told(found: Consequence) -> Iterator[str]:
    named = (f"{name} (if it changes)" if name in found.unsure else name for name in found.names)
    about = f"{', '.join(named)}: " if found.kind != "restarts" else ""
    yield from wrapped(f"{about}{found.text}", "  ")
    yield f"    {found.source}"


def _pool(pool: Pool) -> Iterator[str]:
    if pool.old is None or pool.new is None:
        yield from wrapped(f"{pool.instance_type}: cannot be told: {pool.reason}", "  ")
        return
    yield f"  {pool.instance_type}: " + "; ".join(_loads(pool.old, pool.new))


def _loads(old: Load, new: Load) -> Iterator[str]:
    for name, one, other in (
        ("max pods", old.max_pods, new.max_pods),
        ("pods that can get an address", old.reachable_pods, new.reachable_pods),
        ("addresses held without pods", old.idle_addresses, new.idle_addresses),
    ):
        yield f"{name} {one}" if one == other else f"{name} {one} -> {other}"


def _same(changes: Sequence[Change]) -> Iterator[str]:
    """Yield what is written otherwise and has the same effect, then what comes or goes and is what would be without."""
    for change in changes:
        written = change.old.written, change.new.written
        if None not in written:
            yield f"  {_place(change)}: {_quoted(written[0])} -> {_quoted(written[1])}{_meant(change)}"
    for title, side in (("newly written", 0), ("no longer written", 1)):
        own = [change for change in changes if (change.old, change.new)[side].written is None]
        for reason in dict.fromkeys(change.reason for change in own):
            listed = ", ".join(_place(change) for change in own if change.reason == reason)
            yield from wrapped(f"{title}, {reason or 'as it is without'}: {listed}", "  ")


def _place(change: Change) -> str:
    return change.name if change.part == MAIN else f"{change.part} {change.name}"


def _meant(change: Change) -> str:
    if change.reason:
        return f" ({change.reason})"
    return "" if change.new.value is None else f" (both {_value(change.new.value)})"


def _unknown(found: Comparison, names: tuple[str, str]) -> Iterator[str]:
    for number, (side, name) in enumerate(zip(("old", "new"), names, strict=True)):
        own = [change for change in found.unknown if not (change.old, change.new)[number].known]
        told = [part for where, part in found.silent if where == side]
        listed = [*told, *(change.name for change in own)]
        if listed:
            yield from wrapped(f"{name} does not tell: {', '.join(listed)}", "  ")


def _painted(line: str, style: Style) -> str:
    """Return a line, bold where it is a title: all else is further in or a sentence."""
    title = line and not line.startswith(" ") and not line.endswith(".")
    return f"\x1b[{_BOLD}m{line}\x1b[0m" if style.color and title else line
