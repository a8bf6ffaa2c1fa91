from __future__ import annotations

import ntpath
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.report.uri import artifact


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("a/b.yaml", {"uri": "a/b.yaml", "uriBaseId": "%SRCROOT%"}),
        ("./a//./b.yaml", {"uri": "a/b.yaml", "uriBaseId": "%SRCROOT%"}),
        ("../b.yaml", {"uri": "../b.yaml", "uriBaseId": "%SRCROOT%"}),
        ("c:d %#?[é].yaml", {"uri": "c%3Ad%20%25%23%3F%5B%C3%A9%5D.yaml", "uriBaseId": "%SRCROOT%"}),
        ("<stdin>", {"uri": "%3Cstdin%3E", "uriBaseId": "%SRCROOT%"}),
        ("\udcff.yaml", {"uri": "%FF.yaml", "uriBaseId": "%SRCROOT%"}),
        ("\ud800.yaml", {"uri": "%ED%A0%80.yaml", "uriBaseId": "%SRCROOT%"}),
        ("/srv/my repo/b.yaml", {"uri": "file:///srv/my%20repo/b.yaml"}),
        ("//srv/b.yaml", {"uri": "file:///srv/b.yaml"}),
    ],
)
def test_paths(path: str, location: dict[str, str]) -> None:
    assert artifact(path) == location


@given(st.text(min_size=1).filter(lambda path: path.isprintable() and "." not in path and "/" not in path))
def test_a_uri_is_the_path(path: str) -> None:
    assert unquote(artifact(f"a/{path}")["uri"]) == f"a/{path}"


def test_paths_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cnilint.report.uri.os.sep", "\\")
    monkeypatch.setattr("cnilint.report.uri.os.path", ntpath)
    assert artifact(r".\deploy\a b.yaml") == {"uri": "deploy/a%20b.yaml", "uriBaseId": "%SRCROOT%"}
    assert artifact(r"C:\repo\a.yaml") == {"uri": "file:///C:/repo/a.yaml"}
