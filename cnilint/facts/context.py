"""What the facts of one surface are computed from."""

from __future__ import annotations

from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.knowledge.releases import FIELD_REF, nearest_known, newest, stock
from cnilint.knowledge.variables import NO_DEFAULT, UNSET, Malformed, Variable, default, value, variables
from cnilint.knowledge.versions import image, parsed
from cnilint.record import NamedTuple
from cnilint.surface.model import AGENT, INIT, MAIN, OVERLAYS, mapping

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


# Kinds of surfaces that show no environment, or only what is put into it.
_WITHOUT_ENVIRONMENT: Final = frozenset({"objects", "nodes", "environment"})


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
        return _stock(self.release)

    @cached_property
    def chosen(self) -> list[Setting]:
        """The settings that are not as the stock manifest ships them; of a name that stands twice only the last."""
        last = {(item.container, item.name): item for item in self.surface.settings}
        return [item for item in last.values() if not self.shipped(item.container, item.name, item.value)]

    def shipped(self, container: str, name: str, value: object) -> bool:
        """Tell whether a value is that of the stock manifest; of what the downward API fills in the name is enough."""
        usual = self.stock.env(container).get(name)
        return usual == value or (value is UNKNOWN and usual is not None and usual.startswith(FIELD_REF))

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
        unseen = self.surface.partial or self.surface.kind in _WITHOUT_ENVIRONMENT
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
            if self.surface.kind in OVERLAYS:
                under = {**self._beneath(container), **self._family()}
            elif self.open_ended(container):
                under = dict.fromkeys(
                    (name for name, item in variables().items() if container in item.containers), MAYBE
                )
            self._texts[container] = {**under, **self.written(container)}
        return self._texts[container]

    def _beneath(self, container: str) -> dict[str, object]:
        """Return the texts of the stock manifest; MAYBE where what lies above it is not known in full."""
        stock = self.stock.env(container).items()
        if self.surface.partial:
            own = (name for name, item in variables().items() if container in item.containers)
            return {**{name: MAYBE for name, _ in stock}, **dict.fromkeys(own, MAYBE)}
        return {name: as_read(text) for name, text in stock}

    def _family(self) -> dict[str, object]:
        """Return what EKS writes into the add-on of a cluster whose IP family the file tells."""
        if self.surface.ipv6 is None:
            return {}
        family: dict[str, object] = {"ENABLE_IPv6": str(self.surface.ipv6).lower()}
        return {**family, "ENABLE_PREFIX_DELEGATION": "true"} if self.surface.ipv6 else family

    def values(self, container: str) -> dict[str, object]:
        """Return what the process uses for each variable it reads: typed, with the release's default."""
        if container not in self._values:
            table = variables()
            texts = self.texts(container).items()
            known = shipped_values(self.release, container)
            found = dict(_unset_values(self.release, container))
            for name, text in texts:
                variable = table.get(name)
                if variable is None or container not in variable.containers or not self.reads(variable):
                    continue
                used = known[name, text] if (name, text) in known else self.used(variable, text)
                if used is ABSENT:
                    found.pop(name, None)
                else:
                    found[name] = used
            self._values[container] = found
        return self._values[container]

    def reads(self, variable: Variable) -> bool:
        """Tell whether this release reads the variable at all."""
        return reads(self.release, variable)

    def used(self, variable: Variable, text: object) -> object:
        """Return the value used for a text: typed, the default for none, ABSENT for a malformed one."""
        return used(self.release, variable, text)

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


@lru_cache(maxsize=4096)
def since(release: str | None, version: str) -> bool:
    """Tell whether a release is that version or later; an unknown release counts as the newest."""
    number, floor = parsed(release) if release else None, parsed(version)
    return number is None or floor is None or number >= floor


def reads(release: str | None, variable: Variable) -> bool:
    """Tell whether a release reads the variable at all."""
    if variable.removed and since(release, variable.removed):
        return False
    return not variable.first or since(release, variable.first)


def used(release: str | None, variable: Variable, text: object) -> object:
    """Return the value that a release uses for a text: typed, the default for none, ABSENT for a malformed one."""
    if text is MAYBE or text is UNKNOWN:
        return text
    if isinstance(text, str):
        if text.startswith(FIELD_REF):
            return UNKNOWN
        try:
            typed = value(variable, text, release)
        except Malformed:
            return ABSENT
        if typed is not UNSET:
            return typed
    usual = default(variable, release)
    return ABSENT if usual is NO_DEFAULT else usual


def unread(release: str | None, variable: Variable) -> object:
    """Return what a release that does not read a variable does; ABSENT for what it reads no longer.

    A switch it lacks is off, a target it lacks is 0. A switch for what had always been there is on.
    """
    if variable.removed and since(release, variable.removed):
        return ABSENT
    if variable.type == "bool":
        return variable.name in _ALWAYS_ON
    return 0 if variable.type == "int" and variable.default == 0 else ABSENT


# Most variables are left unset or as shipped, and most files of a run are of one release.
@cache
def _unset_values(release: str | None, container: str) -> dict[str, object]:
    """Return the values of a container's variables where none is set."""
    own = {name: item for name, item in variables().items() if container in item.containers}
    found = {
        name: used(release, item, UNSET) if reads(release, item) else unread(release, item)
        for name, item in own.items()
    }
    return {name: usual for name, usual in found.items() if usual is not ABSENT}


@cache
def shipped_values(release: str | None, container: str) -> dict[tuple[str, object], object]:
    """Return the values of the texts that the stock manifest sets, by name and text."""
    table = variables()
    shipped = _stock(release).env(container).items()
    return {(name, text): used(release, table[name], text) for name, text in shipped if name in table}


@cache
def _stock(release: str | None) -> Stock:
    return stock((nearest_known(release) if release else None) or newest())


def as_read(text: str) -> object:
    """Return a text of the stock manifest; UNKNOWN for what the downward API fills in."""
    return UNKNOWN if text.startswith(FIELD_REF) else text


def as_text(data: object, written: str) -> object:
    """Return the text that somebody meant who forgot the quotes; UNKNOWN where YAML changed what they wrote."""
    plain = str(data).lower() if isinstance(data, bool) else str(data)
    return plain if plain == written else UNKNOWN


CONTAINERS: Final = (MAIN, INIT, AGENT)
