"""Syntax tree -> closure: the fast half of the package, which needs neither the parser nor the checker.

A value is a bool, int, float, str, None, list, tuple or dict; an object is a dict too. ``UNKNOWN`` in the place of a
value means "set, but not known": ``has()`` over it is true, reading it raises ``Unknown``. ``MAYBE`` means "not known
whether it is set": both raise. Either may stand for a whole list or map. ``&&``, ``||``, ``all`` and ``exists`` absorb
``Unknown`` as they absorb every error.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#evaluation
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.cel import access, loops, operators
from cnilint.cel.calls import call, method
from cnilint.cel.constants import binary
from cnilint.cel.errors import CelError, EvalError, Unknown
from cnilint.cel.values import MAYBE, UNKNOWN, kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilint.cel.nodes import Ast
    from cnilint.cel.operators import Closure, Frame

    Scope = dict[str, int]

__all__ = ["MAYBE", "UNKNOWN", "EvalError", "Unknown", "compiled"]


def compiled(ast: Ast) -> Callable[[Mapping[str, object]], object]:
    """Return a function from an activation, root names to values, to the value of the expression.

    The function raises ``EvalError`` where there is no value, ``Unknown`` where what is not known decides.
    """
    body = closure(ast, {})
    return lambda activation: body([activation])


def closure(node: Ast, scope: Scope) -> Closure:
    """Return the closure of one node; ``scope`` tells the slot of each variable in the frame."""
    build = _BUILDERS.get(node[0])
    if build is not None:
        return build(node, scope)
    if node[0] not in operators.BINARY:
        raise CelError(f"there is no operation {node[0]!r}", node[1])
    return binary(node[0], node[2], node[3], lambda operand: closure(operand, scope))


def _closures(nodes: list[Ast], scope: Scope) -> list[Closure]:
    return [closure(each, scope) for each in nodes]


def _constant(node: Ast, _: Scope) -> Closure:
    value = float(node[2]) if node[0] == "double" else node[2] if len(node) > 2 else None  # noqa: PLR2004 - null has none
    return lambda _: value


def _name(node: Ast, scope: Scope) -> Closure:
    name = node[2]
    return access.variable(name, scope[name]) if name in scope else access.root(name)


def _select(node: Ast, scope: Scope) -> Closure:
    return _field(node[2], node[3], scope)


def _index(node: Ast, scope: Scope) -> Closure:
    if node[3][0] == "string":
        return _field(node[2], node[3][2], scope)
    return access.indexed(closure(node[2], scope), closure(node[3], scope))


def _field(operand: Ast, key: str, scope: Scope) -> Closure:
    """Return ``operand.key``, or ``operand["key"]``, which is the same of a map and an error of all else."""
    name = operand[2]
    if operand[0] == "name":
        return access.field_of_variable(name, scope[name], key) if name in scope else access.field_of_root(name, key)
    if operand[0] == "select" and name[0] == "name" and name[2] not in scope:
        return access.field_of_field(name[2], operand[3], key)
    return access.field(closure(operand, scope), key)


def _has(node: Ast, scope: Scope) -> Closure:
    _, _, operand, key = node
    if operand[0] == "name" and operand[2] not in scope:
        return access.presence_in_root(operand[2], key)
    return access.presence(closure(operand, scope), key)


def _list(node: Ast, scope: Scope) -> Closure:
    items = _closures(node[2], scope)
    return lambda frame: [item(frame) for item in items]


def _map(node: Ast, scope: Scope) -> Closure:
    entries = [(closure(key, scope), closure(value, scope)) for key, value in node[2]]

    def run(frame: Frame) -> object:
        made = {}
        for key, value in entries:
            name = key(frame)
            if not isinstance(name, str | int):
                raise EvalError(f"a key is a string, an int or a bool, found {kind(name)}")
            if name in made:
                raise EvalError(f"the key {name} is given twice")
            made[name] = value(frame)
        return made

    return run


def _loop(node: Ast, scope: Scope) -> Closure:
    _, _, macro, over, variable, condition, result = node
    slot = 1 + max(scope.values(), default=0)
    inner = {**scope, variable: slot}
    items, made = closure(over, scope), None if result is None else closure(result, inner)
    test = None if condition is None else closure(condition, inner)
    if macro == "map" and made is not None:
        return loops.mapped(items, test, made, slot)
    if test is None or macro not in _LOOPS:
        raise CelError(f"there is no macro {macro!r}", node[1])
    return _LOOPS[macro](items, test, slot)


_LOOPS: dict[str, Callable[[Closure, Closure, int], Closure]] = {
    "all": lambda items, test, slot: loops.quantified("all", items, test, slot),
    "exists": lambda items, test, slot: loops.quantified("exists", items, test, slot),
    "exists_one": loops.exists_one,
    "filter": loops.filtered,
}
_BUILDERS: dict[str, Callable[[Ast, Scope], Closure]] = {
    **dict.fromkeys(("null", "bool", "int", "double", "string"), _constant),
    **dict.fromkeys(("&&", "||"), lambda node, scope: operators.logic(node[0], _closures(node[2], scope))),
    "name": _name,
    "root": lambda node, _: access.root(node[2]),
    "select": _select,
    "has": _has,
    "index": _index,
    "list": _list,
    "map": _map,
    "loop": _loop,
    "call": lambda node, scope: call(node, _closures(node[3], scope)),
    "method": lambda node, scope: method(node, _closures(node[3], scope)),
    "not": lambda node, scope: operators.negation(closure(node[2], scope)),
    "neg": lambda node, scope: operators.negative(closure(node[2], scope)),
    "?": lambda node, scope: operators.choice(*_closures(node[2:5], scope)),
}
