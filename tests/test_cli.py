"""The command line as its users meet it: options, formats, exit codes, fixes, standard input."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cnilint import __version__
from cnilint.errors import SourceError
from cnilint.judge import Judge

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine


@pytest.fixture
def low(manifest: str, tmp_path: Path) -> Path:
    """Return a file with one error: WARM_IP_TARGET of 1."""
    path = tmp_path / "low.yaml"
    path.write_text(manifest.replace('"5"', '"1"'))
    return path


@pytest.fixture
def good(manifest: str, tmp_path: Path) -> Path:
    """Return a file without findings of warning or worse."""
    path = tmp_path / "good.yaml"
    path.write_text(manifest)
    return path


def test_findings_make_exit_code_1_and_none_0(cnilint: CommandLine, low: Path, good: Path) -> None:
    found = cnilint("check", "--select", "warm-pool", low)
    assert found.code == 1
    assert "low.yaml:19:22: error: WARM_IP_TARGET=1" in found.out
    assert "[warm-ip-target-of-one]" in found.out
    clean = cnilint("check", "--select", "warm-pool", good)
    assert (clean.code, clean.out, clean.err) == (0, "No problems found in 1 file.\n", "")


def test_without_a_path_this_folder_is_checked(cnilint: CommandLine, low: Path) -> None:
    assert low.name in cnilint("check", "--select", "warm-pool").out


def test_nothing_to_check_is_said_and_no_error(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("kind: Service\n")
    found = cnilint("check", ".")
    assert found.code == 0
    assert "Nothing to check" in found.out


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)])
def test_fail_on_decides_what_fails(cnilint: CommandLine, low: Path, fail_on: str, code: int) -> None:
    (low.parent / ".cnilint.yaml").write_text("rules: {warm-ip-target-of-one: warning}\n")
    assert cnilint("check", "--select", "warm-ip-target-of-one", "--fail-on", fail_on, low).code == code


@pytest.mark.parametrize(
    ("options", "rules"),
    [
        (["--select", "warm-ip-target-of-one"], {"warm-ip-target-of-one"}),
        (["--select", "warm-pool"], {"warm-ip-target-of-one"}),
        (["--select", "warm-pool,snat"], {"warm-ip-target-of-one"}),
        (["--select", "warm-pool", "--ignore", "warm-ip-target-of-one"], set()),
        (["--select", "snat"], set()),
    ],
)
def test_rules_and_categories_are_selected_and_ignored(
    cnilint: CommandLine, low: Path, options: list[str], rules: set[str]
) -> None:
    found = cnilint("check", "--format", "json", *options, low).json
    assert {item["rule"] for item in found["findings"]} == rules


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["check", "--select", "warm-ip-traget-of-one"], "did you mean warm-ip-target-of-one"),
        (["check", "--ignore", "zzz"], "`cnilint rules` lists them"),
        (["check", "--instance-type", "m5.lagre"], "did you mean m5.large"),
        (["check", "--cni-version", "latest"], "no release such as v1.18.1"),
        (["check", "--max-pods", "0"], "--max-pods"),
        (["check", "--format", "xml"], "--format"),
        (["check", "--config", "missing.yaml"], "missing.yaml"),
        (["check", "--nope"], "--nope"),
        (["explain", "nope"], "no rule is called 'nope'"),
        (["test", "nowhere"], "no such folder of rules"),
        (["nope"], "nope"),
    ],
)
def test_wrong_use_is_one_clear_error_and_exit_code_2(cnilint: CommandLine, args: list[str], words: str) -> None:
    found = cnilint(*args)
    assert (found.code, found.out) == (2, "")
    assert words in found.err
    assert "Traceback" not in found.err


def test_what_cannot_be_read_wins_over_findings_and_the_rest_is_checked(cnilint: CommandLine, low: Path) -> None:
    broken = low.parent / "broken.yaml"
    broken.write_text("kind: DaemonSet # aws-node\na: [\n")
    found = cnilint("check", "--format", "json", "--select", "warm-pool", broken, low, "missing.yaml")
    assert found.code == 2
    assert [item["rule"] for item in found.json["findings"]] == ["warm-ip-target-of-one"]
    assert [(item["path"], item["line"]) for item in found.json["errors"]] == [(str(broken), 3), ("missing.yaml", None)]
    assert found.json["summary"] == {"files": 3, "checked": 1, "error": 1, "warning": 0, "info": 0}


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_every_format_has_the_same_exit_codes(cnilint: CommandLine, low: Path, good: Path, form: str) -> None:
    assert cnilint("check", "--format", form, "--select", "warm-pool", low).code == 1
    assert cnilint("check", "--format", form, "--select", "warm-pool", good).code == 0
    assert cnilint("check", "--format", form, "missing.yaml").code == 2


def test_the_json_has_what_is_documented_and_nothing_else(cnilint: CommandLine, low: Path) -> None:
    found = cnilint("check", "--format", "json", "--select", "warm-pool", low).json
    assert list(found) == ["version", "findings", "errors", "summary"]
    finding = found["findings"][0]
    assert list(finding) == [
        "rule", "category", "severity", "effect", "message", "path",
        "line", "column", "endLine", "endColumn", "fix", "url",
    ]  # fmt: skip
    assert (finding["line"], finding["column"], finding["endLine"], finding["endColumn"]) == (19, 22, 19, 25)
    assert (finding["severity"], finding["effect"], finding["category"]) == ("error", "api-calls", "warm-pool")


def test_output_goes_to_a_file_whole(cnilint: CommandLine, low: Path, tmp_path: Path) -> None:
    found = cnilint("check", "--format", "json", "--output", "report.json", "--select", "warm-pool", low)
    assert (found.code, found.out) == (1, "")
    assert json.loads((tmp_path / "report.json").read_text())["version"] == 1
    assert cnilint("check", "--output", "no/such/folder/x", low).code == 2


def test_standard_input_is_read_only_when_asked_for(cnilint: CommandLine, low: Path) -> None:
    raw = low.read_bytes()
    found = cnilint("check", "-", "--stdin-filename", "a/b.yaml", "--select", "warm-pool", stdin=raw)
    assert (found.code, found.out.startswith("a/b.yaml:19:22: error:")) == (1, True)
    assert cnilint("check", "-", "--select", "warm-pool", stdin=raw).out.startswith("<stdin>:19:22")
    low.unlink()
    assert "Nothing to check" in cnilint("check", stdin=raw).out
    assert cnilint("check", "-", stdin=b"# aws-node\na: [\n").code == 2


def test_colour_is_for_terminals_and_for_those_who_ask(
    cnilint: CommandLine, low: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "\x1b[" not in cnilint("check", low).out
    assert "\x1b[" in cnilint("check", "--color", "always", low).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in cnilint("check", low).out
    assert "\x1b[" not in cnilint("check", "--color", "never", low).out


def test_quiet_prints_a_line_a_finding_and_nothing_when_clean(cnilint: CommandLine, low: Path, good: Path) -> None:
    assert cnilint("check", "-q", "--select", "warm-pool", good).out == ""
    assert len(cnilint("check", "-q", "--select", "warm-pool", low).out.splitlines()) == 1


ENTRY = b'            - name: WARM_ENI_TARGET\r\n              value: "2"\r\n'


@pytest.fixture
def fixable(manifest: str, tmp_path: Path) -> Path:
    """Return a file, with CRLF and a BOM, that has one thing to fix."""
    path = tmp_path / "fixable.yaml"
    entry = '            - name: WARM_ENI_TARGET\n              value: "2"\n'
    content = manifest.replace("            - name: WARM_IP", entry + "            - name: WARM_IP")
    path.write_bytes(b"\xef\xbb\xbf" + (content + "# end").replace("\n", "\r\n").encode())
    return path


def test_fix_changes_what_it_must_and_not_a_byte_more(cnilint: CommandLine, fixable: Path) -> None:
    before = fixable.read_bytes()
    fixable.chmod(0o640)
    found = cnilint("check", "--fix", "--select", "warm-pool", fixable)
    assert fixable.read_bytes() == before.replace(ENTRY, b"")
    assert (found.code, "1 finding fixed in 1 file" in found.err) == (0, True)
    assert stat.S_IMODE(fixable.stat().st_mode) == 0o640
    assert [path.name for path in fixable.parent.iterdir()] == [fixable.name]
    again = cnilint("check", "--fix", "--select", "warm-pool", fixable)
    assert (again.code, again.err) == (0, "")


def test_diff_shows_and_leaves(cnilint: CommandLine, fixable: Path) -> None:
    before = fixable.read_bytes()
    found = cnilint("check", "--diff", "--select", "warm-pool", fixable.name)
    assert found.code == 1
    assert found.out.startswith("--- a/fixable.yaml\n+++ b/fixable.yaml\n@@")
    assert [line.strip() for line in found.out.splitlines() if line.startswith("-  ")] == [
        "-            - name: WARM_ENI_TARGET",
        '-              value: "2"',
    ]
    assert fixable.read_bytes() == before


def test_standard_input_comes_out_fixed(fixable: Path) -> None:
    before = fixable.read_bytes()
    found = subprocess.run(
        [sys.executable, "-m", "cnilint", "check", "--fix", "--select", "warm-pool", "-"],
        input=before,
        capture_output=True,
        check=False,
    )
    assert found.returncode == 0
    assert b"WARM_ENI_TARGET" not in found.stdout
    assert found.stdout == before.replace(ENTRY, b"")


def test_a_link_is_followed_not_replaced(cnilint: CommandLine, fixable: Path) -> None:
    link = fixable.parent / "link.yaml"
    link.symlink_to(fixable)
    assert cnilint("check", "--fix", "--select", "warm-pool", link).code == 0
    assert link.is_symlink()
    assert b"WARM_ENI_TARGET" not in fixable.read_bytes()


def test_a_fix_that_would_break_the_file_is_not_written(
    cnilint: CommandLine, fixable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fixable.read_bytes()
    monkeypatch.setattr("cnilint.fix.fixed", lambda *_: "kind: DaemonSet # aws-node\na: [\n")
    found = cnilint("check", "--fix", "--select", "warm-pool", fixable)
    assert (found.code, "not fixed: left as it is" in found.out) == (2, True)
    assert fixable.read_bytes() == before


def test_a_write_that_fails_leaves_the_file(
    cnilint: CommandLine, fixable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fixable.read_bytes()

    def refused(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", refused)
    found = cnilint("check", "--fix", "--select", "warm-pool", fixable)
    assert (found.code, "No space left" in found.err) == (2, True)
    assert fixable.read_bytes() == before
    assert [path.name for path in fixable.parent.iterdir()] == [fixable.name]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="one process here")
def test_many_files_are_checked_in_several_processes_with_the_same_result(
    cnilint: CommandLine, low: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(240):
        (low.parent / f"{number:03}.yaml").write_bytes(low.read_bytes() if number % 3 else b"a: b\n")
    forks: list[None] = []
    fork = os.fork

    def counted() -> int:
        forks.append(None)
        return fork()

    monkeypatch.setattr(os, "fork", counted)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    several = cnilint("check", "--format", "json", "--select", "warm-pool", ".")
    assert len(forks) == 1
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    one = cnilint("check", "--format", "json", "--select", "warm-pool", ".")
    assert len(forks) == 1
    assert (several.code, several.json) == (one.code, one.json)
    assert several.json["summary"]["checked"] == 161


@pytest.mark.skipif(not hasattr(os, "fork"), reason="one process here")
def test_many_files_of_which_few_matter_are_checked_in_one_process(
    cnilint: CommandLine, low: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(240):
        (low.parent / f"{number:03}.yaml").write_bytes(low.read_bytes() if number % 4 == 3 else b"a: b\n")
    monkeypatch.setattr(os, "fork", lambda: pytest.fail("a second process for so little"))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert cnilint("check", "--format", "json", "--select", "warm-pool", ".").json["summary"]["checked"] == 61


def test_a_crash_in_one_file_is_an_error_and_the_others_are_checked(
    cnilint: CommandLine, low: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Judge, "findings", lambda *_: 1 / 0)
    found = cnilint("check", low)
    assert found.code == 2
    assert "cnilint failed while it judged this (ZeroDivisionError" in found.out


def test_rules_are_listed_and_explained(cnilint: CommandLine) -> None:
    listed = cnilint("rules")
    assert "warm-ip-target-of-one" in listed.out
    rows = cnilint("rules", "--format", "json").json["rules"]
    assert {row["severity"] for row in rows} <= {"error", "warning", "info"}
    page = cnilint("explain", "warm-ip-target-of-one")
    assert page.code == 0
    assert "## Why" in page.out
    assert "## Fix" in page.out
    assert 'env: {WARM_IP_TARGET: "1"}' in page.out


def test_an_organisations_policy_counts_like_a_rule(cnilint: CommandLine, low: Path, tmp_path: Path) -> None:
    folder = tmp_path / "policies" / "acme"
    folder.mkdir(parents=True)
    policy = """\
id: acme-snat
severity: error
effect: traffic
since: "1"
summary: Our clusters leave SNAT to the gateway
why: It is our rule.
fix: Set AWS_VPC_K8S_CNI_EXTERNALSNAT to true.
references: [https://example.org/snat]
at: set.AWS_VPC_K8S_CNI_EXTERNALSNAT
when: "!env.AWS_VPC_K8S_CNI_EXTERNALSNAT"
message: SNAT is the gateway's work here, and AWS_VPC_K8S_CNI_EXTERNALSNAT is off
good:
  - |
    env: {AWS_VPC_K8S_CNI_EXTERNALSNAT: "true"}
bad:
  - config: |
      env: {AWS_VPC_K8S_CNI_EXTERNALSNAT: "false"}
    finds: ["1:37 SNAT is the gateway's work here, and AWS_VPC_K8S_CNI_EXTERNALSNAT is off"]
"""
    (folder / "acme-snat.yaml").write_text(policy)
    (tmp_path / ".cnilint.yaml").write_text("policies: [policies]\n")
    found = cnilint("check", "--select", "acme", "--format", "json", low).json["findings"]
    assert [(item["rule"], item["line"]) for item in found] == [("acme-snat", 15)]
    assert cnilint("explain", "acme-snat").code == 0
    tested = cnilint("test", "policies")
    assert (tested.code, tested.out) == (0, "1 rule, 2 examples, 0 failed\n")
    (folder / "acme-snat.yaml").write_text(policy.replace("1:37", "1:38"))
    assert cnilint("test", "policies").code == 1
    (folder / "acme-snat.yaml").write_text(policy.replace("!env.AWS_VPC_K8S_CNI_EXTERNALSNAT", "!env.EXTERNALSNAT"))
    wrong = cnilint("check", low)
    assert wrong.code == 2
    assert "acme-snat.yaml:10:13: in when: " in wrong.err
    assert "AWS_VPC_K8S_CNI_EXTERNALSNAT" in wrong.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_printed(cnilint: CommandLine, shell: str) -> None:
    found = cnilint("completion", shell)
    assert (found.code, "_CNILINT_COMPLETE" in found.out) == (0, True)


def test_the_version_is_told_and_the_module_runs() -> None:
    found = subprocess.run([sys.executable, "-m", "cnilint", "--version"], capture_output=True, text=True, check=True)
    assert found.stdout == f"cnilint {__version__}\n"


def test_a_closed_pipe_is_no_traceback() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "cnilint", "rules"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    process.stdout.close()
    _, err = process.communicate()
    assert b"Traceback" not in err


def test_source_errors_name_their_place() -> None:
    assert str(SourceError("bad", "a.yaml", 3, 4)) == "a.yaml:3:4: bad"
