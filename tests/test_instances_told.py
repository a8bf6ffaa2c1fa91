"""Instance types that the configuration describes: known to checks and to capacity, and better than the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilint.knowledge.instances import all_types, instance, tell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import CommandLine

CONFIG = "instances: {m9x.large: {interfaces: 4, addresses: 15, vcpus: 2}, m5.large: {interfaces: 2, addresses: 10}}\n"


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    yield
    tell({})


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".cnilint.yaml").write_text(CONFIG)
    return tmp_path


def test_a_type_that_was_told_is_known_and_wins() -> None:
    tell({"m9x.large": {"interfaces": 4, "addresses": 15, "hypervisor": "metal", "branchInterfaces": 9}})
    found = instance("m9x.large")
    assert found
    assert (found.enis, found.ips, found.metal, found.hypervisor, found.branch) == (4, 15, True, None, 9)
    assert "m9x.large" in all_types()
    tell({})
    assert instance("m9x.large") is None


@pytest.mark.usefixtures("here")
def test_capacity_knows_it(cnilint: CommandLine) -> None:
    ran = cnilint("capacity", "--instance-type", "m9x.large,m5.large")
    assert (ran.code, ran.err) == (0, "")
    assert "4 interfaces x 14 addresses + 2 = 58" in ran.out
    assert "2 interfaces x 9 addresses + 2 = 20" in ran.out


def test_a_check_knows_it(here: Path, cnilint: CommandLine) -> None:
    (here / "addon.json").write_text('{"env": {"MAX_ENI": "5"}}')
    ran = cnilint("check", "--instance-type", "m9x.large", "addon.json")
    assert "MAX_ENI=5 has no effect on m9x.large, which takes 4 interfaces" in ran.out
