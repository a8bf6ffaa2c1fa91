"""The types that choices are made of: each with its place, and what cannot be carried."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.choices.flat import Flat, Path, shipped, usual
from cnilint.record import NamedTuple
from cnilint.surface.model import AGENT, MAIN

if TYPE_CHECKING:
    from cnilint.facts.context import Context
    from cnilint.source.text import Span
    from cnilint.surface.model import AddOn


class _Removed:
    """A thing of the stock manifest that a surface takes away."""

    def __repr__(self) -> str:
        return "REMOVED"


REMOVED: Final = _Removed()


class Choice(NamedTuple):
    """One thing that is not as the stock manifest has it: its path (see ``flat``), the value or REMOVED, its place."""

    path: Path
    value: object
    at: Span

    @property
    def name(self) -> str:
        """The name a person knows it by: ``WARM_IP_TARGET``, ``aws-eks-nodeagent --log-level``, ``pod tolerations``."""
        kind, *rest = self.path
        if kind == "env":
            return rest[1] if rest[0] == MAIN else f"{rest[0]} {rest[1]}"
        if kind == "flag":
            return f"{AGENT} --{rest[0]}"
        if kind == "container":
            return " ".join((rest[0], ".".join(rest[1:]))).strip()
        if kind == "configMap":
            return f"ConfigMap amazon-vpc-cni {rest[0]}"
        return f"{_KINDS.get(kind, kind)} {' '.join(rest) if kind == 'mount' else '.'.join(rest)}"


_KINDS: Final = {"eniConfig": "ENIConfig", "daemonset": "DaemonSet", "serviceAccount": "ServiceAccount"}


class Left(NamedTuple):
    """Something that cannot be carried: the name a person knows it by, its place, and why."""

    name: str
    at: Span
    reason: str


class Choices(NamedTuple):
    """All that a surface sets beyond the stock manifest of ``release`` (of an unknown one, the newest).

    ``hidden`` is what is set, but to what nobody can see; ``beyond`` what is no setting that another form could have.
    ``build`` is the add-on's version with EKS' own build, where the file tells it. ``cluster`` and ``region`` are
    names, "" where the file tells none; ``addon`` is what it says of an add-on. ``whole`` is whether it is a DaemonSet
    and no patch, so that what is no choice is as shipped; ``beside`` are the kinds of objects that stand with it.
    """

    kind: str
    format: str
    release: str | None
    items: tuple[Choice, ...]
    hidden: tuple[Left, ...] = ()
    beyond: tuple[Left, ...] = ()
    build: str = ""
    cluster: str = ""
    region: str = ""
    addon: AddOn | None = None
    whole: bool = False
    beside: frozenset[str] = frozenset()

    @property
    def flat(self) -> Flat:
        """The choices by path."""
        return {item.path: item.value for item in self.items}

    @property
    def desired(self) -> Flat:
        """All that is set: the stock manifest with the choices."""
        whole = {**shipped(self.release), **self.flat}
        return {path: value for path, value in whole.items() if value is not REMOVED}

    def env(self, container: str) -> dict[str, object]:
        """Return the choices of a container's environment: text, ``{"valueFrom": ...}`` or REMOVED by name."""
        return {path[2]: value for path, value in self.flat.items() if path[:2] == ("env", container)}


class Found:
    """What is found while a surface is read."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.shipped = shipped(context.release)
        self.items: dict[Path, Choice] = {}
        self.hidden: list[Left] = []
        self.beyond: list[Left] = []

    def put(self, path: Path, value: object, at: Span) -> None:
        """Keep a value that is not as shipped; what is taken away must have been there.

        REMOVED at a mapping takes away all below it. A quantity is a text, as the API server makes it one.
        """
        self.items.pop(path, None)
        if value == [] or (path not in self.shipped and usual(path, value)):
            value = REMOVED
        if path[2:3] == ("resources",) and isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        whole = path[0] == "container" and len(path) == 2 and any(held[:2] == path for held in self.shipped)  # noqa: PLR2004  # itself
        below = [] if whole or path in self.shipped else [held for held in self.shipped if held[: len(path)] == path]
        for leaf in below if value is REMOVED else ():
            self.items[leaf] = Choice(leaf, REMOVED, at)
        if self.shipped.get(path, None if whole else REMOVED) != value:
            self.items[path] = Choice(path, value, at)
