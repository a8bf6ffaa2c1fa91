"""``cnilint convert``: the settings of a file in another form. Imported when it is called."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cnilint.command import Command, kind, no_config, option, stdin, stdin_name, version

if TYPE_CHECKING:
    from cnilint.config import Config, Settings
    from cnilint.surface.model import Surface

TARGETS: Final = ("addon", "helm", "daemonset-patch", "eksctl", "terraform")
STDIN: Final = "-"


@click.command(cls=Command)
@click.argument("file", type=click.Path())
@option("--to", "form", type=click.Choice(TARGETS), required=True, help="The form to convert to.")
@option("-o", "--output", type=click.Path(dir_okay=False), help="Write it to this file.")
@option("--surface", type=click.IntRange(min=1), metavar="NUMBER", help="Which place, where several configure the CNI.")
@option("--cni-version", callback=version, metavar="VERSION", help="The CNI's release, where the file does not tell.")
@option("-c", "--config", type=click.Path(dir_okay=False), help="The configuration file.")
@no_config
@stdin_name
@kind
def convert(file: str, **options: Any) -> None:  # noqa: ANN401  # click hands over what the options above declare
    """Print what FILE sets beyond its release's stock manifest in another form; - is standard input."""
    from cnilint.choices.choices import choices  # noqa: PLC0415
    from cnilint.convert.forms import converted, place  # noqa: PLC0415
    from cnilint.facts.context import Context, Told  # noqa: PLC0415

    settings = _settings(file, options)
    told = Told(options["cni_version"] or settings.cni, settings.kubernetes, settings.managed)
    surface = _surface(file, settings, options)
    found = converted(choices(Context(surface, told)), options["form"])
    if options["output"]:
        from cnilint.fix import write  # noqa: PLC0415

        write(options["output"], found.text.encode("utf-8", "backslashreplace"))
    else:
        sys.stdout.write(found.text)
        sys.stdout.flush()
    from cnilint.report.printable import printable  # noqa: PLC0415

    for item in found.lost:
        click.echo(printable(f"{place(item)}: not carried: {item.name}: {item.reason}"), err=True)
    for note in found.notes:
        click.echo(printable(f"note: {note}"), err=True)
    sys.exit(1 if found.lost else 0)


def _surface(file: str, settings: Settings, options: dict[str, Any]) -> Surface:
    """Return the place of the file that is asked for. Raises CnilintError where it is not told."""
    from cnilint.errors import ConfigError  # noqa: PLC0415
    from cnilint.files import content  # noqa: PLC0415
    from cnilint.source.text import decoded  # noqa: PLC0415
    from cnilint.surface import surfaces  # noqa: PLC0415
    from cnilint.surface.joined import joined  # noqa: PLC0415

    path = (options["stdin_filename"] or "<stdin>") if file == STDIN else file
    text = decoded(stdin() if file == STDIN else content(file), path)
    found = joined(surfaces(text, kind=options["kind"] or settings.kind or ""), named=False)
    own = [surface for surface in found if _settable(surface)]
    number = options["surface"]
    if not own:
        raise ConfigError("aws-node is not configured in it", path)
    if number is None and len(own) > 1:
        places = "; ".join(f"{count}: {_described(surface)}" for count, surface in enumerate(own, 1))
        raise ConfigError(f"it configures aws-node in {len(own)} places: say which with --surface ({places})", path)
    if number is not None and number > len(own):
        raise ConfigError(f"--surface {number}: it configures aws-node in no more than {len(own)}", path)
    return own[(number or 1) - 1]


def _settable(surface: Surface) -> bool:
    """Tell whether a surface sets something of aws-node or of what belongs to it."""
    from cnilint.surface.model import HELPER  # noqa: PLC0415

    objects = surface.kind != "objects" or bool({"ConfigMap", "ENIConfig"} & surface.siblings.keys())
    return surface.kind != "nodes" and objects and HELPER not in surface.containers


def _described(surface: Surface) -> str:
    line, column = surface.anchor.text.position(surface.anchor.start)
    return f"line {line}, column {column}, {surface.kind}"


def _settings(file: str, options: dict[str, Any]) -> Settings:
    """Return what the configuration says of the file."""
    from cnilint import config  # noqa: PLC0415

    found: Config = config.EMPTY
    if not options["no_config"]:
        found = config.read(options["config"]) if options["config"] else config.found(os.getcwd())
    return found.settings if file == STDIN else config.in_force(found, file)
