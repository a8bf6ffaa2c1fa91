"""The forms that choices can be converted to: each a text, with what it could not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnilint.choices.model import Choices, Left
from cnilint.convert.patched import objects
from cnilint.convert.valued import values
from cnilint.convert.writing import Block, aligned, comments, hcl, quoted, yaml
from cnilint.knowledge.chart import CHART, charts
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

_ROLE: Final = ("serviceAccount", "annotations", "eks.amazonaws.com/role-arn")


class Form(NamedTuple):
    """A text in some form, what could not be carried into it, and what there is to know beside."""

    text: str
    lost: tuple[Left, ...]
    notes: tuple[str, ...]


def converted(choices: Choices, form: str) -> Form:
    """Return choices in a form of FORMS; what cannot be carried stands in comments on top as well."""
    title, body, lost, notes = FORMS[form](choices)
    missing = (*choices.hidden, *choices.beyond, *lost)
    lines = [title]
    lines += ["", "Not carried:", *(f"- {item.name} ({place(item)}): {item.reason}" for item in missing)] * bool(
        missing
    )
    lines += ["", *(f"Note: {note}" for note in notes)] * bool(notes)
    return Form(f"{comments(lines)}{body}", missing, tuple(notes))


def place(item: Left) -> str:
    """Return where something stands: file, line and column."""
    line, column = item.at.text.position(item.at.start)
    return f"{item.at.text.path}:{line}:{column}"


Made = tuple[str, str, tuple[Left, ...], tuple[str, ...]]


def _addon(choices: Choices) -> Made:
    found = values(choices, addon=True)
    return (
        f"Configuration values of the EKS add-on vpc-cni {_version(choices)}",
        _written(found.data),
        found.lost,
        found.notes,
    )


def _written(data: dict[str, Any]) -> str:
    """Return values as YAML; nothing but a comment where there are none, for an empty mapping is a value as well."""
    return yaml(data) if data else "# Nothing of it needs a value.\n"


def _helm(choices: Choices) -> Made:
    found = values(choices, addon=False)
    chart = next((chart for chart, of in reversed(charts().items()) if of == choices.release), "")
    title = f"Values of the chart {' '.join(filter(None, (CHART, chart)))}, which installs the CNI {_version(choices)}"
    return title, _written(found.data), found.lost, found.notes


def _patch(choices: Choices) -> Made:
    body = "---\n".join(map(yaml, objects(choices)))
    return f"Strategic merge patch for aws-node {_version(choices)}", body, (), ()


def _eksctl(choices: Choices) -> Made:
    rest, about, lost = _beside(choices)
    found = values(rest, addon=True)
    addon: dict[str, Any] = {"name": "vpc-cni"}
    if choices.build or choices.release:
        addon["version"] = choices.build or choices.release
    if found.data:
        addon["configurationValues"] = Block(yaml(found.data).rstrip("\n"))
    modes = [mode for mode, when in about.modes if when in ("update", "both")]
    addon |= {"resolveConflicts": modes[0].lower()} if modes else {}
    addon |= {"serviceAccountRoleARN": about.role} if about.role else {}
    config = {
        "apiVersion": "eksctl.io/v1alpha5",
        "kind": "ClusterConfig",
        "metadata": {"name": choices.cluster or "${CLUSTER_NAME}", "region": choices.region or "${AWS_REGION}"},
        "addons": [addon],
    }
    title = f"The EKS add-on vpc-cni {_version(choices)} for eksctl"
    return title, yaml(config), (*lost, *found.lost), found.notes


def _terraform(choices: Choices) -> Made:
    rest, about, lost = _beside(choices)
    found, notes = values(rest, addon=True), list[str]()
    name = quoted(choices.cluster) if choices.cluster else "var.cluster_name"
    pairs = [("cluster_name", name), ("addon_name", quoted("vpc-cni"))]
    if choices.release or choices.build:
        pairs.append(("addon_version", quoted(choices.build or f"{choices.release}-eksbuild.1")))
    if not choices.build:
        notes.append(_BUILD if choices.release else _NO_VERSION)
    modes = [(f"resolve_conflicts_on_{when}", mode) for mode, when in about.modes if when != "both"]
    modes += [(f"resolve_conflicts_on_{when}", mode) for mode, b in about.modes if b == "both" for when in _WHEN]
    pairs += [(key, quoted(mode)) for key, mode in modes or [("resolve_conflicts_on_update", "PRESERVE")]]
    pairs += [("service_account_role_arn", quoted(about.role))] if about.role else []
    lines = aligned(pairs)
    if found.data:
        lines += ["", f"configuration_values = jsonencode({hcl(found.data, 1)})"]
    body = "".join(f"  {line}".rstrip() + "\n" for line in lines)
    variable = "" if choices.cluster else 'variable "cluster_name" {\n  type = string\n}\n\n'
    text = f'{variable}resource "aws_eks_addon" "vpc_cni" {{\n{body}}}\n'
    title = f"The EKS add-on vpc-cni {_version(choices)} for Terraform"
    return title, text, (*lost, *found.lost), (*found.notes, *notes)


_WHEN: Final = ("create", "update")
_BUILD: Final = (
    "which builds of a version there are, aws eks describe-addon-versions --addon-name vpc-cni tells: "
    "the file does not name one"
)
_NO_VERSION: Final = "the file tells no version; without one, EKS takes the default of the cluster's Kubernetes"


class _Beside(NamedTuple):
    """What an add-on is told beside its values: its role, and how conflicts are resolved when."""

    role: str
    modes: tuple[tuple[str, str], ...]


def _beside(choices: Choices) -> tuple[Choices, _Beside, list[Left]]:
    """Return the choices without what stands beside an add-on's values, that, and what cannot be known of it."""
    role = choices.flat.get(_ROLE)
    about, lost = choices.addon, list[Left]()
    for field, at in dict((*about.roles, *about.others)).items() if about else ():
        lost.append(Left(field, at, "it stands beside the values of the add-on: take it over by hand"))
    modes = tuple((mode, when) for mode, when, _ in about.conflicts) if about else ()
    rest = tuple(item for item in choices.items if item.path != _ROLE) if isinstance(role, str) else choices.items
    return choices._replace(items=rest), _Beside(role if isinstance(role, str) else "", modes), lost


def _version(choices: Choices) -> str:
    return choices.build or choices.release or "of an unknown release"


FORMS: Final[dict[str, Callable[[Choices], Made]]] = {
    "addon": _addon,
    "helm": _helm,
    "daemonset-patch": _patch,
    "eksctl": _eksctl,
    "terraform": _terraform,
}
