"""The command-line flags of the network policy agent (aws-eks-nodeagent), and command lines as the agent reads them.

``schemas/node-agent-flags.schema.json`` is the truth. The agent uses pflag 1.0.10 with ExitOnError (main.go:198 of
aws-network-policy-agent v1.4.1): what it refuses ends it with exit code 2.
"""

from __future__ import annotations

import os.path
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from cnilint.knowledge import golang
from cnilint.knowledge.names import closest
from cnilint.knowledge.versions import before
from cnilint.paths import shipped
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence


class Flag(NamedTuple):
    """One flag; what does not apply is empty or None. Releases are the agent's."""

    name: str
    """Without dashes."""
    type: str
    """bool, int, enum, path or address."""
    values: tuple[str, ...]
    pattern: str
    minimum: int | None
    maximum: int | None
    default: Any
    """The newest default, typed."""
    defaults: tuple[tuple[str, Any], ...]
    """(first release, default), oldest first, where the default changed."""
    effect: str
    """What an invalid value does: "exit", "default" or "none"."""
    first: str
    """The first release of the agent that knows it; an older one refuses it."""
    dead: bool
    """Whether it is read and never used."""
    stock: str | None
    """The text in the newest stock manifest."""
    description: str
    source: str


class Malformed(NamedTuple):
    """A value that the agent refuses; ``expected`` reads after "must be"."""

    flag: str
    text: str
    expected: str
    index: int  # type: ignore[assignment]  # tuple.index is not missed


class Unknown(NamedTuple):
    """An argument that is no flag of any release: ``flag`` as written, with its dashes; ``nearest`` without."""

    flag: str
    nearest: str | None
    index: int  # type: ignore[assignment]  # tuple.index is not missed


class Loose(NamedTuple):
    """An argument that is no flag and is ignored; ``flag`` is the bool flag before it, whose value it was meant as."""

    text: str
    flag: str | None
    index: int  # type: ignore[assignment]  # tuple.index is not missed


class Parsed(NamedTuple):
    """A command line. Of a flag that stands twice the last counts; indices count arguments from 0."""

    values: dict[str, Any]
    """Typed; what the agent refuses is missing."""
    texts: dict[str, str]
    places: dict[str, int]
    """The argument with the flag; a value that stands apart (``--log-level debug``) is the next one."""
    malformed: list[Malformed]
    replaced: list[Malformed]
    """Values that are not refused, but silently taken for the default."""
    unknown: list[Unknown]
    loose: list[Loose]


@cache
def flags() -> dict[str, Flag]:
    """Return every flag by name; do not change it."""
    import json  # noqa: PLC0415  # a run that meets no agent needs no table

    with open(os.path.join(shipped("schemas"), "node-agent-flags.schema.json"), encoding="utf-8") as file:
        return {name: _flag(name, held) for name, held in json.load(file)["properties"].items()}


def _flag(name: str, held: dict[str, Any]) -> Flag:
    return Flag(
        name=name,
        type=held["x-type"],
        values=tuple(held.get("x-values", ())),
        pattern=held.get("pattern", ""),
        minimum=held.get("x-minimum"),
        maximum=held.get("x-maximum"),
        default=held["x-default"],
        defaults=tuple((since, default) for since, default in held.get("x-default-by-release", ())),
        effect=held["x-invalid"]["effect"],
        first=held["x-first-release"],
        dead=held.get("x-dead", False),
        stock=held.get("x-stock"),
        description=held["description"],
        source=held["x-source"],
    )


def default(flag: Flag, agent: str | None = None) -> object:
    """Return the typed default in that release of the agent; None where the release does not know the flag.

    ``agent`` None is an unknown release: then a default that changed is None too.
    """
    if agent is None:
        return None if flag.defaults else flag.default
    if before(agent, flag.first):
        return None
    return next((held for since, held in reversed(flag.defaults) if not before(agent, since)), flag.default)


def expected(flag: Flag) -> str:
    """Return what would be valid, as it reads after "must be"."""
    if flag.minimum is not None:
        return f"an integer from {flag.minimum} to {flag.maximum}"
    if flag.values:
        *most, last = flag.values
        return f"{', '.join(most)} or {last}"
    return {"bool": "true or false", "int": "an integer", "address": "host:port"}.get(flag.type, "a path")


def value(flag: Flag, text: str) -> object:
    """Return the typed value of a text, or None where it is invalid.

    Integers may be written in any base of Go: pflag reads them with base 0. Whether an invalid text is refused or
    taken for the default, ``flag.effect`` tells.
    """
    if flag.type == "bool":
        return golang.boolean(text)
    if flag.type == "int":
        number = golang.based_integer(text)
        low = number is None or (flag.minimum is not None and number < flag.minimum)
        return None if low or (flag.maximum is not None and number is not None and number > flag.maximum) else number
    if flag.type == "enum":
        return text.lower() if text.isascii() and text.lower() in flag.values else None
    usual = not flag.pattern or text in (flag.default, flag.stock)
    return text if usual or re.fullmatch(flag.pattern, text) else None


def parsed(args: Sequence[str]) -> Parsed:
    """Return a command line as pflag reads it: ``--flag=value``, ``--flag value``, or ``--flag`` alone for a bool.

    A bool never takes the next argument: ``--flag false`` sets true and leaves ``false`` behind. ``--`` ends the flags.
    There are no one-letter flags, so that ``-flag`` is unknown. The agent stops at the first fault, this function does
    not.
    """
    line = Parsed({}, {}, {}, [], [], [], [])
    at, bare = 0, None
    while at < len(args):
        arg, index, switch = args[at], at, bare
        at, bare = at + 1, None
        if arg == "--":
            line.loose.extend(Loose(text, None, at + more) for more, text in enumerate(args[at:]))
            break
        if len(arg) < len("-x") or not arg.startswith("-"):
            line.loose.append(Loose(arg, switch, index))
            continue
        name, equals, text = arg[2:].partition("=")
        flag = flags().get(name) if arg.startswith("--") else None
        if flag is None:
            written = arg.partition("=")[0]
            line.unknown.append(Unknown(written, closest(written.lstrip("-"), flags()), index))
        elif equals:
            _put(line, flag, text, index)
        elif flag.type == "bool":
            bare = name
            _put(line, flag, "true", index)
        elif at < len(args):
            _put(line, flag, args[at], index)
            at += 1
        else:
            line.malformed.append(Malformed(name, "", expected(flag), index))
    return line


def _put(line: Parsed, flag: Flag, text: str, index: int) -> None:
    """Add one flag with its text to what was read."""
    found = value(flag, text)
    line.texts[flag.name], line.places[flag.name] = text, index
    if found is not None:
        line.values[flag.name] = found
        return
    line.values.pop(flag.name, None)
    if flag.effect == "default":
        line.values[flag.name] = flag.default
        line.replaced.append(Malformed(flag.name, text, expected(flag), index))
    else:
        line.malformed.append(Malformed(flag.name, text, expected(flag), index))
