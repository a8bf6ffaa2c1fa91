"""The releases of the VPC CNI and what each one's stock manifest holds.

``scripts/refresh_releases.py`` makes ``releases.json`` from upstream's config/*/aws-k8s-cni.yaml at each tag. It has
``releases`` (version -> [date, note], oldest first) and ``items`` (name -> runs of [value, first, last release]). A
value is what the manifest says, as plain data, but for two: ``<release>`` stands for the release's own version, and
``@fieldRef:spec.nodeName`` for a downward API reference.
"""

from __future__ import annotations

import os.path
from functools import cache, cached_property
from typing import Any

from cnilint.knowledge.versions import Image, image, parsed, release
from cnilint.record import NamedTuple

OWN = "<release>"
FIELD_REF = "@fieldRef:"


class Release(NamedTuple):
    """When a release came out (ISO date) and what is odd about its manifest; empty where there is nothing to say."""

    date: str
    note: str


class Probe(NamedTuple):
    """A probe that runs a command; the times are in seconds, None where the manifest leaves them to Kubernetes."""

    command: tuple[str, ...]
    initial_delay: int | None
    timeout: int | None


class HostPath(NamedTuple):
    """A volume of the host; ``type`` is empty where the manifest says none."""

    path: str
    type: str


class Stock:
    """The stock manifest of one release; ``items`` holds it under the names of the table.

    Dictionaries and lists are plain data and shared: do not change them.
    """

    def __init__(self, version: str, items: dict[str, Any]) -> None:
        self.version = version
        self.items = items
        self._by_start: dict[str, dict[str, Any]] = {}

    def _named(self, start: str) -> dict[str, Any]:
        """Return the items whose name starts so, by the rest of the name."""
        if start not in self._by_start:
            cut = len(start)
            self._by_start[start] = {name[cut:]: held for name, held in self.items.items() if name.startswith(start)}
        return self._by_start[start]

    @cached_property
    def containers(self) -> dict[str, bool]:
        """Whether each container is an init container."""
        return {name: kind == "init" for name, kind in self._named("container ").items()}

    def env(self, container: str) -> dict[str, str]:
        """Return the texts that the manifest sets; a downward API reference reads ``@fieldRef:spec.nodeName``."""
        return self._named(f"{container} env ")

    def mounts(self, container: str) -> dict[str, str]:
        """Return the name of the volume mounted at each path."""
        return self._named(f"{container} mount ")

    def args(self, container: str) -> list[str]:
        """Return the command line; empty where there is none."""
        return list(self.items.get(f"{container} args", ()))

    def image(self, container: str) -> Image | None:
        """Return the image, which upstream's manifest takes from us-west-2; None where the container is not there."""
        held = self.items.get(f"{container} image")
        return None if held is None else image(f"{held}:{self.items[f'{container} tag']}")

    def probe(self, container: str, kind: str) -> Probe | None:
        """Return the probe; ``kind`` is ``liveness`` or ``readiness``."""
        held = self.items.get(f"{container} {kind}Probe")
        if held is None:
            return None
        return Probe(tuple(held["exec"]["command"]), held.get("initialDelaySeconds"), held.get("timeoutSeconds"))

    def security_context(self, container: str) -> dict[str, Any]:
        """Return the container's securityContext; empty where it has none."""
        return self.items.get(f"{container} securityContext") or {}

    def resources(self, container: str) -> dict[str, Any]:
        """Return the container's resources; empty where it has none."""
        return self.items.get(f"{container} resources") or {}

    def ports(self, container: str) -> list[dict[str, Any]]:
        """Return the container's ports."""
        return self.items.get(f"{container} ports") or []

    def pull_policy(self, container: str) -> str | None:
        """Return the container's imagePullPolicy; None where the manifest says none."""
        held: str | None = self.items.get(f"{container} imagePullPolicy")
        return held

    @cached_property
    def volumes(self) -> dict[str, HostPath]:
        """The pod's volumes, all of them of the host."""
        return {name: HostPath(held["path"], held.get("type", "")) for name, held in self._named("volume ").items()}

    @cached_property
    def grants(self) -> frozenset[tuple[str, str]]:
        """What the ClusterRole grants: ("core/nodes", "get"), ("url:/apis/networking.k8s.aws", "get")."""
        return frozenset((name, verb) for name, verbs in self._named("grant ").items() for verb in verbs)

    @cached_property
    def configmap(self) -> dict[str, str]:
        """The data of the ConfigMap amazon-vpc-cni; empty where the manifest has none."""
        return self._named("configmap ")

    @cached_property
    def daemonset(self) -> dict[str, Any]:
        """apiVersion, labels, selector and updateStrategy of the DaemonSet."""
        return self._named("daemonset ")

    @cached_property
    def pod(self) -> dict[str, Any]:
        """The pod template's labels, and its spec but for containers and volumes: hostNetwork, tolerations, ..."""
        return self._named("pod ")

    @cached_property
    def objects(self) -> frozenset[str]:
        """The objects of the manifest: "v1 ServiceAccount/aws-node"."""
        return frozenset(self._named("object "))

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the DaemonSet."""
        labels: dict[str, str] = self.daemonset["labels"]
        return labels

    @property
    def pod_labels(self) -> dict[str, str]:
        """The labels of the pods."""
        labels: dict[str, str] = self.pod["labels"]
        return labels

    @property
    def service_account(self) -> str:
        """The pod's service account."""
        return str(self.pod["serviceAccountName"])

    @property
    def host_network(self) -> bool:
        """Whether the pod uses the node's network."""
        return self.pod["hostNetwork"] is True


@cache
def _table() -> dict[str, Any]:
    """Return the data file."""
    import json  # noqa: PLC0415  # a run that meets no CNI needs no table

    with open(os.path.join(os.path.dirname(__file__), "releases.json"), encoding="utf-8") as file:
        table: dict[str, Any] = json.load(file)
    return table


@cache
def releases() -> dict[str, Release]:
    """Return every release of the table, oldest first."""
    return {version: Release(*about) for version, about in _table()["releases"].items()}


def newest() -> str:
    """Return the newest release of the table."""
    return next(reversed(releases()))


def known(version: str) -> bool:
    """Tell whether the table has the release; a build of EKS counts as its release."""
    return release(version) in _table()["releases"]


def nearest_known(version: str) -> str | None:
    """Return the greatest release of the table that is not newer; None where all are, or it is no version."""
    number = parsed(version)
    if number is None:
        return None
    return next((held for held in reversed(_table()["releases"]) if (parsed(held) or number) <= number), None)


@cache
def stock(version: str) -> Stock:
    """Return the stock manifest of a release of the table, or of an EKS build of it; raise KeyError for any other."""
    own = release(version)
    table = _table()
    at = {held: index for index, held in enumerate(table["releases"])}
    if own is None or own not in at:
        raise KeyError(version)
    now, items = at[own], {}
    for name, runs in table["items"].items():
        for value, first, last in runs:
            if at[first] <= now <= at[last]:
                items[name] = _own(value, own)
                break
    return Stock(own, items)


def _own(value: Any, version: str) -> Any:  # noqa: ANN401  # plain data of any shape
    """Put the release's version where the table leaves it open."""
    if value == OWN:
        return version
    if isinstance(value, dict):
        return {key: _own(held, version) for key, held in value.items()}
    return [_own(held, version) for held in value] if isinstance(value, list) else value


def agent(version: str) -> str | None:
    """Return the version of the network policy agent that a release ships with; None before v1.14.0."""
    found = stock(version).image("aws-eks-nodeagent")
    return found.version if found else None
