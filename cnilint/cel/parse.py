"""Text -> syntax tree of plain data, whose shape ``nodes`` tells.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
"""

from __future__ import annotations

from typing import NoReturn

from cnilint.cel.errors import CelError
from cnilint.cel.nodes import MACROS, Ast, joined, loop, presence, refuse_deep
from cnilint.cel.tokens import Token, integer, string, tokens

__all__ = ["Ast", "CelError", "embedded", "parse"]

_LEVELS = {"||": 1, "&&": 2, "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3, "in": 3}
_LEVELS |= {"+": 4, "-": 4, "*": 5, "/": 5, "%": 5}
_RESERVED = frozenset(
    [
        *("as", "break", "const", "continue", "else", "for", "function", "if", "import"),
        *("let", "loop", "namespace", "package", "return", "var", "void", "while"),
    ]
)
_CONSTANTS: dict[str, list[str | bool]] = {"true": ["bool", True], "false": ["bool", False], "null": ["null"]}
_NESTED = 40


def parse(text: str) -> Ast:
    """Return the tree of one expression; raises ``CelError`` where ``text`` is no expression of the subset."""
    return _whole(_Parser(tokens(text)))


def embedded(text: str, start: int) -> tuple[Ast, int]:
    """Return the tree of the expression from ``start`` to the ``}`` that ends it, and the offset of that brace."""
    found = tokens(text, start, embedded=True)
    return _whole(_Parser(found)), found[-1].offset


def _whole(parser: _Parser) -> Ast:
    tree = parser.expression()
    if parser.next.kind != "end":
        parser.refuse("an operator or the end")
    refuse_deep(tree)
    return tree


class _Parser:
    """A cursor over tokens; each method reads one production of the grammar."""

    __slots__ = ("depth", "next", "rest")

    def __init__(self, found: list[Token]) -> None:
        self.rest = iter(found)
        self.next = next(self.rest)
        self.depth = 0

    def taken(self) -> Token:
        """Return the next token and step over it."""
        token = self.next
        self.next = next(self.rest, token)
        return token

    def takes(self, mark: str) -> bool:
        """Step over ``mark`` if it is next, and tell whether it was."""
        found = self.next.kind == "mark" and self.next.text == mark
        if found:
            self.taken()
        return found

    def expect(self, mark: str, valid: str = "") -> Token:
        """Step over ``mark``, which must be next."""
        if self.next.kind != "mark" or self.next.text != mark:
            self.refuse(valid or f"'{mark}'")
        return self.taken()

    def refuse(self, valid: str) -> NoReturn:
        """Raise the error that names the next token and what would have been ``valid``."""
        found = repr(self.next.text) if self.next.text else "the end"
        raise CelError(f"expected {valid}, found {found}", self.next.offset)

    def expression(self) -> Ast:
        """Read ``a ? b : c``, or one of a higher level."""
        self.depth += 1
        if self.depth > _NESTED:
            raise CelError("the expression is nested too deeply; split it", self.next.offset)
        choices: list[tuple[int, Ast, Ast]] = []
        tree = self.binary(1)
        while self.next.text == "?":
            offset = self.taken().offset
            choices.append((offset, tree, self.binary(1)))
            self.expect(":", "':' and the other value of '?'")
            tree = self.binary(1)
        for offset, condition, then in reversed(choices):
            tree = ["?", offset, condition, then, tree]
        self.depth -= 1
        return tree

    def binary(self, level: int) -> Ast:
        """Read operators that bind at ``level`` or tighter, grouped from the left."""
        tree = self.unary()
        while self.next.kind in {"mark", "name"} and _LEVELS.get(self.next.text, 0) >= level:
            operator = self.taken()
            tree = joined(operator, tree, self.binary(_LEVELS[operator.text] + 1))
        return tree

    def unary(self) -> Ast:
        """Read ``!a``, ``-a`` or a member; a repeated sign cancels out, as in the reference implementation."""
        if self.next.text not in {"!", "-"} or self.next.kind != "mark":
            return self.member()
        first = self.taken()
        count = 1
        while self.takes(first.text):
            count += 1
        if first.text == "-" and count == 1 and self.next.kind in {"int", "double"}:
            return self.member("-", first.offset)
        operand = self.operand(first)
        return operand if count % 2 == 0 else ["not" if first.text == "!" else "neg", first.offset, operand]

    def operand(self, sign: Token) -> Ast:
        """Read what follows ``!`` or ``-``: a member, or a negative number under ``!``."""
        if sign.text == "!" and self.next.text == "-":
            offset = self.taken().offset
            if self.next.kind not in {"int", "double"}:
                self.refuse("a number after '!-' (parentheses negate anything else)")
            return self.member("-", offset)
        return self.member()

    def member(self, sign: str = "", offset: int = -1) -> Ast:
        """Read a primary and the selections, calls and indexes after it."""
        tree = self.number(sign, offset) if sign else self.primary()
        while self.next.kind == "mark":
            if self.takes("."):
                tree = self.selection(tree)
            elif self.next.text == "[":
                bracket = self.taken()
                tree = ["index", bracket.offset, tree, self.expression()]
                self.expect("]")
            else:
                break
        return tree

    def selection(self, operand: Ast) -> Ast:
        """Read the field after a dot, or the method and its arguments."""
        if self.next.kind != "name" or self.next.text in _CONSTANTS or self.next.text == "in":
            self.refuse("a field name after '.'")
        name = self.taken()
        if not self.takes("("):
            return ["select", name.offset, operand, name.text]
        arguments = self.items(")")
        if name.text in MACROS:
            return loop(name, operand, arguments)
        return ["method", name.offset, name.text, [operand, *arguments]]

    def items(self, closing: str) -> list[Ast]:
        """Read expressions between commas up to ``closing``; a list literal may end in a comma, a call may not."""
        found: list[Ast] = []
        while not self.takes(closing):
            if found or (closing == "]" and self.next.text == ","):
                self.expect(",", f"',' or '{closing}'")
                if closing == "]" and self.takes("]"):
                    break
            found.append(self.expression())
        return found

    def primary(self) -> Ast:
        """Read a literal, a name, a call, a list, a map or an expression in parentheses."""
        kind, offset = self.next.kind, self.next.offset
        if kind in {"int", "double"}:
            return self.number("", offset)
        if kind in {"string", "raw"}:
            return ["string", offset, string(self.taken())]
        if kind == "name" and self.next.text != "in":
            return self.named()
        return self.bracketed()

    def number(self, sign: str, offset: int) -> Ast:
        """Read an int or a double literal under its sign."""
        token = self.taken()
        if token.kind == "double":
            return ["double", offset, sign + token.text]
        return ["int", offset, integer(token, sign)]

    def bracketed(self) -> Ast:
        """Read what starts with a bracket or a dot."""
        offset = self.next.offset
        if self.takes("("):
            tree = self.expression()
            self.expect(")")
            return tree
        if self.takes("["):
            return ["list", offset, self.items("]")]
        if self.takes("{"):
            return ["map", offset, self.entries()]
        if self.takes(".") and self.next.kind == "name":
            return self.rooted(offset)
        return self.refuse("a value: a literal, a name, '(', '[' or '{'")

    def rooted(self, offset: int) -> Ast:
        """Read the name or the call after a leading dot, which passes over the variables of macros."""
        name = _permitted(self.taken()).text
        return ["call", offset, name, self.items(")")] if self.takes("(") else ["root", offset, name]

    def entries(self) -> list[list[Ast]]:
        """Read the entries of a map literal up to its closing brace."""
        found: list[list[Ast]] = []
        while not self.takes("}"):
            if found or self.next.text == ",":
                self.expect(",", "',' or '}'")
                if self.takes("}"):
                    break
            key = self.expression()
            self.expect(":", "':' and the value of the key")
            found.append([key, self.expression()])
        return found

    def named(self) -> Ast:
        """Read a constant, a name, a call or the macro ``has``."""
        token = self.taken()
        if token.text in _CONSTANTS:
            kind, *value = _CONSTANTS[token.text]
            return [kind, token.offset, *value]
        if self.next.text == "{" and self.next.kind == "mark":
            raise CelError("messages such as Name{...} are not supported", token.offset)
        _permitted(token)
        if not self.takes("("):
            return ["name", token.offset, token.text]
        arguments = self.items(")")
        if token.text == "has":
            return presence(token, arguments)
        return ["call", token.offset, token.text, arguments]


def _permitted(token: Token) -> Token:
    if token.text in _RESERVED or token.text in _CONSTANTS or token.text == "in":
        raise CelError(f"'{token.text}' is a reserved word of CEL; no name can be called so", token.offset)
    return token
