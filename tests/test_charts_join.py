"""Traces that look alike are drawn as one, and show what they showed apart."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, timedelta
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import Chart, Point, Series, Style
from dashboard.charts.layout import lay_out
from dashboard.charts.plotly import _draw_series, to_plotly
from dashboard.charts.plotly_join import join_alike
from dashboard.theme import Access, tokens

THEME = tokens("light")
START = date(2026, 1, 1)
Item = dict[str, Any]


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    """Up to eight series of few looks, with gaps, breaks, rings and intervals."""
    series = []
    for number in range(draw(st.integers(0, 8))):
        days = sorted(draw(st.sets(st.integers(0, 200), min_size=1, max_size=6)))
        points = [
            Point(
                START + timedelta(days=day),
                float(draw(st.integers(1, 9))),
                *draw(st.sampled_from([(None, None), (0.5, 9.5)])),
                note=f"note {number}",
                hollow=draw(st.booleans()),
                starts_new=draw(st.booleans()),
            )
            for day in days
        ]
        access = draw(st.sampled_from(get_args(Access)))
        style = draw(st.sampled_from(get_args(Style)))
        series.append(Series(f"<b>{number}", points, access, style, hollow=draw(st.booleans())))
    return Chart(series=series, x_range=(START, START + timedelta(days=200)))


def list_dots(traces: list[Item]) -> Counter[tuple[object, ...]]:
    """Every dot as it is seen: where, how, and what it says."""
    found: Counter[tuple[object, ...]] = Counter()
    for trace in traces:
        if trace["mode"] != "markers":
            continue
        marker, errors = trace["marker"], trace.get("error_y")
        rings = marker["line"]
        ends = [(None, None)] * len(trace["x"])
        if errors:
            ends = list(zip(errors["array"], errors["arrayminus"], strict=True))
        seen = (trace["x"], trace["y"], trace["hovertext"], marker["size"], marker["color"], rings["width"], ends)
        more = (rings["color"], marker["opacity"], trace["hoverinfo"])
        found.update(
            (*dot, *more, errors and errors["color"] if dot[-1] != (None, None) else None)
            for dot in zip(*seen, strict=True)
        )
    return found


def list_segments(traces: list[Item]) -> Counter[tuple[object, ...]]:
    """Every stretch of a line between two of its points, with the look of the line."""
    found: Counter[tuple[object, ...]] = Counter()
    for trace in traces:
        if trace["mode"] == "lines" and "fill" not in trace:
            line, ends = trace["line"], list(zip(trace["x"], trace["y"], strict=True))
            look = (line["color"], line["width"], line["dash"], line["shape"])
            found.update((a, b, *look) for a, b in itertools.pairwise(ends) if a[0] is not None and b[0] is not None)
    return found


@given(charts())
def test_joined_traces_show_every_dot_and_stretch_they_showed_apart(chart: Chart) -> None:
    frame = lay_out(chart, "wide")
    apart = [trace for series in chart.series for trace in _draw_series(series, chart, frame, THEME)]
    kept = repr(apart)
    joined = join_alike(apart)
    assert list_dots(joined) == list_dots(apart) and list_segments(joined) == list_segments(apart)
    assert [trace for trace in joined if "fill" in trace] == [trace for trace in apart if "fill" in trace]
    assert repr(apart) == kept, "what was given was changed"


@given(charts())
def test_gpt_oss_is_drawn_last(chart: Chart) -> None:
    traces = [trace for trace in to_plotly(chart).to_dict()["data"] if trace.get("hoverinfo") == "text"]
    focus = [f"&lt;b&gt;{s.name[3:]}" for s in chart.series if s.access == "focus"]
    is_focus = [any(name in trace["hovertext"][0] for name in focus) for trace in traces]
    assert is_focus == sorted(is_focus)


def test_ten_models_of_two_looks_are_two_traces_of_lines_and_one_of_dots() -> None:
    days = [START, START + timedelta(days=10)]
    accesses: list[Access] = ["open", "closed"]
    series = [Series(f"model {n}", [Point(day, 1.0 + n) for day in days], accesses[n % 2]) for n in range(10)]
    modes = [trace["mode"] for trace in to_plotly(Chart(series=series)).to_dict()["data"]]
    assert modes == ["lines", "lines", "markers"]
