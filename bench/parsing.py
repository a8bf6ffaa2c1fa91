"""Do nothing but parse: ``python parsing.py read|raw|nodes PATH...``, a path being a file or a folder of them.

``read`` only reads the files; ``raw`` lets libyaml scan and parse without a Python object; ``nodes`` composes
ruamel.yaml's nodes, which keep their places, and resolves no tag. What libyaml refuses (a template, say) costs what it
costs up to there. Standard output gets the number of bytes and of refused files.
"""

import os
import sys

from _ruamel_yaml import CParser
from ruamel.yaml.error import YAMLError
from ruamel.yaml.tag import Tag

IMPLICIT = Tag(suffix="?")


class Parser(CParser):  # type: ignore[misc]  # a C type without stubs
    """libyaml's parser composing nodes whose tags are left open."""

    def descend_resolver(self, _parent: object, _index: object) -> None:
        """Take no note of the path."""

    def ascend_resolver(self) -> None:
        """Take no note of the path."""

    def resolve(self, _kind: object, _value: object, _implicit: object) -> Tag:
        """Leave the tag open."""
        return IMPLICIT


def raw(content: bytes) -> None:
    """Let libyaml alone parse it."""
    CParser(content).raw_parse()


def read(_content: bytes) -> None:
    """Leave it at that."""


def nodes(content: bytes) -> None:
    """Compose every document, and keep none."""
    parser = Parser(content.decode())
    while parser.check_node():
        parser.get_node()


def main() -> None:
    """Parse each file."""
    parse = {"read": read, "raw": raw, "nodes": nodes}[sys.argv[1]]
    size = refused = 0
    for path in sys.argv[2:]:
        walk = sorted(os.walk(path)) if os.path.isdir(path) else [("", [], [path])]
        for folder, _, names in walk:
            for name in sorted(names):
                with open(os.path.join(folder, name), "rb") as file:
                    content = file.read()
                size += len(content)
                try:
                    parse(content)
                except YAMLError:
                    refused += 1
    sys.stdout.write(f"{size} {refused}\n")


main()
