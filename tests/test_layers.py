"""The layers: imports point down, and what costs time to import is imported where it is needed."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

# From the ground up; modules of one row may import each other.
LAYERS = (
    ("errors", "paths", "record"),
    ("source", "cel", "knowledge"),
    ("finding",),
    ("rule", "rulefile", "gate", "candidates", "surface"),
    ("capacity", "facts"),
    ("edit",),
    ("places", "ignores"),
    ("judge", "lint"),
    ("choices",),
    ("convert", "comparison"),
    ("upgrade",),
    ("merge",),
    ("files", "config", "report", "docs", "revision"),
    ("names", "units", "kustomization", "origins"),
    ("examples", "run", "parallel", "build"),
    ("fix", "against"),
    ("command",),
    ("cli", "capacitycli", "convertcli", "diffcli", "upgradecli"),
    ("script", "__main__", "_wheel"),
)
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
# Imported only inside the functions that need them.
LAZY = {
    "jsonschema",
    "tomllib",
    "difflib",
    "dataclasses",
    "pathlib",
    "importlib",
    "multiprocessing",
    "matplotlib",
    "tree_sitter",
    "tree_sitter_toml",
}
ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "cnilint").rglob("*.py"))


def _imports(tree: ast.AST) -> Iterator[tuple[str, bool]]:
    """Yield each imported module, and whether it is imported when the module is."""
    inside = {
        id(node) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef) for node in ast.walk(function)
    }
    typing = {id(node) for test in ast.walk(tree) if _is_typing(test) for node in ast.walk(test)}
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [f"cnilint.{item.name}" for item in node.names] if node.module == "cnilint" else [node.module]
            yield from ((name, id(node) not in inside) for name in names)
        elif isinstance(node, ast.Import):
            yield from ((item.name, id(node) not in inside) for item in node.names)


def _is_typing(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    parts = path.relative_to(ROOT / "cnilint").with_suffix("").parts
    if parts == ("__init__",):
        return
    own = LEVEL[parts[0]]
    for name, at_import in _imports(ast.parse(path.read_text(encoding="utf-8"))):
        if name.startswith("cnilint.") and not name.startswith("cnilint.__"):
            assert LEVEL[name.split(".")[1]] <= own, f"{path.name} imports {name}"
        assert not (at_import and name.split(".")[0] in LAZY), f"{path.name} imports {name} at once"
        commands = {"cli", "capacitycli", "convertcli", "diffcli", "upgradecli", "command"}
        assert name.split(".")[0] != "click" or parts[0] in commands


def test_every_module_has_a_layer() -> None:
    found = {path.relative_to(ROOT / "cnilint").with_suffix("").parts[0] for path in SOURCES}
    assert found - {"__init__"} == set(LEVEL)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 60, f"{path.name}: {node.name}"


def _modules(*args: str, cwd: Path) -> set[str]:
    """Return the modules that a run of the command line has imported when it is done."""
    code = f"import os, sys; sys.argv = {['cnilint', *args]!r}\nfrom cnilint.script import main\n"
    code += "os._exit = lambda _: print('\\n'.join(sys.modules), file=sys.stderr)\nmain()"
    found = subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True, check=True)
    return set(found.stderr.split())


def test_a_run_imports_no_more_than_it_needs(tmp_path: Path, manifest: str) -> None:
    (tmp_path / "x.yaml").write_text(manifest)
    found = _modules("check", "--no-config", "x.yaml", cwd=tmp_path)
    assert "cnilint.lint" in found
    unneeded = {*LAZY, "subprocess", "tempfile", "logging", "rich", "cnilint.fix", "cnilint.report.sarif"}
    unneeded |= {"ast", "dis", "cnilint.parallel", "cnilint.docs", "cnilint.examples", "cnilint.build"}
    assert found & unneeded <= {"importlib"}, found & unneeded


def test_help_imports_nothing_of_the_engine(tmp_path: Path) -> None:
    found = _modules("--help", cwd=tmp_path)
    assert not {name for name in found if name.startswith(("cnilint.lint", "cnilint.facts", "ruamel"))}
    assert "ast" in found  # inspect was put off, and came when it was asked for
