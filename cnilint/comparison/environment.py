"""The environment of a container: of each variable what the program uses, and where that comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cnilint.cel.evaluate import MAYBE, UNKNOWN
from cnilint.comparison.side import NOTHING, STOPS, UNSET, UNTOLD, Side, row, side, unseen
from cnilint.facts.release import ABSENT, used
from cnilint.knowledge.releases import FIELD_REF
from cnilint.knowledge.variables import UNSET as NO_TEXT
from cnilint.knowledge.variables import Malformed, nearest, shipped_unread, value, variables
from cnilint.knowledge.versions import before
from cnilint.surface.model import OVERLAYS, items, mapping

if TYPE_CHECKING:
    from cnilint.facts.context import Context
    from cnilint.knowledge.variables import Variable
    from cnilint.surface.model import Setting

# Read, but told to others alone: the release in the user agent of calls to EC2 (pkg/awsutils/awsutils.go:444).
_INFORMATION: Final = frozenset({"VPC_CNI_VERSION"})


def environment(context: Context, container: str) -> dict[str, Side]:
    """Return each variable of a container that is known or written; what no program reads is NOTHING to compare."""
    own = [name for name, item in variables().items() if container in item.containers]
    names = dict.fromkeys((*own, *context.texts(container)))
    return {name: _side(context, container, name) for name in names}


def _side(context: Context, container: str, name: str) -> Side:
    text = context.texts(container).get(name)
    setting = context.standing.get((container, name))
    if setting is not None and context.refused(setting):
        setting = None
    line = row(setting) if setting else 0
    written = None if setting is None else _written(context, container, setting)
    if text is MAYBE:
        return UNTOLD
    variable = variables().get(name)
    found = _of_text(context, container, name, text, setting)
    if not _matters(context, container, name, variable):
        found = found._replace(same=NOTHING, note="read by nothing" if setting else "")
    return found._replace(written=written, line=line) if setting else found


def _written(context: Context, container: str, setting: Setting) -> str:
    if isinstance(setting.value, str):
        return setting.value
    return _source(context, container, setting.name, setting) if setting.value is UNKNOWN else setting.written


def _of_text(context: Context, container: str, name: str, text: object, setting: Setting | None) -> Side:
    """Return what comes of the text that the process gets, None where it gets none."""
    variable, origin = variables().get(name), _origin(context, container, name, setting)
    if text is UNKNOWN:
        return unseen(_source(context, container, name, setting), origin)
    if variable is None:
        return side(text, origin, note="cnilint does not know it") if text is not None else UNSET
    typed = context.values(container).get(name, ABSENT)
    if typed is UNKNOWN or typed is MAYBE:
        return unseen(_source(context, container, name, setting), origin)
    if typed is not ABSENT:
        return side(typed, origin if text is not None or context.reads(variable) else "unread")
    return _malformed(context, variable, text, origin) if isinstance(text, str) else UNSET


def _origin(context: Context, container: str, name: str, setting: Setting | None) -> str:
    if setting is not None:
        return "written"
    if name not in context.texts(container):
        return "default"
    shipped = context.stock.env(container) if context.surface.kind in OVERLAYS else {}
    text = context.texts(container)[name]
    return "stock" if name in shipped and (text is UNKNOWN or shipped[name] == text) else "eks"


def _malformed(context: Context, variable: Variable, text: str, origin: str) -> Side:
    """Return what comes of a text that the program does not take."""
    try:
        if value(variable, text, context.release) is NO_TEXT:
            return UNSET
    except Malformed as error:
        reason = f"{json.dumps(text, ensure_ascii=False)} {error.reason}"
    else:
        return UNSET
    usual = used(context.release, variable, NO_TEXT)
    if variable.effect == "default" and usual is not ABSENT:
        return side(usual, origin, note=f"{reason}, so the default counts")
    stops = variable.effect == "exit" and not (
        variable.exit_since and context.release and before(context.release, variable.exit_since)
    )
    if stops and variable.exit_with and not context.enabled(variable.exit_with):
        stops = False
    if stops:
        return Side(text, origin, ("stops", text), note=f"{reason}: {STOPS}")
    return Side(text, origin, ("invalid", text), note=reason + (f"; used: {variable.used}" if variable.used else ""))


def _matters(context: Context, container: str, name: str, variable: Variable | None) -> bool:
    """Tell whether a program reads a variable in this container and release, or something that nobody knows may."""
    if variable is None:
        return nearest(name, container) is None and not shipped_unread(name)
    if container not in variable.containers or variable.status == "injected" or name in _INFORMATION:
        return False
    if variable.dead and context.since(variable.dead):
        return False
    return context.reads(variable) or name in context.values(container) or variable.status == "library"


def _source(context: Context, container: str, name: str, setting: Setting | None) -> str:
    """Return where a value is brought in from: as the stock manifest writes it, else as the file does."""
    if setting is None:
        return str(context.stock.env(container).get(name, ""))
    found = context.container(container)
    listed = items(found.data.get("env")) if found else ()
    origin = next((item.get("valueFrom") for item in reversed([*listed]) if item.get("name") == name), None)
    path = mapping(mapping(origin).get("fieldRef")).get("fieldPath")
    if path:
        return f"{FIELD_REF}{path}"
    return json.dumps(origin, sort_keys=True, default=str) if origin else setting.written.strip("\"'")
