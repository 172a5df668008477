"""Comparisons as pictures: dots with intervals, and bars, one row each.

The rows are placed by `charts.row_layout`, as on the page. Open bars are hatched by lines of their own,
since Vega knows no pattern.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from dashboard.charts import Bars, Row, Unit, Whiskers, WidthClass, shorten
from dashboard.charts.row_layout import (
    BAR_SHARE,
    BAR_SHARE_NARROW,
    EMPTY_HEIGHT,
    NAME_LIMIT,
    TOP,
    RowFrame,
    cut_verdict,
    lay_out_bars,
    lay_out_whiskers,
)
from dashboard.charts.scale import estimate_width, list_ticks
from dashboard.charts.vega_parts import Layer, draw_boxes, draw_dots, draw_rules, wrap_lines, write_words
from dashboard.theme import BAND_ALPHA, FONT_SIZE, SMALL_SIZE, Tokens

Drawn = tuple[float, float, float, float, float, float, list[Layer]]

_HATCH_STEP = 5.0
_ABOVE = 7.0  # On a phone, from the middle of a row to the words over its dot.
_WHISKER_DASH = (3.0, 2.0)


def draw_whiskers(chart: Whiskers, theme: Tokens, width: WidthClass, pixels: int) -> Drawn:
    """Dot and whisker per row: plot width and height, margins left, right, top and bottom, layers."""
    if not chart.rows:
        return draw_empty(chart.empty_text, theme, pixels, EMPTY_HEIGHT)
    frame = lay_out_whiskers(chart, width)
    plot = _Plot(frame, pixels)
    ticks = [(plot.x(v), text) for v, text in list_ticks(frame.axis_range, frame.log_x, chart.unit, frame.narrow)]
    layers = [draw_rules([((x, 0), (x, plot.height)) for x, _ in ticks], theme.grid, 1)]
    words = [(x, plot.height + 7, text) for x, text in ticks]
    layers.append(write_words(words, theme.mute, size=SMALL_SIZE, align="center", baseline="top"))
    if chart.reference:
        layers += _draw_reference(chart.reference, plot, theme)
    for n, row in enumerate(chart.rows):
        if row.low is None or row.high is None:
            continue
        colour = theme.line if row.access == "neutral" else theme.text(row.access)
        ends = ((plot.x(row.low), plot.y(n)), (plot.x(row.high), plot.y(n)))
        thick = 3.0 if row.access == "focus" else 1.6
        layers.append(draw_rules([ends], colour, thick, _WHISKER_DASH if row.access == "open" else ()))
    layers.append(draw_dots([_describe_dot(row, n, plot, theme) for n, row in enumerate(chart.rows)]))
    layers += _write_names(chart.rows, plot, theme, _ABOVE)
    for n, row in enumerate(chart.rows):
        layers += _write_finding(row, n, chart.unit, plot, theme)
    return plot.measure(layers)


def draw_bars(chart: Bars, theme: Tokens, width: WidthClass, pixels: int) -> Drawn:
    """Bars from zero: plot width and height, margins left, right, top and bottom, layers."""
    if not chart.rows:
        return draw_empty(chart.empty_text, theme, pixels, EMPTY_HEIGHT)
    plot = _Plot(lay_out_bars(chart, width), pixels)
    zero = plot.x(0.0)
    half = plot.frame.row_height * (BAR_SHARE_NARROW if plot.frame.narrow else BAR_SHARE) / 2
    layers: list[Layer] = []
    for n, row in enumerate(chart.rows):
        colour = theme.accent if row.access == "focus" else theme.line
        left, right = sorted((zero, plot.x(row.value)))
        box = (left, plot.y(n) - half, right, plot.y(n) + half)
        layers += _draw_bar(row, box, colour, theme)
        ink, back = theme.accent if row.access == "focus" else theme.ink, row.value < 0
        word = (left - 5 if back else right + 5, plot.y(n), shorten(chart.unit.format(row.value), 40))
        layers.append(write_words([word], ink, align="right" if back else "left", bold=row.access == "focus"))
    layers.append(draw_rules([((zero, 0), (zero, plot.height))], theme.axis, 1))
    return plot.measure([*layers, *_write_names(chart.rows, plot, theme, half + 3)])


def draw_empty(text: str, theme: Tokens, pixels: int, height: int) -> Drawn:
    """The sentence in the middle of a picture that has nothing to show."""
    lines = wrap_lines(text, pixels - 24, FONT_SIZE + 1)
    words = [(pixels / 2, height / 2 + 18 * (n - (len(lines) - 1) / 2), line) for n, line in enumerate(lines)]
    sentence = write_words(words, theme.mute, size=FONT_SIZE + 1, align="center")
    return float(pixels), float(height), 0.0, 0.0, 0.0, 0.0, [sentence]


class _Plot:
    """Pixels of values and rows within the plot."""

    def __init__(self, frame: RowFrame, pixels: int) -> None:
        self.frame = frame
        self.width = float(pixels - frame.left - frame.right)
        self.height = float(frame.height - TOP - frame.bottom)

    def x(self, value: float) -> float:
        return self.frame.x_share(value) * self.width

    def y(self, row: int) -> float:
        return self.frame.row_height * (row + 0.5)

    def measure(self, layers: list[Layer]) -> Drawn:
        frame = self.frame
        return self.width, self.height, float(frame.left), float(frame.right), float(TOP), float(frame.bottom), layers


def _draw_reference(reference: Row, plot: _Plot, theme: Tokens) -> list[Layer]:
    """Band and rule of the reference; on a phone, where names lie over it, the band alone if it has one."""
    colour, x = theme.text(reference.access), plot.x(reference.value)
    rule = draw_rules([((x, 0), (x, plot.height))], colour, 1.4)
    if reference.low is None or reference.high is None:
        return [rule]
    band = draw_boxes([(plot.x(reference.low), 0, plot.x(reference.high), plot.height)], colour, BAND_ALPHA)
    return [band] if plot.frame.narrow else [band, rule]


def _describe_dot(row: Row, n: int, plot: _Plot, theme: Tokens) -> dict[str, object]:
    colour = theme.text(row.access) if row.access != "neutral" else theme.line
    return {
        "x": plot.x(row.value),
        "y": plot.y(n),
        "across": 10 if row.access == "focus" else 8,
        "fill": theme.ground if row.hollow else colour,
        "stroke": colour,
        "edge": 1.8 if row.hollow else 0,
        "value": row.value,
    }


def _draw_bar(row: Row, box: tuple[float, float, float, float], colour: str, theme: Tokens) -> list[Layer]:
    left, top, right, bottom = box
    if row.hollow or row.access == "open":
        ground = draw_boxes([box], theme.ground)
        if row.hollow:
            corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
            return [ground, draw_rules(list(itertools.pairwise(corners)), colour, 1.4)]
        return [ground, draw_rules(_hatch(box), colour, 1.9)]
    return [draw_boxes([box], colour)]


def _hatch(box: tuple[float, float, float, float]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Lines that rise to the right, cut off at the bar's edges."""
    left, top, right, bottom = box
    height, start, lines = bottom - top, left - (bottom - top) + _HATCH_STEP / 2, []
    while start < right:
        x0, x1 = max(start, left), min(start + height, right)
        lines.append(((x0, bottom - (x0 - start)), (x1, bottom - (x1 - start))))
        start += _HATCH_STEP
    return lines


def _write_names(rows: Sequence[Row], plot: _Plot, theme: Tokens, above: float) -> list[Layer]:
    """Names left of the rows, or above them on a phone."""
    narrow = plot.frame.narrow
    layers = []
    for n, row in enumerate(rows):
        colour = theme.ink if row.access == "neutral" else theme.text(row.access)
        name = shorten(row.label, NAME_LIMIT["narrow" if narrow else "wide"])
        place = (0.0, plot.y(n) - above, name) if narrow else (-8.0, plot.y(n), name)
        look = ("left", "bottom") if narrow else ("right", "middle")
        bold = row.access == "focus"
        layers.append(write_words([place], colour, align=look[0], baseline=look[1], bold=bold))  # type: ignore[arg-type]
    return layers


def _write_finding(row: Row, n: int, unit: Unit, plot: _Plot, theme: Tokens) -> list[Layer]:
    """Value and verdict right of a row, or above it on a phone."""
    value, verdict = shorten(unit.format(row.value), 40), cut_verdict(row)
    if plot.frame.narrow:
        y, end = plot.y(n) - _ABOVE, plot.width + plot.frame.right - 8
        found = write_words([(end, y, verdict)], theme.mute, align="right", baseline="bottom")
        left = end - (estimate_width(verdict, FONT_SIZE) + 8 if verdict else 0)
        return [found, write_words([(left, y, value)], theme.ink, align="right", baseline="bottom")]
    at = plot.width + 8
    rest = (at + estimate_width(value, FONT_SIZE) + 6, plot.y(n), verdict)
    return [write_words([(at, plot.y(n), value)], theme.ink), write_words([rest], theme.mute)]
