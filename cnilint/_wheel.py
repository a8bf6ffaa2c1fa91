"""The build hook that puts the compiled catalogue of rules inside the wheel; a wrong rule breaks the build."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledRules(BuildHookInterface[Any]):
    """Compile rules/ to cnilint/rules.json."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the catalogue; an editable install reads the YAML instead."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from cnilint.rule import compiled, folder  # noqa: PLC0415  # importable only once the root is on the path

        handle, path = tempfile.mkstemp(suffix=".json")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(compiled(folder(os.path.join(self.root, "rules"))), file, separators=(",", ":"))
        build_data["force_include"][path] = "cnilint/rules.json"
