"""The chart of capacity and its page: what they show, the same bytes each time, and what is said without matplotlib."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from itertools import pairwise
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from cnilint.capacity import Result, answer
from cnilint.capacity.settings import Settings
from cnilint.errors import CnilintError
from cnilint.knowledge.instances import instance
from cnilint.report.plot import MOST, html, svg

if TYPE_CHECKING:
    from pathlib import Path

STOCK = Settings(warm_prefix=1)
SVG = "{http://www.w3.org/2000/svg}"


def result(name: str = "m5.large", chosen: Settings = STOCK, last: int = 27) -> Result:
    found = instance(name)
    assert found
    return answer(chosen, found, range(last + 1))


def words(chart: str) -> list[str]:
    """Return the texts of a chart."""
    return [text.text or "" for text in ET.fromstring(chart).iter(f"{SVG}text")]  # noqa: S314  # our own


def strokes(chart: str) -> list[str]:
    """Return how the line of each answer is drawn."""
    groups = {group.get("id"): group for group in ET.fromstring(chart).iter(f"{SVG}g")}  # noqa: S314  # our own
    paths = [groups[f"line-{index}"].find(f"{SVG}path") for index in range(1, 20) if f"line-{index}" in groups]
    return [path.get("style", "") for path in paths if path is not None]


def test_a_chart_names_its_axes_their_units_and_every_line() -> None:
    found = words(svg([result(), result("m5.xlarge")]))
    assert {"Subnet addresses that a node takes", "addresses of the subnet"} <= set(found)
    assert "pods on the node that need an address of the VPC" in found
    assert {"m5.large", "m5.xlarge"} <= set(found)
    assert found.index("m5.xlarge") < found.index("m5.large")  # as they lie in the chart


def test_a_line_goes_through_its_points() -> None:
    chart = svg([result()])
    group = next(group for group in ET.fromstring(chart).iter(f"{SVG}g") if group.get("id") == "line-1")  # noqa: S314
    path = group.find(f"{SVG}path")
    assert path is not None
    corners = [tuple(map(float, pair)) for pair in re.findall(r"([\d.]+) ([\d.]+)", path.get("d", ""))]
    (left, bottom), (right, top) = corners[0], corners[-1]
    across, up = (right - left) / 27, (bottom - top) / (30 - 10)  # 10 addresses without pods, 30 with 27
    inner = {(round((x - left) / across), round(10 + (bottom - y) / up)) for x, y in corners}
    assert {(0, 10), (1, 10), (1, 20), (10, 20), (10, 30), (27, 30)} <= inner
    assert {addresses for _, addresses in inner} == {10, 20, 30}


def test_lines_differ_without_colour_too() -> None:
    answers = [result(chosen=STOCK._replace(warm_ip=target)) for target in range(2, 9)]
    found = strokes(svg(answers, [str(target) for target in range(2, 9)]))
    colours = {re.findall("stroke: (#[0-9a-f]+)", style)[0] for style in found}
    dashes = [re.findall("stroke-dasharray: ([^;]+)", style) for style in found]
    assert len(found) == len(colours) == 7
    assert all(one != other for one, other in pairwise(dashes))


def test_the_same_answers_give_the_same_bytes() -> None:
    answers = [result(), result("m5.xlarge")]
    assert svg(answers) == svg(answers)
    assert not re.search(r"dc:date|Matplotlib|\b20[0-9]{2}-", svg(answers))


def test_what_a_user_has_configured_changes_no_chart() -> None:
    import matplotlib as mpl  # noqa: PLC0415  # half a second

    plain = svg([result()])
    with mpl.rc_context({"lines.linewidth": 9, "axes.facecolor": "red", "text.parse_math": True}):
        assert svg([result()]) == plain
        assert mpl.rcParams["lines.linewidth"] == 9  # and is as it was


def test_answers_that_are_equal_share_a_line() -> None:
    names = ("m5.large", "m5a.large", "m6i.large", "c5.large")
    found = words(svg([result(name) for name in names]))
    assert "m5.large, m5a.large, m6i.large and 1 more" in found


def test_a_type_under_two_modes_is_told_apart() -> None:
    found = words(svg([result(), result(chosen=STOCK._replace(prefixes=True))]))
    assert {"m5.large, secondary-ip", "m5.large, prefix"} <= set(found)


@pytest.mark.parametrize("name", ["_prod.yaml", "$a$ & <b>", "a" * 60 + " " + "b" * 60, "x\x1b[31m"])
def test_any_name_is_shown(name: str) -> None:
    found = "".join(words(svg([result()], [name])))
    assert all(part.replace("\x1b", "\\x1b") in found for part in name.split())


def test_pods_that_wait_are_dotted_and_explained() -> None:
    explained = "dotted: pods wait for an address that the node cannot get"
    waits, all_served = svg([result(last=40)]), svg([result()])
    assert (explained in words(waits), 'id="waiting-1"' in waits) == (True, True)
    assert (explained in words(all_served), 'id="waiting-1"' in all_served) == (False, False)


def test_a_chart_where_every_pod_waits_can_be_drawn() -> None:
    refused = STOCK._replace(ipv6=True)
    assert "m5.large" in words(svg([result(chosen=refused)]))


def test_too_many_lines_are_refused() -> None:
    answers = [result("c5.24xlarge", STOCK._replace(warm_ip=target)) for target in range(2, 3 + MOST)]
    assert svg(answers[:MOST], [str(number) for number in range(MOST)])
    with pytest.raises(CnilintError, match="at most 12 lines, and these answers make 13; name fewer instance types"):
        svg(answers)


def test_numbers_of_pods_are_not_made_up() -> None:
    sparse = result()._replace(points=result().points[::3])
    with pytest.raises(ValueError, match="some numbers of pods are left out"):
        svg([sparse])
    with pytest.raises(ValueError, match="some numbers of pods are left out"):
        svg([sparse._replace(points=())])


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(CnilintError, match=re.escape("needs the extra `plot`: pip install 'cnilint[plot]'")):
        svg([result()])


class Seen(HTMLParser):
    """The tags, the addresses and the cells of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.rows: list[list[str]] = []
        self.in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in {"href", "src", "xlink:href"} and value]
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self.in_cell = self.in_cell and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.rows[-1][-1] += data


def test_a_page_needs_nothing_from_elsewhere() -> None:
    found = Seen(html([result()], sentences=["a < b"]))
    assert found.tags.count("svg") == 1
    assert not {"script", "link", "img", "iframe", "object"} & set(found.tags)
    assert all(link.startswith("#") for link in found.links)
    assert "url(http" not in html([result()])
    assert "@import" not in html([result()])


def test_a_page_has_the_numbers_of_the_answers() -> None:
    whole = result()
    text = html([whole], ["the <file>"], tables=[whole._replace(points=(whole.points[0], whole.points[10]))], burst=12)
    rows = Seen(text).rows
    assert ["the <file>", "secondary-ip", "29", "27", "3", "10"] in rows
    assert ["0", "1", "0", "9", "9", "10", "0"] in rows
    assert ["10", "3", "0", "27", "17", "30", "0"] in rows
    assert not any(row[0] == "5" for row in rows)
    assert ["the <file>", "16.2", "3", "6", "6", "4", "4"] in rows
    assert "What 12 pods cost" in text
    assert "<file>" not in text


def test_advice_stands_on_the_page_only_where_there_is_some() -> None:
    assert "<li>take 1 &amp; 2</li>" in html([result()], sentences=["take 1 & 2"])
    assert "<h2>Advice</h2>" not in html([result()])


def test_a_page_is_written_without_a_folder_of_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert html([result()]).endswith("</html>\n")
    assert list(tmp_path.iterdir()) == []
