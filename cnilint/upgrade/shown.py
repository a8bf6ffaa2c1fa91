"""Values of settings on one line, as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.surface.model import items, mapping

if TYPE_CHECKING:
    from cnilint.choices.flat import Path

# What a text may have and still be shown as a whole.
_SHORT: Final = 72
TERMS: Final = "nodeSelectorTerms"


def shown(path: Path, data: object) -> str:
    """Return what stands at a path on one line, cut where it is long."""
    if path[-1] == TERMS:
        text = " or ".join(", ".join(sorted(each)) for each in terms(data))
    elif path[0] == "volume" and mapping(data).keys() == {"hostPath"}:
        host = mapping(mapping(data)["hostPath"])
        text = f"{host.get('path')}{' ({})'.format(host['type']) if host.get('type') else ''}"
    elif path[0] == "mount" and mapping(data).keys() == {"name"}:
        text = f"the volume {mapping(data)['name']}"
    elif path[0] == "env" and isinstance(data, dict):
        field = mapping(mapping(data.get("valueFrom")).get("fieldRef")).get("fieldPath")
        text = f"the field {field}" if field else _json(data)
    elif path[-1] == "command" and isinstance(data, list):
        return " ".join(map(str, data))
    else:
        text = data if isinstance(data, str) else _json(data)
    return text if len(text) <= _SHORT else f"{text[: _SHORT - 3]}..."


def _json(data: object) -> str:
    import json  # noqa: PLC0415  # as where it is told

    return json.dumps(data, ensure_ascii=False, default=str)


def terms(data: object) -> list[set[str]]:
    """Return the expressions of each term of a node affinity: ``kubernetes.io/arch In amd64,arm64``."""
    found = []
    for term in items(data):
        each = items(term.get("matchExpressions"))
        found.append({f"{one.get('key')} {one.get('operator')} {_words(one.get('values'))}".rstrip() for one in each})
    return found


def _words(data: object) -> str:
    return ",".join(map(str, data)) if isinstance(data, list) else ""


def difference(path: Path, was: object, wanted: object) -> str:
    """Return what becomes of a value, as ``shown`` says it; only the words that differ of a command or an affinity."""
    if path[-1] == TERMS:
        one, other = ({each for term in terms(data) for each in term} for data in (was, wanted))
        gone, come = ", ".join(sorted(one - other)), ", ".join(sorted(other - one))
        return f"{gone} -> {come}" if gone and come else f"add {come}" if come else f"remove {gone}"
    if path[-1] == "command" and isinstance(was, list) and isinstance(wanted, list):
        less = [str(word) for word in was if word not in wanted]
        more = [str(word) for word in wanted if word not in was]
        if less and more:
            return f"{' '.join(less)} -> {' '.join(more)}"
    return f"{shown(path, was)} -> {shown(path, wanted)}"
