"""Instance types, and the script that brings their table up to date."""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cnilint.knowledge import instances as knowledge
from cnilint.knowledge.instances import instance, nearest_types

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = os.path.join(os.path.dirname(knowledge.__file__), "instances.json")


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, os.path.join(ROOT, "scripts", f"{name}.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFRESH = _script("refresh_instances")


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("m5.large", (3, 10, "nitro", False, 2, 9, (), "c")),
        ("t3.medium", (3, 6, "nitro", False, 2, 0, (), "c")),
        ("m5.metal", (15, 50, None, True, 96, 120, (), "c")),
        ("t2.medium", (3, 6, "xen", False, 2, 0, (), "c")),
        ("c6in.32xlarge", (8, 50, "nitro", False, 128, 106, (8, 8), "c")),
    ],
)
def test_limits(name: str, limits: tuple[object, ...]) -> None:
    assert instance(name) == (name, *limits)


@pytest.mark.parametrize("name", ["m5.lrage", "", "types", "m5.large\n", 'm5.large"', "m5", "columns"])
def test_an_unknown_type_has_none(name: str) -> None:
    for parsed in (False, True):
        knowledge.rows.cache_clear()
        if parsed:
            knowledge.all_types()
        assert instance(name) is None


def test_a_line_alone_says_what_the_whole_table_says() -> None:
    whole = {name: instance(name) for name in knowledge.all_types()}
    knowledge.rows.cache_clear()
    assert {name: instance(name) for name in whole} == whole
    assert not knowledge.rows.cache_info().currsize


def test_every_row_is_sound() -> None:
    with open(TABLE, encoding="utf-8") as file:
        table = json.load(file)
    assert list(table["types"]) == sorted(table["types"])
    for name in table["types"]:
        found = instance(name)
        assert found
        assert found.enis >= 1
        assert found.ips >= 1
        assert found.hypervisor in {"nitro", "xen", None}
        assert not found.cards or (len(found.cards) > 1 and found.cards[0] == found.enis), name
        assert found.source in table["sources"]


@pytest.mark.parametrize(
    ("name", "first"),
    [("m5.lrage", "m5.large"), ("M5.large", "m5.large"), ("m5large", "m5.large"), ("c7gx.large", "c7g.large")],
)
def test_the_nearest_types(name: str, first: str) -> None:
    assert nearest_types(name)[0] == first


def test_types_of_the_same_family_are_nearest() -> None:
    assert {each.partition(".")[0] for each in nearest_types("m5.3xlarge")} == {"m5"}
    assert nearest_types("nonsense") == []


def _told(enis: list[int], hypervisor: str = "nitro") -> dict[str, Any]:
    return {
        "NetworkInfo": {
            "NetworkCards": [{"MaximumNetworkInterfaces": each} for each in enis],
            "DefaultNetworkCardIndex": 0,
            "Ipv4AddressesPerInterface": 50,
        },
        "Hypervisor": hypervisor,
        "BareMetal": not hypervisor,
        "VCpuInfo": {"DefaultVCpus": 4},
    }


def test_a_row_counts_the_interfaces_of_the_default_card() -> None:
    assert REFRESH.row(_told([8, 7]), "m") == [8, 50, "nitro", 0, 4, None, [8, 7], "m"]
    assert REFRESH.row(_told([15], ""), "m") == [15, 50, None, 1, 4, None, None, "m"]


@pytest.mark.parametrize(
    ("prefer_new", "row"),
    [(False, [15, 50, "nitro", 0, 4, 9, None, "c"]), (True, [8, 50, "nitro", 0, 4, 9, [8, 7], "m"])],
)
def test_a_merge_fills_gaps_and_keeps_what_is_there(row: list[Any], *, prefer_new: bool) -> None:
    old = {"a.large": [15, 50, "nitro", 0, None, 9, None, "c"], "gone.large": [1, 2, "xen", 0, 1, 0, None, "c"]}
    new = {"a.large": REFRESH.row(_told([8, 7]), "m"), "b.large": REFRESH.row(_told([2]), "m")}
    found, said = REFRESH.merged(old, new, prefer_new=prefer_new)
    assert list(found) == ["a.large", "b.large", "gone.large"]
    assert found["a.large"] == row
    verdict = "changed" if prefer_new else "kept"
    assert said == [
        f"{verdict} a.large enis: 15, moto 8",
        "changed a.large vcpus: null, moto 4",
        f"{verdict} a.large cards: null, moto [8, 7]",
        'new b.large [2, 50, "nitro", 0, 4, null, null, "m"]',
    ]


def test_a_hypervisor_that_moto_does_not_know_is_kept() -> None:
    old = {"c7g.metal": [15, 50, "nitro", 1, 4, 107, None, "c"]}
    assert REFRESH.merged(old, {"c7g.metal": REFRESH.row(_told([15], ""), "m")}, prefer_new=True) == (old, [])


# As the CLI prints it, shortened: a type of one card, one of two, one that the table has otherwise, bare metal.
DESCRIBED = {
    "InstanceTypes": [
        {
            "InstanceType": "m99.large",
            "CurrentGeneration": True,
            "BareMetal": False,
            "Hypervisor": "nitro",
            "VCpuInfo": {"DefaultVCpus": 2, "DefaultCores": 1, "DefaultThreadsPerCore": 2},
            "NetworkInfo": {
                "MaximumNetworkInterfaces": 3,
                "MaximumNetworkCards": 1,
                "DefaultNetworkCardIndex": 0,
                "NetworkCards": [{"NetworkCardIndex": 0, "MaximumNetworkInterfaces": 3}],
                "Ipv4AddressesPerInterface": 10,
                "Ipv6Supported": True,
            },
        },
        {
            "InstanceType": "m99.48xlarge",
            "BareMetal": False,
            "Hypervisor": "nitro",
            "VCpuInfo": {"DefaultVCpus": 192},
            "NetworkInfo": {
                "MaximumNetworkInterfaces": 15,
                "DefaultNetworkCardIndex": 1,
                "NetworkCards": [
                    {"NetworkCardIndex": 0, "MaximumNetworkInterfaces": 7},
                    {"NetworkCardIndex": 1, "MaximumNetworkInterfaces": 8},
                ],
                "Ipv4AddressesPerInterface": 50,
            },
        },
        {
            "InstanceType": "m99.metal",
            "BareMetal": True,
            "VCpuInfo": {"DefaultVCpus": 96},
            "NetworkInfo": {"MaximumNetworkInterfaces": 15, "Ipv4AddressesPerInterface": 50},
        },
        {
            "InstanceType": "m5.large",
            "BareMetal": False,
            "Hypervisor": "nitro",
            "VCpuInfo": {"DefaultVCpus": 2},
            "NetworkInfo": {"MaximumNetworkInterfaces": 4, "Ipv4AddressesPerInterface": 10},
        },
    ]
}


def test_the_answer_of_ec2_and_motos_are_put_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table, ec2, moto = (tmp_path / name for name in ("instances.json", "types.json", "moto.json.gz"))
    with open(TABLE, encoding="utf-8") as file:
        before = file.read()
    table.write_text(before)
    ec2.write_text(json.dumps(DESCRIBED))
    told = {"m99.large": _told([9]), "m99.xlarge": _told([4]), "m99.metal": _told([15], "nitro")}
    moto.write_bytes(gzip.compress(json.dumps(told).encode()))
    monkeypatch.setattr(REFRESH, "TABLE", str(table))
    monkeypatch.setattr(sys, "argv", ["refresh_instances.py", str(ec2), str(moto)])
    REFRESH.main()
    old, new = json.loads(before)["types"], json.loads(table.read_text())["types"]
    added = {
        "m99.48xlarge": [8, 50, "nitro", 0, 192, None, [7, 8], "d"],
        "m99.large": [3, 10, "nitro", 0, 2, None, None, "d"],
        # moto fills what EC2 left out
        "m99.metal": [15, 50, "nitro", 1, 96, None, None, "d"],
        "m99.xlarge": [4, 50, "nitro", 0, 4, None, None, "m"],
    }
    assert new == {**old, **added}
    assert capsys.readouterr().out.splitlines() == [
        "kept m5.large enis: 3, EC2 4",
        *(f"new {name} {json.dumps(row)}" for name, row in added.items()),
        f"{len(old) + 4} types",
    ]


@pytest.mark.parametrize("content", ['{"Reservations": []}', "[]", '{"InstanceTypes": [{"InstanceType": "m5.large"}]}'])
def test_another_answer_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "types.json"
    path.write_text(content)
    with pytest.raises(SystemExit, match=r"types\.json: not what DescribeInstanceTypes answers"):
        REFRESH.answers(str(path))


def test_the_script_writes_the_table_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open(TABLE, encoding="utf-8") as file:
        before = file.read()
    table, moto = tmp_path / "instances.json", tmp_path / "moto.json.gz"
    table.write_text(before)
    with gzip.open(moto, "wt", encoding="utf-8") as file:
        json.dump({}, file)
    monkeypatch.setattr(REFRESH, "TABLE", str(table))
    monkeypatch.setattr(sys, "argv", ["refresh_instances.py", str(moto)])
    REFRESH.main()
    assert table.read_text() == before
    assert capsys.readouterr().out.endswith(" types\n")
