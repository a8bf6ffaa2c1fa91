"""One choice to a value of the chart or of the EKS add-on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.choices.flat import Path, nested
from cnilint.choices.keys import (
    AGENT_SWITCH,
    CONFIG_MAP,
    CONTAINERS,
    EXTRA_ENV,
    FLAGS,
    LEAVES,
    PULL_POLICY,
    TREES,
    WITHOUT_AGENT,
)
from cnilint.choices.model import REMOVED, Choice
from cnilint.choices.nothing import same_without
from cnilint.surface.model import AGENT, MAIN

if TYPE_CHECKING:
    from cnilint.convert.builder import Builder

_TREES: Final[dict[Path, Path]] = {path: key for key, path in TREES.items()}
_LEAVES: Final[dict[Path, Path]] = {path: key for key, path in LEAVES.items()}
_FLAGS: Final[dict[str, Path]] = {flag: key for key, flag in FLAGS.items()}
_CONFIG_MAP: Final[dict[str, Path]] = {name: key for key, name in CONFIG_MAP.items()}
# What EKS writes itself, whatever the values say.
_BY_EKS: Final = "EKS sets it itself, from the cluster"
_FAMILY: Final = frozenset({("flag", "enable-ipv6"), *(("env", MAIN, f"ENABLE_IPv{number}") for number in (4, 6))})
_INJECTED: Final = frozenset({"CLUSTER_NAME", "VPC_ID"})


def single(found: Builder, item: Choice) -> None:
    """Make one choice a value."""
    path, value = item.path, item.value
    without = found.flat.get(("container", AGENT)) is REMOVED and not found.addon
    if without and path in WITHOUT_AGENT[1:]:
        found.lose(item, "the chart leaves it out without the agent")
    elif found.addon and path in _FAMILY:
        found.lose(item, f"{_BY_EKS}'s IP family")
    elif path[0] == "env":
        _variable(found, item)
    elif path[0] == "flag":
        single_flag(found, item)
    elif path[0] == "configMap":
        _config(found, item)
    elif path == ("container", AGENT) and value is REMOVED and found.since(AGENT_SWITCH) and not found.addon:
        found.put(item, ("nodeAgent", "enabled"), False)  # noqa: FBT003  # the value itself
    elif path == ("pod", "serviceAccountName") and value is REMOVED:
        found.lose(item, f"the {found.whose} always names one")
    elif path in _LEAVES and (path[-1] != "imagePullPolicy" or found.since(PULL_POLICY)):
        found.put(item, _LEAVES[path], [] if value is REMOVED and path[-1] == "tolerations" else value)
    elif path[:2] == ("pod", "labels") and path in found.shipped:
        found.lose(item, f"the {found.whose} makes this label itself")
    else:
        _tree(found, item)


def _tree(found: Builder, item: Choice) -> None:
    """Make a leaf of a mapping a value, where values have that mapping."""
    for length in (3, 2):
        key = _TREES.get(item.path[:length])
        if key is not None and len(item.path) > length:
            found.put(item, (*key, *item.path[length:]), item.value)
            return
    if item.path[0] == "serviceAccount":
        found.lose(item, "an add-on is given its role beside its values")
    elif item.value is REMOVED and same_without(item.path, found.release):
        found.unchanged.append(item.name)
    else:
        found.lose(item, f"the {found.whose} has no value for it")


def _variable(found: Builder, item: Choice) -> None:
    _, container, name = item.path
    known = item.path in found.shipped
    if found.addon and name in _INJECTED and container == MAIN:
        found.notes.append(f"{name}: {_BY_EKS}")
    elif container == AGENT:
        found.lose(item, f"the {found.whose} has no values for the agent's environment")
    elif isinstance(found.shipped.get(item.path), dict):
        found.lose(item, f"the {found.whose} always sets it from a field of the pod")
    elif isinstance(item.value, str) or item.value is REMOVED:
        key = (*CONTAINERS[container], "env", name)
        extra = found.addon and container == MAIN and not known and found.refused(nested(key, item.value))
        if not (extra and _extra(found, item, {"value": item.value})):
            found.put(item, key, item.value)
    elif container != MAIN or known or not _extra(found, item, item.value):
        found.lose(item, f"the {found.whose} has no place for a variable with a valueFrom here")


def _extra(found: Builder, item: Choice, value: object) -> bool:
    """Add a variable to those that stand as a container lists them; tell whether the release has such a list."""
    data = {"extraEnv": [*found.data.get("extraEnv", []), {"name": item.path[2], **value}]}  # type: ignore[dict-item]  # a mapping
    if not found.since(EXTRA_ENV) or (found.addon and found.refused(data)):
        return False
    found.data = {**found.data, **data}
    return True


def single_flag(found: Builder, item: Choice) -> None:
    """Make a flag of the agent a value, where the chart of the release gives the agent that flag."""
    flag, value = item.path[1], item.value
    key = _FLAGS.get(flag)
    if key is None or item.path not in found.shipped:
        found.lose(item, f"the {found.whose}{found.version} does not give the agent this flag")
    elif value is REMOVED and not (found.addon or same_without(item.path, found.release)):
        found.lose(item, "the chart always gives the agent this flag")
    elif value is REMOVED:
        found.put(item, key, value)
    elif flag.endswith("-bind-addr"):
        port = str(value).removeprefix(":")
        if port.isdigit() and str(value).startswith(":"):
            found.put(item, key, port)
        else:
            found.lose(item, f"the {found.whose} takes a port here, and no address")
    else:
        found.put(item, key, value)


def _config(found: Builder, item: Choice) -> None:
    key, text = _CONFIG_MAP.get(item.path[1]), str(item.value)
    if key is None:
        found.lose(item, f"the {found.whose} has no value for this key")
    elif key[0].startswith("enable"):
        found.put(item, key, text)
    elif text.isdigit() and str(int(text)) == text:
        found.put(item, key, int(text))
    else:
        found.lose(item, f"the {found.whose} takes an integer here")
