"""Plain data to text: YAML in block style that every reader takes for the same data, and literals of HCL."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from cnilint.source.plain import resolved

if TYPE_CHECKING:
    from collections.abc import Iterable

# What may stand unquoted, as neither YAML 1.1 nor 1.2 makes anything else of it: words, flags, images, a directive.
_WORD: Final = (
    r"[A-Za-z/_][A-Za-z0-9_./-]*(?: [A-Za-z0-9_./-]+)*|--[a-z][A-Za-z0-9_./=:-]*[A-Za-z0-9]"
    r"|[A-Za-z0-9.-]+(?:/[A-Za-z0-9_.-]+)+(?::[A-Za-z0-9_.-]+)?|\$patch"
)
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_-]*"
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_INDENT: Final = "  "


def plain(text: str) -> bool:
    """Tell whether a text may stand in YAML without quotes."""
    return re.fullmatch(_WORD, text) is not None and isinstance(resolved(text), str)


def yaml(data: object) -> str:
    """Return plain data as one document of YAML in block style: strings in quotes where another reader might err."""
    from io import StringIO  # noqa: PLC0415  # only where something is written

    from ruamel.yaml import YAML  # noqa: PLC0415

    writer = YAML()
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.width = 1 << 20
    writer.allow_unicode = True
    writer.representer.add_representer(
        type(None), lambda own, _: own.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    stream = StringIO()
    writer.dump(_styled(data), stream)
    return stream.getvalue()


def _null(representer: Any, _data: None) -> Any:  # noqa: ANN401  # ruamel.yaml's own
    return representer.represent_scalar("tag:yaml.org,2002:null", "null")


def _styled(data: object) -> Any:  # noqa: ANN401  # data with ruamel.yaml's own kinds of strings
    from ruamel.yaml import scalarstring as styles  # noqa: PLC0415

    if isinstance(data, dict):
        return {_styled(key): _styled(item) for key, item in data.items()}
    if isinstance(data, list):
        return [_styled(item) for item in data]
    if not isinstance(data, str) or plain(data):
        return data
    if isinstance(data, Block):
        return styles.LiteralScalarString(data)
    readable = '"' in data and data.isprintable()
    return styles.SingleQuotedScalarString(data) if readable else styles.DoubleQuotedScalarString(data)


class Block(str):
    """A text of several lines that is written as a block."""

    __slots__ = ()


def comments(lines: Iterable[str]) -> str:
    """Return lines as comments, each on a line of its own whatever stands in it."""
    return "".join(f"# {_pictured(line)}".rstrip() + "\n" for line in lines)


def _pictured(text: str) -> str:
    return "".join(char if char.isprintable() else _unicode(char) for char in text)


def hcl(data: object, depth: int = 0) -> str:
    """Return plain data as an expression of HCL, its lines indented below ``depth`` levels but for the first."""
    if isinstance(data, dict):
        pairs = [(_key(key), hcl(item, depth + 1)) for key, item in data.items()]
        return _block("{", aligned(pairs), "}", depth)
    if isinstance(data, list):
        return _block("[", [f"{hcl(item, depth + 1)}," for item in data], "]", depth)
    if isinstance(data, str):
        return quoted(data)
    if data is None:
        return "null"
    return str(data).lower() if isinstance(data, bool) else str(data)


def aligned(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return ``key = value`` lines; of those that follow each other on a line each, the signs stand in a column."""
    lines: list[str] = []
    for _, run in groupby(pairs, lambda pair: "\n" in pair[1]):
        entries = list(run)
        width = max(len(key) for key, value in entries) if "\n" not in entries[0][1] else 0
        lines += [f"{key:{width}} = {value}" for key, value in entries]
    return lines


def _block(opening: str, lines: list[str], closing: str, depth: int) -> str:
    if not lines:
        return opening + closing
    inner = "".join(f"{_INDENT * (depth + 1)}{line}\n" for line in lines)
    return f"{opening}\n{inner}{_INDENT * depth}{closing}"


def _key(key: str) -> str:
    return key if re.fullmatch(_NAME, key) and key not in ("true", "false", "null", "for") else quoted(key)


def quoted(text: str) -> str:
    """Return a string of HCL (hclsyntax/spec.md, "Template Expressions"): nothing in it is taken for a template."""
    found = "".join(_ESCAPES.get(char) or (char if char.isprintable() else _unicode(char)) for char in text)
    return '"' + found.replace("${", "$${").replace("%{", "%%{") + '"'


def _unicode(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) <= 0xFFFF else f"\\U{ord(char):08x}"  # noqa: PLR2004  # four digits
