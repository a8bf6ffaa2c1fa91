"""Names, fields, elements and presence as closures.

Reading is what rules do most, so ``name.field`` and ``name.field.field`` are one closure each: the straight way first,
and where it fails the careful way, which knows why.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#field-selection
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnilint.cel.errors import EvalError, Unknown
from cnilint.cel.values import MAYBE, Sentinel, holds, kind

if TYPE_CHECKING:
    from cnilint.cel.operators import Closure, Frame


def variable(name: str, slot: int) -> Closure:
    """Return the closure of a macro's variable."""

    def run(frame: Frame) -> object:
        value = frame[slot]
        return value if type(value) is not Sentinel else read(value, name)

    return run


def root(name: str) -> Closure:
    """Return the closure of a name of the activation."""

    def run(frame: Frame) -> object:
        try:
            value = frame[0][name]
        except KeyError:
            raise EvalError(f"no such name: {name}") from None
        return value if type(value) is not Sentinel else read(value, name)

    return run


def read(value: object, name: object) -> object:
    """Return ``value``, which ``name`` stands for; raises ``Unknown`` for a sentinel."""
    if type(value) is Sentinel:
        raise Unknown(f"{name} is not known")
    return value


def field(operand: Closure, key: str) -> Closure:
    """Return ``operand.key``."""

    def run(frame: Frame) -> object:
        value = operand(frame)
        try:
            found = value[key]
        except (KeyError, TypeError):
            return element(value, key)
        return found if type(found) is not Sentinel else read(found, key)

    return run


def field_of_variable(name: str, slot: int, key: str) -> Closure:
    """Return ``name.key`` of a macro's variable."""
    whole = variable(name, slot)

    def run(frame: Frame) -> object:
        try:
            found = frame[slot][key]
        except (KeyError, TypeError):
            return element(whole(frame), key)
        return found if type(found) is not Sentinel else read(found, key)

    return run


def field_of_root(name: str, key: str) -> Closure:
    """Return ``name.key``, the commonest expression of all."""
    whole = root(name)

    def run(frame: Frame) -> object:
        try:
            found = frame[0][name][key]
        except (KeyError, TypeError):
            return element(whole(frame), key)
        return found if type(found) is not Sentinel else read(found, key)

    return run


def field_of_field(name: str, key: str, last: str) -> Closure:
    """Return ``name.key.last``."""
    whole = field_of_root(name, key)

    def run(frame: Frame) -> object:
        try:
            found = frame[0][name][key][last]
        except (KeyError, TypeError):
            return element(whole(frame), last)
        return found if type(found) is not Sentinel else read(found, last)

    return run


def indexed(operand: Closure, index: Closure) -> Closure:
    """Return ``operand[index]``."""
    return lambda frame: element(operand(frame), index(frame))


def element(value: Any, key: Any) -> object:  # noqa: ANN401 - any value
    """Return ``value[key]`` with CEL's errors."""
    if isinstance(value, dict):
        return _entry(value, key)
    if not isinstance(value, list | tuple):
        raise EvalError(f"no such key: {key}; {kind(value)} has none")
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    if not isinstance(key, int) or isinstance(key, bool):
        raise EvalError(f"a list is indexed with an int, found {kind(key)}")
    if MAYBE in value and key >= 0:
        raise Unknown(f"it is not known which element is at {key}")
    if not 0 <= key < len(value):
        raise EvalError(f"index {key} is outside a list of {len(value)}")
    return read(value[key], key)


def _entry(value: dict[object, object], key: Any) -> object:  # noqa: ANN401 - any value
    if isinstance(key, list | tuple | dict) or key is None:
        raise EvalError(f"a key is a string, an int or a bool, found {kind(key)}")
    if not holds(value, key):
        raise EvalError(f"no such key: {key}")
    return read(value[key], key)


def presence(operand: Closure, key: str) -> Closure:
    """Return ``has(operand.key)``."""

    def run(frame: Frame) -> object:
        return present(operand(frame), key)

    return run


def presence_in_root(name: str, key: str) -> Closure:
    """Return ``has(name.key)``."""
    whole = root(name)

    def run(frame: Frame) -> object:
        try:
            value = frame[0][name]
        except KeyError:
            return whole(frame)
        if type(value) is dict:
            return value[key] is not MAYBE or present(value, key) if key in value else False
        return present(whole(frame), key)

    return run


def present(value: object, key: str) -> bool:
    """Tell whether a map or an object has ``key``."""
    if not isinstance(value, dict):
        raise EvalError(f"has() takes a field of a map, found one of {kind(value)}")
    if key not in value:
        return False
    if value[key] is MAYBE:
        raise Unknown(f"it is not known whether {key} is set")
    return True
