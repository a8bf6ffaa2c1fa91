"""The schema of the variables and the typed table give the same verdict on generated texts."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from cnilint.knowledge.golang import SPACE
from cnilint.knowledge.variables import Malformed, Variable, skipped_cidrs, value, variables
from cnilint.paths import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

with open(os.path.join(shipped("schemas"), "aws-node.schema.json"), encoding="utf-8") as _file:
    SCHEMA = json.load(_file)

# jsonschema searches patterns with Python's re, where ``$`` also matches before a last
# newline; in ECMA 262, which JSON Schema means, it does not. So patterns are tried on the whole text.


def _pattern(_: object, pattern: str, text: str, __: object) -> Iterator[ValidationError]:
    if not re.fullmatch(pattern, text):
        yield ValidationError(f"{text!r} does not match {pattern!r}")


Validator = extend(Draft202012Validator, {"pattern": _pattern})  # type: ignore[no-untyped-call]

# Texts on which schema and table may differ, because a regular expression could not say it or only at the cost of
# being unreadable. The schema takes them (or, for mapped networks and exotic spaces, refuses them); nobody writes them.
EXCLUDED = {
    "int": re.compile(r"[+-]?0*[1-9][0-9]{18,}"),  # at and beyond the edge of int64
    "mark": re.compile(r"\+?[1-9](_?[0-9]){9,}"),  # decimals of ten digits, of which some exceed 0xffffffff
    "cidrs": re.compile(rf"(?s).*(::|[{SPACE[6:]}]).*"),  # ::ffff:10.0.0.0/104 is IPv4 to Go; spaces beyond ASCII
    "enum": re.compile(rf"(?s).*[{SPACE[6:]}].*"),  # the same spaces, where the code trims
}


def _cased(words: list[str]) -> st.SearchStrategy[str]:
    """Words in any mixture of upper and lower case."""
    switched = st.tuples(st.sampled_from(words), st.lists(st.booleans(), min_size=8, max_size=8))
    return switched.map(
        lambda drawn: "".join(
            sign.swapcase() if switch else sign for sign, switch in zip(drawn[0], drawn[1] * 2, strict=False)
        )
    )


def _lists_of_networks() -> st.SearchStrategy[str]:
    item = st.builds(
        lambda address, bits: f"{address}/{bits}", st.ip_addresses(v=4), st.sampled_from([0, 8, 29, 30, 32, 33, 40])
    )
    return st.lists(st.one_of(item, item.map(" {} ".format)), min_size=1, max_size=3).map(",".join)


def _addresses() -> st.SearchStrategy[str]:
    ports = st.one_of(st.sampled_from([0, 80, 9999, 10000, 65535, 65536, 70000, 99999]), st.integers(0, 100_000))
    return st.builds("{}:{}".format, st.sampled_from(["", "10.0.0.1", "[::1]", "::1", "localhost", "unix"]), ports)


def _marks() -> st.SearchStrategy[str]:
    edges = st.sampled_from([0, 1, 127, 128, 2**31, 2**32 - 1, 2**32, 2**36])
    forms = st.sampled_from(
        ["{:d}", "{:#x}", "{:#X}", "{:#o}", "0{:o}", "{:#b}", "0x_{:x}", "{:_d}", "{:#_x}", "0x00{:x}"]
    )
    return st.builds(lambda form, number: form.format(number), forms, st.one_of(edges, st.integers(0, 2**34)))


# Texts of a type's domain and just outside, whatever the schema says.
DOMAINS: dict[str, st.SearchStrategy[str]] = {
    "bool": _cased(["true", "false", "t", "f", "1", "0", "yes", "no"]),
    "int": st.builds("{}{}".format, st.sampled_from(["", "+", "-", "0", "-00", " "]), st.integers(0, 10_010)),
    "cidrs": _lists_of_networks() | st.sampled_from(["10.0.0.0/33", "10.0.0.256/8", "10.0.0.0", "0.0.0.0/0,"]),
    "mark": _marks(),
    "address": _addresses(),
    "tags": st.dictionaries(st.text(max_size=3), st.one_of(st.text(max_size=3), st.none(), st.integers())).map(
        json.dumps
    ),
}


def _texts(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    """Texts of the domain, texts that the schema takes, the same with one character changed, and others."""
    valid = st.from_regex(schema["pattern"], fullmatch=True) if "pattern" in schema else st.text(max_size=12)
    if "enum" in schema:
        valid = st.sampled_from(schema["enum"])
    signs = st.sampled_from([*"+-_ .:/,0123456789abefnortxXBOTEL\n\"'{}[]", "", "0x", "10.0.0.0/8", "٣", "\xa0"])
    changed = st.builds(
        lambda text, at, sign, cut: text[: at % (len(text) + 1)] + sign + text[at % (len(text) + 1) + cut :],
        valid,
        st.integers(0, 40),
        signs,
        st.integers(0, 1),
    )
    words = _cased(schema.get("x-values", ["stdout", "stderr", "eth", "vlan", "lo"]))
    domain = DOMAINS.get(schema["x-type"], st.text(alphabet="eth0-_", max_size=6))
    edges = [schema[key] + step for key in ("x-minimum", "x-maximum") if key in schema for step in (-1, 0, 1)]
    seeds = ["", "0", "-1", "yes", "null", *map(str, edges)]
    return st.one_of(domain, words, valid, changed, st.sampled_from(seeds), st.text(max_size=8))


def _typed(variable: Variable, text: str) -> bool:
    """Return the verdict of the table; a list of CIDRs is well-formed where the code skips none."""
    try:
        value(variable, text)
    except Malformed:
        return False
    return variable.type != "cidrs" or not skipped_cidrs(text)


@pytest.mark.parametrize("name", SCHEMA["properties"])
def test_schema_and_table_give_the_same_verdict(name: str) -> None:
    schema, variable = SCHEMA["properties"][name], variables()[name]
    validator = Validator(schema)
    excluded = EXCLUDED.get(variable.type)

    @settings(max_examples=50, deadline=None)
    @given(_texts(schema))
    def same(text: str) -> None:
        assume(excluded is None or not excluded.fullmatch(text))
        typed, valid = _typed(variable, text), validator.is_valid(text)
        if variable.type == "tags":  # a pattern cannot read JSON: it only refuses what is no object at all
            assert valid or not typed
        else:
            assert typed == valid, text

    same()


@pytest.mark.parametrize("name", [name for name, held in SCHEMA["properties"].items() if "pattern" in held])
def test_patterns_are_anchored(name: str) -> None:
    pattern = SCHEMA["properties"][name]["pattern"]
    assert pattern.startswith("^")
    assert pattern.endswith("$")
