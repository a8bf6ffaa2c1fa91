from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cnilint.edit import Edit
from cnilint.errors import CnilintError, ConfigError, RuleError, SourceError
from cnilint.finding import Finding, Location, Report
from cnilint.report import FORMATS, Style

FINDING = Finding(
    "warm-ip-target-of-one",
    "warm-pool",
    "error",
    "api-calls",
    "WARM_IP_TARGET=1 makes ipamd call the EC2 API for almost every pod",
    Location("deploy/aws-k8s-cni.yaml", 214, 22, 214, 25, '              value: "1"'),
    "Set WARM_IP_TARGET to 2 or more,\n  or set MINIMUM_IP_TARGET as well.",
    "https://example.com",
)
FIXABLE = Finding(
    "warm-eni-target-ignored",
    "warm-pool",
    "warning",
    "no-effect",
    "WARM_ENI_TARGET=2 is ignored because WARM_IP_TARGET=1",
    Location("deploy/aws-k8s-cni.yaml", 9, 11, 10, 23, "        - name: WARM_ENI_TARGET"),
    "Remove it.",
    "https://example.com",
    (Edit(180, 240, ""),),
    (
        (
            "WARM_IP_TARGET is set here",
            Location("deploy/aws-k8s-cni.yaml", 214, 22, 214, 25, '              value: "1"'),
        ),
    ),
)
UNREAD = SourceError("found a tab where an indentation space is expected", "bad.yaml", 3, 1)


def text(report: Report, style: Style = Style()) -> str:  # noqa: B008 - immutable
    return FORMATS["text"](report, style)


def shown(place: Location, width: int = 120) -> tuple[str, str]:
    """Return the row with the line and the row with its underline, without the frame."""
    rows = text(Report((FINDING._replace(location=place),), (), 1, 1), Style(width=width)).splitlines()
    frame = len(str(place.line)) + 3
    assert rows[2][:frame] == f"{place.line} | "
    return rows[2][frame:], rows[3][frame:]


def test_whole_report() -> None:
    report = Report((FIXABLE, FINDING), (UNREAD, CnilintError("no such folder", "rules")), 5, 1)
    assert text(report) == (
        "deploy/aws-k8s-cni.yaml:9:11: warning: "
        "WARM_ENI_TARGET=2 is ignored because WARM_IP_TARGET=1 [warm-eni-target-ignored]\n"
        "  |\n"
        "9 |         - name: WARM_ENI_TARGET\n"
        "  |           ^^^^^^^^^^^^^^^^^^^^^\n"
        "  = effect: no-effect\n"
        "  = fix: Remove it. (--fix mends this)\n"
        "  = note: deploy/aws-k8s-cni.yaml:214:22: WARM_IP_TARGET is set here\n"
        "\n"
        "deploy/aws-k8s-cni.yaml:214:22: error: "
        "WARM_IP_TARGET=1 makes ipamd call the EC2 API for almost every pod [warm-ip-target-of-one]\n"
        "    |\n"
        '214 |               value: "1"\n'
        "    |                      ^^^\n"
        "    = effect: api-calls\n"
        "    = fix: Set WARM_IP_TARGET to 2 or more, or set MINIMUM_IP_TARGET as well.\n"
        "\n"
        "bad.yaml:3:1: error: cannot check: found a tab where an indentation space is expected\n"
        "rules: error: failure: no such folder\n"
        "\n"
        "1 error, 1 warning in 1 file (5 files looked at, 1 configures the VPC CNI); 1 file could not be checked; "
        "1 failure; 1 can be fixed with --fix.\n"
    )


def test_color() -> None:
    assert text(Report((FINDING,), (UNREAD,), 2, 1), Style(color=True)) == (
        "\x1b[1mdeploy/aws-k8s-cni.yaml:214:22\x1b[0m: \x1b[1;31merror\x1b[0m: "
        "WARM_IP_TARGET=1 makes ipamd call the EC2 API for almost every pod [warm-ip-target-of-one]\n"
        "\x1b[34m    |\x1b[0m\n"
        '\x1b[34m214 |\x1b[0m               value: "1"\n'
        "\x1b[34m    |\x1b[0m                      \x1b[1;31m^^^\x1b[0m\n"
        "\x1b[34m    =\x1b[0m effect: api-calls\n"
        "\x1b[34m    =\x1b[0m fix: Set WARM_IP_TARGET to 2 or more, or set MINIMUM_IP_TARGET as well.\n"
        "\n"
        "\x1b[1mbad.yaml:3:1\x1b[0m: \x1b[1;31merror\x1b[0m: "
        "cannot check: found a tab where an indentation space is expected\n"
        "\n"
        "1 error in 1 file (2 files looked at, 1 configures the VPC CNI); 1 file could not be checked.\n"
    )


def test_quiet() -> None:
    assert text(Report((FIXABLE, FINDING), (UNREAD,), 2, 1), Style(quiet=True)) == (
        "deploy/aws-k8s-cni.yaml:9:11: warning: "
        "WARM_ENI_TARGET=2 is ignored because WARM_IP_TARGET=1 [warm-eni-target-ignored]\n"
        "deploy/aws-k8s-cni.yaml:214:22: error: "
        "WARM_IP_TARGET=1 makes ipamd call the EC2 API for almost every pod [warm-ip-target-of-one]\n"
        "bad.yaml:3:1: error: cannot check: found a tab where an indentation space is expected\n"
    )


@pytest.mark.parametrize("checked", [0, 3])
def test_quiet_says_nothing_when_nothing_was_found(checked: int) -> None:
    assert text(Report((), (), 3, checked), Style(quiet=True)) == ""


@pytest.mark.parametrize(
    ("files", "checked", "line"),
    [
        (3, 3, "No problems found in 3 files."),
        (1, 1, "No problems found in 1 file."),
        (3, 1, "No problems found in 1 file (3 files looked at, 1 configures the VPC CNI)."),
        (3, 2, "No problems found in 2 files (3 files looked at, 2 configure the VPC CNI)."),
        (5, 0, "Nothing to check: none of the 5 files configures the VPC CNI."),
        (1, 0, "Nothing to check: the one file does not configure the VPC CNI."),
        (0, 0, "Nothing to check: no files."),
    ],
)
def test_last_line_without_findings(files: int, checked: int, line: str) -> None:
    assert text(Report((), (), files, checked)) == f"{line}\n"


@pytest.mark.parametrize(
    ("errors", "files", "checked", "line"),
    [
        (1, 1, 0, "1 file could not be checked."),
        (2, 2, 0, "2 files could not be checked."),
        (1, 2, 0, "Nothing to check: the other file does not configure the VPC CNI; 1 file could not be checked."),
        (2, 5, 0, "Nothing to check: none of the other 3 files configures the VPC CNI; 2 files could not be checked."),
        (
            1,
            2,
            1,
            "No problems found in 1 file (2 files looked at, 1 configures the VPC CNI); 1 file could not be checked.",
        ),
        # errors were found in the same file that was checked in part
        (1, 1, 1, "No problems found in 1 file; 1 file could not be checked."),
    ],
)
def test_last_line_is_never_clean_of_what_was_not_read(errors: int, files: int, checked: int, line: str) -> None:
    faults = tuple(SourceError("no", f"{number}.yaml") for number in range(errors))
    assert text(Report((), faults, files, checked)).splitlines()[-1] == line


def test_last_line_counts_files_not_errors_and_names_other_faults() -> None:
    again = SourceError("also", "bad.yaml", 8, 1)
    faults = (UNREAD, again, RuleError("a"), ConfigError("b"), RuleError("c"))
    assert text(Report((), faults, 2, 1)) == (
        "bad.yaml:3:1: error: cannot check: found a tab where an indentation space is expected\n"
        "bad.yaml:8:1: error: cannot check: also\n"
        "error: broken rule: a\n"
        "error: wrong configuration: b\n"
        "error: broken rule: c\n"
        "\n"
        "No problems found in 1 file (2 files looked at, 1 configures the VPC CNI); 1 file could not be checked; "
        "2 broken rules; 1 wrong configuration.\n"
    )


def test_last_line_counts_severities_and_files() -> None:
    info = FINDING._replace(severity="info")
    elsewhere = FINDING._replace(location=FINDING.location._replace(path="b.yaml"))
    findings = (FINDING, info, info, elsewhere)
    assert text(Report(findings, (), 2, 2)).splitlines()[-1] == "2 errors, 2 info in 2 files."
    assert text(Report(findings, (), 4, 2)).splitlines()[-1] == (
        "2 errors, 2 info in 2 files (4 files looked at, 2 configure the VPC CNI)."
    )


def test_finding_without_fix_or_line() -> None:
    bare = FINDING._replace(fix="", location=Location("empty.yaml", 1, 1, 1, 1, ""))
    assert text(Report((bare,), (), 1, 1)) == (
        "empty.yaml:1:1: error: "
        "WARM_IP_TARGET=1 makes ipamd call the EC2 API for almost every pod [warm-ip-target-of-one]\n"
        "  = effect: api-calls\n"
        "\n"
        "1 error in 1 file.\n"
    )


@pytest.mark.parametrize(
    ("line", "span", "rows"),
    [
        ('\tvalue:\t"1"', (9, 12), ('    value:    "1"', "              ^^^")),
        ("値: 値段 # x", (4, 6), ("値: 値段 # x", "    ^^^^")),
        ("cafe\u0301: 1", (8, 9), ("cafe\u0301: 1", "      ^")),
        ("a: \x1b[31m", (4, 9), ("a: \\x1b[31m", "   ^^^^^^^^")),
        ("a:\xa0b", (3, 4), ("a:\\xa0b", "  ^^^^")),
        ("name: x", (7, 7), ("name: x", "      ^")),
        ("name:", (6, 6), ("name:", "     ^")),
        ("name:", (70, 90), ("name:", "     ^")),
        ("e\u0301", (2, 3), ("e\u0301", " ^")),
    ],
    ids=["tabs", "wide", "combining", "escape", "space", "empty", "end", "beyond", "mark"],
)
def test_underline(line: str, span: tuple[int, int], rows: tuple[str, str]) -> None:
    assert shown(Location("a.yaml", 1, span[0], 1, span[1], line)) == rows


def test_span_over_several_lines_is_underlined_to_the_end_of_the_first() -> None:
    assert shown(Location("a.yaml", 7, 3, 9, 2, "- name: x")) == ("- name: x", "  ^^^^^^^")


@pytest.mark.parametrize(
    ("column", "end", "rows"),
    [
        (1, 4, ("abcdefghijklmnopqrstuvwxyzabcdefghijklmn...", "^^^")),
        (200, 203, ("...zabcdefghijklmnopqrstuvwxyzabcdefghijklm...", "                     ^^^")),
        (258, 261, ("...mnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz", "                                        ^^^")),
        (100, 200, ("...vwxyzabcdefghijklmnopqrstuvwxyzabcdefghi...", "   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^")),
    ],
    ids=["start", "middle", "end", "span longer than the line"],
)
def test_a_long_line_is_cut_around_the_span(column: int, end: int, rows: tuple[str, str]) -> None:
    alphabet = "".join(map(chr, range(ord("a"), ord("z") + 1)))
    assert shown(Location("a.json", 1, column, 1, end, alphabet * 10), width=50) == rows


def test_megabytes_on_one_line_cost_nothing() -> None:
    class Line(str):
        """A line that tells when all of it is looked at."""

        __slots__ = ()

        def __iter__(self) -> None:  # type: ignore[override]
            raise AssertionError

    line = Line('{"a": "b"}' * 1_000_000)
    row, carets = shown(Location("a.json", 1, 5_000_002, 1, 5_000_005, line))
    assert row.startswith("...")
    assert row.endswith("...")
    assert row[carets.index("^") : len(carets)] == '"a"'


def cells(text: str) -> int:
    marks = sum(unicodedata.category(c) in {"Mn", "Me"} for c in text)
    wide = sum(
        unicodedata.east_asian_width(c) in {"W", "F"} and unicodedata.category(c) not in {"Mn", "Me"} for c in text
    )
    return len(text) - marks + wide


def unmarked(text: str) -> str:
    return "".join(c for c in text if unicodedata.category(c) not in {"Mn", "Me"})


def drawn(line: str) -> str:
    """Return a line as a terminal gets it, character for character."""
    return "".join("    " if c == "\t" else c if c.isprintable() else ascii(c)[1:-1] for c in line)


LINES = st.text(st.sampled_from("ab:\t\x1b\u0301値段é\u202e ") | st.characters(exclude_characters="\r\n"), min_size=1)


@given(LINES.filter(str.strip), st.integers(0, 99), st.integers(0, 99), st.integers(0, 220))
@example("値" * 99, 60, 3, 60)
@example("\u0301" * 99, 60, 3, 60)
@example("\U000e0001" * 99, 60, 3, 0)
def test_the_underline_is_under_the_span(line: str, start: int, length: int, width: int) -> None:
    start = min(start, len(line))
    end = min(start + length, len(line))
    row, carets = shown(Location("a.yaml", 1, start + 1, 1, end + 1, line), width)
    before, under = len(carets) - len(carets.lstrip()), carets.count("^")
    span = unmarked(drawn(line[start:end]))
    places = [(cells(row[:index]), c) for index, c in enumerate(row)]
    below = unmarked("".join(c for at, c in places if before <= at < before + under))
    if row == drawn(line):
        assert before == cells(drawn(line[:start]))
        assert below == span or not span
        assert under == max(cells(span), 1)
    else:
        assert "..." in {row[:3], row[-3:]}
        assert cells(row) <= max(width - len("1 | "), 40)
        assert not span or span.startswith(below)
        assert not span or below
