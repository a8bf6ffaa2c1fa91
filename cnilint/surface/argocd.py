"""Argo CD: Applications and ApplicationSets that install the chart aws-vpc-cni.

Of a source's ``helm``, ``valuesObject`` is taken instead of ``values`` (a string), both win over ``valueFiles``, and
``parameters`` and ``fileParameters`` win over all of them; commas in a parameter are escaped before Helm gets it, and
``$NAME`` stands for a variable of the build environment. An ApplicationSet puts in its ``{{ }}`` later.
Sources: argoproj/argo-cd util/helm/cmd.go, docs/user-guide/helm.md, docs/user-guide/build-environment.md.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.errors import SourceError
from cnilint.knowledge.chart import CHART, release_of
from cnilint.knowledge.versions import release
from cnilint.source.inset import HOLE, inset
from cnilint.source.plain import child, scalar
from cnilint.source.yaml import MappingNode, ScalarNode, documents, span
from cnilint.surface.charted import Assignment, Install, surface
from cnilint.surface.helm import absent, items, names_chart, said
from cnilint.surface.model import PLACEHOLDERS, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.charted import Layer
    from cnilint.surface.model import Surface

_CNI_REPOSITORY: Final = r".*[/:]aws/amazon-vpc-cni-k8s(?:\.git)?/?"


def surfaces(text: Text, root: Node) -> list[Surface]:
    """Return a surface for each source of an Application or an ApplicationSet that is the CNI's chart.

    Raises SourceError where the values cannot be understood.
    """
    kind, spec, partial = said(child(root, "kind")), child(root, "spec"), False
    if kind == "ApplicationSet":
        partial = not absent(child(spec, "templatePatch")) or _overridden(child(spec, "generators"))
        spec = child(child(spec, "template"), "spec")
    elif kind != "Application":
        return []
    sources = [*items(child(spec, "sources")), child(spec, "source")]
    found = (_source(text, item, partial=partial) for item in sources if isinstance(item, MappingNode))
    return [item for item in found if item is not None]


def _overridden(generators: Node | None) -> bool:
    """Tell whether a generator has a template of its own, which wins over the common one."""
    kinds = (kind for item in items(generators) if isinstance(item, MappingNode) for _, kind in item.value)
    return any(not absent(child(kind, "template")) for kind in kinds)


def _source(text: Text, source: Node, *, partial: bool) -> Surface | None:
    helm, name = child(source, "helm"), child(source, "chart")
    if (said(child(source, "repoURL")) or "").startswith("oci://") and absent(name):
        name = child(source, "repoURL")  # the address of the chart itself
    path = child(source, "path") if absent(name) else name
    if not isinstance(path, ScalarNode):
        return None
    chart = said(path) or ""
    layers, seen = _layers(text, helm, own=names_chart(chart))
    # Of a chart's own folder values.yaml is what is taken anyway.
    files = any(said(item) != "values.yaml" for item in items(child(helm, "valueFiles")))
    install = Install(
        "argocd",
        chart,
        span(text, path),
        _release(source, in_git=path is not name),
        partial=partial or files or not seen or (path is not name and not _upstream(source)),
    )
    return surface(install, layers, [*_parameters(text, helm)])


def _release(source: Node, *, in_git: bool) -> str | None:
    """Return the release of a chart's version, or of a tag of the CNI's own repository."""
    revision = said(child(source, "targetRevision")) or ""
    if not in_git:
        return release_of(revision)
    return release(revision) if _upstream(source) else None


def _upstream(source: Node) -> bool:
    """Tell whether a source in git is the CNI's own repository, so that the chart's values are the release's."""
    return re.fullmatch(_CNI_REPOSITORY, said(child(source, "repoURL")) or "") is not None


def _layers(text: Text, helm: Node | None, *, own: bool) -> tuple[list[Layer], bool]:
    """Return the values of a source, and whether they are all there is to see.

    Raises SourceError where the values of the CNI's ``own`` chart cannot be understood.
    """
    values = child(helm, "valuesObject")
    if isinstance(values, MappingNode):
        return [(text, values)], True
    string = child(helm, "values")
    if not absent(values) or not isinstance(string, ScalarNode):
        return [], absent(values) and absent(string)
    if scalar(string) is None or not (own or CHART in string.value):
        return [], True
    content = inset(text, string, PLACEHOLDERS)
    try:
        roots = list(documents(content))
    except SourceError:
        if own and HOLE not in content.content:
            raise
        return [], False
    layers: list[Layer] = [(content, item) for item in roots[:1] if isinstance(item, MappingNode)]
    return layers, bool(layers) or HOLE not in content.content


def _parameters(text: Text, helm: Node | None) -> Iterator[Assignment]:
    """Yield what is assigned over the values, in Helm's own order: --set, --set-string, --set-file."""
    found = [*_listed(text, child(helm, "parameters")), *_listed(text, child(helm, "fileParameters"))]
    yield from (item for item in found if not item.forced and item.value is not UNKNOWN)
    yield from (item for item in found if item.forced and item.value is not UNKNOWN)
    yield from (item for item in found if item.value is UNKNOWN)


def _listed(text: Text, parent: Node | None) -> Iterator[Assignment]:
    for number, item in enumerate(items(parent)):
        name, value = child(item, "name"), child(item, "value")
        written = scalar(name) if isinstance(name, ScalarNode) else None
        if parent is None or not isinstance(name, ScalarNode) or not isinstance(written, str):
            continue
        forced = child(item, "forceString")
        given = _given(value) if child(item, "path") is None else UNKNOWN
        quoted = isinstance(forced, ScalarNode) and scalar(forced) is True
        yield Assignment(written, given, text, parent, number, name, value, forced=quoted)


def _given(value: Node | None) -> object:
    """Return a parameter's value as Helm's parser gets it; UNKNOWN where a variable is put in."""
    found = scalar(value) if isinstance(value, ScalarNode) else ""
    if not isinstance(found, str):
        return UNKNOWN if found is not None else ""
    if "$" in found or HOLE in found:
        return UNKNOWN
    return found if found.startswith("{") and found.endswith("}") else re.sub(r"(?<!\\),", r"\\,", found)
