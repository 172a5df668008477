"""Words and marks over a picture: labels, names, brackets, rules for events.

Where they stand was worked out in `charts.layout`, `charts.point_labels` and `charts.events`. Words within the
plot have a little ground behind them, so that no line runs through a letter.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.charts import Bracket, Chart, shorten, spread
from dashboard.charts.events import EVENT_STEP, place_events
from dashboard.charts.layout import BRACKET_STEP, LABEL_GAP, place_end_labels, split_brackets
from dashboard.charts.point_labels import PointSide, place_point_labels
from dashboard.charts.scale import Frame, estimate_width
from dashboard.charts.vega_parts import (
    DOTTED,
    Align,
    Baseline,
    Layer,
    draw_boxes,
    draw_dots,
    draw_rules,
    write_words,
)
from dashboard.theme import SMALL_SIZE, Tokens

_CAP = 4
_BESIDE: dict[PointSide, tuple[Align, Baseline, int, int]] = {
    "right": ("left", "middle", 1, 0),
    "left": ("right", "middle", -1, 0),
    "above": ("center", "bottom", 0, -1),
    "below": ("center", "top", 0, 1),
}


def write_end_labels(chart: Chart, frame: Frame, theme: Tokens) -> list[Layer]:
    """Name and value at the end of each line: beside the plot, or inside it on a phone."""
    layers: list[Layer] = []
    for label in place_end_labels(chart, frame):
        # A no-break space, as two plain ones would be drawn as one.
        words = "\u00a0\u00a0".join(part for part in (label.name, label.value) if part)
        focus = label.access == "focus"
        size = SMALL_SIZE if frame.narrow or label.is_distance else SMALL_SIZE + 1 + focus
        y = (1 - label.at) * frame.plot_height
        if frame.inside:
            width = estimate_width(words, size)
            layers.append(draw_boxes([(frame.plot_width - width, y - 8, frame.plot_width, y + 8)], theme.ground, 0.8))
        x = frame.plot_width if frame.inside else frame.plot_width + frame.gutter + (6 if frame.narrow else 10)
        side: Align = "right" if frame.inside else "left"
        layers.append(write_words([(x, y, words)], theme.text(label.access), size=size, align=side, bold=focus))
    return layers


def write_point_labels(chart: Chart, frame: Frame, theme: Tokens) -> list[Layer]:
    """Names beside their dots."""
    layers = []
    for label in place_point_labels(chart, frame):
        align, baseline, right, down = _BESIDE[label.side]
        x = label.x * frame.plot_width + right * label.shift
        y = (1 - label.y) * frame.plot_height + down * label.shift
        colour = theme.ink if label.access == "neutral" else theme.text(label.access)
        bold = label.access == "focus"
        name = (x, y, label.name)
        layers.append(write_words([name], colour, size=SMALL_SIZE, align=align, baseline=baseline, bold=bold))
    return layers


def draw_brackets(chart: Chart, frame: Frame, theme: Tokens) -> list[Layer]:
    """Brackets in the gutter (their words are end labels) and within the plot, with words beside them."""
    at_end, within = split_brackets(chart)
    layers = [_draw_bracket(b, frame, theme, 1.0, 8 + BRACKET_STEP * n) for n, b in enumerate(at_end)]
    groups: dict[float, list[Bracket]] = {}
    for bracket in within:
        groups.setdefault(frame.x_share(bracket.x), []).append(bracket)
    for share, group in groups.items():
        layers += [_draw_bracket(b, frame, theme, share, 8 + BRACKET_STEP * n) for n, b in enumerate(group)]
        layers += _word_brackets(group, share, frame, theme)
    return layers


def _draw_bracket(bracket: Bracket, frame: Frame, theme: Tokens, share: float, shift: int) -> Layer:
    """A stem with two caps."""
    x = share * frame.plot_width + shift
    start, end = ((1 - frame.y_share(y)) * frame.plot_height for y in (bracket.y0, bracket.y1))
    strokes = [((x - _CAP, start), (x + _CAP, start)), ((x, start), (x, end)), ((x - _CAP, end), (x + _CAP, end))]
    return draw_rules(strokes, theme.text(bracket.access), 1.2)


def _word_brackets(group: Sequence[Bracket], share: float, frame: Frame, theme: Tokens) -> list[Layer]:
    middles = [(frame.y_share(b.y0) + frame.y_share(b.y1)) / 2 * frame.plot_height for b in group]
    heights = spread(middles, LABEL_GAP, min(0.0, frame.plot_height - LABEL_GAP * len(group)), frame.plot_height)
    layers: list[Layer] = []
    for bracket, height in zip(group, heights, strict=True):
        text = bracket.short if frame.narrow and bracket.short else bracket.text
        words = shorten(text, 12 if frame.narrow else 30)
        x = share * frame.plot_width + 10 + BRACKET_STEP * len(group) - _CAP
        y = frame.plot_height - height
        layers.append(draw_boxes([(x, y - 8, x + estimate_width(words, SMALL_SIZE), y + 8)], theme.ground, 0.94))
        layers.append(write_words([(x, y, words)], theme.text(bracket.access), size=SMALL_SIZE))
    return layers


def draw_events(chart: Chart, frame: Frame, theme: Tokens) -> list[Layer]:
    """Dotted rules that rise to their labels; an event without room for one keeps rule and mark."""
    layers: list[Layer] = []
    for label in place_events(chart.events, frame):
        x = frame.x_share(label.event.day) * frame.plot_width
        focus = label.event.kind == "focus"
        rise = 0 if label.level is None or not label.rises else EVENT_STEP * label.level + 8
        rule = theme.accent if focus else theme.axis
        layers.append(draw_rules([((x, frame.plot_height), (x, -float(rise)))], rule, 1, DOTTED))
        if label.level is None:
            mark = {"x": x, "y": 4, "across": 7, "fill": rule, "stroke": rule, "edge": 0}
            layers.append(draw_dots([mark], "triangle-down"))
            continue
        shift, side = (4, label.anchor) if label.anchor == "left" else (-4, label.anchor)
        words = (x + shift, -EVENT_STEP * label.level - 2.0, label.text)
        ink = theme.accent if focus else theme.mute
        layers.append(write_words([words], ink, size=SMALL_SIZE, align=side, baseline="bottom"))
    return layers
