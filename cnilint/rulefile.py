"""One rule file: its keys, expressions, routes and examples, each error at its place in the file."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Final, NoReturn

from cnilint.cel.check import check
from cnilint.cel.errors import CelError
from cnilint.cel.messages import template
from cnilint.cel.parse import parse
from cnilint.errors import RuleError, SourceError
from cnilint.finding import EFFECTS, SEVERITIES
from cnilint.gate import gate
from cnilint.knowledge.vocabulary import environment, vocabulary
from cnilint.rule import VERBS, Example, Rule
from cnilint.source.plain import Plain, entry
from cnilint.source.text import Text, decoded
from cnilint.source.yaml import MappingNode, Node, documents

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cnilint.cel.messages import Template
    from cnilint.cel.nodes import Ast

_REQUIRED: Final = (
    "id",
    "severity",
    "effect",
    "since",
    "summary",
    "why",
    "fix",
    "references",
    "at",
    "message",
    "good",
    "bad",
)
_OPTIONAL: Final = ("each", "when", "lower", "also", "edit", "category", "optional")
_ID: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*\Z")
_STEP: Final = re.compile(r"[^.\[\]]+|\[[^\]]*\]")
_EACH: Final = re.compile(r"\s*([A-Za-z_]\w*)\s+in\s+(.+)", re.DOTALL)
_CONTAINERS: Final = {"set": "aws-node", "init": "aws-vpc-cni-init", "helper": "cni-metrics-helper"}
# What the first step of a route may be besides an element's variable.
_ROOTS: Final = ("set", "init", "helper", "agent", "configMap", "object", "values", "surface")
_GIVEN: Final = (
    *("file", "cni", "kubernetes", "managed", "instanceTypes", "maxPods", "podsPerNode", "subnets", "nodes", "limits"),
)


def read(path: str) -> Rule:
    """Return the rule that a file holds. Raises RuleError, with the place, for whatever is wrong with it."""
    try:
        with open(path, "rb") as file:
            text = decoded(file.read(), path)
        return parsed(text)
    except OSError as error:
        raise RuleError(f"cannot be read: {error.strerror}", path) from None
    except SourceError as error:
        raise RuleError(error.message, error.path, error.line, error.column) from None


def parsed(text: Text) -> Rule:
    """Return the rule that a text holds. The id must be the file's name, the category is its folder's."""
    roots = list(documents(text))
    if len(roots) != 1 or not isinstance(roots[0], MappingNode):
        raise RuleError("a rule file holds one mapping", text.path, 1, 1)
    return _Reader(text, roots[0]).rule()


class _Reader:
    """The parts of a rule file, taken one by one; whatever is wrong is raised with its place."""

    def __init__(self, text: Text, root: MappingNode) -> None:
        self.text = text
        self.root = root
        plain = Plain(text)
        self.data: dict[str, Any] = plain.data(root)  # type: ignore[assignment]  # a MappingNode is a dict
        if plain.repeated:
            self.fail(f"the key {plain.repeated[0].key} stands twice", plain.repeated[0].last)
        self.names: dict[str, Any] = dict(vocabulary())

    def rule(self) -> Rule:
        """Return the rule."""
        self.keys()
        each = self.each()
        when = self.expression("when", "bool") if "when" in self.data else None
        stem = os.path.splitext(os.path.basename(self.text.path))[0]
        name = self.string("id")
        if not _ID.match(name) or (name != stem and self.text.path != "<string>"):
            self.fail(f"the id {name!r} must be kebab-case and the file's name, {stem!r}", "id")
        folder = os.path.basename(os.path.dirname(os.path.abspath(self.text.path)))
        return Rule(
            name,
            str(self.data.get("category", folder)),
            self.word("severity", SEVERITIES),
            gate(each, when),
            self.switch("optional"),
            self.word("effect", EFFECTS),
            self.string("since"),
            self.string("summary").strip(),
            self.string("why").strip(),
            self.string("fix").strip(),
            self.references(),
            each,
            when,
            self.lower(),
            self.routes("at"),
            self.routes("also"),
            self.template(self.string("message").strip(), "message"),
            self.edit(),
            tuple(self.example(item, index, "good") for index, item in enumerate(self.examples("good"))),
            tuple(self.example(item, index, "bad") for index, item in enumerate(self.examples("bad"))),
            self.text.path,
        )

    def fail(self, message: str, place: Node | str, offset: int = 0) -> NoReturn:
        """Raise a RuleError at a node, or at the value of a key."""
        node = self.node(place) if isinstance(place, str) else place
        start = node.start_mark.index if node is not None else 0
        content = self.text.content
        if offset and content[start : start + 1] not in "|>":
            start += offset + (content[start] in "'\"")
        line, column = self.text.position(start)
        raise RuleError(message, self.text.path, line, column)

    def node(self, key: str) -> Node | None:
        """Return the node of a key's value."""
        pair = entry(self.root, key)
        return pair[1] if pair else None

    def keys(self) -> None:
        """Check that the keys are those of a rule."""
        for key in self.data:
            if key not in (*_REQUIRED, *_OPTIONAL):
                self.fail(f"a rule has no key {key!r}; its keys are {', '.join((*_REQUIRED, *_OPTIONAL))}", key)
        for key in _REQUIRED:
            if key not in self.data:
                self.fail(f"a rule needs the key {key!r}", self.root)

    def string(self, key: str) -> str:
        """Return a key's text."""
        value = self.data[key]
        if not isinstance(value, str) or not value.strip():
            self.fail(f"{key} must be a text", key)
        return value

    def word(self, key: str, words: tuple[str, ...]) -> str:
        """Return a key's word, one of these."""
        value = self.string(key)
        if value not in words:
            self.fail(f"{key} must be one of {', '.join(words)}, not {value!r}", key)
        return value

    def switch(self, key: str) -> bool:
        """Return whether a key is on; it is off where it is left out."""
        value = self.data.get(key, False)
        if not isinstance(value, bool):
            self.fail(f"{key} must be true or false", key)
        return value

    def references(self) -> tuple[str, ...]:
        """Return the pages that say more."""
        found = self.data["references"]
        if not isinstance(found, list) or not found or not all(isinstance(item, str) for item in found):
            self.fail("references must be a list of one or more addresses", "references")
        return tuple(found)

    def expression(self, key: str, wanted: str, source: str | None = None) -> Ast:
        """Return a key's expression, parsed and checked."""
        source = self.string(key) if source is None else source
        return self.checked(source, wanted, key)

    def checked(self, source: str, wanted: str, key: str) -> Ast:
        """Return an expression that was parsed and whose names and type were checked."""
        try:
            ast = parse(source)
            kind = check(ast, self.names)
        except CelError as error:
            self.fail(f"in {key}: {error.message}", key, error.offset)
        if wanted not in ("any", kind) and kind != "dyn":
            self.fail(f"{key} must be of type {wanted}, and is of type {kind}", key)
        return ast

    def each(self) -> tuple[str, Ast] | None:
        """Return the variable and the list a rule runs over, and make the variable known."""
        if "each" not in self.data:
            return None
        found = _EACH.match(self.string("each"))
        if not found:
            self.fail("each must read `variable in list`", "each")
        source = found[2]
        try:
            ast = parse(source)
            kind = check(ast, self.names)
        except CelError as error:
            self.fail(f"in each: {error.message}", "each", found.start(2) + error.offset)
        if not isinstance(kind, tuple) or kind[0] != "list":
            self.fail(f"each must run over a list, and {source} is of type {kind}", "each")
        self.names[found[1]] = kind[1]
        return found[1], ast

    def lower(self) -> tuple[str, Ast] | None:
        """Return the milder severity and when it holds."""
        found = self.data.get("lower")
        if found is None:
            return None
        if not isinstance(found, dict) or set(found) != {"to", "when"} or found["to"] not in SEVERITIES:
            self.fail("lower must be {to: a severity, when: a condition}", "lower")
        return found["to"], self.checked(str(found["when"]), "bool", "lower")

    def routes(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Return a key's routes: one, or a list."""
        found = self.data.get(key, [])
        routes = tuple(self.steps(item, key) for item in (found if isinstance(found, list) else [found]))
        if key == "at" and not routes:
            self.fail("at must be a route or a list of one or more", key)
        for route in routes:
            if route[0] not in _ROOTS and self.place(route) != "place":
                self.fail(f"{key}: {'.'.join(route)} is no place; an element's place is {route[0]}.at", key)
        return routes

    def place(self, route: tuple[str, ...]) -> object:
        """Return the type of a field of an element."""
        kind = self.names[route[0]]
        fields = kind[1] if isinstance(kind, tuple) and kind[0] == "object" else {}
        return fields.get(route[-1]) if len(route) > 1 else None

    def steps(self, route: object, key: str) -> tuple[str, ...]:
        """Return the steps of ``set.X``, ``object.spec.template``, ``m.at``; one in brackets is a name or an index."""
        if not isinstance(route, str):
            self.fail(f"{key} must be a route such as set.WARM_IP_TARGET", key)
        steps = tuple(step.strip("[]\"'") for step in _STEP.findall(route))
        roots = (*_ROOTS, *(name for name in self.names if name not in vocabulary()))
        if not steps or steps[0] not in roots:
            self.fail(f"{key}: the route {route!r} must start with one of {', '.join(roots)}", key)
        container = _CONTAINERS.get(steps[0])
        if container and steps[-1] not in environment(container)["set"][1]:
            self.fail(f"{key}: {steps[-1]} is no variable of that container", key)
        return steps

    def template(self, source: str, key: str) -> Template:
        """Return a text with expressions in braces, each checked."""
        try:
            found = template(source)
            for part in found:
                if not isinstance(part, str):
                    check(part, self.names)
        except CelError as error:
            self.fail(f"in {key}: {error.message}", key)
        return found

    def edit(self) -> tuple[str, tuple[str, ...], Template] | None:
        """Return the verb of the edit, the route it works on, and the text it writes."""
        found = self.data.get("edit")
        if found is None:
            return None
        verb = next(iter(found), "") if isinstance(found, dict) else ""
        if verb not in VERBS or set(found) - {verb, "to"} or ("to" in found) != (verb in ("set", "rename")):
            self.fail(
                "edit must be {remove: route}, {quote: route}, {set: route, to: text} or {rename: route, to: text}",
                "edit",
            )
        return verb, self.steps(found[verb], "edit"), self.template(str(found.get("to", "")), "edit")

    def examples(self, key: str) -> list[object]:
        """Return a key's examples: at least one."""
        found = self.data[key]
        if not isinstance(found, list) or not found:
            self.fail(f"{key} must be a list of one or more examples", key)
        return found

    def example(self, item: object, index: int, key: str) -> Example:
        """Return an example: a text, or a mapping with ``config`` and what the configuration would say."""
        node = self.node(key).value[index]  # type: ignore[union-attr]  # ``examples`` saw a list
        line = self.text.position(node.start_mark.index)[0]
        if isinstance(item, str):
            item = {"config": item}
        allowed = ("config", "given", "finds", "fixed")
        if not isinstance(item, dict) or not isinstance(item.get("config"), str) or set(item) - set(allowed):
            self.fail(f"an example is a text or a mapping of {', '.join(allowed)}", node)
        given, finds = item.get("given", {}), item.get("finds", [])
        if not isinstance(given, dict) or set(given) - set(_GIVEN):
            self.fail(f"given must be a mapping of {', '.join(_GIVEN)}", node)
        if not isinstance(finds, list) or bool(finds) != (key == "bad"):
            self.fail(
                "a bad example says in `finds` what is found, as `line:column message`; a good one has none", node
            )
        return Example(str(item["config"]), given, tuple(map(str, finds)), _optional(item, "fixed"), line)


def _optional(item: Mapping[str, object], key: str) -> str | None:
    found = item.get(key)
    return None if found is None else str(found)
