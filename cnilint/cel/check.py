"""Names and types of an expression, checked once, when a rule is loaded.

The rules are those of the reference implementation: operands of unlike types, an unknown name, field or function, and
arguments that fit no overload are errors here, so that they cannot be silence later.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#gradual-type-checking
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from cnilint.cel.errors import CelError, suggestion
from cnilint.cel.functions import FUNCTIONS
from cnilint.cel.kinds import common, key_type, settled, shown, unified
from cnilint.cel.nodes import MACROS
from cnilint.cel.overloads import CALLS, METHODS, fits, operation, result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilint.cel.functions import Function
    from cnilint.cel.kinds import Type
    from cnilint.cel.nodes import Ast
    from cnilint.cel.overloads import Overloads


def check(ast: Ast, names: Mapping[str, Type], functions: Mapping[str, Function] = FUNCTIONS) -> Type:
    """Return the type of an expression over ``names``, the root names with their types (see ``kinds``).

    Raises ``CelError`` with the offset of the first thing that is wrong.
    """
    return settled(_Checker(names, functions).infer(ast))


def _refuse(node: Ast, message: str) -> NoReturn:
    raise CelError(message, int(node[1]))


class _Checker:
    """The names in scope: the roots, and the variables of the macros around the node at hand."""

    __slots__ = ("functions", "roots", "scope")

    def __init__(self, names: Mapping[str, Type], functions: Mapping[str, Function]) -> None:
        self.roots = names
        self.scope: dict[str, Type] = {}
        self.functions = functions

    def infer(self, node: Ast) -> Type:
        """Return the type of ``node``, which may be a place."""
        method = _BY_KIND.get(node[0])
        return method(self, node) if method else _operator(node, self.value(node[2]), self.value(node[3]))

    def value(self, node: Ast) -> Type:
        """Return the type of ``node`` as an operand, which a place cannot be."""
        type_ = self.infer(node)
        if type_ == "place":
            _refuse(node, "a place can only be the whole result, or a value of '?:' that is the whole result")
        return type_

    def expect(self, node: Ast, wanted: Type, what: str) -> None:
        """Raise unless ``node`` is of the type ``wanted``."""
        found = self.value(node)
        if unified(found, wanted) is None:
            _refuse(node, f"{what} must be {shown(wanted)}, found {shown(found)}")

    def literal(self, node: Ast) -> Type:
        """Return the type of a constant, which is its kind."""
        return str(node[0])

    def name(self, node: Ast) -> Type:
        """Return the type of a variable or a root."""
        name = node[2]
        if name in self.scope:
            return self.scope[name]
        return self.root(node)

    def root(self, node: Ast) -> Type:
        """Return the type of a root name."""
        if node[2] not in self.roots:
            near = suggestion(node[2], [*self.scope, *self.roots])
            _refuse(node, f"there is no '{node[2]}'{near}")
        return self.roots[node[2]]

    def select(self, node: Ast) -> Type:
        """Return the type of a field."""
        operand, field = self.value(node[2]), node[3]
        if isinstance(operand, str):
            if operand not in {"dyn", "none"}:
                _refuse(node, f"a field of a map or an object can be selected, not '{field}' of {shown(operand)}")
            return "dyn"
        if operand[0] == "list":
            _refuse(
                node, f"'{field}' cannot be selected from {shown(operand)}; index it or use a macro such as exists()"
            )
        return _field(node, operand, field)

    def has(self, node: Ast) -> Type:
        """Check a presence test as the selection it tests."""
        self.select(node)
        return "bool"

    def index(self, node: Ast) -> Type:
        """Return the type of an element."""
        operand, index = self.value(node[2]), self.value(node[3])
        if isinstance(operand, str):
            if operand not in {"dyn", "none"}:
                _refuse(node, f"a list or a map can be indexed, not {shown(operand)}")
            return "dyn"
        key: Type = "int" if operand[0] == "list" else key_type(operand)
        if unified(index, key) is None:
            _refuse(node[3], f"{shown(operand)} is indexed with {shown(key)}, found {shown(index)}")
        if operand[0] == "object" and node[3][0] != "string":
            return "dyn"
        return _field(node[3], operand, node[3][2])

    def call(self, node: Ast) -> Type:
        """Return the result type of a function."""
        name = node[2]
        if name not in CALLS and name not in self.functions:
            hint = f"; it is a method, x.{name}(...)" if name in METHODS else ""
            _refuse(node, f"there is no function '{name}'{hint or suggestion(name, [*CALLS, *self.functions])}")
        arguments = [self.value(each) for each in node[3]]
        if name in self.functions:
            return self.own(node, self.functions[name], arguments)
        return _result(node, CALLS, arguments)

    def own(self, node: Ast, function: Function, arguments: list[Type]) -> Type:
        """Return the result type of one of cnilint's own functions."""
        wanted = function.parameters
        if not fits(arguments, wanted):
            signature = ", ".join(map(shown, wanted))
            given = ", ".join(map(shown, arguments)) or "nothing"
            _refuse(node, f"{function.name}() takes ({signature}), found ({given})")
        return function.result

    def method(self, node: Ast) -> Type:
        """Return the result type of a method."""
        name = node[2]
        if name not in METHODS:
            function = name in CALLS or name in self.functions
            hint = f"; it is a function, {name}(...)" if function else suggestion(name, [*METHODS, *MACROS])
            _refuse(node, f"there is no method '{name}'{hint}")
        return _result(node, METHODS, [self.value(each) for each in node[3]])

    def list_(self, node: Ast) -> Type:
        """Return the type of a list literal."""
        return ("list", common([self.value(each) for each in node[2]]))

    def map_(self, node: Ast) -> Type:
        """Return the type of a map literal."""
        keys = [self.value(key) for key, _ in node[2]]
        for (key, _), type_ in zip(node[2], keys, strict=True):
            if type_ not in ("string", "int", "bool", "dyn", "none"):
                _refuse(key, f"a key is a string, an int or a bool, not {shown(type_)}")
        return ("map", common([self.value(value) for _, value in node[2]]), common(keys))

    def not_(self, node: Ast) -> Type:
        """Check the operand of ``!``."""
        self.expect(node[2], "bool", "the operand of '!'")
        return "bool"

    def negative(self, node: Ast) -> Type:
        """Return the type of ``-a``."""
        operand = self.value(node[2])
        if operand not in ("int", "double", "dyn", "none"):
            _refuse(node, f"'-' takes a number, found {shown(operand)}")
        return operand

    def logic(self, node: Ast) -> Type:
        """Check the operands of ``&&`` or ``||``."""
        for each in node[2]:
            self.expect(each, "bool", f"an operand of '{node[0]}'")
        return "bool"

    def choice(self, node: Ast) -> Type:
        """Return the type of ``a ? b : c``; its values may be places."""
        self.expect(node[2], "bool", "the condition of '?:'")
        then, otherwise = self.infer(node[3]), self.infer(node[4])
        both = unified(then, otherwise)
        if both is None:
            _refuse(node, f"both values of '?:' must be of one type, found {shown(then)} and {shown(otherwise)}")
        return both

    def loop(self, node: Ast) -> Type:
        """Return the type of a macro."""
        _, _, macro, over, variable, condition, body = node
        element = _element(over, self.value(over))
        outer = self.scope
        self.scope = {**outer, variable: element}
        if condition is not None:
            self.expect(condition, "bool", f"the condition of {macro}()")
        made = element if body is None else self.value(body)
        self.scope = outer
        return ("list", made) if macro in {"filter", "map"} else "bool"


_BY_KIND: dict[str, Callable[[_Checker, Ast], Type]] = {
    **dict.fromkeys(("null", "bool", "int", "double", "string"), _Checker.literal),
    **dict.fromkeys(("&&", "||"), _Checker.logic),
    "name": _Checker.name,
    "root": _Checker.root,
    "select": _Checker.select,
    "has": _Checker.has,
    "index": _Checker.index,
    "call": _Checker.call,
    "method": _Checker.method,
    "list": _Checker.list_,
    "map": _Checker.map_,
    "not": _Checker.not_,
    "neg": _Checker.negative,
    "?": _Checker.choice,
    "loop": _Checker.loop,
}


def _field(node: Ast, container: tuple[object, ...], field: object) -> Type:
    """Return the type of an element of a list, a map or an object."""
    inner = container[1]
    if not isinstance(inner, dict):
        return inner  # type: ignore[return-value]
    if field not in inner:
        _refuse(node, f"there is no field '{field}' here{suggestion(str(field), inner)}")
    type_: Type = inner[field]
    return type_


def _element(node: Ast, type_: Type) -> Type:
    """Return what a macro's variable is over a list (an element) or a map (a key)."""
    if isinstance(type_, tuple):
        element: Type = type_[1] if type_[0] == "list" else key_type(type_)
        return element
    if type_ not in {"dyn", "none"}:
        _refuse(node, f"a macro goes over a list or a map, found {shown(type_)}")
    return "dyn"


def _operator(node: Ast, left: Type, right: Type) -> Type:
    """Return the result type of a binary operator."""
    found = operation(node[0], left, right)
    if found is None:
        _refuse(node, f"'{node[0]}' does not take {shown(left)} and {shown(right)}")
    return found


def _result(node: Ast, table: Mapping[str, Overloads], arguments: list[Type]) -> Type:
    name = node[2]
    found = result(table[name], arguments)
    if found is None:
        given = ", ".join(map(shown, arguments)) or "nothing"
        valid = " or ".join(f"({', '.join(map(shown, parameters))})" for parameters, _ in table[name])
        _refuse(node, f"{name}() takes {valid}, found ({given})")
    if name == "matches" and node[3][1][0] == "string":
        _check_pattern(node[3][1])
    return found


def _check_pattern(node: Ast) -> None:
    """Refuse a literal pattern that the evaluator would refuse every time."""
    from cnilint.cel.regexp import fault  # noqa: PLC0415 - few expressions have a pattern

    wrong = fault(node[2])
    if wrong:
        _refuse(node, f"in the pattern: {wrong}")
