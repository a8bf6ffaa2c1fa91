"""From the path of a setting to its place in a manifest: which object, and the steps below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.merge.put import Named
from cnilint.record import NamedTuple
from cnilint.source.plain import child
from cnilint.source.yaml import ScalarNode, documents
from cnilint.surface.kubernetes import objects
from cnilint.surface.model import INIT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.choices.flat import Path
    from cnilint.merge.put import Step
    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

DAEMONSET: Final = ("DaemonSet", "aws-node")
CONFIG_MAP: Final = ("ConfigMap", "amazon-vpc-cni")
ACCOUNT: Final = ("ServiceAccount", "aws-node")
ROLE: Final = ("ClusterRole", "aws-node")
_POD: Final = ("spec", "template", "spec")
_METADATA: Final = frozenset({"labels", "annotations"})
_BESIDE: Final = {"configMap": CONFIG_MAP, "serviceAccount": ACCOUNT}
# Lists of a container, each with the key that tells its items apart.
_LISTS: Final = {"env": ("env", "name"), "mount": ("volumeMounts", "mountPath")}


class Route(NamedTuple):
    """An object, by kind and name, and the steps to a place below it."""

    object: tuple[str, str]
    steps: tuple[Step, ...]


def route(path: Path, inits: frozenset[str]) -> Route:
    """Return where a setting stands in a manifest whose init containers are these; a variable's is its entry."""
    kind, *rest = path
    if kind in _BESIDE:
        return Route(_BESIDE[kind], ("data" if kind == "configMap" else "metadata", *rest))
    if kind == "eniConfig":
        return Route(("ENIConfig", rest[0]), ("spec",))
    about = kind in ("daemonset", "pod") and rest[0] in _METADATA
    above: tuple[Step, ...] = ()
    if kind == "daemonset":
        above = ("metadata",) if about else ("spec",)
    elif kind == "pod":
        above = ("spec", "template", "metadata") if about else _POD
    if above:
        return Route(DAEMONSET, (*above, *rest))
    if kind == "volume":
        return Route(DAEMONSET, (*_POD, "volumes", Named("name", rest[0])))
    key, name = _LISTS.get(kind, ("", ""))
    below: tuple[Step, ...] = (key, Named(name, rest[1])) if key else tuple(rest[1:])
    return Route(DAEMONSET, (*container(rest[0], inits), *below))


def container(name: str, inits: frozenset[str]) -> tuple[Step, ...]:
    """Return the steps to a container."""
    return (*_POD, "initContainers" if name in inits or name == INIT else "containers", Named("name", name))


def found(text: Text, wanted: tuple[str, str]) -> Node | None:
    """Return the node of an object of a text, by kind and name; None where there is none."""
    return next((node for node in _objects(text) if _named(node) == wanted), None)


def _objects(text: Text) -> Iterator[Node]:
    for root in documents(text):
        yield from objects(root)


def _named(node: Node) -> tuple[str, str]:
    return _text(child(node, "kind")), _text(child(child(node, "metadata"), "name"))


def _text(node: Node | None) -> str:
    return str(node.value) if isinstance(node, ScalarNode) else ""
