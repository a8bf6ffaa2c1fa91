"""The types every surface is made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.cel.evaluate import UNKNOWN
from cnilint.record import NamedTuple
from cnilint.source.inset import HOLE
from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, Node, end, span
from cnilint.surface.reach import first_leaf, node_span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.plain import Repeated
    from cnilint.source.text import Span, Text

__all__ = [
    "AGENT",
    "INIT",
    "MAIN",
    "OVERLAYS",
    "UNKNOWN",
    "AddOn",
    "Container",
    "Item",
    "NodeGroup",
    "Setting",
    "Surface",
]

MAIN: Final = "aws-node"
INIT: Final = "aws-vpc-cni-init"
AGENT: Final = "aws-eks-nodeagent"
HELPER: Final = "cni-metrics-helper"
# Kinds of surfaces that are laid over what the release's stock manifest sets.
OVERLAYS: Final = frozenset({"addon", "helm", "values"})
# Replaced before or while it is applied: Kubernetes' own $(VAR), envsubst's and Flux' ${VAR}, {{ templates }}.
PLACEHOLDERS: Final = r"(?s)\$\([^)]*\)|\$\{[^}]*\}|\{\{.*?\}\}"


class Setting(NamedTuple):
    """One variable as a container's environment writes it.

    ``value`` is the text that the process gets, UNKNOWN (behind ``valueFrom`` or a placeholder), or whatever else
    stands there: a bool, an int or a float is no string and the API server refuses it. ``parent`` is the list or the
    mapping that the entry stands in, ``number`` its index there.
    """

    name: str
    value: object
    container: str
    text: Text
    parent: Node
    number: int
    name_node: Node
    value_node: Node | None

    @property
    def entry(self) -> Span:
        """The whole entry, name and value."""
        item = self.parent.value[self.number]
        first, last = item if isinstance(item, tuple) else (item, item)
        return self.text.span(first.start_mark.index, end(last))

    @property
    def at(self) -> Span:
        """The place a finding about the setting points at: its value, or its name where it has none."""
        node = self.value_node
        return span(self.text, self.name_node if node is None or isinstance(node, MappingNode) else node)

    @property
    def named_at(self) -> Span:
        """The place of its name."""
        return span(self.text, self.name_node)

    @property
    def written(self) -> str:
        """The characters of the value as they stand in the text."""
        return self.at.content

    @property
    def is_string(self) -> bool:
        """Whether the API server takes the value."""
        return isinstance(self.value, str) or self.value is UNKNOWN


class Container(NamedTuple):
    """A container of the DaemonSet: its plain data and its node. ``init`` tells which list it stands in."""

    name: str
    data: dict[str, object]
    node: Node
    init: bool


class Item(NamedTuple):
    """A sibling object: its plain data, its node, and the text that it is in; ``partial`` when it is a patch."""

    data: dict[str, object]
    node: Node
    text: Text
    partial: bool = False

    @property
    def name(self) -> str:
        """Name of the object, "" when it has none."""
        metadata = self.data.get("metadata")
        return str(metadata.get("name") or "") if isinstance(metadata, dict) else ""


class NodeGroup(NamedTuple):
    """Nodes as a file describes them: their instance types, and the max pods that kubelet is given (None: not said).

    ``at`` is where max pods are written, else where the group is. ``managed`` nodes are those of an EKS managed node
    group with an image of EKS: where nobody else gives them max pods, EKS does, and no more than its own limit.

    ``hidden``: max pods are written, but their value cannot be seen. ``more``: there may be other types than those
    named. ``expression`` is what nodeadm computes max pods from (``maxPodsExpression``), where nothing comes before it;
    ``pods_per_core`` limits them by the number of vCPUs. ``aside`` is a max pods that something else overrides: what is
    written, and where. ``windows`` nodes do not run aws-node.

    ``most`` is how many nodes the group may have; ``subnets`` the IPv4 blocks of all subnets that they may be in, none
    where not all of them are told.
    """

    name: str
    types: tuple[str, ...]
    max_pods: int | None
    at: Span
    managed: bool = False
    hidden: bool = False
    more: bool = False
    expression: str | None = None
    pods_per_core: int | None = None
    aside: tuple[int, Span] | None = None
    windows: bool = False
    most: int | None = None
    subnets: tuple[str, ...] = ()


class AddOn(NamedTuple):
    """What a file says of an EKS add-on beside its values.

    ``form`` is how the configuration values are given: ``text`` (a string, as the service wants it), ``mapping`` (where
    a string is wanted, which a tool refuses), ``expression`` (whatever turns data into the string, such as jsonencode:
    the values are data), ``unknown``, or ``absent``. ``conflicts`` are the modes in which conflicts are resolved, each
    with when it counts (``create``, ``update`` or ``both``), upper case as in the API (``NONE``, ``OVERWRITE``,
    ``PRESERVE``), and its place. ``version`` is the version as written. ``before_compute`` is the Terraform module's:
    None where the format knows nothing of the kind. ``roles`` are the fields that give it an IAM role, each with its
    place; eksctl's alone. ``others`` are fields that are read by nobody here and set something all the same: roles,
    tags and what is kept when the add-on goes, each with its place.
    """

    form: str
    version: str = ""
    version_at: Span | None = None
    values_at: Span | None = None
    conflicts: tuple[tuple[str, str, Span], ...] = ()
    before_compute: bool | None = None
    roles: tuple[tuple[str, Span], ...] = ()
    others: tuple[tuple[str, Span], ...] = ()


class Surface(NamedTuple):
    """Everything one place says about the CNI.

    ``kind`` says what the settings are:

    - ``daemonset``: the environment of the DaemonSet's containers; ``partial`` when it is a patch;
    - ``addon`` and ``helm``: values of the EKS add-on or of the Helm chart, ``values`` if it cannot be told of which;
    - ``environment``: variables that another program puts into aws-node (Cluster API, kOps, ``kubernetes_env``);
    - ``objects``: siblings without any of these;
    - ``nodes``: nodes alone.

    ``format`` is the kind of file it stands in. ``partial`` means that what is not written is unknown. ``siblings`` are
    the objects of the same file by kind, ``repeated`` the keys that stand twice in any of them (told once a file).
    ``release``, ``managed``, ``kubernetes``, ``ipv6`` and ``cluster`` are what the file says beside the settings: of
    the CNI, then the cluster's version, IP family and name. ``place`` is where a finding about it all points, if not at
    an object's name. ``beside`` are those before it of the same aws-node; ``elsewhere`` what only others set.
    """

    kind: str
    text: Text
    node: Node
    object: dict[str, object]
    settings: tuple[Setting, ...]
    containers: dict[str, Container]
    siblings: dict[str, list[Item]]
    partial: bool = False
    live: bool = False
    repeated: tuple[Repeated, ...] = ()
    format: str = "kubernetes"
    release: str | None = None
    managed: bool | None = None
    kubernetes: str | None = None
    ipv6: bool | None = None
    nodes: tuple[NodeGroup, ...] = ()
    place: Span | None = None
    addon: AddOn | None = None
    beside: tuple[Surface, ...] = ()
    elsewhere: frozenset[tuple[str, str]] = frozenset()
    cluster: str = ""

    def setting(self, container: str, name: str) -> Setting | None:
        """Return the setting that wins: the last of that name in the container."""
        found = (item for item in reversed(self.settings) if item.name == name and item.container == container)
        return next(found, None)

    @property
    def anchor(self) -> Span:
        """Where a finding about the whole surface points: the object's name."""
        if self.place is not None:
            return self.place
        metadata = child(self.node, "metadata")
        return span(self.text, child(metadata, "name") or first_leaf(self.node))

    def span(self, *path: str | int) -> Span:
        """Return the span of a path into the object, or of its nearest ancestor that exists.

        A step into a list is an index or the ``name`` (or ``mountPath``) of an item. A mapping or a list is shown by
        its key.
        """
        return node_span(self.text, self.node, path) or self.anchor

    def environment(self, container: str) -> Span:
        """Return where a missing variable would stand: the container's ``env`` key or name, or the object's name."""
        if self.kind in OVERLAYS:
            return self.span("env") if container == MAIN else self.span("init", "env")
        found = self.containers.get(container)
        if found is None:
            return self.anchor
        return node_span(self.text, found.node, ("env",)) or node_span(self.text, found.node, ("name",)) or self.anchor


def mapping(data: object) -> dict[str, object]:
    """Return ``data`` when it is a mapping, else an empty one."""
    return data if isinstance(data, dict) else {}


def items(data: object) -> Iterator[dict[str, object]]:
    """Yield the mappings of ``data`` when it is a list."""
    if isinstance(data, list):
        yield from (item for item in data if isinstance(item, dict))


def placeholder(text: object) -> bool:
    """Tell whether a text holds something that is replaced before or while the object is applied."""
    if not isinstance(text, str) or not ("$" in text or "{{" in text or HOLE in text):
        return False
    return HOLE in text or re.search(PLACEHOLDERS, text) is not None


def value(content: dict[str, object]) -> object:
    """Return what an ``env`` item gives the process; an item without a value, or with null, gives it the empty text."""
    if content.get("valueFrom") is not None:
        return UNKNOWN
    written = content.get("value")
    if written is None:
        return ""
    return UNKNOWN if placeholder(written) else written
