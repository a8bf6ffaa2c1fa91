"""``cnilint upgrade``: what another release changes, or its manifest with a file's settings. Imported when called."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cnilint.command import Command, kind, no_config, option, stdin, stdin_name, version

if TYPE_CHECKING:
    from cnilint.config import Settings
    from cnilint.facts import Context
    from cnilint.finding import Finding
    from cnilint.surface.model import Surface

STDIN: Final = "-"


@click.command(cls=Command)
@click.argument("file", type=click.Path())
@option("--to", metavar="RELEASE", help="The release to go to: v1.21.1, 1.21 (its newest patch) or latest.")
@option(
    "-f",
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How to print.",
)
@option("--stock", type=click.Path(), metavar="NEW", help="A release's manifest or values, to print with the settings.")
@option("-o", "--output", type=click.Path(dir_okay=False), help="Write the answer to this file.")
@option("--cni-version", callback=version, metavar="VERSION", help="The CNI's release, where the file does not tell.")
@option("-c", "--config", type=click.Path(dir_okay=False), help="The configuration file.")
@no_config
@stdin_name
@kind
def upgrade(file: str, **options: Any) -> None:  # noqa: ANN401  # click hands over what the options above declare
    """Tell what another release changes for FILE (- is standard input), or carry its settings over to NEW."""
    if bool(options["to"]) == bool(options["stock"]):
        raise click.UsageError("say the release to go to by --to RELEASE, or a manifest of it by --stock NEW.")
    if options["stock"] and options["form"] == "json":
        raise click.UsageError("--stock prints NEW itself: --format json goes with --to alone.")
    if file == options["stock"] == STDIN:
        raise click.UsageError("standard input can be one of the two files alone.")
    (_merge if options["stock"] else _tell)(file, options)


def _tell(file: str, options: dict[str, Any]) -> None:
    from cnilint.report import upgrade as report  # noqa: PLC0415
    from cnilint.upgrade.target import target  # noqa: PLC0415
    from cnilint.upgrade.upgrade import upgrade as upgraded  # noqa: PLC0415

    new = target(options["to"])
    found = [upgraded(context, _release(context, file), new) for context in _contexts(file, options)]
    printed = report.json(found) if options["form"] == "json" else report.text(found)
    _write(printed.encode("utf-8", "backslashreplace"), options["output"])
    sys.exit(int(any(each.act for each in found)))


def _merge(file: str, options: dict[str, Any]) -> None:
    """Print or write the new file with the old one's settings; what could not be carried goes to standard error."""
    from cnilint.merge.merged import merged  # noqa: PLC0415
    from cnilint.report.upgrade import merged as told  # noqa: PLC0415

    old, new = (_only(each, _contexts(each, options)) for each in (file, options["stock"]))
    for context in (old, new):
        _release(context, context.surface.text.path)
    found = merged(old, new)
    raw = found.text.encoded(found.text.content)
    fresh = _fresh(raw, found.text.path, [old, new], options)
    _write(raw, options["output"])
    click.echo(told(found, fresh), err=True, nl=False)
    sys.exit(int(bool(found.left or fresh)))


def _only(file: str, contexts: list[Context]) -> Context:
    from cnilint.errors import ConfigError  # noqa: PLC0415

    if len(contexts) > 1:
        lines = (each.surface.anchor.text.position(each.surface.anchor.start)[0] for each in contexts)
        places = ", ".join(map(str, lines))
        raise ConfigError(f"it configures aws-node in {len(contexts)} places (lines {places}): give one of them", file)
    return contexts[0]


def _fresh(raw: bytes, path: str, contexts: list[Context], options: dict[str, Any]) -> list[Finding]:
    """Return what is found in the new text and in neither of the files it is made of."""
    from cnilint.config import EMPTY  # noqa: PLC0415
    from cnilint.run import Choice, Run  # noqa: PLC0415

    told = contexts[-1].told
    run = Run(EMPTY, Choice(cni=told.cni, kind=options["kind"] or ""))
    texts = [(context.surface.text.content.encode(), context.surface.text.path) for context in contexts]
    known = {finding.rule for each in texts for finding in run.outcome(*each).findings}
    return [finding for finding in run.outcome(raw, path).findings if finding.rule not in known]


def _release(context: Context, file: str) -> str:
    """Return the release of a surface. Raises ConfigError where nothing tells one that is known."""
    from cnilint.errors import ConfigError  # noqa: PLC0415
    from cnilint.upgrade.target import target  # noqa: PLC0415

    anchor = context.surface.anchor
    line, column = anchor.text.position(anchor.start)
    path = anchor.text.path or file
    if context.release is None:
        raise ConfigError("nothing tells the release it is of now: say it with --cni-version", path, line, column)
    try:
        return target(context.release)
    except ConfigError as error:
        raise ConfigError(error.message, path, line, column) from None


def _contexts(file: str, options: dict[str, Any]) -> list[Context]:
    """Return each place of a file that configures aws-node. Raises CnilintError where there is none."""
    from cnilint.errors import ConfigError  # noqa: PLC0415
    from cnilint.facts.context import Context, Told  # noqa: PLC0415
    from cnilint.surface.model import HELPER  # noqa: PLC0415

    settings = _settings(file, options)
    told = Told(options["cni_version"] or settings.cni, settings.kubernetes, settings.managed)
    surfaces = _surfaces(file, settings, options)
    own = [each for each in surfaces if each.kind not in ("nodes", "objects") and HELPER not in each.containers]
    if not own:
        raise ConfigError("aws-node is not configured in it", _path(file, options))
    return [Context(surface, told) for surface in own]


def _surfaces(file: str, settings: Settings, options: dict[str, Any]) -> list[Surface]:
    from cnilint.files import content  # noqa: PLC0415
    from cnilint.source.text import decoded  # noqa: PLC0415
    from cnilint.surface import surfaces  # noqa: PLC0415
    from cnilint.surface.joined import joined  # noqa: PLC0415

    text = decoded(stdin() if file == STDIN else content(file), _path(file, options))
    kind = options["kind"] or settings.kind or ""
    found = surfaces(text) if options["stock"] else []  # of two files, --as is for one that does not tell itself
    return joined(found or surfaces(text, kind=kind), named=False)


def _path(file: str, options: dict[str, Any]) -> str:
    return (options["stdin_filename"] or "<stdin>") if file == STDIN else file


def _settings(file: str, options: dict[str, Any]) -> Settings:
    """Return what the configuration says of the file."""
    from cnilint import config  # noqa: PLC0415

    found = config.EMPTY
    if not options["no_config"]:
        found = config.read(options["config"]) if options["config"] else config.found(os.getcwd())
    return found.settings if file == STDIN else config.in_force(found, file)


def _write(raw: bytes, output: str | None) -> None:
    if output:
        from cnilint.fix import write  # noqa: PLC0415

        write(output, raw)
    else:
        sys.stdout.buffer.write(raw)
        sys.stdout.flush()
