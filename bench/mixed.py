"""A tree of YAML files as repositories of clusters have them: most of them are nothing to cnilint, one in a hundred is.

Of each hundred, one configures the CNI, two name it, and fourteen are templates of charts, which no parser takes.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

import manifest

if TYPE_CHECKING:
    from collections.abc import Iterator

TEMPLATES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "templates")
_HUNDRED = {
    "deployment": 24,
    "statefulset": 6,
    "cronjob": 6,
    "configmap": 9,
    "ingress": 8,
    "access": 9,
    "definition": 2,
    "chart-deployment": 9,
    "chart-service": 5,
    "values": 9,
    "workflow": 7,
    "kustomization": 3,
    "names-the-cni": 2,
}
_OTHERS = tuple(name for name, count in _HUNDRED.items() for _ in range(count))
_PATCHES = ("cni-patch", "cni-eniconfig")
_SERVICES = ("orders", "basket", "catalogue", "search", "billing", "mail", "stock", "reviews", "login")
_FOLDER = 8  # files


def files(hundreds: int) -> Iterator[tuple[str, str]]:
    """Yield path and content of each file; the number of those that configure the CNI is ``hundreds``."""
    manifests = manifest.many(hundreds)
    for index in range(hundreds):
        for number, template in enumerate(_OTHERS):
            at = index * 100 + number
            name = f"{_SERVICES[at % len(_SERVICES)]}-{at // _FOLDER}"
            yield os.path.join(f"team-{index}", name, f"{template}-{at}.yaml"), _filled(template, name, at)
        own = next(manifests) if index % 2 == 0 else _filled(_PATCHES[index // 2 % 2], "aws-node", index)
        yield os.path.join(f"team-{index}", "cluster", "network.yaml"), own


def unrelated(count: int) -> Iterator[tuple[str, str]]:
    """Yield this many files of YAML, JSON and Terraform, none of which names the CNI."""
    every = [(name, "yaml") for name in _OTHERS if name != "names-the-cni"]
    every += [("network", "tf")] * 30 + [("package", "json")] * 20
    for at in range(count):
        template, suffix = every[at % len(every)]
        name = f"{_SERVICES[at % len(_SERVICES)]}-{at // _FOLDER}"
        yield os.path.join(f"team-{at // 100}", name, f"{template}-{at}.{suffix}"), _filled(template, name, at, suffix)


def objects(count: int) -> str:
    """Return one text of this many documents: Kubernetes objects, and among them one manifest of the CNI."""
    documents = _documents(manifest.one())
    at = 0
    while len(documents) < count:
        documents += _documents(_filled(("deployment", "ingress", "access")[at % 3], f"service-{at}", at))
        at += 1
    return "".join(f"---\n{document.strip()}\n" for document in documents[:count])


def _documents(text: str) -> list[str]:
    return text.removeprefix("---\n").split("\n---\n")


def _filled(template: str, name: str, number: int, suffix: str = "yaml") -> str:
    return _read(f"{template}.{suffix}").replace("NAME", name).replace("NUMBER", str(number))


@cache
def _read(template: str) -> str:
    with open(os.path.join(TEMPLATES, template), encoding="utf-8") as file:
        return file.read()
