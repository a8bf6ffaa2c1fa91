"""The build hook that puts the compiled catalogue of rules inside the wheel; a wrong rule breaks the build."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledRules(BuildHookInterface[Any]):
    """Compile rules/ to cnilint/rules.jsonl, and the variables' schema to the table that loads fast."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the catalogue; an editable install reads the YAML instead."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from cnilint.knowledge.variables import compact  # noqa: PLC0415  # importable only once the root is on the path
        from cnilint.rule import compiled, folder  # noqa: PLC0415

        with open(os.path.join(self.root, "schemas", "aws-node.schema.json"), encoding="utf-8") as file:
            variables = json.dumps(compact(json.load(file)), separators=(",", ":"))
        rules = compiled(folder(os.path.join(self.root, "rules")))
        for name, content in (("rules.jsonl", rules), ("knowledge/variables.json", variables)):
            handle, path = tempfile.mkstemp()
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(content)
            build_data["force_include"][path] = f"cnilint/{name}"
