"""The Helm chart aws-vpc-cni, whichever tool hands over its values: which module reads a document, and ``--set``.

The chart's templates/daemonset.yaml writes an entry of ``env`` or ``init.env`` as ``value: {{ $value | quote }}``, so
that a boolean or a number is as good as a string there; ``extraEnv`` is written as it is. A name as ``--set`` takes it
(helm/helm pkg/strvals/parser.go) assigns over the values.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.knowledge.chart import CHART
from cnilint.record import NamedTuple
from cnilint.source.plain import child, entry, scalar
from cnilint.source.yaml import MappingNode, ScalarNode, SequenceNode, documents, span
from cnilint.surface.model import INIT, MAIN, UNKNOWN, placeholder
from cnilint.surface.reach import first_leaf

if TYPE_CHECKING:
    from cnilint.source.text import Text
    from cnilint.source.yaml import Node
    from cnilint.surface.model import Surface

# Helm reads YAML through JSON, and a number from JSON is a float64 in most of its versions: from a million on it is
# printed as 1e+06 (helm/helm#12195).
_LARGE: Final = 1_000_000
_INT64: Final = 1 << 63
_INT64_DIGITS: Final = 20
_CONTAINERS: Final = {("env",): MAIN, ("init", "env"): INIT}
# What no backslash stands before.
_BARE: Final = r"(?s)(?<!\\)(?:\\\\)*"


class Assigned(NamedTuple):
    """A variable that a name such as ``init.env.X`` assigns: its container, its name, and the text it gets.

    The value is UNKNOWN where that cannot be told, and None where the assignment takes the variable away.
    """

    container: str
    name: str
    value: object


def surfaces(text: Text, roots: list[Node]) -> list[Surface]:
    """Return the surfaces of a text's documents, each read as what its keys say it is.

    Raises SourceError where the values of the chart cannot be understood.
    """
    return [found for root in roots for found in _read(text, root)]


def forced(text: Text) -> list[Surface]:
    """Return the whole file read as values of the chart, whatever its keys.

    Raises SourceError where it is no YAML or JSON.
    """
    from cnilint.surface.charted import Install, surface  # noqa: PLC0415  # that module reads names with this one

    found = []
    for root in documents(text):
        if isinstance(root, MappingNode):
            pair = entry(root, "env") or entry(root, "init")
            place = span(text, pair[0] if pair else first_leaf(root))
            found.append(surface(Install("helm", CHART, place, managed=None), [(text, root)]))
    return [item for item in found if item is not None]


def _read(text: Text, root: Node, lists: tuple[Node, ...] = ()) -> list[Surface]:
    """Return the surfaces of a document; few are any of these, so that a reader is imported when one is met.

    ``lists`` are those that it stands in: an alias may make one hold itself.
    """
    if not isinstance(root, MappingNode) or any(item is root for item in lists):
        return []
    version, kind = said(child(root, "apiVersion")) or "", said(child(root, "kind")) or ""
    listed = child(root, "items")
    if kind.endswith("List") and isinstance(listed, SequenceNode):
        return [found for item in listed.value for found in _read(text, item, (*lists, root))]
    if version.startswith("helm.toolkit.fluxcd.io/"):
        from cnilint.surface.flux import surfaces as read  # noqa: PLC0415
    elif version.startswith("argoproj.io/"):
        from cnilint.surface.argocd import surfaces as read  # noqa: PLC0415
    elif child(root, "helmCharts") is not None or kind == "HelmChartInflationGenerator":
        from cnilint.surface.helmcharts import surfaces as read  # noqa: PLC0415
    elif isinstance(child(root, "releases"), SequenceNode):
        from cnilint.surface.helmfile import surfaces as read  # noqa: PLC0415
    elif version and kind:
        return []
    else:
        from cnilint.surface.chartvalues import surfaces as read  # noqa: PLC0415
    return read(text, root)


def said(node: Node | None) -> str | None:
    """Return the text of a scalar that is a text and holds no placeholder, else None."""
    found = scalar(node) if isinstance(node, ScalarNode) else None
    return found if isinstance(found, str) and not placeholder(found) else None


def items(node: Node | None) -> list[Node]:
    """Return the items of a list, none of anything else."""
    return list(node.value) if isinstance(node, SequenceNode) else []


def absent(node: Node | None) -> bool:
    """Tell whether nothing or a null stands there."""
    return node is None or (isinstance(node, ScalarNode) and scalar(node) is None)


def names_chart(text: str | None) -> bool:
    """Tell whether a chart's name, its path or its address is that of the CNI's chart."""
    return text is not None and text.rstrip("/").rpartition("/")[2] == CHART


def steps(name: str) -> tuple[str, ...] | None:
    r"""Return the keys that a name such as ``podAnnotations.a\.b`` walks through; None where an index stands."""
    found = re.findall(r"(?s)((?:\\.|[^.\\])*)(?:\.|\Z)", name)
    if any(re.search(_BARE + r"[\[,=]", part) for part in found):
        return None
    return tuple(re.sub(r"(?s)\\(.)", r"\1", part) for part in found if part)


def assigned(name: str, value: object, *, forced: bool = False) -> Assigned | None:
    """Return the variable that a ``--set`` name assigns, or None for a name that is no entry of an environment.

    ``value`` is a text as Helm's parser gets it (a comma ends it unless a backslash stands before it), a boolean or an
    integer; ``forced`` is ``--set-string``.
    """
    path = steps(name)
    container = _CONTAINERS.get(path[:-1]) if path else None
    if path is None or container is None or placeholder(path[-1]):
        return None
    return Assigned(container, path[-1], taken(value, forced=forced))


def opaque(name: str) -> bool:
    """Tell whether a ``--set`` name may change environments in a way that ``assigned`` does not tell."""
    path = steps(name)
    if path is None:
        return name.startswith(("env", "init", "extraEnv"))
    return path in {("env",), ("init",), ("init", "env"), ("extraEnv",)} or any(map(placeholder, path))


def taken(value: object, *, forced: bool = False) -> object:
    """Return the text that the chart's ``quote`` makes of what Helm reads behind ``name=``; None for null."""
    if not isinstance(value, str):
        return rendered(value)
    if placeholder(value) or value.startswith("{") or re.search(_BARE + ",", value):
        return UNKNOWN  # put in by others, a list, or another assignment
    text = re.sub(r"(?s)\\(.)", r"\1", value)
    if forced:
        return text
    if text.lower() in ("true", "false", "null"):
        return None if text.lower() == "null" else text.lower()
    if re.fullmatch(r"[-+]?[0-9]+", text) and text[0] != "0" and len(text) < _INT64_DIGITS:
        number = int(text)
        return str(number) if -_INT64 <= number < _INT64 else text
    return text


def rendered(value: object) -> object:
    """Return the text that ``quote`` makes of a value of a values file; UNKNOWN where versions of Helm differ."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) and abs(value) < _LARGE else UNKNOWN
