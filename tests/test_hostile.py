"""Hostile input: each is one clear error and exit code 2, soon and in little memory; nothing is called clean unread.

The first table is the conformance list: what makes other linters hang, crash or pass in silence.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

HEAD = "kind: DaemonSet\nmetadata: {name: aws-node}\n"
BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9))]
)


@pytest.mark.parametrize(
    ("name", "raw", "line", "words"),
    [
        ("alias bomb", f"{HEAD}{BOMB}\n".encode(), 9, "aliases that repeat each other"),
        ("alias bomb alone", BOMB.encode(), 7, "aliases that repeat each other"),
        ("alias cycle", f"{HEAD}a: &a [*a]\n".encode(), 3, "contains itself"),
        ("nested lists", (HEAD + "a: " + "[" * 100_000).encode(), 3, "nested deeper"),
        ("nested lists alone", b"[" * 100_000, 1, "nested deeper"),
        ("nested maps", (HEAD + "a: " + "{a: " * 3000).encode(), 3, "nested deeper"),
        ("nested dashes", (HEAD + "a:\n" + "- " * 50_000).encode(), 4, "nested deeper"),
        ("nested blocks", (HEAD + "".join(f"{' ' * n}a:\n" for n in range(1000))).encode(), 202, "nested deeper"),
        ("invalid utf-8", HEAD.encode() + b"a: \xff\n", 3, "not UTF-8"),
        ("invalid utf-8 alone", b"a: \xff\xfe\n", 1, "not UTF-8"),
        ("nul byte", HEAD.encode() + b"a: \0\n", 3, "NUL"),
        ("nul byte alone", b"\0\1\2", 1, "NUL"),
        ("utf-16 without mark", HEAD.encode("utf-16-le"), 1, "NUL"),
        ("tab indent", f"{HEAD}spec:\n\ta: b\n".encode(), 4, "not YAML"),
        ("unterminated quote", f'{HEAD}a: "b\n'.encode(), 3, "not YAML"),
        ("helm template", f"{HEAD}spec: {{{{ .Values.spec }}}}\n".encode(), 3, "a template"),
        ("helm control", f"{{{{- if .Values.x }}}}\n{HEAD}{{{{- end }}}}\n".encode(), 1, "a template"),
        ("list as key", f"{HEAD}? [a]\n: b\n".encode(), 3, "a key that is a list"),
    ],
)
def test_what_is_not_understood_is_one_error_with_its_line(  # noqa: PLR0913, PLR0917  # one row of the table
    cnilint: CommandLine, tmp_path: Path, name: str, raw: bytes, line: int, words: str
) -> None:
    (tmp_path / "x.yaml").write_bytes(raw)
    found = cnilint("check", "--format", "json", "x.yaml")
    assert found.code == 2, name
    assert found.json["findings"] == []
    assert [(item["path"], item["line"]) for item in found.json["errors"]] == [("x.yaml", line)]
    assert words in found.json["errors"][0]["message"]
    assert "Traceback" not in found.err
    again = cnilint("check", "-", stdin=raw)
    assert again.code == 2


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"# only a comment\n",
        b"\xef\xbb\xbf",
        b"---\n---\n",
        b"a: !!python/object/apply:os.system [ls]\n",
        b"a: &a [1]\nb: *a\n",
        b"a: {{ .Values.a }}\n",
        b"a: [\n",
    ],
)
def test_what_has_nothing_to_do_with_the_cni_is_nothing_to_check(
    cnilint: CommandLine, tmp_path: Path, raw: bytes
) -> None:
    (tmp_path / "x.yaml").write_bytes(raw)
    found = cnilint("check", "x.yaml")
    assert found.code == 0
    assert "Nothing to check" in found.out
    assert "No problems" not in found.out


def test_odd_but_valid_files_are_checked(cnilint: CommandLine, tmp_path: Path, manifest: str) -> None:
    low = manifest.replace('"5"', '"1"')
    forms = {
        "bom.yaml": b"\xef\xbb\xbf" + low.encode(),
        "utf16.yaml": b"\xff\xfe" + low.encode("utf-16-le"),
        "crlf.yaml": low.replace("\n", "\r\n").encode(),
        "tag.yaml": b"a: !!python/object/apply:os.system [ls]\n---\n" + low.encode(),
        "alias.yaml": low.replace("env:\n", "env: &e\n").encode() + b"---\na: &b [1]\nc: [*b, *b]\n",
        "tab.yaml": low.replace('"1"', '"1"\t').encode(),
        "documents.yaml": b"---\na: b\n" * 3600 + b"---\n" + low.encode(),
        "twice.yaml": low.replace("      hostNetwork: true\n", "      hostNetwork: true\n" * 2).encode(),
    }
    for name, raw in forms.items():
        (tmp_path / name).write_bytes(raw)
    found = cnilint("check", "--format", "json", "--select", "warm-ip-target-of-one", *forms).json
    assert found["errors"] == []
    assert {item["path"] for item in found["findings"]} == set(forms)
    places = {item["path"]: (item["line"], item["column"]) for item in found["findings"]}
    assert {places[name] for name in ("bom.yaml", "utf16.yaml", "crlf.yaml", "tab.yaml", "alias.yaml")} == {(19, 22)}
    assert (places["tag.yaml"], places["documents.yaml"], places["twice.yaml"]) == ((21, 22), (7220, 22), (20, 22))


def run(*args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cnilint", "check", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_what_is_no_file_is_never_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "broken.yaml").symlink_to(tmp_path / "gone.yaml")
    (tmp_path / "folder.yaml").mkdir()
    for name in ("pipe.yaml", "broken.yaml", "/dev/zero"):
        found = run(name, cwd=tmp_path)
        assert found.returncode == 2
        assert len(found.stdout.strip().splitlines()) >= 1
        assert "Traceback" not in found.stderr
    assert run("folder.yaml", cwd=tmp_path).returncode == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_an_error(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(HEAD)
    (tmp_path / "x.yaml").chmod(0)
    found = cnilint("check", "x.yaml")
    assert (found.code, "x.yaml" in found.out) == (2, True)


def test_fifty_mebibytes_are_refused_unread(cnilint: CommandLine, tmp_path: Path) -> None:
    with (tmp_path / "big.yaml").open("wb") as file:
        file.write(HEAD.encode())
        file.truncate(50 * 1024 * 1024)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = cnilint("check", "--format", "json", "big.yaml")
    assert found.code == 2
    assert "50.0 MiB" in found.json["errors"][0]["message"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024
    assert cnilint("check", "-", stdin=b" " * (33 * 1024 * 1024)).code == 2


def test_seven_mebibytes_of_manifests_are_read(cnilint: CommandLine, tmp_path: Path, manifest: str) -> None:
    count = 7 * 1024 * 1024 // 2000
    (tmp_path / "many.yaml").write_text("---\n".join([manifest.replace('"5"', '"1"')] * count))
    found = cnilint("check", "--format", "json", "--select", "warm-ip-target-of-one", "many.yaml")
    assert len(found.json["findings"]) == count
    assert found.json["errors"] == []
