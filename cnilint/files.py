"""Which files are looked at, and their bytes.

Patterns are those of a .gitignore, read as git reads them (dir.c and wildmatch.c): a walk sees what git would list.
pathspec will not do: of ``*``, ``!*/``, ``!*.yaml`` it ignores every folder, and its import costs more than a walk.
"""

from __future__ import annotations

import os.path
import re
import stat
from functools import lru_cache
from itertools import chain, groupby
from typing import TYPE_CHECKING

from cnilint.errors import SourceError
from cnilint.record import NamedTuple
from cnilint.source.text import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from cnilint.config import Config

SUFFIXES = (".yaml", ".yml", ".json", ".tf", ".tofu", ".tfvars", ".toml")
NAMES = ("Kustomization",)

_MIB = 1024 * 1024
_LONGEST = 256 * 1024  # an ignore file beyond this would take seconds, and is none that people write
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_KINDS = {stat.S_IFDIR: "folder", stat.S_IFIFO: "named pipe", stat.S_IFSOCK: "socket"}
_followed: Callable[[str], str] = lru_cache(os.path.realpath)  # the named files are in a few folders
# None matches a "[" that is not closed nor a "\" at the end: git matches nothing with such a pattern.
_PARTS = r"""(?xs) (?P<folders>(?:(?<=/)|\A)(?:\*\*+/)+) | (?P<rest>(?:(?<=/)|\A)\*\*+\Z) | (?P<star>\*+) | (?P<slash>/)
    | (?P<one>\?) | \[(?P<no>[!^]?)(?P<set>\]?+(?:\\.|[^\]\\])*+)\] | (?P<char>\\.|[^\\\[])"""


def found(paths: Sequence[str], config: Config) -> Iterator[str]:
    """Yield the files that a command line's paths stand for, each once and as typed; folders in sorted order.

    What does not exist or cannot be listed is yielded as it is: ``content`` says what is wrong with it.
    """
    seen = set()
    for shown, real in chain.from_iterable(_files(path, config) for path in paths):
        if real not in seen:
            seen.add(real)
            yield shown


def content(path: str) -> bytes:
    """Return a file's bytes; raise SourceError for what is no regular, readable file of at most MAX_BYTES."""
    try:
        status = os.stat(path)
        _refuse(path, status.st_mode, status.st_size)
        # Were it a pipe by now, O_NONBLOCK would keep open() from waiting for the other end. A file object would cost
        # as much again as the file: it asks whether it is a terminal, where it stands and whether there is more.
        file = os.open(path, _READING)
        try:
            _refuse(path, os.fstat(file).st_mode)
            raw = os.read(file, status.st_size + 1)
            if len(raw) != status.st_size:  # it has grown, or comes in pieces
                raw = _rest(file, raw)
                _refuse(path, status.st_mode, len(raw))
        finally:
            os.close(file)
    except (OSError, ValueError) as error:
        raise SourceError(_reason(path, error), path) from None
    return raw


def _rest(file: int, raw: bytes) -> bytes:
    """Return what was read and all that follows, or more than MAX_BYTES of it."""
    while len(raw) <= MAX_BYTES and (more := os.read(file, MAX_BYTES)):
        raw += more
    return raw


def _refuse(path: str, mode: int, size: int = 0) -> None:
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFDIR:
        os.scandir(path).close()  # raises the better error where the folder cannot be listed
    if kind != stat.S_IFREG:
        raise SourceError(f"a {_KINDS.get(kind, 'device')}, not a file", path)
    if size > MAX_BYTES:
        raise SourceError(f"too large: {size / _MIB:.1f} MiB, where {MAX_BYTES // _MIB} MiB is the limit", path)


def _reason(path: str, error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"a link to nothing: {os.readlink(path)}" if os.path.islink(path) else "no such file or folder"
    if isinstance(error, ValueError):  # Python's own words differ from release to release
        return "cannot be read: there is a NUL character in its path"
    reason = error.strerror or str(error)
    return f"cannot be read: {reason[:1].lower()}{reason[1:]}"


class Patterns:
    """Patterns as in a .gitignore, below a folder; the last to match an absolute path (a folder's ends in /) wins."""

    __slots__ = ("_prefix", "_tests", "lines")

    def __init__(self, folder: str, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        self._prefix = folder.replace(os.sep, "/").rstrip("/") + "/"
        self._tests: list[tuple[Callable[[str, int], object], bool, bool]] | None = None

    def verdict(self, path: str, name: int) -> bool | None:
        """Tell whether a path, whose last part starts at ``name``, is matched: False by ``!``, None by no pattern."""
        if self._tests is None:
            self._tests = _tests(self.lines)
        if path.startswith(self._prefix):
            for match, by_name, sign in self._tests:
                if match(path, name if by_name else len(self._prefix)):
                    return sign
        return None

    def covers(self, path: str) -> bool:
        """Tell whether a path or a folder above it is matched."""
        end = len(self._prefix)
        while self.lines and end < len(path):
            name, end = end, path.find("/", end) + 1 or len(path)
            if self.verdict(path[:end], name):
                return True
        return False


def _tests(lines: Sequence[str]) -> list[tuple[Callable[[str, int], object], bool, bool]]:
    """Return what to match, whether against the name alone, and what it means; the last comes first."""
    rules = [rule for line in reversed(lines) if not line.startswith("#") and (rule := _rule(line))[2]]
    return [
        (re.compile("|".join(expression for _, _, expression in group)).match, by_name, sign)
        for (by_name, sign), group in groupby(rules, key=lambda rule: rule[:2])
    ]


def _rule(line: str) -> tuple[bool, bool, str]:
    sign = not line.startswith("!")
    pattern = re.sub(r"(?<!\\) +\Z", "", line if sign else line[1:])
    body = pattern.removesuffix("/")
    return "/" not in body, sign, _expression(body.removeprefix("/"), "/?" if body == pattern else "/")


def _expression(pattern: str, ending: str) -> str:
    """Return the regular expression for a pattern, "" if it matches nothing.

    A star takes as little as lets the text up to the next star or slash match and is not tried again: none takes long.
    """
    expression, offset, star, folders = "", 0, False, False
    token_at = re.compile(_PARTS).match  # compiled when the first pattern is met: most runs meet none
    while offset < len(pattern):
        token = token_at(pattern, offset)
        if token is None:
            return ""
        if token["folders"]:
            expression += (")" if folders else "") + "(?>(?:[^/]+/)*?"
            folders = True
        elif token["star"]:
            first = offset == 0 or pattern[offset - 1] == "/"
            expression += (")" if star else "(?=[^/])" if first else "") + "(?>[^/]*?"
            star = True
        elif token["slash"]:
            expression += "(?=/))/" if star else "/"
            star = False
        else:
            expression += _plain(token)
        offset = token.end()
    return expression and expression + ("(?=/|\\Z))" if star else "") + ending + "\\Z" + (")" if folders else "")


def _plain(token: re.Match[str]) -> str:
    """Return the expression for a character, a set of them, or a last ``**``."""
    if token["char"]:
        return re.escape(token["char"][-1])
    if token["set"] is None:
        return "[^/]" if token["one"] else "[^/](?s:.*)"
    pairs = re.findall(r"\\?(.)(?:-\\?(.))?", token["set"], re.DOTALL)
    chars = "".join(re.escape(low) + (f"-{re.escape(high)}" if low <= high else "") for low, high in pairs)
    return f"[^/{chars}]" if token["no"] else f"[{chars}]"


class _Folder(NamedTuple):
    """A folder to walk, as typed and absolute, and the ignore files in force above what is in it, the nearest first."""

    shown: str
    real: str
    ignores: tuple[Patterns, ...]


def _files(path: str, config: Config) -> Iterator[tuple[str, str]]:
    """Yield what a path stands for, as shown and absolute: the files below a folder, anything else itself."""
    walk = os.path.isdir(path)
    real = _folder(path) if walk else absolute(path)
    if config.exclude.covers(real):
        return
    shown = "" if os.path.normpath(path) == os.curdir else path
    todo: list[_Folder | tuple[str, str]] = [_Folder(shown, real, _ignores_above(real)) if walk else (path, real)]
    while todo:
        item = todo.pop()
        if isinstance(item, _Folder):
            todo.extend(reversed(list(_entries(item, config))))
        else:
            yield item


def absolute(path: str) -> str:
    """Return the path by which patterns know a file: with the links in its folder followed."""
    folder, name = os.path.split(path)
    return _folder(folder) + name


def _folder(path: str) -> str:
    return _followed(os.path.abspath(path)).replace(os.sep, "/").rstrip("/") + "/"


def _entries(folder: _Folder, config: Config) -> Iterator[_Folder | tuple[str, str]]:
    """Yield what is in a folder and wanted, sorted by name; the folder itself where it cannot be listed."""
    try:
        with os.scandir(folder.shown or os.curdir) as listing:
            kinds = {entry.name: (entry.is_dir(follow_symlinks=False), entry.is_symlink()) for entry in listing}
    except OSError:
        yield folder.shown or os.curdir, folder.real
        return
    ignores = _ignores(folder.real, kinds, folder.ignores)
    base, at, usual = os.path.join(folder.shown, ""), len(folder.real), not config.include.lines
    for name in sorted(kinds):
        walk, link = kinds[name]
        if name[0] == "." or (usual and not walk and not _usual(name)):
            continue
        real, shown = folder.real + name + "/" * walk, base + name
        if not (usual or walk or config.include.covers(real)):
            continue
        if config.exclude.verdict(real, at) or _ignored(real, at, ignores) or (link and os.path.isdir(shown)):
            continue
        yield _Folder(shown, real, ignores) if walk else (shown, real)


def _usual(name: str) -> bool:
    return name.endswith(SUFFIXES) or name in NAMES or name.lower().endswith(SUFFIXES)


def _ignored(real: str, at: int, ignores: tuple[Patterns, ...]) -> bool:
    """Tell whether the nearest ignore file that has a pattern for a path ignores it."""
    for patterns in ignores:
        verdict = patterns.verdict(real, at)
        if verdict is not None:
            return verdict
    return False


def _ignores(folder: str, names: Container[str], above: tuple[Patterns, ...]) -> tuple[Patterns, ...]:
    """Return the ignore files in force in a folder that holds these names; a repository knows none from above it."""
    if ".git" in names:
        above = (Patterns(folder, _lines(folder + ".git/info/exclude")),)
    return (Patterns(folder, _lines(folder + ".gitignore")), *above) if ".gitignore" in names else above


def _ignores_above(folder: str) -> tuple[Patterns, ...]:
    """Return the ignore files in force above a folder, up to the root of its repository."""
    above: tuple[Patterns, ...] = ()
    while not os.path.lexists(folder + ".git"):
        if folder.count("/") <= 1:
            return ()
        folder = folder[:-1].rpartition("/")[0] + "/"
        above += _ignores(folder, {name for name in (".git", ".gitignore") if os.path.lexists(folder + name)}, ())
    return above


def _lines(path: str) -> list[str]:
    """Return the lines of an ignore file, none where git would not read it either."""
    try:
        raw = b"" if os.path.islink(path) else content(path).removeprefix(b"\xef\xbb\xbf")
    except SourceError:
        return []
    text = raw.decode("utf-8", "surrogateescape") + "\n"
    return text.replace("\r\n", "\n").split("\n") if len(raw) <= _LONGEST else []
