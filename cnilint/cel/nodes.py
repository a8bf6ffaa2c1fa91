"""The syntax tree: plain data, and the nodes that take more than writing them down.

A node is a list ``[kind, offset, ...]`` of strings, numbers, booleans, None and nodes alone, so that it survives JSON:

    ["null", o]  ["bool", o, true]  ["int", o, 5]  ["double", o, "1.5"]  ["string", o, "text"]
    ["name", o, name]  ["root", o, name] for ``.name``
    ["select", o, operand, field]  ["has", o, operand, field]  ["index", o, operand, index]
    ["call", o, function, arguments]  ["method", o, function, [target, *arguments]]
    ["list", o, items]  ["map", o, [[key, value], ...]]
    ["not", o, operand]  ["neg", o, operand]  ["?", o, condition, then, otherwise]
    ["&&", o, operands]  ["||", o, operands]  [operator, o, left, right] for the other operators
    ["loop", o, macro, range, variable, condition or null, result or null]

A double is kept as its text, which is exact and has a form for what JSON lacks. Chains of ``&&`` and ``||`` are flat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from cnilint.cel.errors import CelError

if TYPE_CHECKING:
    from cnilint.cel.tokens import Token

Ast: TypeAlias = list[Any]

MACROS = {"all": (2,), "exists": (2,), "exists_one": (2,), "filter": (2,), "map": (2, 3)}
_DEEP = 100


def joined(operator: Token, left: Ast, right: Ast) -> Ast:
    """Join two operands, a chain of ``&&`` or of ``||`` into one flat node."""
    if operator.text not in {"&&", "||"}:
        return [operator.text, operator.offset, left, right]
    if left[0] == operator.text:
        return [left[0], left[1], [*left[2], right]]
    return [operator.text, operator.offset, [left, right]]


def presence(token: Token, arguments: list[Ast]) -> Ast:
    """Make the node of ``has(a.b)``."""
    if len(arguments) != 1 or arguments[0][0] != "select":
        raise CelError("has() takes one field selection, such as has(a.b)", token.offset)
    _, offset, operand, field = arguments[0]
    return ["has", offset, operand, field]


def loop(token: Token, operand: Ast, arguments: list[Ast]) -> Ast:
    """Make the node of a macro: the condition of each element and, for ``map``, what it becomes."""
    name = token.text
    if len(arguments) not in MACROS[name]:
        valid = " or ".join(str(each) for each in MACROS[name])
        raise CelError(f"{name}() takes {valid} arguments, found {len(arguments)}", token.offset)
    variable, *rest = arguments
    if variable[0] != "name":
        raise CelError(f"the first argument of {name}() is the name of its variable", int(variable[1]))
    condition, result = (rest[0], None) if name != "map" else (rest[0] if len(rest) > 1 else None, rest[-1])
    return ["loop", token.offset, name, operand, variable[2], condition, result]


def refuse_deep(tree: Ast) -> None:
    """Keep every later walk of the tree, which recurses, away from Python's own limit."""
    pending = [(tree, 1)]
    while pending:
        node, depth = pending.pop()
        if depth > _DEEP:
            raise CelError("the expression is nested too deeply; split it", int(tree[1]))
        pending += [(child, depth + 1) for child in node if isinstance(child, list)]
