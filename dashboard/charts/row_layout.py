"""Where the rows of a comparison go, in pixels: height, margins, range.

Both adapters lay rows out alike because they ask here. Names stand left and findings right of the plot;
on a phone both move above their row, so that no row is squeezed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

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
    """Margins and height in pixels, and the range of values; `row_height` includes the air between rows."""

    narrow: bool
    height: int
    row_height: int
    left: int
    right: int
    bottom: int
    x_range: tuple[float, float]


def lay_out_whiskers(chart: Whiskers, width: WidthClass) -> RowFrame:
    """The frame of dots with intervals; `chart` has rows."""
    rows = [*chart.rows, chart.reference] if chart.reference else list(chart.rows)
    values = [v for row in rows for v in (row.value, row.low, row.high) if v is not None]
    air = 0.04 * (max(values) - min(values)) or 1.0
    beside = [] if width == "narrow" else [f"{chart.unit.format(r.value)}  {cut_verdict(r)}" for r in chart.rows]
    return _frame(chart.rows, beside, (min(values) - air, max(values) + air), width, 30)


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
