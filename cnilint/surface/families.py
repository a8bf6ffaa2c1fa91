"""Which module reads what: the tables of all families and readers, and the search that spares most files a parser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.record import NamedTuple
from cnilint.source.plain import child
from cnilint.source.yaml import ScalarNode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilint.source.yaml import Node


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
# Of files that say something of nodes: max pods, of which there is something to say even alone, or instance types.
_MAX_PODS: Final = ("maxPods", "max-pods", "USE_MAX_PODS")
_NODES: Final = (*_MAX_PODS, "karpenter.sh/", "karpenter.k8s.aws/", "node.eks.aws/", "kubernetes.io/instance-type")
_PATCHED: Final = ("ontainers/0/env", "ontainers/1/env")
FAMILIES: Final[tuple[Family, ...]] = (
    Family(
        "kubernetes",
        (
            *("aws-node", "amazon-vpc-cni", "aws-vpc-cni-init", "aws-eks-nodeagent", "cni-metrics-helper"),
            *("ENIConfig", "SecurityGroupPolicy", *_PATCHED),
        ),
    ),
    Family("kubernetes", ("CNINode",), aside=True),
    Family(
        "kustomize",
        ("aws-node", "amazon-vpc-cni", "amazon-k8s-cni", *_PATCHED),
        ("patches", "images", "configMapGenerator"),
    ),
    Family("addon", (*VARIABLES, "enableNetworkPolicy"), bare=True),
    Family(
        "helm",
        (*VARIABLES, "aws-vpc-cni"),
        ("helm.toolkit.fluxcd.io/", "argoproj.io/", "helmCharts", "HelmChartInflationGenerator"),
        bare=True,
    ),
    Family("awscli", ("vpc-cni",), ("addonName", "ConfigurationValues")),
    Family("eksctl", ("vpc-cni",), ("eksctl.io/v1alpha5",)),
    Family("eksctl", ("eksctl.io/v1alpha5",), aside=True),
    Family("cloudformation", ("vpc-cni",), ("AWS::EKS::Addon",)),
    Family("clusterapi", ("vpc-cni", "vpcCni"), ("AWSManagedControlPlane",)),
    Family("clusterapi", ("secondaryCidrBlock",), ("AWSManagedControlPlane",), aside=True),
    Family("clusterapi", ("AWSManagedMachinePool", "AWSMachineTemplate", "AWSMachinePool"), aside=True),
    Family("kops", ("amazonvpc", "amazonVPC")),
    Family("crossplane", ("vpc-cni",), ("eks.aws.", "eks.services.k8s.aws")),
    Family("terraform", ("vpc-cni",), ('"resource"', '"module"', '"root_module"', 'addons"', '"locals"')),
    Family("terraform", ("aws_eks_node_group", "managed_node_groups"), aside=True),
    Family("nodes", _NODES, aside=True),
)
# Kinds of objects, by the version of their API, that only the first family reads: a manifest is no business of others.
MANIFEST: Final = frozenset(
    {
        *(("apps/v1", kind) for kind in ("DaemonSet", "Deployment", "StatefulSet")),
        *(("v1", kind) for kind in ("ConfigMap", "ServiceAccount", "Service", "Secret", "Namespace")),
        *(
            ("rbac.authorization.k8s.io/v1", kind)
            for kind in ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")
        ),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("crd.k8s.amazonaws.com/v1alpha1", "ENIConfig"),
    }
)
# Kinds of values that a whole file may be told to be.
FORCED: Final = ("addon", "helm")
# By the end of a file's name, what reads it instead of the YAML reader.
READERS: Final[dict[str, str]] = {
    **dict.fromkeys((".tf", ".tofu", ".tfvars", ".hcl"), "terraform"),
    ".toml": "bottlerocket",
}
# By how the text begins, whatever the file is called.
OPENINGS: Final[dict[str, str]] = {
    r"(?i)\s*(?:mime-version[ \t]*:|content-type[ \t]*:[ \t]*multipart/)": "userdata",
    r"(?is)\s*<powershell>": "userdata",
    r"\s*#(?:!|cloud-config\b)(?s:.*)\bbootstrap\.sh\b": "userdata",
}


def of_a_manifest(roots: Iterable[Node]) -> bool:
    """Tell whether all documents are objects that only the first family reads, and there is one."""
    each = [_plain_object(root) for root in roots]
    return bool(each) and all(each)


def _plain_object(root: Node) -> bool:
    version, kind = child(root, "apiVersion"), child(root, "kind")
    return (
        isinstance(version, ScalarNode) and isinstance(kind, ScalarNode) and ((version.value, kind.value) in MANIFEST)
    )


def _shortest(names: Iterable[str]) -> tuple[bytes, ...]:
    """Return the names to search for, in lower case: of those that hold another, the other will do."""
    every = dict.fromkeys(name.lower() for name in names)
    return tuple(name.encode() for name in every if not any(other != name and other in name for other in every))


# A file is only parsed where one of these stands in it, in any case. They are few, as each search has its price.
# Variables and paths of patches count where there is an ``env``.
_BELOW_ENV: Final = (*VARIABLES, *_PATCHED)
_OUTRIGHT: Final = _shortest(
    name for family in FAMILIES if not family.aside for name in family.names if name not in _BELOW_ENV
)
_DAEMON_SET: Final = b"aws-node"
_NAMESAKE: Final = b"aws-node-termination-handler"  # another program, in many clusters
# Stands in several of the names, and in few files: the others alone are searched for where it does not.
_SHARED: Final = b"cni"
_UNSHARED: Final = tuple(name for name in _OUTRIGHT if _SHARED not in name)
_VARIABLES: Final = _shortest(_BELOW_ENV)
# What they are behind their first underscore. Few files have many of these, and a pattern that begins with one
# character is found by a search for that: one search instead of as many as there are variables.
_TAILS: Final = b"_(?:%b)" % b"|".join(name.partition(b"_")[2] for name in _VARIABLES if b"_" in name)
_LISTED: Final = b"ontainers/"
_ALONE: Final = _shortest(_MAX_PODS)
_ASIDE: Final = _shortest(name for family in FAMILIES if family.aside for name in family.names)
# A quoted name may hide a needle behind an escape (``"aws\\x2dnode"``) or a line that is continued.
_ESCAPED = rb"(?i)\\(?:x|u00|U000000)(?:2d|3[0-9a]|4[0-9a-f]|5[0-9af]|6[0-9a-f]|7[0-9a])|[a-z0-9_-]\\\r?\n"


def relevant(raw: bytes, *, beside: bool = False) -> bool:
    """Tell whether a file's bytes may hold a surface; wide, and never wrong about a file it rules out.

    Instance types alone count for a file that stands ``beside`` others of its cluster.
    """
    raw = _even(raw)
    if _mentioned(raw) or any(needle in raw for needle in (_ASIDE if beside else _ALONE)):
        return True
    return b"\\" in raw and re.search(_ESCAPED, raw) is not None


def mentioned(raw: bytes) -> bool:
    """Tell whether a file names the CNI outright, so that what is wrong with it is worth an error."""
    return _mentioned(_even(raw))


def _mentioned(raw: bytes) -> bool:
    for needle in _OUTRIGHT if _SHARED in raw else _UNSHARED:
        if needle in raw and (needle != _DAEMON_SET or needle in raw.replace(_NAMESAKE, b"")):
            return True
    if b"env" not in raw or not (_LISTED in raw or re.search(_TAILS, raw)):
        return False
    return any(needle in raw for needle in _VARIABLES)


def _even(raw: bytes) -> bytes:
    """Return bytes in lower case, UTF-16 without its second bytes."""
    return (raw.replace(b"\0", b"") if b"\0" in raw else raw).lower()
