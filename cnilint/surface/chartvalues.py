"""A values file of the chart aws-vpc-cni, or of a chart that has it as a dependency.

A file whose keys the EKS add-on takes as well is not told from one for the add-on, and is the add-on's module's. What
installs the file is not known, nor whether another values file goes with it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.knowledge.chart import CHART
from cnilint.source.plain import child, entry
from cnilint.source.yaml import MappingNode, ScalarNode, span
from cnilint.surface.addon import named
from cnilint.surface.charted import Install, surface, telling, unmistakable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Span, Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Surface

# Keys of the chart's values.yaml, in any version, that no schema of the add-on has.
CHART_ONLY: Final = frozenset(
    {"cniConfig", "crd", "fullnameOverride", "image", "imagePullSecrets", "livenessProbe", "nameOverride"}
    | {"nodeSelector", "originalMatchLabels", "podAnnotations", "podMonitor", "podSecurityContext"}
    | {"priorityClassName", "probesEnabled", "readinessProbe", "securityContext", "serviceAccount", "updateStrategy"}
)


def surfaces(text: Text, root: Node) -> list[Surface]:
    """Return the surfaces of a values file: of the chart itself, or of each dependency that is the chart.

    Raises SourceError where the values cannot be understood.
    """
    found = (
        surface(Install("helm", CHART, place, managed=None), [(text, values)]) for place, values in _values(text, root)
    )
    return [item for item in found if item is not None]


def _values(text: Text, root: Node) -> Iterator[tuple[Span, Node]]:
    """Yield each mapping of the chart's values with its place: the key that it stands below, or its environment's."""
    if not isinstance(root, MappingNode) or named(text):
        return
    if _chart_only(root) and unmistakable(root):
        pair = entry(root, "env") or entry(root, "init")
        yield span(text, pair[0] if pair else root.value[0][0]), root
        return
    for key, below in root.value:
        if isinstance(key, ScalarNode) and isinstance(below, MappingNode) and _dependency(key.value, below):
            yield span(text, key), below


def _dependency(name: str, values: Node) -> bool:
    """Tell whether a key and the mapping below it are a dependency's, which may have an alias, and its values."""
    if name == CHART:
        return telling(values)
    alike = re.sub("[-_]", "", name).lower() == CHART.replace("-", "")  # awsVpcCni, aws_vpc_cni
    return (alike or _chart_only(values)) and unmistakable(values)


def _chart_only(node: Node) -> bool:
    return any(child(node, key) is not None for key in CHART_ONLY)
