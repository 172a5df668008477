"""Ticks of a time axis: whole months, or days where the range is short.

Both adapters write the same ones. A year stands below its first tick only, so that the axis reads at a
glance; month names are ours, as a server's locale must change nothing.
"""

from __future__ import annotations

import math
from datetime import date, timedelta

from dashboard.charts import place
from dashboard.charts.scale import Frame
from dashboard.formats import format_date

_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60)
_DAY_STEPS = (1, 2, 5, 10, 15, 30)
_BASE_YEAR = 2025


def list_date_ticks(frame: Frame) -> list[tuple[date, str, str]]:
    """Day, words and year of each tick within the frame's range; the year is empty where it was said before."""
    low, high = (date.fromordinal(int(end)) for end in (math.ceil(frame.x_range[0]), math.floor(frame.x_range[1])))
    step = _choose_month_step(frame)
    days = _list_days(low, high, frame) if step is None else _list_months(low, high, step)
    ticks = []
    said = None
    for day in days:
        word = format_date(day).rsplit(" ", 1)[0]
        ticks.append((day, word if step is None else word.split(" ")[1], "" if day.year == said else str(day.year)))
        said = day.year
    return ticks


def _choose_month_step(frame: Frame) -> int | None:
    """Months between ticks, or None where the range is too short for months."""
    months = (frame.x_range[1] - frame.x_range[0]) / 30.44
    if months < 2.5:
        return None
    room = max(frame.plot_width / 72, 2)
    return next((step for step in _MONTH_STEPS if months / step <= room), 120)


def _list_months(low: date, high: date, step: int) -> list[date]:
    first = (low.year - _BASE_YEAR) * 12 + low.month - 1
    last = (high.year - _BASE_YEAR) * 12 + high.month - 1
    months = range(first - first % step, last + 1, step)
    days = [date(_BASE_YEAR + month // 12, month % 12 + 1, 1) for month in months]
    return [day for day in days if low <= day <= high]


def _list_days(low: date, high: date, frame: Frame) -> list[date]:
    room = max(frame.plot_width / 72, 2)
    span = place(high) - place(low)
    step = next((step for step in _DAY_STEPS if span / step <= room), _DAY_STEPS[-1])
    return [low + timedelta(days=n) for n in range(0, int(span) + 1, step)]
