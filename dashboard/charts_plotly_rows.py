"""Comparisons as plotly figures: dots with intervals, and bars, one row each.

Names stand left and findings right of the plot; on a phone both move above their row, so that no
row is squeezed. Rows keep the order given. It refuses a legend, and a verdict that was not given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts import Bars, Row, Unit, Whiskers, WidthClass, shorten
from dashboard.charts_plotly_parts import (
    Item,
    annotate,
    dress_axis,
    dress_layout,
    escape,
    note_empty,
    write_hover,
)
from dashboard.charts_scale import estimate_width, list_ticks
from dashboard.theme import BAND_ALPHA, FONT_SIZE, Tokens, with_alpha

_ROW_HEIGHT = {"wide": 28, "narrow": 44}
_NAME_LIMIT = {"wide": 34, "narrow": 24}
_VERDICT_LIMIT = 24
_EMPTY_HEIGHT = 140


def build_whiskers(chart: Whiskers, theme: Tokens, width: WidthClass) -> go.Figure:
    """Dot and whisker per row, with the reference's band behind all of them."""
    if not chart.rows:
        return _build_empty(chart.empty_text, theme)
    narrow = width == "narrow"
    rows = [*chart.rows, chart.reference] if chart.reference else list(chart.rows)
    values = [v for row in rows for v in (row.value, row.low, row.high) if v is not None]
    air = 0.04 * (max(values) - min(values)) or 1.0
    x_range = (min(values) - air, max(values) + air)
    beside = [] if narrow else [_word_finding(row, chart.unit) for row in chart.rows]
    layout = _dress_rows(chart.rows, beside, x_range, theme, width, bottom=30)
    ticks = list_ticks(x_range, False, chart.unit, narrow)
    layout["xaxis"] |= {
        "showgrid": True,
        "gridcolor": theme.grid,
        "tickmode": "array",
        "tickvals": [value for value, _ in ticks],
        "ticktext": [escape(text) for _, text in ticks],
        "showticklabels": True,
    }
    layout["shapes"] = _draw_reference(chart.reference, theme, narrow) if chart.reference else []
    layout["shapes"] += _draw_whiskers(chart.rows, theme)
    layout["annotations"] = _write_names(chart.rows, theme, width, lift=5)
    layout["annotations"] += _write_findings(chart.rows, chart.unit, theme, width)
    return go.Figure(data=[_trace_whiskers(chart.rows, chart.unit, theme)], layout=layout)


def build_bars(chart: Bars, theme: Tokens, width: WidthClass) -> go.Figure:
    """Bars from zero; open ones are hatched, since dashes mean open on lines."""
    if not chart.rows:
        return _build_empty(chart.empty_text, theme)
    values = [row.value for row in chart.rows]
    low, high = min(0.0, *values), max(0.0, *values)
    room = 0.15 * (high - low) if low < 0 else 0.0
    x_range = (low - room, high if high > low else low + 1.0)
    layout = _dress_rows(chart.rows, [chart.unit.format(value) for value in values], x_range, theme, width, 8)
    layout["bargap"] = 0.62 if width == "narrow" else 0.36
    layout["annotations"] = _write_names(chart.rows, theme, width, lift=9)
    layout["annotations"] += _write_values(chart.rows, chart.unit, theme)
    layout["shapes"] = [_rule(0.0, theme.axis, 1.0)]
    return go.Figure(data=[_trace_bars(chart.rows, chart.unit, theme)], layout=layout)


def _dress_rows(
    rows: Sequence[Row],
    words: Sequence[str],
    x_range: tuple[float, float],
    theme: Tokens,
    width: WidthClass,
    bottom: int,
) -> Item:
    """The layout of rows; `words` are what stands right of the plot and asks for a margin."""
    names = [estimate_width(shorten(row.label, _NAME_LIMIT[width]), FONT_SIZE) for row in rows]
    left = 12 if width == "narrow" else 16 + math.ceil(max(names))
    right = 20 + math.ceil(max((estimate_width(word, FONT_SIZE) for word in words), default=0))
    layout = dress_layout(theme, _ROW_HEIGHT[width] * len(rows) + 8 + bottom, (left, right, 8, bottom))
    layout["xaxis"] = dress_axis(theme, range=list(x_range), showticklabels=False)
    # Half a row above and below, the first row on top.
    layout["yaxis"] = dress_axis(theme, range=[len(rows) - 0.5, -0.5], showticklabels=False)
    return layout


def _trace_whiskers(rows: Sequence[Row], unit: Unit, theme: Tokens) -> Item:
    colours = [theme.text(row.access) if row.access != "neutral" else theme.line for row in rows]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [row.value for row in rows],
        "y": list(range(len(rows))),
        "marker": {
            "size": [10 if row.access == "focus" else 8 for row in rows],
            "color": [
                theme.ground if row.hollow else colour for row, colour in zip(rows, colours, strict=True)
            ],
            "line": {"width": [1.8 if row.hollow else 0 for row in rows], "color": colours},
            "opacity": 1,
        },
        "hoverinfo": "text",
        "hovertext": [write_hover(r.label, r.value, r.low, r.high, unit, r.verdict, r.note) for r in rows],
        "cliponaxis": False,
    }


def _draw_whiskers(rows: Sequence[Row], theme: Tokens) -> list[Item]:
    """One line a row, dashed for open: error bars of one trace could be neither coloured nor dashed."""
    shapes = []
    for index, row in enumerate(rows):
        if row.low is None or row.high is None:
            continue
        focus = row.access == "focus"
        colour = theme.line if row.access == "neutral" else theme.text(row.access)
        line = {
            "color": colour,
            "width": 3 if focus else 1.6,
            "dash": "3px,2px" if row.access == "open" else "solid",
        }
        shapes.append(
            {
                "type": "line",
                "x0": row.low,
                "x1": row.high,
                "y0": index,
                "y1": index,
                "layer": "between",
                "line": line,
            }
        )
    return shapes


def _draw_reference(reference: Row, theme: Tokens, narrow: bool) -> list[Item]:
    """Band and rule of the reference; on a phone, where names lie over it, the band alone if it has one."""
    rule = _rule(reference.value, theme.text(reference.access), 1.4)
    if reference.low is None or reference.high is None:
        return [rule]
    band: Item = {
        "type": "rect",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": reference.low,
        "x1": reference.high,
    }
    band |= {"line": {"width": 0}, "layer": "between"}
    band["fillcolor"] = with_alpha(theme.text(reference.access), BAND_ALPHA)
    return [band] if narrow else [band, rule]


def _rule(x: float, colour: str, width: float) -> Item:
    line = {"color": colour, "width": width}
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "layer": "between",
        "line": line,
    }


def _trace_bars(rows: Sequence[Row], unit: Unit, theme: Tokens) -> Item:
    colours = [theme.accent if row.access == "focus" else theme.line for row in rows]
    return {
        "type": "bar",
        "orientation": "h",
        "x": [row.value for row in rows],
        "y": list(range(len(rows))),
        "marker": {
            "color": [
                theme.ground if row.hollow else colour for row, colour in zip(rows, colours, strict=True)
            ],
            "line": {"width": [1.4 if row.hollow else 0 for row in rows], "color": colours},
            "pattern": {
                "shape": ["/" if row.access == "open" and not row.hollow else "" for row in rows],
                "bgcolor": theme.ground,
                "size": 5,
                "solidity": 0.55,
            },
        },
        "hoverinfo": "text",
        "hovertext": [write_hover(r.label, r.value, r.low, r.high, unit, r.verdict, r.note) for r in rows],
    }


def _write_names(rows: Sequence[Row], theme: Tokens, width: WidthClass, lift: int) -> list[Item]:
    """Names left of the rows, or `lift` pixels above their middle on a phone."""
    side: Item = {"xanchor": "right", "yanchor": "middle", "xshift": -10}
    if width == "narrow":
        side = {"xanchor": "left", "yanchor": "bottom", "yshift": lift, "xshift": -4}
    notes = []
    for index, row in enumerate(rows):
        name = escape(row.label, _NAME_LIMIT[width])
        words = f"<b>{name}</b>" if row.access == "focus" else name
        colour = theme.ink if row.access == "neutral" else theme.text(row.access)
        notes.append(annotate(words, colour, x=0, xref="paper", y=index, **side))
    return notes


def _write_findings(rows: Sequence[Row], unit: Unit, theme: Tokens, width: WidthClass) -> list[Item]:
    """Value and verdict right of each row, or above it on a phone."""
    side: Item = {"xanchor": "left", "yanchor": "middle", "xshift": 10}
    if width == "narrow":
        side = {"xanchor": "right", "yanchor": "bottom", "yshift": 5}
    notes = []
    for index, row in enumerate(rows):
        value = f'<span style="color:{theme.ink}">{escape(unit.format(row.value))}</span>'
        words = f"{value}  {escape(row.verdict, _VERDICT_LIMIT)}" if row.verdict else value
        notes.append(annotate(words, theme.mute, x=1, xref="paper", y=index, **side))
    return notes


def _write_values(rows: Sequence[Row], unit: Unit, theme: Tokens) -> list[Item]:
    """The value at the end of each bar."""
    notes = []
    for index, row in enumerate(rows):
        side: Item = (
            {"xanchor": "left", "xshift": 4} if row.value >= 0 else {"xanchor": "right", "xshift": -4}
        )
        words, focus = escape(unit.format(row.value)), row.access == "focus"
        text, colour = (f"<b>{words}</b>", theme.accent) if focus else (words, theme.ink)
        notes.append(annotate(text, colour, x=row.value, y=index, **side))
    return notes


def _word_finding(row: Row, unit: Unit) -> str:
    return f"{unit.format(row.value)}  {shorten(row.verdict, _VERDICT_LIMIT)}"


def _build_empty(text: str, theme: Tokens) -> go.Figure:
    layout = dress_layout(theme, _EMPTY_HEIGHT, (12, 12, 8, 8))
    layout["xaxis"] = layout["yaxis"] = dress_axis(theme, visible=False)
    layout["annotations"] = [note_empty(theme, text)]
    return go.Figure(data=[], layout=layout)
