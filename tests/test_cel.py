"""The CEL subset by example: values, errors, what is not known, types, routes, templates."""

from __future__ import annotations

import json
import pickle
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cnilint.cel import errors
from cnilint.cel.check import check
from cnilint.cel.errors import CelError, EvalError, Unknown
from cnilint.cel.evaluate import MAYBE, UNKNOWN, compiled
from cnilint.cel.functions import FUNCTIONS
from cnilint.cel.kinds import shown
from cnilint.cel.messages import rendered, template
from cnilint.cel.parse import parse
from cnilint.cel.requires import requires
from cnilint.knowledge.vocabulary import vocabulary

if TYPE_CHECKING:
    from cnilint.cel.kinds import Type

ROOT = Path(__file__).parents[1]

ACTIVATION: dict[str, Any] = {
    "a": 1,
    "b": {"k": 1, "n": None, "if": 2, "x-y": 3},
    "c": [1, 2.0, "x"],
    "d": 1.5,
    "s": "str",
    "y": True,
    "z": None,
    "u": UNKNOWN,
    "env": {"X": 5, "U": UNKNOWN, "M": MAYBE, "L": [1, UNKNOWN], "V": "v1.18.1-eksbuild.3"},
}

VALUES: list[tuple[str, object]] = [
    # literals
    ("1", 1),
    ("0x1F", 31),
    ("-0x1F", -31),
    ("-9223372036854775808", -(2**63)),
    ("1.5", 1.5),
    (".5e1", 5.0),
    ("-1e3", -1000.0),
    ("1e400", float("inf")),
    ("true", True),
    ("null", None),
    (r"""'a\'b\x41\u00e9\U0001F600\101\n\\\?'""", "a'bA\u00e9\U0001f600A\n\\?"),
    (r"""r"a\nb" """, r"a\nb"),
    ('"""a"b\r\nc"""', 'a"b\nc'),
    ("r'''a'b'''", "a'b"),
    ("[1, 'a', [],]", [1, "a", []]),
    ("[,]", []),
    ("{'a': 1, 2: {}, true: 3,}", {"a": 1, 2: {}, True: 3}),
    ("1 // one", 1),
    ("//c\n1", 1),
    # names and fields
    ("a", 1),
    (".a", 1),
    ("b.k", 1),
    ("b . k", 1),
    ("b.if", 2),
    ("b['x-y']", 3),
    ("{'a': {'b': 1}}.a.b", 1),
    ("c[1]", 2.0),
    ("c[dyn(1.0)]", 2.0),
    ("{1: 2}[dyn(1.0)]", 2),
    # arithmetic
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("7 / 2", 3),
    ("-7 / 2", -3),
    ("7 / -2", -3),
    ("-7 % 3", -1),
    ("7 % -3", 1),
    ("1.0 / 0.0", float("inf")),
    ("-1.0 / 0.0", float("-inf")),
    ("1.0 / -0.0", float("-inf")),
    ("1.5 + 1.5", 3.0),
    ("'a' + 'b'", "ab"),
    ("[1] + [2]", [1, 2]),
    ("2 - -a", 3),
    ("--a", 1),
    ("---a", -1),
    ("!!y", True),
    ("9223372036854775807 + -1", 2**63 - 2),
    # comparison
    ("dyn(1) == 1.0", True),
    ("dyn('1') == 1", False),
    ("dyn(true) == 1", False),
    ("y == dyn(1)", False),
    ("dyn(1) < 1.5", True),
    ("dyn(9007199254740993) == 9007199254740992.0", True),
    ("0.0 / 0.0 == 0.0 / 0.0", False),
    ("0.0 / 0.0 != 0.0 / 0.0", True),
    ("[0.0 / 0.0] == [0.0 / 0.0]", False),
    ("null == null", True),
    ("z == null", True),
    ("[1, 2] == [1, 2]", True),
    ("[1, 2] == [1]", False),
    ("[dyn(true)] == [dyn(1)]", False),
    ("{'a': 1} == {'a': 1}", True),
    ("{'a': 1} == {'b': 1}", False),
    ("{dyn(true): 1} == {dyn(1): 1}", False),
    ("b == {'k': 1.0, 'n': null, 'if': 2, 'x-y': 3}", True),
    ("'a' < 'b'", True),
    ("'\U0001f600' > '\uffee'", True),
    ("false < true", True),
    ("1 < 2 == true", True),
    ("'k' in b", True),
    ("'q' in b", False),
    ("dyn(1) in b", False),
    ("dyn(true) in {1: 1}", False),
    ("dyn(1.0) in {1: 1}", True),
    ("2 in c", True),
    ("dyn(true) in c", False),
    ("a in ['x']", False),
    ("s in ['str', 'q']", True),
    ("dyn([1]) in [[1]]", True),
    # logic
    ("false && a / 0 == 1", False),
    ("a / 0 == 1 && false", False),
    ("a / 0 == 1 || true", True),
    ("z && false", False),
    ("s || true", True),
    ("b.q == 1 || y", True),
    ("y && y && !y", False),
    ("y ? 1 : a / 0", 1),
    ("a > 1 ? 'x' : a > 0 ? 'y' : 'z'", "y"),
    # has
    ("has(b.k)", True),
    ("has(b.n)", True),
    ("has(b.q)", False),
    ("has({'a': 1}.a)", True),
    ("has(b.k) && b.k == 1", True),
    # macros
    ("[1, 2].all(q, q > 0)", True),
    ("[1, 0].all(q, 1 / q == 2)", False),
    ("[].all(q, q / 0 == 1)", True),
    ("[0, 1].exists(q, 1 / q == 1)", True),
    ("[].exists(q, true)", False),
    ("[1, 2].exists_one(q, q == 2)", True),
    ("[1, 1].exists_one(q, q == 1)", False),
    ("[1, 2, 3].filter(q, q > 1)", [2, 3]),
    ("[1, 2].map(q, q * 2)", [2, 4]),
    ("[1, 2].map(q, q > 1, q * 2)", [4]),
    ("b.filter(k, k.size() == 2)", ["if"]),
    ("b.map(k, k == 'if', b[k])", [2]),
    ("[1].map(a, [2].map(a, [3].map(p, a + p)))", [[[5]]]),
    ("[2].map(a, [a, .a])", [[2, 1]]),
    ("[[1, 2], [3]].map(l, l.map(x, x + size(l)))", [[3, 4], [4]]),
    ("[{'n': 1}].exists(e, has(e.n) && e.n == 1)", True),
    ("[{'n': {'m': 1}}].map(e, e.n.m)", [1]),
    # functions
    ("size('h\u00e9\U0001f600')", 3),
    ("'abc'.size() + [1].size() + size({'a': 1})", 5),
    ("s.startsWith('st') && s.endsWith('tr') && s.contains('t')", True),
    ("s.matches('^s.r$') && matches(s, 't')", True),
    ("'a\\n'.matches('a$')", False),
    ("'a\\n'.matches('(?s)(?m)a$')", True),
    ("'\u0663'.matches('\\\\d')", False),
    ("'ab'.matches('(?i)(?P<n>A)[[b]')", True),
    ("int('12') + int(' -3\\n') + int(3.9) + int(-3.9)", 9),
    ("double('1.5') + double(1)", 2.5),
    ("double('-inf')", float("-inf")),
    ("bool('True') && !bool('0')", True),
    ("string(1) + string(true) + string('x')", "1truex"),
    ("atLeast('v1.18.0', '1.18.0') && before('1.9.3', 'v1.10.0')", True),
    ("atLeast('v1.18.0-rc1', 'v1.18.0')", True),
    ("before('1.18.0+x', 'v1.18.1')", True),
    ("min(1, 2) + max(1, 2)", 3),
    ("join(['a', 'b'], ', ')", "a, b"),
    ("lower('AbC')", "abc"),
    ("quoted('a\"b\\\\\\n\\x01\u00e9')", '"a\\"b\\\\\\n\\u0001\u00e9"'),
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_value(text: str, expected: object) -> None:
    ast = json.loads(json.dumps(parse(text), allow_nan=False))
    assert ast == parse(text)
    check(ast, dict.fromkeys(ACTIVATION, "dyn"))
    value = compiled(ast)(ACTIVATION)
    assert (repr(value), type(value)) == (repr(expected), type(expected))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "-0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (123456.0, "123456"),
        (1234567.0, "1.234567e+06"),
        (1e100, "1e+100"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (-5.960464477539063e-08, "-5.960464477539063e-08"),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (2**63 - 1, "9223372036854775807"),
    ],
)
def test_string_of_a_number(value: float, text: str) -> None:
    assert compiled(parse("string(a)"))({"a": value}) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("b.q", "no such key: q"),
        ("b.q.r", "no such key: q"),
        ("b['q']", "no such key: q"),
        ("has(b.q.r)", "no such key: q"),
        ("has(c.x)", "has() takes a field of a map, found one of list"),
        ("s.a", "no such key: a; string has none"),
        ("z.a", "no such key: a; null has none"),
        ("c.x", "a list is indexed with an int, found string"),
        ("c[3]", "index 3 is outside a list of 3"),
        ("c[-1]", "index -1 is outside a list of 3"),
        ("c[d]", "a list is indexed with an int, found double"),
        ("b[z]", "a key is a string, an int or a bool, found null"),
        ("{1: 1}[dyn(true)]", "no such key: True"),
        ("{d: 1}", "a key is a string, an int or a bool, found double"),
        ("{'a': 1, 'a': 2}", "the key a is given twice"),
        ("absent", "no such name: absent"),
        ("absent.x", "no such name: absent"),
        ("has(absent.x)", "no such name: absent"),
        ("1 / 0", "division by zero"),
        ("1 % 0", "modulus by zero"),
        ("9223372036854775807 + 1", "the result of '+' does not fit an int, which has 64 bits"),
        ("-9223372036854775808 - 1", "the result of '-' does not fit an int, which has 64 bits"),
        ("9223372036854775807 * 2", "the result of '*' does not fit an int, which has 64 bits"),
        ("-9223372036854775808 / -1", "the result of '/' does not fit an int, which has 64 bits"),
        ("-9223372036854775808 % -1", "the result of '%' does not fit an int, which has 64 bits"),
        ("-(-9223372036854775808)", "the result of '-' does not fit an int, which has 64 bits"),
        ("a + s", "'+' does not take int and string"),
        ("a + y", "'+' does not take int and bool"),
        ("a % d", "'%' does not take int and double"),
        ("a < s", "'<' does not take int and string"),
        ("s < 1", "'<' does not take string and int"),
        ("z < z", "'<' does not take null and null"),
        ("a in s", "'in' does not take int and string"),
        ("z in b", "'in' does not take null and map"),
        ("!a", "'!' does not take int"),
        ("-s", "'-' does not take string"),
        ("-y", "'-' does not take bool"),
        ("a && y", "'&&' does not take int"),
        ("s || !y", "'||' does not take string"),
        ("a ? 1 : 2", "'?:' does not take int"),
        ("s.all(x, true)", "all() does not take string"),
        ("c.exists(x, x)", "the condition of exists() does not take int"),
        ("[0, 1].exists_one(q, 1 / q == 1)", "division by zero"),
        ("[1, 0].filter(q, 1 / q == 1)", "division by zero"),
        ("[1, 0].map(q, 1 / q)", "division by zero"),
        ("[0].all(q, 1 / q == 1)", "division by zero"),
        ("size(a)", "size() does not take int"),
        ("a.startsWith(s)", "startsWith() does not take int and string"),
        ("s.matches('(' + s)", "missing ), unterminated subpattern at position 0"),
        ("int(s)", "'str' is no int"),
        ("int('9223372036854775808')", "'9223372036854775808' is no int"),
        ("int('1_0')", "'1_0' is no int"),
        ("int(1e19)", "1e+19 does not fit an int"),
        ("int(0.0 / 0.0)", "nan does not fit an int"),
        ("int(z)", "int() does not take null"),
        ("double('1_0')", "'1_0' is no double"),
        ("double(y)", "double() does not take bool"),
        ("bool('yes')", "'yes' is no bool"),
        ("bool(a)", "bool() does not take int"),
        ("string(c)", "string() does not take list"),
        ("atLeast('latest', 'v1.0.0')", "'latest' is no version; one is written vMAJOR.MINOR.PATCH"),
        ("atLeast('1.18', 'v1.0.0')", "'1.18' is no version; one is written vMAJOR.MINOR.PATCH"),
        ("atLeast(a, 'v1.0.0')", "atLeast() does not take int and string"),
        ("min(y, 1)", "min() does not take bool and int"),
        ("join(c, ',')", "join() does not take list and string"),
    ],
)
def test_error(text: str, message: str) -> None:
    run = compiled(parse(text))
    with pytest.raises(EvalError) as caught:
        run(ACTIVATION)
    assert str(caught.value) == message
    assert not isinstance(caught.value, Unknown)


UNKNOWNS: list[tuple[str, object]] = [
    ("has(env.U)", True),
    ("has(env.M)", Unknown),
    ("env.U", Unknown),
    ("env.M", Unknown),
    ("env['U'] == 1", Unknown),
    ("env.U == env.U", Unknown),
    ("'U' in env", True),
    ("'M' in env", Unknown),
    ("dyn('M') in env", Unknown),
    ("env.U > 1 && false", False),
    ("env.U > 1 && true", Unknown),
    ("env.U > 1 || true", True),
    ("true || env.M", True),
    ("env.U > 1 && 1 / 0 == 1", Unknown),
    ("1 / 0 == 1 && env.U > 1", Unknown),
    ("env.M ? 1 : 2", Unknown),
    ("has(env.U) ? 1 : env.U", 1),
    ("env.L[0]", 1),
    ("env.L[1]", Unknown),
    ("1 in env.L", True),
    ("2 in env.L", Unknown),
    ("env.L == [1, 2]", Unknown),
    ("env.L == [2, 2]", False),
    ("env.L == [1]", False),
    ("size(env.L)", 2),
    ("size(env)", Unknown),
    ("env == {'X': 5}", Unknown),
    ("env.L.exists(x, x == 1)", True),
    ("env.L.exists(x, x == 2)", Unknown),
    ("env.L.all(x, x == 2)", False),
    ("env.L.all(x, x == 1)", Unknown),
    ("env.L.map(x, 1)", [1, 1]),
    ("env.L.map(x, x)", Unknown),
    ("env.L.filter(x, true)", Unknown),
    ("env.exists(k, k == 'X')", True),
    ("env.exists(k, k == 'M')", Unknown),
    ("env.exists(k, k == 'U')", True),
    ("env.all(k, true)", True),
    ("env.all(k, false)", False),
    ("env.exists_one(k, true)", Unknown),
    ("env.map(k, 1)", Unknown),
    ("u", Unknown),
    ("u.x", Unknown),
    ("u.x.y", Unknown),
    ("u[0]", Unknown),
    ("has(u.x)", Unknown),
    ("has(u.x.y)", Unknown),
    ("u.exists(x, true)", Unknown),
    ("1 in u", Unknown),
    ("size(u)", Unknown),
    ("u == 1", Unknown),
    ("join(env.L, ',')", Unknown),
    ("join([s, env.U], ',')", Unknown),
]


@pytest.mark.parametrize(("text", "expected"), UNKNOWNS)
def test_what_is_not_known(text: str, expected: object) -> None:
    run = compiled(parse(text))
    if expected is Unknown:
        with pytest.raises(Unknown):
            run(ACTIVATION)
    else:
        assert run(ACTIVATION) == expected


ATOMS = """
m.a == 1|m.b > 0|has(m.b)|has(m.c)|"c" in m|dyn("a") in m|1 in l|l == [1, 2]|m == {"a": 1}|size(l) > 1|l[0] == 1
l.exists(x, x == 1)|l.all(x, x > 0)|l.exists_one(x, x == 1)|l.filter(x, x > 0) == [1]|size(l.filter(x, true)) > 1
l.map(x, 1) == [1, 1]|l.map(x, x) == [1]|m.exists(k, k == "a")|m.all(k, m[k] > 0)|m.exists_one(k, true)|l[1] == 2
size(m.map(k, 1)) == 1|m.filter(k, k != "a") == ["b"]|(l + [1])[1] == 1|m in [{"a": 1}]|l in [[1], [1, 2]]|true
m.all(k, k != "b")|l.exists(x, true)|l.all(x, false)|m.exists(k, true)|l.map(x, x > 1, x) == [2]|[m.a, 2] == [1, 3]
size(m) == 2|m == m|1 / 0 == 1
""".strip().replace("\n", "|")


def _condition(source: random.Random, depth: int) -> str:
    form = source.choice(["&&", "||", "!", "?", "", ""]) if depth else ""
    if not form:
        return source.choice(ATOMS.split("|"))
    if form == "!":
        return f"!({_condition(source, depth - 1)})"
    one, other, third = (_condition(source, depth - 1) for _ in range(3))
    return f"({one} ? {other} : {third})" if form == "?" else f"({one} {form} {other})"


def _drawn(source: random.Random, sentinels: list[object]) -> dict[str, Any]:
    def value() -> object:
        return source.choice([0, 1, 1, 2, *sentinels])

    return {
        "m": {key: value() for key in "abc" if source.random() < 0.5},
        "l": [value() for _ in range(source.randint(0, 3))],
    }


def _completed(source: random.Random, partial: dict[str, Any]) -> dict[str, Any]:
    """Return one of the states of the world that ``partial`` leaves open."""

    def there(value: object) -> bool:
        return value is not MAYBE or source.random() < 0.5

    def value(known: object) -> object:
        return source.choice([0, 1, 2]) if known is UNKNOWN or known is MAYBE else known

    whole = {name: each if each is not UNKNOWN else _drawn(source, [])[name] for name, each in partial.items()}
    return {
        "m": {key: value(each) for key, each in whole["m"].items() if there(each)},
        "l": [value(each) for each in whole["l"] if there(each)],
    }


def _outcome(run: Any, activation: dict[str, Any]) -> object:  # noqa: ANN401 - a compiled expression
    try:
        return run(activation)
    except Unknown:
        return "unknown"
    except EvalError:
        return "error"


def test_a_verdict_under_ignorance_holds_in_every_world() -> None:
    source = random.Random(3)  # noqa: S311 - a reproducible test
    decided = 0
    for _ in range(6_000):
        run = compiled(parse(_condition(source, 2)))
        partial = _drawn(source, [UNKNOWN, MAYBE])
        if source.random() < 0.1:
            partial[source.choice("ml")] = UNKNOWN
        verdict = _outcome(run, partial)
        if verdict == "unknown":
            continue
        decided += 1
        for _ in range(4):
            world = _completed(source, partial)
            assert _outcome(run, world) == verdict, (partial, world)
    assert decided > 1_000


def test_sentinels_survive_pickling() -> None:
    assert pickle.loads(pickle.dumps([UNKNOWN, MAYBE])) == [UNKNOWN, MAYBE]  # noqa: S301 - our own bytes
    assert repr([UNKNOWN, MAYBE]) == "[UNKNOWN, MAYBE]"


def test_errors_survive_pickling() -> None:
    error = pickle.loads(pickle.dumps(CelError("wrong", 3)))  # noqa: S301 - our own bytes
    assert (error.message, error.offset, str(error)) == ("wrong", 3, "wrong")


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("", 0, "expected a value: a literal, a name, '(', '[' or '{', found the end"),
        ("a +", 3, "expected a value: a literal, a name, '(', '[' or '{', found the end"),
        ("a b", 2, "expected an operator or the end, found 'b'"),
        ("a)", 1, "expected an operator or the end, found ')'"),
        ("(a", 2, "expected ')', found the end"),
        ("a[1", 3, "expected ']', found the end"),
        ("[1 2]", 3, "expected ',' or ']', found '2'"),
        ("f(1,)", 4, "expected a value: a literal, a name, '(', '[' or '{', found ')'"),
        ("{1 2}", 3, "expected ':' and the value of the key, found '2'"),
        ("a ? b", 5, "expected ':' and the other value of '?', found the end"),
        ("a.", 2, "expected a field name after '.', found the end"),
        ("a.in", 2, "expected a field name after '.', found 'in'"),
        ("!-a", 2, "expected a number after '!-' (parentheses negate anything else), found 'a'"),
        ("a = 1", 2, "'=' is no operator; '==' compares"),
        ("a & b", 2, "'&' is no operator; '&&' is the logical and"),
        ("a | b", 2, "'|' is no operator; '||' is the logical or"),
        ("a; b", 1, "found ';', which has no meaning outside a string"),
        ("a.`b`", 2, 'quoted field names are not supported; index with a string, such as a["b-c"]'),
        ("'abc", 0, "the string that starts here is not closed; a newline needs a triple-quoted string"),
        ("'a\nb'", 0, "the string that starts here is not closed; a newline needs a triple-quoted string"),
        (r"1 + '\q'", 4, r"'\\q' is no escape; write '\\' for a backslash, or a raw string such as r'...'"),
        (r"'\ud800'", 0, r"'\\ud800' is no Unicode character"),
        (r"'\U00110000'", 0, r"'\\U00110000' is no Unicode character"),
        ("1 + 2u", 4, "uint literals are not supported; write an int, without the u"),
        ("b'x'", 0, "bytes literals are not supported; write a string, without the b"),
        ("9223372036854775808", 0, "9223372036854775808 does not fit an int, which has 64 bits"),
        ("--9223372036854775808", 2, "9223372036854775808 does not fit an int, which has 64 bits"),
        ("M{}", 0, "messages such as Name{...} are not supported"),
        ("package", 0, "'package' is a reserved word of CEL; no name can be called so"),
        ("has(a)", 0, "has() takes one field selection, such as has(a.b)"),
        ("has(a['b'])", 0, "has() takes one field selection, such as has(a.b)"),
        ("x.all(1, true)", 6, "the first argument of all() is the name of its variable"),
        ("x.all(q)", 2, "all() takes 2 arguments, found 1"),
        ("x.map(q)", 2, "map() takes 2 or 3 arguments, found 1"),
        ("(" * 5000, 40, "the expression is nested too deeply; split it"),
        ("[" * 5000, 40, "the expression is nested too deeply; split it"),
        ("a" + ".b" * 5000, 10000, "the expression is nested too deeply; split it"),
        ("1" + "+1" * 5000, 9999, "the expression is nested too deeply; split it"),
    ],
)
def test_parse_error(text: str, offset: int, message: str) -> None:
    with pytest.raises(CelError) as caught:
        parse(text)
    assert (caught.value.offset, caught.value.message) == (offset, message)


def test_what_the_specification_requires_of_sizes_is_there() -> None:
    for text in (
        "||".join(["false"] * 1000),
        "&&".join(["true"] * 1000),
        "+".join(["1"] * 32),
        "[" + ",".join(["1"] * 500) + "]",
        "true ? 1 : " * 32 + "2",
        "a" + ".b" * 40,
        "string(" * 20 + "1" + ")" * 20,
        "[" * 20 + "]" * 20,
        "!" * 5000 + "true",
    ):
        ast = parse(text)
        check(ast, {"a": "dyn"})
        json.dumps(ast)
        requires(ast)
        assert callable(compiled(ast))


HOSTILE: dict[str, Type] = {
    "a": "dyn",
    "b": ("object", {"n": "int", "at": "place"}),
    "c": ("list", ("object", {"n": "int"})),
}
PIECES = [
    *"ab c.()[]{},:?+-*/%!<>=&|'\"\\\n1e0xu_\u00e9`",
    "has(",
    ".all(",
    "map(x,",
    "x",
    "==",
    "&&",
    "true",
    "in",
    "b.n",
    "c[0].n",
]


def _refusal(text: str) -> CelError | None:
    """Return why ``text`` is refused; what is not refused must also run."""
    try:
        ast = parse(text)
        check(ast, HOSTILE)
    except CelError as error:
        return error
    _outcome(compiled(ast), {"a": 1, "b": {"n": 1}, "c": []})
    return None


def test_hostile_text_is_a_cel_error() -> None:
    source = random.Random(4)  # noqa: S311 - a reproducible test
    texts = ["".join(source.choice(PIECES) for _ in range(source.randint(1, 12))) for _ in range(30_000)]
    refusals = {text: _refusal(text) for text in texts}
    assert all(error is None or 0 <= error.offset <= len(text) for text, error in refusals.items())
    assert sum(error is None for error in refusals.values()) > 50


NAMES: dict[str, Type] = {
    "a": "int",
    "f": "double",
    "s": "string",
    "p": "bool",
    "any": "dyn",
    "cni": ("object", {"version": "string", "known": "bool", "at": "place"}),
    "text": ("map", "string"),
    "probes": ("list", ("object", {"name": "string", "seconds": "int", "at": "place"})),
}


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("a + 1", "int"),
        ("any + 1", "int"),
        ("any + any", "dyn"),
        ("any", "dyn"),
        ("null", "null"),
        ("cni.version", "string"),
        ("cni['version']", "string"),
        ("cni[s]", "dyn"),
        ("text.ANY", "string"),
        ("text[s]", "string"),
        ("text", ("map", "string")),
        ("{'a': 1}", ("map", "int")),
        ("{1: 's'}", ("map", "string", "int")),
        ("{}", ("map", "dyn", "dyn")),
        ("[]", ("list", "dyn")),
        ("[1, 's']", ("list", "dyn")),
        ("[[], [1]]", ("list", ("list", "int"))),
        ("[] + [1]", ("list", "int")),
        ("any + [1]", ("list", "int")),
        ("p ? [] : [s]", ("list", "string")),
        ("p ? any : 1", "dyn"),
        ("probes.map(x, x.seconds)", ("list", "int")),
        ("probes.filter(x, x.seconds > 1)", NAMES["probes"]),
        ("probes.filter(x, x.seconds > 1)[0].name", "string"),
        ("probes[0].at", "place"),
        ("p ? probes[0].at : cni.at", "place"),
        ("p ? probes[0].at : any", "place"),
        ("has(cni.at)", "bool"),
        ("cni == {'version': 'x'}", "bool"),
        ("text.exists(k, k.startsWith('A'))", "bool"),
        ("cni.all(k, k == 'version')", "bool"),
        ("'x' in cni && 'x' in text && 1 in [1] && a in any", "bool"),
        ("size(text) + size(probes) + s.size()", "int"),
        ("join(probes.map(x, x.name), ', ')", "string"),
        ("-f", "double"),
        ("[].map(x, -x)", ("list", "dyn")),
    ],
)
def test_type(text: str, type_: Type) -> None:
    assert check(parse(text), NAMES) == type_


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("cn.version", 0, "there is no 'cn'; did you mean 'cni'?"),
        ("1 + zzz", 4, "there is no 'zzz'"),
        ("cni.verson == 's'", 4, "there is no field 'verson' here; did you mean 'version'?"),
        ("has(cni.verson)", 8, "there is no field 'verson' here; did you mean 'version'?"),
        ("cni['verson']", 4, "there is no field 'verson' here; did you mean 'version'?"),
        ("probes.all(x, x.second > 1)", 16, "there is no field 'second' here; did you mean 'seconds'?"),
        ("probes.name", 7, "'name' cannot be selected from list(object); index it or use a macro such as exists()"),
        ("s.x", 2, "a field of a map or an object can be selected, not 'x' of string"),
        ("s[0]", 1, "a list or a map can be indexed, not string"),
        ("probes['x']", 7, "list(object) is indexed with int, found string"),
        ("text[1]", 5, "map(string, string) is indexed with string, found int"),
        ("a + s", 2, "'+' does not take int and string"),
        ("a == s", 2, "'==' does not take int and string"),
        ("a == f", 2, "'==' does not take int and double"),
        ("a < f", 2, "'<' does not take int and double"),
        ("s == null", 2, "'==' does not take string and null"),
        ("[1] == ['a']", 4, "'==' does not take list(int) and list(string)"),
        ("f % f", 2, "'%' does not take double and double"),
        ("[1] < [2]", 4, "'<' does not take list(int) and list(int)"),
        ("a in ['x']", 2, "'in' does not take int and list(string)"),
        ("a in text", 2, "'in' does not take int and map(string, string)"),
        ("a in s", 2, "'in' does not take int and string"),
        ("!a", 1, "the operand of '!' must be bool, found int"),
        ("-s", 0, "'-' takes a number, found string"),
        ("p && a", 5, "an operand of '&&' must be bool, found int"),
        ("a ? 1 : 2", 0, "the condition of '?:' must be bool, found int"),
        ("p ? 1 : 's'", 2, "both values of '?:' must be of one type, found int and string"),
        ("{1.5: 2}", 1, "a key is a string, an int or a bool, not double"),
        ("{cni: 2}", 1, "a key is a string, an int or a bool, not object"),
        ("a.all(x, true)", 0, "a macro goes over a list or a map, found int"),
        ("[1].filter(x, x)", 14, "the condition of filter() must be bool, found int"),
        ("[1].all(x, x > 0) && x > 0", 21, "there is no 'x'"),
        ("atleast(s, s)", 0, "there is no function 'atleast'; did you mean 'atLeast'?"),
        ("type(a)", 0, "there is no function 'type'"),
        ("startsWith(s, s)", 0, "there is no function 'startsWith'; it is a method, x.startsWith(...)"),
        ("s.startWith(s)", 2, "there is no method 'startWith'; did you mean 'startsWith'?"),
        ("s.lower()", 2, "there is no method 'lower'; it is a function, lower(...)"),
        ("probes.exist(x, true)", 7, "there is no method 'exist'; did you mean 'exists'?"),
        ("atLeast(s)", 0, "atLeast() takes (string, string), found (string)"),
        ("min(a, s)", 0, "min() takes (int, int), found (int, string)"),
        ("join([1], s)", 0, "join() takes (list(string), string), found (list(int), string)"),
        ("size(a)", 0, "size() takes (string) or (list(dyn)) or (map(dyn, dyn)), found (int)"),
        ("s.size(1)", 2, "size() takes (string) or (list(dyn)) or (map(dyn, dyn)), found (string, int)"),
        ("int(p)", 0, "int() takes (int) or (double) or (string), found (bool)"),
        ("string(null)", 0, "string() takes (string) or (bool) or (int) or (double), found (null)"),
        ("s.matches(a)", 2, "matches() takes (string, string), found (string, int)"),
        ("cni.at == cni.at", 4, "a place can only be the whole result, or a value of '?:' that is the whole result"),
        ("[cni.at]", 5, "a place can only be the whole result, or a value of '?:' that is the whole result"),
        (
            "(p ? cni.at : any) == 1",
            3,
            "a place can only be the whole result, or a value of '?:' that is the whole result",
        ),
        (
            "probes.map(x, x.at)",
            16,
            "a place can only be the whole result, or a value of '?:' that is the whole result",
        ),
    ],
)
def test_check_error(text: str, offset: int, message: str) -> None:
    with pytest.raises(CelError) as caught:
        check(parse(text), NAMES)
    assert (caught.value.message, caught.value.offset) == (message, offset)


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            r"(?=a)",
            r"(?!a)",
            r"(?<=a)",
            r"(?<!a)",
            r"(?>a)",
            r"(a)\1",
            r"(?P<n>a)(?P=n)",
            r"(?#c)",
            r"(a)(?(1)b)",
            r"a*+",
        ),
        *(
            r"a\Z",
            r"\pL",
            r"\Qa\E",
            r"[[:alpha:]]",
            r"a{1001}",
            r"(?x)a",
            r"(?m:a$)",
            r"[a",
            r"(a",
            r"a**",
            "a\\",
            r"\e",
        ),
        *("(?i)\u00e9", r"(?si)\xe9", r"(?i:a)\xE9", r"a(?i)b", r"\B", r"\_"),
    ],
)
def test_a_pattern_that_is_not_in_both_dialects_is_refused(pattern: str) -> None:
    with pytest.raises(CelError, match="in the pattern: "):
        check(["method", 0, "matches", [["string", 0, "a"], ["string", 7, pattern]]], {})
    with pytest.raises(EvalError):
        compiled(parse("'a'.matches(p)"))({"p": pattern})


def test_own_functions_can_be_given() -> None:
    with pytest.raises(CelError, match="there is no function 'lower'"):
        check(parse("lower('A')"), {}, {})


def test_a_tree_that_nothing_made_is_refused() -> None:
    for tree in (["**", 3, [], []], ["loop", 3, "any", ["list", 0, []], "x", ["bool", 0, True], None]):
        with pytest.raises(CelError):
            compiled(tree)
    for text in ("f()", "a.f()", "min(1)", "matches('a')", "a.size(1)"):
        with pytest.raises(CelError):
            compiled(parse(text))


@pytest.mark.parametrize(
    ("text", "routes"),
    [
        ("env.X > 0", ["env.X"]),
        ("env.X > 0 && has(set.Y) && text.a.b == 's'", ["env.X", "set.Y", "text.a.b"]),
        ("has(set.Y)", ["set.Y"]),
        ("!has(set.Y)", []),
        ("!has(set.Y.z)", []),
        ("!(has(set.Y) || env.X > 0)", ["env.X"]),
        ("!(!has(set.Y) || env.X > 0)", ["env.X", "set.Y"]),
        ("!(has(set.Y) && env.X > 0)", []),
        ("env.X > 0 || has(set.Y)", []),
        ("env.X > 0 || env.X < 0 && p", ["env.X"]),
        ("p ? env.X > 0 : env.Y > 0", []),
        ("env.P ? env.X > 0 : env.X < 0", ["env.P", "env.X"]),
        ("(env.P ? env.X : env.Y) > 0", ["env.P"]),
        ("l.exists(x, x.y == env.X)", []),
        ("surface.l.exists(x, x.y == env.X)", ["surface.l"]),
        ("size(env.X) > 0 && env.L[cni.i] in [env.Z] && {'a': env.Q}.a", ["cni.i", "env.L", "env.Q", "env.X", "env.Z"]),
        ("env.X.startsWith(env.Y)", ["env.X", "env.Y"]),
        ("object['spec'].x", []),
        ("object.a['spec'].x == -env.Y", ["env.Y", "object.a"]),
        (".env.X == 1", ["env.X"]),
        ("(env.P && env.Q) == true", []),
        ("p", []),
        ("true", []),
    ],
)
def test_required_routes(text: str, routes: list[str]) -> None:
    assert requires(parse(text)) == routes


ROUTED = """
env.a == 1|env.b|has(env.a)|has(set.b)|has(set.c.d)|set.c.d == 1|p
[env.a].exists(x, x == 1)|l.all(env, env.a == 1)|env.a in [set.a]
""".strip().replace("\n", "|")


def _routed(source: random.Random, depth: int) -> str:
    form = source.choice(["&&", "||", "!", "?", "==", ""]) if depth else ""
    if not form:
        return source.choice(ROUTED.split("|"))
    if form == "!":
        return f"!({_routed(source, depth - 1)})"
    one, other, third = (_routed(source, depth - 1) for _ in range(3))
    return f"({one} ? {other} : {third})" if form == "?" else f"({one} {form} {other})"


def _present(activation: dict[str, Any], route: str) -> bool:
    value: Any = activation
    for key in route.split("."):
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def test_no_expression_is_true_while_a_required_route_is_absent() -> None:
    source = random.Random(5)  # noqa: S311 - a reproducible test
    gated = 0
    for _ in range(6_000):
        ast = parse(_routed(source, 3))
        activation = {
            "env": {key: source.choice([0, 1, True, False]) for key in "ab" if source.random() < 0.6},
            "set": {key: source.choice([1, {"d": 1}, {}]) for key in "abc" if source.random() < 0.6},
            "p": source.random() < 0.5,
            "l": [{"a": 1}] * source.randint(0, 1),
        }
        if _outcome(compiled(ast), activation) is True:
            gated += bool(requires(ast))
            assert all(_present(activation, route) for route in requires(ast))
    assert gated > 300


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{s} is {a}", "str is 1"),
        ("{{{a}}}", "{1}"),
        ("{{a}}", "{a}"),
        ('{has(b.k) ? "a}" : "b"}', "a}"),
        ("{ {'a': {'b': 2}}.a.b }!", "2!"),
        ("{y} {d} {z} {c}", "true 1.5 null 1, 2, x"),
        ("{[y, [a]]}", "true, 1"),
        ("{'''}'''}{r'\\}'}", "}\\}"),
    ],
)
def test_template(text: str, message: str) -> None:
    parts = template(text)
    assert json.loads(json.dumps(parts)) == parts
    assert rendered(parts, ACTIVATION) == message


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("a } b", 2, "'}' closes nothing; write '}}' for a brace"),
        ("a {b", 4, "the expression is not closed; '}' ends it"),
        ("a {b + }", 7, "expected a value: a literal, a name, '(', '[' or '{', found the end"),
        ("a {}", 3, "expected a value: a literal, a name, '(', '[' or '{', found the end"),
        ("a {b c} d", 5, "expected an operator or the end, found 'c'"),
    ],
)
def test_template_error(text: str, offset: int, message: str) -> None:
    with pytest.raises(CelError) as caught:
        template(text)
    assert (caught.value.offset, caught.value.message) == (offset, message)


def test_what_cannot_be_shown_is_an_error() -> None:
    for text, error in (("{b}", EvalError), ("{env.U}", Unknown), ("{env.L}", Unknown), ("{b.q}", EvalError)):
        with pytest.raises(error):
            rendered(template(text), ACTIVATION)


def test_evaluation_loads_neither_parser_nor_checker() -> None:
    code = "import sys, cnilint.cel.evaluate, cnilint.cel.requires, cnilint.cel.messages; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert "cnilint.cel.evaluate" in loaded
    unwanted = {f"cnilint.cel.{name}" for name in ("parse", "tokens", "check", "overloads", "kinds", "regexp")}
    assert not loaded & (unwanted | {"json", "dataclasses", "pathlib", "difflib"})


def test_the_page_lists_every_function() -> None:
    page = (ROOT / "docs" / "expressions.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)\((.*)\)` \| `(.*)` \| (.*) \|$", page, re.MULTILINE)
    assert rows == [
        (each.name, ", ".join(map(shown, each.parameters)), shown(each.result), each.description)
        for each in FUNCTIONS.values()
    ]


def test_every_example_of_the_page_is_a_condition() -> None:
    page = (ROOT / "docs" / "expressions.md").read_text(encoding="utf-8")
    examples = [
        each for block in re.findall(r"```cel\n(.*?)```", page, re.DOTALL) for each in block.strip().split("\n")
    ]
    assert len(examples) > 5
    for example in examples:
        assert check(parse(example), vocabulary()) in {"bool", "dyn"}


def test_a_suggestion_is_made_only_where_one_is_near() -> None:
    assert errors.suggestion("verson", ["version", "x"]) == "; did you mean 'version'?"
    assert errors.suggestion("qqq", ["version", "x"]) == ""
