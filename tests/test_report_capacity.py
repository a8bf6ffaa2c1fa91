"""Answers about capacity as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilint.knowledge.instances import all_types

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine, Ran

EVERYTHING = ("--subnet", "10.0.0.0/24", "--nodes", "20", "--compare", "WARM_IP_TARGET=5")


def m5(cnilint: CommandLine, *args: str) -> Ran:
    """Ask about m5.large."""
    ran = cnilint("capacity", "--instance-type", "m5.large", *args)
    assert (ran.code, ran.err) == (0, "")
    return ran


def text(cnilint: CommandLine, *args: str) -> str:
    return m5(cnilint, *args).out


def test_a_whole_page(cnilint: CommandLine) -> None:
    page = text(cnilint, "--set", "WARM_IP_TARGET=2")
    head, chart = page.split("  addresses of the subnet that a node takes\n")
    assert head == (
        """\
stock manifest of v1.23.1 with WARM_IP_TARGET=2
  WARM_IP_TARGET=2

m5.large: single addresses; 3 interfaces with 10 addresses each
  max pods: 29 pods (3 interfaces x 9 addresses + 2 = 29)
  within reach: addresses for 27 pods

        pods  interfaces  prefixes  addresses  addresses  addresses     pods
                                     for pods      spare  of subnet  waiting
  idle     0           1         0          2          2          3        0
           1           1         0          3          2          4        0
          10           2         0         12          2         14        0
  full    27           3         0         27          0         30        0

  interfaces attached: the 2nd at pod 8, the 3rd at pod 17
  EC2 calls that write: 3 calls when the node starts; 30 pods come one by one
    with 29 calls, at once with 18 calls, and leave one by one with 29 calls, at
    once with 7 calls
  burst: of 30 pods that come to an idle node at once, 27 get an address, the
    last after 76.2 seconds

"""
    )
    chart, advice = chart.split("\n\n")
    assert chart.splitlines()[-1].split() == ["0", "27", "pods", "with", "an", "address"]
    assert advice.startswith("  advice for 27 pods a node:")


@pytest.mark.parametrize(
    "args",
    [
        EVERYTHING,
        ["--set", "ENABLE_PREFIX_DELEGATION=true", *EVERYTHING, "--nodes", "50000"],
        ["--set", "ENABLE_IPv6=true", *EVERYTHING[:4]],
        ["--instance-type", "u7in-32tb.224xlarge", "--pods", "0,10000", *EVERYTHING[:4]],
        ["--instance-type", "u7in-32tb.224xlarge", "--set", "ENABLE_PREFIX_DELEGATION=true"],
        ["--instance-type", "all", "--subnet-addresses", "65531"],
        ["--instance-type", "all", *EVERYTHING],
    ],
)
def test_no_line_is_longer_than_a_terminal(cnilint: CommandLine, args: list[str]) -> None:
    assert max(map(len, text(cnilint, *args).splitlines())) <= 80


def test_many_types_are_a_line_each(cnilint: CommandLine) -> None:
    lines = cnilint("capacity", "--instance-type", "all", "--subnet-addresses", "1000").out.splitlines()
    rows = {line.split()[0]: line.split()[1:] for line in lines if line.startswith("  ") and "." in line}
    assert rows.keys() == set(all_types())
    assert rows["m5.large"] == ["29", "10", "30", "33"]


def test_more_pods_than_a_node_takes_are_said_to_be_over(cnilint: CommandLine) -> None:
    page = text(cnilint, "--pods", "28")
    assert "\n  over    28 " in page
    assert "kubelet does not run them" in page


def test_a_comparison_is_side_by_side(cnilint: CommandLine) -> None:
    page = text(cnilint, "--pods", "10", "--subnet", "10.0.0.0/24", "--nodes", "20", "--compare", "WARM_IP_TARGET=5")
    assert page.startswith(
        "A: stock manifest of v1.23.1\n  WARM_ENI_TARGET=1\n"
        "B: stock manifest of v1.23.1 with WARM_IP_TARGET=5\n  WARM_IP_TARGET=5\n"
    )
    rows = [line.split() for line in page.splitlines()]
    assert ["at", "10", "pods:", "addresses", "of", "the", "subnet", "30", "17", "-13"] in rows
    assert ["burst", "of", "30", "pods,", "until", "the", "last", "has", "one", "(s)", "16.2", "31.2", "+15"] in rows
    assert ["A", "10", "8", "600"] in rows
    assert ["B", "10", "14", "340"] in rows
    assert "a node takes (* A, o B, # both)\n" in page
    assert "advice" not in page


def test_advice_is_for_the_pods_that_are_expected(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / ".cnilint.yaml").write_text("podsPerNode: 20\n")
    assert "\n  advice for 20 pods a node:" in text(cnilint)
    assert "\n  advice for 15 pods a node:" in text(cnilint, "--no-config", "--pods", "0,5,15,max")
    assert "\n  advice for 27 pods a node" in text(cnilint, "--no-config")
    assert "\n  advice for 27 pods a node" in text(cnilint, "--no-config", "--pods", "0,max")
    assert "300 pods a node: no setting that was tried gives all of them" in text(
        cnilint, "--no-config", "--pods", "300"
    )


def test_what_cannot_be_seen_is_printed_as_its_escape(cnilint: CommandLine, tmp_path: Path) -> None:
    name = "a\x1b.yaml"
    (tmp_path / name).write_text('env: {WARM_IP_TARGET: "5"}\n')
    assert m5(cnilint, name, "--as", "addon").out.startswith("a\\x1b.yaml\n")
    assert "a\\x1b.yaml,m5.large," in m5(cnilint, name, "--as", "addon", "--format", "csv").out


def test_that_ipamd_refuses_to_start_is_said(cnilint: CommandLine) -> None:
    page = text(cnilint, "--set", "ENABLE_IPv6=true")
    assert "  ipamd does not start: ENABLE_IPv6 needs ENABLE_PREFIX_DELEGATION.\n" in page
    assert "burst" not in page


def test_a_node_without_room_for_pods_has_neither_chart_nor_advice(cnilint: CommandLine) -> None:
    page = text(cnilint, "--set", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true,MAX_ENI=1")
    assert "max pods: 2 pods" in page
    assert "none gets an address" in page
    assert "|" not in page
    assert "advice" not in page
