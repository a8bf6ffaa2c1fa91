"""kustomize: ``helmCharts`` of a kustomization, and generators of the kind HelmChartInflationGenerator.

``valuesInline`` wins over the values file where ``valuesMerge`` is ``override``, which it is unless said otherwise;
with ``merge`` the file wins, the chart's own included, and with ``replace`` there is no file. What Go calls empty
(false, 0, "") wins over nothing.
Sources: kubernetes-sigs/kustomize api/types/helmchartargs.go; api/internal/builtins/HelmChartInflationGenerator.go,
which merges with mergo.WithOverride.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.knowledge.chart import release_of
from cnilint.source.plain import child, scalar
from cnilint.source.yaml import MappingNode, ScalarNode, span
from cnilint.surface.charted import Install, surface
from cnilint.surface.helm import absent, items, said
from cnilint.surface.model import UNKNOWN

if TYPE_CHECKING:
    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Setting, Surface


def surfaces(text: Text, root: Node) -> list[Surface]:
    """Return a surface for each chart of a kustomization that is the CNI's.

    Raises SourceError where its values cannot be understood.
    """
    listed = child(root, "helmCharts")
    charts = [root] if listed is None else items(listed)
    found = (_chart(text, item) for item in charts if isinstance(item, MappingNode))
    return [item for item in found if item is not None]


def _chart(text: Text, item: Node) -> Surface | None:
    name, values = child(item, "name"), child(item, "valuesInline")
    if not isinstance(name, ScalarNode) or said(name) is None:
        return None
    how = child(item, "valuesMerge")
    merge = "override" if absent(how) else said(how)
    files = not absent(child(item, "valuesFile")) or bool(items(child(item, "additionalValuesFiles")))
    hidden = not (isinstance(values, MappingNode) or absent(values))
    chart = said(name) or ""
    vendored = absent(child(item, "repo"))  # it lies in a folder, with values that nobody sees
    install = Install(
        "kustomize",
        chart,
        span(text, name),
        release_of(said(child(item, "version")) or ""),
        partial=(files and merge != "replace") or merge not in ("override", "replace") or hidden or vendored,
        exact=True,
    )
    sure = values if isinstance(values, MappingNode) and merge in ("override", "replace") else None
    found = surface(install, [] if sure is None else [(text, sure)])
    if found is None or merge == "replace":
        return found
    return found._replace(settings=tuple(_known(setting) for setting in found.settings))


def _known(setting: Setting) -> Setting:
    """Return a setting, unknown where what it writes is empty and may leave the chart's own value."""
    node = setting.value_node
    empty = isinstance(node, ScalarNode) and scalar(node) in ("", False, 0)
    return setting._replace(value=UNKNOWN) if empty else setting
