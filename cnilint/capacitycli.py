"""``cnilint capacity``: how many addresses nodes take under given settings. Imported when it is called."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

import click

from cnilint.command import Command, kind, names, no_config, option, stdin, stdin_name, version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilint.capacity.question import Asked
    from cnilint.capacity.reply import Demand, Reply
    from cnilint.config import Config, Settings
    from cnilint.facts import Told

FORMATS: Final = ("text", "json", "csv", "svg", "html")
STDIN: Final = "-"
BURST: Final = 30
PODS: Final = "0,1,10,max"


@click.command(cls=Command)
@click.argument("file", required=False, type=click.Path())
@option("-f", "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print.")
@option("-o", "--output", type=click.Path(dir_okay=False), help="Write the answer to this file.")
@option("--instance-type", "types", multiple=True, callback=names, metavar="TYPES", help="The nodes' types, or all.")
@option("--pods", show_default=PODS, metavar="NUMBERS", help="Pods with an address, on a node.")
@option("--nodes", type=click.IntRange(min=1), help="How many nodes there are.")
@option("--subnet", metavar="CIDR", help="The subnet of the nodes' pods.")
@option("--subnet-addresses", type=click.IntRange(min=0), help="The addresses that the subnet has to give out.")
@option("--set", "sets", multiple=True, metavar="NAME=VALUE", help="What if a variable had this value?")
@option("--compare", multiple=True, metavar="FILE|NAME=VALUE", help="Put this beside it, with the difference.")
@option("--burst", type=click.IntRange(1, 1000), default=BURST, show_default=True, help="Pods that come at once.")
@option("--cni-version", callback=version, metavar="VERSION", help="The CNI's release, where the file does not tell.")
@option("--max-pods", type=click.IntRange(min=1), help="The nodes' max pods, as kubelet has it.")
@option("-c", "--config", type=click.Path(dir_okay=False), help="The configuration file.")
@no_config
@stdin_name
@kind
def capacity(file: str | None, **options: Any) -> None:  # noqa: ANN401  # click hands over what the options above declare
    """Tell how many addresses nodes take, and how many fit: under the settings of FILE, or of the stock manifest."""
    from cnilint.capacity import reply  # noqa: PLC0415

    options["file"] = file
    config = _config(options)
    pods = reply.counts(PODS if options["pods"] is None else options["pods"])
    said = _settings(file, config)
    density = said.pods_per_node
    if density is None and options["pods"]:
        density = max((number for number in pods if number), default=None)
    demand = reply.Demand(pods, options["burst"], _subnet(options, said), options["nodes"] or said.nodes, density)
    groups = _groups(config, demand, options)
    for note in dict.fromkeys(note for group in groups for each in group for note in each.asked.notes.values()):
        click.echo(f"cnilint: {note}", err=True)
    printed = _printed(options["form"], groups, demand)
    if options["output"]:
        from cnilint.fix import write  # noqa: PLC0415

        write(options["output"], printed.encode("utf-8", "backslashreplace"))
    else:
        sys.stdout.write(printed)
        sys.stdout.flush()


def _subnet(options: dict[str, Any], said: Settings) -> Any:  # noqa: ANN401  # a Subnet, which is imported here alone
    """Return the subnet of the options, else the one of the configuration; None where that has several."""
    from cnilint.capacity.subnet import Subnet, subnet  # noqa: PLC0415
    from cnilint.errors import ConfigError  # noqa: PLC0415

    if options["subnet"] and options["subnet_addresses"] is not None:
        raise click.UsageError("--subnet and --subnet-addresses say the same thing twice: give one of them.")
    told: str | int | None = options["subnet_addresses"]
    if told is None:
        told = options["subnet"] or (said.subnets[0] if len(said.subnets) == 1 else None)
    if not isinstance(told, str):
        return None if told is None else Subnet("", told)
    try:
        return subnet(told)
    except ConfigError as error:
        raise ConfigError(f"--subnet {told} {error.message}") from None


def _groups(config: Config, demand: Demand, options: dict[str, Any]) -> list[tuple[Reply, ...]]:
    """Return the answers: one each, or two each where something is compared."""
    from cnilint.capacity import question  # noqa: PLC0415
    from cnilint.capacity.reply import reply  # noqa: PLC0415

    sets = question.pairs(options["sets"], "--set")
    every = [question.changed(each, sets, "--set") for each in _asked(options["file"], config, options)]
    if options["compare"]:
        return _compared(_only(every), config, demand, options)
    groups: list[tuple[Reply, ...]] = []
    for asked in every:
        chosen = asked.settings
        nodes = question.nodes(asked, options["types"], *_known(options["file"], config, options))
        groups += [(reply(asked, chosen, node, demand.pods, demand.burst),) for node in nodes]
    return groups


def _compared(one: Asked, config: Config, demand: Demand, options: dict[str, Any]) -> list[tuple[Reply, ...]]:
    """Return two answers for each kind of node: the one that was asked about, and what it is compared with."""
    from cnilint.capacity import question, reply  # noqa: PLC0415

    files = [item for item in options["compare"] if "=" not in item]
    texts = question.pairs((item for item in options["compare"] if "=" in item), "--compare")
    if len(files) > 1:
        raise click.UsageError("--compare takes one file.")
    other = _only(_asked(files[0], config, options)) if files else one
    other = question.changed(other._replace(option="--compare"), texts, "--compare")
    chosen, rival = one.settings, other.settings
    groups: list[tuple[Reply, ...]] = []
    for node in question.nodes(one, options["types"], *_known(options["file"], config, options)):
        beside = node
        if files:
            limits = _known(files[0], config, options)[1]
            beside = question.same(question.nodes(other, [node.instance.type], (), limits), files[0])
        first = reply.reply(one, chosen, node, demand.pods, demand.burst)
        second = reply.reply(other, rival, beside, demand.pods, demand.burst)
        groups.append(reply.compared(first, second, demand.burst))
    return groups


def _only(asked: Sequence[Asked]) -> Asked:
    from cnilint.errors import ConfigError  # noqa: PLC0415

    if len(asked) > 1:
        places = ", ".join(each.name for each in asked)
        raise ConfigError(f"--compare compares two settings, and these are {len(asked)}: {places}")
    return asked[0]


def _asked(file: str | None, config: Config, options: dict[str, Any]) -> list[Asked]:
    """Return what a file asks, or the stock manifest where there is none."""
    from cnilint.capacity import question  # noqa: PLC0415

    if file is None:
        return [question.stock(_told(None, config, options))]
    from cnilint.files import content  # noqa: PLC0415
    from cnilint.source.text import decoded  # noqa: PLC0415
    from cnilint.surface import surfaces  # noqa: PLC0415
    from cnilint.surface.joined import joined  # noqa: PLC0415

    path = (options["stdin_filename"] or "<stdin>") if file == STDIN else file
    text = decoded(stdin() if file == STDIN else content(file), path)
    found = surfaces(text, kind=options["kind"] or _settings(file, config).kind or "")
    return question.of_surfaces(joined(found, named=False), _told(file, config, options), path)


def _config(options: dict[str, Any]) -> Config:
    from cnilint import config  # noqa: PLC0415
    from cnilint.names import check_subnets, check_types  # noqa: PLC0415

    if options["no_config"]:
        return config.EMPTY
    found = config.read(options["config"]) if options["config"] else config.found(os.getcwd())
    check_types(found, ())
    check_subnets(found)
    return found


def _told(path: str | None, config: Config, options: dict[str, Any]) -> Told:
    from cnilint.facts.context import Told  # noqa: PLC0415

    settings = _settings(path, config)
    return Told(options["cni_version"] or settings.cni, settings.kubernetes, settings.managed)


def _known(
    file: str | None, config: Config, options: dict[str, Any]
) -> tuple[tuple[str, ...], tuple[int | None, int | None]]:
    """Return the configuration's instance types, and the max pods of the option and of the configuration."""
    settings = _settings(file, config)
    return settings.instance_types, (options["max_pods"], settings.max_pods)


def _settings(file: str | None, config: Config) -> Settings:
    """Return what the configuration says of a file, or of all where there is none."""
    from cnilint.config import in_force  # noqa: PLC0415

    return config.settings if file is None or file == STDIN else in_force(config, file)


def _printed(form: str, groups: Sequence[tuple[Reply, ...]], demand: Demand) -> str:
    if form == "text":
        from cnilint.report.capacity import text  # noqa: PLC0415

        return text(groups, demand)
    if form in ("json", "csv"):
        from cnilint.report import capacitydata  # noqa: PLC0415

        return capacitydata.json(groups, demand) if form == "json" else capacitydata.csv(groups, demand)
    return _plotted(form, groups, demand)


def _plotted(form: str, groups: Sequence[tuple[Reply, ...]], demand: Demand) -> str:
    """Return a chart of all answers; a line is named by its settings as well where there are several."""
    from cnilint.capacity.reply import advised, whole  # noqa: PLC0415
    from cnilint.report import plot  # noqa: PLC0415
    from cnilint.report.capacity import MANY  # noqa: PLC0415
    from cnilint.report.capacitytable import by_point  # noqa: PLC0415

    every = [each for group in groups for each in group]
    curves = [whole(each, demand.burst).result for each in every]
    several = len({each.asked.name for each in every}) > 1
    labels = [f"{each.result.instance_type}, {each.asked.name}" for each in every] if several else []
    if form == "svg":
        return plot.svg(curves, labels)
    results = [each.result for each in every]
    columns = [by_point(each, demand) for each in every]
    advices = [advised(group[0], demand) for group in groups if len(groups) < MANY and len(group) == 1]
    told = [suggestion.sentence for advice in advices for suggestion in advice.suggestions]
    return plot.html(curves, labels, tables=results, burst=demand.burst, sentences=told, columns=columns)
