"""Ranges, ticks and the plot's box: from values to shares of width and height.

Both adapters scale alike because they scale here. A range starts at 0 where 0 is near, and nothing
outside the range asked for widens it. Text widths are estimates on the safe side, in Inter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.charts import Chart, Point, Series, Unit, X, is_dated, place

# Beyond so many observations dots are small; on a line they would hide it sooner, a year of weeks among them.
MANY_POINTS = 60
MANY_ON_A_LINE = 30
# The browser decides the true width; these are the widths at which nothing may collide.
NOMINAL_WIDTH = {"wide": 900, "narrow": 360}


@dataclass(frozen=True, slots=True)
class Frame:
    """The plot's box in pixels and its ranges (`y` in log10 units on a logarithmic axis, `x` in its own).

    `gutter` is the strip right of the plot for the brackets at its end; `inside` says that end labels
    lie within the plot, which a phone does for a few.
    """

    narrow: bool
    inside: bool
    height: int
    left: int
    right: int
    top: int
    bottom: int
    gutter: int
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    log_y: bool
    log_x: bool
    width: int

    @property
    def plot_width(self) -> float:
        return float(self.width - self.left - self.right)

    @property
    def plot_height(self) -> float:
        return float(self.height - self.top - self.bottom)

    def x_share(self, x: X) -> float:
        """Share of the plot's width at which x lies."""
        return find_x_share(x, self.x_range, self.log_x)

    def y_share(self, y: float) -> float:
        """Share of the plot's height, from the bottom, at which y lies."""
        low, high = self.y_range
        if self.log_y and y <= 0:
            # An interval may reach down to 0, which a logarithmic axis has infinitely far below.
            return -math.inf
        return ((math.log10(y) if self.log_y else y) - low) / (high - low)


def find_x_range(chart: Chart) -> tuple[float, float]:
    """The range given, or that of everything drawn; never empty."""
    places = [place(x) for x in chart.x_range] if chart.x_range else []
    if not places:
        places = [place(point.x) for series in chart.series for point in series.points]
        places += [place(series.until) for series in chart.series if series.until is not None]
        places += [place(end) for flat in chart.flats for end in (flat.start, flat.end)]
    low, high = min(places, default=1.0), max(places, default=2.0)
    if chart.log_x:
        room = 1.0 if chart.x_range else (high / low) ** 0.04 if high > low else 2.0
        return low / room, high * room
    if not is_dated(chart) and not chart.x_range:
        # A dot on the edge would be cut in half; time has its edge at the first and the last day.
        air = 0.03 * (high - low)
        low, high = low - air, high + air
    return (low, high) if high > low else (low - 1, high + 1)


def find_x_share(x: X, x_range: tuple[float, float], log_x: bool) -> float:
    """Share of the way from the range's start at which x lies; below 0 or above 1 outside it."""
    low, high, at = *x_range, place(x)
    if log_x:
        low, high, at = math.log10(low), math.log10(high), math.log10(at)
    return (at - low) / (high - low)


def list_visible(series: Series, x_range: tuple[float, float]) -> list[Point]:
    """The points within the x range."""
    low, high = x_range
    return [point for point in series.points if low <= place(point.x) <= high]


def size_dots(series: Series, shown: Sequence[Point], narrow: bool) -> list[float]:
    """Diameter of each visible dot in pixels. Dots of a daily line are no wider than it, as they would hide it;
    a ring stays wide enough to be told from them."""
    many, focus = series.is_dense or len(shown) > MANY_POINTS, series.access == "focus"
    if many and series.style != "dots":
        return [(6.0 if series.hollow or point.hollow else 3.0 if focus else 2.0) - narrow for point in shown]
    return [(7.0 if focus else 4.0 if many else 6.0) - narrow] * len(shown)


def find_last(series: Series, x_range: tuple[float, float]) -> Point | None:
    """The last point shown; of a staircase also one before the range, whose level reaches into it."""
    low, high = x_range
    last = next((point for point in reversed(series.points) if place(point.x) <= high), None)
    if last is None or (series.style != "step" and place(last.x) < low):
        return None
    return last


def find_y_range(chart: Chart) -> tuple[float, float]:
    """The range given, or that of values and intervals with a little air; from 0 where 0 is near."""
    if chart.y_range:
        low, high = chart.y_range
        return (math.log10(low), math.log10(high)) if chart.log_y else (low, high)
    x_range = find_x_range(chart)
    shown = [point for series in chart.series for point in list_visible(series, x_range)]
    shown += [last for last in (find_last(series, x_range) for series in chart.series) if last]
    values = [value for p in shown for value in (p.y, p.low, p.high) if value is not None]
    values += [v for flat in chart.flats for v in (flat.y, flat.low, flat.high) if v is not None]
    values += [v for bracket in chart.brackets for v in (bracket.y0, bracket.y1)]
    if chart.log_y:
        values = [math.log10(value) for value in values if value > 0]
    low, high = min(values, default=0.0), max(values, default=1.0)
    if not chart.log_y and low >= 0 and (low < 0.4 * high or high == 0):
        return 0.0, high * 1.06 or 1.0
    air = 0.05 * (high - low) or abs(high) * 0.05 or 1.0
    return low - air, high + air


def list_ticks(y_range: tuple[float, float], log_y: bool, unit: Unit, narrow: bool) -> list[tuple[float, str]]:
    """Value and text of each tick: steps of 1, 2 or 5 times a power of ten."""
    low, high = y_range
    if log_y:
        powers = range(math.floor(low), math.ceil(high) + 1)
        values = [digit * 10.0**power for power in powers for digit in (1, 2, 5)]
        values = [value for value in values if low <= math.log10(value) <= high]
        if len(values) > 7:
            values = [value for value in values if abs(math.log10(value) - round(math.log10(value))) < 1e-9]
        return [(value, _write_tick(value, value, unit)) for value in values]
    raw = (high - low) / (4 if narrow else 5.5)
    power = 10.0 ** math.floor(math.log10(raw))
    step = power * next(digit for digit in (1, 2, 5, 10) if digit * power >= raw * 0.8)
    first = math.ceil(low / step - 1e-9)
    count = math.floor(high / step + 1e-9) - first + 1
    values = [round((first + index) * step, 12) for index in range(count)]
    return [(value, _write_tick(value, step, unit)) for value in values]


def estimate_width(text: str, size: int) -> float:
    """Pixels a text may take in Inter: a little more than the mean advance of its glyphs."""
    return sum(0.34 if ch in " .,:;il1'|!" else 0.86 if ch in "mwMW%…" else 0.6 for ch in text) * size


def _write_tick(value: float, step: float, unit: Unit) -> str:
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    if unit.prefix == "$" and decimals == 1:
        decimals = 2
    text = Unit(unit.prefix, unit.suffix, decimals, unit.compact).format(value)
    return text.replace(".0 ", " ") if unit.compact else text
