"""The macros over lists and maps as closures.

An element that is only maybe there (``MAYBE``, or a key whose value is ``MAYBE``) decides nothing: where it would, the
result is not known.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#macros
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from cnilint.cel.errors import EvalError, Unknown, settle, worse
from cnilint.cel.values import MAYBE, known, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnilint.cel.errors import Pending
    from cnilint.cel.operators import Closure, Frame

_UNSURE = "it is not known which elements there are"


def elements(value: object, macro: str) -> Sequence[object]:
    """Return what a macro goes over: a list's elements, a map's keys."""
    if isinstance(value, dict):
        return [MAYBE if each is MAYBE else key for key, each in value.items()]
    if isinstance(value, list | tuple):
        return value
    return refuse(f"{macro}()", value)


def quantified(macro: str, over: Closure, condition: Closure, slot: int) -> Closure:
    """Return ``all`` or ``exists``, which absorb errors as ``&&`` and ``||`` do."""
    decisive = macro == "exists"
    indifferent = not decisive

    def run(frame: Frame) -> object:
        items = elements(over(frame), macro)
        inner = [*frame[:slot], None]
        pending: Pending = None
        for item in items:
            inner[slot] = item
            try:
                value = condition(inner)
                if value is decisive and item is not MAYBE:
                    return value
                if value is not indifferent:
                    _undecided(value, macro)
            except EvalError as error:
                pending = worse(pending, error)
        settle(pending)
        return indifferent

    return run


def _undecided(value: object, macro: str) -> NoReturn:
    """Raise for a condition that is no bool, or that would decide by an element that is only maybe there."""
    if value is True or value is False:
        raise Unknown(_UNSURE)
    refuse(f"the condition of {macro}()", value)


def _selected(macro: str, over: Closure, condition: Closure, slot: int) -> Callable[[Frame], list[object]]:
    """Return the closure of the elements that meet ``condition``."""

    def run(frame: Frame) -> list[object]:
        items = elements(over(frame), macro)
        inner: Frame = [*frame[:slot], None]
        found = []
        for item in items:
            inner[slot] = item
            value = condition(inner)
            if value is True and item is not MAYBE:
                found.append(item)
            elif value is not False:
                _undecided(value, macro)
        return found

    return run


def exists_one(over: Closure, condition: Closure, slot: int) -> Closure:
    """Return ``exists_one``, which absorbs no error."""
    selected = _selected("exists_one", over, condition, slot)
    return lambda frame: len(selected(frame)) == 1


def filtered(over: Closure, condition: Closure, slot: int) -> Closure:
    """Return ``filter``."""
    selected = _selected("filter", over, condition, slot)

    def run(frame: Frame) -> object:
        found = selected(frame)
        known(found)
        return found

    return run


def mapped(over: Closure, condition: Closure | None, result: Closure, slot: int) -> Closure:
    """Return ``map``, of two or three arguments."""
    source: Callable[[Frame], Any] = over if condition is None else _selected("map", over, condition, slot)

    def run(frame: Frame) -> object:
        inner: Frame = [*frame[:slot], None]
        found = []
        for item in elements(source(frame), "map"):
            if item is MAYBE:
                raise Unknown(_UNSURE)
            inner[slot] = item
            found.append(result(inner))
        return found

    return run
