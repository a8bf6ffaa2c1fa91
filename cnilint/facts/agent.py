"""Facts about the network policy agent (aws-eks-nodeagent): its version and its command line."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from cnilint.facts import overlay
from cnilint.facts.env import privileged
from cnilint.facts.release import ABSENT, stock_of
from cnilint.knowledge.flags import Parsed, default, flags, parsed
from cnilint.knowledge.versions import before
from cnilint.record import NamedTuple
from cnilint.source.plain import child
from cnilint.source.yaml import Node, span
from cnilint.surface.model import AGENT, OVERLAYS, UNKNOWN, placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilint.facts.context import Context
    from cnilint.knowledge.flags import Malformed
    from cnilint.source.text import Span, Text
    from cnilint.surface.model import Setting

Element = dict[str, object]

_KINDS: Final = OVERLAYS | {"daemonset"}


class Arg(NamedTuple):
    """One argument as it stands in the text, for the edits."""

    text: Text
    parent: Node
    number: int

    @property
    def at(self) -> Span:
        """Its place."""
        return span(self.text, self.parent.value[self.number])


def _line(context: Context) -> Parsed | None:
    """Return the agent's command line; None where it cannot be known."""
    if context.surface.kind in OVERLAYS:
        words = overlay.line(context)
        return None if words is None else _parsed(words)
    container = context.container(AGENT)
    if container is None:
        return None
    written = container.data.get("args")
    if not isinstance(written, list) or container.data.get("command"):
        unknown = context.surface.partial or container.data.get("command")
        return None if unknown else _parsed(())
    return _parsed(tuple(map(str, written)))


@lru_cache(maxsize=64)
def _parsed(words: tuple[str, ...]) -> Parsed | None:
    """Return a command line; None where a placeholder may become flags. Most files of a run have the same."""
    if any(placeholder(word) and not word.startswith("--") for word in words):
        return None
    line = parsed(words)
    for flag, text in line.texts.items():
        if placeholder(text):
            unknown = {flag: UNKNOWN}
            line = line._replace(values={**line.values, **unknown}, texts={**line.texts, **unknown})  # type: ignore[dict-item]
    return line._replace(malformed=[item for item in line.malformed if not placeholder(item.text)])


def argument(context: Context, flag: str) -> Arg | Setting | None:
    """Return the argument, or the entry of the values, that gives a flag its value."""
    if context.surface.kind in OVERLAYS:
        return overlay.flags(context).get(flag)
    line = _line(context)
    index = line.places.get(flag) if line else None
    return None if index is None else _arg(context, index)


def _arg(context: Context, index: int) -> Arg:
    container = context.surface.containers[AGENT]
    return Arg(context.surface.text, child(container.node, "args") or container.node, index)


def agent(context: Context) -> dict[str, object]:
    """Return whether the agent is there, its version, and its flags with their effective values."""
    if context.surface.kind in OVERLAYS:
        return _of_values(context)
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
    about["flags"] = {**_defaults(version), **line.values}
    about["set"] = line.texts
    shipped = _shipped(context.release)
    about["chosen"] = {name: text for name, text in line.texts.items() if shipped.get(name) != text}
    return about


def _of_values(context: Context) -> dict[str, object]:
    """Return the same of the agent that values of the add-on or the chart are laid over."""
    line = _line(context)
    if line is None:
        return {}
    held, own = stock_of(context.release).image(AGENT), overlay.image_version(context, AGENT)
    version = held.version if held and context.release else None
    if own is not None:
        version = own if isinstance(own, str) else None
    shipped = _shipped(context.release)
    written = {name: line.texts[name] for name in overlay.flags(context) if name in line.texts}
    about: dict[str, object] = {"present": True, **({"version": version} if version else {})}
    about["flags"] = {**_defaults(version), **line.values}
    about["set"] = written
    about["chosen"] = {name: text for name, text in written.items() if shipped.get(name) != text}
    return about


@lru_cache(maxsize=64)
def _defaults(version: str | None) -> dict[str, object]:
    """Return the values of the flags that are not given."""
    usual = ((name, default(flag, version)) for name, flag in flags().items())
    return {name: value for name, value in usual if value is not None}


@cache
def _shipped(release: str | None) -> dict[str, str]:
    """Return the texts of the flags in the stock manifest."""
    return parsed(stock_of(release).args(AGENT)).texts


def unknown_flags(context: Context) -> list[Element]:
    """Return the flags that no release of the agent knows."""
    line = _line(context) if context.surface.kind == "daemonset" else None
    if line is None:
        return []
    return [
        {"flag": item.flag, "nearest": item.nearest or "", "near": bool(item.nearest), **_place(context, item.index)}
        for item in line.unknown
    ]


def newer_flags(context: Context) -> list[Element]:
    """Return the flags that the agent's own version does not know yet."""
    line, version = _line(context), context.image_version(AGENT)  # values have no image
    if line is None or version is None:
        return []
    newer = _newer(version)
    return [
        {"flag": name, "version": newer[name], **_place(context, index)}
        for name, index in line.places.items()
        if name in newer
    ]


@lru_cache(maxsize=64)
def _newer(version: str) -> dict[str, str]:
    """Return the flags that a version of the agent does not know yet, each with the first that does."""
    return {name: flag.first for name, flag in flags().items() if before(version, flag.first)}


def malformed_flags(context: Context) -> list[Element]:
    """Return the flags whose value the agent refuses."""
    line = _line(context)
    if line is None:
        return []
    if context.surface.kind in OVERLAYS:
        places = overlay.flags(context)
        wrong = [item for item in line.malformed if item.flag in places]
        return [_malformed(item, {"at": places[item.flag].at, "setting": places[item.flag]}) for item in wrong]
    return [_malformed(item, _place(context, item.index)) for item in line.malformed]


def _malformed(item: Malformed, place: Element) -> Element:
    return {"flag": item.flag, "text": item.text, "expected": item.expected, **place}


def loose_args(context: Context) -> list[Element]:
    """Return the arguments that are no flags, which the agent ignores."""
    line = _line(context) if context.surface.kind == "daemonset" else None
    if line is None:
        return []
    return [
        {"text": item.text, "flag": item.flag or "", "follows": bool(item.flag), **_place(context, item.index)}
        for item in line.loose
    ]


def _place(context: Context, index: int) -> Element:
    arg = _arg(context, index)
    return {"at": arg.at, "setting": arg}


FACTS: Final[Mapping[str, Callable[[Context], object]]] = {
    "agent": lambda context: agent(context) if context.surface.kind in _KINDS else ABSENT,
    "unknownFlags": unknown_flags,
    "newerFlags": newer_flags,
    "malformedFlags": malformed_flags,
    "looseArgs": loose_args,
}
