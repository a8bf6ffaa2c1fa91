"""Facts about single settings: which of them do not mean what their author hoped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilint.facts.context import as_text, meant
from cnilint.knowledge.variables import (
    Malformed,
    Variable,
    expected,
    foreign,
    nearest,
    shipped_unread,
    skipped_cidrs,
    value,
    variables,
)
from cnilint.source.yaml import MappingNode
from cnilint.surface.model import AGENT, INIT, MAIN, OVERLAYS, UNKNOWN, Setting

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnilint.facts.context import Context

Element = dict[str, object]

# A variable may also be there for others that name it: $(NAME).
_REFERENCE: Final = r"\$\(([^)]+)\)"
# Read by libraries as well as by the one program that the table names, so never misplaced.
_EVERYWHERE: Final = frozenset({"AWS_REGION", "MY_NODE_NAME", "MY_POD_NAME", "VPC_CNI_VERSION"})


def element(setting: Setting, **fields: object) -> Element:
    """Return a list's element for a setting: its name, container and place, and what else there is to say."""
    return {"name": setting.name, "container": setting.container, "at": setting.at, "setting": setting, **fields}


def name_element(setting: Setting, **fields: object) -> Element:
    """Return an element that points at the setting's name."""
    return element(setting, **fields) | {"at": setting.named_at}


def _read(context: Context) -> Iterator[tuple[Setting, Variable]]:
    """Yield the chosen settings that the process reads, with what is known of them."""
    table = variables()
    for setting in context.chosen:
        variable = table.get(setting.name)
        if variable and setting.container in variable.containers and context.reads(variable):
            yield setting, variable


def malformed(context: Context) -> list[Element]:
    """Return the settings whose text the process does not take as meant."""
    found = []
    for setting, variable in _read(context):
        text = context.texts(setting.container).get(setting.name)
        refused = context.refused(setting) or (context.surface.kind == "addon" and not setting.is_string)
        if not isinstance(text, str) or refused:
            continue
        try:
            value(variable, text, context.release)
        except Malformed as error:
            found.append(
                element(
                    setting,
                    text=text,
                    type=variable.type,
                    reason=error.reason,
                    expected=expected(variable),
                    used=variable.used,
                    exits=_exits(context, variable),
                )
            )
    return found


def _exits(context: Context, variable: Variable) -> bool:
    """Tell whether an invalid value ends the program in this release and with the other settings."""
    if variable.effect != "exit" or (variable.exit_since and not context.since(variable.exit_since)):
        return False
    return variable.exit_with is None or context.enabled(variable.exit_with)


def not_strings(context: Context) -> list[Element]:
    """Return the settings whose value YAML reads as something other than a string, which the API server refuses."""
    found = []
    for setting in context.surface.settings if context.surface.kind not in OVERLAYS else ():
        if setting.is_string:
            continue
        kind = {bool: "boolean", int: "number", float: "number"}.get(type(setting.value), "mapping or list")
        scalar = kind in ("boolean", "number")
        written = setting.written if scalar else ""
        fields: Element = {"text": written, "type": kind, "quoted": f'"{written}"' if scalar else ""}
        fields["value"] = as_json(setting.value) if scalar else ""
        item = element(setting, **fields)
        if as_text(setting.value, written) is UNKNOWN:
            del item["setting"]  # quotes would bring back what YAML changed, and nobody knows whether it was meant
        found.append(item)
    return found


def as_json(value: object) -> str:
    """Return a boolean or a number as JSON writes it."""
    return (
        str(value).lower() if isinstance(value, bool) else f"{value:.15g}" if isinstance(value, float) else str(value)
    )


def _taken(context: Context) -> Iterator[Setting]:
    """Yield the chosen settings of any name: the EKS add-on refuses a wrong one in ``env``, and takes all others."""
    for setting in context.chosen:
        if context.surface.kind != "addon" or not isinstance(setting.parent, MappingNode):
            yield setting


def unknown(context: Context) -> list[Element]:
    """Return the settings whose name nobody reads."""
    if not context.chosen:
        return []
    behind = (item.written for item in context.surface.settings if item.value is UNKNOWN)
    referenced = {name for written in behind for name in re.findall(_REFERENCE, written)}
    found = []
    for setting in _taken(context):
        name = setting.name
        if name in variables() or foreign(name) or name in referenced or shipped_unread(name, context.release):
            continue
        close = nearest(name)
        found.append(name_element(setting, nearest=close or "", near=close is not None))
    return found


def misplaced(context: Context) -> list[Element]:
    """Return the settings that another container reads, but not the one they stand in."""
    table = variables()
    found = []
    for setting in _taken(context):
        variable = table.get(setting.name)
        if not variable or setting.container in variable.containers or setting.name in _EVERYWHERE:
            continue
        readers = [name for name in (MAIN, INIT, AGENT, "cni-metrics-helper") if name in variable.containers]
        if readers and variable.status != "library" and context.reads(variable):
            found.append(name_element(setting, readers=" and ".join(readers)))
    return found


def duplicated(context: Context) -> list[Element]:
    """Return the settings that a later one of the same name in the same container hides."""
    found: list[Element] = []
    if len(context.standing) == len(context.surface.settings):
        return found
    for setting in context.surface.settings:
        last = context.standing[setting.container, setting.name]
        if last is setting:
            continue
        texts = [meant(item) for item in (setting, last)]
        known = UNKNOWN not in texts
        found.append(
            element(
                setting,
                first=texts[0] if known else "",
                last=texts[1] if known else "",
                same=known and texts[0] == texts[1],
                known=known,
                previous=last.at,
            )
        )
    return found


def valueless(context: Context) -> list[Element]:
    """Return the entries with neither value nor valueFrom, whose process gets the empty text."""
    return [element(setting) for setting, _ in _read(context) if setting.value_node is None]


def removed(context: Context) -> list[Element]:
    """Return the settings that this release no longer reads."""
    table = variables()
    found = []
    for setting in context.chosen:
        variable = table.get(setting.name)
        gone = variable and (variable.removed or variable.dead)
        if variable and gone and context.number is not None and context.since(gone):
            found.append(name_element(setting, version=gone, why=variable.description))
    return found


def premature(context: Context) -> list[Element]:
    """Return the settings that only a later release reads."""
    table = variables()
    found = []
    for setting in context.chosen:
        variable = table.get(setting.name)
        if not variable or not variable.first or setting.container not in variable.containers:
            continue
        if context.number is not None and not context.since(variable.first):
            found.append(name_element(setting, version=variable.first))
    return found


def undocumented(context: Context) -> list[Element]:
    """Return the settings that work and that upstream documents nowhere."""
    return [
        name_element(setting, description=variable.description)
        for setting, variable in _read(context)
        if variable.status == "undocumented"
        and variable.group != "identity"
        and setting.container != "cni-metrics-helper"
    ]


def cidrs(context: Context) -> list[Element]:
    """Return the items of CIDR lists that the process skips."""
    found = []
    for setting, variable in _read(context):
        if variable.type == "cidrs" and isinstance(setting.value, str):
            found += [element(setting, item=item, reason=why) for item, why in skipped_cidrs(setting.value)]
    return found


FACTS: Final[Mapping[str, Callable[[Context], object]]] = {
    "malformed": malformed,
    "notStrings": not_strings,
    "unknown": unknown,
    "misplaced": misplaced,
    "duplicated": duplicated,
    "valueless": valueless,
    "removed": removed,
    "premature": premature,
    "undocumented": undocumented,
    "skippedCidrs": cidrs,
}
