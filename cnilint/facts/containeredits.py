"""What differs in a container from the stock manifest: image, probes, mounts, environment, flags and the other fields.

The families that EKS documents are image, probes and mounts (EKS best practices, networking/vpc-cni); the others are
what ``manager: eks`` was seen to own (user guide, kubernetes-field-management) and what the chart renders.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from cnilint.facts.context import CONTAINERS
from cnilint.facts.described import DELETED, LISTS, POD, Path, hidden, reached
from cnilint.facts.edited import RENDERED_OTHERWISE, Edited, field, leaves, several, text, two_policies
from cnilint.facts.last import Memory, again
from cnilint.facts.release import stock_of
from cnilint.knowledge.versions import image
from cnilint.record import NamedTuple
from cnilint.surface.model import AGENT, INIT, MAIN, items, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnilint.facts.described import Described
    from cnilint.knowledge.releases import Probe
    from cnilint.knowledge.versions import Image

    Container = Mapping[str, object]

_PROBE_FIELDS: Final = ("initialDelaySeconds", "timeoutSeconds")
_MEMORY: Final[Memory[tuple[Edited, ...]]] = {}
_POLICIES: Final = frozenset({"Always", "IfNotPresent"})


class _Shipped(NamedTuple):
    """What the stock manifest says of a container; ``leaves`` are paths and values of its other fields."""

    image: Image | None
    probes: tuple[tuple[str, Probe], ...]
    mounts: dict[str, str]
    env: dict[str, str]
    args: list[str]
    leaves: tuple[tuple[str, tuple[str, ...], object], ...]
    ports: tuple[tuple[str, int], ...]


@cache
def _shipped(release: str | None, container: str) -> _Shipped:
    manifest = stock_of(release)
    probes = ((f"{kind}Probe", manifest.probe(container, kind)) for kind in ("liveness", "readiness"))
    policy = manifest.pull_policy(container)
    fields: tuple[tuple[str, dict[str, Any]], ...] = (
        ("resources", {"resources": manifest.resources(container)}),
        ("security context", {"securityContext": manifest.security_context(container)}),
        ("container", {"imagePullPolicy": policy} if policy else {}),
    )
    return _Shipped(
        manifest.image(container),
        tuple((key, probe) for key, probe in probes if probe is not None),
        manifest.mounts(container),
        manifest.env(container),
        manifest.args(container),
        tuple((family, *leaf) for family, data in fields for leaf in leaves(data)),
        tuple((str(port["name"]), port["containerPort"]) for port in manifest.ports(container)),
    )


def derived(of: Described, release: str | None) -> bool:
    """Tell whether a DaemonSet was made from the stock manifest: it has most of the variables.

    A live one may be what EKS rendered, which need not have all that upstream's manifest has.
    """
    usual = _shipped(release, MAIN).env
    return not of.live and 2 * sum((MAIN, name) in of.env for name in usual) >= len(usual)


def in_containers(of: Described, release: str | None) -> Iterator[Edited]:
    """Yield the fields of the containers that differ from the stock manifest of a release."""
    names = [name for name in CONTAINERS if name in of.containers]
    for name in names:
        data = {key: held for key, held in of.containers[name].items() if key != "env"}
        place = name, release, of.partial, of.live, of.release
        yield from again(_MEMORY, place, data, partial(_in_container, of, name, release))
    for name in CONTAINERS if of.partial else names:  # a JSON patch shows no container
        yield from _environment(of, (*POD, LISTS[name], name, "env"), name, _shipped(release, name).env)


def _in_container(of: Described, name: str, release: str | None) -> tuple[Edited, ...]:
    """Return what differs in a container but its environment."""
    shipped, where = _shipped(release, name), (*POD, LISTS[name], name)
    return (
        *_image(of, where, name, shipped.image, release),
        *_probes(of, where, name, shipped.probes),
        *_mounts(of.containers[name], where, name, shipped.mounts),
        *_fields(of, where, name, shipped, release),
        *_args(of, where, name, shipped.args),
    )


def _image(of: Described, where: Path, name: str, shipped: Image | None, release: str | None) -> Iterator[Edited]:
    written = of.containers[name].get("image")
    if not isinstance(written, str) or shipped is None:
        return
    found = image(written)
    if found == shipped or hidden(found.repository) or hidden(found.registry):
        return
    from cnilint.knowledge.registries import from_eks  # noqa: PLC0415  # most images are as shipped

    same_version = found.version is None or name == AGENT or found.version == of.release
    same_name = found.repository.rpartition("/")[2] == shipped.repository.rpartition("/")[2]
    if not (same_name and same_version and from_eks(found)):
        tag = release if name in (MAIN, INIT) else shipped.tag
        usual = f"{shipped.repository}:{tag} from EKS's registry"
        yield Edited((*where, "image"), "image", "image", name, "changed", usual, written)


def _probes(of: Described, where: Path, name: str, shipped: tuple[tuple[str, Probe], ...]) -> Iterator[Edited]:
    for key, probe in shipped:
        written = mapping(of.containers[name].get(key))
        path, command = (*where, key), " ".join(probe.command)
        if not written:
            yield Edited(path, "probes", key, name, "removed", command, "")
            continue
        words = mapping(written.get("exec")).get("command")
        asked = tuple(map(str, words)) if isinstance(words, list) else ()
        if asked != probe.command and (asked or not of.partial) and not hidden(words):
            there = " ".join(asked)
            change = "changed" if asked else "removed"
            yield Edited((*path, "exec", "command"), "probes", f"{key}.exec.command", name, change, command, there)
        for part, usual in zip(_PROBE_FIELDS, (probe.initial_delay, probe.timeout), strict=True):
            found = written.get(part)
            if usual is not None and found != usual and not hidden(found):
                yield field((*path, part), "probes", f"{key}.{part}", name, usual, found)


def _mounts(data: Container, where: Path, name: str, shipped: Mapping[str, str]) -> Iterator[Edited]:
    written = {str(item.get("mountPath", "")): item.get("name") for item in items(data.get("volumeMounts"))}
    for path, volume in shipped.items():
        at: Path = (*where, "volumeMounts", path)
        if path not in written:
            yield Edited(at, "mounts", path, name, "removed", volume, "")
        elif written[path] != volume and not hidden(written[path]):
            yield Edited((*at, "name"), "mounts", path, name, "changed", volume, text(written[path]))


def _fields(of: Described, where: Path, name: str, shipped: _Shipped, release: str | None) -> Iterator[Edited]:
    data = of.containers[name]
    for family, path, usual in shipped.leaves:
        written = reached(data, path)
        other = of.live and path[0] in RENDERED_OTHERWISE
        either = path == ("imagePullPolicy",) and two_policies(release) and str(written) in _POLICIES
        if not (written == usual or _same_set(written, usual) or other or either or hidden(written)):
            yield field((*where, *path), family, ".".join(path), name, usual, written)
    if of.live:
        return
    ports = {str(item.get("name")): item.get("containerPort") for item in items(data.get("ports"))}
    for port, number in shipped.ports:
        if ports.get(port) != number and not hidden(ports.get(port)):
            leaf = (*where, "ports", port, "containerPort") if port in ports else (*where, "ports")
            yield field(leaf, "container", f"ports.{port}", name, number, ports.get(port))


def _same_set(written: object, usual: object) -> bool:
    """Tell whether two lists of capabilities are the same in another order."""
    if not isinstance(written, list) or not isinstance(usual, list):
        return False
    return sorted(map(str, written)) == sorted(map(str, usual))


def _args(of: Described, where: Path, name: str, usually: list[str]) -> Iterator[Edited]:
    """Yield the edits of the flags; the list is owned as a whole, so that a flag that was added is an edit of it."""
    data = of.containers[name]
    written = data.get("args")
    if written == usually or not usually or data.get("command") or hidden(written):
        return
    path: Path = (*where, "args")
    if not isinstance(written, list):
        if not of.partial:
            yield Edited(path, "agent flags", "args", name, "removed", "", "")
        return
    from cnilint.knowledge.flags import parsed  # noqa: PLC0415  # only where there is an agent, and another one

    shipped, line = parsed(usually).texts, parsed(list(map(str, written)))
    for flag, found in line.texts.items():
        usual = shipped.get(flag)
        if usual != found:
            change = "added" if usual is None else "changed"
            yield Edited((*path, line.places[flag]), "agent flags", f"--{flag}", name, change, usual or "", found)
    gone = ((f"--{flag}", usual) for flag, usual in shipped.items() if flag not in line.texts)
    yield from several(path, "agent flags", name, gone)


def _environment(of: Described, path: Path, name: str, shipped: Mapping[str, str]) -> Iterator[Edited]:
    """Yield the variables that were changed, taken away or added."""
    gone = []
    for variable, usual in shipped.items():
        written = of.env.get((name, variable), "") if (name, variable) in of.env else DELETED
        if written == DELETED:
            if not of.partial or (name, variable) in of.env:
                gone.append((variable, usual))
        elif written is not None and written != usual:
            yield Edited((*path, variable, "value"), "environment", variable, name, "changed", usual, written)
    yield from several((*path, gone[0][0]) if len(gone) == 1 else path, "environment", name, gone)
    for container, variable in of.env:
        if container == name and variable not in shipped:
            written = of.env[container, variable]
            if written is not None and written != DELETED:
                yield Edited((*path, variable, "value"), "environment", variable, name, "added", "", written)
