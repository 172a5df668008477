"""Pictures say what the page says, as text, hold nothing foreign, and lose no word however long or hostile."""

from __future__ import annotations

import re
import struct
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import AnyChart, Bars, Bracket, Chart, Event, FlatLine, Point, Row, Series, Unit, Whiskers
from dashboard.charts.render import render_png, render_svg
from dashboard.charts.text_width import measure_text
from dashboard.charts.vega import to_vega
from dashboard.charts.vega_lines import cut_line
from dashboard.charts.vega_parts import wrap_lines
from dashboard.theme import DARK, LIGHT, Mode

DAY = date(2025, 8, 5)
EVIL = [
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://x")',
    "\u202egnp.exe",
    "x" * 2000,
    "$5 \\ back\nline",
    "**bold** :red[x]",
    "</text><script>alert(1)</script>",
    "Qwen3 ≥ α–β − 5 …",
]
_TAGS = {"svg", "g", "path", "rect", "line", "text", "tspan", "clipPath", "defs"}
SVG = "{http://www.w3.org/2000/svg}"


def _line(name: str = "a model") -> Chart:
    points = [Point(DAY + timedelta(days=30 * n), 100.0 + n, 98.0 + n, 102.0 + n, note=name) for n in range(6)]
    return Chart(
        [
            Series(name, points, "open"),
            Series(f"{name} 2", points, "closed", "step", until=DAY + timedelta(days=200)),
            Series(f"{name} 3", points, "focus", "band_line"),
        ],
        [FlatLine(name, 103, 101, 105, DAY, DAY + timedelta(days=200))],
        [Bracket(DAY + timedelta(days=200), 103, 106, name), Bracket(DAY, 103, 106, name)],
        [Event(DAY, name, "focus"), Event(DAY + timedelta(days=40), name)],
        title=name,
    )


def _rows(name: str = "a model") -> list[Row]:
    return [
        Row(f"{name} 1", 140.5, 135.7, 143.3, "focus", name),
        Row(f"{name} 2", 150, 146, 154, "open", name),
        Row(f"{name} 3", 145, access="closed", hollow=True),
    ]


def _all(name: str = "a model") -> list[AnyChart]:
    dots = Series(name, [Point(0.3, 120.0)], "open", "dots", label_at="point")
    return [
        _line(name),
        Chart([dots], log_x=True, x_unit=Unit("$", "", 2), x_title=name),
        Whiskers(_rows(name), reference=_rows(name)[0]),
        Bars(_rows(name)),
        Chart(empty_text=name),
        Whiskers([], empty_text=name),
    ]


def _read_words(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def _check_harmless(svg: str) -> None:
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        assert element.tag.removeprefix(SVG) in {
            "svg",
            "g",
            "path",
            "rect",
            "line",
            "text",
            "tspan",
            "clipPath",
            "defs",
        }
        assert not [key for key in element.attrib if "href" in key.lower() or key.lower().startswith("on")]
        assert "url(" not in "".join(v for k, v in element.attrib.items() if k not in ("clip-path", "aria-label"))


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [960, 400])
@pytest.mark.parametrize("chart", _all(), ids=["line", "cloud", "whiskers", "bars", "empty", "no rows"])
def test_a_picture_says_title_source_licence_and_date_as_text(chart: AnyChart, mode: Mode, width: int) -> None:
    source = ["Source: Epoch AI (CC-BY-4.0) · n = 84", "As known on 31 Dec 2025 (UTC)"]
    spec = to_vega(chart, mode, title="What the chart says", subtitle="Open: dashed.", source=source, width=width)
    svg = render_svg(spec)
    _check_harmless(svg)
    said = " ".join(_read_words(svg))
    for words in ("What the chart says", "Open: dashed.", *source):
        assert words in said
    assert ElementTree.fromstring(svg).attrib["width"] == str(width)
    assert spec["background"] == (LIGHT if mode == "light" else DARK).ground


@pytest.mark.parametrize("evil", EVIL)
def test_hostile_words_change_nothing_but_the_words(evil: str) -> None:
    shown = " ".join("".join(ch if ch.isprintable() else " " for ch in evil).split())
    for chart in _all(evil):
        svg = render_svg(to_vega(chart, title=evil, subtitle=evil, source=evil))
        _check_harmless(svg)
        said = "".join(_read_words(svg)).replace(" ", "").replace("\u00a0", "")
        # Title, subtitle and source whole, however many lines they took.
        assert said.count(shown.replace(" ", "")) >= 3
        assert "\u202e" not in svg


def test_a_picture_is_a_png_of_twice_its_size() -> None:
    png = render_png(to_vega(_line(), title="t"), 2)
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">I", png[16:20])[0] == 1920


def test_a_specification_that_points_elsewhere_is_refused() -> None:
    spec = {"data": {"url": "http://127.0.0.1:9/x.csv"}, "mark": "point", "encoding": {"x": {"field": "a"}}}
    with pytest.raises(ValueError, match=r"x\.csv"):
        render_svg(spec)


def test_the_line_is_cut_where_points_are_not_joined_and_open_is_dashed() -> None:
    points = [Point(DAY, 1.0), Point(DAY + timedelta(days=30), 2.0), Point(DAY + timedelta(days=100), 3.0)]
    spec = to_vega(Chart([Series("s", points, "open")]), title="t")
    lines = [layer for layer in spec["layer"] if layer["mark"]["type"] == "line"]
    assert [len(line["data"]["values"]) for line in lines] == [2]
    assert lines[0]["mark"]["strokeDash"]
    dots = [layer for layer in spec["layer"] if layer["mark"]["type"] == "point"]
    assert [row["value"] for row in dots[0]["data"]["values"]] == [1.0, 2.0, 3.0]


def test_hollow_dots_are_rings() -> None:
    spec = to_vega(Chart([Series("s", [Point(DAY, 1.0, hollow=True), Point(DAY + timedelta(days=1), 2.0)])]), title="t")
    ring, dot = next(layer for layer in spec["layer"] if layer["mark"]["type"] == "point")["data"]["values"]
    assert ring["fill"] == LIGHT.ground and ring["edge"] > 0
    assert dot["fill"] == LIGHT.line and dot["edge"] == 0


def test_a_line_ends_at_the_edge_of_the_plot_and_returns_where_it_does() -> None:
    assert cut_line([(-10, 5), (10, 5)], 100, 10, stepped=False) == [[(0, 5), (10, 5)]]
    assert cut_line([(0, 5), (10, 25), (20, 5)], 100, 10, stepped=False) == [
        [(0, 5), (2.5, 10)],
        [(17.5, 10), (20, 5)],
    ]
    assert cut_line([(0, 5), (10, 8)], 100, 10, stepped=True) == [[(0, 5), (10, 5), (10, 8)]]
    assert cut_line([(0, 50), (10, 60)], 100, 10, stepped=False) == []


@given(st.text(max_size=300), st.sampled_from([11, 18]), st.booleans())
def test_wrapped_lines_lose_nothing_and_fit(text: str, size: int, bold: bool) -> None:
    lines = wrap_lines(text, 300, size, bold=bold)
    printable = "".join(ch if ch.isprintable() else " " for ch in text)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", printable)
    assert all(measure_text(line, size, bold=bold) <= 300 + 1e-6 for line in lines)
