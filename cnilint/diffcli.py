"""``cnilint diff``: what changes between two files for pods and nodes. Imported when it is called."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cnilint.command import Command, kind, names, no_config, option, stdin, stdin_name, version
from cnilint.record import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilint.comparison.difference import Difference
    from cnilint.comparison.pool import Pool
    from cnilint.config import Config, Settings
    from cnilint.facts import Told
    from cnilint.surface.model import Surface

FORMATS: Final = ("text", "json")
STDIN: Final = "-"


class _File(NamedTuple):
    """A file that is compared: what it is called, what it configures, and what is told about it."""

    name: str
    surfaces: Sequence[Surface]
    settings: Settings


@click.command(cls=Command)
@click.argument("old", type=click.Path())
@click.argument("new", type=click.Path())
@option("-f", "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print.")
@option("-o", "--output", type=click.Path(dir_okay=False), help="Write the answer to this file.")
@option("--exit-code", is_flag=True, help="Exit 1 where there are effective differences.")
@option("--cni-version", callback=version, metavar="VERSION", help="The CNI's release, where a file does not tell.")
@option("--instance-type", "types", multiple=True, callback=names, metavar="TYPES", help="The nodes' instance types.")
@option("--max-pods", type=click.IntRange(min=1), help="The nodes' max pods, as kubelet has it.")
@option("-c", "--config", type=click.Path(dir_okay=False), help="The configuration file.")
@no_config
@stdin_name
@kind
@option(
    "--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True, help="Use colour."
)
def diff(old: str, new: str, **options: Any) -> None:  # noqa: ANN401  # click hands over what the options above declare
    """Tell what changes for pods and nodes from OLD to NEW: files, REV:PATH as git has it, or - for one of them."""
    if old == new == STDIN:
        raise click.UsageError("- is standard input, which can be only one of the two.")
    from cnilint.comparison.difference import difference  # noqa: PLC0415  # --help and completion need nothing of ours
    from cnilint.names import check_types  # noqa: PLC0415

    config = _config(options)
    check_types(config, options["types"])
    files = _file(old, config, options), _file(new, config, options)
    told = _told(files[0].settings, options), _told(files[1].settings, options)
    found = difference(files[0].surfaces, files[1].surfaces, told)
    printed = _printed(found, _pools(found, files, options), (files[0].name, files[1].name), options)
    if options["output"]:
        from cnilint.fix import write  # noqa: PLC0415

        write(options["output"], printed.encode("utf-8", "backslashreplace"))
    else:
        sys.stdout.write(printed)
        sys.stdout.flush()
    sys.exit(int(options["exit_code"] and found.differs))


def _file(name: str, config: Config, options: dict[str, Any]) -> _File:
    """Return a file with what it configures. Raises CnilintError where there is none, or it configures nothing."""
    from cnilint.comparison.difference import configuring  # noqa: PLC0415
    from cnilint.config import in_force  # noqa: PLC0415
    from cnilint.source.text import decoded  # noqa: PLC0415
    from cnilint.surface import surfaces  # noqa: PLC0415

    raw, shown, path = _bytes(name, options["stdin_filename"])
    settings = in_force(config, path) if path else config.settings
    found = surfaces(decoded(raw, shown), kind=options["kind"] or settings.kind or "")
    return _File(shown, configuring(found, shown), settings)


def _bytes(name: str, piped: str | None) -> tuple[bytes, str, str]:
    """Return a file's bytes, what to call it, and the path by which the configuration knows it."""
    if name == STDIN:
        return stdin(), piped or "<stdin>", piped or ""
    if ":" in name and not os.path.lexists(name):
        from cnilint.revision import file  # noqa: PLC0415  # starts git

        raw, path = file(name)
        return raw, name, path
    from cnilint.files import content  # noqa: PLC0415

    return content(name), name, name


def _config(options: dict[str, Any]) -> Config:
    from cnilint import config  # noqa: PLC0415
    from cnilint.knowledge.instances import tell  # noqa: PLC0415

    if options["no_config"]:
        return config.EMPTY
    found = config.read(options["config"]) if options["config"] else config.found(os.getcwd())
    tell(found.instances)
    return found


def _told(settings: Settings, options: dict[str, Any]) -> Told:
    from cnilint.facts.context import Told  # noqa: PLC0415

    return Told(options["cni_version"] or settings.cni, settings.kubernetes, settings.managed)


def _pools(found: Difference, files: tuple[_File, _File], options: dict[str, Any]) -> list[list[Pool]]:
    """Return what becomes of each instance type, for each pair of places."""
    from cnilint.comparison.pool import pools  # noqa: PLC0415

    old, new = (each.settings for each in files)
    limits = (options["max_pods"], old.max_pods), (options["max_pods"], new.max_pods)
    types = options["types"]
    return [pools(each, types, limits, new.instance_types or old.instance_types) for each in found.comparisons]


def _printed(
    found: Difference, pools: Sequence[Sequence[Pool]], called: tuple[str, str], options: dict[str, Any]
) -> str:
    if options["form"] == "json":
        from cnilint.report.differencedata import json  # noqa: PLC0415

        return json(found, pools, called)
    from cnilint.report import Style  # noqa: PLC0415
    from cnilint.report.difference import text  # noqa: PLC0415

    color = options["color"] == "always"
    if options["color"] == "auto":
        forced = os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE")
        quiet = os.environ.get("NO_COLOR") or options["output"]
        color = bool(forced) or (not quiet and sys.stdout.isatty())
    return text(found, pools, called, Style(color=color))
