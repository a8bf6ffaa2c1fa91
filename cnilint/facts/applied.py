"""Facts about ``kubectl apply``: what it noted as applied last, against what the live object has now.

``kubectl.kubernetes.io/last-applied-configuration`` holds the whole object as JSON. It stays as it is when somebody
else changes a field, so that it tells which of the user's values are gone. An annotation that only has what a release
shipped (that of the copy that clusters came with until 2024) tells of no choice, and is not compared.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from cnilint.facts.described import DELETED, of_data, of_surface
from cnilint.facts.edited import DOCUMENTED, RENDERED_OTHERWISE
from cnilint.facts.edits import edits
from cnilint.facts.fields import EKS, managers, owned
from cnilint.facts.owners import dotted, lasting, place
from cnilint.facts.verdicts import Verdict, verdict
from cnilint.knowledge.releases import known
from cnilint.surface.model import mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnilint.facts.context import Context
    from cnilint.facts.described import Described
    from cnilint.facts.edited import Edited

Element = dict[str, object]
# A field of which an object has one: its family, its container and its name.
Key = tuple[str, str, str]

_ANNOTATION: Final = "kubectl.kubernetes.io/last-applied-configuration"
_COMPARED: Final = DOCUMENTED | {"environment"}


def last_applied(context: Context) -> list[Element]:
    """Return the fields whose value was applied by kubectl and is another one now."""
    then = _applied(context)
    if then is None or not context.release or not known(context.release):
        return []
    now = of_surface(context.surface)
    applied = {_key(edit): edit for edit in edits(then, then.release)}
    standing = {_key(edit): edit for edit in edits(now, context.release)}
    return [
        *_lost(context, now, applied, standing),
        *(_changed(context, then, applied, standing) if then.release == context.release else ()),
    ]


def _applied(context: Context) -> Described | None:
    """Return what the annotation describes; None where there is none, or of a release that is not known."""
    annotations = mapping(mapping(context.surface.object.get("metadata")).get("annotations"))
    text = annotations.get(_ANNOTATION)
    if not isinstance(text, str):
        return None
    import json  # noqa: PLC0415  # only of live objects that were applied

    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    found = of_data(mapping(data))
    return found if found.release and known(found.release) else None


def _key(edit: Edited) -> Key:
    return edit.family, edit.container, edit.name


def _lost(
    context: Context, now: Described, applied: Mapping[Key, Edited], standing: Mapping[Key, Edited]
) -> Iterator[Element]:
    """Yield what somebody chose and applied, and what is gone."""
    for key, edit in applied.items():
        if edit.change == "removed" or edit.family not in _COMPARED or edit.path[-1] in RENDERED_OTHERWISE:
            continue
        live = standing.get(key)
        if live is not None and live.written != edit.written:
            yield from _with_verdict(context, live, edit.written, live.written)
        elif live is None and edit.change == "changed" and _is_shipped(now, edit):
            yield _element(context, edit, _taken(context, edit), edit.written, edit.shipped)


def _is_shipped(now: Described, edit: Edited) -> bool:
    """Tell whether a live object is known to have what EKS ships: it shows the field, and it is no edit."""
    if edit.family == "environment":
        return now.env.get((edit.container, edit.name)) not in (None, DELETED)
    return not edit.container or edit.container in now.containers


def _changed(
    context: Context, then: Described, applied: Mapping[Key, Edited], standing: Mapping[Key, Edited]
) -> Iterator[Element]:
    """Yield what was applied as shipped and changed by somebody else since."""
    for key, live in standing.items():
        if key in applied or live.change != "changed" or live.family not in _COMPARED:
            continue
        if live.family != "environment" or (live.container, live.name) in then.env:
            yield from _with_verdict(context, live, live.shipped, live.written)


def _with_verdict(context: Context, live: Edited, applied: str, now: str) -> Iterator[Element]:
    settable = bool(lasting(live, context.release))
    about = verdict(context, live, managers(context.surface.object), settable=settable)
    yield _element(context, live, about or Verdict("shipped", EKS, f"managedFields: {EKS} owns it"), applied, now)


def _taken(context: Context, edit: Edited) -> Verdict:
    """Return the verdict about a field that has the shipped value again."""
    owners = managers(context.surface.object)
    holders = [name for name, manager in owners.items() if owned(manager.tree, edit.path)]
    if EKS in holders and context.managed is not False:
        return Verdict("shipped", EKS, f"managedFields: {EKS} owns it")
    if context.managed and not owners:
        return Verdict("shipped", "", "EKS manages this add-on")
    return Verdict("unknown", holders[0] if holders else "", "the annotation last-applied-configuration")


def _element(context: Context, edit: Edited, about: Verdict, applied: str, now: str) -> Element:
    return {
        "field": dotted(edit.path),
        "family": edit.family,
        "name": edit.name,
        "container": edit.container,
        "manager": about.manager,
        "verdict": about.word,
        "applied": applied,
        "now": now,
        "evidence": about.evidence,
        "lasting": lasting(edit, context.release),
        "at": partial(place, context, edit),
    }
