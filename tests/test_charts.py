"""The chart rules hold: what is joined, what is labelled, what is hollow, and no markup from data."""

from __future__ import annotations

import itertools
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import (
    AnyChart,
    Bars,
    Bracket,
    Chart,
    Event,
    FlatLine,
    Point,
    Row,
    Series,
    Unit,
    Whiskers,
    WidthClass,
    join_points,
    place,
    shorten,
    spread,
)
from dashboard.charts.alt import describe
from dashboard.charts.events import place_events
from dashboard.charts.layout import LABEL_GAP, lay_out, place_end_labels
from dashboard.charts.plotly import PLOTLY_CONFIG, to_plotly
from dashboard.charts.scale import Frame, estimate_width, find_y_range, list_ticks
from dashboard.theme import DARK, LIGHT, SMALL_SIZE, Access, Mode

START = date(2025, 1, 10)
RELEASE = date(2025, 8, 5)
END = date(2026, 8, 11)
WIDTHS: tuple[WidthClass, ...] = ("wide", "narrow")
MODES: tuple[Mode, ...] = ("light", "dark")
EVIL = "<img src=x onerror=alert(1)>"


def _days(*offsets: int, **of_last: Any) -> list[Point]:
    """Invented points at these days after the start, `of_last` applied to the last one."""
    points = [Point(START + timedelta(days=offset), 100.0 + offset) for offset in offsets[:-1]]
    return [*points, Point(START + timedelta(days=offsets[-1]), 100.0 + offsets[-1], **of_last)]


def _stairs(low: float, high: float, hollow: int | None = None) -> list[Point]:
    rise = (high - low) / 14
    return [
        Point(
            START + timedelta(days=40 * i),
            low + rise * i,
            low + rise * i - 2,
            low + rise * i + 2,
            "",
            i == hollow,
        )
        for i in range(15)
    ]


def _hero() -> Chart:
    """As wide as the first screen's chart gets; the figures are invented."""
    return Chart(
        series=[
            Series("Best closed", _stairs(139, 161), "closed", "step", until=END),
            Series("Best open", _stairs(131, 152, hollow=9), "open", "step", until=END),
        ],
        flats=[FlatLine("gpt-oss-120b", 140.5, 135.7, 143.3, RELEASE, END)],
        brackets=[
            Bracket(END, 140.5, 161, "20.5 to best closed", "closed", "+20.5"),
            Bracket(END, 140.5, 152, "11.5 to best open", "open", "+11.5"),
            Bracket(RELEASE, 140.5, 149, "8.5 then", "closed"),
        ],
        events=[
            Event(RELEASE, "gpt-oss released", "focus"),
            Event(date(2025, 8, 7), "GPT-5", "release"),
            Event(date(2025, 1, 20), "DeepSeek-R1", "release"),
            Event(date(2025, 11, 18), "Gemini 3 Pro", "release"),
            Event(date(2025, 11, 24), "Claude Opus 4.5 released", "release"),
            Event(date(2026, 6, 15), "New licence terms", "other"),
        ],
        x_range=(date(2025, 1, 1), END),
    )


def _rows() -> list[Row]:
    return [
        Row("gpt-oss-120b", 140.5, 135.7, 143.3, "focus"),
        Row("an open model", 150.0, 146.0, 154.0, "open", "clearly ahead"),
        Row("a non-commercial one", 145.0, 141.0, 149.0, "open", "too close to call", hollow=True),
        Row("one without interval", 130.0, access="closed"),
    ]


def _spec(chart: AnyChart, mode: Mode = "light", width: WidthClass = "wide") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(to_plotly(chart, mode, width).to_json())
    return found


def _runs(series: Series) -> list[int]:
    return [len(run) for run in join_points(series)]


# Joining


def test_neighbours_45_days_apart_are_joined_and_46_are_not() -> None:
    assert _runs(Series("s", _days(0, 45))) == [2]
    assert _runs(Series("s", _days(0, 46))) == [1, 1]


def test_a_break_is_never_joined() -> None:
    for style in ("line", "band_line", "step"):
        assert _runs(Series("s", _days(0, 10, 20, starts_new=True), style=style)) == [2, 1]


def test_dots_are_never_joined() -> None:
    assert _runs(Series("s", _days(0, 1, 2), style="dots")) == [1, 1, 1]


def test_a_staircase_holds_its_level_over_a_long_gap() -> None:
    assert _runs(Series("s", _days(0, 300), style="step")) == [2]


@given(st.lists(st.tuples(st.integers(1, 90), st.booleans()), max_size=30))
def test_joining_loses_no_point_and_joins_only_close_neighbours(steps: list[tuple[int, bool]]) -> None:
    day, points = START, []
    for gap, starts_new in steps:
        day += timedelta(days=gap)
        points.append(Point(day, 1.0, starts_new=starts_new))
    runs = join_points(Series("s", points))
    assert [point for run in runs for point in run] == points
    for run in runs:
        assert not any(point.starts_new for point in run[1:])
        assert all(place(b.x) - place(a.x) <= 45 for a, b in itertools.pairwise(run))
    for before, after in itertools.pairwise(runs):
        first = after[0]
        assert first.starts_new or place(first.x) - place(before[-1].x) > 45


def test_the_drawn_line_is_interrupted_where_points_are_not_joined() -> None:
    traces = _spec(Chart(series=[Series("s", _days(0, 30, 76, 90))]))["data"]
    line = next(trace for trace in traces if trace["mode"] == "lines")
    assert line["y"] == [100.0, 130.0, None, 176.0, 190.0]
    assert line["connectgaps"] is False
    dots = next(trace for trace in traces if trace["mode"] == "markers")
    assert dots["y"] == [100.0, 130.0, 176.0, 190.0]


def test_a_lone_point_draws_a_dot_and_no_line() -> None:
    assert [trace["mode"] for trace in _spec(Chart(series=[Series("s", _days(0))]))["data"]] == ["markers"]


def test_a_staircase_is_carried_to_its_end_without_a_dot_there() -> None:
    traces = _spec(Chart(series=[Series("s", _days(0, 60), "closed", "step", until=END)]))["data"]
    assert traces[0]["x"][-1] == END.isoformat() and traces[0]["line"]["shape"] == "hv"
    assert traces[1]["x"][-1] != END.isoformat()


# What the specification refuses


def test_disordered_or_mixed_points_and_absent_values_are_refused() -> None:
    with pytest.raises(ValueError, match="not in order"):
        Series("s", _days(5, 1))
    with pytest.raises(ValueError, match="some points have a date"):
        Series("s", [Point(1.0, 1.0), Point(START, 1.0)])
    with pytest.raises(ValueError, match="leave an absent value out"):
        Point(START, float("nan"))
    with pytest.raises(ValueError, match="logarithmic"):
        Chart(series=[Series("s", [Point(START, 0.0)])], log_y=True)
    with pytest.raises(ValueError, match="until"):
        Series("s", _days(0, 9), style="step", until=START)


# Labels


@given(st.lists(st.floats(0, 300, allow_nan=False), max_size=18), st.floats(1, 17), st.just(0.0), st.just(300.0))
def test_spread_labels_never_overlap_stay_inside_and_keep_their_order(
    wanted: list[float], gap: float, low: float, high: float
) -> None:
    placed = spread(wanted, gap, low, high)
    ranked = sorted(range(len(wanted)), key=lambda index: wanted[index])
    assert all(low - 1e-6 <= at <= high + 1e-6 for at in placed)
    assert all(placed[b] - placed[a] >= gap - 1e-6 for a, b in itertools.pairwise(ranked))


def test_spread_moves_nothing_without_need_and_shares_a_clash_equally() -> None:
    assert spread([50, 10, 90], 16, 0, 100) == pytest.approx([50, 10, 90])
    assert spread([50, 50], 16, 0, 100) == pytest.approx([42, 58])


def test_spread_refuses_more_labels_than_fit() -> None:
    with pytest.raises(ValueError, match="drop some first"):
        spread([0] * 8, 16, 0, 100)


ACCESSES: tuple[Access, ...] = ("open", "closed", "neutral")


@given(
    st.lists(st.tuples(st.floats(1, 1e6), st.sampled_from(ACCESSES)), max_size=40),
    st.sampled_from(WIDTHS),
    st.booleans(),
)
def test_end_labels_never_overlap_and_that_of_gpt_oss_is_never_dropped(
    levels: list[tuple[float, Access]], width: WidthClass, log_y: bool
) -> None:
    series = [Series(f"model {i}", [Point(START, y)], access) for i, (y, access) in enumerate(levels)]
    chart = Chart(series=[*series, Series("gpt-oss-120b", [Point(START, 5.0)], "focus")], log_y=log_y)
    frame = lay_out(chart, width)
    labels = place_end_labels(chart, frame)
    heights = sorted(label.at * frame.plot_height for label in labels)
    assert all(b - a >= LABEL_GAP - 1e-6 for a, b in itertools.pairwise(heights))
    assert heights[0] >= -1e-6 and heights[-1] <= frame.plot_height + 1e-6
    assert "focus" in [label.access for label in labels]


def _boxes(chart: Chart, frame: Frame) -> list[tuple[int, float, float]]:
    boxes = []
    for label in place_events(chart.events, frame):
        if label.level is not None:
            at, wide = (
                frame.x_share(label.event.day) * frame.plot_width,
                estimate_width(label.text, SMALL_SIZE),
            )
            boxes.append((label.level, at if label.anchor == "left" else at - wide, wide))
    return boxes


@given(
    st.lists(
        st.tuples(st.integers(0, 588), st.text(min_size=1, max_size=40), st.sampled_from(["focus", "release"])),
        max_size=12,
    ),
    st.sampled_from(WIDTHS),
)
def test_event_labels_never_overlap(events: list[tuple[int, str, Any]], width: WidthClass) -> None:
    chart = Chart(
        series=[Series("s", _days(0, 1))],
        events=[Event(date(2025, 1, 1) + timedelta(days=d), text, kind) for d, text, kind in events],
        x_range=(date(2025, 1, 1), END),
    )
    for (level, start, wide), (other, other_start, other_wide) in itertools.combinations(
        _boxes(chart, lay_out(chart, width)), 2
    ):
        apart = max(other_start - start - wide, start - other_start - other_wide)
        assert level != other or apart >= -1e-6


def test_all_six_events_of_the_first_screen_are_labelled_and_a_phone_shows_its_focus_alone() -> None:
    hero = _hero()
    assert len(_boxes(hero, lay_out(hero, "wide"))) == 6
    phone = place_events(hero.events, lay_out(hero, "narrow"))
    assert [label.event.label for label in phone] == ["gpt-oss released"]


def test_an_event_outside_the_range_is_not_drawn() -> None:
    chart = Chart(series=[Series("s", _days(0, 30))], events=[Event(date(2027, 1, 1), "later", "focus")])
    assert not _spec(chart)["layout"].get("shapes")


def test_end_labels_name_and_value_everything_and_the_accent_is_bold() -> None:
    texts = [note["text"] for note in _spec(_hero())["layout"]["annotations"]]
    assert {"Best closed  161.0", "Best open  152.0", "<b>gpt-oss-120b  140.5</b>"} <= set(texts)
    assert {"20.5 to best closed", "11.5 to best open", "8.5 then"} <= set(texts)
    short = [note["text"] for note in _spec(_hero(), width="narrow")["layout"]["annotations"]]
    assert {"+20.5", "+11.5"} <= set(short)


def test_a_long_name_is_cut_in_its_label_and_whole_in_the_hover_text() -> None:
    name = "Qwen3-235B-A22B-Thinking-2507"
    spec = _spec(Chart(series=[Series(name, _days(0, 1))]))
    assert spec["layout"]["annotations"][0]["text"].startswith("Qwen3-235B-A22B-Thinking-…")
    assert name in spec["data"][-1]["hovertext"][0]


# Encodings


@pytest.mark.parametrize(("mode", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_hollow_points_are_rings_and_the_others_are_filled(mode: Mode, theme: Any) -> None:
    spec = _spec(Chart(series=[Series("s", _days(0, 5, hollow=True), "open")]), mode)
    marker = spec["data"][-1]["marker"]
    assert marker["color"] == [theme.line, theme.ground]
    assert marker["line"]["width"][0] == 0 < marker["line"]["width"][1]
    whole = _spec(Chart(series=[Series("s", _days(0, 5), "open", hollow=True)]), mode)["data"][-1]["marker"]
    assert whole["color"] == [theme.ground] * 2


def test_open_is_dashed_closed_solid_and_gpt_oss_the_accent_on_top() -> None:
    series = [
        Series("gpt-oss-120b", _days(0, 9), "focus"),
        Series("open one", _days(0, 9), "open"),
        Series("closed one", _days(0, 9), "closed"),
    ]
    lines = {t["name"]: t for t in _spec(Chart(series=series))["data"] if t["mode"] == "lines"}
    assert lines["open one"]["line"]["dash"] != "solid"
    assert lines["closed one"]["line"]["dash"] == lines["gpt-oss-120b"]["line"]["dash"] == "solid"
    assert list(lines)[-1] == "gpt-oss-120b"
    assert (lines["gpt-oss-120b"]["line"]["color"], lines["gpt-oss-120b"]["line"]["width"]) == (
        LIGHT.accent,
        3,
    )


def test_the_level_of_gpt_oss_lies_over_everything_and_its_band_under_everything() -> None:
    data = _spec(_hero())["data"]
    assert data[0]["fill"] == "toself" and set(data[0]["y"]) == {135.7, 143.3}
    assert data[-1]["name"] == "gpt-oss-120b" and data[-1]["line"]["width"] == 3


def test_intervals_are_whiskers_of_their_own_length_and_absent_ones_are_not_drawn() -> None:
    points = [Point(START, 10.0, 8.0, 13.0), Point(START + timedelta(days=5), 11.0)]
    errors = _spec(Chart(series=[Series("s", points)]))["data"][-1]["error_y"]
    assert errors["array"] == [3.0, None] and errors["arrayminus"] == [2.0, None]
    assert "error_y" not in _spec(Chart(series=[Series("s", _days(0, 5))]))["data"][-1]


def test_the_hover_text_says_value_interval_day_and_source() -> None:
    point = Point(END, 140.478, 135.7, 143.3, "Epoch, edition of 11 Aug 2026")
    hover = _spec(Chart(series=[Series("gpt-oss-120b", [point])]))["data"][-1]["hovertext"][0]
    assert hover.split("<br>") == [
        "<b>gpt-oss-120b</b>",
        "140.48",
        "Interval 135.70 to 143.30",
        "11 Aug 2026",
        "Epoch, edition of 11 Aug 2026",
    ]


def test_only_points_within_the_range_are_drawn_or_stretch_the_axis() -> None:
    points = [Point(date(2024, 6, 1), 900.0), *_days(0, 20)]
    chart = Chart(series=[Series("s", points)], x_range=(date(2025, 1, 1), END))
    assert find_y_range(chart)[1] < 200
    assert 900.0 not in _spec(chart)["data"][-1]["y"]


def test_the_level_of_a_staircase_reaches_into_the_range_from_before_it() -> None:
    series = Series("s", [Point(date(2024, 6, 1), 120.0)], "closed", "step", until=END)
    chart = Chart(series=[series], x_range=(date(2025, 1, 1), END))
    assert [label.value for label in place_end_labels(chart, lay_out(chart, "wide"))] == ["120.0"]


def test_ticks_are_round_and_carry_the_unit() -> None:
    assert list_ticks((128.0, 166.0), False, Unit(), False) == [(v, str(v)) for v in (130, 140, 150, 160)]
    assert [text for _, text in list_ticks((0, 2.1e7), False, Unit(compact=True), False)][-1] == "20 M"
    money = list_ticks((-1.3, 0.0), True, Unit("$", decimals=2), False)
    assert [text for _, text in money] == ["$0.10", "$0.20", "$0.50", "$1"]


def test_an_empty_chart_says_so() -> None:
    for chart in (Chart(), Whiskers([]), Bars([])):
        spec = _spec(chart)
        assert spec["data"] == [] and "Nothing was recorded" in spec["layout"]["annotations"][0]["text"]


def test_rows_keep_their_order_and_show_value_and_verdict() -> None:
    spec = _spec(Whiskers(_rows(), reference=_rows()[0]))
    traces = {trace["name"]: trace for trace in spec["data"] if "name" in trace}
    assert traces["values"]["x"] == [140.5, 150.0, 145.0, 130.0]
    assert spec["layout"]["yaxis"]["range"] == [3.5, -0.5]
    assert traces["names"]["text"][:2] == ["<b>gpt-oss-120b</b>", "an open model"]
    assert [_tagless(text) for text in traces["findings"]["text"]] == [
        "140.5",
        "150.0  clearly ahead",
        "145.0  too close to call",
        "130.0",
    ]
    assert traces["values"]["marker"]["color"][2] == LIGHT.ground


def test_a_row_without_interval_has_a_dot_and_no_whisker() -> None:
    lines = [trace for trace in _spec(Whiskers(_rows()))["data"] if trace["mode"] == "lines"]
    assert {end for trace in lines for end in trace["y"]} == {0, 1, 2, None}
    assert [trace["line"]["dash"] for trace in lines if 1 in trace["y"]] == ["3px,2px"]


def test_bars_start_at_zero_and_end_with_their_value() -> None:
    spec = _spec(Bars(_rows()))
    bars = spec["data"][0]
    assert bars["text"] == ["<b>140.5</b>", "150.0", "145.0", "130.0"]
    assert [shape != "" for shape in bars["marker"]["pattern"]["shape"]] == [False, True, False, False]
    assert spec["layout"]["xaxis"]["range"][0] == 0


# Words from data


def _tagless(text: str) -> str:
    return re.sub(r"</?b>|<br>|</span>|<span style=\"color:#[0-9A-F]{6}\">", "", text)


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("word", [EVIL, "<b>bold", "a & b", '"><script>', "<span style='x'>"])
def test_markup_in_data_is_shown_as_text(word: str, width: WidthClass) -> None:
    line = Chart(
        series=[Series(word, [Point(END, 3.0, 2.0, 4.0, word)], short=word)],
        flats=[FlatLine(word, 2.0, 1.0, 3.0, RELEASE, END, word)],
        brackets=[Bracket(END, 1, 2, word), Bracket(RELEASE, 1, 2, word)],
        events=[Event(RELEASE, word, "focus")],
        unit=Unit(suffix=word),
    )
    rows = [Row(word, 1.0, 0.5, 1.5, "open", word, note=word)]
    charts: list[AnyChart] = [
        line,
        Whiskers(rows, Unit(word)),
        Bars(rows, Unit(word)),
        Chart(empty_text=word),
    ]
    for chart in charts:
        for text in _strings(_spec(chart, width=width)):
            assert "<" not in _tagless(text.replace("<b>bold", "<raw")), text
        # Hover and labels still say it, in plotly's own notation.
        assert any("&lt;" in text or "&amp;" in text for text in _strings(_spec(chart, width=width)))


@given(st.text(max_size=400), st.integers(2, 60))
def test_a_shortened_text_is_one_short_printable_line(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit and (short.isprintable() or not short)
    assert short.endswith("…") or len(" ".join(text.split())) <= limit or not text.isprintable()


def test_very_long_words_are_cut_everywhere() -> None:
    word = "x" * 5000
    chart = Chart(series=[Series(word, [Point(END, 1.0, note=word)])], events=[Event(END, word, "focus")])
    assert max(len(text) for text in _strings(_spec(chart))) < 900
    assert len(describe(chart)) < 200


# The figure as a whole


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("mode", MODES)
def test_figures_own_their_look_and_cannot_be_zoomed(mode: Mode, width: WidthClass) -> None:
    for chart in (_hero(), Whiskers(_rows()), Bars(_rows())):
        layout = _spec(chart, mode, width)["layout"]
        assert len(json.dumps(layout["template"])) < 100
        assert layout["showlegend"] is False and layout["dragmode"] is False
        assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
        assert layout["xaxis"]["fixedrange"] and layout["yaxis"]["fixedrange"]
    assert PLOTLY_CONFIG["displayModeBar"] is False


def test_a_phone_gets_a_lower_chart_with_labels_inside_the_plot() -> None:
    wide, narrow = _spec(_hero())["layout"], _spec(_hero(), width="narrow")["layout"]
    assert narrow["height"] < wide["height"] and narrow["margin"]["r"] < 60 < wide["margin"]["r"]


def test_every_chart_has_words_for_those_who_cannot_see_it() -> None:
    words = describe(_hero())
    assert "gpt-oss-120b: 140.5 (135.7 to 143.3)" in words and "Best open: 152.0" in words
    assert "an open model: 150.0 (146.0 to 154.0), clearly ahead" in describe(Whiskers(_rows()))
    assert describe(Chart(alt="given")) == "given"
    assert describe(Chart(title="T")) == "T. Nothing was recorded for this choice."
