"""Text -> tokens, as the lexis of the CEL spec has them; string and number literals are read here.

Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
"""

from __future__ import annotations

import re
from typing import NoReturn

from cnilint.cel.errors import CelError

_TOKEN = re.compile(
    r"""
    (?P<space>  [\t\n\f\r ]+ | //[^\n]* )
  | (?P<double> [0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)? | [0-9]+[eE][+-]?[0-9]+ | \.[0-9]+(?:[eE][+-]?[0-9]+)? )
  | (?P<uint>   (?:0x[0-9a-fA-F]+|[0-9]+)[uU] )
  | (?P<int>    0x[0-9a-fA-F]+ | [0-9]+ )
  | (?P<raw>    [rR](?: "{3}[\s\S]*?"{3} | '{3}[\s\S]*?'{3} | "[^"\n\r]*" | '[^'\n\r]*' ) )
  | (?P<string> "{3}(?:\\[\s\S]|[^\\])*?"{3} | '{3}(?:\\[\s\S]|[^\\])*?'{3}
              | "(?:\\[^\n\r]|[^\\"\n\r])*" | '(?:\\[^\n\r]|[^\\'\n\r])*' )
  | (?P<bytes>  [bB][rR]?["'] )
  | (?P<name>   [_a-zA-Z][_a-zA-Z0-9]* )
  | (?P<mark>   && | \|\| | [=!<>]= | [-+*/%!<>?:.,()\[\]{}] )
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|)"
)
_NAMED = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_HINTS = {
    "=": "'=' is no operator; '==' compares",
    "&": "'&' is no operator; '&&' is the logical and",
    "|": "'|' is no operator; '||' is the logical or",
    '"': "the string that starts here is not closed; a newline needs a triple-quoted string",
    "'": "the string that starts here is not closed; a newline needs a triple-quoted string",
    "`": 'quoted field names are not supported; index with a string, such as a["b-c"]',
}
_LAST_CHARACTER = 0x10FFFF
_UNSUPPORTED = {
    "uint": "uint literals are not supported; write an int, without the u",
    "bytes": "bytes literals are not supported; write a string, without the b",
}
_TRIPLE = 6


class Token:
    """One token: its kind (a group name of the lexis, or ``end``), its text and its offset."""

    __slots__ = ("kind", "offset", "text")

    def __init__(self, kind: str, text: str, offset: int) -> None:
        self.kind = kind
        self.text = text
        self.offset = offset


def tokens(text: str, start: int = 0, *, embedded: bool = False) -> list[Token]:
    """Return the tokens of ``text`` from ``start``, an ``end`` token last.

    An ``embedded`` expression ends at the first ``}`` that none of its own ``{`` opened; the offset of its ``end``
    token is the place of that brace. Raises ``CelError`` for what is no token.
    """
    found: list[Token] = []
    opened = 0
    while start < len(text):
        match = _TOKEN.match(text, start)
        if match is None:
            _refuse(text, start)
        kind, written = str(match.lastgroup), match.group()
        opened += (written == "{") - (written == "}")
        if embedded and opened < 0:
            return [*found, Token("end", "", start)]
        if kind in _UNSUPPORTED:
            raise CelError(_UNSUPPORTED[kind], start)
        if kind != "space":
            found.append(Token(kind, written, start))
        start = match.end()
    if embedded:
        raise CelError("the expression is not closed; '}' ends it", start)
    return [*found, Token("end", "", start)]


def string(token: Token) -> str:
    """Return the value of a ``string`` or ``raw`` token; raises ``CelError`` for a wrong escape."""
    written = token.text[1:] if token.kind == "raw" else token.text
    width = 3 if len(written) >= _TRIPLE and written[:3] in {'"""', "'''"} else 1
    body = written[width:-width].replace("\r\n", "\n").replace("\r", "\n")
    if token.kind == "raw" or "\\" not in body:
        return body
    return _ESCAPE.sub(lambda match: _escaped(match, token), body)


def integer(token: Token, sign: str = "") -> int:
    """Return the value of an ``int`` token under its sign; raises ``CelError`` beyond 64 bits."""
    value = int(sign + token.text, 16 if token.text.startswith("0x") else 10)
    if not -(2**63) <= value < 2**63:
        raise CelError(f"{sign}{token.text} does not fit an int, which has 64 bits", token.offset)
    return value


def _refuse(text: str, offset: int) -> NoReturn:
    character = text[offset]
    hint = _HINTS.get(character, f"found {character!r}, which has no meaning outside a string")
    raise CelError(hint, offset)


def _escaped(match: re.Match[str], token: Token) -> str:
    named, *coded, octal = match.groups()
    if named:
        return _NAMED.get(named, named)
    digits = next((each for each in coded if each), None)
    if digits is None and octal is None:
        raise CelError(
            f"{match.string[match.start() : match.start() + 2]!r} is no escape; write '\\\\' for a backslash, or a raw"
            " string such as r'...'",
            token.offset,
        )
    code = int(digits, 16) if digits else int(octal, 8)
    if code > _LAST_CHARACTER or 0xD800 <= code <= 0xDFFF:  # noqa: PLR2004 - the surrogates
        raise CelError(f"{match.group()!r} is no Unicode character", token.offset)
    return chr(code)
