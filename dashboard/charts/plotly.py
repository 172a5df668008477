"""Charts as plotly figures for the pages: the way in, and values over time.

plotly draws what `charts.layout` placed: own colours and type, no template, no legend, no zoom, and
SVG only, since WebGL is many times slower without a graphics card. Lines come first, gpt-oss last and
so on top. It refuses to decide anything about the data: joins, labels and ranges are given to it.
"""

from __future__ import annotations

import math
from typing import Any, Final

import plotly.graph_objects as go

from dashboard.charts import (
    AnyChart,
    Bars,
    Chart,
    FlatLine,
    Point,
    Series,
    Unit,
    Whiskers,
    WidthClass,
    has_own_colour,
    is_dated,
    join_points,
)
from dashboard.charts import plotly_rows as rows
from dashboard.charts.alt import write_x
from dashboard.charts.date_ticks import list_date_ticks
from dashboard.charts.layout import lay_out
from dashboard.charts.plotly_join import join_alike
from dashboard.charts.plotly_marks import draw_brackets, draw_events, write_end_labels, write_point_labels
from dashboard.charts.plotly_parts import (
    Item,
    dress_axis,
    dress_errors,
    dress_layout,
    dress_markers,
    escape,
    note_empty,
    to_axis,
    write_hover,
)
from dashboard.charts.scale import Frame, list_ticks, list_visible, size_dots
from dashboard.theme import BAND_ALPHA, SMALL_SIZE, Mode, Tokens, tokens, with_alpha

PLOTLY_CONFIG: Final[dict[str, Any]] = {
    "displayModeBar": False,
    "displaylogo": False,
    "doubleClick": False,
    "scrollZoom": False,
    "showTips": False,
}
# Ordinal of 1970-01-01: plotly counts milliseconds from there.
_EPOCH = 719_163


class Drawn(go.Figure):  # type: ignore[misc]
    """A figure that is finished: whoever asks for its parts gets them, not a copy.

    Streamlit asks at every rerun, and to copy a chart took longer than all else it does to show one."""

    _parts: Item | None = None

    def to_dict(self) -> Item:
        """Data and layout as plotly's own method gives them; shared, never to be changed."""
        if self._parts is None:
            self._parts = super().to_dict()
        return self._parts


def to_plotly(chart: AnyChart, mode: Mode = "light", width: WidthClass = "wide") -> go.Figure:
    """The figure of any chart. Once cached it is shared: never change it, build another."""
    theme = tokens(mode)
    if isinstance(chart, Whiskers):
        return rows.build_whiskers(chart, theme, width)
    if isinstance(chart, Bars):
        return rows.build_bars(chart, theme, width)
    return _build_chart(chart, theme, width)


def _build_chart(chart: Chart, theme: Tokens, width: WidthClass) -> go.Figure:
    frame = lay_out(chart, width)
    layout = dress_layout(theme, frame.height, (frame.left, frame.right, frame.top, frame.bottom))
    layout["xaxis"] = _dress_x(chart, frame, theme)
    layout["yaxis"] = _dress_y(chart, frame, theme)
    if not chart.flats and not any(series.points for series in chart.series):
        layout["annotations"] = [note_empty(theme, chart.empty_text)]
        layout["xaxis"]["visible"] = layout["yaxis"]["visible"] = False
        return go.Figure(data=[], layout=layout)
    bracket_shapes, bracket_notes = draw_brackets(chart, frame, theme)
    event_shapes, event_notes, event_traces = draw_events(chart, frame, theme)
    traces = event_traces
    for is_focus in (False, True):
        mine = [series for series in chart.series if (series.access == "focus") == is_focus]
        traces += join_alike(trace for series in mine for trace in _draw_series(series, chart, frame, theme))
    for flat in chart.flats:
        # The band lies under everything, the level over everything.
        traces = [*_draw_flat_band(flat, theme), *traces, _draw_flat(flat, chart, theme)]
    layout["shapes"] = event_shapes + bracket_shapes
    layout["annotations"] = event_notes + bracket_notes + write_end_labels(chart, frame, theme)
    layout["annotations"] += write_point_labels(chart, frame, theme)
    return go.Figure(data=traces, layout=layout)


def _dress_x(chart: Chart, frame: Frame, theme: Tokens) -> Item:
    dated = is_dated(chart)
    axis = dress_axis(theme, showline=True, linecolor=theme.axis, ticks="outside", ticklen=4, tickcolor=theme.axis)
    if not dated:
        return axis | _dress_numbers(chart, frame, theme)
    ticks = list_date_ticks(frame)
    return {
        **axis,
        "type": "date",
        "range": [(day - _EPOCH) * 86_400_000 for day in frame.x_range],
        "tickmode": "array",
        "tickvals": [day.isoformat() for day, _, _ in ticks],
        "ticktext": [f"{word}<br>{year}" for _, word, year in ticks],
    }


def _dress_numbers(chart: Chart, frame: Frame, theme: Tokens) -> Item:
    ends = [math.log10(end) if frame.log_x else end for end in frame.x_range]
    ticks = list_ticks((ends[0], ends[1]), frame.log_x, chart.x_unit or Unit(), frame.narrow)
    return {
        "type": "log" if frame.log_x else "linear",
        "range": ends,
        "tickmode": "array",
        "tickvals": [value for value, _ in ticks],
        "ticktext": [escape(text) for _, text in ticks],
        "title": {
            "text": escape(chart.x_title, 60 if frame.narrow else 120),
            "font": {"size": SMALL_SIZE, "color": theme.mute},
            "standoff": 4,
        },
    }


def _dress_y(chart: Chart, frame: Frame, theme: Tokens) -> Item:
    ticks = list_ticks(frame.y_range, frame.log_y, chart.unit, frame.narrow)
    return dress_axis(
        theme,
        type="log" if frame.log_y else "linear",
        range=list(frame.y_range),
        showgrid=True,
        gridcolor=theme.grid,
        gridwidth=1,
        tickmode="array",
        tickvals=[value for value, _ in ticks],
        ticktext=[escape(text) for _, text in ticks],
        ticklen=6,
        ticks="outside",
        tickcolor="rgba(0,0,0,0)",
    )


def _draw_series(series: Series, chart: Chart, frame: Frame, theme: Tokens) -> list[Item]:
    """A line with gaps where nothing may be joined, then the dots that carry the hover text."""
    colour = theme.text(series.access) if has_own_colour(series, chart) else theme.line
    traces: list[Item] = []
    if series.style == "band_line":
        traces += [_draw_band(run, colour) for run in join_points(series) if len(run) > 1]
    line = _trace_line(series, colour)
    if line:
        traces.append(line)
    shown = list_visible(series, frame.x_range)
    if not shown:
        return traces
    dots: Item = {
        "type": "scatter",
        "mode": "markers",
        "name": escape(series.name),
        "x": [to_axis(point.x) for point in shown],
        "y": [point.y for point in shown],
        "marker": dress_markers(shown, series.hollow, colour, theme, size_dots(series, shown, frame.narrow)),
        "hoverinfo": "text",
        "hovertext": [
            write_hover(series.name, p.y, p.low, p.high, chart.unit, write_x(p.x, chart.x_unit), p.note) for p in shown
        ],
        "cliponaxis": False,
    }
    errors = dress_errors(shown, colour) if series.style != "band_line" else None
    return [*traces, {**dots, "error_y": errors} if errors else dots]


def _trace_line(series: Series, colour: str) -> Item | None:
    xs: list[str | float | None] = []
    ys: list[float | None] = []
    runs = join_points(series)
    for index, run in enumerate(runs):
        carried = series.until if series.style == "step" and index == len(runs) - 1 else None
        if len(run) < 2 and carried is None:
            continue
        xs += [to_axis(point.x) for point in run] + ([to_axis(carried)] if carried is not None else []) + [None]
        ys += [point.y for point in run] + ([run[-1].y] if carried is not None else []) + [None]
    if not xs:
        return None
    width = 3.0 if series.access == "focus" else 1.8 if series.style == "step" else 1.4
    return {
        "type": "scatter",
        "mode": "lines",
        "name": escape(series.name),
        "x": xs[:-1],
        "y": ys[:-1],
        "connectgaps": False,
        "hoverinfo": "skip",
        "line": {
            "color": colour,
            "width": width,
            "dash": "5px,4px" if series.access == "open" else "solid",
            "shape": "hv" if series.style == "step" else "linear",
        },
    }


def _draw_band(run: list[Point], colour: str) -> Item:
    upper = [(to_axis(p.x), p.y if p.high is None else p.high) for p in run]
    lower = [(to_axis(p.x), p.y if p.low is None else p.low) for p in reversed(run)]
    return _fill(upper + lower, colour)


def _fill(outline: list[tuple[str | float, float]], colour: str) -> Item:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [x for x, _ in outline],
        "y": [y for _, y in outline],
        "fill": "toself",
        "fillcolor": with_alpha(colour, BAND_ALPHA),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _draw_flat_band(flat: FlatLine, theme: Tokens) -> list[Item]:
    if flat.low is None or flat.high is None:
        return []
    start, end = to_axis(flat.start), to_axis(flat.end)
    return [_fill([(start, flat.high), (end, flat.high), (end, flat.low), (start, flat.low)], theme.accent)]


def _draw_flat(flat: FlatLine, chart: Chart, theme: Tokens) -> Item:
    hover = write_hover(
        flat.name, flat.y, flat.low, flat.high, chart.unit, f"From {write_x(flat.start, chart.x_unit)}", flat.note
    )
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": escape(flat.name),
        "x": [to_axis(flat.start), to_axis(flat.end)],
        "y": [flat.y, flat.y],
        "line": {"color": theme.accent, "width": 3},
        "marker": {"size": [9, 0], "color": theme.accent, "opacity": 1},
        "hoverinfo": "text",
        "hovertext": [hover, hover],
    }
