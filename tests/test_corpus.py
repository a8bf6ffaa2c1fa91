"""Real files: silent where nothing is wrong, right about what is changed in them. Skipped where there is no corpus."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cnilint.config import EMPTY
from cnilint.finding import Report
from cnilint.knowledge.variables import variables
from cnilint.report import FORMATS, Style
from cnilint.run import Choice, Run

if TYPE_CHECKING:
    from cnilint.lint import Outcome

ROOT = Path(__file__).parent.parent
SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas" / "report.schema.json").read_text("utf-8")))
NEWEST = "v1.23.1.yaml"
MAIN, INIT, AGENT = "aws-node", "aws-vpc-cni-init", "aws-eks-nodeagent"

# Rules that find something in a stock manifest, with the reason why that is right. There is none: as shipped, nothing
# is wrong, and what a release ships is no choice of anybody.
STOCK: dict[str, set[str]] = {}

# What is found in files of other repositories. The live ones are samples of v1.6, whose images were changed to v1.7.6
# for a test, so that mounts, volumes, probes and the grace period of v1.7 are missing. Of those for Cluster API one
# sets FOO, the other ENABLE_IPV6; two workshops run security groups for pods in standard mode with SNAT.
BUMPED = {
    "managed-mount-edited",
    "managed-pod-field-edited",
    "managed-probe-edited",
    "managed-volume-edited",
    "shared-mount-missing",
}
OVERWRITES = "conflicts-overwritten"
SNAT = "standard-mode-with-snat"
WILD = {
    "capa/121": {OVERWRITES},
    "capa/122": {OVERWRITES},
    "capa/123": {OVERWRITES, "unread-variable"},
    "capa/124": {OVERWRITES, "misspelt-variable"},
    "capa/125": {OVERWRITES},
    "eksctl/053": {"max-pods-above-addresses"},
    "eksctl/072": {OVERWRITES, SNAT},
    "eksctl/218": {OVERWRITES, SNAT},
    "live/109": BUMPED,
    "live/110": BUMPED,
}


@cache
def run(*, managed: bool | None = None) -> Run:
    """Return a run with every built-in rule and no configuration but who manages the CNI; the rules are read once."""
    return Run(EMPTY._replace(settings=EMPTY.settings._replace(managed=managed)), Choice())


def outcome(path: Path) -> Outcome:
    return run().outcome(path.read_bytes(), str(path))


def test_nothing_is_wrong_with_a_stock_manifest(corpus: Path) -> None:
    manifests = sorted((corpus / "stock").glob("*.yaml"))
    outcomes = {path.name: outcome(path) for path in manifests}
    assert len(manifests) >= 87
    assert all(found.checked and not found.errors for found in outcomes.values())
    said = {name: {finding.rule for finding in found.findings} for name, found in outcomes.items()}
    assert {name: rules for name, rules in said.items() if rules} == STOCK
    assert not [finding for found in outcomes.values() for finding in found.findings if finding.severity != "info"]


def test_files_of_other_repositories_hold_no_errors(corpus: Path) -> None:
    files = sorted(path for path in (corpus / "wild").rglob("*") if path.suffix in (".yaml", ".yml", ".json"))
    outcomes = {path.relative_to(corpus / "wild").as_posix().partition("-")[0]: outcome(path) for path in files}
    assert not [error for found in outcomes.values() for error in found.errors]
    assert {name: {f.rule for f in found.findings} for name, found in outcomes.items() if found.findings} == WILD
    assert not [finding for found in outcomes.values() for finding in found.findings if finding.severity == "error"]


class Changed(NamedTuple):
    """A manifest with one variable changed or added, and the line of its value."""

    content: str
    line: int


def changed(content: str, container: str, name: str, value: str) -> Changed:
    """Return a manifest in which a container's variable has this text: its line replaced, or a new first entry."""
    start = re.search(rf"^ *- name: {container}$", content, re.MULTILINE)
    assert start
    end = re.search(r"^ *- name: aws-(node|eks-nodeagent)$|^      volumes:$", content[start.end() :], re.MULTILINE)
    body = slice(start.end(), start.end() + end.start() if end else len(content))
    found = re.search(rf"(?m)(?<=- name: {name}\n)( *value: ).*$", content[body])
    if found:
        at, replaced, text = body.start + found.start(), len(found[0]), found[1] + value
    else:
        env = re.search(r"(?m)^( *)env:\n", content[body])
        assert env
        at, replaced = body.start + env.end(), 0
        text = f"{env[1]}  - name: {name}\n{env[1]}    value: {value}\n"
    whole = content[:at] + text + content[at + replaced :]
    return Changed(whole, whole.count("\n", 0, at + text.index("value: ")) + 1)


# These point at the name, a line above the value.
ABOUT_NAMES = {"misplaced-variable", "misspelt-variable", "removed-variable", "undocumented-variable"}

CHANGES = """\
aws-node ADDITIONAL_ENI_TAGS="team=network" eni-tags-dropped
aws-node ADDITIONAL_ENI_TAGS='{"k8s.amazonaws.com/role": "x"}' eni-tag-reserved
aws-node ADDITIONAL_ENI_TAGS='{"aws:role": "x"}' eni-tag-refused-by-ec2
aws-node ANNOTATE_POD_IP="true" pod-ip-annotation-without-permission
aws-node AWS_EC2_ENDPOINT="https://ec2.internal" ec2-endpoint-without-effect
aws-node AWS_EC2_METADATA_DISABLED="true" metadata-service-disabled
aws-node AWS_EXTERNAL_SERVICE_CIDRS="0.0.0.0/0" external-service-cidrs-everything
aws-node AWS_EXTERNAL_SERVICE_CIDRS="10.1.0.0/16,10.1.5.0/16" external-service-cidrs-overlap
aws-node AWS_VPC_CNI_NODE_PORT_SUPPORT="false" node-port-support-off
aws-node AWS_VPC_ENI_MTU="9100" mtu-out-of-range
aws-node AWS_VPC_ENI_MTU=9001 env-value-not-a-string
aws-node AWS_VPC_K8S_CNI_BACKING_STORE="/tmp/ipam.json" backing-store-not-on-host undocumented-variable
aws-node AWS_VPC_K8S_CNI_CONNMARK="0xff00" connmark-overlap undocumented-variable
aws-node AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS="0.0.0.0/0" snat-excluded-for-everything
aws-node AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS="10.0.0.0" skipped-cidr
aws-node AWS_VPC_K8S_CNI_EXTERNALSNAT="yes" malformed-value
aws-node AWS_VPC_K8S_CNI_LOGLEVEL="TRACE" malformed-value
aws-node AWS_VPC_K8S_CNI_LOG_FILE="/tmp/ipamd.log" log-file-off-mount
aws-node AWS_VPC_K8S_CNI_VETHPREFIX="" veth-prefix-empty
aws-node AWS_VPC_K8S_CNI_VETHPREFIX="calico" veth-prefix-refused
aws-node AWS_VPC_K8S_CNI_VETHPREFIX="ens" veth-prefix-matches-nics
aws-node AWS_VPC_K8S_EGRESS_V6_PLUGIN_LOG_FILE="Stdout" egress-v6-log-to-stdout undocumented-variable
aws-node AWS_VPC_K8S_PLUGIN_LOG_FILE="/host/var/log/plugin.log" plugin-log-under-host
aws-node AWS_VPC_K8S_PLUGIN_LOG_FILE="stdout" plugin-log-to-stdout
aws-node AWS_VPC_K8S_PLUGIN_LOG_LEVEL='a"b' quote-in-conflist
aws-node CLUSTER_ENDPOINT="" cluster-endpoint-empty
aws-node DISABLE_INTROSPECTION="true" introspection-disabled
aws-node DISABLE_LEAKED_ENI_CLEANUP="true" leaked-eni-cleanup-disabled
aws-node DISABLE_METRICS="1" metrics-disabled
aws-node ENABLE_IMDS_ONLY_MODE="true" imds-only-with-subnet-discovery
aws-node ENABLE_IPV6="true" misspelt-variable
aws-node ENABLE_NFTABLES="true" removed-variable
aws-node ENABLE_PREFIX_DELEGATION=true env-value-not-a-string
aws-node ENABLE_V4_EGRESS="false" v4-egress-in-ipv4-cluster
aws-node ENI_CONFIG_ANNOTATION_DEF="example.com/eni" eni-config-annotation-unused
aws-node ENI_CONFIG_LABEL_DEF="topology.kubernetes.io/zone" eni-config-label-unused
aws-node HOST_CNI_BIN_PATH="" cni-bin-path-empty
aws-node HOST_CNI_CONFDIR_PATH="" cni-conf-dir-empty
aws-node INTROSPECTION_BIND_ADDRESS="0.0.0.0:61679" introspection-exposed
aws-node IP_COOLDOWN_PERIOD="0" cooldown-of-zero
aws-node IP_COOLDOWN_PERIOD="30s" malformed-value-exits
aws-node MINIMUM_IP_TARGET="20" minimum-ip-target-alone
aws-node NETWORK_POLICY_ENFORCING_MODE="" enforcing-mode-refused
aws-node NETWORK_POLICY_ENFORCING_MODE="strict" strict-mode-not-enforced
aws-node POD_SECURITY_GROUP_ENFORCING_MODE="standard" enforcing-mode-without-pod-eni
aws-node USE_CLOUDWATCH="true" misplaced-variable
aws-node VPC_CNI_VERSION="v1.22.4" version-variable-differs
aws-node WARM_ENI_TARGET="0" warm-eni-target-zero
aws-node WARM_ENI_TARGET="-1" malformed-value
aws-node WARM_IP_TARGET="1" warm-ip-target-of-one
aws-node WARM_IP_TARGET="3" warm-ip-target-low
aws-node WARM_PREFIX_TARGET="2" warm-prefix-target-without-prefixes
aws-vpc-cni-init DISABLE_TCP_EARLY_DEMUX="on" malformed-value
aws-vpc-cni-init WARM_IP_TARGET="5" misplaced-variable
"""


@pytest.mark.parametrize("row", CHANGES.splitlines())
def test_one_changed_variable_is_found_where_it_stands(corpus: Path, row: str) -> None:
    container, rest = row.split(" ", 1)
    name, rest = rest.split("=", 1)
    found = re.fullmatch(r"""('.*'|".*"|\S+)((?: [a-z0-9-]+)+)""", rest)
    assert found
    content, line = changed((corpus / "stock" / NEWEST).read_text("utf-8"), container, name, found[1])
    findings = run(managed=False).outcome(content.encode(), NEWEST).findings
    said = {(finding.rule, finding.location.line) for finding in findings}
    assert said == {(rule, line - (rule in ABOUT_NAMES)) for rule in found[2].split()}


ELSEWHERE = [
    ("ENABLE_IPv6", "true", {"both-ip-families", "ipv6-not-on-init", "ipv6-without-prefix-delegation"}),
    ("ENABLE_IPv4", "false", {"no-ip-family"}),
    ("ENABLE_POD_ENI", "true", {"tcp-early-demux-missing"}),
    ("ENABLE_V6_EGRESS", "true", {"v6-egress-on-one-container"}),
]


@pytest.mark.parametrize(("name", "value", "rules"), ELSEWHERE)
def test_a_switch_is_found_with_all_that_it_asks_for(corpus: Path, name: str, value: str, rules: set[str]) -> None:
    content, _ = changed((corpus / "stock" / NEWEST).read_text("utf-8"), MAIN, name, f'"{value}"')
    assert {finding.rule for finding in run(managed=False).outcome(content.encode(), NEWEST).findings} == rules


TEXTS = st.one_of(
    st.text(max_size=30),
    st.integers().map(str),
    st.sampled_from(
        ["true", "false", "TRUE", "yes", "stdout", "strict", "none", "0", "1", "-1", "$(X)", "${X}", "[", "{"]
    ),
    st.lists(st.sampled_from(["10.0.0.0/8", "::/0", "10.1.2.3", "", " "])).map(",".join),
)
NAMES = st.one_of(st.sampled_from(sorted(variables())), st.from_regex(r"[A-Za-z_]{1,20}", fullmatch=True))
CONTAINERS = st.sampled_from([MAIN, INIT, AGENT])
CHANGE = st.tuples(CONTAINERS, NAMES, TEXTS, st.booleans())


@settings(max_examples=150, deadline=None)
@given(st.data(), st.lists(CHANGE, min_size=1, max_size=4))
def test_whatever_is_written_the_answer_makes_sense(
    corpus: Path, data: st.DataObject, changes: list[tuple[str, str, str, bool]]
) -> None:
    path = data.draw(st.sampled_from(sorted((corpus / "stock").glob("v1.[12]?.*.yaml"))))
    content = path.read_text("utf-8")
    for container, name, value, quoted in changes:
        if f"name: {container}\n" in content and "env:" in content.partition(f"name: {container}\n")[2]:
            written = json.dumps(value) if quoted else re.sub(r"\s", " ", value)
            content = changed(content, container, name, written).content
    found = run().outcome(content.encode("utf-8", "replace"), path.name)
    lines = content.split("\n")
    for finding in found.findings:
        place = finding.location
        assert 1 <= place.line <= place.end_line <= len(lines)
        assert 1 <= place.column <= len(lines[place.line - 1]) + 1
        assert (place.line, place.column) <= (place.end_line, place.end_column)
        assert place.end_column <= len(lines[place.end_line - 1]) + 1
    assert not [error for error in found.errors if "report it" in error.message or not error.line]
    report = FORMATS["json"](Report(found.findings, found.errors, 1, int(found.checked), ()), Style())
    SCHEMA.validate(json.loads(report))
