"""The Helm chart aws-vpc-cni: which release of the CNI each of its versions installs.

``charts.json`` has the versions published in eks-charts (stable/aws-vpc-cni) and those that only stand in
amazon-vpc-cni-k8s (charts/aws-vpc-cni). Until 1.2.8 the chart counted for itself; since 1.13.0 it bears the release's
number, but for 1.3.0 (v1.18.1). A release is not computed from that: there are releases without a chart, and charts
whose number in the repository is that of another release.
"""

from __future__ import annotations

import os.path
from functools import cache

CHART = "aws-vpc-cni"


@cache
def charts() -> dict[str, str]:
    """Return the release that each version of the chart installs, oldest first; do not change it."""
    import json  # noqa: PLC0415  # read only where a file names a version of the chart

    with open(os.path.join(os.path.dirname(__file__), "charts.json"), encoding="utf-8") as file:
        found: dict[str, str] = json.load(file)["charts"]
    return found


def release_of(chart_version: str) -> str | None:
    """Return the release ``v1.18.1`` that an exact version of the chart installs, ``1.18.1`` or ``v1.18.1``.

    None for a range (``~1.2``, ``>=1.2.0``, ``1.2.x``, ``*``) and for a version that is not known.
    """
    return charts().get(chart_version.strip().removeprefix("v"))
