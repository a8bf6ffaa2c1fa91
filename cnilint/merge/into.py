"""Settings put into a text: a manifest with its comments and its layout, or values of the chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilint.choices.flat import leaves
from cnilint.choices.model import REMOVED
from cnilint.convert.writing import yaml
from cnilint.edit import Edit, fixed, removal
from cnilint.knowledge.flags import parsed
from cnilint.merge.put import added, put, scalar, taken, trail
from cnilint.merge.routes import DAEMONSET, ROLE, container, found, route
from cnilint.source.plain import Plain, child
from cnilint.source.text import Text
from cnilint.source.yaml import ScalarNode, SequenceNode, documents
from cnilint.surface.model import AGENT, items, mapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnilint.choices.model import Choice
    from cnilint.merge.put import Step
    from cnilint.source.yaml import Node

Grants = dict[str, list[str]]

# Lists of values to which items are added by these keys.
_ADDED: Final = {"extraEnv": "name", "extraVolumes": "name", "extraVolumeMounts": "mountPath"}


class Draft:
    """A text while it is changed, edit by edit; ``inits`` are its init containers."""

    def __init__(self, text: Text, inits: Iterable[str] = ()) -> None:
        self.text = text
        self.inits = frozenset(inits)

    def change(self, edit: Edit | None) -> bool:
        """Apply an edit; tell whether there was one."""
        if edit is not None:
            self.text = Text(fixed(self.text.content, [edit]), self.text.path, self.text.encoding, self.text.bom)
        return edit is not None

    def put(self, choice: Choice) -> bool:
        """Put a choice into the manifest; tell whether the text allows it. It is read back later all the same."""
        path, value = choice.path, choice.value
        if path[0] == "flag":
            return self._flag(path[1], value)
        if path[0] == "container" and isinstance(value, dict):
            self.inits |= {path[1]} if value.get("init") else frozenset()
            value = {key: item for key, item in value.items() if key != "init"}
        place = route(path, self.inits)
        root = found(self.text, place.object)
        if root is None:
            return path[0] == "eniConfig" and self._document(path[1], value)
        if value is REMOVED:
            return self.change(taken(self.text, root, place.steps))
        if path[0] == "env":
            return self._variable(root, place.steps, value)
        return self.change(put(self.text, root, place.steps, value))

    def _variable(self, root: Node, steps: Sequence[Step], value: object) -> bool:
        """Put a variable: its value alone where it has one already, else the whole entry."""
        if not isinstance(value, str):
            return self.change(put(self.text, root, steps, value))
        entry = _below(root, steps)
        own = child(entry, "value")
        simple = isinstance(own, ScalarNode) and child(entry, "valueFrom") is None
        if simple:
            return self.change(put(self.text, root, (*steps, "value"), value))
        return self.change(put(self.text, root, steps, {"value": value}))

    def _flag(self, name: str, value: object) -> bool:
        """Put a flag of the agent: in the place where it is, or behind the others."""
        root = found(self.text, DAEMONSET)
        steps = (*container(AGENT, self.inits), "args")
        args = _below(root, steps) if root is not None else None
        if root is None or not isinstance(args, SequenceNode) or not args.value:
            return (
                root is not None
                and value is not REMOVED
                and self.change(put(self.text, root, steps, [_arg(name, value)]))
            )
        words = [str(item.value) for item in args.value]
        number = parsed(words).places.get(name)
        if number is None:
            return value is not REMOVED and self.change(added(self.text, args, _arg(name, value)))
        apart = "=" not in words[number] and number + 1 < len(words) and not words[number + 1].startswith("-")
        kept = words[:number] + ([] if value is REMOVED else [_arg(name, value)]) + words[number + 1 + apart :]
        if apart or not kept:
            return self.change(put(self.text, root, steps, kept))
        if value is REMOVED:
            return self.change(removal(self.text, args, number))
        return self.change(scalar(self.text, args, args.value[number], _arg(name, value)))

    def _document(self, name: str, value: object) -> bool:
        """Add an ENIConfig as a document of its own; to a list of objects, or to JSON, nothing is added."""
        roots = [*documents(self.text)]
        if any(getattr(root, "flow_style", False) for root in roots):
            return False
        version = "crd.k8s.amazonaws.com/v1alpha1"
        data = {"apiVersion": version, "kind": "ENIConfig", "metadata": {"name": name}, "spec": value}
        content = self.text.content
        end = len(content)
        lead = "" if content.endswith("\n") else "\n"
        lead += "" if content.rstrip().endswith("\n---") else "---\n"
        return self.change(Edit(end, end, lead + yaml(data)))

    def grant(self, resource: str, verbs: Sequence[str]) -> bool:
        """Add a rule to the ClusterRole aws-node; tell whether there is one."""
        root = found(self.text, ROLE)
        rules = child(root, "rules")
        group, _, name = resource.partition("/")
        rule = {"apiGroups": ["" if group == "core" else group], "resources": [name], "verbs": [*verbs]}
        return rules is not None and self.change(added(self.text, rules, rule))


def _arg(name: str, value: object) -> str:
    return f"--{name}={value}"


def _below(root: Node | None, steps: Sequence[Step]) -> Node | None:
    """Return the node that steps lead to."""
    stops = trail(root, steps) if root is not None else []
    return stops[-1].node if stops and len(stops) == len(steps) else None


def values_into(text: Text, data: Mapping[str, object]) -> Text | None:
    """Return a text of values with others put in, key by key; None where the text does not allow one of them."""
    draft = Draft(text)
    for path, value in leaves((), data):
        root = next(documents(draft.text), None)
        if root is None:
            return None
        there: object = Plain(draft.text).data(root)
        for step in path:
            there = mapping(there).get(step, REMOVED)
        if len(path) == 1 and path[0] in _ADDED and isinstance(there, list):
            value = _joined(there, value, _ADDED[path[0]])  # noqa: PLW2901  # with what stands there
        if there != value and not draft.change(put(draft.text, root, path, value)):
            return None
    return draft.text


def _joined(there: list[object], more: object, key: str) -> list[object]:
    """Return two lists as one: of items with the same key the later."""
    fresh = [*items(more)]
    names = {str(item.get(key)) for item in fresh}
    return [*(item for item in there if str(mapping(item).get(key)) not in names), *fresh]
