"""Conversions there and back: whatever is set comes out again, or is told of, in every form and from every form."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from cnilint.choices.choices import choices
from cnilint.choices.flat import shipped
from cnilint.choices.keys import WITHOUT_AGENT
from cnilint.choices.model import REMOVED, Choice, Choices
from cnilint.choices.nothing import same_without
from cnilint.convert.forms import FORMS, Form, converted
from cnilint.errors import SourceError
from cnilint.facts import Context, Told
from cnilint.knowledge.addon import schema
from cnilint.knowledge.flags import Flag, flags
from cnilint.knowledge.releases import releases
from cnilint.knowledge.variables import Malformed, Variable, value, variables
from cnilint.source.text import decoded
from cnilint.surface import surfaces
from cnilint.surface.joined import joined
from cnilint.surface.model import HELPER, Surface, placeholder

if TYPE_CHECKING:
    from cnilint.choices.flat import Flat
    from cnilint.choices.flat import Path as Key

MAIN, INIT, AGENT = "aws-node", "aws-vpc-cni-init", "aws-eks-nodeagent"
ADDONS = ("addon", "eksctl", "terraform")
OWN = st.sampled_from(sorted(set(releases()) - {"v1.5.1", "v1.6.3", "v1.22.0"}, key=list(releases()).index))
WORDS = ("", " a", "yes", "no", "null", "~", "0777", "1e3", "1_000", "a: b", "#x", "- a", "--a", "ü", "%{x}", "a\nb")
ODD = (*WORDS, "\t", '"', "'", "\\", "\u2028", "key=value", "a 'b' \"c\"")
TEXT = st.one_of(st.sampled_from(ODD), st.text(max_size=12)).filter(lambda text: not placeholder(text) and _sound(text))
WORD = st.from_regex(r"[a-z]([a-z0-9-]{0,6}[a-z0-9])?", fullmatch=True)
QUANTITY = st.sampled_from(["1", "100m", "250m", "1Gi", "64Mi"])


def _sound(text: str) -> bool:
    """Tell whether a text can stand in YAML at all."""
    return all(char in "\t\n\u2028" or char.isprintable() for char in text)


def valid(variable: Variable, release: str) -> st.SearchStrategy[str]:
    """Return texts that a release takes for a variable."""
    usual: dict[str, st.SearchStrategy[str]] = {
        "bool": st.sampled_from(["true", "false", "1", "0", "True"]),
        "int": st.integers(0, 20000).map(str),
        "enum": st.sampled_from(list(variable.values) or ["x"]),
        "cidrs": st.sampled_from(["10.0.0.0/8", "10.0.0.0/8,172.16.0.0/12"]),
        "tags": st.sampled_from(["{}", '{"team": "net"}', '{"a": "b", "c": "d"}']),
    }

    def taken(text: str) -> bool:
        try:
            value(variable, text, release)
        except Malformed:
            return False
        return True

    return usual.get(variable.type, TEXT).filter(taken)


def flag_text(flag: Flag) -> st.SearchStrategy[str]:
    usual: dict[str, st.SearchStrategy[str]] = {
        "bool": st.sampled_from(["true", "false"]),
        "int": st.integers(flag.minimum or 0, flag.maximum or 999).map(str),
        "enum": st.sampled_from(list(flag.values) or ["x"]),
        "address": st.sampled_from([":9000", ":8162", "127.0.0.1:9000"]),
    }
    return usual.get(flag.type, st.sampled_from(["/var/log/x.log", "stdout"]))


def known(release: str) -> dict[Key, st.SearchStrategy[Any]]:
    """Return what can be set in a release, each with its values."""
    usual = shipped(release)
    found: dict[Key, st.SearchStrategy[Any]] = {}
    for name, variable in variables().items():
        for container in {MAIN, INIT} & {*variable.containers}:
            if ("container", container, "image") in usual and not isinstance(usual.get(("env", container, name)), dict):
                found["env", container, name] = valid(variable, release)
    own = (path for path in usual if path[0] == "env" and path[1] != AGENT and isinstance(usual[path], str))
    found |= {path: st.one_of(found.get(path, st.nothing()), st.just(REMOVED)) for path in own}
    found |= {path: flag_text(flags()[path[1]]) for path in usual if path[0] == "flag"}
    words = {True: ["true", "false"], False: ["0", "5", "77"]}
    config = (path for path in usual if path[0] == "configMap")
    found |= {path: st.sampled_from(words[path[1].startswith("enable")]) for path in config}
    containers = {path[1] for path in usual if path[0] == "container"}
    for container in containers:
        for part in ("limits", "requests"):
            for what in ("cpu", "memory"):
                found["container", container, "resources", part, what] = QUANTITY
    found["container", MAIN, "livenessProbe", "timeoutSeconds"] = st.integers(2, 99)
    found["container", MAIN, "readinessProbe", "initialDelaySeconds"] = st.integers(1, 99)
    tolerations = st.lists(st.builds(lambda key: {"key": key, "operator": "Exists"}, WORD), max_size=2)
    found["pod", "tolerations"] = tolerations.map(lambda items: items or REMOVED)
    found["pod", "nodeSelector", "kubernetes.io/os"] = WORD
    found["pod", "annotations", "x.example/y"] = TEXT
    found["pod", "labels", "team"] = WORD
    found["pod", "priorityClassName"] = WORD
    found["pod", "terminationGracePeriodSeconds"] = st.integers(1, 60)
    found["daemonset", "updateStrategy", "rollingUpdate", "maxUnavailable"] = st.sampled_from([1, "20%"])
    found["daemonset", "annotations", "note"] = TEXT
    found["volume", "more"] = st.sampled_from([{"emptyDir": {}}, {"hostPath": {"path": "/more", "type": "Directory"}}])
    found["mount", MAIN, "/more"] = st.sampled_from([{"name": "more"}, {"name": "more", "readOnly": True}])
    subnets: list[dict[str, object]] = [{"subnet": "subnet-1"}, {"subnet": "subnet-2", "securityGroups": ["sg-1"]}]
    found["eniConfig", "eu-west-1a"] = st.sampled_from(subnets)
    found["env", MAIN, "FROM_FIELD"] = st.just({"valueFrom": {"fieldRef": {"fieldPath": "status.hostIP"}}})
    return found


@st.composite
def drawn(draw: st.DrawFn) -> Choices:
    """Draw settings of a release, as if read from somewhere."""
    release = draw(OWN)
    usual, table = shipped(release), known(release)
    paths = draw(st.lists(st.sampled_from(sorted(table)), unique=True, max_size=8))
    place = decoded(b"x", "drawn.yaml").span(0, 1)
    wanted = {path: draw(table[path]) for path in paths}
    if AGENT in {path[1] for path in usual if path[0] == "container"} and draw(st.integers(0, 9)) == 0:
        wanted = {path: held for path, held in wanted.items() if path[0] != "flag" and path[1] != AGENT}
        wanted |= {path: REMOVED for path in WITHOUT_AGENT if path in usual or len(path) == 2}
    items = [Choice(path, held, place) for path, held in wanted.items() if usual.get(path, REMOVED) != held]
    return Choices("daemonset", "kubernetes", release, tuple(items))


def back(found: Form, form: str, release: str | None) -> tuple[Surface | None, Choices]:
    """Return what is read from a text in some form."""
    name = "x.tf" if form == "terraform" else "x.yaml"
    kind = form if form in ("addon", "helm") else ""
    read = joined(surfaces(decoded(found.text.encode(), name), kind=kind), named=False)
    assert len(read) <= 1
    if not read:
        return None, Choices("", "", release, ())
    again = choices(Context(read[0], Told(release)))
    assert not again.hidden
    assert not again.beyond
    return read[0], again


def kept(before: Choices, found: Form, form: str) -> Flat:
    """Return what a form must hold: what is not told to be lost, and what makes a difference."""
    lost = {item.name for item in found.lost}
    flat = {item.path: item.value for item in before.items if item.name not in lost}
    if any(name.endswith(" resources") for name in lost):
        flat = {path: held for path, held in flat.items() if path[2:3] != ("resources",)}
    if form == "daemonset-patch":
        return flat
    idle = {path for path, held in flat.items() if held is REMOVED and same_without(path, before.release)}
    if form in ADDONS:
        idle |= {("env", MAIN, name) for name in ("CLUSTER_NAME", "VPC_ID")}
    by_eks = {path for path in flat if path[0] == "serviceAccount" or path[2:] == ("image",)} if form in ADDONS else ()
    return {path: held for path, held in flat.items() if path not in idle and path not in by_eks}


def more(path: Key, flat: Flat) -> bool:
    """Tell whether something comes with other values of the same form."""
    switch = ("enable-network-policy", "enable-network-policy-controller")
    if path[0] == "mount" and path[1] == INIT:
        return ("mount", MAIN, path[2]) in flat
    ports = path == ("container", AGENT, "ports") and ("flag", "metrics-bind-addr") in flat
    agent = path in WITHOUT_AGENT and ("container", AGENT) in flat
    return ports or agent or (path[-1] in switch and any(other[-1] in switch for other in flat))


def agree(before: Choices, found: Form, form: str, after: Choices) -> None:
    flat, wanted = after.flat, kept(before, found, form)
    if any(item.name.endswith(" resources") for item in found.lost):
        flat = {path: held for path, held in flat.items() if path[2:3] != ("resources",)}
    idle = {path for path in flat if flat[path] is REMOVED and same_without(path, before.release)}
    idle |= {path for path in flat if path[0] == "container" and before.flat.get(path[:2]) is REMOVED}
    assert {path: flat.get(path) for path in wanted} == wanted
    assert not [path for path in flat.keys() - wanted.keys() - idle if not more(path, wanted)]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn(), st.sampled_from(list(FORMS)), st.sampled_from(list(FORMS)))
def test_from_any_form_to_any_other_and_back(drawn: Choices, one: str, other: str) -> None:
    first = converted(drawn, one)
    _, here = back(first, one, drawn.release)
    agree(drawn, first, one, here)
    second = converted(here, other)
    _, there = back(second, other, drawn.release)
    agree(here, second, other, there)
    third = converted(there, one)
    _, again = back(third, one, drawn.release)
    agree(there, third, one, again)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn())
def test_a_patch_holds_everything(drawn: Choices) -> None:
    found = converted(drawn, "daemonset-patch")
    assert not found.lost
    assert back(found, "daemonset-patch", drawn.release)[1].flat == drawn.flat


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(drawn(), st.sampled_from(ADDONS))
def test_the_schema_of_that_version_accepts_the_values(drawn: Choices, form: str) -> None:
    surface, _ = back(converted(drawn, form), form, drawn.release)
    assert not [*Draft202012Validator(schema(drawn.release)).iter_errors(surface.object if surface else {})]


FIXTURES = [
    path
    for folder in ("fixtures/ok", "fixtures/err", "fixtures/fix", "fixtures/surfaces")
    for path in sorted((Path(__file__).parent / folder).rglob("*"))
    if path.suffix in (".yaml", ".yml", ".json", ".tf")
]


def _real(path: Path) -> list[Choices]:
    try:
        found = joined(surfaces(decoded(path.read_bytes(), path.name)), named=False)
    except SourceError:
        return []
    own = [surface for surface in found if surface.kind != "nodes" and HELPER not in surface.containers]
    return [choices(Context(surface, Told())) for surface in own]


@pytest.mark.parametrize("form", FORMS)
def test_real_files_come_out_again(corpus: Path, form: str) -> None:
    files = sorted(path for path in corpus.rglob("*") if path.suffix in (".yaml", ".yml", ".json"))
    _come_out_again(files, form, 100)


@pytest.mark.parametrize("form", FORMS)
def test_fixtures_come_out_again(form: str) -> None:
    _come_out_again(FIXTURES, form, 200)


def _come_out_again(files: list[Path], form: str, least: int) -> None:
    every = [found for path in files for found in _real(path)]
    assert len(every) > least
    for before in every:
        found = converted(before, form)
        surface, after = back(found, form, before.release)
        agree(before, found, form, after)
        if form in ADDONS and surface:
            assert not [*Draft202012Validator(schema(before.release)).iter_errors(surface.object)]
