"""Documents to surfaces: what configures the VPC CNI, with the place of every setting.

A family is a module of this package with a function ``surfaces(text, roots)``, told from others by names that stand
in whatever it reads; a reader is one with a function ``read(text)`` for texts that are no YAML. The tables below name
them all. They are imported when a text asks for them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from cnilint.record import NamedTuple
from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, documents
from cnilint.surface.model import UNKNOWN, AddOn, Container, Item, NodeGroup, Setting, Surface

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node

    Reading = Callable[[Text, list[Node]], list[Surface]]

__all__ = [
    "UNKNOWN",
    "AddOn",
    "Container",
    "Item",
    "NodeGroup",
    "Setting",
    "Surface",
    "mentioned",
    "relevant",
    "surfaces",
]


class Family(NamedTuple):
    """A module of this package, and names of which one stands in every text that it finds something in.

    So does one of ``also``, if there are any, or it has a document without a ``kind``, if those are what a family that
    reads ``bare`` values looks for: they spare manifests the module's import. ``aside``: the names say nothing of the
    CNI, so that a file with them alone may be as broken as it likes.
    """

    module: str
    names: tuple[str, ...]
    also: tuple[str, ...] = ()
    bare: bool = False
    aside: bool = False

    def may_read(self, content: str, *, bare: bool) -> bool:
        """Tell whether a text may hold something for it; ``bare`` when it has a document without a kind."""
        wanted = (bare and self.bare) or any(name in content for name in self.also) or not (self.bare or self.also)
        return wanted and any(name in content for name in self.names)


# Parts of the names of the CNI's own variables: a file of bare values names nothing else of it.
VARIABLES: Final = (
    *("_ENI", "ENI_CONFIG_", "_IP_TARGET", "WARM_PREFIX", "AWS_VPC_K8S_", "AWS_VPC_CNI_", "EXTERNAL_SERVICE_CIDRS"),
    *("PREFIX_DELEGATION", "IP_COOLDOWN", "_ENFORCING_MODE", "_V4_EGRESS", "_V6_EGRESS", "DISABLE_POD_V6", "POD_MTU"),
    *("BANDWIDTH_PLUGIN", "HOST_CNI_", "NETWORK_RESOURCE_PROVISIONING", "SUBNET_DISCOVERY", "IMDS_ONLY"),
    *("TCP_EARLY_DEMUX", "MULTI_NIC", "ANNOTATE_POD_IP", "INTROSPECTION_BIND"),
)
# Of files that say something of nodes: instance types or max pods.
_NODES: Final = (
    *("maxPods", "max-pods", "USE_MAX_PODS", "karpenter.sh/", "karpenter.k8s.aws/", "node.eks.aws/"),
    *("KubeletConfiguration", "kubernetes.io/instance-type"),
)
FAMILIES: Final[tuple[Family, ...]] = (
    Family(
        "kubernetes",
        (
            *("aws-node", "amazon-vpc-cni", "ENIConfig", "SecurityGroupPolicy", "CNINode", "cni-metrics-helper"),
            *("aws-vpc-cni-init", "aws-eks-nodeagent", "ontainers/0/env", "ontainers/1/env"),
        ),
    ),
    Family(
        "kustomize",
        ("aws-node", "amazon-vpc-cni", "amazon-k8s-cni", "ontainers/0/env"),
        ("patches", "images", "configMapGenerator"),
    ),
    Family("addon", (*VARIABLES, "enableNetworkPolicy"), bare=True),
    Family(
        "helm",
        (*VARIABLES, "aws-vpc-cni"),
        ("helm.toolkit.fluxcd.io/", "argoproj.io/", "helmCharts", "HelmChartInflationGenerator"),
        bare=True,
    ),
    Family("awscli", ("addonName", "ConfigurationValues")),
    Family("eksctl", ("eksctl.io/v1alpha5",)),
    Family("cloudformation", ("AWS::EKS::Addon",)),
    Family("clusterapi", ("vpc-cni", "vpcCni", "secondaryCidrBlock"), ("AWSManagedControlPlane",)),
    Family("kops", ("amazonvpc", "amazonVPC")),
    Family("crossplane", ("vpc-cni",), ("eks.aws.", "eks.services.k8s.aws")),
    Family("nodes", _NODES, aside=True),
)
# Kinds of values that a whole file may be told to be.
FORCED: Final = ("addon", "helm")
# By the end of a file's name, what reads it instead of the YAML reader.
READERS: Final[dict[str, str]] = {".toml": "bottlerocket"}
# By how the text begins, whatever the file is called.
_OPENINGS: Final[dict[str, str]] = {
    r"(?i)\s*(?:mime-version[ \t]*:|content-type[ \t]*:[ \t]*multipart/)": "userdata",
    r"(?is)\s*<powershell>": "userdata",
    r"\s*#(?:!|cloud-config\b)(?s:.*)\bbootstrap\.sh\b": "userdata",
}
# What every text that yields a surface must contain, so that the rest need not be parsed.
_NEEDLES: Final = tuple(dict.fromkeys(name.encode() for family in FAMILIES for name in family.names))
_OUTRIGHT: Final = tuple(
    dict.fromkeys(name.encode() for family in FAMILIES if not family.aside for name in family.names)
)
# A quoted name may hide a needle behind an escape (``"aws\\x2dnode"``) or a line that is continued.
_ESCAPED = rb"(?i)\\(?:x|u00|U000000)(?:2d|3[0-9a]|4[0-9a-f]|5[0-9af]|6[0-9a-f]|7[0-9a])|[a-z0-9_-]\\\r?\n"


def relevant(raw: bytes) -> bool:
    """Tell whether a file's bytes may hold a surface; wide, and never wrong about a file it rules out."""
    raw = _unwide(raw)
    return any(needle in raw for needle in _NEEDLES) or (b"\\" in raw and re.search(_ESCAPED, raw) is not None)


def mentioned(raw: bytes) -> bool:
    """Tell whether a file names the CNI outright, so that what is wrong with it is worth an error."""
    raw = _unwide(raw)
    return any(needle in raw for needle in _OUTRIGHT)


def _unwide(raw: bytes) -> bytes:
    return raw.replace(b"\0", b"") if b"\0" in raw else raw


def surfaces(text: Text, *more: Reading, kind: str = "") -> list[Surface]:
    """Return the surfaces of a text, family by family; ``more`` are readings of what those leave.

    Of a text that is told to be values of a ``kind`` (one of FORCED), all of it is read as such.
    Raises SourceError where the text, or the part of it that configures the CNI, cannot be understood.
    """
    if kind:
        return cast("list[Surface]", _module(kind).forced(text))
    by_suffix = next((name for suffix, name in READERS.items() if text.path.endswith(suffix)), None)
    readers = [name for name in (_by_content(text), by_suffix) if name]
    if readers:
        return [surface for name in readers for surface in _module(name).read(text)]
    roots = list(documents(text))
    escaped = "\\" in text.content
    bare = any(isinstance(root, MappingNode) and child(root, "kind") is None for root in roots)
    wanted = (
        cast("Reading", _module(family.module).surfaces)
        for family in FAMILIES
        if escaped or family.may_read(text.content, bare=bare)
    )
    usual = [surface for found in wanted for surface in found(text, roots)]
    seen = {id(surface.node) for surface in usual}
    return [*usual, *(surface for found in more for surface in found(text, roots) if id(surface.node) not in seen)]


def _by_content(text: Text) -> str | None:
    """Return the reader of a text that begins as nothing else does: user data of EC2 has no suffix of its own."""
    begin = text.content[:64].lstrip()
    if not begin.startswith(("#", "<", "M", "m", "C", "c")):
        return None
    return next((name for opening, name in _OPENINGS.items() if re.match(opening, text.content)), None)


def _module(name: str) -> Any:  # noqa: ANN401  # a family or a reader: what it has is said above
    return __import__(f"cnilint.surface.{name}", fromlist=[name])
