r"""RE2 patterns as Python's ``re`` runs them: refuse what RE2 lacks, rewrite what the two read differently.

RE2's classes are ASCII (and its ``\s`` has no vertical tab), its ``$`` does not match before a final newline. What RE2
has and ``re`` lacks (``\pL``, ``[[:alpha:]]``, ``\Q..\E``) is refused too, so that a pattern means the same in both.

Source: https://github.com/google/re2/wiki/Syntax
"""

from __future__ import annotations

import re
from functools import lru_cache

from cnilint.cel.errors import EvalError

_PIECE = re.compile(
    r"""
    \\(?P<escape>x[0-9a-fA-F]{2}|.)
  | (?P<group>\((?:\?(?:P?<[A-Za-z_][A-Za-z0-9_]*>|[is]*(?:-[is]+)?:|[ims]+\)|))?)
  | (?P<count>\{[0-9]+(?:,[0-9]*)?\})
  | (?P<open>\[\^?\]?)
  | (?P<repeat>[*+?]\??)
  | (?P<other>[\s\S])
    """,
    re.VERBOSE,
)
_INSIDE = re.compile(r"\\(?P<escape>x[0-9a-fA-F]{2}|.)|(?P<posix>\[:|--)|(?P<close>\])|(?P<other>[\s\S])")
_ESCAPES = {"s": r"[\t\n\f\r ]", "S": r"[\S\v]", "z": r"\Z"}
_ESCAPES_INSIDE = {"s": r"\t\n\f\r ", "S": r"\S\v"}
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^`{|}~ "
_FOLDED = re.compile(r"\(\?[ms]*i")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]|\\x[89a-fA-F]")
_COUNT = 1000


class PatternError(EvalError):
    """A pattern that is not one of RE2, or that the subset leaves out."""


@lru_cache(maxsize=256)
def pattern(text: str) -> re.Pattern[str]:
    """Return the compiled pattern; raises ``PatternError`` naming what is wrong."""
    try:
        return re.compile(_translated(text), re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"{error}") from None


def fault(text: str) -> str:
    """Return what is wrong with the pattern, nothing where it is right."""
    try:
        pattern(text)
    except PatternError as error:
        return str(error)
    return ""


def _translated(text: str) -> str:
    if _FOLDED.search(text) and _BEYOND_ASCII.search(text):
        raise PatternError("(?i) is supported for ASCII patterns only")
    multiline = bool(re.match(r"(?:\(\?[ims]+\))*\(\?[is]*m[ims]*\)", text))
    found: list[str] = []
    position, repeated = 0, False
    while position < len(text):
        match = _PIECE.match(text, position)
        if match is None:
            raise PatternError(r"a '\' at the end escapes nothing")
        kind, piece = str(match.lastgroup), match.group()
        if repeated and kind in {"repeat", "count"}:
            raise PatternError(f"{piece!r} repeats a repetition, which RE2 does not have")
        repeated = kind in {"repeat", "count"}
        position = match.end()
        if kind == "open":
            piece, position = _class(text, piece, position)
        found.append(_rewritten(kind, piece, multiline=multiline))
    return "".join(found)


def _rewritten(kind: str, piece: str, *, multiline: bool) -> str:
    if kind == "escape":
        return _escape(piece, _ESCAPES, "abdDfnrtvwWAsSz")
    if kind == "group":
        return _group(piece)
    if kind == "count" and any(int(each) > _COUNT for each in re.findall("[0-9]+", piece)):
        raise PatternError(f"{piece} repeats more than {_COUNT} times")
    if piece == "{":
        return r"\{"
    return r"\Z" if piece == "$" and not multiline else piece


def _group(piece: str) -> str:
    if piece == "(?":
        raise PatternError("RE2 has no lookaround, no backreference and no group of this kind after '(?'")
    return piece.replace("(?<", "(?P<")


def _escape(piece: str, rewritten: dict[str, str], letters: str) -> str:
    character = piece[1]
    if len(piece) == 2 and character not in letters + _PUNCTUATION:  # noqa: PLR2004 - \c
        raise PatternError(f"the escape {piece!r} is not supported")
    return rewritten.get(character, piece)


def _class(text: str, opening: str, position: int) -> tuple[str, int]:
    """Return a character class with what ``re`` would read as set operations escaped, and where it ends."""
    found = [opening.replace("]", r"\]")]
    while True:
        match = _INSIDE.match(text, position)
        if match is None:
            raise PatternError("a character class is not closed by ']'")
        position = match.end()
        kind, piece = str(match.lastgroup), match.group()
        if kind == "posix":
            raise PatternError(f"{piece!r} in a character class is not supported")
        if kind == "escape":
            piece = _escape(piece, _ESCAPES_INSIDE, "adDfnrtvwWsS")
        found.append("\\" + piece if piece in {"[", "&", "|", "~"} else piece)
        if kind == "close":
            return "".join(found), position
