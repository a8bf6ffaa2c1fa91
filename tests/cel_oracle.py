"""The reference implementation of CEL beside ours: the same expression over the same activation, both verdicts.

``cel-expr-python`` is the C++ reference implementation with a Python binding. Own functions are registered with it as
they are, so an expression needs no rewriting. Import this file after ``pytest.importorskip("cel_expr_python")``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cel_expr_python import cel

from cnilint.cel.check import check
from cnilint.cel.errors import CelError, EvalError
from cnilint.cel.evaluate import compiled
from cnilint.cel.functions import FUNCTIONS
from cnilint.cel.parse import parse
from cnilint.cel.values import Sentinel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilint.cel.functions import Function
    from cnilint.cel.kinds import Type

    Verdict = tuple[str, object]

_TYPES: dict[str, Any] = {
    "bool": cel.Type.BOOL,
    "int": cel.Type.INT,
    "double": cel.Type.DOUBLE,
    "string": cel.Type.STRING,
    "null": cel.Type.NULL,
}


def oracle_verdict(
    expression: str, activation: Mapping[str, object], names: Mapping[str, Type] | None = None
) -> Verdict:
    """Return ``("value", plain)`` or ``("error", why)`` of the reference implementation.

    ``names`` are the root names with their types; without them every root of the activation is ``dyn``. An object is
    declared as a map to ``dyn``, there being no messages. A value that is no CEL value (a place) is handed over as an
    opaque text; a sentinel cannot be, and is a ``ValueError``: what is not known is not CEL's.
    """
    try:
        value = _compiled(expression, _key(names or dict.fromkeys(activation, "dyn"))).eval(data=_given(activation))
    except RuntimeError as error:
        return "error", str(error)
    if value.type() == cel.Type.ERROR:
        return "error", str(value.value())
    return "value", plain(value.plain_value())


def own_verdict(expression: str, activation: Mapping[str, object], names: Mapping[str, Type] | None = None) -> Verdict:
    """Return our verdict in the same form."""
    try:
        ast = parse(expression)
        check(ast, names or dict.fromkeys(activation, "dyn"))
        return "value", plain(compiled(ast)(activation))
    except (CelError, EvalError) as error:
        return "error", str(error)


def alike(one: Verdict, other: Verdict) -> bool:
    """Tell whether two verdicts are the same value, or both an error, whatever its words."""
    return one == other or one[0] == other[0] == "error"


def syntax_verdict(expression: str) -> bool:
    """Tell whether the reference implementation can parse ``expression``."""
    try:
        _environment(()).compile(expression, disable_check=True)
    except RuntimeError:
        return False
    return True


def plain(value: object) -> object:
    """Return ``value`` in a form in which unlike types are never equal, and NaN equals itself."""
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {(type(key).__name__, key): plain(each) for key, each in value.items()}
    return (type(value).__name__, repr(value).replace("-nan", "nan")) if _is_plain(value) else _OPAQUE


_OPAQUE = ("str", "'a place'")


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


def _given(value: Any) -> Any:  # noqa: ANN401 - any value
    if isinstance(value, dict):
        return {key: _given(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_given(each) for each in value]
    if isinstance(value, Sentinel):
        raise ValueError("the reference implementation cannot be told that a value is not known")  # noqa: TRY004
    return value if _is_plain(value) else "a place"


def _key(names: Mapping[str, Type]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, repr(type_)) for name, type_ in names.items()))


@lru_cache(maxsize=4096)
def _compiled(expression: str, names: tuple[tuple[str, str], ...]) -> Any:  # noqa: ANN401 - from a C extension
    return _environment(names).compile(expression)


@lru_cache(maxsize=64)
def _environment(names: tuple[tuple[str, str], ...]) -> Any:  # noqa: ANN401 - from a C extension
    variables = {name: _declared(_read(type_)) for name, type_ in names}
    return cel.NewEnv(variables=variables, functions=[_function(each) for each in FUNCTIONS.values()])


def _read(text: str) -> Any:  # noqa: ANN401 - a type
    from ast import literal_eval  # noqa: PLC0415 - beside another module called ast it would mislead

    return literal_eval(text)


def _declared(type_: Any) -> Any:  # noqa: ANN401 - from a C extension
    if isinstance(type_, str):
        return _TYPES.get(type_, cel.Type.DYN)
    if type_[0] == "list":
        return cel.Type.List(_declared(type_[1]))
    return cel.Type.Map(cel.Type.STRING, _declared(type_[1]) if type_[0] == "map" else cel.Type.DYN)


def _function(function: Function) -> Any:  # noqa: ANN401 - from a C extension
    parameters = [_declared(each) for each in function.parameters]
    overload = cel.Overload(
        f"own_{function.name}",
        return_type=_declared(function.result),
        parameters=parameters,
        impl=_strict(function.implementation),
    )
    return cel.FunctionDecl(function.name, [overload])


def _strict(implementation: Callable[..., object]) -> Callable[..., object]:
    """Return ``implementation`` with the one check the reference leaves out: what a list holds."""

    def run(*values: object) -> object:
        if any(not isinstance(each, str) for value in values if isinstance(value, list) for each in value):
            raise EvalError("not a list of texts")
        return implementation(*values)

    return run
