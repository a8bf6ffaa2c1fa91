"""Facts about the objects that stand beside the DaemonSet in the same file."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Final

from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.facts import overlay
from cnilint.facts.last import again
from cnilint.facts.release import ABSENT, stock_of
from cnilint.knowledge.configmap import expected, keys, nearest
from cnilint.source.plain import child
from cnilint.source.yaml import span
from cnilint.surface.model import OVERLAYS, Item, items, mapping, placeholder
from cnilint.surface.reach import node_span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilint.facts.context import Context
    from cnilint.facts.last import Memory

Element = dict[str, object]
Grants = dict[str, list[str]]

_OWN: Final = ("amazon-vpc-cni", "kube-system")
_ENI_CONFIG_KEYS: Final = ("subnet", "securityGroups")
# What ipamd or the agent needs a permission of the stock role for.
_NEEDS: Final = {
    "vpcresources.k8s.aws/cninodes": "security groups for pods and custom networking work through the CNINode",
    "crd.k8s.amazonaws.com/eniconfigs": "custom networking reads the ENIConfigs",
    "core/nodes": "ipamd reads its node's labels and max pods",
    "core/pods": "ipamd reads the pods of its node",
    "networking.k8s.aws/policyendpoints": "the node agent reads the network policies to enforce",
    "networking.k8s.aws/policyendpoints/status": "the node agent reads the network policies to enforce",
    "networking.k8s.aws/clusterpolicyendpoints": "the node agent reads the network policies to enforce",
}
_MEMORY: Final[Memory[list[tuple[str, str]]]] = {}
# Of these the stock roles of some releases granted more than a program used.
_READS: Final = {"core/nodes": ("get", "list", "watch")}


def _items(context: Context, kind: str) -> list[Item]:
    return context.surface.siblings.get(kind, [])


def _at(item: Item, *path: str | int) -> Element:
    name = child(child(item.node, "metadata"), "name")
    return {"at": node_span(item.text, item.node, path) or span(item.text, name or item.node)}


def _namespace(item: Item) -> str:
    return str(mapping(item.data.get("metadata")).get("namespace") or "")


def _own_config_map(context: Context) -> Item | None:
    """Return the ConfigMap that the controllers read."""
    own = (item for item in _items(context, "ConfigMap") if item.name == _OWN[0] and _namespace(item) in ("", _OWN[1]))
    return next(own, None)


def config_map(context: Context) -> object:
    """Return the keys and texts of the ConfigMap amazon-vpc-cni; ABSENT where it does not stand in the file.

    Keys that a patch does not write are unknown.
    """
    if context.surface.kind in OVERLAYS:
        return overlay.config_map(context)
    item = _own_config_map(context)
    if item is None:
        return ABSENT
    unwritten = dict.fromkeys(keys(), MAYBE) if item.partial or context.surface.partial else {}
    written = mapping(item.data.get("data")).items()
    return unwritten | {key: UNKNOWN if placeholder(text) else text for key, text in written if isinstance(text, str)}


def stray_config_maps(context: Context) -> list[Element]:
    """Return the ConfigMaps that carry the CNI's keys where nobody reads them."""
    found: list[Element] = []
    for item in _items(context, "ConfigMap"):
        namespace = _namespace(item)
        if (item.name, namespace or _OWN[1]) == _OWN:
            continue
        key = next((key for key in mapping(item.data.get("data")) if key in keys()), None)
        if key is not None:
            path = ("metadata", "name" if item.name != _OWN[0] else "namespace")
            found.append({"name": item.name, "namespace": namespace, "key": key, **_at(item, *path)})
    return found


def bad_config_values(context: Context) -> list[Element]:
    """Return the values of the ConfigMap that its readers do not take as meant."""
    item = _own_config_map(context)
    found: list[Element] = []
    for key, text in mapping(item.data.get("data")).items() if item else ():
        wanted = None if placeholder(text) else expected(key, text)
        if item and wanted:
            at = _at(item, "data", key)
            written = text if isinstance(text, str) else at["at"].content  # type: ignore[attr-defined]  # a span
            found.append({"key": key, "text": written, "expected": wanted, **at})
    return found


def unknown_config_keys(context: Context) -> list[Element]:
    """Return the keys of the ConfigMap that nobody reads."""
    item = _own_config_map(context)
    found: list[Element] = []
    for key in mapping(item.data.get("data")) if item else ():
        if item and key not in keys():
            close = nearest(key)
            found.append({"key": key, "nearest": close or "", "near": bool(close), **_at(item, "data", key)})
    return found


def cluster_role(context: Context) -> object:
    """Return what the ClusterRole aws-node grants; ABSENT where it does not stand in the file."""
    roles = _items(context, "ClusterRole")
    if not roles or roles[0].partial or context.surface.partial:
        return ABSENT
    return {"present": True, "patchesPods": covers(grants(roles[0]), "core/pods", "patch")}


def grants(role: Item) -> Grants:
    """Return each resource (``group/resource``) with the verbs that a role grants."""
    found: Grants = {}
    for rule in items(role.data.get("rules")):
        verbs = _strings(rule.get("verbs"))
        for group in _strings(rule.get("apiGroups")):
            for resource in _strings(rule.get("resources")):
                found.setdefault(f"{group or 'core'}/{resource}", []).extend(verbs)
    return found


def _strings(data: object) -> list[str]:
    return [item for item in data if isinstance(item, str)] if isinstance(data, list) else []


def covers(granted: Grants, resource: str, verb: str) -> bool:
    """Tell whether a role that grants this allows a verb on a resource (``group/resource``)."""
    group, _, name = resource.partition("/")
    either = (granted.get(f"{some}/{other}", ()) for some in (group, "*") for other in (name, "*"))
    return any(verb in verbs or "*" in verbs for verbs in either)


def missing_grants(context: Context) -> list[Element]:
    """Return the permissions that the release's stock role has and this one lacks."""
    roles = _items(context, "ClusterRole")
    known = roles and not roles[0].partial and context.number is not None
    if not known or context.surface.kind != "daemonset" or context.surface.partial:
        return []
    rules = roles[0].data.get("rules")
    lacking = again(_MEMORY, context.release, rules, partial(_lacking, roles[0], context.release))
    return [
        {"resource": resource, "verb": verb, "need": _NEEDS[resource], **_at(roles[0], "rules")}
        for resource, verb in lacking
    ]


def _lacking(role: Item, release: str | None) -> list[tuple[str, str]]:
    """Return the permissions that something needs and a role does not grant."""
    granted = grants(role)
    return [
        (resource, verb)
        for resource, verb in _needed(release)
        if verb not in granted.get(resource, ()) and not covers(granted, resource, verb)
    ]


@cache
def _needed(release: str | None) -> list[tuple[str, str]]:
    """Return the permissions of the release's stock role that something needs."""
    return [
        (resource, verb)
        for resource, verb in sorted(stock_of(release).grants)
        if resource in _NEEDS and verb in _READS.get(resource, (verb,))
    ]


def eni_configs(context: Context) -> list[Element]:
    """Return the ENIConfigs: objects, and those that values make."""
    found: list[Element] = overlay.eni_configs(context) if context.surface.kind in OVERLAYS else []
    for item in _items(context, "ENIConfig"):
        spec = mapping(item.data.get("spec"))
        element: Element = {"name": item.name}
        groups = spec.get("securityGroups")
        if groups is None or isinstance(groups, list):  # anything else is a placeholder
            element["securityGroups"] = _strings(groups)
        element["unknownKeys"] = [key for key in spec if key not in _ENI_CONFIG_KEYS]
        if isinstance(spec.get("subnet"), str):
            element["subnet"] = spec["subnet"]
        found.append(element | _at(item, "metadata", "name"))
    return found


def security_group_policies(context: Context) -> list[Element]:
    """Return the SecurityGroupPolicies: whether they select anything, and how many groups they name."""
    found: list[Element] = []
    for item in _items(context, "SecurityGroupPolicy"):
        spec = mapping(item.data.get("spec"))
        selects = any(isinstance(spec.get(key), dict) for key in ("podSelector", "serviceAccountSelector"))
        groups = mapping(spec.get("securityGroups")).get("groupIds")
        element: Element = {"name": item.name, "namespace": _namespace(item), "selects": selects}
        if groups is None or isinstance(groups, list):
            element["groups"] = len(groups or ())
        found.append(element | _at(item, "metadata", "name"))
    return found


def repeated_keys(context: Context) -> list[Element]:
    """Return the keys that stand twice in an object: the later one silently replaces the earlier."""
    text = context.surface.text
    return [
        {
            "key": item.key,
            "line": text.position(item.first.start_mark.index)[0],
            "at": span(text, item.last),
            "previous": span(text, item.first),
        }
        for item in context.surface.repeated
    ]


FACTS: Final[Mapping[str, Callable[[Context], object]]] = {
    "configMap": config_map,
    "strayConfigMaps": stray_config_maps,
    "badConfigValues": bad_config_values,
    "unknownConfigKeys": unknown_config_keys,
    "clusterRole": cluster_role,
    "missingGrants": missing_grants,
    "eniConfigs": eni_configs,
    "securityGroupPolicies": security_group_policies,
    "repeatedKeys": repeated_keys,
    "metricsHelper": lambda context: bool(_items(context, "Deployment")),
}
