"""Commands and options as click has them, but for the texts of their help: those are written as they are shown.

click tidies each text with ``inspect`` when an option is made; what that imports is a tenth of a short run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

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
