"""The EKS API's words for an add-on: what ``aws eks`` and ``eksctl get addon`` print, and what ``aws eks`` is given.

``aws eks describe-addon`` and its like print ``{"addon": {...}}``; ``--cli-input-json`` and ``--cli-input-yaml`` of
create-addon and update-addon take a bare body (AWS CLI command reference, eks). ``eksctl get addon -o json`` prints a
list (eksctl-io/eksctl pkg/actions/addon/get.go, ``Summary``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.source.plain import child
from cnilint.source.yaml import MappingNode, SequenceNode
from cnilint.surface.addon import Keys, is_cni, said, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Surface

_API: Final = Keys("addonName", "addonVersion", "configurationValues", (("resolveConflicts", "both"),))
_LISTED: Final = Keys("Name", "Version", "ConfigurationValues")
# Of what a body may hold beside the name (CreateAddonRequest, UpdateAddonRequest): nothing else makes it one.
_BODY: Final = frozenset(
    {"addonName", "addonVersion", "clientRequestToken", "clusterName", "configurationValues", "namespaceConfig"}
    | {"podIdentityAssociations", "resolveConflicts", "serviceAccountRoleArn", "tags"}
)


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return a surface for each description of the add-on vpc-cni.

    Raises SourceError where its configuration values cannot be parsed.
    """
    return [surface for root in roots for surface in _all(text, root)]


def _all(text: Text, root: Node) -> Iterator[Surface]:
    if isinstance(root, SequenceNode):
        listed = (item for item in root.value if is_cni(item, _LISTED) and child(item, _LISTED.values))
        yield from (_surface(text, item, _LISTED, "eksctl") for item in listed)
        return
    described = child(root, "addon")
    if isinstance(described, MappingNode):
        if is_cni(described, _API):
            yield _surface(text, described, _API, "aws-cli")
    elif is_cni(root, _API) and {key.value for key, _ in root.value} <= _BODY:
        found = _surface(text, root, _API, "aws-cli", live=False)
        # An update that says nothing of the values leaves them as they are.
        yield found._replace(partial=found.partial or child(root, _API.values) is None)


def _surface(text: Text, node: Node, keys: Keys, format: str, *, live: bool = True) -> Surface:  # noqa: A002  # the field
    return values_of(text, child(node, keys.values), format=format, live=live, **said(text, node, keys))
