#!/usr/bin/env python3
"""Bring cnilint/knowledge/instances.json up to date from moto's copy of EC2's DescribeInstanceTypes.

    pip download --no-deps moto && unzip moto-*.whl 'moto/ec2/resources/*'
    python scripts/refresh_instances.py moto/ec2/resources/instance_types.json.gz [--prefer-new]

Types are only ever added: moto forgets retired ones. A type that is there already keeps its values, and what moto says
otherwise is printed; ``--prefer-new`` takes it over. Branch interfaces are not in EC2's answer and stay as they are.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = os.path.join(os.path.dirname(HERE), "cnilint", "knowledge", "instances.json")
COLUMNS = ("enis", "ips", "hypervisor", "metal", "vcpus", "branch", "cards", "source")
MAYBE_UNKNOWN = ("hypervisor", "vcpus", "branch")  # null says nothing there; in cards it says: one card

Row = list[Any]


def main() -> None:
    """Read the file, write the table, say what changed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file")
    options.add_argument("--prefer-new", action="store_true", help="let moto's values replace those of the table")
    chosen = options.parse_args()
    with gzip.open(chosen.file, "rt", encoding="utf-8") as file:
        found = {name: row(told) for name, told in json.load(file).items()}
    with open(TABLE, encoding="utf-8") as file:
        table = json.load(file)
    table["types"], said = merged(table["types"], found, prefer_new=chosen.prefer_new)
    with open(TABLE, "w", encoding="utf-8") as file:
        file.write(text(table))
    sys.stdout.write("".join(f"{line}\n" for line in said) + f"{len(table['types'])} types\n")


def row(told: dict[str, Any]) -> Row:
    """Return the row of one of EC2's answers; its interfaces are those of the default network card."""
    network = told["NetworkInfo"]
    cards = [card["MaximumNetworkInterfaces"] for card in network["NetworkCards"]]
    return [
        cards[network["DefaultNetworkCardIndex"]],
        network["Ipv4AddressesPerInterface"],
        told.get("Hypervisor") or None,
        int(told["BareMetal"]),
        told["VCpuInfo"]["DefaultVCpus"],
        None,
        cards if len(cards) > 1 else None,
        "m",
    ]


def merged(old: dict[str, Row], new: dict[str, Row], *, prefer_new: bool = False) -> tuple[dict[str, Row], list[str]]:
    """Return all types of both, sorted, and a line for each addition, gap filled and disagreement."""
    found, said = dict(old), []
    for name, told in new.items():
        if name not in old:
            found[name] = told
            said.append(f"new {name} {json.dumps(told)}")
            continue
        found[name] = list(old[name])
        for at, column in enumerate(COLUMNS[:-1]):
            mine, other = old[name][at], told[at]
            unknown = column in MAYBE_UNKNOWN
            if mine == other or (other is None and unknown):
                continue
            taken = prefer_new or (mine is None and unknown)
            if taken:
                found[name][at] = other
            if taken and not unknown:
                found[name][-1] = told[-1]
            verdict = "changed" if taken else "kept"
            said.append(f"{verdict} {name} {column}: {json.dumps(mine)}, moto {json.dumps(other)}")
    return dict(sorted(found.items())), said


def text(table: dict[str, Any]) -> str:
    """Return the data file as text, one line a type."""
    head = [(key, held) for key, held in table.items() if key != "types"]
    parts = [
        f"{json.dumps(key)}:{json.dumps(held, indent=0 if isinstance(held, dict) else None)}" for key, held in head
    ]
    rows = (f"{json.dumps(name)}:{json.dumps(row, separators=(',', ':'))}" for name, row in table["types"].items())
    return "{" + ",\n".join([*parts, '"types":{\n' + ",\n".join(rows) + "\n}"]) + "}\n"


if __name__ == "__main__":
    main()
