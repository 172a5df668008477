"""Comparisons as plotly figures: dots with intervals, and bars, one row each.

Names stand left and findings right of the plot; on a phone both move above their row, so that no
row is squeezed. Rows keep the order given. It refuses a legend, and a verdict that was not given.
"""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.charts import Bars, Row, Unit, Whiskers, WidthClass
from dashboard.charts.plotly_parts import (
    Item,
    dress_axis,
    dress_layout,
    escape,
    note_empty,
    write_hover,
)
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
from dashboard.charts.scale import list_ticks
from dashboard.theme import BAND_ALPHA, FONT_SIZE, Tokens, with_alpha


def build_whiskers(chart: Whiskers, theme: Tokens, width: WidthClass) -> go.Figure:
    """Dot and whisker per row, with the reference's band behind all of them."""
    if not chart.rows:
        return _build_empty(chart.empty_text, theme)
    narrow = width == "narrow"
    frame = lay_out_whiskers(chart, width)
    layout = _dress_rows(frame, len(chart.rows), theme)
    ticks = list_ticks(frame.axis_range, frame.log_x, chart.unit, narrow)
    layout["xaxis"] |= {
        "type": "log" if frame.log_x else "linear",
        "range": list(frame.axis_range),
        "showgrid": True,
        "gridcolor": theme.grid,
        "tickmode": "array",
        "tickvals": [value for value, _ in ticks],
        "ticktext": [escape(text) for _, text in ticks],
        "showticklabels": True,
    }
    layout["shapes"] = _draw_reference(chart.reference, theme, narrow) if chart.reference else []
    words = [_write_names(chart.rows, frame.x_range[0], theme, width)]
    words.append(_write_findings(chart.rows, frame.x_range[1], chart.unit, theme, width))
    dots = _trace_dots(chart.rows, chart.unit, theme)
    return go.Figure(data=[*_trace_whiskers(chart.rows, theme), dots, *words], layout=layout)


def build_bars(chart: Bars, theme: Tokens, width: WidthClass) -> go.Figure:
    """Bars from zero; open ones are hatched, since dashes mean open on lines."""
    if not chart.rows:
        return _build_empty(chart.empty_text, theme)
    frame = lay_out_bars(chart, width)
    layout = _dress_rows(frame, len(chart.rows), theme)
    layout["bargap"] = 1 - (BAR_SHARE_NARROW if frame.narrow else BAR_SHARE)
    layout["xaxis"] |= {"zeroline": True, "zerolinecolor": theme.axis}
    names = _write_names(chart.rows, frame.x_range[0], theme, width)
    return go.Figure(data=[_trace_bars(chart.rows, chart.unit, theme), names], layout=layout)


def _dress_rows(frame: RowFrame, count: int, theme: Tokens) -> Item:
    layout = dress_layout(theme, frame.height, (frame.left, frame.right, TOP, frame.bottom))
    layout["xaxis"] = dress_axis(theme, range=list(frame.x_range), showticklabels=False)
    # Half a row above and below, the first row on top.
    layout["yaxis"] = dress_axis(theme, range=[count - 0.5, -0.5], showticklabels=False)
    return layout


def _trace_whiskers(rows: Sequence[Row], theme: Tokens) -> list[Item]:
    """Intervals, a trace for each access: error bars of one trace could be neither coloured nor dashed."""
    traces = []
    for access in sorted({row.access for row in rows}):
        mine = [(n, r.low, r.high) for n, r in enumerate(rows) if r.access == access]
        whole = [(n, low, high) for n, low, high in mine if low is not None and high is not None]
        line: Item = {"color": theme.line if access == "neutral" else theme.text(access)}
        line |= {"width": 3 if access == "focus" else 1.6, "dash": "3px,2px" if access == "open" else "solid"}
        trace: Item = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "line": line}
        trace["x"] = [end for _, low, high in whole for end in (low, high, None)]
        trace["y"] = [end for row, _, _ in whole for end in (row, row, None)]
        traces.append(trace)
    return traces


def _trace_dots(rows: Sequence[Row], unit: Unit, theme: Tokens) -> Item:
    colours = [theme.text(row.access) if row.access != "neutral" else theme.line for row in rows]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "values",
        "x": [row.value for row in rows],
        "y": list(range(len(rows))),
        "marker": {
            "size": [10 if row.access == "focus" else 8 for row in rows],
            "color": _fill_colours(rows, colours, theme),
            "line": {"width": [1.8 if row.hollow else 0 for row in rows], "color": colours},
            "opacity": 1,
        },
        "hoverinfo": "text",
        "hovertext": _write_hovers(rows, unit),
        "cliponaxis": False,
    }


def _draw_reference(reference: Row, theme: Tokens, narrow: bool) -> list[Item]:
    """Band and rule of the reference; on a phone, where names lie over it, the band alone if it has one."""
    colour = theme.text(reference.access)
    common: Item = {"yref": "paper", "y0": 0, "y1": 1, "layer": "between"}
    rule = {**common, "type": "line", "x0": reference.value, "x1": reference.value}
    rule["line"] = {"color": colour, "width": 1.4}
    if reference.low is None or reference.high is None:
        return [rule]
    band = {**common, "type": "rect", "x0": reference.low, "x1": reference.high, "line": {"width": 0}}
    band["fillcolor"] = with_alpha(colour, BAND_ALPHA)
    return [band] if narrow else [band, rule]


def _trace_bars(rows: Sequence[Row], unit: Unit, theme: Tokens) -> Item:
    colours = [theme.accent if row.access == "focus" else theme.line for row in rows]
    return {
        "type": "bar",
        "orientation": "h",
        "name": "values",
        "x": [row.value for row in rows],
        "y": list(range(len(rows))),
        "marker": {
            "color": _fill_colours(rows, colours, theme),
            "line": {"width": [1.4 if row.hollow else 0 for row in rows], "color": colours},
            "pattern": {
                "shape": ["/" if row.access == "open" and not row.hollow else "" for row in rows],
                "bgcolor": theme.ground,
                "size": 5,
                "solidity": 0.55,
            },
        },
        "text": [_embolden(row, escape(unit.format(row.value))) for row in rows],
        "textposition": "outside",
        "textangle": 0,
        "textfont": {"color": [theme.accent if row.access == "focus" else theme.ink for row in rows]},
        "constraintext": "none",
        "cliponaxis": False,
        "hoverinfo": "text",
        "hovertext": _write_hovers(rows, unit),
    }


def _write_names(rows: Sequence[Row], at: float, theme: Tokens, width: WidthClass) -> Item:
    """Names left of the rows, or above them on a phone."""
    words = [_embolden(row, escape(row.label, NAME_LIMIT[width])) for row in rows]
    colours = [theme.ink if row.access == "neutral" else theme.text(row.access) for row in rows]
    return _trace_words("names", words, at, colours, "top right" if width == "narrow" else "middle left")


def _write_findings(rows: Sequence[Row], at: float, unit: Unit, theme: Tokens, width: WidthClass) -> Item:
    """Value and verdict right of each row, or above it on a phone."""
    words = []
    for row in rows:
        value = f'<span style="color:{theme.ink}">{escape(unit.format(row.value))}</span>'
        words.append(f"{value}  {escape(cut_verdict(row))}" if row.verdict else value)
    side = "top left" if width == "narrow" else "middle right"
    return _trace_words("findings", words, at, [theme.mute] * len(rows), side)


def _trace_words(name: str, words: list[str], at: float, colours: list[str], side: str) -> Item:
    """Words at an edge of the plot, a row each; the unseen marker keeps them off the edge."""
    return {
        "type": "scatter",
        "mode": "markers+text",
        "name": name,
        "x": [at] * len(words),
        "y": list(range(len(words))),
        "text": words,
        "textposition": side,
        "textfont": {"color": colours, "size": FONT_SIZE},
        "marker": {"size": 12, "opacity": 0},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _fill_colours(rows: Sequence[Row], colours: list[str], theme: Tokens) -> list[str]:
    return [theme.ground if row.hollow else colour for row, colour in zip(rows, colours, strict=True)]


def _write_hovers(rows: Sequence[Row], unit: Unit) -> list[str]:
    return [write_hover(r.label, r.value, r.low, r.high, unit, r.verdict, r.note) for r in rows]


def _embolden(row: Row, words: str) -> str:
    return f"<b>{words}</b>" if row.access == "focus" else words


def _build_empty(text: str, theme: Tokens) -> go.Figure:
    layout = dress_layout(theme, EMPTY_HEIGHT, (12, 12, 8, 8))
    layout["xaxis"] = layout["yaxis"] = dress_axis(theme, visible=False)
    layout["annotations"] = [note_empty(theme, text)]
    return go.Figure(data=[], layout=layout)
