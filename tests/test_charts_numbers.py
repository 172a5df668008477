"""Charts over a number: a logarithmic axis, its unit, and names beside dots that never overlap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import Chart, Point, Series, Unit, WidthClass
from dashboard.charts.alt import describe
from dashboard.charts.layout import lay_out, place_end_labels
from dashboard.charts.plotly import to_plotly
from dashboard.charts.point_labels import CLEARANCE, PointLabel, place_point_labels
from dashboard.charts.scale import Frame, estimate_width
from dashboard.theme import SMALL_SIZE

DOLLARS = Unit("$", "", 2)


def _dot(name: str, x: float, y: float, **more: object) -> Series:
    return Series(name, [Point(x, y)], style="dots", label_at="point", **more)  # type: ignore[arg-type]


def _chart(*series: Series) -> Chart:
    return Chart(series=series, log_x=True, x_unit=DOLLARS, x_title="Price")


def test_a_logarithmic_axis_spaces_tenfold_steps_equally_and_writes_dollars() -> None:
    chart = _chart(_dot("a", 0.1, 1), _dot("b", 1, 2), _dot("c", 10, 3))
    frame = lay_out(chart, "wide")
    first, second, third = (frame.x_share(x) for x in (0.1, 1.0, 10.0))
    assert second - first == pytest.approx(third - second)
    assert 0 < first < third < 1
    axis = to_plotly(chart).layout.xaxis
    assert axis.type == "log"
    assert {"$0.10", "$1", "$10"} <= set(axis.ticktext)
    assert axis.title.text == "Price"


def test_hover_and_alt_write_x_in_its_unit() -> None:
    chart = _chart(_dot("a", 0.25, 1))
    hovers = [text for trace in to_plotly(chart).data for text in trace.hovertext or ()]
    assert "$0.25" in hovers[0]
    assert "at $0.25" in describe(chart)


def test_a_logarithmic_axis_refuses_zero_and_dates() -> None:
    with pytest.raises(ValueError, match="cannot show dates, nor x of 0"):
        _chart(_dot("free", 0.0, 1))
    with pytest.raises(ValueError, match="cannot show dates"):
        Chart(series=[Series("a", [Point(date(2026, 1, 1), 1)])], log_x=True)


def test_a_name_at_its_point_asks_for_no_margin() -> None:
    chart = _chart(_dot("a model with a rather long name", 1, 1), _dot("b", 2, 2))
    assert place_end_labels(chart, lay_out(chart, "wide")) == []
    assert [label.name for label in place_point_labels(chart, lay_out(chart, "wide"))] == [
        "a model with a rather lon…",
        "b",
    ]


def test_a_name_goes_to_the_free_side_and_clears_a_whisker() -> None:
    subject = Series("subject", [Point(1.0, 50.0, 30.0, 70.0)], style="dots", label_at="point")
    others = [Series("others", [Point(x, 50.0)], style="dots", label=False) for x in (1.1, 0.9)]
    shown = Chart(series=[subject, others[0]], log_x=True, x_range=(0.1, 10.0), y_range=(0.0, 100.0))
    [label] = place_point_labels(shown, lay_out(shown, "wide"))
    assert label.side == "left"
    crowded = replace(shown, series=[subject, *others])
    frame = lay_out(crowded, "wide")
    [label] = place_point_labels(crowded, frame)
    assert label.side == "above"
    assert label.shift == pytest.approx(CLEARANCE + 0.2 * frame.plot_height)


@given(
    st.lists(st.tuples(st.floats(0.05, 50), st.floats(100, 160), st.text("abcdefgh -.", min_size=1)), max_size=30),
    st.sampled_from(["wide", "narrow"]),
)
def test_names_never_overlap_and_stay_in_the_picture(dots: list[tuple[float, float, str]], width: WidthClass) -> None:
    chart = _chart(*(_dot(name, x, y) for x, y, name in dots))
    frame = lay_out(chart, width)
    boxes = [_box(label, frame) for label in place_point_labels(chart, frame)]
    for n, (left, right, low, high) in enumerate(boxes):
        assert right <= frame.plot_width + frame.right + 1e-6
        assert left >= -frame.left
        for l2, r2, lo2, hi2 in boxes[n + 1 :]:
            assert right <= l2 + 1e-6 or r2 <= left + 1e-6 or high <= lo2 + 1e-6 or hi2 <= low + 1e-6


def _box(label: PointLabel, frame: Frame) -> tuple[float, float, float, float]:
    width, half = estimate_width(label.name, SMALL_SIZE), SMALL_SIZE * 0.68
    x, y = label.x * frame.plot_width, label.y * frame.plot_height
    assert label.shift >= CLEARANCE
    if label.side in ("right", "left"):
        start = x + label.shift if label.side == "right" else x - label.shift - width
        return start, start + width, y - half, y + half
    middle = y + (label.shift + half) * (1 if label.side == "above" else -1)
    return x - width / 2, x + width / 2, middle - half, middle + half
