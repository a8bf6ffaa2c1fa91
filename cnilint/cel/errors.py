"""What can go wrong with an expression: it is wrong as written, or it has no value."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class CelError(Exception):
    """An expression is wrong as written: one sentence, and the offset of the character where (0-based)."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message, offset)
        self.message = message
        self.offset = offset

    def __str__(self) -> str:
        return self.message


class EvalError(Exception):
    """An expression has no value: a missing key, a division by zero, an operand of the wrong type."""


class Unknown(EvalError):  # noqa: N818 - not a fault but a state of knowledge
    """An expression has no value yet: it needs one that is not known."""


def suggestion(name: str, candidates: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the candidate nearest to ``name``, or nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - needed only where something is wrong

    near = get_close_matches(name, list(candidates), 1)
    return f"; did you mean '{near[0]}'?" if near else ""
