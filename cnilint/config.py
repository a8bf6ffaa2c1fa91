"""The configuration: ``.cnilint.yaml``, or ``[tool.cnilint]`` in pyproject.toml, found upwards from a folder.

schemas/config.schema.json says what may stand in it; its titles end the sentence "... but must be" of an error.
"""

from __future__ import annotations

import os.path
import re
from functools import reduce
from itertools import compress
from typing import TYPE_CHECKING, Any, Final, cast

from cnilint.errors import ConfigError, SourceError
from cnilint.files import Patterns, absolute, content
from cnilint.paths import shipped
from cnilint.record import NamedTuple
from cnilint.source.plain import Plain, child, entry
from cnilint.source.text import Text, decoded
from cnilint.source.yaml import MappingNode, Node, documents

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jsonschema import ValidationError

NAMES: Final = (".cnilint.yaml", ".cnilint.yml", "pyproject.toml")
DEFAULT_LIMITS: Final[dict[str, int]] = {"warmIpTarget": 5}  # the schema tells what each is for


class Settings(NamedTuple):
    """What is in force for a file: None or empty where nothing is said."""

    rules: dict[str, str]
    instance_types: tuple[str, ...]
    cni: str | None
    kubernetes: str | None
    managed: bool | None
    max_pods: int | None
    pods_per_node: int | None
    limits: dict[str, int]
    kind: str | None = None
    subnets: tuple[str | int, ...] = ()
    nodes: int | None = None


class Override(NamedTuple):
    """What is said of some files alone."""

    files: Patterns
    settings: Settings


class Config(NamedTuple):
    """A configuration and its file, "" where there is none; ``merged`` keeps what overrides came to together.

    The first of the ``overrides`` are what is said of the ``clusters``: patterns of the files of each.
    """

    path: str
    root: str
    settings: Settings
    policies: tuple[str, ...]
    include: Patterns
    exclude: Patterns
    overrides: tuple[Override, ...]
    merged: dict[tuple[bool, ...], Settings]
    clusters: tuple[Patterns, ...] = ()
    instances: Mapping[str, Mapping[str, Any]] = {}

    def cluster(self, path: str) -> int | None:
        """Return the number of the first cluster that a file is part of, None where it is part of none."""
        if not self.clusters:
            return None
        real = absolute(path)
        return next((number for number, files in enumerate(self.clusters) if files.covers(real)), None)


def found(start: str) -> Config:
    """Return the configuration of the nearest folder from ``start`` upwards, an empty one where none has any."""
    folder, below = os.path.abspath(start), ""
    while folder != below:
        for path in (os.path.join(folder, name) for name in NAMES):
            if os.path.lexists(path) and (not path.endswith(".toml") or _source(path).data is not None):
                return read(path)
        folder, below = os.path.dirname(folder), folder
    return EMPTY._replace(root=os.path.realpath(start))


def read(path: str) -> Config:
    """Return the configuration that a file holds. Raises ConfigError, with the place, for whatever is wrong with it."""
    source = _source(path)
    if source.data is None:
        raise source.error("holds no [tool.cnilint]")
    _validate(source)
    config = _config(path, os.path.realpath(os.path.dirname(path)), source.data)
    for index, folder in enumerate(config.policies):
        if not os.path.isdir(folder):
            raise source.error(f"is no folder: {folder}", ("policies", index))
    return config


def in_force(config: Config, path: str) -> Settings:
    """Return the settings for a file: the same object wherever the same overrides apply."""
    if not config.overrides:
        return config.settings
    real = absolute(path)
    own, count = config.cluster(path), len(config.clusters)
    applying = (
        *(number == own for number in range(count)),
        *(override.files.covers(real) for override in config.overrides[count:]),
    )
    if applying not in config.merged:
        later = (override.settings for override in compress(config.overrides, applying))
        config.merged[applying] = reduce(_over, later, config.settings)
    return config.merged[applying]


def complaint(config: Config, message: str, keys: Sequence[str | int], *, at_key: bool = True) -> ConfigError:
    """Return the error about a key of the configuration, or its value, of which its schema knows nothing."""
    return _source(config.path).error(message, keys, at_key=at_key)


def excluded(config: Config, path: str) -> bool:
    """Tell whether a file is passed over even where it is named."""
    return config.exclude.covers(absolute(path))


def _config(path: str, root: str, data: Mapping[str, Any]) -> Config:
    settings = _settings(data)
    clusters = tuple(Override(Patterns(root, item["files"]), _settings(item)) for item in data.get("clusters", ()))
    overrides = tuple(Override(Patterns(root, item["files"]), _settings(item)) for item in data.get("overrides", ()))
    return Config(
        path,
        root,
        settings._replace(limits={**DEFAULT_LIMITS, **settings.limits}),
        tuple(os.path.normpath(os.path.join(root, folder)) for folder in data.get("policies", ())),
        Patterns(root, data.get("include", ())),
        Patterns(root, data.get("exclude", ())),
        clusters + overrides,
        {},
        tuple(cluster.files for cluster in clusters),
        data.get("instances", {}),
    )


def _settings(data: Mapping[str, Any]) -> Settings:
    return Settings(
        {name: level or "off" for name, level in data.get("rules", {}).items()},  # YAML reads an unquoted off as false
        tuple(data.get("instanceTypes", ())),
        data.get("cni"),
        data.get("kubernetes"),
        data.get("managed"),
        data.get("maxPods") and int(data["maxPods"]),  # 110.0 is a whole number too
        data.get("podsPerNode") and int(data["podsPerNode"]),
        {name: int(limit) for name, limit in data.get("limits", {}).items()},
        data.get("as"),
        tuple(room if isinstance(room, str) else int(room) for room in data.get("subnets", ())),
        data.get("nodes") and int(data["nodes"]),
    )


def _over(settings: Settings, later: Settings) -> Settings:
    said = {name: value for name, value in later._asdict().items() if value not in (None, ())}
    return settings._replace(**said | {"rules": settings.rules | later.rules, "limits": settings.limits | later.limits})


EMPTY: Final = _config("", "", {})


class _Source(NamedTuple):
    """A configuration file: its text, its data (None where pyproject.toml holds none) and, of YAML, its root node."""

    text: Text
    data: Any
    root: Node | None = None

    def error(self, message: str, keys: Sequence[str | int] = (), *, at_key: bool = False) -> ConfigError:
        """Return the error about the value, or the key, that the keys lead to."""
        offset = _offset(self.root, keys, at_key=at_key) if self.root else _toml_offset(self.text.content, keys)
        name = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")
        subject = f"`{name}`" if name else "the configuration"
        return ConfigError(f"{subject} {message}", self.text.path, *self.text.position(offset))


def _source(path: str) -> _Source:
    try:
        text = decoded(content(path), path)
        if not path.endswith(".toml"):
            return _yaml(text)
        return _toml(text) if "cnilint" in text.content else _Source(text, None)
    except SourceError as error:
        raise ConfigError(error.message, error.path, error.line, error.column) from None


def _yaml(text: Text) -> _Source:
    roots, plain = [*documents(text)], Plain(text)
    data = _verbatim(plain.data(roots[0]), roots[0]) if roots else None
    if plain.repeated or len(roots) > 1:
        wrong = plain.repeated[0].last if plain.repeated else roots[1]
        message = f"`{plain.repeated[0].key}` is written twice" if plain.repeated else "more than one YAML document"
        raise ConfigError(message, text.path, *text.position(wrong.start_mark.index))
    return _Source(text, {} if data is None else data, roots[0] if roots else None)


def _toml(text: Text) -> _Source:
    import tomllib  # noqa: PLC0415  # few configurations are TOML

    try:
        tool = tomllib.loads(text.content, parse_float=str).get("tool")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        message, _, place = str(error).partition(" (at ")
        line, column = map(int, re.findall(r"\d+", place)) if "," in place else (len(text.starts), 1)
        raise ConfigError(f"not TOML: {message}", text.path, line, column) from None
    return _Source(text, _verbatim(tool.get("cnilint")) if isinstance(tool, dict) else None)


def _verbatim(data: object, node: Node | None = None) -> object:
    """Return the data with versions of Kubernetes that read as numbers as they are written: 1.30, not 1.3."""
    if isinstance(data, dict):
        if isinstance(data.get("kubernetes"), int | float):
            written = child(node, "kubernetes")
            data["kubernetes"] = str(written.value if written else data["kubernetes"])
        for key in ("clusters", "overrides"):
            listed = data.get(key)
            for index, item in enumerate(listed if isinstance(listed, list) else ()):
                _verbatim(item, child(child(node, key), index))
    return data


def _offset(node: Node, keys: Sequence[str | int], *, at_key: bool) -> int:
    """Return where the value or the key starts that the keys lead to, or what is nearest to it."""
    for key in keys[:-1] if at_key else keys:
        node = child(node, key) or node
    pair = entry(node, keys[-1]) if at_key and isinstance(node, MappingNode) else None
    return int((pair[0] if pair else node).start_mark.index)


def _toml_offset(text: str, keys: Sequence[str | int]) -> int:
    """Return where the last of the keys seems to be written."""
    table = re.search(r"\btool\b.*\bcnilint\b", text)
    start, end = table.span() if table else (0, 0)
    pattern = ""
    for key in keys:
        pattern = pattern if isinstance(key, int) else rf"(?<![\w-]){re.escape(key)}(?=[\"']?\s*[=.\]])"
        for _ in range(key if isinstance(key, int) else 1):
            written = re.compile(pattern).search(text, end)
            start, end = written.span() if written else (start, end)
    return start


def _validate(source: _Source) -> None:
    import json  # noqa: PLC0415  # a run without a configuration needs neither

    from jsonschema import Draft202012Validator  # noqa: PLC0415

    with open(os.path.join(shipped("schemas"), "config.schema.json"), encoding="utf-8") as file:
        validator = Draft202012Validator(json.load(file))
    errors = [_refusal(source, error) for error in validator.iter_errors(source.data)]
    if errors:
        raise min(errors, key=lambda error: (error.line, error.column))


def _refusal(source: _Source, error: ValidationError) -> ConfigError:
    from difflib import get_close_matches  # noqa: PLC0415  # only for the message of an error

    keys, schema = [*error.absolute_path], cast("dict[str, Any]", error.schema)
    if error.validator == "required":
        present = cast("dict[str, Any]", error.instance)
        missing = next(name for name in cast("list[str]", error.validator_value) if name not in present)
        return source.error(f"has no `{missing}`", keys)
    if error.validator != "additionalProperties":
        return source.error(f"is {_shown(error.instance)}, but must be {schema['title']}", keys)
    known = {name.lower(): name for name in schema["properties"]}
    wrong = next(key for key in cast("dict[str, Any]", error.instance) if key not in known.values())
    close = get_close_matches(re.sub(r"[-_]", "", wrong.lower()), known, n=1, cutoff=0.7)
    hint = f"did you mean `{known[close[0]]}`?" if close else f"there are {', '.join(known.values())}"
    return source.error(f"is no key of the configuration; {hint}", [*keys, wrong], at_key=True)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return f"{str(value).lower()} (as YAML reads {'on and yes' if value else 'off and no'})"
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list" if value else "an empty list"
    return "empty" if value is None else repr(value)
