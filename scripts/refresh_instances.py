#!/usr/bin/env python3
"""Bring cnilint/knowledge/instances.json up to date from EC2's DescribeInstanceTypes, or moto's copy.

    aws ec2 describe-instance-types > types.json
    pip download --no-deps moto && unzip moto-*.whl 'moto/ec2/resources/*'
    python scripts/refresh_instances.py types.json moto/ec2/resources/instance_types.json.gz [--prefer-new]

Types are only ever added: each region has others, and moto forgets retired ones. A type that is there already keeps its
values, and what a file says otherwise is printed; ``--prefer-new`` takes it over. Of several files the first that has a
type counts, and a later one fills its gaps. Branch interfaces are not in EC2's answer and stay as they are.
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
EC2, MOTO = "d", "m"
NAMES = {EC2: "EC2", MOTO: "moto"}

Row = list[Any]


def main() -> None:
    """Read the files, write the table, say what changed."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("files", nargs="+", metavar="FILE")
    options.add_argument("--prefer-new", action="store_true", help="let the files' values replace those of the table")
    chosen = options.parse_args()
    found: dict[str, Row] = {}
    for file in chosen.files:
        found, _ = merged(found, answers(file))
    with open(TABLE, encoding="utf-8") as file:
        table = json.load(file)
    table["types"], said = merged(table["types"], found, prefer_new=chosen.prefer_new)
    with open(TABLE, "w", encoding="utf-8") as file:
        file.write(text(table))
    sys.stdout.write("".join(f"{line}\n" for line in said) + f"{len(table['types'])} types\n")


def answers(path: str) -> dict[str, Row]:
    """Return the rows of a file, gzipped or not: the CLI's answer, which is a list, or moto's mapping."""
    with open(path, "rb") as file:
        raw = file.read()
    said = json.loads(gzip.decompress(raw) if raw.startswith(b"\x1f\x8b") else raw)
    listed = said.get("InstanceTypes") if isinstance(said, dict) else None
    try:
        if isinstance(listed, list):
            return {told["InstanceType"]: row(told, EC2) for told in listed}
        return {name: row(told, MOTO) for name, told in said.items()}
    except (AttributeError, KeyError, TypeError) as error:
        raise SystemExit(f"{path}: not what DescribeInstanceTypes answers ({type(error).__name__}: {error})") from None


def row(told: dict[str, Any], source: str) -> Row:
    """Return the row of one of EC2's answers; its interfaces are those of the default network card."""
    network = told["NetworkInfo"]
    cards = [card["MaximumNetworkInterfaces"] for card in network.get("NetworkCards", ())]
    first = network.get("DefaultNetworkCardIndex", 0)
    return [
        cards[first] if cards else network["MaximumNetworkInterfaces"],
        network["Ipv4AddressesPerInterface"],
        told.get("Hypervisor") or None,
        int(told["BareMetal"]),
        told["VCpuInfo"]["DefaultVCpus"],
        None,
        cards if len(cards) > 1 else None,
        source,
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
            said.append(f"{verdict} {name} {column}: {json.dumps(mine)}, {NAMES[told[-1]]} {json.dumps(other)}")
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
