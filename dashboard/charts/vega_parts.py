"""What pictures are drawn with: Vega-Lite layers over pixels.

The geometry is that of `charts.layout`, worked out once for both adapters, so Vega-Lite is only the pen:
each row carries the place, colour and words of one mark. Words travel as data, never as an expression, and
pass through `shorten` or `wrap_lines` on their way. It refuses links and anything fetched.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from dashboard.charts import ELLIPSIS
from dashboard.charts.text_width import measure_text
from dashboard.theme import FONT_SIZE

Layer = dict[str, Any]
Align = Literal["left", "center", "right"]
Baseline = Literal["top", "middle", "bottom"]
Span = tuple[float, float]

DASHED = [5.0, 4.0]
DOTTED = [2.0, 3.0]
_REGULAR, _BOLD = 400, 700


def draw_rules(ends: Sequence[tuple[Span, Span]], colour: str, width: float, dash: Sequence[float] = ()) -> Layer:
    """Straight lines, each from a point to a point, in pixels from the plot's upper left corner."""
    rows = [{"x": x, "y": y, "x2": x2, "y2": y2} for (x, y), (x2, y2) in ends]
    mark = {"type": "rule", "color": colour, "strokeWidth": width, "strokeDash": list(dash), "strokeCap": "butt"}
    return _layer(mark, rows, ("x", "y", "x2", "y2"))


def draw_line(points: Sequence[Span], colour: str, width: float, dash: Sequence[float]) -> Layer:
    """One line through points."""
    mark = {
        "type": "line",
        "color": colour,
        "strokeWidth": width,
        "strokeDash": list(dash),
        "strokeJoin": "round",
    }
    layer = _layer(mark, [{"x": x, "y": y, "n": n} for n, (x, y) in enumerate(points)], ("x", "y"))
    # Without an order a line would be sorted by x, and a step up at one x drawn as a step down.
    layer["encoding"]["order"] = {"field": "n", "type": "quantitative"}
    return layer


def draw_band(points: Sequence[tuple[float, float, float]], colour: str, opacity: float) -> Layer:
    """The area between two heights: x, upper and lower of each place."""
    mark = {"type": "area", "color": colour, "opacity": opacity, "line": False}
    return _layer(mark, [{"x": x, "y": y, "y2": y2} for x, y, y2 in points], ("x", "y", "y2"))


def draw_boxes(boxes: Sequence[tuple[float, float, float, float]], colour: str, opacity: float = 1.0) -> Layer:
    """Filled rectangles: left, top, right and bottom."""
    rows = [{"x": x, "y": y, "x2": x2, "y2": y2} for x, y, x2, y2 in boxes]
    return _layer({"type": "rect", "color": colour, "opacity": opacity}, rows, ("x", "y", "x2", "y2"))


def draw_dots(rows: Sequence[Mapping[str, Any]], shape: str = "circle") -> Layer:
    """Dots of `x`, `y`, `across` (pixels), `fill`, `stroke` and `edge` (pixels); other keys only inform."""
    sized = [{**row, "size": math.pi * (row["across"] / 2) ** 2} for row in rows]
    layer = _layer({"type": "point", "shape": shape, "opacity": 1}, sized, ("x", "y"))
    for channel, field in (("fill", "fill"), ("stroke", "stroke"), ("strokeWidth", "edge"), ("size", "size")):
        kind = "nominal" if channel in ("fill", "stroke") else "quantitative"
        layer["encoding"][channel] = {"field": field, "type": kind, "scale": None, "legend": None}
    return layer


def write_words(
    words: Sequence[tuple[float, float, str]],
    colour: str,
    *,
    size: int = FONT_SIZE,
    align: Align = "left",
    baseline: Baseline = "middle",
    bold: bool = False,
) -> Layer:
    """Words at places, all in one look."""
    mark = {
        "type": "text",
        "color": colour,
        "fontSize": size,
        "fontWeight": _BOLD if bold else _REGULAR,
        "align": align,
        "baseline": baseline,
        "limit": 0,
        # A line end never reaches a mark; Vega would otherwise look for one.
        "lineBreak": "\u0000",
    }
    layer = _layer(mark, [{"x": x, "y": y, "text": text} for x, y, text in words if text], ("x", "y"))
    layer["encoding"]["text"] = {"field": "text", "type": "nominal"}
    return layer


def wrap_lines(text: str, room: float, size: int, *, bold: bool = False) -> list[str]:
    """Words on as many lines of `room` pixels as they need; a word too long for one is broken, none is cut.

    Line ends, control and direction-changing characters become spaces."""
    lines: list[str] = []
    for word in "".join(ch if ch.isprintable() else " " for ch in text).split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and measure_text(joined, size, bold=bold) <= room:
            lines[-1] = joined
        else:
            lines += _break_word(word, room, size, bold)
    return lines


def fit_words(text: str, room: float, size: int) -> str:
    """Words cut to fit, with an ellipsis where they were."""
    kept = text
    while kept and measure_text(kept + ELLIPSIS, size) > room:
        kept = kept[:-1]
    return text if measure_text(text, size) <= room else kept.rstrip() + ELLIPSIS


def _break_word(word: str, room: float, size: int, bold: bool) -> list[str]:
    pieces, used = [""], 0.0
    for letter in word:
        width = measure_text(letter, size, bold=bold)
        if pieces[-1] and used + width > room:
            pieces.append("")
            used = 0.0
        pieces[-1] += letter
        used += width
    return pieces


def _layer(mark: Layer, rows: Sequence[Mapping[str, Any]], channels: Sequence[str]) -> Layer:
    encoding: Layer = {}
    for channel in channels:
        # The second end of a mark takes its scale, which is none, from the first.
        bare = {"field": channel}
        encoding[channel] = bare if channel in ("x2", "y2") else {**bare, "type": "quantitative", "scale": None}
        if channel in ("x", "y"):
            encoding[channel]["axis"] = None
    return {"data": {"values": [_round(row) for row in rows]}, "mark": mark, "encoding": encoding}


def _round(row: Mapping[str, Any]) -> dict[str, Any]:
    """Places to a hundredth of a pixel: finer differences would only make a file longer."""
    pixels = ("x", "y", "x2", "y2", "size")
    return {key: round(value, 2) if key in pixels else value for key, value in row.items()}
