"""Names that somebody wrote, of rules and instance types: those there are, or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilint.config import Config, Settings, complaint
from cnilint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnilint.rule import AnyRule


def chosen(rules: Iterable[AnyRule], select: Sequence[str], ignore: Sequence[str]) -> tuple[AnyRule, ...]:
    """Return the rules whose id or category is selected (all where nothing is) and not ignored.

    Raises ConfigError for a name that no rule bears.
    """
    every = tuple(rules)
    names = {name for rule in every for name in (rule.id, rule.category)}
    for name in (*select, *ignore):
        if name not in names:
            raise ConfigError(f"no rule or category is called {name!r}{hint(name, names)}")
    return tuple(
        rule
        for rule in every
        if (not select or {rule.id, rule.category} & set(select)) and not {rule.id, rule.category} & set(ignore)
    )


def waiting(rules: Iterable[AnyRule], select: Sequence[str]) -> frozenset[str]:
    """Return the ids of the optional rules that nobody selected, by id or category."""
    optional = (rule for rule in rules if rule.optional)
    return frozenset(rule.id for rule in optional if not {rule.id, rule.category} & set(select))


def hint(name: str, names: Iterable[str]) -> str:
    """Return what to say behind a name that is not there."""
    from difflib import get_close_matches  # noqa: PLC0415  # only for the message of an error

    close = get_close_matches(name, sorted(names), n=3)
    return f"; did you mean {' or '.join(close)}?" if close else "; `cnilint rules` lists them"


def check_settings(config: Config, names: set[str]) -> None:
    """Raise ConfigError, with its place, for a name in the configuration's levels that no rule bears."""
    for keys, settings in _parts(config):
        for name in settings.rules:
            if name not in names:
                raise complaint(config, f"names no rule or category{hint(name, names)}", (*keys, "rules", name))


def check_types(config: Config, asked: Sequence[str]) -> None:
    """Raise ConfigError, in the configuration with its place, for an instance type that nobody knows."""
    named = [
        (name, (*keys, "instanceTypes", number))
        for keys, settings in _parts(config)
        for number, name in enumerate(settings.instance_types)
    ]
    if not named and not asked and not config.instances:
        return
    from cnilint.knowledge.instances import instance, tell, unknown  # noqa: PLC0415  # 70 KB that few runs need

    tell(config.instances)
    for name in asked:
        if instance(name) is None:
            raise ConfigError(unknown(name))
    for name, where in named:
        if instance(name) is None:
            raise complaint(config, f"is an {unknown(name)}", where, at_key=False)


def check_subnets(config: Config) -> None:
    """Raise ConfigError, with its place, for an IPv4 block in the configuration that is no subnet."""
    for keys, settings in _parts(config):
        for number, cidr in enumerate(settings.subnets):
            if isinstance(cidr, str):
                from cnilint.capacity.subnet import subnet  # noqa: PLC0415  # few configurations tell subnets

                try:
                    subnet(cidr)
                except ConfigError as error:
                    where = (*keys, "subnets", number)
                    raise complaint(config, f"is {cidr!r}, which {error.message}", where, at_key=False) from None


def _parts(config: Config) -> Iterator[tuple[tuple[str | int, ...], Settings]]:
    """Yield the parts of a configuration that settings stand in, each with the keys that lead to it."""
    yield (), config.settings
    count = len(config.clusters)
    for number, override in enumerate(config.overrides):
        keys = ("clusters", number) if number < count else ("overrides", number - count)
        yield keys, override.settings
