"""helmfile: releases that install the chart aws-vpc-cni.

A release's ``values`` are mappings and names of files, of which later ones win; then ``set`` and ``setString``, whose
commas and braces helmfile escapes. A text that begins with ``ref+`` is a secret. helmfile reads values with Go's YAML
package, whose words and numbers are not all Helm's, and writes them to a file for Helm. A chart in a folder may have
values of its own.
Source: helmfile/helmfile pkg/state/state.go (generateTemporaryReleaseValuesFiles, setFlags).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnilint.knowledge.chart import release_of
from cnilint.source.plain import child, scalar
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, span
from cnilint.surface.charted import Assignment, Install, surface
from cnilint.surface.helm import absent, items, said
from cnilint.surface.model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Surface

# What adds values that stand elsewhere, or are put in later.
_UNSEEN = ("secrets", "valuesTemplate", "setTemplate", "env", "inherit")


def surfaces(text: Text, root: Node) -> list[Surface]:
    """Return a surface for each release of a helmfile that is the CNI's chart and is not switched off.

    Raises SourceError where its values cannot be understood.
    """
    found = (_release(text, item) for item in items(child(root, "releases")))
    return [item for item in found if item is not None]


def _release(text: Text, item: Node) -> Surface | None:
    name, off = child(item, "chart"), child(item, "installed")
    if not isinstance(name, ScalarNode) or (isinstance(off, ScalarNode) and scalar(off) is False):
        return None
    chart, values = said(name) or "", child(item, "values")
    layers = items(values)
    local = chart.startswith((".", "/"))
    seen = all(isinstance(layer, MappingNode) for layer in layers) and (
        absent(values) or isinstance(values, SequenceNode)
    )
    install = Install(
        "helmfile",
        chart,
        span(text, name),
        None if local else release_of(said(child(item, "version")) or ""),
        partial=local or not seen or any(not absent(child(item, key)) for key in _UNSEEN),
        exact=True,
    )
    sets = [
        *_assigned(text, child(item, "set"), forced=False),
        *_assigned(text, child(item, "setString"), forced=True),
    ]
    return surface(install, [(text, layer) for layer in layers if isinstance(layer, MappingNode)], sets)


def _assigned(text: Text, parent: Node | None, *, forced: bool) -> Iterator[Assignment]:
    """Yield assignments; one without a value has no effect, those from a file or of a list are unknown."""
    for number, item in enumerate(items(parent)):
        name, value = child(item, "name"), child(item, "value")
        written = scalar(name) if isinstance(name, ScalarNode) else None
        if parent is None or not isinstance(name, ScalarNode) or not isinstance(written, str):
            continue
        found = scalar(value) if isinstance(value, ScalarNode) else ""
        if found in ("", None) and absent(child(item, "file")) and absent(child(item, "values")):
            continue
        given = re.sub(r"([,{}])", r"\\\1", found) if isinstance(found, str) and found else UNKNOWN
        if isinstance(given, str) and "ref+" in given:
            given = UNKNOWN
        yield Assignment(written, given, text, parent, number, name, value, forced=forced)
