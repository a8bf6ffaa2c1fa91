"""What one place that configures the CNI comes to: every setting with its effective value, part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.comparison import parts
from cnilint.comparison.environment import environment
from cnilint.comparison.fields import fields
from cnilint.comparison.side import Side, side
from cnilint.facts import Facts
from cnilint.record import NamedTuple
from cnilint.surface.model import AGENT, HELPER, INIT, MAIN, OVERLAYS

if TYPE_CHECKING:
    from cnilint.facts import Context, Told
    from cnilint.surface.model import Surface

# The parts in the order in which they are told.
RELEASE: Final = "release"
FLAGS: Final = "node agent flags"
CONFIG_MAP: Final = "ConfigMap amazon-vpc-cni"
IMAGES: Final = "images"
PROBES: Final = "probes"
MOUNTS: Final = "mounts"
NODES: Final = "nodes"
FIELDS: Final = "other fields"
CONTAINERS: Final = (MAIN, INIT, AGENT, HELPER)
PARTS: Final = (RELEASE, *CONTAINERS, FLAGS, CONFIG_MAP, IMAGES, PROBES, MOUNTS, NODES, FIELDS)
_WITH_ENVIRONMENT: Final = OVERLAYS | {"daemonset", "environment"}


class Effective(NamedTuple):
    """A place that configures the CNI, with its settings by part and name; a part that it does not tell is missing.

    ``release`` is the one that the defaults are those of; ``told`` is whether the file or somebody said it.
    ``partial`` parts may hold more than what is written.
    """

    surface: Surface
    facts: Facts
    release: str
    told: bool
    parts: dict[str, dict[str, Side]]
    partial: bool

    @property
    def context(self) -> Context:
        """What its facts are computed from."""
        return self.facts.context


def effective(surface: Surface, told: Told, release: str) -> Effective:
    """Return what a surface comes to; ``release`` counts where neither the surface nor ``told`` says one."""
    own = Facts(surface, told).context.release
    facts = Facts(surface, told._replace(cni=told.cni or release))
    found: dict[str, dict[str, Side] | None] = {}
    if surface.kind in _WITH_ENVIRONMENT:
        found[RELEASE] = {"release": side(own or release, "written" if own else "untold", own)}
        found[MAIN], found[INIT] = environment(facts.context, MAIN), environment(facts.context, INIT)
    if facts.context.container(AGENT):
        found[AGENT] = environment(facts.context, AGENT)
    if facts.context.container(HELPER):
        found[HELPER] = environment(facts.context, HELPER)
    for name, part in (
        (FLAGS, parts.flags),
        (CONFIG_MAP, parts.config_map),
        (IMAGES, parts.images),
        (PROBES, parts.probes),
        (MOUNTS, parts.mounts),
        (NODES, parts.nodes),
        (FIELDS, fields),
    ):
        found[name] = part(facts)
    told_parts = {name: part for name, part in found.items() if part is not None}
    return Effective(surface, facts, own or release, own is not None, told_parts, surface.partial)
