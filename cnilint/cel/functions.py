"""The functions: CEL's standard ones that are in the subset, and cnilint's own.

An own function is one entry of ``FUNCTIONS``; the checker, the evaluator and the table in docs/expressions.md all
follow from it. Its implementation gets values of the declared types and raises ``EvalError`` where it has no result.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from cnilint.cel.errors import EvalError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilint.cel.kinds import Type

_VERSION = r"v?([0-9]+)\.([0-9]+)\.([0-9]+)(?:[-+].*)?"
_JSON_ESCAPES = {code: f"\\u{code:04x}" for code in range(32)}
_JSON_ESCAPES |= {ord(character): "\\" + letter for character, letter in zip('"\\\n\r\t\b\f', '"\\nrtbf', strict=True)}


class Function:
    """One own function: its typed signature, what computes it, and one line for rule authors."""

    __slots__ = ("description", "implementation", "name", "parameters", "result")

    # a NamedTuple would say this in half the lines and cost two milliseconds at every start
    def __init__(
        self,
        signature: tuple[str, tuple[Type, ...], Type],
        implementation: Callable[..., object],
        description: str,
    ) -> None:
        self.name, self.parameters, self.result = signature
        self.implementation = implementation
        self.description = description


@lru_cache(maxsize=512)
def _version(text: str) -> tuple[int, ...]:
    match = re.fullmatch(_VERSION, text)
    if match is None:
        raise EvalError(f"{text!r} is no version; one is written vMAJOR.MINOR.PATCH")
    return tuple(map(int, match.groups()))


def _at_least(version: str, floor: str) -> bool:
    return _version(version) >= _version(floor)


def _before(version: str, ceiling: str) -> bool:
    return _version(version) < _version(ceiling)


def _quoted(text: str) -> str:
    return f'"{text.translate(_JSON_ESCAPES)}"'


def _joined(texts: list[str], separator: str) -> str:
    return separator.join(texts)


_TABLE = (
    Function(
        ("atLeast", ("string", "string"), "bool"),
        _at_least,
        "whether the first version is the second or a later one; a suffix such as -eksbuild.3 does not count",
    ),
    Function(("before", ("string", "string"), "bool"), _before, "whether the first version is earlier than the second"),
    Function(("min", ("int", "int"), "int"), min, "the smaller number"),
    Function(("max", ("int", "int"), "int"), max, "the greater number"),
    Function(
        ("join", (("list", "string"), "string"), "string"), _joined, "the texts, with the second argument between"
    ),
    Function(("lower", ("string",), "string"), str.lower, "the text in lower case"),
    Function(("quoted", ("string",), "string"), _quoted, "the text in double quotes, escaped as in JSON"),
)

FUNCTIONS: dict[str, Function] = {function.name: function for function in _TABLE}
