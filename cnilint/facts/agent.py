"""Facts about the network policy agent (aws-eks-nodeagent): its version and its command line."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from cnilint.facts.context import ABSENT, Context
from cnilint.facts.env import privileged
from cnilint.knowledge.flags import Parsed, default, flags, parsed
from cnilint.knowledge.versions import parsed as version_number
from cnilint.record import NamedTuple
from cnilint.source.plain import child
from cnilint.source.yaml import Node, SequenceNode, span
from cnilint.surface.model import AGENT, UNKNOWN, placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilint.source.text import Span, Text

Element = dict[str, object]


class Arg(NamedTuple):
    """One argument as it stands in the text, for the edits."""

    text: Text
    parent: Node
    number: int

    @property
    def at(self) -> Span:
        """Its place."""
        return span(self.text, self.parent.value[self.number])


def _line(context: Context) -> tuple[Parsed, list[Arg]] | None:
    """Return the agent's command line and its arguments; None where it cannot be known."""
    if not context.agent_line:
        context.agent_line.append(_read_line(context))
    return cast("tuple[Parsed, list[Arg]] | None", context.agent_line[0])


def _read_line(context: Context) -> tuple[Parsed, list[Arg]] | None:
    container = context.container(AGENT)
    if container is None:
        return None
    node, written = child(container.node, "args"), container.data.get("args")
    if not isinstance(node, SequenceNode) or not isinstance(written, list) or container.data.get("command"):
        unknown = context.surface.partial or container.data.get("command")
        return None if unknown else (parsed([]), [])
    words = [item if isinstance(item, str) else str(item) for item in written]
    if any(placeholder(word) and not word.startswith("--") for word in words):
        return None  # whatever comes in its place may be flags
    line = _parsed(tuple(words))
    for flag, text in line.texts.items():
        if placeholder(text):
            unknown = {flag: UNKNOWN}
            line = line._replace(values={**line.values, **unknown}, texts={**line.texts, **unknown})  # type: ignore[dict-item]
    malformed = [item for item in line.malformed if not placeholder(item.text)]
    args = [Arg(context.surface.text, node, index) for index in range(len(node.value))]
    return line._replace(malformed=malformed), args


@lru_cache(maxsize=64)
def _parsed(words: tuple[str, ...]) -> Parsed:
    """Return a command line; most files of a run have the same."""
    return parsed(words)


def argument(context: Context, flag: str) -> Arg | None:
    """Return the argument that gives a flag its value."""
    line = _line(context)
    index = line[0].places.get(flag) if line else None
    return line[1][index] if line and index is not None else None


def agent(context: Context) -> dict[str, object]:
    """Return whether the agent is there, its version, and its flags with their effective values."""
    container = context.container(AGENT)
    if container is None:
        known = context.surface.kind == "daemonset" and not context.surface.partial
        return {"present": False} if known else {}
    about: dict[str, object] = {"present": True}
    version = context.image_version(AGENT)
    if version:
        about["version"] = version
    about |= privileged(context, container)
    line = _line(context)
    if line is None:
        return about
    usual = ((name, default(flag, version)) for name, flag in flags().items())
    about["flags"] = {**{name: value for name, value in usual if value is not None}, **line[0].values}
    about["set"] = dict(line[0].texts)
    shipped = _parsed(tuple(context.stock.args(AGENT))).texts
    about["chosen"] = {name: text for name, text in line[0].texts.items() if shipped.get(name) != text}
    return about


def unknown_flags(context: Context) -> list[Element]:
    """Return the flags that no release of the agent knows."""
    line = _line(context)
    if line is None:
        return []
    return [
        {"flag": item.flag, "nearest": item.nearest or "", "near": bool(item.nearest), **_place(line[1], item.index)}
        for item in line[0].unknown
    ]


def newer_flags(context: Context) -> list[Element]:
    """Return the flags that the agent's own version does not know yet."""
    line, version = _line(context), context.image_version(AGENT)
    number = version_number(version) if version else None
    if line is None or number is None:
        return []
    found: list[Element] = []
    for name, index in line[0].places.items():
        first = flags()[name].first
        floor = version_number(first) if first else None
        if floor and number < floor:
            found.append({"flag": name, "version": first, **_place(line[1], index)})
    return found


def malformed_flags(context: Context) -> list[Element]:
    """Return the flags whose value the agent refuses."""
    line = _line(context)
    if line is None:
        return []
    return [
        {"flag": item.flag, "text": item.text, "expected": item.expected, **_place(line[1], item.index)}
        for item in line[0].malformed
    ]


def loose_args(context: Context) -> list[Element]:
    """Return the arguments that are no flags, which the agent ignores."""
    line = _line(context)
    if line is None:
        return []
    return [
        {"text": item.text, "flag": item.flag or "", "follows": bool(item.flag), **_place(line[1], item.index)}
        for item in line[0].loose
    ]


def _place(args: list[Arg], index: int) -> Element:
    return {"at": args[index].at, "setting": args[index]}


FACTS: Final[Mapping[str, Callable[[Context], object]]] = {
    "agent": lambda context: agent(context) if context.surface.kind == "daemonset" else ABSENT,
    "unknownFlags": unknown_flags,
    "newerFlags": newer_flags,
    "malformedFlags": malformed_flags,
    "looseArgs": loose_args,
}
