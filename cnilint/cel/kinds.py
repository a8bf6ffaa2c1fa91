"""The types an expression can have, and which of them go together.

A type is plain data: one of the names ``bool int double string null dyn place``, or ``("list", T)``, ``("map", T)``
(string keys, values T), ``("map", T, K)`` (keys K), ``("object", {field: T})`` (no other fields). ``dyn`` goes with
everything; ``place`` is opaque, and the checker lets it through only as a whole result. ``none``, the element of an
empty literal, goes with everything too and yields to it; it never leaves the checker.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#gradual-type-checking
"""

from __future__ import annotations

from typing import Any, TypeAlias

Type: TypeAlias = str | tuple[Any, ...]

ANY_LIST: Type = ("list", "dyn")
ANY_MAP: Type = ("map", "dyn", "dyn")


def unified(one: Type, other: Type) -> Type | None:
    """Return the more general of two types that go together, None of types that do not."""
    if one in (other, "none"):
        return other
    if other == "none":
        return one
    if "dyn" in (one, other):
        return "place" if "place" in (one, other) else "dyn"
    if isinstance(one, str) or isinstance(other, str):
        return None
    return _unified_containers(one, other)


def _unified_containers(one: tuple[Any, ...], other: tuple[Any, ...]) -> Type | None:
    if one[0] == other[0] == "list":
        element = unified(one[1], other[1])
        return None if element is None else ("list", element)
    if "list" in {one[0], other[0]} or one[0] == other[0] == "object":
        return None
    key = unified(key_type(one), key_type(other))
    value = unified(_value_type(one), _value_type(other))
    return None if key is None or value is None else ("map", value, key)


def key_type(container: tuple[Any, ...]) -> Type:
    """Return the type of the keys of a map or an object."""
    key: Type = container[2] if len(container) > 2 else "string"  # noqa: PLR2004 - ("map", T, K)
    return key


def _value_type(container: tuple[Any, ...]) -> Type:
    value: Type = "dyn" if container[0] == "object" else container[1]
    return value


def common(types: list[Type]) -> Type:
    """Return the element type of a literal: the most general of ``types``, ``dyn`` of types that do not go together."""
    result: Type = "none"
    for each in types:
        merged = unified(result, each)
        if merged is None:
            return "dyn"
        result = merged
    return result


def settled(type_: Type) -> Type:
    """Return ``type_`` as the world outside the checker sees it, where an empty literal holds ``dyn``."""
    if type_ == "none":
        return "dyn"
    if isinstance(type_, tuple) and type_[0] != "object":
        inner = [settled(each) for each in type_[1:]]
        return (type_[0], *(inner[:1] if inner[1:] == ["string"] else inner))
    return type_


def shown(type_: Type) -> str:
    """Return the type as a message names it, such as ``list(int)``."""
    if isinstance(type_, str):
        return "dyn" if type_ == "none" else type_
    if type_[0] == "object":
        return "object"
    if type_[0] == "map":
        return f"map({shown(key_type(type_))}, {shown(type_[1])})"
    return f"list({shown(type_[1])})"
