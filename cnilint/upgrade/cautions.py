"""What to know before the release changes beyond settings and manifests, and the way there.

``cautions.json`` is the truth about the first; each entry has its source.
"""

from __future__ import annotations

import os.path
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cnilint.facts import Context
from cnilint.knowledge.versions import before
from cnilint.surface.model import MAIN
from cnilint.upgrade.moved import of_release
from cnilint.upgrade.note import WARNINGS, WAY, Note, manifest_url
from cnilint.upgrade.target import minors

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEPS_URL: Final = "https://docs.aws.amazon.com/eks/latest/userguide/managing-vpc-cni.html"
_ADDON_URL: Final = "https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html"


@cache
def _table() -> list[dict[str, Any]]:
    import json  # noqa: PLC0415  # read where a release is left

    with open(os.path.join(os.path.dirname(__file__), "cautions.json"), encoding="utf-8") as file:
        found: list[dict[str, Any]] = json.load(file)["cautions"]
    return found


def cautions(context: Context, old: str, new: str) -> Iterator[Note]:
    """Yield what counts for a surface on the way from one release to another; silent where it cannot be known."""
    later = old if before(new, old) else new
    values = Context(of_release(context.surface, later), context.told._replace(cni=later)).values(MAIN)
    kubernetes = context.surface.kubernetes or context.told.kubernetes
    for entry in _table():
        counts = _within(old, entry.get("from")) and _within(new, entry.get("to"))
        if not counts or context.surface.kind not in entry.get("kinds", [context.surface.kind]):
            continue
        if any(values.get(name) is not wanted for name, wanted in entry.get("env", {}).items()):
            continue
        bounds = entry.get("kubernetes")
        if bounds and kubernetes and not _within(f"{kubernetes}.0", [bound and f"{bound}.0" for bound in bounds]):
            continue
        act = entry.get("act", False) and (not bounds or kubernetes is not None)
        at = next((item.at for item in context.surface.settings if item.name in entry.get("env", {})), None)
        yield Note(WARNINGS, entry["name"], entry["text"], (entry["source"],), at, act=act)


def _within(release: str, bounds: list[str | None] | None) -> bool:
    """Tell whether a release is at least the first bound and before the second; None is no bound."""
    low, high = bounds or (None, None)
    return (low is None or not before(release, low)) and (high is None or before(release, high))


def way(context: Context, old: str, new: str) -> Iterator[Note]:
    """Yield the steps from one release to another: a minor each, at its newest patch, and how they are taken."""
    steps = minors(old, new)
    managed = context.surface.kind == "addon" or context.managed is True
    path = " -> ".join((old, *steps))
    if len(steps) > 1:
        text = (
            "the documentation lets an add-on go one minor version at a time; EKS refused more until 2023 and was "
            "seen to take it in 2024"
            if managed
            else "AWS recommends one minor version at a time, each at its newest patch; nothing refuses to go straight"
        )
        yield Note(WAY, path, text, (_STEPS_URL,))
    if context.surface.kind == "daemonset" and not context.surface.partial and not managed:
        text = "cnilint upgrade FILE --stock MANIFEST puts what the file sets into the manifest of that release"
        yield Note(WAY, new, text, (manifest_url(new),))
    if managed:
        text = (
            f"an add-on's version has EKS' own build, as {new}-eksbuild.1: aws eks describe-addon-versions "
            "--addon-name vpc-cni --kubernetes-version VERSION lists those that there are"
        )
        yield Note(WAY, f"{new}-eksbuild.N", text, (_ADDON_URL,))
