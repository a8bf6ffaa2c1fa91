"""Commands and options as click has them, but for the texts of their help: those are written as they are shown.

click tidies each text with ``inspect`` when an option is made; what that imports is a tenth of a short run.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KINDS = ("addon", "helm")

Function = TypeVar("Function", bound="Callable[..., object]")


class Option(click.Option):
    """An option whose help is one line and needs no tidying."""

    def __init__(self, *args: Any, help: str, **named: Any) -> None:  # noqa: A002, ANN401  # click's own name and values
        super().__init__(*args, **named)
        self.help = help


def option(*names: str, **named: Any) -> Callable[[Function], Function]:  # noqa: ANN401  # click's own values
    """Return the decorator that gives a command such an option."""
    return click.option(*names, cls=Option, **named)


class Command(click.Command):
    """A command whose --help is such an option."""

    def get_help_option(self, _ctx: click.Context) -> click.Option:
        """Return the option that shows the help."""
        return HELP


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command


class Later(Command):
    """A command that is imported when it is called; it has the name of its function, which stands in ``module``."""

    def __init__(self, name: str, module: str, text: str) -> None:
        super().__init__(name, help=text)
        self.module = module
        self.function = name

    @property
    def command(self) -> click.Command:
        """The command itself."""
        found: click.Command = getattr(__import__(self.module, fromlist=[self.function]), self.function)
        return found

    def make_context(self, *args: Any, **named: Any) -> click.Context:  # noqa: ANN401  # click's own values
        """Return the context of the command itself, which then runs."""
        return self.command.make_context(*args, **named)


def _help(context: click.Context, _parameter: click.Parameter, given: bool) -> None:  # noqa: FBT001  # click's order
    if given and not context.resilient_parsing:
        click.echo(context.get_help(), color=context.color)
        context.exit()


HELP = Option(
    ["-h", "--help"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_help,
    help="Show this message and exit.",
)


def names(_context: click.Context, _parameter: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:
    """Take a repeated option whose values may hold several names between commas."""
    return tuple(name.strip() for item in value for name in item.split(",") if name.strip())


def version(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    """Take a release of the CNI, with or without its v."""
    from cnilint.knowledge.versions import release  # noqa: PLC0415

    if value is None:
        return None
    found = release(value)
    if found is None:
        raise click.BadParameter(f"{value!r} is no release such as v1.18.1")
    return found


def stdin() -> bytes:
    """Return what is on standard input. Raises SourceError where it is more than cnilint reads."""
    from cnilint.errors import SourceError  # noqa: PLC0415
    from cnilint.source.text import MAX_BYTES  # noqa: PLC0415

    raw = sys.stdin.buffer.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise SourceError(f"larger than {MAX_BYTES // 1024 // 1024} MiB, the most that cnilint reads", "<stdin>")
    return raw


kind = option(
    "--as", "kind", type=click.Choice(KINDS), help="Read every file as values of the EKS add-on or the chart."
)
no_config = option("--no-config", is_flag=True, help="Read no configuration file.")
stdin_name = option("--stdin-filename", metavar="NAME", help="What to call standard input (-).")
