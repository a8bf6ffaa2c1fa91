"""What tells at a glance that a rule cannot find anything: worked out when the rule is read.

Most rules concern few files. The facts without which a condition cannot hold, and the comparisons of single facts that
it asks for, are its tests: they are made before an expression is even read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.cel.requires import requires
from cnilint.knowledge.variables import variables
from cnilint.knowledge.vocabulary import vocabulary

if TYPE_CHECKING:
    from cnilint.cel.nodes import Ast
    from cnilint.rule import Route, Test

_MIRRORED: Final = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


def gate(each: tuple[str, Ast] | None, when: Ast | None) -> tuple[Test, ...]:
    """Return the tests that a surface must pass for a rule to find anything, those that fewest pass first."""
    compared = _compared(when)
    listed = [_listed(each, when)] if each and each[1][0] == "name" else []
    there = [
        (route, "there", None)
        for route in _required(each, when)
        if not any(other[: len(route)] == route for other, _, _ in compared)
    ]
    return tuple(sorted([*compared, *listed, *there], key=lambda test: (_usual(*test), test[0][0] != "env", test[0])))


def _listed(each: tuple[str, Ast], when: Ast | None) -> Test:
    """Return what a list must be: not empty, or with an element of which a key has the text that is asked for."""
    name, (_, _, fact, *_) = each
    for part in _conjunction(when):
        if part[0] == "==" and part[2][0] == "select" and part[3][0] == "string" and _fact(part[2])[:-1] == (name,):
            return (fact,), "holds", (part[2][3], part[3][2])
    return (fact,), "filled", None


def _conjunction(when: Ast | None) -> list[Ast]:
    return [] if when is None else when[2] if when[0] == "&&" else [when]


def _usual(route: Route, sign: str, literal: object) -> int:
    """Return how many surfaces pass a test, by a rough guess: 0 is the fewest."""
    if route[0] in ("chosen", "set"):
        return 0
    if sign in ("filled", "holds", "there"):
        return 3 if sign == "there" else 2
    return 4 if _is_usual(route, sign, literal) else 1


def _is_usual(route: Route, sign: str, literal: object) -> bool:
    """Tell whether a comparison holds of most surfaces: of those that leave its variable at its default."""
    if "env" not in route[:2]:
        return route[0] == "surface"
    default = variables()[route[-1]].default
    return default == literal if sign == "==" else default != literal if sign == "!=" else False


def _required(each: tuple[str, Ast] | None, when: Ast | None) -> list[Route]:
    """Return the facts that must be there for a rule to find anything."""
    routes = [*(requires(each[1]) if each else ()), *(requires(when) if when is not None else ())]
    steps = {tuple(route.split(".")) for route in routes}
    return [step for step in steps if step[0] in vocabulary()]


def _compared(when: Ast | None) -> list[Test]:
    """Return the comparisons of single facts with literals that a condition's conjunction asks for."""
    found = (_comparison(part) for part in _conjunction(when))
    return [item for item in found if item is not None and item[0][0] in vocabulary()]


def _comparison(part: Ast) -> Test | None:
    """Return ``fact``, ``!fact``, ``fact < literal`` or ``fact.exists(...)`` as route, operator and literal."""
    if part[0] == "not":
        return _against(part[2], "==", False)  # noqa: FBT003  # the literal it is compared with
    if part[0] == "loop" and part[2] in ("exists", "exists_one"):
        return _against(part[3], "filled", None)
    if part[0] not in _MIRRORED:
        return _against(part, "==", True)  # noqa: FBT003
    sign, left, right = part[0], part[2], part[3]
    if left[0] in ("int", "string", "bool"):
        sign, left, right = _MIRRORED[sign], right, left
    return _against(left, sign, right[2]) if right[0] in ("int", "string", "bool") else None


def _against(node: Ast, sign: str, literal: object) -> Test | None:
    route = _fact(node)
    return (route, sign, literal) if route else None


def _fact(node: Ast) -> Route:
    """Return the route of ``a``, ``a.b`` or ``a["b"]``; empty for anything else."""
    if node[0] == "name":
        return (node[2],)
    if node[0] == "select" or (node[0] == "index" and node[3][0] == "string"):
        above = _fact(node[2])
        step = node[3] if node[0] == "select" else node[3][2]
        return (*above, step) if above else ()
    return ()
