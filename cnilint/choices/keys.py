"""Keys of the chart's values, which are also those of the add-on, and the paths of what they set.

Source: charts/aws-vpc-cni/templates of amazon-vpc-cni-k8s at v1.13.0 to v1.23.0, and stable/aws-vpc-cni of eks-charts
5239609.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.facts.overlay import CONFIG, NODE_AGENT
from cnilint.surface.model import AGENT, INIT, MAIN

if TYPE_CHECKING:
    from cnilint.choices.flat import Path

NETWORK_POLICY: Final = "enableNetworkPolicy"
# Where each container's own values stand.
CONTAINERS: Final[dict[str, Path]] = {MAIN: (), INIT: ("init",), AGENT: ("nodeAgent",)}
# Mappings of values, and below which path their keys stand.
TREES: Final[dict[Path, Path]] = {
    ("env",): ("env", MAIN),
    ("init", "env"): ("env", INIT),
    ("affinity",): ("pod", "affinity"),
    ("nodeSelector",): ("pod", "nodeSelector"),
    ("podLabels",): ("pod", "labels"),
    ("podAnnotations",): ("pod", "annotations"),
    ("podSecurityContext",): ("pod", "securityContext"),
    ("updateStrategy",): ("daemonset", "updateStrategy"),
    ("livenessProbe",): ("container", MAIN, "livenessProbe"),
    ("readinessProbe",): ("container", MAIN, "readinessProbe"),
    ("serviceAccount", "annotations"): ("serviceAccount", "annotations"),
    **{(*above, "securityContext"): ("container", name, "securityContext") for name, above in CONTAINERS.items()},
}
# Single values.
LEAVES: Final[dict[Path, Path]] = {
    ("livenessProbeTimeoutSeconds",): ("container", MAIN, "livenessProbe", "timeoutSeconds"),
    ("readinessProbeTimeoutSeconds",): ("container", MAIN, "readinessProbe", "timeoutSeconds"),
    ("priorityClassName",): ("pod", "priorityClassName"),
    ("tolerations",): ("pod", "tolerations"),
    ("imagePullSecrets",): ("pod", "imagePullSecrets"),
    ("serviceAccount", "name"): ("pod", "serviceAccountName"),
    **{(*above, "image", "pullPolicy"): ("container", name, "imagePullPolicy") for name, above in CONTAINERS.items()},
}
FLAGS: Final[dict[Path, str]] = {("nodeAgent", key): flag for key, flag in NODE_AGENT.items()}
CONFIG_MAP: Final[dict[Path, str]] = {(key,): name for key, name in CONFIG.items()}
# What the templates say of a value that changes nothing of how aws-node runs, or of what the chart ships with.
SILENT: Final[dict[Path, tuple[object, ...]]] = {
    ("nameOverride",): ("aws-node", "", None),
    ("fullnameOverride",): ("aws-node", "", None),
    ("originalMatchLabels",): (True, False, "true", "false"),
    ("serviceAccount", "create"): (True, "true"),
    ("cniConfig", "enabled"): (False, "false", None),
    ("cniConfig", "fileContents"): ("", None),
    ("nodeAgent", "enabled"): (True, "true"),
    ("podMonitor", "create"): (False, "false"),
    ("crd", "create"): (True, False),
    ("eniConfig", "create"): (False, "false", None),
}
# What goes with the agent's container where it is switched off.
WITHOUT_AGENT: Final[tuple[Path, ...]] = (
    ("container", AGENT),
    ("volume", "bpf-pin-path"),
    ("env", MAIN, "NETWORK_POLICY_ENFORCING_MODE"),
)
AGENT_PORTS: Final[Path] = ("container", AGENT, "ports")
# The first version of the add-on whose schema is public.
FIRST_VALUES: Final = "v1.12.0"
# The first release whose chart has it (the templates at each tag).
RESOURCES_OF_INIT: Final = "v1.13.0"
OWN_RESOURCES: Final = "v1.15.3"
AGENT_SWITCH: Final = "v1.15.3"
EXTRA_ENV: Final = "v1.18.3"
PULL_POLICY: Final = "v1.18.4"
# Releases from which the chart puts extra mounts into the init container as well; v1.22.0 lacks it.
EXTRA_MOUNTS_IN_INIT: Final = "v1.21.2"
NOT_IN_INIT: Final = "v1.22.0"


def metrics_port(port: str) -> list[dict[str, object]]:
    """Return the ports of the agent's container where its metrics have this one."""
    return [{"containerPort": int(port), "name": "agentmetrics"}]
