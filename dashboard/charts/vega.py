"""Charts as pictures: a plain Vega-Lite dict with its source burnt in.

A picture leaves its page, so what the page says around a chart stands in it. It looks like the plotly one:
same tokens, joins, labels and events. It refuses to cut what it is given to say: long lines are wrapped and
the picture grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboard.charts import AnyChart, Bars, Whiskers, WidthClass
from dashboard.charts.alt import describe
from dashboard.charts.vega_lines import draw_chart
from dashboard.charts.vega_parts import Layer, wrap_lines, write_words
from dashboard.charts.vega_rows import draw_bars, draw_whiskers
from dashboard.theme import FONT_FAMILY, FONT_SIZE, SMALL_SIZE, Mode, Tokens, tokens

SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.json"
PICTURE_WIDTH = 960
NARROW_BELOW = 640
_SIDE = 20
_TITLE_SIZE, _TITLE_STEP = 18, 24
_SUBTITLE_SIZE, _SUBTITLE_STEP = FONT_SIZE + 1, 19
_SOURCE_STEP = 16
_GAP = 12


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart drawn: its plot in pixels, what lies around it, and its layers, bottom first."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    layers: Sequence[Layer]


def to_vega(
    chart: AnyChart,
    mode: Mode = "light",
    *,
    title: str,
    subtitle: str | Sequence[str] = (),
    source: str | Sequence[str] = (),
    width: int = PICTURE_WIDTH,
    height: int | None = None,
    framed: bool = True,
) -> dict[str, Any]:
    """The Vega-Lite specification of any chart, `width` pixels wide.

    `subtitle` stands below the title and `source` below the chart, a line or paragraph each; `height` is that
    of the plot with its axes, the chart's own by default, and without meaning for rows. Without `framed` there is
    no margin, title or source: for a document that says these around the chart."""
    theme = tokens(mode)
    side = _SIDE if framed else 0
    room = width - 2 * side
    drawing = _draw(chart, theme, room, height)
    header, above = _write_header(title, _list_lines(subtitle), drawing, theme, room) if framed else ([], 0)
    footer, below = _write_footer(_list_lines(source), drawing, theme, room) if framed else ([], 0)
    return {
        "$schema": SCHEMA,
        "description": describe(chart),
        "background": theme.ground,
        "autosize": {"type": "none"},
        "width": drawing.width,
        "height": drawing.height,
        "padding": {
            "left": side + drawing.left,
            "right": side + drawing.right,
            "top": drawing.top + above,
            "bottom": drawing.bottom + below,
        },
        # Without it Vega repeats each word as a description of its mark.
        "config": {"aria": False, "font": FONT_FAMILY, "view": {"stroke": None}},
        "layer": [layer for layer in (*drawing.layers, *header, *footer) if layer["data"]["values"]],
    }


def _draw(chart: AnyChart, theme: Tokens, room: int, height: int | None) -> Drawing:
    width: WidthClass = "narrow" if room < NARROW_BELOW else "wide"
    if isinstance(chart, Whiskers):
        return Drawing(*draw_whiskers(chart, theme, width, room))
    if isinstance(chart, Bars):
        return Drawing(*draw_bars(chart, theme, width, room))
    return Drawing(*draw_chart(chart, theme, width, room, height))


def _write_header(
    title: str, subtitle: list[str], drawing: Drawing, theme: Tokens, room: int
) -> tuple[list[Layer], float]:
    """Title and subtitle, and the pixels they need above the drawing."""
    heads = wrap_lines(title, room, _TITLE_SIZE, bold=True)
    subs = [line for part in subtitle for line in wrap_lines(part, room, _SUBTITLE_SIZE)]
    above = _SIDE + _TITLE_STEP * len(heads) + _SUBTITLE_STEP * len(subs) + _GAP
    left, top = -drawing.left, -drawing.top - above + _SIDE
    below_title = top + _TITLE_STEP * len(heads) + 2
    return [
        _stack(heads, left, top, _TITLE_STEP, theme.ink, _TITLE_SIZE, bold=True),
        _stack(subs, left, below_title, _SUBTITLE_STEP, theme.mute, _SUBTITLE_SIZE),
    ], above


def _write_footer(source: list[str], drawing: Drawing, theme: Tokens, room: int) -> tuple[list[Layer], float]:
    """Source lines, and the pixels they need below the drawing."""
    lines = [line for part in source for line in wrap_lines(part, room, SMALL_SIZE)]
    top = drawing.height + drawing.bottom + _GAP
    stack = _stack(lines, -drawing.left, top, _SOURCE_STEP, theme.mute, SMALL_SIZE)
    return [stack], _GAP + _SOURCE_STEP * len(lines) + (_SIDE - 4 if lines else 8)


def _stack(lines: list[str], left: float, top: float, step: int, colour: str, size: int, bold: bool = False) -> Layer:
    words = [(left, top + step * n, line) for n, line in enumerate(lines)]
    return write_words(words, colour, size=size, baseline="top", bold=bold)


def _list_lines(text: str | Sequence[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)
