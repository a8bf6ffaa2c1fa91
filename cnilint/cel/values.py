"""What values are at run time: equality, order, membership, conversion, and the two sentinels for what is not known.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#equality; the conversions follow the C++
reference implementation where the specification leaves them open.
"""

from __future__ import annotations

import re
from math import isfinite, trunc
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cnilint.cel.errors import EvalError, Unknown, settle, worse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cnilint.cel.errors import Pending

LOWEST: Final = -(2**63)
HIGHEST: Final = 2**63 - 1
SIMPLE: Final = frozenset((str, int, bool, float))
# texts, which re compiles and caches where one is needed: few runs need any
_INT = r"[ \t\n\v\f\r]*([+-]?[0-9]+)[ \t\n\v\f\r]*"
_DOUBLE = r"(?i)[ \t\n\v\f\r]*([+-]?(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?|inf(?:inity)?|nan))[ \t\n\v\f\r]*"
_TRUE = frozenset(("true", "True", "TRUE", "t", "1"))
_FALSE = frozenset(("false", "False", "FALSE", "f", "0"))


class Sentinel:
    """A value that stands for one that is not known."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def __reduce__(self) -> str:
        return self.text


UNKNOWN: Final = Sentinel("UNKNOWN")
MAYBE: Final = Sentinel("MAYBE")


def kind(value: object) -> str:
    """Return the CEL name of the type of ``value``."""
    for name, types in _KINDS:
        if isinstance(value, types):
            return name
    return "null" if value is None else type(value).__name__


_KINDS: tuple[tuple[str, Any], ...] = (
    ("bool", bool),
    ("int", int),
    ("double", float),
    ("string", str),
    ("list", (list, tuple)),
    ("map", dict),
)


def refuse(operation: str, *values: object) -> NoReturn:
    """Raise the error of an operation that has no overload for ``values``."""
    known(values)
    raise EvalError(f"{operation} does not take {' and '.join(map(kind, values))}")


def known(values: Iterable[object]) -> None:
    """Raise ``Unknown`` if any of ``values`` stands for one that is not known."""
    if any(type(each) is Sentinel for each in values):
        raise Unknown("a value is not known")


def equal(one: Any, other: Any) -> bool:  # noqa: ANN401 - any value
    """Tell whether two values are equal: numbers by amount, other unlike types never."""
    if type(one) is type(other) and type(one) in SIMPLE:
        return bool(one == other)
    known((one, other))
    this, that = kind(one), kind(other)
    if this != that:
        return {this, that} == {"int", "double"} and float(one) == float(other)
    if this == "list":
        return _equal_lists(one, other)
    return _equal_maps(one, other) if this == "map" else bool(one == other)


def _equal_lists(one: list[object], other: list[object]) -> bool:
    if MAYBE in one or MAYBE in other:
        raise Unknown("it is not known which elements a list has")
    return len(one) == len(other) and _all(equal(*pair) for pair in zip(one, other, strict=True))


def _all(results: Iterable[bool]) -> bool:
    """Return ``all(results)``, a false one deciding even where another is not known."""
    pending: Pending = None
    iterator = iter(results)
    while True:
        try:
            if not next(iterator):
                return False
        except StopIteration:
            break
        except Unknown as unknown:
            pending = worse(pending, unknown)
    settle(pending)
    return True


def _equal_maps(one: dict[object, object], other: dict[object, object]) -> bool:
    if MAYBE in one.values() or MAYBE in other.values():
        raise Unknown("it is not known which keys a map has")
    return len(one) == len(other) and _all(holds(other, key) and equal(one[key], other[key]) for key in one)


def holds(container: dict[Any, object], key: Any) -> bool:  # noqa: ANN401 - any value
    """Tell whether a map has ``key``: an integral double finds an int, and no bool is an int."""
    if isinstance(key, str):
        return key in container
    if isinstance(key, float):
        return key.is_integer() and holds(container, int(key))
    return key in container and any(each == key and type(each) is type(key) for each in container)


def contained(element: Any, container: Any) -> bool:  # noqa: ANN401 - any value
    """Return ``element in container``, of a list's elements or a map's keys."""
    if isinstance(container, dict):
        return _has_key(element, container)
    if not isinstance(container, list | tuple):
        refuse("'in'", element, container)
    pending: Pending = None
    for each in container:
        try:
            if equal(element, each):
                return True
        except Unknown as unknown:
            pending = worse(pending, unknown)
    settle(pending)
    return False


def _has_key(key: object, container: dict[object, object]) -> bool:
    if kind(key) not in {"string", "int", "bool", "double"}:
        refuse("'in'", key, container)
    found = holds(container, key)
    if found and container[key] is MAYBE:
        raise Unknown(f"it is not known whether {key} is set")
    return found


def ordered(operator: Callable[[Any, Any], bool], sign: str, one: Any, other: Any) -> bool:  # noqa: ANN401 - any value
    """Return ``one operator other``; numbers are one order, whatever their types."""
    this, that = kind(one), kind(other)
    if this == that and this in {"string", "int", "double", "bool"}:
        return operator(one, other)
    if {this, that} == {"int", "double"}:
        return operator(float(one), float(other))
    return refuse(f"'{sign}'", one, other)


def as_int(value: object) -> int:
    """Return ``int(value)`` of CEL."""
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _truncated(value)
    if not isinstance(value, str):
        refuse("int()", value)
    match = re.fullmatch(_INT, value)
    if match is None or not LOWEST <= int(match[1]) <= HIGHEST:
        raise EvalError(f"{value!r} is no int")
    return int(match[1])


def _truncated(value: float) -> int:
    if not isfinite(value) or not LOWEST <= trunc(value) <= HIGHEST or value == LOWEST:
        raise EvalError(f"{as_string(value)} does not fit an int")
    return trunc(value)


def as_double(value: object) -> float:
    """Return ``double(value)`` of CEL."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        refuse("double()", value)
    match = re.fullmatch(_DOUBLE, value)
    if match is None:
        raise EvalError(f"{value!r} is no double")
    return float(match[1])


def as_bool(value: object) -> bool:
    """Return ``bool(value)`` of CEL."""
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        refuse("bool()", value)
    if value not in _TRUE and value not in _FALSE:
        raise EvalError(f"{value!r} is no bool")
    return value in _TRUE


def as_string(value: object) -> str:
    """Return ``string(value)`` of CEL."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _double_text(value)
    return refuse("string()", value)


def _double_text(value: float) -> str:
    """Return the shortest text that reads back, scientific where C's %g would be."""
    if not isfinite(value):
        return str(value)
    mantissa, _, power = repr(value).partition("e")
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    exponent = int(power or "0") + len(digits) - len(fraction) - 1
    if -5 < exponent < 6:  # noqa: PLR2004 - %g
        return repr(value).removesuffix(".0")
    first, rest = digits[0], digits[1:].rstrip("0")
    return f"{'-' * (value < 0)}{first}{'.' * bool(rest)}{rest}e{exponent:+03d}"


def size(value: object) -> int:
    """Return ``size(value)`` of CEL: code points, elements or entries."""
    if isinstance(value, str):
        return len(value)
    if not isinstance(value, list | tuple | dict):
        refuse("size()", value)
    if MAYBE in (value.values() if isinstance(value, dict) else value):
        raise Unknown("it is not known how many there are")
    return len(value)
