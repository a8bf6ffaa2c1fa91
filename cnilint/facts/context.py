"""What the facts of one surface are computed from."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.knowledge.releases import FIELD_REF, nearest_known, newest, stock
from cnilint.knowledge.variables import NO_DEFAULT, UNSET, Malformed, Variable, default, value, variables
from cnilint.knowledge.versions import image, parsed
from cnilint.record import NamedTuple
from cnilint.surface.model import AGENT, INIT, MAIN, mapping

if TYPE_CHECKING:
    from cnilint.knowledge.releases import Stock
    from cnilint.surface.model import Container, Setting, Surface


class _Absent:
    """The fact is not there for this surface."""


ABSENT: Final = _Absent()

# Before these switches there was nothing but IPv4, every IPv6 cluster had IPv4 egress, and every ENI was managed.
_ALWAYS_ON: Final = frozenset(
    {"ENABLE_IPv4", "ENABLE_V4_EGRESS", "MANAGE_UNTAGGED_ENI", "AWS_VPC_CNI_NODE_PORT_SUPPORT"}
)


class Told(NamedTuple):
    """What the command line and the configuration say about the cluster; None where they say nothing."""

    cni: str | None = None
    kubernetes: str | None = None
    managed: bool | None = None
    instance_types: tuple[str, ...] = ()
    max_pods: int | None = None
    pods_per_node: int | None = None
    limits: tuple[tuple[str, int], ...] = ()


class Context:
    """A surface with what was told about it; the parts that several facts share are worked out once."""

    def __init__(self, surface: Surface, told: Told) -> None:
        self.surface = surface
        self.told = told
        self._texts: dict[str, dict[str, object]] = {}
        self._values: dict[str, dict[str, object]] = {}
        self.agent_line: list[object] = []

    @cached_property
    def release(self) -> str | None:
        """The release: from the image tag of aws-node, else as told (told wins); None when neither says."""
        if self.told.cni:
            return self.told.cni
        return self.image_version(MAIN)

    @cached_property
    def number(self) -> tuple[int, int, int] | None:
        """The release as three numbers."""
        return parsed(self.release) if self.release else None

    @cached_property
    def stock(self) -> Stock:
        """The stock manifest of the release, or the nearest older one; the newest where the release is unknown."""
        return stock((nearest_known(self.release) if self.release else None) or newest())

    @cached_property
    def chosen(self) -> list[Setting]:
        """The settings that are not as the stock manifest ships them; of a name that stands twice only the last."""
        last = {(item.container, item.name): item for item in self.surface.settings}
        return [item for item in last.values() if self.stock.env(item.container).get(item.name) != item.value]

    def image_version(self, container: str) -> str | None:
        """Return the version that a container's image tag names."""
        found = self.surface.containers.get(container)
        written = found.data.get("image") if found else None
        return image(written).version if isinstance(written, str) else None

    def since(self, version: str) -> bool:
        """Tell whether the release is this one or later; an unknown release counts as the newest."""
        floor = parsed(version)
        return self.number is None or floor is None or self.number >= floor

    def container(self, name: str) -> Container | None:
        """Return a container of the DaemonSet."""
        return self.surface.containers.get(name)

    def open_ended(self, container: str) -> bool:
        """Tell whether variables may be set unseen: where a patch or no DaemonSet stands, or by an ``envFrom``."""
        found = self.container(container)
        unseen = self.surface.partial or self.surface.kind == "objects"
        return unseen or (found is not None and bool(found.data.get("envFrom")))

    def written(self, container: str) -> dict[str, object]:
        """Return the text of each variable that the surface writes; UNKNOWN where it cannot be read."""
        texts: dict[str, object] = {}
        for item in self.surface.settings:
            if item.container == container:
                texts[item.name] = item.value if item.is_string else as_text(item.value, item.written)
        return texts

    def texts(self, container: str) -> dict[str, object]:
        """Return the text that the process gets for each variable; MAYBE where nobody can tell whether it gets any."""
        if container not in self._texts:
            under: dict[str, object] = {}
            if self.surface.kind == "values":
                under = {name: as_read(text) for name, text in self.stock.env(container).items()}
            elif self.open_ended(container):
                under = dict.fromkeys(
                    (name for name, item in variables().items() if container in item.containers), MAYBE
                )
            self._texts[container] = {**under, **self.written(container)}
        return self._texts[container]

    def values(self, container: str) -> dict[str, object]:
        """Return what the process uses for each variable it reads: typed, with the release's default."""
        if container not in self._values:
            texts = self.texts(container)
            found = {}
            for name, variable in variables().items():
                if container not in variable.containers:
                    continue
                used = self.used(variable, texts.get(name, UNSET)) if self.reads(variable) else self.unread(variable)
                if used is not ABSENT:
                    found[name] = used
            self._values[container] = found
        return self._values[container]

    def reads(self, variable: Variable) -> bool:
        """Tell whether this release reads the variable at all."""
        if variable.removed and self.since(variable.removed):
            return False
        return not variable.first or self.since(variable.first)

    def unread(self, variable: Variable) -> object:
        """Return what a release that does not read a variable does; ABSENT for what it reads no longer.

        A switch it lacks is off, a target it lacks is 0. A switch for what had always been there is on.
        """
        if variable.removed and self.since(variable.removed):
            return ABSENT
        if variable.type == "bool":
            return variable.name in _ALWAYS_ON
        return 0 if variable.type == "int" and variable.default == 0 else ABSENT

    def used(self, variable: Variable, text: object) -> object:
        """Return the value used for a text: typed, the default for none, ABSENT for a malformed one."""
        if text is MAYBE or text is UNKNOWN:
            return text
        if isinstance(text, str):
            if text.startswith(FIELD_REF):
                return UNKNOWN
            if text == variable.default_text and variable.default == text:  # nothing to read in it
                return text
            try:
                typed = value(variable, text, self.release)
            except Malformed:
                return ABSENT
            if typed is not UNSET:
                return typed
        usual = default(variable, self.release)
        return ABSENT if usual is NO_DEFAULT else usual

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


def as_read(text: str) -> object:
    """Return a text of the stock manifest; UNKNOWN for what the downward API fills in."""
    return UNKNOWN if text.startswith(FIELD_REF) else text


def as_text(data: object, written: str) -> object:
    """Return the text that somebody meant who forgot the quotes; UNKNOWN where YAML changed what they wrote."""
    plain = str(data).lower() if isinstance(data, bool) else str(data)
    return plain if plain == written else UNKNOWN


CONTAINERS: Final = (MAIN, INIT, AGENT)
