"""What the EKS add-on takes as its configuration values, version by version: schemas/addon-values.schema.json.

The service validates the values against the version's own schema when an add-on is created or updated, and nothing
before it does: neither ``terraform plan`` nor ``cdk synth``. Its messages name the key as ``$.env.X``.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cnilint.knowledge.variables import variables
from cnilint.knowledge.versions import parsed
from cnilint.paths import shipped
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jsonschema import ValidationError

Schema = dict[str, Any]
_MAIN, _INIT = "aws-node", "aws-vpc-cni-init"
# What people paste along with the keys when they write values after the schema.
_OF_THE_SCHEMA: Final = frozenset({"VpcCni", "properties", "definitions", "$schema", "$ref"})
# The names that Java's validator, which the service uses, has for what JSON Schema calls types.
_FOUND: Final = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


class Refusal(NamedTuple):
    """One thing the service refuses.

    ``path`` leads to the value or, where ``at_key``, to the key. ``problem``: ``unknown`` (no such key), ``case`` (the
    key in other capitals), ``misplaced`` (a key of another place), ``unsettable`` (a field that no version lets anyone
    set), ``version`` (a key of other versions), ``structure`` (the words of the schema itself), ``text`` (no string
    where one is wanted), ``type``, ``missing`` or ``value``. ``instead`` is what to write, "" where nothing suggests
    itself; ``said`` the service's own words.
    """

    path: tuple[str | int, ...]
    at_key: bool
    problem: str
    instead: str
    said: str
    found: str = ""
    expected: str = ""
    version: str = ""


def refusals(values: Mapping[str, object], release: str | None) -> Iterator[Refusal]:
    """Yield what the service refuses of configuration values, for a release (``v1.18.1``) or an unknown one.

    What a version that is not published in full may take, or may not, is not among it.
    """
    from jsonschema import Draft202012Validator  # noqa: PLC0415  # nine times as long to import as Python itself

    for error in Draft202012Validator(schema(release)).iter_errors(values):
        path = tuple(error.absolute_path)
        if error.validator == "additionalProperties" and isinstance(error.instance, dict):
            for key in sorted(set(error.instance) - set(error.schema["properties"])):
                refusal = _refused_key(path, key, release)
                if refusal:
                    yield refusal
        else:
            yield _refused_value(path, error)


def schema(release: str | None) -> Schema:
    """Return the schema of a release: the keys it is known to take, or not known to refuse."""
    return _pruned(_whole(), parsed(release) if release else None)


def takes(path: Sequence[str], release: str | None) -> bool:
    """Tell whether a version takes a key, as far as its schema is known: a path such as ``("init", "env", "X")``."""
    found, number = _whole(), parsed(release) if release else None
    for step in path:
        below = found.get("properties", {}).get(step)
        if below is None or not _taken(below, number):
            return False
        found = below
    return True


def top_keys() -> frozenset[str]:
    """Return the keys at the top that some version takes; one report has it that newer ones take ``podLabels``."""
    return frozenset(_whole()["properties"]) | {"podLabels"}


def key_path(path: Sequence[str | int]) -> str:
    """Return a path as the service writes it: ``$.env.X``, ``$.tolerations[0]``."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


@cache
def _whole() -> Schema:
    import json  # noqa: PLC0415  # only where add-on values are checked

    with open(os.path.join(shipped("schemas"), "addon-values.schema.json"), encoding="utf-8") as file:
        found: Schema = json.load(file)
    return found


def _pruned(found: Schema, number: tuple[int, int, int] | None) -> Schema:
    """Return a schema without the keys that a version is known to refuse."""
    pruned = dict(found)
    if "properties" in found:
        pruned["properties"] = {
            name: _pruned(item, number) for name, item in found["properties"].items() if _taken(item, number)
        }
    return pruned


def _taken(item: Schema, number: tuple[int, int, int] | None) -> bool:
    lacking, gone = parsed(item.get("x-lacking", "")), parsed(item.get("x-gone", ""))
    if number is None:
        return gone is None  # an unknown version is most likely a new one
    return (lacking is None or number > lacking) and (gone is None or number < gone)


def _refused_key(path: tuple[str | int, ...], key: str, release: str | None) -> Refusal | None:
    """Return why a key is refused; None where the version may take it."""
    known = _properties(path).get(key)
    problem, instead, version = "version", "", ""
    gone = _gone(known or {}, release)
    if known is not None:
        version = known["x-gone"] if gone else known.get("x-lacking", "")
    elif key in _whole()["x-never"].get(_place(path), ()):
        problem = "unsettable"
    elif not _complete(release) and _perhaps(path, key):
        return None
    elif not path and key in _OF_THE_SCHEMA:
        problem = "structure"
    else:
        problem, instead = _mistake(path, key)
    said = f"{key_path((*path, key))}: is not defined in the schema and the schema does not allow additional properties"
    found = "gone" if gone else ""
    return Refusal((*path, key), at_key=True, problem=problem, instead=instead, said=said, found=found, version=version)


def _gone(known: Schema, release: str | None) -> bool:
    """Tell whether a key that a version refuses was there in versions before it."""
    gone, number = parsed(known.get("x-gone", "")), parsed(release) if release else None
    return gone is not None and (number is None or number >= gone)


def _mistake(path: tuple[str | int, ...], key: str) -> tuple[str, str]:
    """Return what kind of mistake a key is, and what was most likely meant."""
    from difflib import get_close_matches  # noqa: PLC0415  # only for what is wrong

    place = _right_place(path, key)
    if place:
        return "misplaced", place
    names = list(_properties(path))
    same = next((name for name in names if name.lower() == key.lower()), "")
    if same:
        return "case", same
    close = get_close_matches(key, names, n=1, cutoff=0.8)
    return "unknown", close[0] if close else ""


def _complete(release: str | None) -> bool:
    """Tell whether all that a release takes is known."""
    number, last = parsed(release) if release else None, parsed(_whole()["x-complete"])
    return number is not None and last is not None and number <= last


def _place(path: tuple[str | int, ...]) -> str:
    return ".".join(map(str, path)) or "root"


def _perhaps(path: tuple[str | int, ...], key: str) -> bool:
    """Tell whether a newer version may take a key that no published schema has."""
    variable = variables().get(key)
    if path in (("env",), ("init", "env")):
        container = _MAIN if len(path) == 1 else _INIT
        return variable is not None and container in variable.containers
    return key in _whole()["x-perhaps"].get(_place(path), ())


def _right_place(path: tuple[str | int, ...], key: str) -> str:
    """Return where a variable belongs that stands in another place; "" where it is no variable or no other place."""
    places = ((("env",), "env"), (("init", "env"), "init.env"))
    found = [f"{name}.{key}" for place, name in places if place != path and key in _properties(place)]
    if not found and not path:  # enablePrefixDelegation
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).upper()
        found = [f"env.{name}"] if name in _properties(("env",)) else []
    if found:
        return found[0]
    return key if path and key in _properties(()) else ""


def _properties(path: tuple[str | int, ...]) -> Mapping[str, Schema]:
    found = _whole()
    for step in path:
        found = found.get("properties", {}).get(step, {})
    properties: Mapping[str, Schema] = found.get("properties", {})
    return properties


def _refused_value(path: tuple[str | int, ...], error: ValidationError) -> Refusal:
    at = key_path(path)
    if error.validator == "type":
        wanted = error.validator_value
        expected = " or ".join(wanted) if isinstance(wanted, list) else str(wanted)
        found = "null" if error.instance is None else _FOUND.get(type(error.instance), "value")
        said = f"{at}: {found} found, {expected} expected"
        scalar = found in ("boolean", "integer", "number")
        problem = "text" if expected == "string" and scalar else "type"
        return Refusal(path, at_key=False, problem=problem, instead="", said=said, found=found, expected=expected)
    values = [str(item) for item in error.validator_value] if isinstance(error.validator_value, list) else []
    if error.validator == "required" and isinstance(error.instance, dict):
        missing = next(name for name in values if name not in error.instance)
        said = f"{at}.{missing}: is missing but it is required"
        return Refusal(path, at_key=True, problem="missing", instead=missing, said=said)
    if error.validator == "enum":
        allowed, said = " or ".join(values), f"{at}: does not have a value in the enumeration [{', '.join(values)}]"
        found = str(error.instance)
        return Refusal(path, at_key=False, problem="value", instead=allowed, said=said, found=found, expected=allowed)
    said = f"{at}: {error.message}"
    return Refusal(path, at_key=False, problem="type", instead="", said=said, expected=error.message)
