"""Values in the making: what was put where, and what could not be."""

from __future__ import annotations

from typing import Any

from cnilint.choices.flat import Path, merged, nested, shipped
from cnilint.choices.model import REMOVED, Choice, Choices, Left
from cnilint.choices.nothing import same_without, without
from cnilint.facts.release import since
from cnilint.knowledge.addon import key_path, refusals, schema


class Builder:
    """Values while they are built. ``addon`` is whether they are the EKS add-on's, else they are the chart's."""

    def __init__(self, choices: Choices, *, addon: bool) -> None:
        self.choices = choices
        self.addon = addon
        self.release = choices.release
        self.flat = choices.flat
        self.desired = choices.desired
        self.shipped = shipped(choices.release)
        self.data: dict[str, Any] = {}
        self.lost: list[Left] = []
        self.notes: list[str] = []
        self.unchanged: list[str] = []

    def since(self, version: str) -> bool:
        """Tell whether the release is that version or later; an unknown release counts as the newest."""
        return since(self.release, version)

    def lose(self, item: Choice, reason: str) -> None:
        """Keep a choice among those that cannot be carried."""
        self.lost.append(Left(item.name, item.at, reason))

    def put(self, item: Choice, key: Path, value: object) -> bool:
        """Write a value below its keys; tell whether it is taken.

        REMOVED is a null, which only Helm knows; it is left out where it makes no difference.
        """
        if value is REMOVED and same_without(item.path, self.release):
            self.unchanged.append(item.name)
            return False
        if value is REMOVED and self.addon:
            self.lose(item, f"the add-on sets it, and values cannot take it away{without(item.path, self.release)}")
            return False
        reason = self.refused(nested(key, value)) if self.addon else ""
        if reason:
            self.lose(item, reason)
            return False
        self.data = merged(self.data, nested(key, None if value is REMOVED else value))
        return True

    def refused(self, data: dict[str, Any]) -> str:
        """Return why the add-on does not take values, or is not known to; "" where it does."""
        found = next(refusals(data, self.release), None)
        if found is not None:
            return f"the add-on{self.version} refuses it: {found.said}"
        unknown = _unknown(data, schema(self.release))
        if unknown:
            return f"it is not known whether the add-on{self.version} takes {key_path(unknown)}"
        return ""

    @property
    def version(self) -> str:
        """The release after a space, "" where it is not known."""
        return f" {self.release}" if self.release else ""

    @property
    def whose(self) -> str:
        """What the values are for."""
        return "add-on" if self.addon else "chart"


def _unknown(data: dict[str, Any], known: dict[str, Any], at: Path = ()) -> Path:
    """Return the path of a key that a schema does not list where it lists all keys; () where it has all of them."""
    for key, value in data.items() if known.get("additionalProperties") is False else ():
        if key not in known["properties"]:
            return (*at, key)
        below = _unknown(value, known["properties"][key], (*at, key)) if isinstance(value, dict) else ()
        if below:
            return below
    return ()
