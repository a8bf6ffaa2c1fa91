"""What a setting is on one side of a comparison, and where that comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from cnilint.surface.model import Setting

# Where a value comes from. ``written``: the file. ``stock``: the release's stock manifest, which values are laid over.
# ``eks``: what EKS sets from the cluster. ``default``: the program's own. ``unread``: the release does not read it, and
# behaves like this. ``unset``: nothing sets it. ``untold``: the file does not tell, so that it is not known.
ORIGINS: Final = ("written", "stock", "eks", "default", "unread", "unset", "untold")
NOTHING: Final = ("nothing",)
"""What is compared of a setting that nothing reads: one is as good as another, or as none."""
STOPS: Final = "the container does not start"


class Side(NamedTuple):
    """What a setting is on one side.

    ``value`` is plain data, None where it is not set or not known. ``same`` is what is compared: two sides with equal
    ones have the same effect. ``written`` is the text in the file, None where it does not stand there; ``known`` is
    False for a value that is brought in from elsewhere, and for one that the file does not tell. ``note`` says what
    becomes of a value that does not count as written. ``line`` is where it stands, 0 where it does not.
    """

    value: object
    origin: str
    same: tuple[object, ...]
    written: str | None = None
    known: bool = True
    note: str = ""
    line: int = 0


UNSET: Final = Side(None, "unset", ("unset",))
UNTOLD: Final = Side(None, "untold", ("untold",), known=False)


def side(value: object, origin: str, written: str | None = None, note: str = "", line: int = 0) -> Side:
    """Return the side of a known value."""
    return Side(_plain(value), origin, ("value", frozen(value)), written, note=note, line=line)


def unseen(source: str, origin: str, written: str | None = None, line: int = 0) -> Side:
    """Return the side of a value that is brought in; two from the same ``source`` are the same."""
    return Side(None, origin, ("source", source), written, known=False, line=line)


def row(setting: Setting) -> int:
    """Return the line, from 1, on which a setting stands."""
    return setting.at.text.position(setting.at.start)[0]


def frozen(value: object) -> object:
    """Return plain data as something that can be compared: 1 and true differ, the order of keys does not count."""
    if isinstance(value, dict):
        return tuple(sorted((str(key), frozen(item)) for key, item in value.items()))
    if isinstance(value, list | tuple):
        return tuple(map(frozen, value))
    return (type(value).__name__, value if isinstance(value, str | int | float) else str(value))


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is UNKNOWN or value is MAYBE:
        return None
    return value if value is None or isinstance(value, str | int | float) else str(value)
