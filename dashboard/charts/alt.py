"""The words for a chart that cannot be seen: its alt text, computed.

Every chart has one; it says the last value of each thing shown, never more than the chart does.
"""

from __future__ import annotations

from datetime import date

from dashboard.charts import AnyChart, Bars, Chart, Row, Series, Unit, Whiskers, X, shorten
from dashboard.formats import format_date, format_points

_NAME_LIMIT = 80


def describe(chart: AnyChart) -> str:
    """The alt text given, or the title and the last value of everything shown."""
    if chart.alt:
        return chart.alt
    parts = _describe_rows(chart) if isinstance(chart, (Whiskers, Bars)) else _describe_lines(chart)
    lead = f"{chart.title}. " if chart.title else ""
    return lead + ("; ".join(parts) + "." if parts else chart.empty_text)


def write_x(x: X, unit: Unit | None = None) -> str:
    """An x in words; a number in its unit where the chart has one."""
    if isinstance(x, date):
        return format_date(x)
    return unit.format_exact(x) if unit else format_points(x)


def _describe_lines(chart: Chart) -> list[str]:
    parts = [_describe_series(series, chart) for series in chart.series if series.points]
    for flat in chart.flats:
        interval = _word_interval(flat.low, flat.high, chart.unit)
        parts.append(f"{shorten(flat.name, _NAME_LIMIT)}: {chart.unit.format(flat.y)}{interval}")
    return parts + [shorten(bracket.text, _NAME_LIMIT) for bracket in chart.brackets]


def _describe_series(series: Series, chart: Chart) -> str:
    last = series.points[-1]
    interval = _word_interval(last.low, last.high, chart.unit)
    where = f"{'on' if isinstance(last.x, date) else 'at'} {write_x(last.x, chart.x_unit)}"
    return f"{shorten(series.name, _NAME_LIMIT)}: {chart.unit.format(last.y)}{interval} {where}"


def _describe_rows(chart: Whiskers | Bars) -> list[str]:
    return [_describe_row(row, chart.unit) for row in chart.rows]


def _describe_row(row: Row, unit: Unit) -> str:
    interval = _word_interval(row.low, row.high, unit)
    words = f"{shorten(row.label, _NAME_LIMIT)}: {unit.format(row.value)}{interval}"
    return f"{words}, {shorten(row.verdict, _NAME_LIMIT)}" if row.verdict else words


def _word_interval(low: float | None, high: float | None, unit: Unit) -> str:
    return "" if low is None or high is None else f" ({unit.format(low)} to {unit.format(high)})"
