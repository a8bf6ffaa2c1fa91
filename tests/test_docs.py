"""The documentation is true: commands run as written, examples are valid, links lead somewhere, tables are whole.

CONTRIBUTING.md tells what the comments above blocks mean.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import pytest
from ruamel.yaml import YAML

from cnilint import config
from cnilint.cli import cli
from cnilint.docs import EFFECT_WORDS
from cnilint.examples import failures
from cnilint.knowledge.vocabulary import lists, vocabulary
from cnilint.rulefile import parsed
from cnilint.source.text import Text, decoded
from cnilint.surface import surfaces

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
BIN = os.path.dirname(sys.executable)
FORMATS = os.path.join("docs", "formats", "")
FILES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/formats/*.md")]
PAGES = {str(path.relative_to(ROOT)): path for path in sorted(FILES)}
WRITTEN = {name: path for name, path in PAGES.items() if name != os.path.join("docs", "rules.md")}
# What surfaces are called by the pages that are not called so themselves.
READ_AS = {
    "addon": {"addon", "aws-cli"},
    "crossplane": {"crossplane", "ack"},
    "helmcharts": {"kustomize"},
    "nodes": {"karpenter"},
}
CONFIG_KEYS = {"rules", "policies", "include", "exclude", "instanceTypes", "managed", "cni", "limits"}
CONFIG_KEYS |= {"overrides", "clusters"}

_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"<!-- (?P<mark>[a-z ]+?)(?:: (?P<value>.+))? -->\Z")
_NAMES = r"check|surfaces|capacity|convert|explain|rules|test|completion"
_COMMAND = re.compile(rf"(?<![\w/.-])(?:\.venv/bin/)?cnilint ((?:{_NAMES})\b[^|&)\n`]*)")


class Block(NamedTuple):
    """A fenced block of a page: its language, its text, and the comment on the line above."""

    page: str
    line: int
    language: str
    text: str
    mark: str
    value: str

    def __str__(self) -> str:
        """Name it where a test fails."""
        return f"{self.page}:{self.line}"


def blocks(page: str) -> Iterator[Block]:
    text = PAGES[page].read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        before = text[: found.start()].splitlines()
        mark = _MARK.search(before[-1].strip() if before else "")
        yield Block(
            page,
            len(before) + 1,
            found["language"],
            textwrap.dedent(found["text"]),
            mark["mark"] if mark else "",
            (mark["value"] or "") if mark else "",
        )


BLOCKS = [block for page in WRITTEN for block in blocks(page)]


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: text for name, text in os.environ.items() if name not in ("FORCE_COLOR", "CLICOLOR_FORCE")}
    environment |= {"PATH": BIN + os.pathsep + os.environ["PATH"], "PYTHONUTF8": "1"}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize("page", sorted({block.page for block in BLOCKS if block.mark == "runs"}))
def test_commands_run_as_written(page: str, tmp_path: Path) -> None:
    for name in ("rules", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    printed = None
    for block in blocks(page):
        if block.mark == "file":
            (tmp_path / block.value).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block.value).write_text(block.text, encoding="utf-8")
        elif block.mark == "runs":
            ran = shell(block.text, tmp_path)
            assert ran.returncode == int(block.value), f"{block}: exit code {ran.returncode}\n{ran.stdout}{ran.stderr}"
            printed = ran.stdout
        elif block.mark == "prints":
            assert printed == block.text, str(block)


def test_the_main_job_of_the_readme_finds_something_in_the_examples() -> None:
    (block,) = (block for block in BLOCKS if block.mark == "main")
    job = block.text.rpartition("&&")[2].replace(".venv/bin/", "")
    ran = shell(job, ROOT)
    assert (ran.returncode, ran.stderr) == (1, ""), ran.stdout
    assert " can be fixed with --fix." in ran.stdout.splitlines()[-1]


def test_the_readme_has_one_test_command() -> None:
    (block,) = (block for block in BLOCKS if block.mark == "test")
    assert block.text.splitlines()[-1].strip().startswith(".venv/bin/pytest")


@pytest.mark.parametrize("block", [block for block in BLOCKS if block.language == "sh"], ids=str)
def test_it_is_said_of_a_command_whether_it_runs(block: Block) -> None:
    if _COMMAND.search(block.text):
        assert block.mark in ("runs", "not run", "main", "test")
    if block.mark == "not run":
        assert block.value
    for script in re.findall(r"\bscripts/\w+\.py", block.text):
        assert (ROOT / script).is_file()


@pytest.mark.parametrize("page", WRITTEN)
def test_every_command_and_option_exists(page: str) -> None:
    for found in _COMMAND.findall(PAGES[page].read_text(encoding="utf-8")):
        name, *arguments = shlex.split(found, comments=True)
        try:
            cli.commands[name].make_context(name, arguments)
        except click.MissingParameter:
            assert not arguments


EXAMPLES = [block for block in BLOCKS if block.page.startswith(FORMATS) and block.language not in ("sh", "text")]
SNIPPETS = [block for block in BLOCKS if block.language in ("yaml", "toml") and block not in EXAMPLES]


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_the_example_of_a_format_is_read_as_that_format(block: Block) -> None:
    name = "example" + {"hcl": ".tf"}.get(block.language, f".{block.language}")
    found = surfaces(Text(block.text, name))
    assert found, "nothing in it configures the CNI"
    assert {item.format for item in found} <= READ_AS.get(Path(block.page).stem, {Path(block.page).stem})


def test_every_kind_and_format_of_a_surface_is_described() -> None:
    folder = ROOT / "tests" / "fixtures" / "surfaces"
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".out"]
    found = [item for path in files for item in surfaces(decoded(path.read_bytes(), path.name))]
    described = [set(re.findall(r"`([a-z-]+)`", row[0])) for row in _rows("surfaces", "docs/output.md")]
    kinds, formats = {item.kind for item in found}, {item.format for item in found}
    assert set().union(*described) - {"version"} == kinds | formats


def test_every_format_has_a_page_in_the_table() -> None:
    linked = set(re.findall(r"\]\((\w+\.md)\)", PAGES[f"{FORMATS}index.md"].read_text(encoding="utf-8")))
    assert linked == {os.path.basename(page) for page in PAGES if page.startswith(FORMATS)} - {"index.md"}


@pytest.mark.parametrize("block", SNIPPETS, ids=str)
def test_examples_are_what_they_look_like(block: Block, tmp_path: Path) -> None:
    data = YAML(typ="safe").load(block.text) if block.language == "yaml" else {}
    keys = set(data) if isinstance(data, dict) else set()
    for name in re.findall(r"^policies: \[(\w+)\]|^  - (policies)$", block.text, re.MULTILINE):
        (tmp_path / "".join(name)).mkdir()
    if block.language == "toml":
        path = tmp_path / "pyproject.toml"
        path.write_text(block.text, encoding="utf-8")
        assert config.read(str(path)).settings.instance_types
    elif keys & CONFIG_KEYS and "script" not in data.get("policies", ()):
        path = tmp_path / ".cnilint.yaml"
        path.write_text(block.text, encoding="utf-8")
        config.read(str(path))
    elif "severity" in keys:
        rule = parsed(Text(block.text, block.value or "<string>"))
        assert [failure.message for failure in failures(rule)] == []
    elif "repos" in keys:
        (tmp_path / "hooks.yaml").write_text(block.text, encoding="utf-8")
        ran = shell("pre-commit validate-config hooks.yaml", tmp_path)
        assert (ran.returncode, ran.stderr) == (0, "")
        known = {hook["id"] for hook in YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")}
        assert {hook["id"] for repo in data["repos"] for hook in repo["hooks"]} <= known


@cache
def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#{1,6} (.+)$", _FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
    seen = Counter[str]()
    found = set()
    for slug in slugs:
        found.add(f"{slug}-{seen[slug]}" if seen[slug] else slug)
        seen[slug] += 1
    return found


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = re.sub(r"`[^`\n]*`", "", _FENCE.sub("", PAGES[page].read_text(encoding="utf-8")))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (PAGES[page].parent / name).resolve() if name else PAGES[page].resolve()
        assert target.exists(), f"{page}: {link}"
        assert not anchor or anchor in _anchors(target), f"{page}: {link}"


def test_the_index_links_every_page() -> None:
    text = PAGES["docs/index.md"].read_text(encoding="utf-8")
    linked = {os.path.normpath(os.path.join("docs", link)) for link in re.findall(r"\]\(([^)#]+)\)", text)}
    own = {page for page in PAGES if not page.startswith(FORMATS)} | {f"{FORMATS}index.md"}
    assert own - {"docs/index.md", "SECURITY.md"} <= linked


def test_the_page_of_the_rules_is_current() -> None:
    ran = shell("python scripts/write_rules_page.py --check", ROOT)
    assert (ran.returncode, ran.stderr) == (0, "")


def _rows(heading: str, page: str = "docs/rule-files.md") -> list[list[str]]:
    """Return the cells of the tables of a section, those that begin with code."""
    section = PAGES[page].read_text(encoding="utf-8").split(f" {heading}\n", 1)[1]
    lines = re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines if line.startswith("| `")]


def _typed(kind: Any) -> str:  # noqa: ANN401  # a word or a pair
    if isinstance(kind, str):
        return {"dyn": "any"}.get(kind, kind)
    return kind[0] if kind[1] == "dyn" else f"{kind[0]} of {_typed(kind[1])}"


def _facts(tree: dict[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield each fact with what the page says of its type, each list with what it says of its fields."""
    for name, kind in tree.items():
        route = f"{above}{name}"
        if name in ("set", "text", "chosen", "env", "stock") and kind[0] == "object":
            yield f"`{route}.X`", "as read" if name in ("env", "stock") else "string"
        elif kind[0] == "object":
            yield from _facts(kind[1], f"{route}.")
        elif kind[0] == "list" and kind[1][0] == "object":
            fields = ((field, _typed(of)) for field, of in kind[1][1].items() if field != "at")
            yield f"`{route}`", " ".join(f"`{field}`" + f" ({of})" * (of != "string") for field, of in fields)
        else:
            yield f"`{route}`", _typed(kind)


def test_every_fact_is_described_with_its_type() -> None:
    assert {row[0]: row[1] for row in _rows("Facts")} == dict(_facts(vocabulary()))
    assert {f"`{name}`" for name in lists()} < {row[0] for row in _rows("Facts")}


def test_every_effect_is_described() -> None:
    assert {row[0].strip("`"): row[1].rstrip(" |") for row in _rows("Effects")} == EFFECT_WORDS


def test_no_tracked_file_names_a_place_on_somebodys_machine() -> None:
    listed = shell("git ls-files -z", ROOT)
    if listed.returncode:
        pytest.skip("not a checkout of git, so no file is tracked")
    here = rf"{re.escape(str(ROOT))}\b|" if len(ROOT.parts) > 2 else ""  # /app is a folder of images as well
    local = re.compile(rf"{here}/(?:home|Users)/[\w.-]+/|[A-Z]:\\Users\\")
    files = [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]
    texts = {path: path.read_text(encoding="utf-8", errors="replace") for path in files if path != Path(__file__)}
    found = [f"{path.relative_to(ROOT)}: {match[0]}" for path, text in texts.items() if (match := local.search(text))]
    assert found == []
