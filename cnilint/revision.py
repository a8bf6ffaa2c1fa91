"""Files as a revision of git has them.

git is asked for objects alone (``rev-parse``, ``ls-tree``, ``cat-file``): none of them runs a hook, a filter or a
text conversion that the repository names, and nothing is fetched for a clone that lacks objects.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Final

from cnilint.errors import ConfigError
from cnilint.files import absolute

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Whatever else might start a program: a monitor of the file system, a pager, a transport.
_QUIET: Final = (
    "--no-pager",
    "--no-optional-locks",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
)
_BLOCKED: Final = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
# How ``cat-file --follow-symlinks`` answers of a link that leads nowhere: the number of bytes that follow is told.
_LINKS: Final = frozenset({b"symlink", b"dangling", b"loop", b"notdir"})


class Revision:
    """The files of a revision of the repository that a folder is in."""

    def __init__(self, name: str, option: str) -> None:
        """Find the revision. Raises ConfigError, which names the ``option``, where there is none of that name."""
        self.name = name
        self._root = absolute(os.path.join(_root(f"{option} {name}"), ""))
        self._tree = _tree(name, f"{option} {name}")

    def contents(self, paths: Iterable[str]) -> dict[str, bytes]:
        """Return the bytes of those of the files that the revision has, by path as it was given; links are followed."""
        places = ((path, absolute(path)) for path in paths)
        inside = [(path, real.removeprefix(self._root)) for path, real in places if real.startswith(self._root)]
        asked = {path: f"{self._tree}:{name}" for path, name in inside if self._tree and "\n" not in name}
        found = _blobs(asked.values())
        return {path: raw for path, raw in zip(asked, found, strict=True) if raw is not None}

    def below(self, folder: str) -> list[str]:
        """Return the files that the revision has below a folder, relative to it."""
        real = absolute(os.path.join(folder, ""))
        if not self._tree or not real.startswith(self._root):
            return []
        listed = _git("ls-tree", "-r", "-z", "--name-only", "--full-tree", self._tree).stdout
        prefix = real.removeprefix(self._root)
        names = map(os.fsdecode, filter(None, listed.split(b"\0")))
        return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]


def file(name: str, option: str = "") -> tuple[bytes, str]:
    """Return a file as git names one of a revision (``HEAD:deploy/x.yaml``, from the root): its bytes, and its path.

    Raises ConfigError, which names the ``option``, where there is no such revision or no such file in it.
    """
    revision, _, path = name.partition(":")
    said = f"{option} {name}".strip()
    root = _root(said)
    if revision and _tree(revision, said) is None:
        raise ConfigError(f"{said}: there is no commit yet")
    (raw,) = _blobs([name]) if "\n" not in name else (None,)
    if raw is None:
        raise ConfigError(f"{said}: {revision or 'the index'} has no file {path}")
    return raw, path if path.startswith(("./", "../")) else os.path.join(root, path)


def _root(said: str) -> str:
    """Return the folder of the work tree. Raises ConfigError outside of any."""
    ran = _git("rev-parse", "--show-toplevel")
    if ran.returncode:
        raise ConfigError(f"{said}: neither a file nor a revision: {_reason(ran.stderr)}")
    return os.fsdecode(ran.stdout.rstrip(b"\r\n"))


def _tree(name: str, said: str) -> str | None:
    """Return the tree of a revision; None for HEAD before the first commit. Raises ConfigError for what is none."""
    if not name.startswith("-"):
        ran = _git("rev-parse", "--verify", "--quiet", f"{name}^{{tree}}")
        if ran.returncode == 0:
            return ran.stdout.decode("ascii").strip()
        if name == "HEAD" and _git("symbolic-ref", "--quiet", "HEAD").returncode == 0:
            return None
    raise ConfigError(f"{said}: neither a file nor a revision of this repository")


def _blobs(names: Iterable[str]) -> Iterator[bytes | None]:
    """Yield the bytes of each object that git is asked for by name, None where there is no such file."""
    asked = [os.fsencode(name) for name in names]
    if not asked:
        return
    printed = _git("cat-file", "--batch", "--follow-symlinks", stdin=b"".join(name + b"\n" for name in asked)).stdout
    at = 0
    for _ in asked:
        end = printed.find(b"\n", at)
        words = printed[at : end if end >= 0 else None].rsplit(b" ", 2)
        at = end + 1 if end >= 0 else len(printed)
        if not words[-1].isdigit():  # missing, ambiguous, a submodule
            yield None
            continue
        size = int(words[-1])
        yield printed[at : at + size] if words[-2] == b"blob" and words[0] not in _LINKS else None
        at += size + 1


def _git(*args: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git. A relative folder on the PATH may be in the repository that is checked, and is passed over."""
    folders = os.pathsep.join(filter(os.path.isabs, os.environ.get("PATH", "").split(os.pathsep)))
    program = shutil.which("git", path=folders)
    if program is None:
        raise ConfigError("git is not on the PATH, and so nothing is known of revisions")
    try:
        return subprocess.run(
            [program, *_QUIET, *args], input=stdin, env=os.environ | _BLOCKED, capture_output=True, check=False
        )
    except (OSError, ValueError) as error:
        raise ConfigError(f"git cannot be started: {error}") from None


def _reason(printed: bytes) -> str:
    """Return the first line that git printed, without what it begins with."""
    lines = printed.decode("utf-8", "replace").splitlines() or ["git said nothing"]
    return lines[0].removeprefix("fatal: ")
