"""Surfaces to facts: what ipamd makes of the settings, release by release."""

from __future__ import annotations

import pytest

from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.facts import FACTS, Facts, Told
from cnilint.knowledge.vocabulary import vocabulary
from cnilint.source.text import Text
from cnilint.surface import surfaces, values

REGISTRY = "602401143452.dkr.ecr.us-west-2.amazonaws.com"


def facts(content: str, **told: object) -> Facts:
    found = surfaces(Text(content, "x.yaml"), values.surfaces)
    assert len(found) == 1
    return Facts(found[0], Told(**told))  # type: ignore[arg-type]


def full(env: str = "", image: str = f"{REGISTRY}/amazon-k8s-cni:v1.23.1", more: str = "") -> str:
    lines = "".join(f"            - {{name: {name}, value: {value}}}\n" for name, value in _pairs(env))
    return (
        "kind: DaemonSet\nmetadata: {name: aws-node}\nspec:\n  selector: {}\n  template:\n    spec:\n"
        f"{more}      containers:\n        - name: aws-node\n          image: {image}\n"
        + (f"          env:\n{lines}" if lines else "")
    )


def _pairs(env: str) -> list[tuple[str, str]]:
    return [(name, value) for name, _, value in (item.partition("=") for item in env.split())]


def test_the_vocabulary_and_the_facts_have_the_same_names() -> None:
    assert set(vocabulary()) == {*FACTS, "unusedIgnores"}


def test_every_fact_is_one_the_vocabulary_describes(manifest: str) -> None:
    found = facts(
        manifest, instance_types=("m5.large",), managed=True, kubernetes="1.31", max_pods=29, pods_per_node=20
    )
    for name in FACTS:
        try:
            value = found[name]
        except KeyError:
            continue
        _conforms(name, value, vocabulary()[name])


def _conforms(name: str, value: object, kind: object) -> None:
    words = {"bool": bool, "int": int, "string": str}
    if value is MAYBE or value is UNKNOWN or kind in ("dyn", "place"):
        return
    if isinstance(kind, str):
        assert type(value) is words[kind], f"{name} is {value!r}, not of type {kind}"
    elif kind[0] == "list":  # type: ignore[index]
        for item in value:  # type: ignore[attr-defined]
            _conforms(f"{name}[]", item, kind[1])  # type: ignore[index]
    elif kind[0] == "map":  # type: ignore[index]
        for key, item in value.items():  # type: ignore[attr-defined]
            _conforms(f"{name}.{key}", item, kind[1])  # type: ignore[index]
    else:
        for key, item in value.items():  # type: ignore[attr-defined]
            if key in kind[1]:  # type: ignore[index]
                _conforms(f"{name}.{key}", item, kind[1][key])  # type: ignore[index]


@pytest.mark.parametrize(
    ("image", "told", "version"),
    [
        (f"{REGISTRY}/amazon-k8s-cni:v1.18.1-eksbuild.3", None, "v1.18.1"),
        (f"{REGISTRY}/amazon-k8s-cni:v1.18.1@sha256:{'0' * 64}", None, "v1.18.1"),
        ("localhost:5000/cni:1.16.4", None, "v1.16.4"),
        ("cni:latest", None, None),
        ("cni:latest", "v1.16.0", "v1.16.0"),
        ("cni:v1.23.1", "v1.16.0", "v1.23.1"),
        ("'cni:${VERSION}'", None, None),
        (f"cni@sha256:{'0' * 64}", None, None),
    ],
)
def test_the_release_comes_from_the_image_or_is_told(image: str, told: str | None, version: str | None) -> None:
    assert facts(full(image=image), cni=told)["cni"].get("version") == version  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("env", "name", "value"),
    [
        ("WARM_IP_TARGET='5'", "WARM_IP_TARGET", 5),
        ("WARM_IP_TARGET='+5'", "WARM_IP_TARGET", 5),
        ("WARM_IP_TARGET=5", "WARM_IP_TARGET", 5),
        ("", "WARM_IP_TARGET", 0),
        ("WARM_IP_TARGET='x'", "WARM_IP_TARGET", None),
        ("", "WARM_ENI_TARGET", 1),
        ("", "WARM_PREFIX_TARGET", 0),
        ("", "ENABLE_IPv4", False),
        ("ENABLE_IPv4='T'", "ENABLE_IPv4", True),
        ("ENABLE_IPv4='yes'", "ENABLE_IPv4", None),
        ("ENABLE_IPv4=true", "ENABLE_IPv4", True),
        ("ENABLE_IPv4=yes", "ENABLE_IPv4", UNKNOWN),
        ("ENABLE_IPv4='${X}'", "ENABLE_IPv4", UNKNOWN),
        ("AWS_VPC_K8S_CNI_EXTERNALSNAT=''", "AWS_VPC_K8S_CNI_EXTERNALSNAT", False),
        ("AWS_VPC_K8S_CNI_LOGLEVEL='info'", "AWS_VPC_K8S_CNI_LOGLEVEL", "INFO"),
        ("WARM_IP_TARGET='1' WARM_IP_TARGET='7'", "WARM_IP_TARGET", 7),
    ],
)
def test_a_full_manifest_has_the_codes_values(env: str, name: str, value: object) -> None:
    found = facts(full(env))["env"].get(name)  # type: ignore[attr-defined]
    assert found is value if value is UNKNOWN or value is None else (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("release", "name", "value"),
    [
        ("v1.9.3", "ENABLE_IPv6", False),
        ("v1.9.3", "ENABLE_IPv4", True),
        ("v1.10.0", "ENABLE_IPv4", False),
        ("v1.17.1", "ENABLE_SUBNET_DISCOVERY", False),
        ("v1.18.0", "ENABLE_SUBNET_DISCOVERY", True),
        ("v1.19.3", "NETWORK_POLICY_ENFORCING_MODE", "standard"),
        ("v1.19.4", "NETWORK_POLICY_ENFORCING_MODE", ""),
        ("v1.5.0", "MINIMUM_IP_TARGET", 0),
        ("v1.5.0", "IP_COOLDOWN_PERIOD", None),
        ("v1.23.1", "AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER", None),
    ],
)
def test_defaults_are_those_of_the_release(release: str, name: str, value: object) -> None:
    found = facts(full(image=f"x/amazon-k8s-cni:{release}"))["env"].get(name)  # type: ignore[attr-defined]
    assert (found, type(found)) == (value, type(value))


def test_values_are_laid_over_the_stock_manifest() -> None:
    found = facts("env: {WARM_IP_TARGET: 5, WARM_ENI_TARGET: '1'}\n")
    assert found["env"]["WARM_PREFIX_TARGET"] == 1  # type: ignore[index]
    assert found["text"]["ENABLE_IPv4"] == "true"  # type: ignore[index]
    assert found["set"] == {"WARM_IP_TARGET": "5", "WARM_ENI_TARGET": "1"}
    assert found["chosen"] == {"WARM_IP_TARGET": "5"}
    assert "chosen" in found
    assert facts("env: {}\n", cni="v1.16.0")["text"].get("ENABLE_SUBNET_DISCOVERY") is None  # type: ignore[attr-defined]


def test_what_a_patch_or_an_envfrom_may_hide_is_unknown() -> None:
    patch = full("WARM_IP_TARGET='5'").replace("  selector: {}\n", "")
    hidden = full("WARM_IP_TARGET='5'") + "          envFrom: [{configMapRef: {name: x}}]\n"
    for content in (patch, hidden):
        found = facts(content)
        assert found["env"]["WARM_IP_TARGET"] == 5  # type: ignore[index]
        assert found["env"]["MINIMUM_IP_TARGET"] is MAYBE  # type: ignore[index]
        assert found["text"]["ENABLE_IPv4"] is MAYBE  # type: ignore[index]
        assert "ENABLE_IPv4" not in found["set"]  # type: ignore[operator]


def names(found: Facts, fact: str, *fields: str) -> list[object]:
    items = [tuple(item.get(field) for field in fields) for item in found[fact]]  # type: ignore[attr-defined]
    return [item[0] if len(fields) == 1 else item for item in items]


def test_settings_that_do_not_mean_what_they_say() -> None:
    found = facts(
        full(
            "ENABLE_IPv4='yes' AWS_VPC_ENI_MTU='1x' WARM_IP_TARGET=5 ENABLE_IPV6='true' FOO='1' "
            "DISABLE_TCP_EARLY_DEMUX='true' AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER='true' GOGC='50' VPC_ID='x' "
            "MANAGE_UNTAGGED_ENI='false' WARM_ENI_TARGET='3' WARM_ENI_TARGET='4'"
        )
    )
    assert names(found, "malformed", "name", "exits") == [("ENABLE_IPv4", False), ("AWS_VPC_ENI_MTU", True)]
    assert names(found, "notStrings", "name", "type", "quoted") == [("WARM_IP_TARGET", "number", '"5"')]
    assert names(found, "unknown", "name", "nearest") == [("ENABLE_IPV6", "ENABLE_IPv6"), ("FOO", "")]
    assert names(found, "misplaced", "name", "readers") == [("DISABLE_TCP_EARLY_DEMUX", "aws-vpc-cni-init")]
    assert names(found, "removed", "name", "version") == [("AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER", "v1.12.1")]
    assert names(found, "undocumented", "name") == ["MANAGE_UNTAGGED_ENI"]
    assert names(found, "duplicated", "name", "first", "last", "same") == [("WARM_ENI_TARGET", "3", "4", False)]


def test_settings_a_release_does_not_have() -> None:
    old = facts(full("POD_MTU='1500' WARM_IP_TARGET='5'", image="x/amazon-k8s-cni:v1.16.3"))
    assert names(old, "premature", "name", "version") == [("POD_MTU", "v1.16.4")]
    assert names(facts(full("POD_MTU='1500'", image="x/cni:latest")), "premature", "name") == []
    clamped = facts(full("AWS_VPC_ENI_MTU='100'", image="x/amazon-k8s-cni:v1.16.3"))
    assert names(clamped, "malformed", "name", "exits") == [("AWS_VPC_ENI_MTU", False)]


def test_a_name_that_another_variable_refers_to_is_no_mistake() -> None:
    assert names(facts(full("BASE='x' CLUSTER_NAME='$(BASE)'")), "unknown", "name") == []


NODE = {"instance_types": ("m5.large",)}


@pytest.mark.parametrize(
    ("kind", "env", "usable", "addresses", "most", "recommended"),
    [
        # recommended: max-pods-calculator.sh of amazon-eks-ami, run; the others from ipamd's code.
        ("m5.large", "", 3, 27, 29, 29),
        ("m5.large", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG='true'", 2, 18, 29, 20),
        ("m5.large", "ENABLE_PREFIX_DELEGATION='true'", 3, 432, 110, 110),
        ("m5.large", "ENABLE_PREFIX_DELEGATION='true' AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG='true'", 2, 288, 110, 110),
        ("m5.large", "MAX_ENI='2'", 2, 18, 29, 20),
        ("m5.large", "ENABLE_POD_ENI='true'", 2, 18, 29, 29),
        ("m5.large", "ENABLE_POD_ENI='true' AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG='true'", 1, 9, 29, 20),
        # no slot is left for a trunk, and the primary interface serves pods all the same
        ("m5.large", "ENABLE_POD_ENI='true' MAX_ENI='1'", 1, 9, 29, 11),
        ("hpc6id.32xlarge", "ENABLE_POD_ENI='true'", 1, 49, 51, 51),
        ("m5.4xlarge", "", 8, 232, 234, 110),
        ("m5.8xlarge", "", 8, 232, 234, 234),
        ("c5n.18xlarge", "ENABLE_PREFIX_DELEGATION='true'", 15, 11760, 737, 250),
        ("t3.medium", "ENABLE_POD_ENI='true'", 3, 15, 17, 17),
        ("t3.nano", "ENABLE_PREFIX_DELEGATION='true'", 2, 32, 34, 34),
        ("t2.medium", "ENABLE_PREFIX_DELEGATION='true'", 3, 15, 17, 17),
        ("p5.48xlarge", "", 2, 98, 100, 100),
        ("m5.metal", "ENABLE_PREFIX_DELEGATION='true'", 15, 11760, 737, 250),
    ],
)
def test_a_node_holds_what_the_calculator_and_ipamd_say(  # noqa: PLR0913, PLR0917  # one row of a table
    kind: str, env: str, usable: int, addresses: int, most: int, recommended: int
) -> None:
    node = facts(full(env), instance_types=(kind,))["nodes"][0]  # type: ignore[index]
    found = (node["usableEnis"], node["podsByAddress"], node["maxPods"], node["recommendedMaxPods"])
    assert found == (usable, addresses, most, recommended)


def test_what_is_told_of_max_pods_wins_and_the_unknown_stays_unknown() -> None:
    assert facts(full(), max_pods=58, **NODE)["nodes"][0]["maxPods"] == 58  # type: ignore[index]
    hidden = facts(full("MAX_ENI='${X}'"), **NODE)["nodes"][0]  # type: ignore[index]
    assert (hidden["enis"], "podsByAddress" in hidden) == (3, False)
    ipv6 = facts(full("ENABLE_IPv6='true' ENABLE_PREFIX_DELEGATION='true'"), **NODE)["nodes"][0]  # type: ignore[index]
    assert ("podsByAddress" in ipv6, ipv6["maxPods"]) == (False, 110)


AGENT = """\
        - name: aws-eks-nodeagent
          image: x/aws-network-policy-agent:v1.1.2
          args: [--enable-network-policy=true, --log-level, warn, --enable-ipv6, "false", --nope=1,
            --conntrack-cache-table-size=1]
"""


def test_the_agents_command_line_is_read_as_pflag_reads_it() -> None:
    found = facts(full() + AGENT)
    agent = found["agent"]
    assert (agent["present"], agent["version"]) == (True, "v1.1.2")  # type: ignore[index]
    flags = agent["flags"]  # type: ignore[index]
    assert (flags["enable-network-policy"], flags["enable-ipv6"], flags["log-level"]) == (True, True, "warn")
    assert names(found, "looseArgs", "text", "flag") == [("false", "enable-ipv6")]
    assert names(found, "unknownFlags", "flag") == ["--nope"]
    assert names(found, "newerFlags", "flag", "version") == [("conntrack-cache-table-size", "v1.1.3")]
    assert names(found, "malformedFlags", "flag", "text") == [("conntrack-cache-table-size", "1")]
    assert found["looseArgs"][0]["at"].content == '"false"'  # type: ignore[index]
    assert facts(full())["agent"] == {"present": False}
    assert facts(full().replace("  selector: {}\n", ""))["agent"] == {}


def test_the_role_grants_what_its_wildcards_cover() -> None:
    rule = "- {apiGroups: ['*'], resources: ['*'], verbs: ['*']}\n"
    role = f"---\nkind: ClusterRole\nmetadata: {{name: aws-node}}\nrules:\n{rule}"
    found = facts(full() + role)
    assert found["clusterRole"] == {"present": True, "patchesPods": True}
    assert found["missingGrants"] == []
    narrow = facts(
        full() + role.replace("resources: ['*']", "resources: [pods]").replace("verbs: ['*']", "verbs: [get]")
    )
    assert narrow["clusterRole"] == {"present": True, "patchesPods": False}
    assert ("core/pods", "list") in names(narrow, "missingGrants", "resource", "verb")
    with pytest.raises(KeyError):
        facts(full())["clusterRole"]
