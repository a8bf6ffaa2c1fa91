"""Operators as closures: each function takes the closures of the operands and returns the closure of the operation.

A closure takes a frame, the list of the activation and of the macros' variables, and returns a value or raises
``EvalError``. What is fast is fast for the usual types; every other case goes to ``values``.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#operators
"""

from __future__ import annotations

import operator
from math import copysign, inf, isnan, nan
from typing import TYPE_CHECKING, Any, NoReturn

from cnilint.cel.errors import EvalError, settle, worse
from cnilint.cel.values import HIGHEST, LOWEST, SIMPLE, contained, equal, ordered, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilint.cel.errors import Pending

    Frame = list[Any]
    Closure = Callable[[Frame], Any]
    Binary = Callable[[Closure, Closure], Closure]


ORDERING: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _overflow(sign: str) -> NoReturn:
    raise EvalError(f"the result of '{sign}' does not fit an int, which has 64 bits")


def _arithmetic(sign: str, exact: Callable[[int, int], int], others: dict[Any, Callable[[Any, Any], Any]]) -> Binary:
    """Return the maker of an arithmetic operator: ``exact`` on ints, ``others`` by the type of both operands."""

    def made(left: Closure, right: Closure) -> Closure:
        def run(frame: Frame) -> object:
            one, other = left(frame), right(frame)
            if type(one) is int and type(other) is int:
                result = exact(one, other)
                return result if LOWEST <= result <= HIGHEST else _overflow(sign)
            for kind, operation in others.items():
                if isinstance(one, kind) and isinstance(other, kind):
                    return operation(one, other)
            return refuse(f"'{sign}'", one, other)

        return run

    return made


def _quotient(one: int, other: int) -> int:
    if other == 0:
        raise EvalError("division by zero")
    result = abs(one) // abs(other)
    return result if (one < 0) == (other < 0) else -result


def _remainder(one: int, other: int) -> int:
    if other == 0:
        raise EvalError("modulus by zero")
    if one == LOWEST and other == -1:
        _overflow("%")
    result = abs(one) % abs(other)
    return result if one >= 0 else -result


def _fraction(one: float, other: float) -> float:
    if other:
        return one / other
    return nan if one == 0 or isnan(one) else copysign(inf, one) * copysign(1, other)


def _concatenated(one: Any, other: Any) -> list[object]:  # noqa: ANN401 - lists and tuples
    return [*one, *other]


def _compared(sign: str) -> Binary:
    """Return the maker of an ordering operator."""
    operation = ORDERING[sign]

    def made(left: Closure, right: Closure) -> Closure:
        def run(frame: Frame) -> object:
            one, other = left(frame), right(frame)
            kind = type(one)
            if kind is type(other) and kind in SIMPLE:
                return operation(one, other)
            return ordered(operation, sign, one, other)

        return run

    return made


def _equality(left: Closure, right: Closure) -> Closure:
    return lambda frame: equal(left(frame), right(frame))


def _inequality(left: Closure, right: Closure) -> Closure:
    return lambda frame: not equal(left(frame), right(frame))


def _membership(left: Closure, right: Closure) -> Closure:
    return lambda frame: contained(left(frame), right(frame))


BINARY: dict[str, Binary] = {
    "+": _arithmetic("+", operator.add, {float: operator.add, str: operator.add, (list, tuple): _concatenated}),
    "-": _arithmetic("-", operator.sub, {float: operator.sub}),
    "*": _arithmetic("*", operator.mul, {float: operator.mul}),
    "/": _arithmetic("/", _quotient, {float: _fraction}),
    "%": _arithmetic("%", _remainder, {}),
    **{sign: _compared(sign) for sign in ORDERING},
    "==": _equality,
    "!=": _inequality,
    "in": _membership,
}


def negation(operand: Closure) -> Closure:
    """Return ``!operand``."""

    def run(frame: Frame) -> object:
        value = operand(frame)
        if value is True:
            return False
        return True if value is False else refuse("'!'", value)

    return run


def negative(operand: Closure) -> Closure:
    """Return ``-operand``."""

    def run(frame: Frame) -> object:
        value = operand(frame)
        if isinstance(value, float):
            return -value
        if not isinstance(value, int) or isinstance(value, bool):
            refuse("'-'", value)
        return -value if value != LOWEST else _overflow("-")

    return run


def choice(condition: Closure, then: Closure, otherwise: Closure) -> Closure:
    """Return ``condition ? then : otherwise``."""

    def run(frame: Frame) -> object:
        value = condition(frame)
        if value is True:
            return then(frame)
        return otherwise(frame) if value is False else refuse("'?:'", value)

    return run


def logic(sign: str, terms: list[Closure]) -> Closure:
    """Return ``&&`` or ``||`` of ``terms``: one that decides the result makes the errors of all others vanish."""
    decisive = sign == "||"
    indifferent = not decisive

    def run(frame: Frame) -> object:
        pending: Pending = None
        for term in terms:
            try:
                value = term(frame)
                if value is decisive:
                    return value
                if value is not indifferent:
                    refuse(f"'{sign}'", value)
            except EvalError as error:
                pending = worse(pending, error)
        settle(pending)
        return indifferent

    return run
