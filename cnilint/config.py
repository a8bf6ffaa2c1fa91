"""The configuration: ``.cnilint.yaml``, or ``[tool.cnilint]`` in pyproject.toml, found upwards from a folder.

schemas/config.schema.json says what may stand in it; each of its titles ends the sentence "... but must be" of an error.
"""

from __future__ import annotations

import os.path
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnilint.errors import ConfigError, SourceError
from cnilint.files import Patterns, absolute, content
from cnilint.paths import shipped
from cnilint.source.text import Text, decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from jsonschema import ValidationError
    from ruamel.yaml.nodes import Node

NAMES: Final = (".cnilint.yaml", ".cnilint.yml")
PROJECT: Final = "pyproject.toml"

# Thresholds that a configuration may set; docs/configuration.md tells what each is for.
DEFAULT_LIMITS: Final[dict[str, int]] = {
    "warmIpTarget": 5,
}

_TABLE = re.compile(r"tool[\"' \t]*\.[\"' \t]*cnilint\b")
_TOML_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")


class Settings(NamedTuple):
    """What is in force for a file; None and empty where nothing is said."""

    rules: dict[str, str]
    instance_types: tuple[str, ...]
    cni: str | None
    kubernetes: str | None
    managed: bool | None
    max_pods: int | None
    pods_per_node: int | None
    limits: dict[str, int]


class Override(NamedTuple):
    """Settings for some of the files, with only what is written."""

    files: Patterns
    settings: Settings


class Config(NamedTuple):
    """A configuration file; its path is "" where there is none."""

    path: str
    root: str
    settings: Settings
    policies: tuple[str, ...]
    include: Patterns
    exclude: Patterns
    overrides: tuple[Override, ...]
    merged: dict[tuple[bool, ...], Settings]  # by the overrides that apply, so that the same are always one object


def found(start: str) -> Config:
    """Return the configuration of the nearest folder, from ``start`` upwards, that has one; an empty one where none has.

    Raises ConfigError for whatever is wrong with it.
    """
    folder = os.path.abspath(start)
    while (path := _configured(folder)) is None:
        folder, below = os.path.dirname(folder), folder
        if folder == below:
            return EMPTY._replace(root=absolute(start, follow=True))
    return read(path)


def _configured(folder: str) -> str | None:
    """Return the file that configures a folder."""
    for name in NAMES:
        if os.path.lexists(path := os.path.join(folder, name)):
            return path
    path = os.path.join(folder, PROJECT)
    return path if os.path.isfile(path) and _table(_text(path)) is not None else None


def read(path: str) -> Config:
    """Return the configuration that a file holds. Raises ConfigError for whatever is wrong with it."""
    text = _text(path)
    source = _toml(text) if path.endswith(".toml") else _yaml(text)
    _validate(source)
    root = absolute(os.path.dirname(os.path.abspath(path)), follow=True)
    config = _config(path, root, source.data)
    for index, folder in enumerate(config.policies):
        if not os.path.isdir(folder):
            raise source.error(f"no such folder: {source.data['policies'][index]}", ("policies", index))
    return config


def in_force(config: Config, path: str) -> Settings:
    """Return the settings for a file; the same object whenever the same overrides apply."""
    if not config.overrides:
        return config.settings
    real = absolute(path)
    applying = tuple(override.files.covers(real) for override in config.overrides)
    if applying not in config.merged:
        settings = config.settings
        for override, applies in zip(config.overrides, applying, strict=True):
            settings = _over(settings, override.settings) if applies else settings
        config.merged[applying] = settings
    return config.merged[applying]


def excluded(config: Config, path: str) -> bool:
    """Tell whether a file is passed over, even if it is named."""
    return config.exclude.covers(absolute(path))


def _config(path: str, root: str, data: Mapping[str, Any]) -> Config:
    settings = _settings(data)
    return Config(
        path,
        root,
        settings._replace(limits={**DEFAULT_LIMITS, **settings.limits}),
        tuple(os.path.normpath(os.path.join(root, folder)) for folder in data.get("policies", ())),
        Patterns(root, data.get("include", ())),
        Patterns(root, data.get("exclude", ())),
        tuple(Override(Patterns(root, item["files"]), _settings(item)) for item in data.get("overrides", ())),
        {},
    )


def _settings(data: Mapping[str, Any]) -> Settings:
    return Settings(
        {name: level or "off" for name, level in data.get("rules", {}).items()},  # YAML reads an unquoted off as false
        tuple(data.get("instanceTypes", ())),
        data.get("cni"),
        data.get("kubernetes"),
        data.get("managed"),
        int(data["maxPods"]) if "maxPods" in data else None,
        int(data["podsPerNode"]) if "podsPerNode" in data else None,
        {name: int(limit) for name, limit in data.get("limits", {}).items()},
    )


def _over(settings: Settings, later: Settings) -> Settings:
    said = {name: value for name, value in later._asdict().items() if value is not None and value != ()}
    return settings._replace(
        **{**said, "rules": {**settings.rules, **later.rules}, "limits": {**settings.limits, **later.limits}}
    )


EMPTY: Final = _config("", "", {})


class _Source(NamedTuple):
    """A configuration file's data, and its nodes unless it is TOML."""

    text: Text
    data: dict[str, Any]
    root: Node | None = None

    def error(self, message: str, keys: Sequence[str | int] = (), *, at_key: bool = False) -> ConfigError:
        """Return the error at the value (or the key) that the keys lead to."""
        offset = self._toml_offset(keys) if self.root is None else self._offset(self.root, keys, at_key=at_key)
        name = re.sub(r"^\.", "", "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys))
        place = self.text.position(offset)
        return ConfigError(f"`{name}` {message}" if name and not at_key else message, self.text.path, *place)
