"""Settings of one file in the text of another release: put in, read back, and nothing else changed."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest
import stock_manifest as shipped
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cnilint.choices.choices import choices
from cnilint.choices.model import REMOVED, Choices
from cnilint.config import EMPTY
from cnilint.errors import ConfigError
from cnilint.facts.context import Context, Told
from cnilint.facts.release import reads
from cnilint.knowledge.releases import releases, stock
from cnilint.knowledge.variables import variables
from cnilint.merge.carried import carried
from cnilint.merge.merged import Merged, merged
from cnilint.run import Choice, Run
from cnilint.source.text import decoded
from cnilint.surface import surfaces
from cnilint.surface.joined import joined
from cnilint.upgrade.upgrade import upgrade

if TYPE_CHECKING:
    from pathlib import Path

MAIN, INIT, AGENT = "aws-node", "aws-vpc-cni-init", "aws-eks-nodeagent"
EVERY: Final = tuple(releases())
# Their manifests name another release (the table's notes).
NAMED: Final = tuple(release for release in EVERY if str(stock(release).items["aws-node tag"]) == release)


def context(content: str, release: str | None = None, kind: str = "") -> Context:
    """Return the only place in a text that configures aws-node."""
    found = joined(surfaces(decoded(content.encode(), "x.yaml"), kind=kind), named=False)
    [surface] = [each for each in found if each.kind != "objects"]
    return Context(surface, Told(cni=release))


def both(old: str, new: str, **told: str) -> tuple[Merged, Choices]:
    """Return a merge, and what the new text is read as."""
    found = merged(context(old, **told), context(new))
    return found, choices(context(found.text.content))


OLD, NEW = "v1.18.1", "v1.23.1"


def test_a_stock_manifest_changes_nothing_in_another() -> None:
    for release in ("v1.6.4", "v1.13.4", OLD):
        found, _ = both(shipped.manifest(release), shipped.manifest(NEW))
        assert found.text.content == shipped.manifest(NEW)
        assert (found.items, found.left, found.notes) == ((), (), ())


CHANGES: Final[list[tuple[dict[str, Any], dict[tuple[str, ...], object]]]] = [
    ({"env": {"WARM_IP_TARGET": "5"}}, {("env", MAIN, "WARM_IP_TARGET"): "5"}),
    ({"env": {"WARM_ENI_TARGET": "3"}}, {("env", MAIN, "WARM_ENI_TARGET"): "3"}),
    ({"env": {"WARM_ENI_TARGET": None, "MY_POD_NAME": None}}, {("env", MAIN, "MY_POD_NAME"): REMOVED}),
    ({"env": {"CLUSTER_NAME": {"valueFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}}},
     {("env", MAIN, "CLUSTER_NAME"): {"valueFrom": {"configMapKeyRef": {"name": "a", "key": "b"}}}}),
    ({"env": {"MY_POD_NAME": "x"}}, {("env", MAIN, "MY_POD_NAME"): "x"}),
    ({"args": ["--enable-network-policy=true", "--enable-ipv6=false"]}, {("flag", "enable-network-policy"): "true"}),
    ({"pod": {"nodeSelector": {"a": "b"}}}, {("pod", "nodeSelector", "a"): "b"}),
    ({"pod": {"tolerations": [{"key": "a", "operator": "Exists"}]}},
     {("pod", "tolerations"): [{"key": "a", "operator": "Exists"}]}),
    ({"container": {"resources": {"requests": {"cpu": "50m"}, "limits": {"memory": "1Gi"}}}}, {
        ("container", MAIN, "resources", "requests", "cpu"): "50m",
        ("container", MAIN, "resources", "limits", "memory"): "1Gi"}),
    ({"container": {"livenessProbe": None}}, {
        ("container", MAIN, "livenessProbe", "exec", "command"): REMOVED,
        ("container", MAIN, "livenessProbe", "initialDelaySeconds"): REMOVED,
        ("container", MAIN, "livenessProbe", "timeoutSeconds"): REMOVED}),
    ({"sidecar": {"image": "r.example/x:1"}}, {("container", "more"): {"image": "r.example/x:1"}}),
    ({"agent": None}, {("container", AGENT): REMOVED}),
    ({"account": {"eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x"}},
     {("serviceAccount", "annotations", "eks.amazonaws.com/role-arn"): "arn:aws:iam::1:role/x"}),
    ({"data": {"enable-windows-ipam": "true"}}, {("configMap", "enable-windows-ipam"): "true"}),
    ({"volume": {"name": "x", "emptyDir": {}}}, {("volume", "x"): {"emptyDir": {}}}),
    ({"mount": {"mountPath": "/x", "name": "x", "readOnly": True}},
     {("mount", MAIN, "/x"): {"name": "x", "readOnly": True}}),
    ({"labels": {"team": "net"}}, {("daemonset", "labels", "team"): "net"}),
    ({"eniConfig": {"subnet": "subnet-1"}}, {("eniConfig", "eu-west-1a"): {"subnet": "subnet-1"}}),
]  # fmt: skip


def changed(release: str, change: dict[str, Any], *, flow: bool = False) -> str:
    """Return the manifest of a release with something changed by hand."""
    main, beside = shipped.daemonset(release), shipped.objects(release)
    spec = main["spec"]["template"]["spec"]
    own = next(item for item in spec["containers"] if item["name"] == MAIN)
    for name, value in change.get("env", {}).items():
        own["env"] = [item for item in own["env"] if item["name"] != name]
        if value is not None:
            own["env"].append({"name": name, **(value if isinstance(value, dict) else {"value": value})})
    agent: dict[str, Any] = next((item for item in spec["containers"] if item["name"] == AGENT), {})
    agent |= {"args": change["args"]} if "args" in change else {}
    if "agent" in change:
        spec["containers"].remove(agent)
    own |= change.get("container", {})
    spec |= change.get("pod", {})
    spec["containers"] += [{"name": "more", **change["sidecar"]}] if "sidecar" in change else []
    spec["volumes"] += [change["volume"]] if "volume" in change else []
    own["volumeMounts"] += [change["mount"]] if "mount" in change else []
    main["metadata"]["labels"] |= change.get("labels", {})
    for item in beside:
        if item["kind"] == "ServiceAccount" and "account" in change:
            item["metadata"]["annotations"] = change["account"]
        if item["kind"] == "ConfigMap":
            item["data"] |= change.get("data", {})
    if "eniConfig" in change:
        version = "crd.k8s.amazonaws.com/v1alpha1"
        named = {"name": "eu-west-1a"}
        beside.append({"apiVersion": version, "kind": "ENIConfig", "metadata": named, "spec": change["eniConfig"]})
    found: str = shipped.text(main, beside, flow=flow)
    return found


@pytest.mark.parametrize("flow", [False, True])
@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_what_the_old_file_sets_stands_in_the_new_one(
    change: dict[str, Any], expected: dict[tuple[str, ...], object], *, flow: bool
) -> None:
    new = shipped.manifest(NEW, flow=flow)
    found, read = both(changed(OLD, change), new)
    assert read.flat == expected
    assert found.left == ()
    assert found.text.content.startswith("# what a release ships\n")
    lines = found.text.content.splitlines()
    kept = [line for line in new.splitlines() if line in lines]
    assert len(kept) >= len(new.splitlines()) - (40 if "agent" in change else 10)  # the rest is as it was


LEFT: Final[list[tuple[dict[str, Any], str, str, str]]] = [
    ({"env": {"AWS_EC2_ENDPOINT": "https://x"}}, OLD, NEW, "without effect since v1.19.4"),
    ({"env": {"ENABLE_PREFIX_DELEGATION": "true"}}, OLD, "v1.8.0", "v1.9.0 is the first release that does"),
    ({"env": {"X": {"valueFrom": {"configMapKeyRef": {"name": "${X}"}}}}}, OLD, NEW, "cannot be told from the file"),
    ({"env": {"ENABLE_MULTI_NIC": "${X}"}}, NEW, "v1.19.0", "cannot be told from the file"),
    ({"args": ["--log-level=info", "--what=1"]}, OLD, NEW, "knows no such flag"),
    ({"data": {"enable-windows-ipam": "true"}}, OLD, "v1.13.4", "v1.13.4 has no ConfigMap amazon-vpc-cni"),
    ({"args": ["--log-level=info"]}, OLD, "v1.13.4", "v1.13.4 has no container aws-eks-nodeagent here"),
    ({"container": {"volumeMounts": []}}, OLD, NEW, "ships with it: take it out by hand if need be"),
    ({"container": {"livenessProbe": {"exec": {"command": ["x"]}}}}, OLD, NEW, "the shipped one changes"),
]


@pytest.mark.parametrize(("change", "old", "new", "said"), LEFT)
def test_what_cannot_be_carried_is_told_with_the_reason(change: dict[str, Any], old: str, new: str, said: str) -> None:
    found, _ = both(changed(old, change), shipped.manifest(new))
    assert any(said in item.reason for item in found.left)


def test_what_is_so_anyway_is_not_repeated() -> None:
    change = {"env": {"DISABLE_LEAKED_ENI_CLEANUP": "false", "ENABLE_MULTI_NIC": "false"}}
    found, read = both(changed(OLD, change), shipped.manifest(NEW))
    assert found.items == ()
    assert read.items == ()
    assert sorted(found.notes) == [
        "DISABLE_LEAKED_ENI_CLEANUP: not repeated, false is the default of v1.23.1",
        "ENABLE_MULTI_NIC: not repeated, v1.23.1 has false as well",
    ]


def test_what_both_sides_changed_is_told() -> None:
    change = {"container": {"resources": {"requests": {"cpu": "50m"}}}}
    found, _ = both(changed("v1.11.0", change), shipped.manifest("v1.12.6"))
    assert found.notes == ("aws-node resources.requests.cpu: kept as 50m, while the shipped one changes: 10m -> 25m",)


def test_the_old_registry_gets_the_new_tag() -> None:
    old = changed(OLD, {}).replace("602401143452.dkr.ecr.us-west-2.amazonaws.com", "r.example:5000")
    found, read = both(old, shipped.manifest(NEW))
    assert read.flat[("container", MAIN, "image")] == "r.example:5000/amazon-k8s-cni:v1.23.1"
    assert read.flat[("container", AGENT, "image")] == "r.example:5000/amazon/aws-network-policy-agent:v1.4.2"
    [note] = found.notes
    assert note.startswith(f"images of {INIT}, {AGENT}, {MAIN}: from r.example:5000 as in the old file")
    build = changed(OLD, {}).replace("amazon-k8s-cni:v1.18.1", "amazon-k8s-cni:v1.18.1-eksbuild.3")
    assert both(build, shipped.manifest(NEW))[1].items == ()


def test_a_value_that_is_put_in_later_stands_in_the_new_file_as_it_is_written() -> None:
    old = changed(OLD, {"env": {"CLUSTER_NAME": "${CLUSTER_NAME}", "WARM_ENI_TARGET": "{{ .Values.warm }}"}})
    found, read = both(old, shipped.manifest(NEW))
    assert sorted(found.notes) == [
        "CLUSTER_NAME: carried as it is written, ${CLUSTER_NAME}",
        "WARM_ENI_TARGET: carried as it is written, {{ .Values.warm }}",
    ]
    assert found.left == ()
    assert sorted(left.name for left in read.hidden) == ["CLUSTER_NAME", "WARM_ENI_TARGET"]
    assert sorted(item.name for item in found.items) == ["CLUSTER_NAME", "WARM_ENI_TARGET"]


def test_permissions_that_the_old_role_has_beyond_are_carried() -> None:
    beside = shipped.objects(OLD)
    role = next(item for item in beside if item["kind"] == "ClusterRole")
    role["rules"].append({"apiGroups": [""], "resources": ["pods"], "verbs": ["patch"]})
    old = shipped.text(shipped.daemonset(OLD), beside)
    found, read = both(old, shipped.manifest(NEW))
    assert [left.name for left in read.beyond] == ["ClusterRole core/pods patch"]
    assert found.left == ()
    alone = shipped.text(shipped.daemonset(NEW), [])
    assert [item.reason for item in both(old, alone)[0].left] == ["the new file has no such role"]


VALUES: Final = """\
# values of the chart
image:
  tag: v1.21.1
nodeAgent: {logLevel: debug}
env:
  WARM_ENI_TARGET: "1"  # as shipped
  ENABLE_PREFIX_DELEGATION: "false"
extraVolumes:
  - {name: own, emptyDir: {}}
"""


def test_values_of_the_chart_take_settings_of_a_manifest() -> None:
    change = {"env": {"WARM_IP_TARGET": "5", "WARM_ENI_TARGET": "3"}, "volume": {"name": "x", "emptyDir": {}}}
    found = merged(context(changed(OLD, change)), context(VALUES, kind="helm"))
    assert (
        found.text.content
        == """\
# values of the chart
image:
  tag: v1.21.1
nodeAgent: {logLevel: debug}
env:
  WARM_ENI_TARGET: "3"  # as shipped
  ENABLE_PREFIX_DELEGATION: "false"
  WARM_IP_TARGET: "5"
extraVolumes:
  - name: own
    emptyDir: {}
  - name: x
    emptyDir: {}
"""
    )
    assert found.left == ()


def test_a_manifest_takes_settings_of_values() -> None:
    old = "env: {WARM_IP_TARGET: '5'}\nnodeAgent: {logLevel: info}\ninit: {env: {DISABLE_TCP_EARLY_DEMUX: 'true'}}"
    found = merged(context(old, "v1.20.0", "helm"), context(shipped.manifest(NEW)))
    assert choices(context(found.text.content)).flat == {
        ("env", MAIN, "WARM_IP_TARGET"): "5",
        ("env", INIT, "DISABLE_TCP_EARLY_DEMUX"): "true",
        ("flag", "log-level"): "info",
    }


PATCH: Final = """\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: aws-node}
spec: {template: {spec: {containers: [{name: aws-node, image: "x/amazon-k8s-cni:v1.23.1"}]}}}
"""
EKSCTL: Final = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: a, region: b}
addons: [{name: vpc-cni, version: v1.21.1, configurationValues: '{"env": {"MAX_ENI": "4"}}'}]
"""


@pytest.mark.parametrize("new", [PATCH, EKSCTL])
def test_nothing_is_carried_to_a_part_of_a_file(new: str) -> None:
    with pytest.raises(ConfigError, match="must be a whole manifest"):
        merged(context(changed(OLD, {})), context(new))


def test_a_text_in_which_others_would_change_is_left_alone() -> None:
    content = shipped.manifest(NEW).replace(
        'env:\n            - name: "DISABLE_TCP', 'env: &e\n            - name: "DISABLE_TCP'
    )
    head, _, tail = content.partition('        - name: "aws-node"')
    start, stop = tail.index("          env:"), tail.index("          volumeMounts:")
    new = f'{head}        - name: "aws-node"{tail[:start]}          env: *e\n{tail[stop:]}'
    with pytest.raises(ConfigError, match=r"cannot be put into it: .* would change as well"):
        merged(context(changed(OLD, {"env": {"WARM_IP_TARGET": "5"}})), context(new))


def test_json_takes_settings_as_json() -> None:
    new = json.dumps({"apiVersion": "v1", "kind": "List", "items": [*shipped.objects(NEW), shipped.daemonset(NEW)]})
    change = {"env": {"WARM_IP_TARGET": "5"}, "pod": {"nodeSelector": {"a": "b"}}, "volume": {"name": "x"}}
    found, read = both(changed(OLD, change), json.dumps(json.loads(new), indent=2))
    assert json.loads(found.text.content)["kind"] == "List"
    assert read.flat == {
        ("env", MAIN, "WARM_IP_TARGET"): "5",
        ("pod", "nodeSelector", "a"): "b",
        ("volume", "x"): {},
    }
    assert found.left == ()
    refused, _ = both(changed(OLD, {"eniConfig": {"subnet": "subnet-1"}}), new)
    assert [item.name for item in refused.left] == ["ENIConfig eu-west-1a"]


TEXTS = st.sampled_from(["1", "true", "false", "", "a b", 'quo"te', "it's", "yes", "0x1f", "{}", "#", "a: b", "ünï"])
NAMES = st.sampled_from(
    ["WARM_IP_TARGET", "WARM_ENI_TARGET", "ENABLE_POD_ENI", "AWS_VPC_K8S_CNI_LOGLEVEL", "MY_OWN", "POD_MTU", "MAX_ENI"]
)


@st.composite
def owns(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what somebody changes in a manifest by hand."""
    found: dict[str, Any] = {"env": draw(st.dictionaries(NAMES, st.none() | TEXTS, max_size=4))}
    if draw(st.booleans()):
        found["pod"] = {"nodeSelector": draw(st.dictionaries(st.sampled_from(["a", "b.c/d"]), TEXTS, max_size=2))}
    if draw(st.booleans()):
        found["container"] = {"resources": {"limits": {"memory": draw(st.sampled_from(["1Gi", "500Mi"]))}}}
    if draw(st.booleans()):
        found["labels"] = draw(st.dictionaries(st.sampled_from(["x", "y"]), TEXTS, max_size=2))
    if draw(st.booleans()):
        found["data"] = {"warm-ip-target": draw(st.sampled_from(["2", "x"]))}
    return found


@hypothesis_settings(max_examples=60, deadline=None)
@given(old=st.sampled_from(NAMED), new=st.sampled_from(NAMED), own=owns(), flow=st.booleans(), crlf=st.booleans())
def test_the_new_text_is_read_as_what_was_carried(
    *, old: str, new: str, own: dict[str, Any], flow: bool, crlf: bool
) -> None:
    one, other = changed(old, own), shipped.manifest(new, flow=flow)
    other = other.replace("\n", "\r\n") if crlf else other
    found = merged(context(one), context(other))
    assert choices(context(found.text.content)).flat == {item.path: item.value for item in found.items}
    mine = choices(context(one))
    told = {item.name for item in found.items} | {item.name for item in found.left}
    told |= {note.partition(": ")[0] for note in found.notes}
    assert {item.name for item in mine.items if item.value is not REMOVED} <= told
    known = carried(mine, choices(context(other)))
    assert {item.path for item in known.items} == {item.path for item in found.items}
    assert crlf == ("\r\n" in found.text.content)
    assert "\n" not in found.text.content.replace("\r\n", "") or not crlf


UNREAD: Final = ("no longer read", "does not read it", "without effect")


@hypothesis_settings(max_examples=40, deadline=None)
@given(old=st.sampled_from(NAMED), new=st.sampled_from(NAMED), own=owns(), dead=st.booleans())
def test_what_is_not_carried_is_told_before_as_well(*, old: str, new: str, own: dict[str, Any], dead: bool) -> None:
    own["env"] |= {"AWS_EC2_ENDPOINT": "https://x", "ENABLE_NFTABLES": "true"} if dead else {}
    one = context(changed(old, own))
    left = merged(one, context(shipped.manifest(new))).left
    notes = upgrade(one, old, new).section("settings")
    unread = {item.name for item in left if any(words in item.reason for words in UNREAD)}
    if old != new:
        known = {name for name in unread if reads(old, variables()[name])}
        assert known <= {note.name for note in notes if note.act}


@cache
def run() -> Run:
    """Return a run with every built-in rule and no configuration; the rules are read once."""
    return Run(EMPTY, Choice())


def rules(content: str) -> set[str]:
    """Return the rules that find something in a text."""
    outcome = run().outcome(content.encode(), "x.yaml")
    assert outcome.errors == ()
    return {finding.rule for finding in outcome.findings}


@hypothesis_settings(max_examples=30, deadline=None)
@given(release=st.sampled_from(NAMED), own=owns())
def test_in_the_same_release_the_result_has_no_finding_of_its_own(*, release: str, own: dict[str, Any]) -> None:
    old = changed(release, own)
    found = merged(context(old), context(shipped.manifest(release)))
    assert rules(found.text.content) <= rules(old) | rules(shipped.manifest(release))


def test_every_stock_manifest_keeps_its_text_and_takes_a_setting(corpus: Path) -> None:
    old = changed(OLD, {"env": {"CLUSTER_NAME": "shop"}, "pod": {"nodeSelector": {"a": "b"}}})
    for path in sorted((corpus / "stock").glob("*.yaml")):
        new = path.read_text("utf-8")
        found = merged(context(old), context(new))
        lines = found.text.content.splitlines()
        gone = [line for line in new.splitlines() if line not in lines]
        assert gone == [], path.name
        read = choices(context(found.text.content)).flat
        assert read[("pod", "nodeSelector", "a")] == "b", path.name
        assert read.get(("env", MAIN, "CLUSTER_NAME"), "") == "shop" or found.left, path.name
