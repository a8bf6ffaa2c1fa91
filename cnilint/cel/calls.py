"""Calls of functions and methods as closures; at run time every argument must be of the declared type.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.cel.errors import CelError
from cnilint.cel.functions import FUNCTIONS
from cnilint.cel.values import as_bool, as_double, as_int, as_string, kind, known, refuse, size

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilint.cel.functions import Function
    from cnilint.cel.kinds import Type
    from cnilint.cel.nodes import Ast
    from cnilint.cel.operators import Closure, Frame


def matches(text: str, regexp: str) -> bool:
    """Tell whether the RE2 pattern matches anywhere in ``text``."""
    from cnilint.cel.regexp import pattern  # noqa: PLC0415 - few expressions have a pattern

    return pattern(regexp).search(text) is not None


_UNARY: dict[str, Callable[[object], object]] = {
    "size": size,
    "int": as_int,
    "double": as_double,
    "string": as_string,
    "bool": as_bool,
    "dyn": lambda value: value,
}
_TEXTUAL: dict[str, Callable[[str, str], bool]] = {
    "startsWith": str.startswith,
    "endsWith": str.endswith,
    "contains": str.__contains__,
    "matches": matches,
}


def call(node: Ast, arguments: list[Closure]) -> Closure:
    """Return the closure of ``f(x)``; raises ``CelError`` for a function that is not there."""
    _, offset, name, _ = node
    if name in FUNCTIONS and len(arguments) == len(FUNCTIONS[name].parameters):
        return _own(FUNCTIONS[name], arguments)
    if name in _UNARY and len(arguments) == 1:
        return _unary(_UNARY[name], arguments[0])
    if name == "matches" and len(arguments) == 2:  # noqa: PLR2004 - text and pattern
        return _textual(name, *arguments)
    raise CelError(f"there is no function '{name}' of {len(arguments)} arguments", offset)


def method(node: Ast, arguments: list[Closure]) -> Closure:
    """Return the closure of ``x.f(y)``; raises ``CelError`` for a method that is not there."""
    _, offset, name, _ = node
    if name == "size" and len(arguments) == 1:
        return _unary(size, arguments[0])
    if name in _TEXTUAL and len(arguments) == 2:  # noqa: PLR2004 - text and argument
        return _textual(name, *arguments)
    raise CelError(f"there is no method '{name}' of {len(arguments) - 1} arguments", offset)


def _unary(operation: Callable[[object], object], argument: Closure) -> Closure:
    return lambda frame: operation(argument(frame))


def _textual(name: str, target: Closure, argument: Closure) -> Closure:
    operation = _TEXTUAL[name]

    def run(frame: Frame) -> object:
        text, other = target(frame), argument(frame)
        if isinstance(text, str) and isinstance(other, str):
            return operation(text, other)
        return refuse(f"{name}()", text, other)

    return run


def _own(function: Function, arguments: list[Closure]) -> Closure:
    implementation, parameters = function.implementation, function.parameters
    texts = [str] * len(parameters) if set(parameters) == {"string"} else None

    def run(frame: Frame) -> object:
        values = [each(frame) for each in arguments]
        if [*map(type, values)] != texts:  # what most functions take needs no closer look
            for value, type_ in zip(values, parameters, strict=True):
                if not _is(value, type_):
                    refuse(f"{function.name}()", *values)
        return implementation(*values)

    return run


def _is(value: object, type_: Type) -> bool:
    """Tell whether ``value`` is of a type that an own function takes; raises ``Unknown`` for what is not known."""
    if isinstance(type_, str):
        return kind(value) == type_
    if not isinstance(value, list | tuple):
        return False
    known(value)
    return all(_is(each, type_[1]) for each in value)
