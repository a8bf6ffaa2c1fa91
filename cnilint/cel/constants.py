"""Operators with a constant operand as closures: most conditions compare one setting with one constant.

They mean exactly what ``operators`` means by the same signs, and are only faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnilint.cel.operators import BINARY, ORDERING
from cnilint.cel.values import MAYBE, contained, equal, ordered

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilint.cel.nodes import Ast
    from cnilint.cel.operators import Closure, Frame


def specialised(sign: str, left: Ast, right: Ast, closure: Callable[[Ast], Closure]) -> Closure | None:
    """Return the closure of ``left sign right`` if there is a faster one than the general."""
    if sign in {"==", "!="} and "string" in {left[0], right[0]}:
        text, other = (right, left) if right[0] == "string" else (left, right)
        return _equal_text(closure(other), text[2], positive=sign == "==")
    if right[0] == "int" and sign in {"==", "!="}:
        return _equal_number(closure(left), right[2], positive=sign == "==")
    if right[0] == "int" and sign in ORDERING:
        return _compared_with(sign, closure(left), right[2])
    if sign == "in" and left[0] == "string":
        return _has_key(left[2], closure(right))
    if sign == "in" and right[0] == "list" and all(each[0] == "string" for each in right[2]):
        return _within(closure(left), frozenset(each[2] for each in right[2]))
    return None


def _equal_text(operand: Closure, text: str, *, positive: bool) -> Closure:
    if positive:
        return lambda frame: operand(frame) == text
    return lambda frame: operand(frame) != text


def _equal_number(operand: Closure, number: int, *, positive: bool) -> Closure:
    def run(frame: Frame) -> object:
        value = operand(frame)
        found = value == number if type(value) is int else equal(value, number)
        return found is positive

    return run


def _compared_with(sign: str, operand: Closure, number: int) -> Closure:
    operation: Callable[[Any, Any], bool] = ORDERING[sign]

    def run(frame: Frame) -> object:
        value = operand(frame)
        return operation(value, number) if type(value) is int else ordered(operation, sign, value, number)

    return run


def _within(element: Closure, texts: frozenset[str]) -> Closure:
    def run(frame: Frame) -> object:
        value = element(frame)
        return value in texts if isinstance(value, str) else False

    return run


def _has_key(text: str, container: Closure) -> Closure:
    def run(frame: Frame) -> object:
        value = container(frame)
        if type(value) is dict and value.get(text) is not MAYBE:
            return text in value
        return contained(text, value)

    return run


def binary(sign: str, left: Ast, right: Ast, closure: Callable[[Ast], Closure]) -> Closure:
    """Return the closure of ``left sign right``."""
    return specialised(sign, left, right, closure) or BINARY[sign](closure(left), closure(right))
