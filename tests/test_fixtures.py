"""The files of tests/fixtures through the command line; tests/fixtures/README.md tells how they work."""

from __future__ import annotations

import shlex
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cnilint.rule import built_in

if TYPE_CHECKING:
    from conftest import CommandLine, Ran

FIXTURES = Path(__file__).parent / "fixtures"
RULES = cache(built_in)  # read once for all tests
RUN = "# run: cnilint check "
SUFFIXES = (".yaml", ".json", ".tf", ".toml")


@pytest.fixture(autouse=True)
def rules_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnilint.run.built_in", RULES)


def inputs(folder: str) -> list[Path]:
    """Return the files of a folder that are checked, as opposed to what is expected of them."""
    return sorted(
        path
        for path in (FIXTURES / folder).iterdir()
        if path.suffix in (".yaml", ".json", ".tf", ".tfvars", ".toml", ".txt")
    )


def options(path: Path) -> list[str]:
    """Return the options that the first line of a file gives."""
    first = path.read_bytes().split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    return shlex.split(first.removeprefix(RUN)) if first.startswith(RUN) else []


def as_run(path: Path, folder: Path) -> list[str]:
    """Return the options for a file: those of its first line, and, but for a live object, the CNI's own configuration.

    It is written into a folder: ``managed: false``.
    """
    chosen = options(path)
    if "--no-config" in chosen or path.name.startswith("live-"):
        return ["--no-config", *(option for option in chosen if option != "--no-config")]
    config = folder / ".cnilint.yaml"
    config.write_text("managed: false\n")
    return ["--config", str(config), *chosen]


def lines(ran: Ran) -> list[str]:
    """Return the findings in the format of an ``.out`` file."""
    return [f"{f['line']}:{f['column']} {f['severity']} {f['rule']} {f['message']}" for f in ran.json["findings"]]


def named(path: Path) -> str:
    return path.name


@pytest.mark.parametrize("path", inputs("ok"), ids=named)
def test_nothing_is_said_of_what_is_right(path: Path, cnilint: CommandLine, tmp_path: Path) -> None:
    ran = cnilint("check", "--format", "json", *as_run(path, tmp_path), path)
    assert not ran.json["errors"]
    assert not lines(ran), f"{path.name} should be silent; cnilint says:\n" + "\n".join(lines(ran))
    assert ran.json["summary"]["checked"] == 1, "nothing in it configures the CNI"
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("path", inputs("ok"), ids=named)
def test_where_nobody_tells_who_manages_it_only_edits_are_told_of_what_is_right(
    path: Path, cnilint: CommandLine
) -> None:
    ran = cnilint("check", "--no-config", "--format", "json", *options(path), path)
    assert {(f["category"], f["severity"]) for f in ran.json["findings"]} <= {("ownership", "info")}
    assert {f["ownership"]["verdict"] for f in ran.json["findings"]} <= {"unknown"}


@pytest.mark.parametrize("path", inputs("err"), ids=named)
def test_the_findings_are_those_that_are_written_down(path: Path, cnilint: CommandLine, tmp_path: Path) -> None:
    ran = cnilint("check", "--format", "json", *as_run(path, tmp_path), path)
    out = path.with_suffix(".out")
    expected = out.read_text("utf-8").splitlines() if out.exists() else []
    found = lines(ran)
    assert not ran.json["errors"]
    assert found == expected, f"if this is right, {out.name} should read:\n" + "\n".join(found)
    assert found, "a file without findings belongs in ok/"
    severities = {finding["severity"] for finding in ran.json["findings"]}
    assert ran.code == int(bool(severities & {"error", "warning"}))


def test_every_expectation_has_its_file() -> None:
    expected = {path.stem for path in (FIXTURES / "err").glob("*.out")}
    assert expected <= {path.stem for path in inputs("err")}
    fixed = {path.name.removesuffix(".fixed") for path in (FIXTURES / "fix").glob("*.fixed")}
    assert fixed <= {path.name for path in inputs("fix")}


@pytest.mark.parametrize("path", inputs("fix"), ids=named)
def test_a_fix_changes_what_it_must_and_no_other_byte(path: Path, cnilint: CommandLine, tmp_path: Path) -> None:
    before, copy = path.read_bytes(), tmp_path / path.name
    copy.write_bytes(before)
    chosen = ("check", "--no-config", "--quiet", *options(path))

    shown = cnilint(*chosen, "--diff", copy)
    assert copy.read_bytes() == before, "--diff only shows"

    cnilint(*chosen, "--fix", copy)
    after = copy.read_bytes()
    assert after == path.with_name(path.name + ".fixed").read_bytes(), f"--fix makes of it:\n{after!r}"
    assert bool(shown.out) == (after != before)

    assert not cnilint(*chosen, "--diff", copy).out, "a second fix has something left to do"
