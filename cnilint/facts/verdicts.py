"""Whose an edited field is, and what tells so.

The verdicts: ``reverted`` (EKS renders the field and it is another now: an update of the add-on puts its own back,
unless it preserves), ``unknown`` (the same, where nobody tells whether EKS manages the add-on), ``shared`` (EKS and
another manager own it with this value: a change by either is a conflict), ``kept`` (the user's own). What EKS itself
wrote is no edit: it comes from the configuration values of the add-on.

What EKS owns: EKS best practices, networking/vpc-cni; user guide, kubernetes-field-management. It renders the chart
with its environment since configuration values exist (v1.12.0, amazon-vpc-cni-k8s#2607); before it owned two variables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.facts.edited import DOCUMENTED, FIRST_VALUES
from cnilint.facts.fields import EKS, only_a_copy, owned, values_owned
from cnilint.knowledge.releases import newest
from cnilint.knowledge.versions import before
from cnilint.record import NamedTuple
from cnilint.surface.model import MAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnilint.facts.context import Context
    from cnilint.facts.described import Path
    from cnilint.facts.edited import Edited
    from cnilint.facts.fields import Manager

# EKS offers the add-on since v1.7.5; an older copy is always the cluster's own.
_FIRST_ADDON: Final = "v1.7.5"
# The variables that EKS owned before there were configuration values.
_OWNED_BEFORE: Final = frozenset({(MAIN, "AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER"), (MAIN, "MY_NODE_NAME")})


class Verdict(NamedTuple):
    """Whose a field is, the manager that wrote it ("" where none shows), and what tells so."""

    word: str
    manager: str
    evidence: str


def verdict(context: Context, edit: Edited, owners: Mapping[str, Manager], *, settable: bool) -> Verdict | None:
    """Return the verdict about an edit; None where EKS wrote it itself, or may have added it and nothing tells.

    ``owners`` are the field managers of a live object, none where it does not show them; ``settable`` is whether the
    configuration values of the add-on may have set the field.
    """
    path = _owned_path(edit)
    others = [name for name, manager in owners.items() if name != EKS and owned(manager.tree, path)]
    by_eks = EKS in owners and owned(owners[EKS].tree, path)
    kept = _kept(context, edit, owners)
    manager = others[0] if others else ""
    unseen = edit.change == "added" and context.surface.live and not owners and context.managed is not False
    if (by_eks and not others) or unseen:
        return None
    if kept:
        return Verdict("kept", manager, kept)
    if by_eks:
        return Verdict("shared", manager, f"managedFields: {EKS} and {', '.join(others)} own it")
    return _beside_eks(context, owners[EKS], manager) if EKS in owners else _unowned(context, edit, settable=settable)


def _owned_path(edit: Edited) -> Path:
    """Return the path by which fieldsV1 knows a field: ports go by number there, arguments are one field."""
    found = next((step for step in ("args", "ports") if step in edit.path), None)
    return edit.path if found is None else edit.path[: edit.path.index(found) + 1]


def _kept(context: Context, edit: Edited, owners: Mapping[str, Manager]) -> str:
    """Return why a field is the user's own, "" where it is not known to be."""
    if context.managed is False:
        return "EKS does not manage this add-on"
    if owners and EKS not in owners:
        return f"managedFields: {EKS} owns nothing here"
    if context.release and before(context.release, _FIRST_ADDON):
        return f"there is no add-on before {_FIRST_ADDON}"
    return _kept_variable(context, edit, owners.get(EKS)) if edit.family == "environment" else ""


def _kept_variable(context: Context, edit: Edited, eks: Manager | None) -> str:
    if edit.change == "added":
        return "EKS ships no such variable"
    if (edit.container, edit.name) in _OWNED_BEFORE:
        return ""
    if eks is not None:
        values = values_owned(eks.tree, edit.path[: edit.path.index("env") + 1])
        rendered = values - {name for _, name in _OWNED_BEFORE}
        return "" if rendered else f"managedFields: {EKS} owns no such variable"
    early = context.release and before(context.release, FIRST_VALUES)
    return f"EKS owns no such variable before {FIRST_VALUES}" if early else ""


def _beside_eks(context: Context, eks: Manager, manager: str) -> Verdict:
    """Return the verdict about a field that EKS renders and does not own, in an object of which it owns others."""
    who = f"managedFields: {manager or 'nobody'} owns what {EKS} renders"
    if context.managed is None and only_a_copy(context.surface.object, eks):
        return Verdict("unknown", manager, f"{who}, and {EKS} wrote it only when the cluster was made")
    return Verdict("reverted", manager, who)


def _unowned(context: Context, edit: Edited, *, settable: bool) -> Verdict:
    """Return the verdict about a field of which only the stock manifest tells."""
    source = f"the stock manifest of {context.release or newest()}"
    blind = context.surface.live and (settable or edit.family not in DOCUMENTED)
    if blind:
        source = f"{source}; managedFields would tell an edit from configuration values"
    return Verdict("reverted" if context.managed and not blind else "unknown", "", source)
