"""Message templates: text in which ``{expression}`` stands for the value of an expression.

``{{`` and ``}}`` are literal braces. The first ``}`` that is neither in a string of the expression nor closes one of
its map literals ends it; a map literal at the very start needs a space before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from cnilint.cel.errors import CelError, EvalError
from cnilint.cel.evaluate import compiled
from cnilint.cel.values import as_string, kind, known

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilint.cel.nodes import Ast

    Template: TypeAlias = list[str | Ast]

_TEXT = r"(?:[^{}]|\{\{|\}\})+"


def template(text: str) -> Template:
    """Return the parts of a template: texts as they are shown, and the trees of its expressions.

    The template is plain data and survives JSON. Raises ``CelError`` with the offset in ``text``.
    """
    from cnilint.cel.parse import embedded  # noqa: PLC0415 - rendering a compiled template needs no parser

    parts: Template = []
    position, literal = 0, re.compile(_TEXT)
    while position < len(text):
        match = literal.match(text, position)
        if match:
            parts.append(match.group().replace("{{", "{").replace("}}", "}"))
            position = match.end()
        elif text[position] == "}":
            raise CelError("'}' closes nothing; write '}}' for a brace", position)
        else:
            tree, end = embedded(text, position + 1)
            parts.append(tree)
            position = end + 1
    return parts


def wording(template: Template) -> Callable[[Mapping[str, object]], str]:
    """Return a function from an activation to the text of a message.

    It raises ``EvalError`` where one of its expressions has no value to show.
    """
    parts = [part if isinstance(part, str) else compiled(part) for part in template]
    return lambda activation: "".join(part if isinstance(part, str) else _shown(part(activation)) for part in parts)


def rendered(template: Template, activation: Mapping[str, object]) -> str:
    """Return the text of a message; raises ``EvalError`` where one of its expressions has no value to show."""
    return wording(template)(activation)


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        known(value)
        return ", ".join(map(_shown, value))
    if isinstance(value, dict):
        raise EvalError(f"a {kind(value)} cannot be shown in a message")
    return "null" if value is None else as_string(value)
