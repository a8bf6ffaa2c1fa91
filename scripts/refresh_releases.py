#!/usr/bin/env python3
"""Bring cnilint/knowledge/releases.json up to date from a folder of stock manifests.

    python scripts/refresh_releases.py FOLDER [--date YYYY-MM-DD]

FOLDER holds upstream's config/master/aws-k8s-cni.yaml at the tags to add or to read again, named v1.24.0.yaml.
Releases that are in the table and not in the folder stay as they are, as do the dates and notes of all; ``--date`` is
for new ones. Run it where cnilint is installed from this checkout.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from cnilint.knowledge.releases import FIELD_REF, OWN, stock
from cnilint.knowledge.versions import image, parsed

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(os.path.dirname(HERE), "cnilint", "knowledge", "releases.json")
CONTAINER = ("args", "imagePullPolicy", "livenessProbe", "ports", "readinessProbe", "resources", "securityContext")

Items = dict[str, Any]


def main() -> None:
    """Read the folder, write the table, say what is new."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder")
    options.add_argument("--date", default="", help="date of the releases that are new to the table")
    chosen = options.parse_args()
    with open(TABLE, encoding="utf-8") as file:
        old = json.load(file)
    found = {**{version: stored(version) for version in old["releases"]}, **manifests(chosen.folder)}
    with open(TABLE, "w", encoding="utf-8") as file:
        file.write(text(table(found, old["releases"], chosen.date)))
    new = sorted(set(found) - set(old["releases"]), key=_number)
    sys.stdout.write(f"{len(found)} releases, new: {', '.join(new) or 'none'}\n")


def manifests(folder: str) -> dict[str, Items]:
    """Return the items of every manifest of a folder, by release."""
    from ruamel.yaml import YAML  # noqa: PLC0415  # the functions below need none

    found = {}
    for name in sorted(os.listdir(folder)):
        version, extension = os.path.splitext(name)
        if extension == ".yaml" and parsed(version):
            with open(os.path.join(folder, name), encoding="utf-8") as file:
                found[version] = items([each for each in YAML(typ="safe").load_all(file) if each], version)
    return found


def stored(version: str) -> Items:
    """Return the items of a release of the table, with its own version left open again."""
    found: Items = _open(stock(version).items, version)
    return found


def items(documents: list[Items], version: str) -> Items:
    """Return what a manifest holds under the names of the table."""
    found: Items = {}
    for each in documents:
        found[f"object {each['apiVersion']} {each['kind']}/{each['metadata']['name']}"] = True
        if each["kind"] in READERS:
            found |= READERS[each["kind"]](each)
    opened: Items = _open(found, version)
    return opened


def _daemonset(data: Items) -> Items:
    spec = data["spec"]
    template = spec["template"]
    pod = template["spec"]
    found = {
        "daemonset apiVersion": data["apiVersion"],
        "daemonset labels": data["metadata"]["labels"],
        "daemonset selector": spec["selector"],
        "daemonset updateStrategy": spec["updateStrategy"],
        "pod labels": template["metadata"]["labels"],
    }
    apart = {"containers", "initContainers", "volumes"}
    found |= {f"pod {key}": held for key, held in pod.items() if key not in apart}
    for volume in pod["volumes"]:
        found[f"volume {volume['name']}"] = volume["hostPath"]
    for kind, key in (("init", "initContainers"), ("main", "containers")):
        for container in pod.get(key, ()):
            found |= {f"container {container['name']}": kind} | _container(container)
    return found


def _container(data: Items) -> Items:
    name, parts = data["name"], image(data["image"])
    found: Items = {f"{name} image": f"{parts.registry}/{parts.repository}", f"{name} tag": parts.tag}
    found |= {f"{name} {key}": data[key] for key in CONTAINER if key in data}
    found |= {f"{name} env {entry['name']}": _entry(entry) for entry in data.get("env", ())}
    return found | {f"{name} mount {mount['mountPath']}": mount["name"] for mount in data.get("volumeMounts", ())}


def _entry(entry: Items) -> str:
    if "valueFrom" in entry:
        return f"{FIELD_REF}{entry['valueFrom']['fieldRef']['fieldPath']}"
    return str(entry["value"])


def _cluster_role(data: Items) -> Items:
    verbs: dict[str, set[str]] = {}
    for rule in data["rules"]:
        names = [f"url:{url}" for url in rule.get("nonResourceURLs", ())]
        names += [
            f"{group or 'core'}/{each}" for group in rule.get("apiGroups", ()) for each in rule.get("resources", ())
        ]
        for name in names:
            verbs.setdefault(name, set()).update(rule["verbs"])
    return {f"grant {name}": sorted(held) for name, held in verbs.items()}


READERS: dict[str, Callable[[Items], Items]] = {
    "DaemonSet": _daemonset,
    "ClusterRole": _cluster_role,
    "ConfigMap": lambda data: {f"configmap {key}": held for key, held in data["data"].items()},
    "ServiceAccount": lambda data: {"serviceaccount labels": data["metadata"].get("labels", {})},
}


def _open(value: Any, version: str) -> Any:  # noqa: ANN401  # plain data of any shape
    """Put ``<release>`` where the manifest names its own version."""
    if isinstance(value, dict):
        return {key: _open(held, version) for key, held in value.items()}
    if isinstance(value, list):
        return [_open(held, version) for held in value]
    return OWN if value == version else value


def table(found: dict[str, Items], about: dict[str, list[str]], date: str = "") -> Items:
    """Return the data file: the releases in order, and the runs of every item, sorted by name."""
    order = sorted(found, key=_number)
    names = sorted({name for held in found.values() for name in held})
    return {
        "releases": {version: about.get(version, [date, ""]) for version in order},
        "items": {name: runs([(version, found[version].get(name)) for version in order]) for name in names},
    }


def runs(values: list[tuple[str, Any]]) -> list[list[Any]]:
    """Return [value, first, last] for every stretch of releases with the same value; None is no value."""
    found: list[list[Any]] = []
    previous = None
    for version, held in values:
        if held is not None and held == previous:
            found[-1][2] = version
        elif held is not None:
            found.append([held, version, version])
        previous = held
    return found


def text(data: Items) -> str:
    """Return the data file as text: one line a release and one an item."""
    parts = []
    for section, held in data.items():
        lines = (f"{json.dumps(name)}:{json.dumps(each, separators=(',', ':'))}" for name, each in held.items())
        parts.append(f"{json.dumps(section)}:{{\n" + ",\n".join(lines) + "\n}")
    return "{" + ",\n".join(parts) + "}\n"


def _number(version: str) -> tuple[int, int, int]:
    return parsed(version) or (0, 0, 0)


if __name__ == "__main__":
    main()
