"""What was worked out of data that the next file has as well: most files have the same containers and roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")
Memory = dict["Hashable", tuple[object, T]]


def again(memory: Memory[T], place: Hashable, data: object, work: Callable[[], T]) -> T:
    """Return what was worked out last at a place (a release, say) if it was of equal data, else work it out."""
    held = memory.get(place)
    if held is not None and held[0] == data:
        return held[1]
    found = work()
    memory[place] = data, found
    return found
