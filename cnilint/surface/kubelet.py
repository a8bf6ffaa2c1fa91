"""kubelet's max pods, wherever they are written: its configuration file, its flags, nodeadm's NodeConfig.

A flag wins over the configuration file (https://kubernetes.io/docs/tasks/administer-cluster/kubelet-config-file/), and
nodeadm's ``maxPodsExpression`` gives way to both (amazon-eks-ami nodeadm/api/v1alpha1/nodeconfig_types.go).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.record import NamedTuple
from cnilint.source.inset import inset
from cnilint.source.plain import child, scalar
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, span
from cnilint.surface.model import NodeGroup, placeholder

if TYPE_CHECKING:
    from cnilint.source.text import Span, Text
    from cnilint.source.yaml import Node

# As bootstrap.sh, nodeadm and kubelet itself take it: the value is another word, or follows an equals sign.
FLAG: Final = r"--max-pods(?:=|[ \t]+)[\"']?(?P<value>[^\s\"'`,;)\]]*)"


class Stated(NamedTuple):
    """A max pods as one place writes it: the number, None where it cannot be seen."""

    pods: int | None
    at: Span


class Kubelet(NamedTuple):
    """What is written of max pods: the flag, the configuration, the expression (None as text: unseen), podsPerCore.

    ``hidden``: others may be written that nobody can see; ``windows``: kubelet runs on Windows.
    """

    flag: Stated | None = None
    config: Stated | None = None
    expression: tuple[str | None, Span] | None = None
    cores: Stated | None = None
    hidden: bool = False
    windows: bool = False

    def over(self, other: Kubelet) -> Kubelet:
        """Return what holds where this is laid over another, as nodeadm merges one NodeConfig into the next."""
        return Kubelet(
            self.flag or other.flag,
            self.config or other.config,
            self.expression or other.expression,
            self.cores or other.cores,
            self.hidden or other.hidden,
            self.windows or other.windows,
        )

    @property
    def stated(self) -> Stated | None:
        """The max pods that win; None where only an expression or nothing gives them."""
        return self.flag or self.config

    @property
    def at(self) -> Span | None:
        """Where max pods are written."""
        stated = self.stated
        return stated.at if stated else self.expression[1] if self.expression else self.cores and self.cores.at

    @property
    def silent(self) -> bool:
        """Whether nothing is said of max pods."""
        return self.at is None and not self.hidden

    def group(self, name: str, at: Span, types: tuple[str, ...] = (), *, more: bool = False) -> NodeGroup:
        """Return the nodes whose kubelet this is; ``at`` is their place where max pods have none."""
        stated, cores = self.stated, self.cores
        expression = None if stated or not self.expression else self.expression[0]
        unseen = stated.pods is None if stated else self.expression is not None and expression is None
        return NodeGroup(
            name,
            types,
            None if self.hidden or not stated else stated.pods,
            self.at or at,
            hidden=self.hidden or unseen or (cores is not None and cores.pods is None),
            more=more,
            expression=None if self.hidden else expression,
            pods_per_core=cores.pods if cores else None,
            windows=self.windows,
        )


NOTHING: Final = Kubelet()


def number(text: Text, node: Node | None) -> Stated | None:
    """Return the whole number at a node; one that kubelet does not take, or a placeholder, cannot be seen."""
    if node is None or (isinstance(node, ScalarNode) and scalar(node) is None):
        return None
    found = scalar(node) if isinstance(node, ScalarNode) else None
    usable = isinstance(found, int) and not isinstance(found, bool) and found > 0
    return Stated(found if usable else None, span(text, node))  # type: ignore[arg-type]  # an int, as just seen


def configuration(text: Text, node: Node | None) -> Kubelet:
    """Return what a KubeletConfiguration says; a podsPerCore of 0 is none."""
    per_core = child(node, "podsPerCore")
    none = isinstance(per_core, ScalarNode) and scalar(per_core) == 0
    return Kubelet(config=number(text, child(node, "maxPods")), cores=None if none else number(text, per_core))


def node_config(text: Text, root: Node) -> Kubelet:
    """Return what nodeadm's NodeConfig gives kubelet."""
    options = child(child(root, "spec"), "kubelet")
    found = configuration(text, child(options, "config"))
    expression = child(options, "maxPodsExpression")
    if isinstance(expression, ScalarNode) and expression.value.strip():
        shown = None if placeholder(expression.value) else expression.value
        found = found._replace(expression=(shown, span(text, expression)))
    return found._replace(flag=_flag(text, child(options, "flags")))


def is_node_config(root: Node) -> bool:
    """Tell whether a document is nodeadm's NodeConfig, whatever its version."""
    version, kind = child(root, "apiVersion"), child(root, "kind")
    return (
        isinstance(root, MappingNode)
        and isinstance(version, ScalarNode)
        and version.value.startswith("node.eks.aws/")
        and isinstance(kind, ScalarNode)
        and kind.value == "NodeConfig"
    )


def _flag(text: Text, node: Node | None) -> Stated | None:
    """Return the last ``--max-pods`` of a list of flags."""
    found: Stated | None = None
    items = node.value if isinstance(node, SequenceNode) else []
    for index, item in enumerate(items):
        if not isinstance(item, ScalarNode):
            continue
        following = items[index + 1] if index + 1 < len(items) else None
        if item.value.strip() == "--max-pods" and isinstance(following, ScalarNode):
            found = Stated(whole(following.value), span(text, following))
        else:
            match = re.search(FLAG, item.value)
            inner = inset(text, item)
            found = Stated(whole(match["value"]), inner.span(*match.span("value"))) if match else found
    return found


def whole(written: str) -> int | None:
    """Return a text as the number of pods it is; None where it is none that kubelet would take as meant."""
    return int(written) if re.fullmatch(r"[1-9][0-9]{0,8}", written) else None
