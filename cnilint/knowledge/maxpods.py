"""nodeadm's ``maxPodsExpression``: whether it is one, and what it gives on an instance type.

nodeadm compiles it with cel-go's standard environment and three whole numbers, ``default_enis``, ``ips_per_eni`` and
``max_pods`` (its usual figure); it logs a warning and keeps that figure where the expression does not compile, or where
its result is not positive (amazon-eks-ami nodeadm/internal/kubelet/eni_max_pods.go).
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

INT32: Final = 2**31 - 1
_NAMES: Final = {"default_enis": "int", "ips_per_eni": "int", "max_pods": "int"}
# Text, lists and maps have no use here: of an expression with them nothing is said.
_ARITHMETIC: Final = r"[\w\s+\-*/%().,<>=!&|?:]+\Z"
# Of the standard library, and not of the subset of CEL that cnilint reads; and unsigned numbers.
_BEYOND: Final = r"\b(?:bool|bytes|duration|dyn|timestamp|type|uint)\s*\(|\b[0-9]+[uU]\b|\b0[xX]"


@lru_cache(maxsize=64)
def fault(expression: str) -> str | None:
    """Return why nodeadm refuses an expression, "" where it takes it, None where that cannot be told."""
    from cnilint.cel.check import check  # noqa: PLC0415  # few files have such an expression
    from cnilint.cel.errors import CelError  # noqa: PLC0415
    from cnilint.cel.parse import parse  # noqa: PLC0415

    if not re.match(_ARITHMETIC, expression) or re.search(_BEYOND, expression):
        return None
    try:
        check(parse(expression), _NAMES, {})
    except CelError as error:
        return error.message
    return ""


def computed(expression: str, enis: int, ips: int, usual: int) -> int | None:
    """Return the max pods that nodeadm computes for a type with these limits; None where that cannot be told."""
    from cnilint.cel.errors import EvalError  # noqa: PLC0415  # as above
    from cnilint.cel.evaluate import compiled  # noqa: PLC0415
    from cnilint.cel.parse import parse  # noqa: PLC0415

    wrong = fault(expression)
    if wrong is None:
        return None
    if wrong:
        return usual
    try:
        found = compiled(parse(expression))({"default_enis": enis, "ips_per_eni": ips, "max_pods": usual})
    except EvalError:
        return usual
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return int(found) if 0 < int(found) <= INT32 else usual
