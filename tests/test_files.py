from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnilint import config, files
from cnilint.errors import SourceError
from cnilint.files import Patterns
from cnilint.source.text import MAX_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

GIT = shutil.which("git")
GIT_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}
needs_git = pytest.mark.skipif(GIT is None, reason="git is not installed")
needs_fifo = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
not_as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")


def tree(root: Path, contents: Mapping[str, str] | Iterable[str]) -> None:
    for name in contents:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents[name] if isinstance(contents, dict) else "", encoding="utf-8")


def configured(root: Path, **lines: list[str]) -> config.Config:
    real = os.path.realpath(root)
    return config.EMPTY._replace(
        root=real, include=Patterns(real, lines.get("include", [])), exclude=Patterns(real, lines.get("exclude", []))
    )


def walk(*paths: str | Path, told: config.Config = config.EMPTY) -> list[str]:
    return list(files.found([str(path) for path in paths], told))


def git(root: Path, *arguments: str) -> str:
    assert GIT
    run = subprocess.run([GIT, *arguments], cwd=root, env=GIT_ENVIRONMENT, check=True, capture_output=True)
    return os.fsdecode(run.stdout)


def listed(root: Path, *below: str) -> set[str]:
    names = git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *below).split("\0")
    return {
        name
        for name in names
        if name.lower().endswith(files.SUFFIXES) and not any(part.startswith(".") for part in name.split("/"))
    }


@pytest.fixture
def soon() -> Iterator[None]:
    """What would wait for ever fails instead."""

    def late(*_: object) -> None:
        pytest.fail("took more than ten seconds")

    if hasattr(signal, "SIGALRM"):
        before = signal.signal(signal.SIGALRM, late)
        signal.alarm(10)
        yield
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    else:
        yield


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_walk_takes_yaml_and_json_in_sorted_order(here: Path) -> None:
    tree(
        here,
        ["b.yaml", "a.YML", "sub/z.json", "sub/deep/y.yaml", "sub.yaml", "readme.md", "noext", "yaml", "x.yaml.bak"],
    )
    assert walk(".") == ["a.YML", "b.yaml", "sub/deep/y.yaml", "sub/z.json", "sub.yaml"]


def test_a_walk_skips_hidden_files_and_folders(here: Path) -> None:
    tree(here, [".cnilint.yaml", ".github/workflow.yaml", "sub/.x.yaml", "sub/.d/y.yaml", "sub/x.yaml"])
    assert walk(".") == ["sub/x.yaml"]


def test_what_is_named_is_taken_though_hidden_or_of_another_suffix(here: Path) -> None:
    tree(here, [".github/a.yaml", ".github/.b/c.yaml", ".hidden.yaml", "notes.txt"])
    assert walk(".github", ".hidden.yaml", "notes.txt") == [".github/a.yaml", ".hidden.yaml", "notes.txt"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (".", "sub/x.yaml"),
        ("./", "sub/x.yaml"),
        ("sub", "sub/x.yaml"),
        ("sub/", "sub/x.yaml"),
        ("./sub", "./sub/x.yaml"),
        ("sub/..", "sub/../sub/x.yaml"),
        ("sub/x.yaml", "sub/x.yaml"),
        ("./sub/x.yaml", "./sub/x.yaml"),
    ],
)
def test_paths_stay_as_typed(here: Path, typed: str, shown: str) -> None:
    tree(here, ["sub/x.yaml"])
    expected = "sub/x.yaml" if os.path.normpath(typed) == "." else shown
    assert walk(typed) == [expected]
    assert os.path.samefile(expected, here / "sub/x.yaml")


def test_absolute_paths_stay_absolute(tmp_path: Path) -> None:
    tree(tmp_path, ["sub/x.yaml"])
    assert walk(tmp_path) == [f"{tmp_path}/sub/x.yaml"]


def test_each_file_comes_once(here: Path) -> None:
    tree(here, ["sub/x.yaml", "y.yaml"])
    assert walk("sub/x.yaml", "./sub/x.yaml", here / "sub", "y.yaml", ".", "y.yaml") == ["sub/x.yaml", "y.yaml"]


def test_what_does_not_exist_is_yielded_for_content_to_say_so(here: Path) -> None:
    tree(here, ["x.yaml"])
    assert walk("missing.yaml", "nowhere/", "x.yaml") == ["missing.yaml", "nowhere/", "x.yaml"]


def test_a_folder_named_like_a_file_is_walked(here: Path) -> None:
    tree(here, ["folder.yaml/x.yaml"])
    assert walk(".") == walk("folder.yaml") == ["folder.yaml/x.yaml"]


def test_links_to_folders_are_not_followed_and_links_to_files_are(here: Path) -> None:
    tree(here, ["real/x.yaml"])
    (here / "real/loop").symlink_to(here, target_is_directory=True)
    (here / "folder.yaml").symlink_to(here / "real", target_is_directory=True)
    (here / "file.yaml").symlink_to(here / "real/x.yaml")
    (here / "broken.yaml").symlink_to(here / "gone.yaml")
    assert walk(".") == ["broken.yaml", "file.yaml", "real/x.yaml"]


def test_a_link_to_a_folder_is_walked_if_named(here: Path) -> None:
    tree(here, ["real/x.yaml"])
    (here / "link").symlink_to(here / "real", target_is_directory=True)
    assert walk("link") == ["link/x.yaml"]
    assert walk("link", "real") == ["link/x.yaml"]


def test_a_tree_deeper_than_python_recurses_is_walked(here: Path) -> None:
    depth = 1200
    for _ in range(depth):
        os.mkdir("d")
        os.chdir("d")
    Path("x.yaml").touch()
    os.chdir(here)
    try:
        assert walk(".") == ["d/" * depth + "x.yaml"]
    finally:  # what cleans up behind the tests recurses
        os.unlink("d/" * depth + "x.yaml")
        os.removedirs("d/" * depth)


@not_as_root
def test_a_folder_that_cannot_be_listed_is_an_error_of_its_own(here: Path) -> None:
    tree(here, ["a/x.yaml", "b/x.yaml"])
    (here / "a").chmod(0)
    try:
        assert walk(".") == ["a", "b/x.yaml"]
        with pytest.raises(SourceError, match="cannot be read: permission denied"):
            files.content("a")
    finally:
        (here / "a").chmod(0o755)


def test_a_folder_whose_listing_fails_is_yielded(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(here, ["a/x.yaml", "b/x.yaml"])
    scandir = os.scandir

    def refusing(path: str) -> object:
        if path == "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert walk(".") == ["a", "b/x.yaml"]
    with pytest.raises(SourceError, match=r"^a: cannot be read: permission denied$"):
        files.content("a")


# .gitignore


def test_ignore_files_of_every_level_count_from_the_root_of_the_repository(here: Path) -> None:
    tree(here, ["up.yaml", "a/up.yaml", "a/b/up.yaml", "a/b/mid.yaml", "a/b/low.yaml", "a/b/x.yaml", "a/b/c/low.yaml"])
    tree(here, {".gitignore": "up.yaml\n", "a/.gitignore": "mid.yaml\n!/b/up.yaml\n", "a/b/.gitignore": "/low.yaml\n"})
    tree(here, {".git/info/exclude": "x.yaml\n"})
    assert walk(".") == ["a/b/c/low.yaml", "a/b/up.yaml"]
    os.chdir(here / "a/b")
    assert walk(".") == ["c/low.yaml", "up.yaml"]


def test_ignore_files_above_the_repository_do_not_count(here: Path) -> None:
    tree(here, {".gitignore": "*.yaml\n", "repo/.git/HEAD": "", "repo/x.yaml": "", "repo/sub/y.yaml": ""})
    assert walk("repo") == ["repo/sub/y.yaml", "repo/x.yaml"]
    assert walk("repo/sub") == ["repo/sub/y.yaml"]


def test_without_a_repository_ignore_files_count_from_the_walked_folder_down(here: Path) -> None:
    tree(here, {".gitignore": "x.yaml\n", "a/x.yaml": "", "a/y.yaml": "", "a/.gitignore": "y.yaml\n"})
    assert walk("a") == ["a/x.yaml"]
    assert walk(".") == []


def test_a_repository_inside_has_its_own_ignore_files_alone(here: Path) -> None:
    tree(
        here, {".git/HEAD": "", ".gitignore": "*.json\n/gone\n", "x.json": "", "gone/.git/HEAD": "", "gone/x.yaml": ""}
    )
    tree(here, {"in/.git/info/exclude": "b.yaml\n", "in/.gitignore": "a.yaml\n"})
    tree(here, ["in/a.yaml", "in/b.yaml", "in/c.json", "in/d/a.yaml", "in/d/e.yaml"])
    assert walk(".") == ["in/c.json", "in/d/e.yaml"]


def test_a_named_file_is_taken_though_git_ignores_it(here: Path) -> None:
    tree(here, {".git/HEAD": "", ".gitignore": "*.yaml\nbuild/\n", "x.yaml": "", "build/y.json": ""})
    assert walk("x.yaml", "build") == ["x.yaml", "build/y.json"]


@pytest.mark.parametrize("raw", [b"\xef\xbb\xbfa.yaml\r\n", b"a.yaml\r", b"\xff\na.yaml\n", b"a.yaml   "])
def test_ignore_files_are_read_as_git_reads_them(here: Path, raw: bytes) -> None:
    tree(here, ["a.yaml", "b.yaml"])
    (here / ".gitignore").write_bytes(raw)
    assert walk(".") == ["b.yaml"]


@needs_fifo
@pytest.mark.usefixtures("soon")
def test_an_ignore_file_that_is_a_pipe_does_not_hang(here: Path) -> None:
    tree(here, ["a.yaml"])
    os.mkfifo(here / ".gitignore")
    assert walk(".") == ["a.yaml"]


def test_an_ignore_file_that_is_a_link_does_not_count(here: Path) -> None:
    tree(here, {"a.yaml": "", "patterns": "a.yaml\n"})
    (here / ".gitignore").symlink_to("patterns")
    assert walk(".") == ["a.yaml"]


@pytest.mark.usefixtures("soon")
def test_an_ignore_file_too_large_to_be_one_does_not_count(here: Path) -> None:
    tree(here, {"a.yaml": "", "b.yaml": ""})
    (here / ".gitignore").write_bytes(b"a.yaml\n".ljust(256 * 1024, b"\n"))
    assert walk(".") == ["b.yaml"]
    (here / ".gitignore").write_bytes(b"a.yaml\n" + b"*x*\n" * 1024 * 1024)
    assert walk(".") == ["a.yaml", "b.yaml"]


def test_an_ignored_folder_is_not_even_listed(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(here, {".gitignore": "node_modules/\n!keep.json\n", "node_modules/a/b.json": "", "src/x.yaml": ""})
    seen = []
    scandir = os.scandir

    def noting(path: str) -> object:
        seen.append(path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", noting)
    assert walk(".") == ["src/x.yaml"]
    assert seen == [".", "src"]


# Each with what of FILES git lists; the second test below asks git itself.
TOP = {"a.yaml", "b.yaml", "x y.yaml", "[a].yaml", "#a.yaml"}
DEEP = {"dir/a.yaml", "dir/b.yaml", "dir/sub/a.yaml", "dir/sub/dir/b.yaml"}
FILES = TOP | DEEP
KEPT: dict[str, set[str]] = {
    "": FILES,
    "#a.yaml\n\n": FILES,
    "\\#a.yaml\n": FILES - {"#a.yaml"},
    "*\n!*/\n!b.yaml\n": {"b.yaml", "dir/b.yaml", "dir/sub/dir/b.yaml"},
    "*\n!*/\n!*.yaml\n": FILES,
    "*\n!*.yaml\n": TOP,
    "dir/\n!*.yaml\n": TOP,
    "dir/**\n!dir/a.yaml\n": TOP | {"dir/a.yaml"},
    "dir/**/\n": TOP | {"dir/a.yaml", "dir/b.yaml"},
    "dir/**/b.yaml\n": FILES - {"dir/b.yaml", "dir/sub/dir/b.yaml"},
    "**/dir/**/sub/**/b.yaml\n": FILES - {"dir/sub/dir/b.yaml"},
    "**/sub\n": FILES - {"dir/sub/a.yaml", "dir/sub/dir/b.yaml"},
    "/a.yaml\n": FILES - {"a.yaml"},
    "sub/a.yaml\n": FILES,
    "d?r/*.yaml\n": FILES - {"dir/a.yaml", "dir/b.yaml"},
    "/dir[!a]b.yaml\n/dir?b.yaml\n/dir*b.yaml\n": FILES,
    "*.yaml\n!dir\n": set(),
    "[!a].yaml\n": FILES - {"b.yaml", "dir/b.yaml", "dir/sub/dir/b.yaml"},
    "\\[a\\].yaml\n": FILES - {"[a].yaml"},
    "[a.yaml\n": FILES,
    "a.yaml\\\n": FILES,
    "a.yaml \n": FILES - {"a.yaml", "dir/a.yaml", "dir/sub/a.yaml"},
    "a.yaml\t\n": FILES,
    "x\\ y.yaml\n": FILES - {"x y.yaml"},
    "a.yaml/\n": FILES,
    "/\n//\n!\n!/\n": FILES,
}


@pytest.mark.parametrize("ignore", KEPT)
def test_patterns_mean_what_they_mean_to_git(here: Path, ignore: str) -> None:
    tree(here, FILES)
    (here / ".gitignore").write_text(ignore)
    assert set(walk(".")) == KEPT[ignore]


@needs_git
def test_the_table_above_is_gits(here: Path) -> None:
    tree(here, FILES)
    git(here, "init", "--quiet")
    for ignore, kept in KEPT.items():
        (here / ".gitignore").write_text(ignore)
        assert (ignore, listed(here)) == (ignore, kept)


STARS = ["*", "**", "***", "?", "a*", "*b", "*a*", "*a*b*", "*.yaml", "b.*", "*.y*l", "?.yaml"]
CLASSES = ["[ab]", "[!a]", "[^b]", "[b-a]", "[]a]", "[a", "[a-c].yaml", "\\[a\\].json", "a\\*.yaml", "\\a", "a\\"]
PART = st.sampled_from(["a", "b", "ab", "a b", "a.yaml", "c.yml", *STARS, *CLASSES])
PATTERN = st.builds(
    lambda sign, lead, parts, tail, space: sign + lead + "/".join(parts) + tail + space,
    st.sampled_from(["", "", "!"]),
    st.sampled_from(["", "", "/"]),
    st.lists(PART, min_size=1, max_size=4),
    st.sampled_from(["", "", "/"]),
    st.sampled_from(["", "", "", " ", "\r", "\t", "\\ "]),
)
ODD = st.sampled_from(["", "#a", "\\#a", "\\!a", "!", "/", "//", "  ", "a//", "**/", "/**", "!*/"])
IGNORE = st.lists(st.one_of(PATTERN, PATTERN, PATTERN, ODD), max_size=5).map("\n".join)
FOLDER = st.lists(st.sampled_from(["a", "b", "ab", "x y"]), max_size=3).map("/".join)
NAME = st.sampled_from(["a.yaml", "b.yaml", "c.YML", "x y.yaml", "[a].json", "a*.yaml", "ab.yaml", "a.txt", ".a.yaml"])
PATHS = st.sets(st.builds(os.path.join, FOLDER, NAME), min_size=1, max_size=12)


@needs_git
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PATHS, st.dictionaries(FOLDER, IGNORE, max_size=3), IGNORE)
def test_a_walk_sees_what_git_lists(
    tmp_path_factory: pytest.TempPathFactory, paths: set[str], ignores: dict[str, str], info: str
) -> None:
    root = tmp_path_factory.mktemp("tree")
    git(root, "init", "--quiet", "--template=")
    tree(root, paths)
    tree(root, {os.path.join(folder, ".gitignore"): "" for folder in ignores})
    for folder, ignore in ignores.items():
        (root / folder / ".gitignore").write_bytes(ignore.encode())
    (root / ".git/info").mkdir()
    (root / ".git/info/exclude").write_bytes(info.encode())
    walked = walk(root)
    assert {os.path.relpath(path, root) for path in walked} == listed(root)
    assert len(walked) == len(set(walked))
    shutil.rmtree(root)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*a" * 120 + "b", "a" * 250),
        ("*[a-b]" * 60 + "c", "a" * 250),
        ("*" + "?*" * 100 + "b", "a" * 250),
        ("**/a/" * 300 + "b", "a/" * 2000 + "c"),
        ("**/*a*/" * 100 + "b", "aaaaaaaaaa/" * 370 + "c"),
    ],
)
@pytest.mark.usefixtures("soon")
def test_no_pattern_takes_long(pattern: str, path: str) -> None:
    path = f"/root/{path}"
    assert Patterns("/root", [pattern]).verdict(path, path.rfind("/") + 1) is None


# include and exclude


@pytest.mark.parametrize(
    ("lines", "walked"),
    [
        ([], ["a.yaml", "dir/b.json", "dir/old/c.yaml"]),
        (["*.manifest"], ["dir/d.manifest"]),
        (["*.yaml", "!a.yaml"], ["dir/old/c.yaml"]),
        (["dir/**/*.yaml"], ["dir/old/c.yaml"]),
        (["dir/"], ["dir/b.json", "dir/d.manifest", "dir/old/c.yaml"]),
        (["/dir/*", "!/dir/old"], ["dir/b.json", "dir/d.manifest"]),
        (["nothing"], []),
    ],
)
def test_include_says_what_a_walk_takes(here: Path, lines: list[str], walked: list[str]) -> None:
    tree(here, ["a.yaml", "dir/b.json", "dir/d.manifest", "dir/old/c.yaml", ".hidden/x.yaml"])
    told = configured(here, include=lines)
    assert walk(".", told=told) == walked
    assert walk("dir", told=told) == [path for path in walked if path.startswith("dir/")]
    assert walk("a.yaml", "dir/d.manifest", told=told) == ["a.yaml", "dir/d.manifest"]


@pytest.mark.parametrize(
    ("lines", "walked"),
    [
        (["b.json"], ["a.yaml", "dir/old/c.yaml"]),
        (["dir/old/"], ["a.yaml", "dir/b.json"]),
        (["*.yaml", "!a.yaml"], ["a.yaml", "dir/b.json"]),
        (["dir", "!dir/b.json"], ["a.yaml"]),
        (["/c.yaml"], ["a.yaml", "dir/b.json", "dir/old/c.yaml"]),
        (["**"], []),
    ],
)
def test_exclude_is_for_walked_and_for_named_files(here: Path, lines: list[str], walked: list[str]) -> None:
    names = ["a.yaml", "dir/b.json", "dir/old/c.yaml"]
    tree(here, names)
    told = configured(here, exclude=lines)
    assert walk(".", told=told) == walked
    assert walk(*names, told=told) == walked
    assert walk("dir", told=told) == [path for path in walked if path.startswith("dir/")]
    assert [name for name in names if not config.excluded(told, name)] == walked
    os.chdir(here / "dir")
    assert walk("../a.yaml", here / "dir/b.json", told=told) == [
        path for path, name in (("../a.yaml", "a.yaml"), (f"{here}/dir/b.json", "dir/b.json")) if name in walked
    ]


def test_exclude_says_nothing_of_files_outside_its_folder(here: Path) -> None:
    tree(here, ["repo/x.yaml", "other/x.yaml"])
    told = configured(here / "repo", exclude=["*.yaml"])
    assert walk("repo", "other", "other/x.yaml", "repo/x.yaml", told=told) == ["other/x.yaml"]


def test_exclude_knows_a_file_behind_a_link_to_the_repository(here: Path) -> None:
    tree(here, ["repo/x.yaml", "repo/y.yaml"])
    (here / "link").symlink_to(here / "repo", target_is_directory=True)
    told = configured(here / "repo", exclude=["/x.yaml"])
    assert walk("link", "link/x.yaml", told=told) == ["link/y.yaml"]


# content


def refused(path: str | Path) -> str:
    with pytest.raises(SourceError) as caught:
        files.content(str(path))
    assert caught.value.path == str(path)
    return caught.value.message


def test_content_is_the_bytes(tmp_path: Path) -> None:
    raw = bytes(range(256)) * 1000
    (tmp_path / "x.yaml").write_bytes(raw)
    (tmp_path / "empty.yaml").touch()
    assert files.content(str(tmp_path / "x.yaml")) == raw
    assert files.content(str(tmp_path / "empty.yaml")) == b""


def test_a_link_to_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_bytes(b"a: 1\n")
    (tmp_path / "link.yaml").symlink_to("x.yaml")
    assert files.content(str(tmp_path / "link.yaml")) == b"a: 1\n"


def test_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "broken.yaml").symlink_to("gone.yaml")
    (tmp_path / "self.yaml").symlink_to("self.yaml")
    assert refused(tmp_path / "x.yaml") == "no such file or folder"
    assert refused(tmp_path / "file/x.yaml") == "no such file or folder"
    assert refused("") == "no such file or folder"
    assert refused(tmp_path / "broken.yaml") == "a link to nothing: gone.yaml"
    assert refused(tmp_path / "self.yaml").startswith("cannot be read: too many levels of symbolic links")
    assert refused("a\0b.yaml") == "cannot be read: there is a NUL character in its path"
    assert refused(tmp_path / ("x" * 300)).startswith("cannot be read: file name too long")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").mkdir()
    assert refused(tmp_path / "x.yaml") == "a folder, not a file"


@needs_fifo
@pytest.mark.usefixtures("soon")
def test_a_pipe_is_refused_unopened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.yaml")
    assert refused(tmp_path / "x.yaml") == "a named pipe, not a file"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in the file system here")
@pytest.mark.usefixtures("here")
def test_a_socket_is_refused() -> None:
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("x.yaml")
        assert refused("x.yaml") == "a socket, not a file"


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no devices in the file system here")
@pytest.mark.usefixtures("soon")
def test_a_device_is_refused() -> None:
    assert refused("/dev/zero") == "a device, not a file"


@not_as_root
def test_a_file_without_permission(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").touch(mode=0)
    assert refused(tmp_path / "x.yaml") == "cannot be read: permission denied"


def test_the_limit_is_the_size_that_is_still_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.yaml"
    path.touch()
    os.truncate(path, MAX_BYTES)
    assert len(files.content(str(path))) == MAX_BYTES
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("what is too large must not be opened"))
    os.truncate(path, MAX_BYTES + 1)
    assert refused(path) == "too large: 32.0 MiB, where 32 MiB is the limit"
    os.truncate(path, MAX_BYTES * 100)
    assert refused(path) == "too large: 3200.0 MiB, where 32 MiB is the limit"


def swapped(monkeypatch: pytest.MonkeyPatch, path: Path, *changes: Callable[[], object]) -> None:
    """Let a file change right after it was looked at."""
    stat = os.stat

    def then(name: str | int, **options: object) -> os.stat_result:
        status = stat(name, **options)  # type: ignore[arg-type]
        if name == str(path):
            monkeypatch.undo()
            for change in changes:
                change()
        return status

    path.write_bytes(b"a: 1\n")
    monkeypatch.setattr(os, "stat", then)


def test_a_file_that_vanishes_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.yaml"
    swapped(monkeypatch, path, path.unlink)
    assert refused(path) == "no such file or folder"


def test_a_file_that_becomes_a_folder_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.yaml"
    swapped(monkeypatch, path, path.unlink, path.mkdir)
    assert refused(path) == "a folder, not a file"


@needs_fifo
@pytest.mark.usefixtures("soon")
def test_a_file_that_becomes_a_pipe_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.yaml"
    swapped(monkeypatch, path, path.unlink, lambda: os.mkfifo(path))
    assert refused(path) == "a named pipe, not a file"


@pytest.mark.parametrize("size", [10, 4096, MAX_BYTES, MAX_BYTES + 1, MAX_BYTES * 4])
def test_a_file_that_grows_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    path = tmp_path / "x.yaml"
    swapped(monkeypatch, path, lambda: os.truncate(path, size))
    if size <= MAX_BYTES:
        assert files.content(str(path)) == b"a: 1\n".ljust(size, b"\0")
    else:
        assert refused(path) == "too large: 32.0 MiB, where 32 MiB is the limit"


def test_a_file_that_may_not_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.yaml").touch()

    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    assert refused(tmp_path / "x.yaml") == "cannot be read: permission denied"


def test_a_run_without_configuration_imports_nothing_dear(here: Path) -> None:
    tree(here, {".gitignore": "*.json\n!keep.json\nbuild/\n", "a/x.yaml": "a: 1\n", "pyproject.toml": "[project]\n"})
    script = """
import sys
from cnilint import config, files
told = config.found(".")
names = list(files.found([".", "a/x.yaml"], told))
assert names == ["a/x.yaml", "pyproject.toml"], names
assert files.content(names[0]) == b"a: 1\\n" and config.in_force(told, names[0]) and not config.excluded(told, names[0])
print(*{"jsonschema", "pathspec", "tomllib", "difflib"} & set(sys.modules))
"""
    environment = {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(files.__file__))}
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=here, env=environment, capture_output=True, text=True, check=False
    )
    assert (run.stdout.strip(), run.stderr) == ("", "")
