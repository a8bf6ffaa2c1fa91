"""``cnilint capacity`` on odd input: what cannot be taken as it is written is told, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

ADDON = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: shop, region: eu-west-1}
addons:
  - name: vpc-cni
    configurationValues: '{"env": {"WARM_IP_TARGET": "five"}}'
managedNodeGroups:
  - {name: general, instanceTypes: [%s]}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_value_that_ipamd_cannot_read_is_told(here: Path, cnilint: CommandLine) -> None:
    (here / "x.yaml").write_text(ADDON % "m5.large")
    ran = cnilint("capacity", "--no-config", "--format", "csv", "x.yaml")
    said = "cnilint: x.yaml:6:54: WARM_IP_TARGET is 'five', which is not an integer: it counts as not set\n"
    assert (ran.code, ran.err) == (0, said)
    told = cnilint("capacity", "--no-config", "--format", "csv", "--set", "WARM_IP_TARGET=5", "x.yaml")
    assert (told.code, told.err) == (0, "")
    assert told.out != ran.out


@pytest.mark.parametrize(("version", "near"), [("v9.9.9", "v1.23.1"), ("v1.18.99", "v1.18.6")])
@pytest.mark.usefixtures("here")
def test_a_release_that_nobody_knows_is_told(version: str, near: str, cnilint: CommandLine) -> None:
    ran = cnilint("capacity", "--no-config", "--cni-version", version, "--instance-type", "m5.large,t3.medium")
    assert ran.code == 0
    said = f"{version} is no release that cnilint knows: where it does not tell, it is taken to be like {near}"
    assert ran.err == f"cnilint: {said}\n"


def test_a_type_of_a_file_that_nobody_knows_is_an_error_with_its_place(here: Path, cnilint: CommandLine) -> None:
    (here / "x.yaml").write_text(ADDON % "m5.large, m5.lrage")
    ran = cnilint("capacity", "--no-config", "x.yaml")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("cnilint: x.yaml:8:12: unknown instance type 'm5.lrage'; did you mean m5.large")
    assert cnilint("capacity", "--no-config", "--instance-type", "m5.large", "x.yaml").code == 0


def test_a_type_of_the_configuration_that_nobody_knows_is_an_error_with_its_place(
    here: Path, cnilint: CommandLine
) -> None:
    (here / ".cnilint.yaml").write_text("instanceTypes: [zz.top]\n")
    ran = cnilint("capacity")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith(
        ".cnilint.yaml:1:17: `instanceTypes[0]` is an unknown instance type 'zz.top'; "
        "`instances` in the configuration can describe it\n"
    )


@pytest.mark.parametrize(
    ("types", "named"),
    [
        ("m5.large,t2.medium", "t2.medium"),
        ("t2.nano,t2.micro,t2.small,t2.medium,m4.large,m4.xlarge", "6 of these types"),
    ],
)
@pytest.mark.usefixtures("here")
def test_types_without_prefixes_are_told(types: str, named: str, cnilint: CommandLine) -> None:
    ran = cnilint("capacity", "--no-config", "--instance-type", types, "--set", "ENABLE_PREFIX_DELEGATION=true")
    assert f"ENABLE_PREFIX_DELEGATION has no effect on {named}: only Nitro" in " ".join(ran.out.split())
    assert "no effect" not in cnilint("capacity", "--no-config", "--instance-type", types).out


@pytest.mark.usefixtures("here")
def test_a_burst_of_one_pod(cnilint: CommandLine) -> None:
    ran = cnilint("capacity", "--no-config", "--instance-type", "m5.large", "--burst", "1")
    said = " ".join(ran.out.split())
    assert "1 pod comes one by one with 3 calls, at once with 3 calls, and leaves one by one with" in said
    assert "burst: a pod that comes to an idle node has an address after 0 seconds" in said
    assert (
        "; a pod that comes has an address after 0 s (now 0 s), and that it comes and goes costs 2 EC2 writes" in said
    )


@pytest.mark.usefixtures("here")
def test_the_page_tells_of_the_subnet_and_the_nodes(here: Path, cnilint: CommandLine) -> None:
    pytest.importorskip("matplotlib")
    args = ("--instance-type", "m5.large,t3.medium", "--subnet", "10.0.0.0/24", "--nodes", "7", "--pods", "10")
    ran = cnilint("capacity", "--no-config", "--format", "html", "-o", "x.html", *args)
    assert (ran.code, ran.err) == (0, "")
    page = (here / "x.html").read_text()
    assert page.count("nodes that 10.0.0.0/24 carries</th>") == page.count("addresses of 7 nodes</th>") == 2
    assert "<td>8</td><td>210</td>" in page
    assert "<td>13</td><td>126</td>" in page


@pytest.mark.usefixtures("here")
def test_many_types_tell_what_all_nodes_take(cnilint: CommandLine) -> None:
    types = "m5.large,m5.xlarge,c5.large,c5.xlarge,t3.small,t3.nano"
    ran = cnilint("capacity", "--no-config", "--instance-type", types, "--subnet", "10.0.0.0/24", "--nodes", "12")
    lines = [line.split() for line in ran.out.splitlines()]
    assert ["max", "idle", "full", "carried", "of", "12"] in lines
    assert ["m5.large", "29", "10", "30", "8", "360"] in lines
    assert "of 12: what 12 nodes with max pods take of it\n" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
