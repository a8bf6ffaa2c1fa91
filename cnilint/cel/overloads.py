"""The types that CEL's operators and standard functions take and give.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.cel.kinds import ANY_LIST, ANY_MAP, key_type, unified

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnilint.cel.kinds import Type

    Overloads = tuple[tuple[tuple[Type, ...], Type], ...]


def _pairs(*types: str) -> Overloads:
    return tuple(((each, each), each) for each in types)


_ARITHMETIC: Mapping[str, Overloads] = {
    "+": (*_pairs("int", "double", "string"), ((ANY_LIST, ANY_LIST), ANY_LIST)),
    "-": _pairs("int", "double"),
    "*": _pairs("int", "double"),
    "/": _pairs("int", "double"),
    "%": _pairs("int"),
}
_ORDERED: Overloads = tuple(((each, each), "bool") for each in ("bool", "int", "double", "string"))

_SIZE: Overloads = ((("string",), "int"), ((ANY_LIST,), "int"), ((ANY_MAP,), "int"))
_TEXTS: Overloads = ((("string", "string"), "bool"),)

CALLS: Mapping[str, Overloads] = {
    "size": _SIZE,
    "matches": _TEXTS,
    "int": ((("int",), "int"), (("double",), "int"), (("string",), "int")),
    "double": ((("double",), "double"), (("int",), "double"), (("string",), "double")),
    "string": tuple(((each,), "string") for each in ("string", "bool", "int", "double")),
    "bool": ((("bool",), "bool"), (("string",), "bool")),
    "dyn": ((("dyn",), "dyn"),),
}
METHODS: Mapping[str, Overloads] = {
    "size": _SIZE,
    "matches": _TEXTS,
    "startsWith": _TEXTS,
    "endsWith": _TEXTS,
    "contains": _TEXTS,
}


def fits(arguments: Sequence[Type], parameters: Sequence[Type]) -> bool:
    """Tell whether a call with ``arguments`` can be the one declared with ``parameters``."""
    return len(arguments) == len(parameters) and all(
        unified(argument, parameter) is not None for argument, parameter in zip(arguments, parameters, strict=True)
    )


def result(overloads: Overloads, arguments: list[Type]) -> Type | None:
    """Return the type of a call that may be any of ``overloads``: None where none fits, ``dyn`` where they differ."""
    results = {each for parameters, each in overloads if fits(arguments, parameters)}
    if results == {ANY_LIST}:
        return _concatenated(arguments)
    return results.pop() if len(results) == 1 else "dyn" if results else None


def _concatenated(arguments: list[Type]) -> Type | None:
    """Return the list that ``+`` makes; a ``dyn`` operand takes on the type of the other, as in the reference."""
    lists = [each for each in arguments if each != "dyn"]
    return unified(lists[0], lists[-1])


def operation(sign: str, left: Type, right: Type) -> Type | None:
    """Return the type of a binary operation, None where the operands do not go together."""
    if sign in {"==", "!="}:
        return None if unified(left, right) is None else "bool"
    if sign == "in":
        return _membership(left, right)
    return result(_ARITHMETIC.get(sign, _ORDERED), [left, right])


def _membership(element: Type, container: Type) -> Type | None:
    if isinstance(container, str):
        return "bool" if container in {"dyn", "none"} else None
    held = container[1] if container[0] == "list" else key_type(container)
    return None if unified(element, held) is None else "bool"
