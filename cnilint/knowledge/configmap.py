"""The data of the ConfigMap kube-system/amazon-vpc-cni, which controllers of the EKS control plane read.

``schemas/amazon-vpc-cni.schema.json`` is the truth.
"""

from __future__ import annotations

import os.path
from functools import cache
from typing import Any

from cnilint.knowledge import golang
from cnilint.knowledge.names import closest
from cnilint.paths import shipped
from cnilint.record import NamedTuple


class Key(NamedTuple):
    """One key of the ConfigMap; what does not apply is empty or None."""

    name: str
    type: str
    """bool or int."""
    parse: str
    """How it is read: "equal" ("true", letter by letter), "bool" (strconv.ParseBool) or "int" (strconv.Atoi)."""
    reader: str
    """The controller that reads it, as its repository is called."""
    windows_only: bool
    default: Any
    """Typed; None where it depends on something else."""
    minimum: int | None
    """The least integer that is used as it stands: the pools replace a smaller one (pkg/pool/pool.go)."""
    used: str
    """What an invalid value counts as."""
    hides: str | None
    """The key that is not read where this one is there."""
    stock: str | None
    """The text in the newest stock manifest."""
    deprecated: bool
    description: str
    source: str


@cache
def _schema() -> dict[str, Any]:
    import json  # noqa: PLC0415  # a run that meets no ConfigMap needs no table

    with open(os.path.join(shipped("schemas"), "amazon-vpc-cni.schema.json"), encoding="utf-8") as file:
        schema: dict[str, Any] = json.load(file)
    return schema


@cache
def keys() -> dict[str, Key]:
    """Return every key that is read, by name; do not change it."""
    return {name: _key(name, held) for name, held in _schema()["properties"].items()}


def _key(name: str, held: dict[str, Any]) -> Key:
    return Key(
        name=name,
        type=held["x-type"],
        parse=held["x-parse"],
        reader=held["x-reader"],
        windows_only=held["x-windows-only"],
        default=held.get("x-default"),
        minimum=held.get("x-minimum"),
        used=held["x-invalid"]["used"],
        hides=held.get("x-hides"),
        stock=held.get("x-stock"),
        deprecated=held.get("deprecated", False),
        description=held["description"],
        source=held["x-source"],
    )


def value(key: Key, text: str) -> bool | int | None:
    """Return what the reader makes of a text, or None where that is not what it says (``key.used`` counts then).

    Where only ``true`` is on, ``True`` and ``1`` are off and so invalid, while ``False`` and ``0`` are off as they say.
    """
    if key.parse == "equal":
        found = golang.boolean(text)
        return None if found and text != "true" else found
    if key.parse == "bool":
        return golang.boolean(text)
    number = golang.integer(text)
    return None if number is not None and key.minimum is not None and number < key.minimum else number


def expected(name: str, text: object) -> str | None:
    """Return what the value of a key must be, or None where it is that already or the key is unknown.

    A value that is no string is refused by the API server, whatever it is.
    """
    key = keys().get(name)
    if key is None or (isinstance(text, str) and value(key, text) is not None):
        return None
    integer = "an integer" if key.minimum is None else f"an integer, {key.minimum} or more"
    wanted = {"equal": '"true" or "false"', "bool": '"true" or "false"'}.get(key.parse, integer)
    return wanted if isinstance(text, str) else f"a string: {wanted}"


def nearest(name: str) -> str | None:
    """Return the key that an unknown name was meant to be, or None."""
    known: str | None = _schema()["x-near-misses"].get(name)
    return known or closest(name, (each for each in keys() if each != name))
