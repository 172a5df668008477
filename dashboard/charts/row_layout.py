"""Where the rows of a comparison go, in pixels: height, margins, range.

Both adapters lay rows out alike because they ask here. Names stand left and findings right of the plot;
on a phone both move above their row, so that no row is squeezed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dashboard.charts import Bars, Row, Whiskers, WidthClass, shorten
from dashboard.charts.scale import estimate_width
from dashboard.theme import FONT_SIZE

EMPTY_HEIGHT = 140
NAME_LIMIT = {"wide": 34, "narrow": 24}
TOP = 8
# Of a row's height, what its bar takes.
BAR_SHARE = 0.64
BAR_SHARE_NARROW = 0.38
_ROW_HEIGHT = {"wide": 28, "narrow": 44}
_VERDICT_LIMIT = 24


@dataclass(frozen=True, slots=True)
class RowFrame:
    """Margins and height in pixels, and the range of values, in their own unit also where the axis is
    logarithmic; `row_height` includes the air between rows."""

    narrow: bool
    height: int
    row_height: int
    left: int
    right: int
    bottom: int
    x_range: tuple[float, float]
    log_x: bool = False

    def x_share(self, value: float) -> float:
        """Share of the plot's width at which a value lies."""
        low, high = self.axis_range
        return ((math.log10(value) if self.log_x else value) - low) / (high - low)

    @property
    def axis_range(self) -> tuple[float, float]:
        """The range as an axis takes it: in log10 units on a logarithmic one."""
        low, high = self.x_range
        return (math.log10(low), math.log10(high)) if self.log_x else (low, high)


def lay_out_whiskers(chart: Whiskers, width: WidthClass) -> RowFrame:
    """The frame of dots with intervals; `chart` has rows."""
    rows = [*chart.rows, chart.reference] if chart.reference else list(chart.rows)
    values = [v for row in rows for v in (row.value, row.low, row.high) if v is not None]
    beside = [] if width == "narrow" else [f"{chart.unit.format(r.value)}  {cut_verdict(r)}" for r in chart.rows]
    return replace(_frame(chart.rows, beside, _add_air(values, chart.log_x), width, 30), log_x=chart.log_x)


def lay_out_bars(chart: Bars, width: WidthClass) -> RowFrame:
    """The frame of bars from zero; `chart` has rows."""
    values = [row.value for row in chart.rows]
    low, high = min(0.0, *values), max(0.0, *values)
    room = 0.15 * (high - low) if low < 0 else 0.0
    x_range = (low - room, high if high > low else low + 1.0)
    return _frame(chart.rows, [chart.unit.format(value) for value in values], x_range, width, 8)


def cut_verdict(row: Row) -> str:
    """A row's finding at the length that fits beside it."""
    return shorten(row.verdict, _VERDICT_LIMIT)


def _add_air(values: Sequence[float], log_x: bool) -> tuple[float, float]:
    low, high = min(values), max(values)
    if log_x:
        air = (high / low) ** 0.04 if high > low else 2.0
        return low / air, high * air
    air = 0.04 * (high - low) or 1.0
    return low - air, high + air


def _frame(
    rows: Sequence[Row], words: Sequence[str], x_range: tuple[float, float], width: WidthClass, bottom: int
) -> RowFrame:
    """`words` are what stands right of the plot and asks for a margin."""
    names = [estimate_width(shorten(row.label, NAME_LIMIT[width]), FONT_SIZE) for row in rows]
    return RowFrame(
        narrow=width == "narrow",
        height=_ROW_HEIGHT[width] * len(rows) + TOP + bottom,
        row_height=_ROW_HEIGHT[width],
        left=12 if width == "narrow" else 16 + math.ceil(max(names)),
        right=20 + math.ceil(max((estimate_width(word, FONT_SIZE) for word in words), default=0)),
        bottom=bottom,
        x_range=x_range,
    )
