"""What is said of an upgrade: notes in sections, each with its source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.knowledge.versions import before
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from cnilint.source.text import Span
    from cnilint.surface.model import Surface

# The sections in the order in which they are told.
SETTINGS: Final = "settings"
DEFAULTS: Final = "defaults"
NEW: Final = "new"
PAIRS: Final = "pairs"
MANIFEST: Final = "manifest"
WARNINGS: Final = "warnings"
WAY: Final = "way"
SECTIONS: Final = (SETTINGS, DEFAULTS, NEW, PAIRS, MANIFEST, WARNINGS, WAY)


class Note(NamedTuple):
    """One thing that a change of the release brings.

    ``name`` is what it is about, as a person knows it; ``at`` its place in the file, None for what does not stand
    there. ``since`` is the release that brings it, "" where none can be named. ``act`` is whether the file, or the
    cluster, has to be changed by hand first: a setting of the file would break something or be lost. ``sources`` are
    addresses.
    """

    section: str
    name: str
    text: str
    sources: tuple[str, ...]
    at: Span | None = None
    since: str = ""
    act: bool = False


class Upgrade(NamedTuple):
    """What changes for one surface from release ``old`` to release ``new``."""

    surface: Surface
    old: str
    new: str
    notes: tuple[Note, ...]

    @property
    def downgrade(self) -> bool:
        """Whether the release is an older one."""
        return before(self.new, self.old)

    @property
    def act(self) -> bool:
        """Whether something must be changed by hand first."""
        return any(note.act for note in self.notes)

    def section(self, name: str) -> tuple[Note, ...]:
        """Return the notes of a section of SECTIONS."""
        return tuple(note for note in self.notes if note.section == name)


def url(source: str) -> str:
    """Return the address of a place in the CNI's repository, as the tables write it: ``[v1.13.0:]path[:line[-line]]``.

    An address, and a text that is no such place, is returned as it is.
    """
    from cnilint.knowledge.releases import newest  # noqa: PLC0415

    release, _, rest = source.partition(":") if source.startswith("v1.") else (newest(), "", source)
    path, _, lines = rest.partition(":")
    if "/" not in path or "//" in rest or " " in path:
        return source
    first, _, last = lines.partition(",")[0].partition("-")
    anchor = (f"#L{first}" + (f"-L{last}" if last else "")) if first.isdigit() else ""
    return f"https://github.com/aws/amazon-vpc-cni-k8s/blob/{release}/{path}{anchor}"


def manifest_url(release: str) -> str:
    """Return the address of a release's stock manifest: config/v1.N until v1.9, config/master from v1.10."""
    minor = release.rpartition(".")[0]
    folder = minor if before(release, "v1.10.0") else "master"
    return f"https://github.com/aws/amazon-vpc-cni-k8s/blob/{release}/config/{folder}/aws-k8s-cni.yaml"
