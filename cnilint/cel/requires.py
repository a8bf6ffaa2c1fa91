"""Which routes must be present for an expression to be able to be true: a cheap gate before it is evaluated.

A route is ``root.field(.field)*``. The answer errs on the side of fewer routes: an expression may be false although all
of them are present, but it is never true while one is absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilint.cel.nodes import Ast

Routes = frozenset[str]
_NONE: Routes = frozenset()


def requires(ast: Ast) -> list[str]:
    """Return, sorted, the routes without which the expression cannot be true."""
    return sorted(_decided(ast, positive=True))


def _decided(node: Ast, *, positive: bool) -> Routes:
    """Return the routes without which ``node`` cannot be true (``positive``), or false."""
    kind = node[0]
    if kind == "not":
        return _decided(node[2], positive=not positive)
    if kind in {"&&", "||"}:
        return _merged((_decided(each, positive=positive) for each in node[2]), every=(kind == "&&") == positive)
    if kind == "?":
        return _chosen(node, _decided(node[3], positive=positive), _decided(node[4], positive=positive))
    if kind == "has":
        return _route(["select", *node[1:]]) if positive else _NONE
    return _valued(node)


def _chosen(node: Ast, then: Routes, otherwise: Routes) -> Routes:
    condition = node[2]
    return (_decided(condition, positive=True) | then) & (_decided(condition, positive=False) | otherwise)


def _merged(found: Iterable[Routes], *, every: bool) -> Routes:
    first, *rest = found
    return first.union(*rest) if every else first.intersection(*rest)


def _valued(node: Ast) -> Routes:
    """Return the routes without which ``node`` has no value at all."""
    kind = node[0]
    if kind in {"&&", "||"}:
        return _merged((_valued(each) for each in node[2]), every=False)
    if kind == "?":
        return _chosen(node, _valued(node[3]), _valued(node[4]))
    if kind == "has":
        return _NONE
    if kind == "select":
        return _route(node) or _valued(node[2])
    return _NONE.union(*map(_valued, _operands(node)))


def _operands(node: Ast) -> list[Ast]:
    """Return the operands that are always evaluated: of a macro, what it goes over."""
    kind = node[0]
    if kind == "loop":
        return [node[3]]
    if kind == "list":
        return list(node[2])
    if kind in {"call", "method"}:
        return list(node[3])
    if kind == "map":
        return [each for entry in node[2] for each in entry]
    return [each for each in node[2:] if isinstance(each, list)]


def _route(node: Ast) -> Routes:
    """Return the route a chain of selections spells, if it starts at a root.

    No variable of a macro can be mistaken for a root here: the bodies of macros are never entered.
    """
    fields: list[str] = []
    while node[0] == "select":
        fields.append(node[3])
        node = node[2]
    return frozenset([".".join([node[2], *reversed(fields)])]) if node[0] in {"name", "root"} else _NONE
