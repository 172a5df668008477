"""What every plotly figure of ours shares: escaping, hover text, bare layout.

plotly reads a small HTML of its own in every text, so all words that come from data pass through
`escape` here, and figures carry no template: what is not set here is not drawn.
"""

from __future__ import annotations

import html
import textwrap
from datetime import date
from typing import Any

from dashboard.charts import Point, Unit, X, shorten
from dashboard.theme import FONT_FAMILY, FONT_SIZE, SMALL_SIZE, Tokens, with_alpha

Item = dict[str, Any]

_HOVER_LIMIT = 280
_HOVER_WIDTH = 48


def escape(text: str, limit: int = _HOVER_LIMIT) -> str:
    """Words from data, on one line, cut at `limit` characters and safe in any plotly text."""
    # Quotes stay: plotly decodes only a few named entities and would print the rest.
    return html.escape(shorten(text, limit), quote=False)


def wrap(text: str) -> str:
    """Words from data over several hover lines; a name without spaces is broken too."""
    plain = shorten(text, _HOVER_LIMIT)
    lines = textwrap.wrap(plain, _HOVER_WIDTH) if len(plain) > _HOVER_WIDTH else [plain]
    return "<br>".join(html.escape(line, quote=False) for line in lines)


def write_hover(name: str, value: float, low: float | None, high: float | None, unit: Unit, *notes: str) -> str:
    """Hover text: the whole name, the exact value, its interval, then each note on a line of its own."""
    lines = [f"<b>{wrap(name)}</b>", escape(unit.format_exact(value))]
    if low is not None and high is not None:
        lines.append(escape(f"Interval {unit.format_exact(low)} to {unit.format_exact(high)}"))
    return "<br>".join(lines + [wrap(note) for note in notes if note])


def to_axis(x: X) -> str | float:
    """An x as plotly takes it: an ISO day or a number."""
    return x.isoformat() if isinstance(x, date) else x


def annotate(text: str, colour: str, size: int = FONT_SIZE, **place: Any) -> Item:
    """An annotation without arrow; `text` must be escaped already."""
    return {"text": text, "showarrow": False, "font": {"color": colour, "size": size}, **place}


def dress_layout(theme: Tokens, height: int, margin: tuple[int, int, int, int]) -> Item:
    """The layout all figures start from; `margin` is left, right, top, bottom in pixels."""
    left, right, top, bottom = margin
    return {
        # An empty one: with None plotly puts its default of 6 kB in.
        "template": {},
        "font": {"family": FONT_FAMILY, "size": FONT_SIZE, "color": theme.ink},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "height": height,
        "autosize": True,
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0, "autoexpand": False},
        "hovermode": "closest",
        "hoverdistance": 24,
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": theme.surface,
            "bordercolor": theme.axis,
            "align": "left",
            "font": {"family": FONT_FAMILY, "size": FONT_SIZE, "color": theme.ink},
        },
    }


def dress_axis(theme: Tokens, **extra: Any) -> Item:
    """An axis without grid, zero line or zoom, unless `extra` says otherwise."""
    return {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "fixedrange": True,
        "tickfont": {"size": SMALL_SIZE, "color": theme.mute},
        **extra,
    }


def note_empty(theme: Tokens, text: str) -> Item:
    """The sentence in the middle of a chart that has nothing to show."""
    return annotate(wrap(text), theme.mute, FONT_SIZE + 1, x=0.5, y=0.5, xref="paper", yref="paper")


def dress_markers(points: list[Point], hollow: bool, colour: str, theme: Tokens, sizes: list[float]) -> Item:
    """Filled dots of the given sizes, or rings where the point or its series is hollow."""
    rings = [hollow or point.hollow for point in points]
    return {
        "size": sizes,
        "color": [theme.ground if ring else colour for ring in rings],
        "line": {"width": [1.6 if ring else 0 for ring in rings], "color": colour},
        "opacity": 1,
    }


def dress_errors(points: list[Point], colour: str) -> Item | None:
    """Error bars from the points' own intervals, or None where no point has one."""
    if all(point.low is None and point.high is None for point in points):
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": [None if p.high is None else max(p.high - p.y, 0) for p in points],
        "arrayminus": [None if p.low is None else max(p.y - p.low, 0) for p in points],
        "color": with_alpha(colour, 0.45),
        "thickness": 1.2,
        "width": 0,
    }
