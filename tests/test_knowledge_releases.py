"""The release table: what it says, and that the stock manifests say the same."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilint.knowledge import releases as knowledge
from cnilint.knowledge.releases import HostPath, Probe, agent, known, nearest_known, newest, releases, stock
from cnilint.knowledge.versions import image, parsed

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
STOCK = os.path.join(os.environ.get("CNILINT_CORPUS", os.path.join(ROOT, os.pardir, "shared", "corpus")), "stock")
TABLE = os.path.join(os.path.dirname(knowledge.__file__), "releases.json")
NEEDS_CORPUS = pytest.mark.skipif(not os.path.isdir(STOCK), reason="no stock manifests: set CNILINT_CORPUS")


def _script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, os.path.join(ROOT, "scripts", f"{name}.py"))
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REFRESH = _script("refresh_releases")


def _table() -> dict[str, Any]:
    with open(TABLE, encoding="utf-8") as file:
        table: dict[str, Any] = json.load(file)
    return table


def test_releases_are_in_order() -> None:
    assert [parsed(version) for version in releases()] == sorted(parsed(version) or () for version in releases())
    assert next(iter(releases())) == "v1.5.0"
    assert list(releases())[-1] == newest()


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("v1.18.1", True),
        ("1.18.1", True),
        ("v1.18.1-eksbuild.3", True),
        ("v1.19.1", False),
        ("latest", False),
        ("", False),
    ],
)
def test_known_releases(version: str, *, found: bool) -> None:
    assert known(version) is found


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("v1.18.1-eksbuild.3", "v1.18.1"),
        ("v1.19.1", "v1.19.0"),
        ("v1.9.2", "v1.9.1"),
        ("v99.0.0", newest()),
        ("v1.4.9", None),
        ("latest", None),
    ],
)
def test_the_nearest_known_release_is_not_newer(version: str, found: str | None) -> None:
    assert nearest_known(version) == found


@pytest.mark.parametrize("version", ["v1.19.1", "latest", "v1.4.0"])
def test_an_unknown_release_has_no_stock_manifest(version: str) -> None:
    with pytest.raises(KeyError):
        stock(version)


def test_a_manifest_of_today() -> None:
    manifest = stock("v1.23.1-eksbuild.1")
    assert manifest.version == "v1.23.1"
    assert manifest.containers == {"aws-vpc-cni-init": True, "aws-node": False, "aws-eks-nodeagent": False}
    assert manifest.env("aws-vpc-cni-init") == {"DISABLE_TCP_EARLY_DEMUX": "false", "ENABLE_IPv6": "false"}
    assert manifest.env("aws-node")["VPC_CNI_VERSION"] == "v1.23.1"
    assert manifest.env("aws-node")["MY_NODE_NAME"] == "@fieldRef:spec.nodeName"
    assert manifest.mounts("aws-node")["/var/run/aws-node"] == "run-dir"
    assert manifest.args("aws-eks-nodeagent")[0] == "--enable-ipv6=false"
    assert manifest.args("aws-node") == []
    assert manifest.probe("aws-node", "liveness") == Probe(
        (
            "/app/grpc-health-probe",
            "-addr=unix:///var/run/aws-node/ipamd.sock",
            "-connect-timeout=5s",
            "-rpc-timeout=5s",
        ),
        60,
        10,
    )
    assert manifest.probe("aws-eks-nodeagent", "liveness") is None
    host = "602401143452.dkr.ecr.us-west-2.amazonaws.com"
    assert manifest.image("aws-node") == image(f"{host}/amazon-k8s-cni:v1.23.1")
    assert manifest.image("cni-metrics-helper") is None
    assert manifest.security_context("aws-node") == {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"]}}
    assert manifest.resources("aws-node") == {"requests": {"cpu": "25m"}}
    assert manifest.ports("aws-node") == [{"containerPort": 61678, "name": "metrics"}]
    assert manifest.pull_policy("aws-node") == "IfNotPresent"
    assert manifest.volumes["run-dir"] == HostPath("/var/run/aws-node", "DirectoryOrCreate")
    assert ("core/nodes", "get") in manifest.grants
    assert ("url:/apis/networking.k8s.aws", "get") in manifest.grants
    assert manifest.configmap["branch-eni-cooldown"] == "60"
    assert manifest.labels["app.kubernetes.io/version"] == "v1.23.1"
    assert manifest.pod_labels["k8s-app"] == "aws-node"
    assert manifest.service_account == "aws-node"
    assert manifest.host_network
    assert manifest.pod["tolerations"] == [{"operator": "Exists"}]
    assert manifest.daemonset["updateStrategy"]["rollingUpdate"] == {"maxUnavailable": "10%"}
    assert "v1 ConfigMap/amazon-vpc-cni" in manifest.objects


def test_a_manifest_of_old() -> None:
    manifest = stock("v1.6.0")
    assert manifest.containers == {"aws-node": False}
    assert manifest.probe("aws-node", "readiness") == Probe(("/app/grpc-health-probe", "-addr=:50051"), 35, None)
    assert manifest.pull_policy("aws-eks-nodeagent") is None
    assert manifest.resources("aws-eks-nodeagent") == {}
    assert manifest.configmap == {}
    assert manifest.volumes["log-dir"] == HostPath("/var/log", "")
    assert stock("v1.18.5").labels["app.kubernetes.io/version"] == "v1.18.4"


@pytest.mark.parametrize(
    ("version", "shipped"), [("v1.13.4", None), ("v1.14.0", "v1.0.1"), ("v1.20.2", "v1.2.6"), ("v1.23.1", "v1.4.2")]
)
def test_the_agent_that_a_release_ships_with(version: str, shipped: str | None) -> None:
    assert agent(version) == shipped


@NEEDS_CORPUS
def test_the_stock_manifests_make_the_same_table() -> None:
    table = _table()
    found = REFRESH.manifests(STOCK)
    assert set(found) == set(releases())
    assert REFRESH.table(found, table["releases"]) == table


def test_the_table_makes_itself_again() -> None:
    table = _table()
    again = REFRESH.table({version: REFRESH.stored(version) for version in releases()}, table["releases"])
    assert again == table
    with open(TABLE, encoding="utf-8") as file:
        assert REFRESH.text(again) == file.read()


def test_a_new_release_lengthens_the_runs() -> None:
    found = {version: REFRESH.stored(version) for version in releases()}
    found["v9.0.0"] = {**found[newest()], "aws-node env NEW": "1"}
    table = REFRESH.table(found, _table()["releases"], "2030-01-01")
    assert table["releases"]["v9.0.0"] == ["2030-01-01", ""]
    assert table["items"]["aws-node env NEW"] == [["1", "v9.0.0", "v9.0.0"]]
    assert table["items"]["aws-node env WARM_ENI_TARGET"] == [["1", "v1.7.0", "v9.0.0"]]


MANIFEST = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: aws-node}
rules:
  - {apiGroups: [""], resources: [nodes, pods], verbs: [watch, get]}
  - {apiGroups: [""], resources: [pods], verbs: [patch]}
  - {nonResourceURLs: [/apis/x], verbs: [get]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: amazon-vpc-cni}
data: {warm-ip-target: "1"}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node, labels: {version: v9.0.0}}
spec:
  selector: {}
  updateStrategy: {type: RollingUpdate}
  template:
    metadata: {labels: {k8s-app: aws-node}}
    spec:
      hostNetwork: true
      volumes:
        - {name: run-dir, hostPath: {path: /var/run/aws-node}}
      containers:
        - name: aws-node
          image: r.io/amazon-k8s-cni:v9.0.0
          env:
            - {name: MY_NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
            - {name: WARM_ENI_TARGET, value: "2"}
          volumeMounts:
            - {name: run-dir, mountPath: /var/run/aws-node}
"""


def test_the_script_reads_a_folder_into_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table, folder = tmp_path / "releases.json", tmp_path / "stock"
    table.write_text(json.dumps(_table()))
    folder.mkdir()
    (folder / "v9.0.0.yaml").write_text(MANIFEST)
    (folder / "README.md").write_text("not a manifest")
    monkeypatch.setattr(REFRESH, "TABLE", str(table))
    monkeypatch.setattr(sys, "argv", ["refresh_releases.py", str(folder), "--date", "2030-01-01"])
    REFRESH.main()
    assert capsys.readouterr().out == f"{len(releases()) + 1} releases, new: v9.0.0\n"
    written = json.loads(table.read_text())
    assert written["releases"] == {**_table()["releases"], "v9.0.0": ["2030-01-01", ""]}
    assert {name: runs[-1][0] for name, runs in written["items"].items() if runs[-1][1] == "v9.0.0"} == {
        "aws-node env WARM_ENI_TARGET": "2",
        "aws-node image": "r.io/amazon-k8s-cni",
        "daemonset labels": {"version": "<release>"},
        "daemonset selector": {},
        "daemonset updateStrategy": {"type": "RollingUpdate"},
        "grant core/nodes": ["get", "watch"],
        "grant core/pods": ["get", "patch", "watch"],
        "grant url:/apis/x": ["get"],
        "pod labels": {"k8s-app": "aws-node"},
        "volume run-dir": {"path": "/var/run/aws-node"},
    }


@given(st.lists(st.sampled_from([None, "a", "b", ""])))
def test_runs_hold_every_value_where_it_was(values: list[str | None]) -> None:
    named = [(f"v{at}", value) for at, value in enumerate(values)]
    again: list[str | None] = [None] * len(values)
    for value, first, last in REFRESH.runs(named):
        for at in range(int(first[1:]), int(last[1:]) + 1):
            again[at] = value
    assert again == values
