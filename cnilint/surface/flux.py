"""Flux: HelmRelease objects that install the chart aws-vpc-cni.

``spec.values`` win over ``spec.valuesFrom``, which lie in the cluster, but for those with a ``targetPath``, which win
over everything. ``spec.chartRef`` names an object that names the chart, so that only the values tell which it is; so it
is with a patch, which names none. A chart from git or from a bucket has a version that does not count, and values of
its own that nobody sees.
Source: fluxcd/helm-controller docs/spec/v2/helmreleases.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.knowledge.chart import CHART, release_of
from cnilint.source.plain import child, scalar
from cnilint.source.yaml import MappingNode, ScalarNode, span
from cnilint.surface.charted import Assignment, Install, surface, unmistakable
from cnilint.surface.helm import absent, items, names_chart, said
from cnilint.surface.model import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Surface


def surfaces(text: Text, root: Node) -> list[Surface]:
    """Return the surface of a HelmRelease of the CNI's chart; none for any other object.

    Raises SourceError where its values cannot be understood.
    """
    if said(child(root, "kind")) != "HelmRelease":
        return []
    spec = child(root, "spec")
    values = child(spec, "values")
    template = child(child(spec, "chart"), "spec")
    oci = said(child(child(spec, "chart"), "kind")) == "OCIRepository"
    named = child(template, "url" if oci else "chart")
    reference = child(child(spec, "chartRef"), "name")
    chart = (said(named) or "") if named is not None else _referred(reference, values)
    patch = named is None and reference is None
    place = child(child(root, "metadata"), "name") if patch else reference if named is None else named
    if not isinstance(place, ScalarNode):
        return []
    from_git = (
        template is not None and not oci and said(child(child(template, "sourceRef"), "kind")) != "HelmRepository"
    )
    version = child(child(template, "ref"), "tag") if oci else child(template, "version")
    install = Install(
        "flux",
        chart,
        span(text, place),
        None if from_git else release_of(said(version) or ""),
        partial=patch or from_git or _more(spec, template, values),
    )
    layers = [(text, values)] if isinstance(values, MappingNode) else []
    found = surface(install, layers, [*_targets(text, child(spec, "valuesFrom"))])
    return [] if found is None else [found]


def _targets(text: Text, parent: Node | None) -> Iterator[Assignment]:
    """Yield what is assigned over the values from objects of the cluster: each name, its value unknown."""
    for number, item in enumerate(items(parent)):
        name = child(item, "targetPath")
        path = scalar(name) if isinstance(name, ScalarNode) else None
        if parent is not None and isinstance(name, ScalarNode) and isinstance(path, str):
            yield Assignment(path, UNKNOWN, text, parent, number, name, None)


def _referred(reference: Node | None, values: Node | None) -> str:
    """Return the chart that a reference stands for: the CNI's where its values are, else the reference's name."""
    if unmistakable(values):
        return CHART
    name = said(reference) or ""
    return "" if names_chart(name) else name  # the name of an object is no name of a chart


def _more(spec: Node | None, template: Node | None, values: Node | None) -> bool:
    """Tell whether values come from where nobody sees them: the cluster, files, the last release, a placeholder."""
    files = [*items(child(template, "valuesFiles")), child(template, "valuesFile")]
    elsewhere = any(not absent(item) and said(item) != "values.yaml" for item in files)
    kept = child(child(spec, "upgrade"), "preserveValues")
    kept_values = isinstance(kept, ScalarNode) and scalar(kept) is not False
    hidden = not (isinstance(values, MappingNode) or absent(values))
    return elsewhere or hidden or kept_values or bool(items(child(spec, "valuesFrom")))
