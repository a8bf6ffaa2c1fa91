"""The facts a rule may ask for, with their types: the names that a rule is checked against when it is loaded.

Types are those of ``cnilint.cel.check``: ``("list", T)``, ``("map", T)`` (any key), ``("object", {field: T})`` (these
fields only) and the plain words. ``place`` is a place in the text; it can only be pointed at.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from cnilint.knowledge.variables import variables

if TYPE_CHECKING:
    from collections.abc import Iterable

# What ``cnilint.cel.check`` takes: a word, or a pair of a word and what it is made of.
Type: TypeAlias = str | tuple[Any, ...]

_VALUE_TYPES: Final[dict[str, Type]] = {
    "bool": "bool",
    "int": "int",
    "mark": "int",
    "cidrs": ("list", "string"),
    "tags": ("map", "string"),
}


def _elements(*strings: str, **others: Type) -> Type:
    """Return the type of a list whose elements have a place, these strings and these other fields."""
    return ("list", ("object", {"at": "place", **dict.fromkeys(strings, "string"), **others}))


_LISTS: Final[dict[str, Type]] = {
    # Settings that the process will not use as their author meant; container is where they stand.
    "malformed": _elements("name", "container", "text", "type", "reason", "expected", "used", exits="bool"),
    "notStrings": _elements("name", "container", "text", "type", "value", "quoted"),
    "unknown": _elements("name", "container", "nearest", near="bool"),
    "misplaced": _elements("name", "container", "readers"),
    "duplicated": _elements("name", "container", "first", "last", same="bool", known="bool", previous="place"),
    "valueless": _elements("name", "container"),
    "removed": _elements("name", "container", "version", "why"),
    "premature": _elements("name", "container", "version"),
    "undocumented": _elements("name", "container", "description"),
    "skippedCidrs": _elements("name", "item", "reason"),
    "repeatedKeys": _elements("key", line="int", previous="place"),
    "unusedIgnores": _elements("name", known="bool"),
    # The node agent's command line.
    "unknownFlags": _elements("flag", "nearest", near="bool"),
    "newerFlags": _elements("flag", "version"),
    "malformedFlags": _elements("flag", "text", "expected"),
    "looseArgs": _elements("text", "flag", follows="bool"),
    # The pod.
    "probes": _elements("container", "kind", "address", "text"),
    "mounts": _elements("container", "path", "volume", "hostPath", host="bool"),
    "missingMounts": _elements("container", "path", "volume", "need"),
    "missingGrants": _elements("resource", "verb", "need"),
    # Sibling objects of the same file.
    "eniConfigs": _elements("name", "subnet", securityGroups=("list", "string"), unknownKeys=("list", "string")),
    "securityGroupPolicies": _elements("name", "namespace", selects="bool", groups="int"),
    "strayConfigMaps": _elements("name", "namespace", "key"),
    "badConfigValues": _elements("key", "text", "expected"),
    "unknownConfigKeys": _elements("key", "nearest", near="bool"),
    # What the service says of an EKS add-on's values, and the file beside them.
    "addonValues": _elements("form", empty="bool"),
    "refusals": _elements("key", "name", "problem", "instead", "said", "found", "expected", "version", "text"),
    "conflictModes": _elements("when", "mode"),
    "contradictions": _elements("name", "container", "text", "other", "where", previous="place"),
    "addonRoles": _elements("field"),
    "trailingCommas": _elements(),
    "mixedGroups": _elements("group", "smallest", "largest", least="int", most="int"),
    "fleets": _elements(
        types=("list", "string"),
        subnets=("list", "string"),
        told="bool",
        fits="bool",
        **dict.fromkeys(("nodes", "pods", "addresses", "prefixes", "free", "blocks", "carried", "saved"), "int"),
    ),
    "ownership": _elements(
        "field",
        "family",
        "name",
        "container",
        "change",
        "manager",
        "verdict",
        "shipped",
        "written",
        "evidence",
        "lasting",
    ),
    "lastApplied": _elements(
        "field", "family", "name", "container", "manager", "verdict", "applied", "now", "evidence", "lasting"
    ),
    "fieldManagers": _elements("manager", shared="int"),
    "otherOwners": _elements("kind", "where", previous="place"),
}

_NODE: Final[dict[str, Type]] = {
    "type": "string",
    "vcpus": "int",
    "metal": "bool",
    "nitro": "bool",
    "trunking": "bool",
    "branch": "int",
    "enis": "int",
    "ips": "int",
    "cards": "int",
    "usableEnis": "int",
    "prefixes": "bool",
    "podsByAddress": "int",
    "maxPods": "int",
    "recommendedMaxPods": "int",
    # Of nodes that the file describes.
    "group": "string",
    "managed": "bool",
    "statedMaxPods": "int",
    "expression": "string",
    "expressionFault": "string",
    "overriddenMaxPods": "int",
    "overriddenAt": "place",
    "at": "place",
}


def value_type(kind: str) -> Type:
    """Return the type that a variable or flag of this kind has as a fact."""
    return _VALUE_TYPES.get(kind, "string")


def environment(container: str) -> dict[str, Type]:
    """Return the facts of one container's environment."""
    names = [variable for variable in variables().values() if container in variable.containers]
    texts: Type = ("object", {variable.name: "string" for variable in names})
    values: Type = ("object", {variable.name: value_type(variable.type) for variable in names})
    return {"set": texts, "text": texts, "chosen": texts, "env": values, "stock": values}


@cache
def vocabulary() -> dict[str, Type]:
    """Return every name a rule may use, with its type."""
    return {
        "surface": (
            "object",
            {
                "kind": "string",
                "format": "string",
                "overlay": "bool",
                "partial": "bool",
                "live": "bool",
                "managed": "bool",
                "ipv6": "bool",
            },
        ),
        "cni": (
            "object",
            {
                "version": "string",
                "known": "bool",
                "newest": "string",
                "imageVersion": "string",
                "initVersion": "string",
            },
        ),
        "kubernetes": ("object", {"version": "string"}),
        **environment("aws-node"),
        "helper": ("object", environment("cni-metrics-helper")),
        "init": ("object", {"present": "bool", "privileged": "bool", **environment("aws-vpc-cni-init")}),
        "agent": (
            "object",
            {
                "present": "bool",
                "version": "string",
                "privileged": "bool",
                "flags": ("map", "dyn"),
                "set": ("map", "string"),
                "chosen": ("map", "string"),
            },
        ),
        **_LISTS,
        "addon": ("object", {"version": "string", "beforeCompute": "bool"}),
        "configMap": ("map", "string"),
        "clusterRole": ("object", {"present": "bool", "patchesPods": "bool"}),
        "serviceAccount": "string",
        "hostNetwork": "bool",
        "capabilities": ("list", "string"),
        "metricsHelper": "bool",
        "nodes": ("list", ("object", _NODE)),
        "burst": ("object", {"type": "string", "pods": "int", "seconds": "int", "calls": "int"}),
        "limits": ("object", {"warmIpTarget": "int"}),
        "expected": ("object", {"podsPerNode": "int", "maxPods": "int"}),
        "object": "dyn",
        "values": "dyn",
    }


def lists() -> Iterable[str]:
    """Return the names of the facts whose elements have a place."""
    return _LISTS.keys()
