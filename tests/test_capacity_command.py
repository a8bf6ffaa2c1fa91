"""``cnilint capacity`` as its users meet it: what is asked, and the errors where nobody can tell."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import stock_manifest

from cnilint.capacity import BURST as MODELS_BURST
from cnilint.capacitycli import BURST
from cnilint.capacitycli import capacity as command
from cnilint.cli import cli

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine, Ran

# The stock manifest of v1.23.1: a whole interface is kept warm. Its figures are those of upstream's own pool.
M5_LARGE = [(0, 1, 10), (1, 2, 20), (10, 3, 30), (27, 3, 30)]
ADDON = """\
env:
  WARM_IP_TARGET: "5"
  ENABLE_PREFIX_DELEGATION: "false"
"""
POOL = """\
apiVersion: karpenter.sh/v1
kind: NodePool
metadata: {name: small}
spec:
  template:
    spec:
      nodeClassRef: {group: karpenter.k8s.aws, kind: EC2NodeClass, name: x}
      requirements:
        - {key: node.kubernetes.io/instance-type, operator: In, values: [c5.large, t3.small]}
"""
CLUSTER = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: shop, region: eu-west-1, version: "1.31"}
addons:
  - name: vpc-cni
    version: v1.18.1-eksbuild.3
    configurationValues: |-
      {"env": {"WARM_IP_TARGET": "5"}}
managedNodeGroups:
  - {name: one, instanceType: m5.large, maxPodsPerNode: 20}
  - {name: two, instanceTypes: [t3.small]}
"""
PATCH = f"""\
{stock_manifest.PATCH}            - {{name: WARM_IP_TARGET, value: "5"}}
"""


def points(ran: Ran, at: int = 0) -> list[tuple[int, int, int]]:
    """Return pods, interfaces and addresses of the subnet of a result."""
    assert (ran.code, ran.err) == (0, "")
    return [(item["pods"], item["enis"], item["subnetAddresses"]) for item in ran.json["results"][at]["points"]]


def ask(cnilint: CommandLine, *args: str | Path) -> Ran:
    return cnilint("capacity", "--format", "json", *args)


def test_the_command_is_listed_with_its_own_words(cnilint: CommandLine) -> None:
    listed = cli.commands["capacity"].help or ""
    assert (command.help or "").startswith(listed.rstrip("."))
    assert f"capacity    {listed}" in cnilint("--help").out
    assert "--subnet-addresses" in cnilint("capacity", "--help").out
    assert BURST == MODELS_BURST


def test_without_a_file_the_newest_stock_manifest_is_asked_about(cnilint: CommandLine) -> None:
    ran = ask(cnilint, "--instance-type", "m5.large")
    assert points(ran) == M5_LARGE
    (settings,) = ran.json["settings"]
    assert settings["variables"]["WARM_ENI_TARGET"] == 1
    assert settings["name"] == f"stock manifest of {settings['release']}"


def test_an_older_release_is_asked_about(cnilint: CommandLine) -> None:
    ran = ask(cnilint, "--instance-type", "m5.large", "--cni-version", "1.7.5")
    assert ran.json["settings"][0]["release"] == "v1.7.5"
    refused = ask(cnilint, "--instance-type", "m5.large", "--cni-version", "1.7.5", "--set", "ENABLE_IPv6=true")
    assert (refused.code, refused.err) == (2, "cnilint: --set ENABLE_IPv6=true: v1.7.5 does not read it\n")


def test_a_file_tells_settings_release_types_and_max_pods(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text(CLUSTER)
    ran = ask(cnilint, "cluster.yaml", "--pods", "max")
    assert ran.json["settings"][0]["release"] == "v1.18.1"
    assert ran.json["settings"][0]["variables"]["WARM_IP_TARGET"] == 5
    found = [(item["instanceType"], item["maxPods"]) for item in ran.json["results"]]
    assert found == [("m5.large", 20), ("t3.small", 11)]
    assert points(ran) == [(18, 3, 23)]  # 20 addresses and three interfaces: the pool stops to grow at max pods
    told = ask(cnilint, "cluster.yaml", "--max-pods", "8", "--instance-type", "m5.large")
    assert [item["maxPods"] for item in told.json["results"]] == [8]


def test_a_file_of_nodes_alone_is_asked_about_under_the_stock_manifest(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "pool.yaml").write_text(POOL)
    ran = ask(cnilint, "pool.yaml")
    assert [item["instanceType"] for item in ran.json["results"]] == ["c5.large", "t3.small"]
    assert "on the nodes of pool.yaml" in ran.json["settings"][0]["name"]


def test_standard_input_and_values_of_a_kind_that_is_told(cnilint: CommandLine) -> None:
    args = ("capacity", "-", "--as", "addon", "--instance-type", "m5.large", "--format", "json", "--pods", "0")
    assert points(cnilint(*args, stdin=ADDON.encode())) == [(0, 1, 6)]
    named = cnilint(*args, "--stdin-filename", "values", stdin=ADDON.encode())
    assert named.json["settings"][0]["name"] == "values"


def test_the_configuration_has_the_last_word_on_types(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / ".cnilint.yaml").write_text("instanceTypes: [t3.nano]\nmaxPods: 4\ncni: v1.19.0\n")
    ran = ask(cnilint)
    assert [(item["instanceType"], item["maxPods"]) for item in ran.json["results"]] == [("t3.nano", 4)]
    assert ran.json["settings"][0]["release"] == "v1.19.0"
    without = ask(cnilint, "--no-config")
    assert without.code == 2
    assert "no instance type is known for stock manifest" in without.err


def test_what_if(cnilint: CommandLine) -> None:
    ran = ask(
        cnilint, "--instance-type", "m5.large", "--set", "WARM_IP_TARGET=5,MAX_ENI=2", "--set", "WARM_ENI_TARGET="
    )
    assert points(ran)[:2] == [(0, 1, 6), (1, 1, 7)]
    assert ran.json["settings"][0]["variables"]["MAX_ENI"] == 2
    assert ran.json["results"][0]["maxPods"] == 20  # 2 interfaces x 9 addresses + 2


def test_an_unknown_value_is_an_error_that_names_it_and_what_to_say(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "patch.yaml").write_text(PATCH)
    ran = ask(cnilint, "patch.yaml", "--instance-type", "m5.large")
    assert ran.code == 2
    assert ran.err.startswith("cnilint: patch.yaml does not tell MINIMUM_IP_TARGET, ENABLE_PREFIX_DELEGATION, ")
    assert "WARM_ENI_TARGET" not in ran.err  # WARM_IP_TARGET is set, so it makes no difference
    said = [word for word in ran.err.split() if "=" in word]
    assert points(ask(cnilint, "patch.yaml", "--instance-type", "m5.large", "--set", ",".join(said)))[0] == (0, 1, 6)


def test_of_several_places_each_is_asked_about(cnilint: CommandLine, manifest: str, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(f"{manifest}---\n{manifest}")
    ran = ask(cnilint, "two.yaml", "--instance-type", "m5.large")
    assert [item["name"] for item in ran.json["settings"]] == ["two.yaml:4:9", "two.yaml:24:9"]
    refused = ask(cnilint, "two.yaml", "--instance-type", "m5.large", "--compare", "MAX_ENI=2")
    assert refused.err == "cnilint: --compare compares two settings, and these are 2: two.yaml:4:9, two.yaml:24:9\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--instance-type", "m5.lrage"], "unknown instance type 'm5.lrage'; did you mean m5.large"),
        (["--set", "WARM_IP_TARGETS=1"], "--set WARM_IP_TARGETS=1: unknown variable; did you mean WARM_IP_TARGET?"),
        (["--set", "DISABLE_METRICS=true"], "capacity does not depend on it, but on WARM_ENI_TARGET, "),
        (["--set", "WARM_IP_TARGET"], "--set WARM_IP_TARGET: 'WARM_IP_TARGET' is not NAME=VALUE"),
        (["--set", "WARM_IP_TARGET=five"], "--set WARM_IP_TARGET=five: is not an integer"),
        (["--pods", "1,many"], "--pods 1,many: 'many' is neither a number of pods"),
        (["--pods", "99999"], "'99999' is neither a number of pods up to 10000"),
        (["--pods", ","], "--pods names no number of pods"),
        (["--subnet", "10.0.0.1/24"], "--subnet 10.0.0.1/24 is no IPv4 block; did you mean 10.0.0.0/24?"),
        (["--subnet", "10.0.0.0/29"], "--subnet 10.0.0.0/29 is too large or too small for a subnet"),
        (["--subnet", "10.0.0.0/24", "--subnet-addresses", "9"], "give one of them"),
        (["--compare", "a.yaml", "--compare", "b.yaml"], "--compare takes one file"),
        (["--compare", "missing.yaml"], "missing.yaml: no such file"),
        (["missing.yaml"], "missing.yaml: no such file"),
        (["other.yaml"], "other.yaml: neither aws-node nor nodes are configured in it"),
    ],
)
def test_what_is_wrong_is_one_sentence(cnilint: CommandLine, tmp_path: Path, args: list[str], message: str) -> None:
    (tmp_path / "other.yaml").write_text("kind: Service\n")
    types = [] if "--instance-type" in args else ["--instance-type", "m5.large"]
    ran = cnilint("capacity", *types, *args)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err.replace("\n", " ")
    assert "Traceback" not in ran.err


def test_a_file_is_compared_with_another(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text(CLUSTER)
    (tmp_path / "vpc-cni-addon.yaml").write_text(ADDON)
    args = ("vpc-cni-addon.yaml", "--instance-type", "m5.large", "--compare", "cluster.yaml", "--compare", "MAX_ENI=2")
    ran = ask(cnilint, *args, "--pods", "0")
    assert [item["name"] for item in ran.json["settings"]] == ["vpc-cni-addon.yaml", "cluster.yaml with MAX_ENI=2"]
    assert [(item["maxPods"], item["enis"]) for item in ran.json["results"]] == [(29, 3), (20, 2)]


def test_the_answer_goes_to_a_file(cnilint: CommandLine, tmp_path: Path) -> None:
    ran = ask(cnilint, "--instance-type", "m5.large", "--output", "answer.json")
    assert (ran.code, ran.out) == (0, "")
    assert (tmp_path / "answer.json").read_text() == ask(cnilint, "--instance-type", "m5.large").out


@pytest.mark.parametrize("form", ["svg", "html"])
def test_a_plot_is_handed_a_point_for_each_number_of_pods(
    cnilint: CommandLine, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    from cnilint.report import plot  # noqa: PLC0415  # as the command does

    seen: list[tuple[Any, ...]] = []

    def drawn(results: Any, labels: Any, **more: Any) -> str:  # noqa: ANN401  # what the plot takes
        seen.append((results, labels, more))
        return "<svg/>"

    monkeypatch.setattr(plot, form, drawn)
    for args in ((), ("--compare", "MAX_ENI=2")):
        assert cnilint("capacity", "--instance-type", "m5.large", "--format", form, *args) == (0, "<svg/>", "")
    (alone, unnamed, more), (both, labels, _) = seen
    assert [point.pods for point in alone[0].points] == [*range(28)]
    assert unnamed == []
    assert [result.enis for result in both] == [3, 2]
    assert labels == ["m5.large, stock manifest of v1.23.1", "m5.large, stock manifest of v1.23.1 with MAX_ENI=2"]
    if form == "html":
        assert [point.pods for point in more["tables"][0].points] == [0, 1, 10, 27]
        assert more["burst"] == BURST
        assert any("subnet addresses a node at 27 pods" in sentence for sentence in more["sentences"])


def test_other_commands_do_not_import_it(tmp_path: Path) -> None:
    code = "import sys; from cnilint.cli import cli; cli(['rules'], standalone_mode=False)\n"
    code += "print(*(name for name in sys.modules if 'capacity' in name), file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not {"cnilint.capacitycli", "cnilint.capacity.question"} & set(ran.stderr.split())
