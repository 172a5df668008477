"""Values over time or over a number as pictures: axes, lines, bands, dots, levels.

It draws what `charts.layout` placed, in the same order as on the page: lines first, gpt-oss last and so on
top. It refuses to decide anything about the data: joins, labels and ranges are given to it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from dashboard.charts import (
    Chart,
    FlatLine,
    Point,
    Series,
    Unit,
    WidthClass,
    X,
    has_own_colour,
    is_dated,
    join_points,
    shorten,
)
from dashboard.charts.alt import write_x
from dashboard.charts.date_ticks import list_date_ticks
from dashboard.charts.layout import lay_out
from dashboard.charts.scale import Frame, list_ticks, list_visible, size_dots
from dashboard.charts.vega_marks import draw_brackets, draw_events, write_end_labels, write_point_labels
from dashboard.charts.vega_parts import (
    DASHED,
    Layer,
    Span,
    draw_band,
    draw_dots,
    draw_line,
    draw_rules,
    fit_words,
    write_words,
)
from dashboard.charts.vega_rows import Drawn, draw_empty
from dashboard.theme import BAND_ALPHA, SMALL_SIZE, Tokens, with_alpha

_TICK = 4
_WORDS_BELOW = 8
_LINE_STEP = 14


def draw_chart(chart: Chart, theme: Tokens, width: WidthClass, pixels: int, height: int | None) -> Drawn:
    """A chart with axes: plot width and height, margins left, right, top and bottom, layers."""
    frame = lay_out(chart, width, pixels, height)
    if not chart.flats and not any(series.points for series in chart.series):
        return draw_empty(chart.empty_text, theme, pixels, frame.height)
    plot = _Plot(frame)
    # Bands and the grid lie under everything, the level of gpt-oss over every line.
    layers = [_draw_flat_band(flat, plot, theme) for flat in chart.flats]
    layers += _draw_y_axis(chart, plot, theme)
    layers += draw_events(chart, frame, theme)
    for series in sorted(chart.series, key=lambda series: series.access == "focus"):
        layers += _draw_series(series, chart, plot, theme)
    for flat in chart.flats:
        layers += _draw_flat(flat, plot, theme)
    layers += _draw_x_axis(chart, plot, theme)
    layers += draw_brackets(chart, frame, theme)
    layers += write_end_labels(chart, frame, theme)
    layers += write_point_labels(chart, frame, theme)
    margins = (float(frame.left), float(frame.right), float(frame.top), float(frame.bottom))
    return frame.plot_width, frame.plot_height, *margins, layers


class _Plot:
    """Pixels of values within the plot, from its upper left corner; what lies outside stops at its edge."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.width, self.height = frame.plot_width, frame.plot_height

    def x(self, x: X) -> float:
        return min(max(self.frame.x_share(x), 0.0), 1.0) * self.width

    def y(self, y: float) -> float:
        return (1 - min(max(self.frame.y_share(y), 0.0), 1.0)) * self.height

    def at(self, x: X, y: float) -> Span:
        """Unbounded, for lines that are cut at the edge afterwards."""
        return self.frame.x_share(x) * self.width, (1 - self.frame.y_share(y)) * self.height


def _draw_y_axis(chart: Chart, plot: _Plot, theme: Tokens) -> list[Layer]:
    frame = plot.frame
    ticks = [
        (plot.y(v), shorten(text, 24)) for v, text in list_ticks(frame.y_range, frame.log_y, chart.unit, frame.narrow)
    ]
    grid = draw_rules([((0, y), (plot.width, y)) for y, _ in ticks], theme.grid, 1)
    return [grid, write_words([(-9, y, text) for y, text in ticks], theme.mute, size=SMALL_SIZE, align="right")]


def _draw_x_axis(chart: Chart, plot: _Plot, theme: Tokens) -> list[Layer]:
    bottom, frame = plot.height, plot.frame
    if is_dated(chart):
        marks = [(plot.x(day), word, year) for day, word, year in list_date_ticks(frame)]
    else:
        ends = [math.log10(end) if frame.log_x else end for end in frame.x_range]
        ticks = list_ticks((ends[0], ends[1]), frame.log_x, chart.x_unit or Unit(), frame.narrow)
        marks = [(plot.x(value), shorten(text, 24), "") for value, text in ticks]
    strokes = [((0.0, bottom), (plot.width, bottom)), *(((x, bottom), (x, bottom + _TICK)) for x, _, _ in marks)]
    first = [(x, bottom + _WORDS_BELOW, word) for x, word, _ in marks]
    second = [(x, bottom + _WORDS_BELOW + _LINE_STEP, year) for x, _, year in marks if year]
    if chart.x_title and not is_dated(chart):
        room = frame.width - 16.0
        title = fit_words(shorten(chart.x_title, 120), room, SMALL_SIZE)
        second.append((plot.width / 2, bottom + _WORDS_BELOW + _LINE_STEP + 3, title))
    words = write_words([*first, *second], theme.mute, size=SMALL_SIZE, align="center", baseline="top")
    return [draw_rules(strokes, theme.axis, 1), words]


def _draw_series(series: Series, chart: Chart, plot: _Plot, theme: Tokens) -> list[Layer]:
    focus, step = series.access == "focus", series.style == "step"
    colour = theme.text(series.access) if has_own_colour(series, chart) else theme.line
    runs = join_points(series)
    layers: list[Layer] = []
    if series.style == "band_line":
        layers += [_draw_run_band(run, plot, colour) for run in runs if len(run) > 1]
    thick = 3.0 if focus else 1.8 if step else 1.4
    dash = DASHED if series.access == "open" else []
    for index, run in enumerate(runs):
        carried = series.until if step and index == len(runs) - 1 else None
        places = [plot.at(point.x, point.y) for point in run]
        if carried is not None:
            places.append(plot.at(carried, run[-1].y))
        layers += [
            draw_line(piece, colour, thick, dash) for piece in cut_line(places, plot.width, plot.height, stepped=step)
        ]
    shown = list_visible(series, plot.frame.x_range)
    if series.style != "band_line":
        layers.append(_draw_errors(shown, plot, colour))
    sizes = size_dots(series, shown, plot.frame.narrow)
    dots = [_describe_dot(p, series, colour, size, plot, theme) for p, size in zip(shown, sizes, strict=True)]
    return [*layers, draw_dots([dot for dot in dots if 0 <= dot["y"] <= plot.height])]  # type: ignore[operator]


def cut_line(places: Sequence[Span], width: float, height: float, *, stepped: bool) -> list[list[Span]]:
    """The pieces of a line that lie within a box of this width and height; `stepped` adds its corners first."""
    corners: list[Span] = list(places[:1])
    for x, y in places[1:]:
        corners += [(x, corners[-1][1]), (x, y)] if stepped else [(x, y)]
    pieces: list[list[Span]] = []
    for start, end in itertools.pairwise(corners):
        cut = _cut_segment(start, end, width, height)
        if cut is None:
            continue
        if pieces and pieces[-1][-1] == cut[0]:
            pieces[-1].append(cut[1])
        else:
            pieces.append([cut[0], cut[1]])
    return pieces


def _cut_segment(start: Span, end: Span, width: float, height: float) -> tuple[Span, Span] | None:
    """The part of a segment within the box (Liang and Barsky), or None where it lies outside."""
    (x0, y0), (x1, y1) = start, end
    low, high = 0.0, 1.0
    for step, room in ((x0 - x1, x0), (x1 - x0, width - x0), (y0 - y1, y0), (y1 - y0, height - y0)):
        if step == 0:
            if room < 0:
                return None
        elif step < 0:
            low = max(low, room / step)
        else:
            high = min(high, room / step)
    if low > high:
        return None
    at = [start if t == 0 else end if t == 1 else (x0 + t * (x1 - x0), y0 + t * (y1 - y0)) for t in (low, high)]
    return at[0], at[1]


def _draw_run_band(run: Sequence[Point], plot: _Plot, colour: str) -> Layer:
    edges = [(p.x, p.y if p.high is None else p.high, p.y if p.low is None else p.low) for p in run]
    return draw_band([(plot.x(x), plot.y(high), plot.y(low)) for x, high, low in edges], colour, BAND_ALPHA)


def _draw_errors(shown: Sequence[Point], plot: _Plot, colour: str) -> Layer:
    ends = [
        (
            (plot.x(p.x), plot.y(p.y if p.high is None else p.high)),
            (plot.x(p.x), plot.y(p.y if p.low is None else p.low)),
        )
        for p in shown
        if p.low is not None or p.high is not None
    ]
    return draw_rules(ends, with_alpha(colour, 0.45), 1.2)


def _describe_dot(
    point: Point, series: Series, colour: str, size: float, plot: _Plot, theme: Tokens
) -> dict[str, object]:
    ring = series.hollow or point.hollow
    x, y = plot.at(point.x, point.y)
    return {
        "x": x,
        "y": y,
        "across": size,
        "fill": theme.ground if ring else colour,
        "stroke": colour,
        "edge": 1.6 if ring else 0,
        "value": point.y,
        "when": write_x(point.x),
    }


def _draw_flat_band(flat: FlatLine, plot: _Plot, theme: Tokens) -> Layer:
    ends = [] if flat.low is None or flat.high is None else [flat.start, flat.end]
    places = [(plot.x(x), plot.y(flat.high or 0.0), plot.y(flat.low or 0.0)) for x in ends]
    return draw_band(places, theme.accent, BAND_ALPHA)


def _draw_flat(flat: FlatLine, plot: _Plot, theme: Tokens) -> list[Layer]:
    start, end = (plot.x(flat.start), plot.y(flat.y)), (plot.x(flat.end), plot.y(flat.y))
    dot = {"x": start[0], "y": start[1], "across": 9, "fill": theme.accent, "stroke": theme.accent, "edge": 0}
    return [draw_rules([(start, end)], theme.accent, 3), draw_dots([{**dot, "value": flat.y}])]
