"""What the facts of one surface are computed from."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Final

from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.facts.release import (
    ABSENT,
    as_read,
    readable,
    reads,
    shipped_texts,
    shipped_values,
    since,
    stock_of,
    unset_values,
    used,
)
from cnilint.knowledge.variables import Variable, variables
from cnilint.knowledge.versions import image, parsed
from cnilint.record import NamedTuple
from cnilint.source.yaml import MappingNode
from cnilint.surface.model import AGENT, INIT, MAIN, OVERLAYS, items, mapping

if TYPE_CHECKING:
    from cnilint.knowledge.releases import Stock
    from cnilint.surface.model import Container, Setting, Surface


# Kinds of surfaces that show no environment, or only what is put into it.
_WITHOUT_ENVIRONMENT: Final = frozenset({"objects", "nodes", "environment"})
# What the add-on refuses under ``env``, so that it never reaches the container: EKS sets it itself.
_KEPT_BY_EKS: Final = frozenset({"ENABLE_IPv4", "ENABLE_IPv6"})


class Told(NamedTuple):
    """What the command line and the configuration say about the cluster; None where they say nothing."""

    cni: str | None = None
    kubernetes: str | None = None
    managed: bool | None = None
    instance_types: tuple[str, ...] = ()
    max_pods: int | None = None
    pods_per_node: int | None = None
    limits: tuple[tuple[str, int], ...] = ()
    subnets: tuple[str | int, ...] = ()
    nodes: int | None = None


class Context:
    """A surface with what was told about it; the parts that several facts share are worked out once."""

    def __init__(self, surface: Surface, told: Told) -> None:
        self.surface = surface
        self.told = told
        self._texts: dict[str, dict[str, object]] = {}
        self._values: dict[str, dict[str, object]] = {}
        self._mounts: dict[str, list[tuple[str, str]]] = {}

    @cached_property
    def release(self) -> str | None:
        """The release: from the image tag of aws-node or what else the file says, else as told; None when none does."""
        return self.image_version(MAIN) or self.surface.release or self.told.cni

    @cached_property
    def managed(self) -> bool | None:
        """Whether EKS manages the CNI as an add-on: as the file shows, else as told; None when neither says."""
        return self.told.managed if self.surface.managed is None else self.surface.managed

    @cached_property
    def number(self) -> tuple[int, int, int] | None:
        """The release as three numbers."""
        return parsed(self.release) if self.release else None

    @cached_property
    def stock(self) -> Stock:
        """The stock manifest of the release, or the nearest older one; the newest where the release is unknown."""
        return stock_of(self.release)

    @cached_property
    def standing(self) -> dict[tuple[str, str], Setting]:
        """The settings by container and name; of a name that stands twice the last, which wins."""
        return {(item.container, item.name): item for item in self.surface.settings}

    @cached_property
    def chosen(self) -> list[Setting]:
        """The settings that are not as the stock manifest ships them; of a name that stands twice only the last."""
        shipped = shipped_texts(self.release)
        differing = (item for place, item in self.standing.items() if shipped.get(place, ABSENT) != item.value)
        return [item for item in differing if not self.refused(item)]

    def refused(self, setting: Setting) -> bool:
        """Tell whether EKS refuses a setting, as it sets it itself or as it is null: no container ever gets it."""
        if self.surface.kind != "addon" or not isinstance(setting.parent, MappingNode):
            return False
        values = self.surface.object if setting.container == MAIN else mapping(self.surface.object.get("init"))
        return setting.name in _KEPT_BY_EKS or mapping(values.get("env")).get(setting.name, setting) is None

    def image_version(self, container: str) -> str | None:
        """Return the version that a container's image tag names."""
        found = self.surface.containers.get(container)
        written = found.data.get("image") if found else None
        return image(written).version if isinstance(written, str) else None

    def since(self, version: str) -> bool:
        """Tell whether the release is this one or later; an unknown release counts as the newest."""
        return since(self.release, version)

    def container(self, name: str) -> Container | None:
        """Return a container of the DaemonSet."""
        return self.surface.containers.get(name)

    def open_ended(self, container: str) -> bool:
        """Tell whether variables may be set unseen: where a patch or no DaemonSet stands, or by an ``envFrom``."""
        found = self.container(container)
        without = self.surface.kind in _WITHOUT_ENVIRONMENT and found is None
        unseen = self.surface.partial or without
        return unseen or (found is not None and bool(found.data.get("envFrom")))

    def written(self, container: str) -> dict[str, object]:
        """Return the text of each variable that the surface writes; UNKNOWN where it cannot be read."""
        return self._written.get(container, {})

    @cached_property
    def _written(self) -> defaultdict[str, dict[str, object]]:
        texts: defaultdict[str, dict[str, object]] = defaultdict(dict)
        for (container, name), item in self.standing.items():
            if self.refused(item):
                continue
            texts[container][name] = item.value if isinstance(item.value, str) else meant(item)
        return texts

    def texts(self, container: str) -> dict[str, object]:
        """Return the text that the process gets for each variable; MAYBE where nobody can tell whether it gets any."""
        if container not in self._texts:
            under: dict[str, object] = {}
            if self.open_ended(container):
                own = (name for name, item in variables().items() if container in item.containers)
                under = dict.fromkeys(own, MAYBE)
            elif self.surface.kind in OVERLAYS:
                under = {name: as_read(text) for name, text in self.stock.env(container).items()}
            under |= self._family()
            under |= {name: MAYBE for held, name in self.surface.elsewhere if held == container}
            self._texts[container] = {**under, **self.written(container)} if under else self.written(container)
        return self._texts[container]

    def _family(self) -> dict[str, object]:
        """Return what EKS writes into the add-on of a cluster whose IP family the file tells."""
        if self.surface.ipv6 is None:
            return {}
        if not self.surface.ipv6:
            return {"ENABLE_IPv4": "true", "ENABLE_IPv6": "false"}
        return {"ENABLE_IPv4": "false", "ENABLE_IPv6": "true", "ENABLE_PREFIX_DELEGATION": "true"}

    def values(self, container: str) -> dict[str, object]:
        """Return what the process uses for each variable it reads: typed, with the release's default."""
        if container not in self._values:
            table, known = readable(self.release, container), shipped_values(self.release, container)
            found = dict(unset_values(self.release, container))
            for name, text in self.texts(container).items():
                if name not in table:
                    continue
                place = (name, text)
                value = known[place] if place in known else used(self.release, table[name], text)
                if value is ABSENT:
                    found.pop(name, None)
                else:
                    found[name] = value
            self._values[container] = found
        return self._values[container]

    def reads(self, variable: Variable) -> bool:
        """Tell whether this release reads the variable at all."""
        return reads(self.release, variable)

    def enabled(self, name: str, container: str = MAIN) -> bool:
        """Tell whether a switch is known to be on."""
        return self.values(container).get(name) is True

    def service_account(self) -> object:
        """Return the pod's service account as written."""
        return self.pod.get("serviceAccountName", self.pod.get("serviceAccount"))

    @cached_property
    def pod(self) -> dict[str, object]:
        """The pod template's spec."""
        return mapping(mapping(mapping(self.surface.object.get("spec")).get("template")).get("spec"))

    @cached_property
    def volumes(self) -> dict[str, object]:
        """The path on the host of each of the pod's volumes; None of a volume that is not the host's."""
        return {
            str(item.get("name")): mapping(item.get("hostPath")).get("path") for item in items(self.pod.get("volumes"))
        }

    def mounts(self, container: str) -> list[tuple[str, str]]:
        """Return the path and the volume of each mount of a container."""
        if container not in self._mounts:
            found = self.container(container)
            written = items(found.data.get("volumeMounts")) if found else ()
            self._mounts[container] = [(str(item.get("mountPath", "")), str(item.get("name", ""))) for item in written]
        return self._mounts[container]


def meant(setting: Setting) -> object:
    """Return the text of a setting, also of one without its quotes; UNKNOWN where it cannot be told."""
    return setting.value if setting.is_string else as_text(setting.value, setting.written)


def as_text(data: object, written: str) -> object:
    """Return the text that somebody meant who forgot the quotes; UNKNOWN where YAML changed what they wrote."""
    plain = str(data).lower() if isinstance(data, bool) else str(data)
    return plain if plain == written else UNKNOWN


CONTAINERS: Final = (MAIN, INIT, AGENT)
