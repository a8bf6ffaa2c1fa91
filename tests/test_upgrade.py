"""What another release changes: the release that is meant, what becomes of settings, of the manifest, and the way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from stock_manifest import manifest

from cnilint.errors import ConfigError
from cnilint.facts.context import Context, Told
from cnilint.knowledge.releases import known, newest, releases
from cnilint.knowledge.versions import before
from cnilint.report.upgrade import json as as_json
from cnilint.report.upgrade import text as as_text
from cnilint.source.text import decoded
from cnilint.surface import surfaces
from cnilint.upgrade.cautions import _table
from cnilint.upgrade.note import SECTIONS, Upgrade, manifest_url, url
from cnilint.upgrade.target import between, minors, target
from cnilint.upgrade.upgrade import upgrade

if TYPE_CHECKING:
    from conftest import CommandLine


ROOT = Path(__file__).parent.parent
SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas" / "upgrade.schema.json").read_text("utf-8")))
EVERY: Final = tuple(releases())
# Their manifests name another release (the table's notes).
STRANGE: Final = ("v1.5.1", "v1.6.3", "v1.22.0")


def upgraded(content: str, new: str, *, old: str = "", kind: str = "", told: Told | None = None) -> Upgrade:
    """Return what changes for the only place in a text."""
    [surface] = surfaces(decoded(content.encode(), "x.yaml"), kind=kind)
    context = Context(surface, told or Told(cni=old or None))
    return upgrade(context, target(str(context.release)), target(new))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("v1.21.1", "v1.21.1"),
        ("1.21.1", "v1.21.1"),
        (" v1.21.1-eksbuild.3\n", "v1.21.1"),
        ("1.21", "v1.21.2"),
        ("v1.22.x", "v1.22.4"),
        ("v1.22.0", "v1.22.0"),
        ("LATEST", newest()),
        ("newest", newest()),
    ],
)
def test_people_write_releases_in_many_ways(written: str, meant: str) -> None:
    assert target(written) == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("v1.21.9", "the release v1.21.9 is not known (the nearest is v1.21.2); cnilint knows releases from v1.5.0 to"),
        ("1.99.0", f"(the nearest is {newest()})"),
        ("v1.0.0", "the release v1.0.0 is not known; cnilint"),
        ("1.99", "no release 1.99 is known; cnilint"),
        ("stable", "'stable' is no release such as v1.21.1, 1.21 or latest"),
        ("", "'' is no release"),
        ("v1.21.1; rm", "is no release"),
    ],
)
def test_a_release_that_is_not_known_is_told_with_the_nearest(written: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        target(written)
    assert said in error.value.message


def test_the_way_takes_the_newest_patch_of_each_minor_up_and_down() -> None:
    assert minors("v1.18.1", "v1.22.2") == ["v1.19.6", "v1.20.5", "v1.21.2", "v1.22.2"]
    assert minors("v1.22.1", "v1.20.1") == ["v1.21.2", "v1.20.1"]
    assert minors("v1.18.1", "v1.18.6") == ["v1.18.6"]
    assert "v1.22.0" not in between("v1.21.0", "v1.23.1")
    assert between("v1.23.1", "v1.21.0") == []


SETTINGS = [
    ("AWS_EC2_ENDPOINT: 'https://x'", "v1.18.1", "1.23", "read without effect since v1.19.4", True),
    ("ENABLE_NFTABLES: 'true'", "v1.13.0", "1.14", "no longer read since v1.13.2: leave it out.", True),
    ("ENABLE_PREFIX_DELEGATION: 'true'", "v1.9.0", "1.8", "v1.9.0 is the first release that does", True),
    ("POD_MTU: '9000'", "v1.16.0", "1.17", "v1.16.4 is the first release that reads it: from then on it counts", False),
    ("AWS_VPC_ENI_MTU: '9500'", "v1.16.0", "1.17", "[mtu-out-of-range]", True),
    ("NETWORK_POLICY_ENFORCING_MODE: ''", "v1.18.1", "1.20", "[enforcing-mode-refused]", True),
    ("AWS_VPC_K8S_CNI_RANDOMIZESNAT: 'prng'", "v1.6.4", "1.7", "", False),
    ("WARM_IP_TARGET: '5'", "v1.18.1", "1.23", "", False),
    ("FOO: bar", "v1.18.1", "1.23", "", False),
]


@pytest.mark.parametrize(("entry", "old", "new", "said", "act"), SETTINGS)
def test_what_becomes_of_a_setting(entry: str, old: str, new: str, said: str, act: bool) -> None:  # noqa: FBT001  # of the table
    content = f"env: {{{entry}, MAX_ENI: '4'}}"
    found = upgraded(content, new, old=old, kind="helm").section("settings")
    assert any(note.act for note in found) == act
    if not said:
        assert found == ()
        return
    note = next(note for note in found if said in note.text)
    assert note.act == act
    assert note.at is not None
    assert note.at.content in entry


def test_a_flag_that_the_agent_does_not_know_ends_it() -> None:
    content = "env: {MAX_ENI: '4'}\nnodeAgent: {conntrackCacheTableSize: 32768, logLevel: info}"
    found = upgraded(content, "1.16.0", old="v1.21.2", kind="helm").section("settings")
    assert [(note.name, note.act) for note in found] == [("aws-eks-nodeagent --conntrack-cache-table-size", True)]
    gone = upgraded(content, "1.13", old="v1.21.2", kind="helm").section("settings")
    assert {note.text for note in gone} == {"v1.13.4 has no aws-eks-nodeagent"}


def test_what_is_new_and_on_is_told_unless_it_is_set() -> None:
    found = upgraded("env: {MAX_ENI: '4'}", "1.18", old="v1.17.1", kind="addon")
    assert [(note.name, note.since) for note in found.section("defaults")] == [("ENABLE_SUBNET_DISCOVERY", "v1.18.0")]
    told = upgraded("env: {ENABLE_SUBNET_DISCOVERY: 'false'}", "1.18", old="v1.17.1", kind="addon")
    assert told.section("defaults") == ()
    fresh = upgraded("env: {MAX_ENI: '4'}", "1.20", old="v1.18.1", kind="addon").section("new")
    assert [(note.name, note.since) for note in fresh] == [
        ("ENABLE_IMDS_ONLY_MODE", "v1.19.6"),
        ("ENABLE_MULTI_NIC", "v1.20.0"),
    ]


def test_what_must_move_together_and_what_the_manifest_gains() -> None:
    found = upgraded(manifest("v1.18.1"), "v1.23.1")
    pairs = {note.name: note.text for note in found.section("pairs")}
    assert pairs == {
        "aws-vpc-cni-init image": "v1.18.1 -> v1.23.1",
        "aws-node image": "v1.18.1 -> v1.23.1",
        "aws-eks-nodeagent image": "v1.1.1 -> v1.4.2",
        "aws-node livenessProbe": "-addr=:50051 -> -addr=unix:///var/run/aws-node/ipamd.sock",
        "aws-node readinessProbe": "-addr=:50051 -> -addr=unix:///var/run/aws-node/ipamd.sock",
        "VPC_CNI_VERSION": "v1.18.1 -> v1.23.1",
    }
    gains = {note.name: (note.text, note.since) for note in found.section("manifest")}
    assert gains["ClusterRole networking.k8s.aws/clusterpolicyendpoints"] == ("grant get, list, watch", "v1.21.1")
    assert gains["aws-eks-nodeagent --conntrack-cache-table-size"] == ("add 524288", "v1.21.2")
    assert gains["pod node affinity"][0].endswith("NotIn fargate,hybrid,auto")
    assert not found.act


def test_what_values_keep_of_an_older_chart_is_told() -> None:
    content = """\
image: {tag: v1.22.4}
nodeAgent: {image: {tag: v1.4.0}}
env: {MAX_ENI: "4"}
livenessProbe: {exec: {command: [/app/grpc-health-probe, "-addr=:50051", -connect-timeout=5s, -rpc-timeout=5s]}}
"""
    found = upgraded(content, "1.23", kind="helm").section("pairs")
    assert [(note.name, note.text.partition(":")[0], note.act) for note in found[:2]] == [
        ("image.tag", "v1.22.4 -> v1.23.1", False),
        ("nodeAgent.image.tag", "v1.4.0 -> v1.4.2", False),
    ]
    assert (found[2].name, found[2].act, found[2].since) == ("livenessProbe.exec.command", True, "v1.23.0")
    assert found[2].text.startswith("-addr=:50051 -> -addr=unix:///var/run/aws-node/ipamd.sock")
    assert upgraded(content, "1.21", kind="helm").section("pairs")[2:] == ()


def test_a_container_that_comes_is_told_once() -> None:
    found = upgraded(manifest("v1.13.4"), "v1.14.1").section("manifest")
    told = [note for note in found if "nodeagent" in note.name]
    assert [note.name for note in told] == ["aws-eks-nodeagent"]
    assert told[0].text.startswith("add the container, of the image aws-network-policy-agent:v1.0.2, with mounts of")


def test_what_the_file_has_otherwise_is_its_own() -> None:
    content = manifest("v1.11.0").replace('cpu: "10m"', 'cpu: "50m"')
    [note] = [note for note in upgraded(content, "1.12").section("manifest") if "cpu" in note.name]
    assert note.text == "the file's own is 50m; the shipped one changes: 10m -> 25m"
    ahead = manifest("v1.11.0").replace('cpu: "10m"', 'cpu: "25m"')
    assert not [note for note in upgraded(ahead, "1.12").section("manifest") if "cpu" in note.name]


def test_a_permission_that_the_role_has_already_is_not_told() -> None:
    more = '  - {nonResourceURLs: ["/apis/networking.k8s.aws", "/apis/networking.k8s.aws/*"], verbs: ["*"]}\n'
    content = manifest("v1.20.0").replace("rules:\n", f"rules:\n{more}")
    names = [note.name for note in upgraded(content, "1.21").section("manifest")]
    assert "ClusterRole networking.k8s.aws/clusterpolicyendpoints" in names
    assert not [name for name in names if "url:" in name]


CAUTIONS = [
    ("env: {ENABLE_PREFIX_DELEGATION: 'true'}", "v1.12.0", "1.8", "nodes with prefixes cannot go below v1.9.0", True),
    ("env: {ENABLE_PREFIX_DELEGATION: 'false'}", "v1.12.0", "1.8", "Kubernetes 1.26 and later need", False),
    ("env: {MAX_ENI: '4'}", "v1.6.4", "1.12", "go to v1.7.10 before all else", True),
    ("env: {MAX_ENI: '4'}", "v1.21.0", "1.22", "ec2:DescribeSubnets", False),
    ("env: {ENABLE_SUBNET_DISCOVERY: 'false'}", "v1.21.0", "1.22", "", False),
    ("env: {ENABLE_SUBNET_DISCOVERY: '${X}'}", "v1.21.0", "1.22", "", False),
    ("env: {MAX_ENI: '4'}", "v1.21.0", "v1.22.0", "its manifest names v1.21.1", False),
]


@pytest.mark.parametrize(("content", "old", "new", "said", "act"), CAUTIONS)
def test_cautions_count_where_they_are_known_to(content: str, old: str, new: str, said: str, act: bool) -> None:  # noqa: FBT001
    notes = upgraded(content, new, old=old, kind="helm").section("warnings")
    assert any(note.act for note in notes) == act
    assert any(said in f"{note.name} {note.text}" for note in notes) if said else notes == ()


def test_the_cluster_decides_where_it_is_told() -> None:
    acts = {}
    for kubernetes in ("1.25", "1.27", None):
        told = Told(cni="v1.13.0", kubernetes=kubernetes)
        notes = upgraded("env: {MAX_ENI: '4'}", "1.11", kind="helm", told=told).section("warnings")
        acts[kubernetes] = [note.act for note in notes if note.name == "Kubernetes 1.26"]
    assert acts == {"1.25": [], "1.27": [True], None: [False]}


def test_the_table_of_cautions_is_whole() -> None:
    for entry in _table():
        assert entry.keys() <= {"name", "from", "to", "env", "kinds", "kubernetes", "act", "text", "source"}
        assert entry["source"].startswith("https://")
        bounds = [bound for key in ("from", "to") for bound in entry.get(key, ()) if bound]
        assert bounds
        assert all(known(bound) for bound in bounds), entry["name"]


def test_addresses() -> None:
    blob = "https://github.com/aws/amazon-vpc-cni-k8s/blob"
    assert url("pkg/ipamd/ipamd.go:2006-2009") == f"{blob}/{newest()}/pkg/ipamd/ipamd.go#L2006-L2009"
    assert url("v1.13.0:cmd/aws-vpc-cni/main.go:367") == f"{blob}/v1.13.0/cmd/aws-vpc-cni/main.go#L367"
    assert url("Go net/http ProxyFromEnvironment") == "Go net/http ProxyFromEnvironment"
    assert manifest_url("v1.9.3") == f"{blob}/v1.9.3/config/v1.9/aws-k8s-cni.yaml"
    assert manifest_url("v1.10.0") == f"{blob}/v1.10.0/config/master/aws-k8s-cni.yaml"


def _alone(release: str) -> str:
    """Return a release's DaemonSet without the objects beside it."""
    found: str = manifest(release).rpartition("---\n")[2]
    return found


@hypothesis_settings(max_examples=40, deadline=None)
@given(st.sampled_from(EVERY), st.sampled_from(EVERY), st.booleans())
def test_a_manifest_as_shipped_needs_nothing_by_hand(old: str, new: str, alone: bool) -> None:  # noqa: FBT001
    content = _alone(old) if alone else manifest(old)
    [surface] = surfaces(decoded(content.encode(), "x.yaml"))
    found = upgrade(Context(surface, Told()), old, new)
    own = [note for note in found.notes if note.section != "warnings"]
    assert not any(note.act for note in own)
    assert all(note.section in SECTIONS and note.text and note.sources for note in found.notes)
    assert found.downgrade == before(new, old)
    assert (old == new) == (found.notes == ())
    SCHEMA.validate(json.loads(as_json([found])))
    assert as_text([found]).isascii()
    assert max(map(len, as_text([found]).splitlines())) <= 120  # but for what cannot be broken


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.sampled_from(EVERY), st.sampled_from(EVERY))
def test_what_comes_on_the_way_up_goes_on_the_way_down(old: str, new: str) -> None:
    if {old, new} & {*STRANGE}:
        return
    there, back = upgraded(_alone(old), new), upgraded(_alone(new), old)
    names = [{note.name for note in each.section("pairs") if "Probe" in note.name} for each in (there, back)]
    assert names[0] == names[1]
    grants = [{note.name for note in each.section("manifest") if "ClusterRole" in note.name} for each in (there, back)]
    assert grants[0] == grants[1]


def test_the_command_answers_with_its_exit_code(cnilint: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(manifest("v1.18.1"), "utf-8")
    fine = cnilint("upgrade", str(path), "--to", "latest")
    assert (fine.code, fine.err) == (0, "")
    assert "DaemonSet aws-node, from v1.18.1 to v1.23.1" in fine.out
    path.write_text("env: {ENABLE_NFTABLES: 'true', MAX_ENI: '4'}", "utf-8")
    by_hand = cnilint("upgrade", str(path), "--as", "addon", "--cni-version", "1.13.0", "--to", "1.14", "-f", "json")
    assert by_hand.code == 1
    [found] = json.loads(by_hand.out)["upgrades"]
    assert found["act"]
    assert [note["name"] for note in found["notes"] if note["act"]] == ["ENABLE_NFTABLES"]


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("a: b", ("--to", "latest"), "aws-node is not configured in it"),
        ("{", ("--to", "latest", "--as", "helm"), "x.yaml:1:2:"),
        ("env: {MAX_ENI: '4'}", ("--to", "latest", "--as", "helm"), "nothing tells the release it is of now"),
        ("env: {MAX_ENI: '4'}", ("--to", "1.99", "--as", "helm"), "no release 1.99 is known"),
        ("env: {MAX_ENI: '4'}", ("--as", "helm"), "--to RELEASE"),
        ("env: {MAX_ENI: '4'}", ("--to", "1.20", "--as", "helm", "--cni-version", "1.4.0"), "v1.4.0 is not known"),
    ],
)
def test_bad_input_is_one_error(
    cnilint: CommandLine, tmp_path: Path, content: str, options: tuple[str, ...], said: str
) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(content, "utf-8")
    ran = cnilint("upgrade", str(path), *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_every_stock_manifest_can_be_taken_to_the_newest(corpus: Path) -> None:
    for path in sorted((corpus / "stock").glob("*.yaml")):
        [surface] = surfaces(decoded(path.read_bytes(), path.name))
        context = Context(surface, Told())
        found = upgrade(context, target(str(context.release)), newest())
        assert not any(note.act for note in found.notes if note.section != "warnings"), path.name


def test_the_command_carries_settings_over_and_lists_the_rest(cnilint: CommandLine, tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    own = '{name: WARM_IP_TARGET, value: "5"}\n            - {name: AWS_EC2_ENDPOINT, value: x}\n            - '
    mine = manifest("v1.18.1", flow=True).replace('- {name: "WARM_ENI', '- {name: "WARM_ENI', 1)
    mine = mine.replace('{name: "WARM_ENI_TARGET"', own + '{name: "WARM_ENI_TARGET"')
    old.write_text(mine, "utf-8")
    new.write_text(manifest("v1.23.1"), "utf-8")
    shown = cnilint("upgrade", str(old), "--stock", str(new))
    assert shown.code == 1
    assert "not carried: AWS_EC2_ENDPOINT: without effect since v1.19.4\n" in shown.err
    assert shown.err.endswith("1 setting carried over, 1 not\n")
    assert new.read_text("utf-8") == manifest("v1.23.1")
    written = cnilint("upgrade", str(old), "--stock", str(new), "--output", str(new))
    assert (written.code, written.out) == (1, "")
    assert new.read_text("utf-8") == shown.out
    assert 'name: WARM_IP_TARGET\n              value: "5"\n' in shown.out
    assert cnilint("check", str(new)).code == 0


def test_what_the_merge_brings_is_to_be_looked_at(cnilint: CommandLine, tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    mode = 'name: "ENABLE_IMDS_ONLY_MODE"\n              value: '
    old.write_text(manifest("v1.21.1").replace(f'{mode}"false"', f'{mode}"true"'), "utf-8")
    new.write_text(manifest("v1.23.1"), "utf-8")
    ran = cnilint("upgrade", str(old), "--stock", str(new))
    assert ran.code == 1
    assert "to be looked at: ENABLE_IMDS_ONLY_MODE=true still needs ec2:DescribeSubnets" in ran.err
    assert ran.err.endswith("1 setting carried over, 0 not\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--stock", "new.yaml", "--to", "latest"), "--to RELEASE, or a manifest of it by --stock NEW"),
        (("--stock", "new.yaml", "--format", "json"), "--format json goes with --to alone"),
        (("--stock", "missing.yaml"), "missing.yaml"),
        (("--stock", "other.yaml"), "aws-node is not configured in it"),
        (("--stock", "two.yaml"), "it configures aws-node in 2 places"),
        (("--stock", "new.yaml", "--output", "no/such/folder"), "cannot be written"),
    ],
)
def test_bad_input_writes_nothing(cnilint: CommandLine, tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    for name, content in (
        ("old.yaml", manifest("v1.18.1")),
        ("new.yaml", manifest("v1.23.1")),
        ("other.yaml", "a: b"),
        ("two.yaml", f"{_alone('v1.23.1')}---\n{_alone('v1.23.1')}"),
    ):
        (tmp_path / name).write_text(content, "utf-8")
    ran = cnilint("upgrade", "old.yaml", *options)
    assert ran.code == 2
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == ""


def test_the_files_may_come_from_standard_input(cnilint: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(manifest("v1.23.1"), "utf-8")
    ran = cnilint("upgrade", "-", "--stock", "new.yaml", stdin=manifest("v1.18.1").encode())
    assert (ran.code, ran.out) == (0, manifest("v1.23.1"))
    assert cnilint("upgrade", "-", "--stock", "-").code == 2
