"""What the rules say of a surface's own settings once its release is another one, and did not say before."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from cnilint.facts import Facts
from cnilint.finding import location
from cnilint.judge import Judge
from cnilint.knowledge.releases import stock
from cnilint.knowledge.versions import image
from cnilint.rule import built_in
from cnilint.upgrade.note import SETTINGS, Note

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.choices.model import Choices
    from cnilint.facts.context import Context
    from cnilint.finding import Finding, Location
    from cnilint.source.text import Span
    from cnilint.surface.model import Container, Setting, Surface

# What the tables tell better, with what to do about it, and what is about the file as it stands.
_TOLD: Final = ("removed-variable", "premature-variable", "unused-ignore", "newer-agent-flag", "release-unknown")
_ACT: Final = frozenset({"error", "warning"})


def settings(context: Context, chosen: Choices) -> Iterator[Setting]:
    """Yield the variables that count as set: of a whole DaemonSet those that are not as it was shipped."""
    whole = context.surface.kind == "daemonset" and not context.surface.partial
    for place, setting in context.standing.items():
        if not context.refused(setting) and (not whole or ("env", *place) in chosen.flat):
            yield setting


def said(context: Context, chosen: Choices, old: str, new: str) -> Iterator[Note]:
    """Yield the findings that a release brings to the settings of a surface: to what it sets itself, and no more."""
    surface = context.surface
    places: dict[tuple[str, int, int], tuple[Span, str]] = {}
    for setting in settings(context, chosen):
        places[_where(setting.at)] = setting.at, setting.name
    for item in chosen.items:
        places.setdefault(_where(item.at), (item.at, item.name))
    levels: dict[str, dict[str, str]] = {path: {} for path in {surface.text.path, *(path for path, _, _ in places)}}
    told = context.told
    facts = [Facts(of_release(surface, release), told._replace(cni=release)) for release in (old, new)]
    before, after = ([*_judge().findings(each, levels)] for each in facts)

    def same(finding: Finding) -> tuple[str, Location, str]:
        """Return what a finding says but for the names of the releases."""
        return finding.rule, finding.location, finding.message.replace(old, "").replace(new, "")

    known = {same(finding) for finding in before}
    for finding in dict.fromkeys(after):
        where = finding.location.path, finding.location.line, finding.location.column
        if where in places and same(finding) not in known:
            at, name = places[where]
            act = finding.severity in _ACT
            yield Note(SETTINGS, name, f"{finding.message} [{finding.rule}]", (finding.url,), at, act=act)


@cache
def _judge() -> Judge:
    return Judge([rule for rule in built_in() if rule.id not in _TOLD])


def _where(span: Span) -> tuple[str, int, int]:
    found = location(span)
    return found.path, found.line, found.column


def of_release(surface: Surface, release: str) -> Surface:
    """Return a surface as it would be with the images, or the version, of another release."""
    containers = {name: _of_release(name, container, release) for name, container in surface.containers.items()}
    addon = surface.addon and surface.addon._replace(version=release if surface.addon.version else "")
    return surface._replace(containers=containers, release=surface.release and release, addon=addon)


def _of_release(name: str, container: Container, release: str) -> Container:
    """Return a container with the tag that a release ships it with, where its image tells a version."""
    written = container.data.get("image")
    shipped = stock(release).image(name)
    if not isinstance(written, str) or shipped is None or image(written).version is None:
        return container
    found = image(written)
    whole = f"{found.registry}/{found.repository}".lstrip("/")
    return container._replace(data={**container.data, "image": f"{whole}:{shipped.tag}"})
