"""What can go wrong with an expression: it is wrong as written, or it has no value."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

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


# What an error says that an operation has put up with. Not the error itself: its traceback would hold the frame that
# holds the error, and with it all of a file until the garbage is collected.
Pending: TypeAlias = tuple[type[EvalError], str] | None


def worse(pending: Pending, error: EvalError) -> Pending:
    """Return which of two errors an absorbing operation reports: that something is not known outweighs a mistake."""
    return (type(error), str(error)) if pending is None or isinstance(error, Unknown) else pending


def settle(pending: Pending) -> None:
    """Raise the error that nothing absorbed, if there was one."""
    if pending is not None:
        kind, text = pending
        raise kind(text)


def suggestion(name: str, candidates: Iterable[str]) -> str:
    """Return ``; did you mean 'x'?`` for the candidate nearest to ``name``, or nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - needed only where something is wrong

    near = get_close_matches(name, list(candidates), 1)
    return f"; did you mean '{near[0]}'?" if near else ""
