"""What can go wrong, as a tree; every error knows where.

CnilintError
├── SourceError   a file could not be read or understood
│   └── ExcessError   a text means more than any reader should take: too deep, or too many nodes behind its aliases
├── FixError      a file's fixes would do harm, so that they were not applied
├── RuleError     a rule file is wrong, or a rule failed while it judged
└── ConfigError   the configuration or an option is wrong
"""

from __future__ import annotations


class CnilintError(Exception):
    """An expected failure: one sentence and, where known, its place (line and column are 1-based)."""

    def __init__(self, message: str, path: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.column = column

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        return f"{place}: {self.message}" if place else self.message

    def __reduce__(self) -> tuple[type[CnilintError], tuple[str, str, int, int]]:
        return type(self), (self.message, self.path, self.line, self.column)


class SourceError(CnilintError):
    """A file could not be read or understood."""


class ExcessError(SourceError):
    """A text means more than any reader should take."""


class FixError(CnilintError):
    """A file's fixes would do harm, so that they were not applied."""


class RuleError(CnilintError):
    """A rule file is wrong, or a rule failed while it judged."""


class ConfigError(CnilintError):
    """The configuration or an option is wrong."""
