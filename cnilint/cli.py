"""The command line: options in, exit code out. 0 nothing found, 1 findings, 2 the job could not be done."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from cnilint import __version__
from cnilint.command import HELP, Group, Later, Option, kind, names, no_config, option, stdin, stdin_name, version

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnilint.finding import Report
    from cnilint.run import Run

FORMATS = ("text", "json", "sarif", "github")
FAIL_ON = ("error", "warning", "info", "never")


def main() -> None:
    """Run the command line; an expected failure is one sentence and exit code 2."""
    from cnilint.errors import CnilintError  # noqa: PLC0415  # --help and completion need nothing of ours

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        cli(prog_name="cnilint")
    except CnilintError as error:
        click.echo(f"cnilint: {error}", err=True)
        sys.exit(2)


@click.group(cls=Group, context_settings={"help_option_names": HELP.opts})
@click.version_option(__version__, message="%(prog)s %(version)s", cls=Option)
def cli() -> None:
    """Check the configuration of the Amazon VPC CNI (aws-node) on EKS."""


_text_or_json = option(
    "-f", "--format", "form", type=click.Choice(FORMATS[:2]), default="text", show_default=True, help="How to print."
)
_build = option("--build", is_flag=True, help="Check kustomizations as kustomize or kubectl builds them.")


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path())
@option(
    "-f",
    "--format",
    "--output-format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print.",
)
@option("-o", "--output", "--output-file", type=click.Path(dir_okay=False), help="Write the report to this file.")
@option("--select", multiple=True, callback=names, metavar="NAMES", help="Only these rules or categories.")
@option("--ignore", multiple=True, callback=names, metavar="NAMES", help="Not these rules or categories.")
@option(
    "--fail-on", type=click.Choice(FAIL_ON), default="warning", show_default=True, help="Exit 1 from this severity on."
)
@option("--cni-version", callback=version, metavar="VERSION", help="The CNI's release, where the image does not tell.")
@option("--instance-type", multiple=True, callback=names, metavar="TYPES", help="The nodes' instance types.")
@option("--max-pods", type=click.IntRange(min=1), help="The nodes' max pods, as kubelet has it.")
@option(
    "-c",
    "--config",
    type=click.Path(dir_okay=False),
    help="The configuration file; else .cnilint.yaml is looked for upwards.",
)
@no_config
@option("--fix", is_flag=True, help="Apply the fixes that change nothing of what the CNI does.")
@option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@option("--against", metavar="FILE|REV", help="Only what this file, folder or git revision does not have.")
@stdin_name
@kind
@_build
@option(
    "--color", type=click.Choice(("auto", "always", "never")), default="auto", show_default=True, help="Use colour."
)
@option("-q", "--quiet", is_flag=True, help="Print findings and errors only, a line each.")
def check(paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401  # click hands over what the options above declare
    """Check files and folders (default: this folder); - is standard input."""
    from cnilint.run import STDIN  # noqa: PLC0415

    paths = paths or (".",)
    _refuse(options)
    run = _run(options)
    piped = stdin() if STDIN in paths else None
    if options["diff"] or options["fix"]:
        _fix(run, paths, piped, options)
        return
    if options["against"] is not None:
        from cnilint import against  # noqa: PLC0415

        report = against.report(run, paths, piped, options["against"])
    else:
        report = run.report(paths, piped)
    _print(report, options, err=False)
    sys.exit(report.code(options["fail_on"]))


def _refuse(options: dict[str, Any]) -> None:
    """Refuse options that do not go together: a fix is not of the change alone, and a build is of the work tree."""
    other = next((name for name in ("fix", "diff", "build") if options[name]), None)
    if options["against"] is not None and other:
        raise click.UsageError(f"--against does not go with --{other}.")


def _run(options: dict[str, Any]) -> Run:
    from cnilint import config  # noqa: PLC0415
    from cnilint.run import Choice, Run  # noqa: PLC0415

    if options["no_config"]:
        found = config.EMPTY
    else:
        found = config.read(options["config"]) if options["config"] else config.found(os.getcwd())
    choice = Choice(
        options.get("select", ()),
        options.get("ignore", ()),
        options.get("cni_version"),
        options.get("instance_type", ()),
        options.get("max_pods"),
        options["stdin_filename"] or "<stdin>",
        options["kind"] or "",
        options["build"],
    )
    return Run(found, choice)


def _style(options: dict[str, Any], stream: Any) -> Any:  # noqa: ANN401  # the report layer is imported here alone
    from cnilint.report import Style  # noqa: PLC0415

    chosen = options["color"]
    if chosen == "auto":
        forced = os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE")
        color = bool(forced) or (not os.environ.get("NO_COLOR") and not options["output"] and stream.isatty())
    else:
        color = chosen == "always"
    return Style(color=color, quiet=options["quiet"])


def _print(report: Report, options: dict[str, Any], *, err: bool) -> None:
    from cnilint.report import FORMATS as REPORTS  # noqa: PLC0415

    stream = sys.stderr if err else sys.stdout
    printed = REPORTS[options["form"]](report, _style(options, stream))
    if options["output"]:
        from cnilint.fix import write  # noqa: PLC0415

        write(options["output"], printed.encode("utf-8", "backslashreplace"))
    else:
        stream.write(printed)
        stream.flush()


def _fix(run: Run, paths: Sequence[str], stdin: bytes | None, options: dict[str, Any]) -> None:
    """Fix files in place, or print the differences; standard input comes out fixed on standard output."""
    from cnilint import fix  # noqa: PLC0415

    changes, errors = fix.fixes(run, [path for path in paths if path != "-"])
    if stdin is not None:
        piped = fix.result(run, stdin, run.choice.stdin_filename)
        if options["diff"]:
            changes += [piped] if piped else []
        else:
            stdin = piped.raw if piped else stdin
            sys.stdout.buffer.write(stdin)
    if options["diff"]:
        sys.stdout.write("".join(fix.diff(change) for change in changes))
        sys.stdout.flush()
    else:
        for change in changes:
            fix.write(change.path, change.raw)
    report = run.report(paths, stdin)
    report = report._replace(errors=(*report.errors, *errors))
    _print(report, options, err=options["diff"] or stdin is not None)
    count = sum(change.gone for change in changes)
    if count and not options["quiet"]:
        verb = "would be fixed" if options["diff"] else "fixed"
        click.echo(
            f"{count} finding{'s' * (count != 1)} {verb} in {len(changes)} file{'s' * (len(changes) != 1)}", err=True
        )
    code = report.code(options["fail_on"])
    sys.exit(max(code, 1) if options["diff"] and changes else code)


@cli.command()
@click.argument("paths", nargs=-1, type=click.Path())
@_text_or_json
@option("-c", "--config", type=click.Path(dir_okay=False), help="The configuration file.")
@no_config
@stdin_name
@kind
@_build
def surfaces(paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401  # as above
    """List what configures the CNI in files and folders: each place, and each setting with its value."""
    from cnilint.report import surfaces as listing  # noqa: PLC0415
    from cnilint.run import STDIN  # noqa: PLC0415

    paths = paths or (".",)
    found, errors = _run(options).surfaces(paths, stdin() if STDIN in paths else None)
    click.echo(listing.json(found) if options["form"] == "json" else listing.text(found), nl=False)
    for error in errors:
        click.echo(f"error: {error}", err=True)
    sys.exit(2 if errors else 0)


@cli.command()
@_text_or_json
def rules(form: str) -> None:
    """List the rules."""
    from cnilint.rule import built_in  # noqa: PLC0415

    every = built_in()
    if form == "json":
        import json  # noqa: PLC0415

        whole = [rule.rule for rule in every]
        rows = [
            {
                **rule.summarised._asdict(),
                "since": rule.since,
                "fixable": rule.edit is not None,
                "optional": rule.optional,
            }
            for rule in whole
        ]
        click.echo(json.dumps({"version": 1, "rules": rows}, indent=2, ensure_ascii=False))
        return
    width = max(len(rule.id) for rule in every)
    for category in dict.fromkeys(sorted(rule.category for rule in every)):
        click.echo(f"{category}:")
        for rule in every:
            if rule.category == category:
                note = " (optional)" if rule.optional else ""
                click.echo(f"  {rule.id:{width}}  {rule.severity:7}  {rule.rule.summary}{note}")


cli.add_command(Later("diff", "cnilint.diffcli", "Tell what changes for pods and nodes between two files."))
cli.add_command(Later("capacity", "cnilint.capacitycli", "Tell how many addresses nodes take, and how many fit."))
cli.add_command(
    Later("upgrade", "cnilint.upgradecli", "Tell what another release changes, or carry settings over to it.")
)
cli.add_command(Later("convert", "cnilint.convertcli", "Print what a file sets in another form."))


def _complete_rule(_context: click.Context, _parameter: click.Parameter, start: str) -> list[str]:
    from cnilint.rule import built_in  # noqa: PLC0415

    return [rule.id for rule in built_in() if rule.id.startswith(start)]


@cli.command()
@click.argument("rule", shell_complete=_complete_rule)
@option("-c", "--config", type=click.Path(dir_okay=False), help="A configuration whose policies count as well.")
def explain(rule: str, config: str | None) -> None:
    """Print what a rule finds, why, and the cure, with examples."""
    from cnilint import config as configuration  # noqa: PLC0415
    from cnilint import docs  # noqa: PLC0415
    from cnilint.run import explained  # noqa: PLC0415

    found = configuration.read(config) if config else configuration.found(os.getcwd())
    click.echo(docs.page(explained(rule, found)), nl=False)


@cli.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path())
def test(folders: tuple[str, ...]) -> None:
    """Run the examples of the rules in these folders."""
    from cnilint.examples import failures  # noqa: PLC0415
    from cnilint.rule import folder  # noqa: PLC0415

    found = [rule for path in folders for rule in folder(path)]
    failed = 0
    for rule in found:
        for failure in failures(rule):
            failed += 1
            click.echo(f"{failure.path}:{failure.line}: {failure.message}")
    examples = sum(len(rule.good) + len(rule.bad) for rule in found)
    click.echo(f"{len(found)} rule{'s' * (len(found) != 1)}, {examples} examples, {failed} failed")
    sys.exit(int(failed > 0))


@cli.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Print the completion script for a shell: eval "$(cnilint completion bash)"."""
    from click.shell_completion import get_completion_class  # noqa: PLC0415

    found: Callable[..., Any] | None = get_completion_class(shell)
    if found is not None:
        click.echo(found(cli, {}, "cnilint", "_CNILINT_COMPLETE").source())
