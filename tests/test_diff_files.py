"""``cnilint diff``: where its two sides come from, several places in a file, other fields, and what always holds."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnilint.comparison.difference import difference
from cnilint.facts import Told
from cnilint.report import Style
from cnilint.report.difference import text
from cnilint.source.text import decoded
from cnilint.surface import surfaces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conftest import CommandLine

    from cnilint.comparison.difference import Difference

FIXTURES = Path(__file__).parent / "fixtures"
READ = {
    str(path.relative_to(FIXTURES)): path
    for path in sorted(FIXTURES.rglob("*"))
    if path.suffix in (".yaml", ".json", ".tf", ".toml") and "formats-right" not in path.parts
}
CONFIGURING = [
    name for name in READ if name.startswith(("ok/", "err/")) and not name.endswith(("-broken.yaml", "-broken.tf"))
]
TOLD = Told(), Told()


def between(old: Path, new: Path) -> Difference:
    before, after = (surfaces(decoded(path.read_bytes(), str(path))) for path in (old, new))
    return difference(before, after, TOLD)


@pytest.fixture
def repository(tmp_path: Path, manifest: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a file of a repository, whose last commit has another value."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    who = {f"GIT_{role}_{what}": "t@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    for name, value in {**who, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "deploy" / "x.yaml"
    path.parent.mkdir()
    path.write_text(manifest)
    for command in ("init -q", "add .", "commit -q -m one"):
        subprocess.run(["git", *command.split()], cwd=tmp_path, check=True)
    path.write_text(manifest.replace('"5"', '"6"'))
    return path


def test_a_side_may_be_of_a_revision_or_piped(
    cnilint: CommandLine, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = "    WARM_IP_TARGET: 5 -> 6\n"
    found = cnilint("diff", "HEAD:deploy/x.yaml", "deploy/x.yaml", "--exit-code")
    assert found.code == 1
    assert line in found.out
    assert found.out.startswith("--- HEAD:deploy/x.yaml:4:9: daemonset")
    assert line in cnilint("diff", "HEAD:deploy/x.yaml", "-", stdin=repository.read_bytes()).out
    assert "6 -> 5" in cnilint("diff", "-", ":deploy/x.yaml", stdin=repository.read_bytes()).out, "the index"
    monkeypatch.chdir(repository.parent)
    assert line in cnilint("diff", "HEAD:./x.yaml", "x.yaml").out


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["deploy/x.yaml"], "Missing argument 'NEW'"),
        (["-", "-"], "only one of the two"),
        (["nope.yaml", "deploy/x.yaml"], "nope.yaml: no such file or folder"),
        (["deploy", "deploy/x.yaml"], "deploy: a folder, not a file"),
        (["HEAD:nope.yaml", "deploy/x.yaml"], "HEAD:nope.yaml: HEAD has no file nope.yaml"),
        (["nope:x.yaml", "deploy/x.yaml"], "nope:x.yaml: neither a file nor a revision"),
        (["other.yaml", "deploy/x.yaml"], "other.yaml: neither aws-node nor nodes are configured in it"),
        (["broken.yaml", "deploy/x.yaml"], "broken.yaml:3:1:"),
        (["deploy/x.yaml", "deploy/x.yaml", "--instance-type", "m5.lagre"], "did you mean m5.large"),
        (["deploy/x.yaml", "deploy/x.yaml", "--config", "nope"], "nope"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_wrong_use_is_one_clear_error(cnilint: CommandLine, tmp_path: Path, args: list[str], words: str) -> None:
    (tmp_path / "other.yaml").write_text("kind: Service\n")
    (tmp_path / "broken.yaml").write_text("kind: DaemonSet # aws-node\na: [\n")
    found = cnilint("diff", *args)
    assert (found.code, found.out) == (2, "")
    assert words in found.err
    assert "Traceback" not in found.err


def test_the_configuration_tells_of_the_nodes_and_the_release(cnilint: CommandLine, tmp_path: Path) -> None:
    values = "env:\n  WARM_IP_TARGET: '{}'\n  ENABLE_PREFIX_DELEGATION: 'false'\n"
    for name, number in (("old.yaml", 5), ("new.yaml", 6)):
        (tmp_path / name).write_text(values.format(number))
    (tmp_path / ".cnilint.yaml").write_text("cni: v1.20.0\ninstanceTypes: [m5.large]\nmaxPods: 20\n")
    printed = cnilint("diff", "old.yaml", "new.yaml").out
    assert "Neither side tells" not in printed
    assert "  m5.large: max pods 20; pods that can get an address 27; addresses held without pods 6 -> 7\n" in printed
    other = cnilint(
        "diff", "old.yaml", "new.yaml", "--no-config", "--instance-type", "m5.xlarge", "--max-pods", "30"
    ).out
    assert "  m5.xlarge: max pods 30;" in other
    (tmp_path / "new.yaml").write_text(values.format("${N}"))
    assert "  m5.large: cannot be told: new.yaml does not tell WARM_IP_TARGET" in " ".join(
        cnilint("diff", "old.yaml", "new.yaml").out.split("\n    ")
    )


def test_each_place_is_compared_with_its_own(cnilint: CommandLine, tmp_path: Path, manifest: str) -> None:
    other = manifest.replace("name: aws-node\n  namespace", "name: aws-node\n  labels: {a: b}\n  namespace")
    (tmp_path / "old.yaml").write_text(f"{manifest}---\n{other}")
    (tmp_path / "new.yaml").write_text(f"{other}---\n{manifest}")
    assert cnilint("diff", "old.yaml", "new.yaml", "--format", "json").json["differs"] is False
    (tmp_path / "new.yaml").write_text(other)
    found = cnilint("diff", "old.yaml", "new.yaml", "--exit-code")
    assert found.code == 1
    assert found.out.endswith("\nOnly in old.yaml\n  old.yaml:4:9: daemonset (kubernetes), v1.23.1\n")


def test_a_live_object_is_compared_without_what_the_server_fills_in(
    cnilint: CommandLine, tmp_path: Path, manifest: str
) -> None:
    live = manifest.replace("  namespace: kube-system\n", "  namespace: kube-system\n  uid: 1-2\n  generation: 4\n")
    live = live.replace("      hostNetwork: true\n", "      hostNetwork: true\n      dnsPolicy: ClusterFirst\n")
    (tmp_path / "x.yaml").write_text(manifest)
    (tmp_path / "live.yaml").write_text(live + "status: {numberReady: 3}\n")
    assert "\nNo effective differences.\n" in cnilint("diff", "x.yaml", "live.yaml").out


def test_an_eni_config_is_compared_field_by_field(cnilint: CommandLine, tmp_path: Path, manifest: str) -> None:
    entry = (
        "---\napiVersion: crd.k8s.amazonaws.com/v1alpha1\nkind: ENIConfig\nmetadata: {name: %s}\nspec: {subnet: %s}\n"
    )
    (tmp_path / "old.yaml").write_text(manifest + entry % ("a", "subnet-1") + entry % ("b", "subnet-2"))
    (tmp_path / "new.yaml").write_text(manifest + entry % ("a", "subnet-3") + entry % ("c", "subnet-2"))
    (found,) = cnilint("diff", "old.yaml", "new.yaml", "--format", "json").json["comparisons"]
    assert {item["name"]: (item["old"]["value"], item["new"]["value"]) for item in found["changes"]} == {
        "ENIConfig a.spec.subnet": ("subnet-1", "subnet-3"),
        "ENIConfig b": ("in the file", None),
        "ENIConfig c": (None, "in the file"),
    }
    assert found["restarts"]["what"] == "none"
    (tmp_path / "new.yaml").write_text(manifest)
    (found,) = cnilint("diff", "old.yaml", "new.yaml", "--format", "json").json["comparisons"]
    assert (found["changes"], [item["part"] for item in found["untold"]]) == ([], ["ENIConfig a", "ENIConfig b"])


def test_who_owns_a_field_is_told(cnilint: CommandLine) -> None:
    old, new = FIXTURES / "ok" / "live-managed-by-eks.yaml", FIXTURES / "err" / "live-edited-by-hand.yaml"
    out = cnilint("diff", old, new).out
    assert "livenessProbe.timeoutSeconds [set by kubectl-edit; EKS puts its own value back]\n" in out


def test_colour_is_for_titles_and_nothing_of_a_file_reaches_the_terminal(
    cnilint: CommandLine, tmp_path: Path, manifest: str
) -> None:
    (tmp_path / "old.yaml").write_text(manifest)
    (tmp_path / "new.yaml").write_text(manifest.replace('"5"', '"\\e[31m"').replace("WARM_IP", "WARM"))
    found = cnilint("diff", "old.yaml", "new.yaml", "--color", "always").out
    assert "\x1b[1mWhat changes\x1b[0m\n" in found
    assert "\x1b[31m" not in found
    assert "\x1b" not in cnilint("diff", "old.yaml", "new.yaml").out


def test_output_goes_to_a_file(cnilint: CommandLine, tmp_path: Path, manifest: str) -> None:
    (tmp_path / "x.yaml").write_text(manifest)
    found = cnilint("diff", "x.yaml", "x.yaml", "--output", "told.txt")
    assert (found.code, found.out) == (0, "")
    assert (tmp_path / "told.txt").read_text().endswith("\nNo effective differences.\n")


@pytest.mark.parametrize("name", READ)
def test_a_file_differs_in_nothing_from_itself(name: str) -> None:
    found = between(READ[name], READ[name])
    assert not found.differs
    assert not any(each.same or each.unknown or each.silent for each in found.comparisons)
    assert "What" not in text(found, [()] * len(found.comparisons), ("a", "b"), Style())


def _sides(found: Difference) -> Sequence[Any]:
    kinds = ((each.changes, each.same, each.unknown) for each in found.comparisons)
    return sorted(
        (item.part, item.name, repr(item.old), repr(item.new)) for kind in kinds for each in kind for item in each
    )


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(CONFIGURING), st.sampled_from(CONFIGURING))
def test_the_other_way_round_the_sides_change_places(one: str, other: str) -> None:
    there, back = between(READ[one], READ[other]), between(READ[other], READ[one])
    turned = sorted((part, name, old, new) for part, name, new, old in _sides(back))
    assert _sides(there) == turned
    assert (len(there.gone), len(there.new)) == (len(back.new), len(back.gone))
    assert text(there, [()] * len(there.comparisons), ("a", "b"), Style())
