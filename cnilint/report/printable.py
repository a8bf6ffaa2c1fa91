"""Characters that must not leave as they are: a checked file may hold terminal commands and marks that reorder text."""

from __future__ import annotations

import re

_SURROGATE = r"[\ud800-\udfff]"
# DEL and the C1 controls, the marks that reorder text, the line breaks of Unicode: fine in JSON, bad in a terminal.
_UNSEEN = r"[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"


def printable(text: str) -> str:
    r"""Return the text with every character that has no picture written as its escape: ``\x1b``, ``\u202e``."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def dumped(value: object) -> str:
    """Return JSON for people and every parser, with a final newline.

    Half a surrogate pair is no character: strict parsers refuse even its JSON escape, so it becomes the six characters
    of that escape. Control characters are escaped as JSON escapes them and come back as they were.
    """
    import json  # noqa: PLC0415  # text needs none

    content = json.dumps(value, ensure_ascii=False, indent=2)
    content = re.sub(_SURROGATE, lambda half: f"\\\\u{ord(half[0]):04x}", content)
    return re.sub(_UNSEEN, lambda unseen: f"\\u{ord(unseen[0]):04x}", content) + "\n"
