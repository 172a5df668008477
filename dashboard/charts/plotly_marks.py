"""Words and marks over a plotly chart: end labels, brackets, rules for events.

They are annotations and shapes, not data, so they follow the page's width while the heights worked
out in `charts.layout` keep them apart. Every word that comes from data is escaped on its way.
"""

from __future__ import annotations

from dashboard.charts import Bracket, Chart, spread
from dashboard.charts.alt import write_x
from dashboard.charts.events import EVENT_STEP, EventLabel, place_events
from dashboard.charts.layout import BRACKET_STEP, LABEL_GAP, place_end_labels, split_brackets
from dashboard.charts.plotly_parts import Item, annotate, escape, wrap
from dashboard.charts.point_labels import place_point_labels
from dashboard.charts.scale import Frame
from dashboard.theme import SMALL_SIZE, Tokens, with_alpha

_CAP = 4
# plotly keeps this many pixels of air around the words of an annotation.
_INSET = 3
# Anchors of a name beside a dot, and the directions it is shifted in: right and up.
_BESIDE = {
    "right": ("left", "middle", 1, 0),
    "left": ("right", "middle", -1, 0),
    "above": ("center", "bottom", 0, 1),
    "below": ("center", "top", 0, -1),
}


def write_end_labels(chart: Chart, frame: Frame, theme: Tokens) -> list[Item]:
    """Name and value at the end of each line: beside the plot, or inside it on a phone."""
    notes = []
    for label in place_end_labels(chart, frame):
        words = "  ".join(escape(part) for part in (label.name, label.value) if part)
        focus = label.access == "focus"
        small = frame.narrow or label.is_distance
        note = annotate(
            f"<b>{words}</b>" if focus else words,
            theme.text(label.access),
            SMALL_SIZE if small else SMALL_SIZE + 1 + focus,
            x=1,
            y=label.at,
            xref="paper",
            yref="paper",
            xanchor="right" if frame.inside else "left",
            yanchor="middle",
            xshift=0 if frame.inside else frame.gutter + (6 if frame.narrow else 10),
        )
        if frame.inside:
            note |= {"bgcolor": with_alpha(theme.ground, 0.8), "borderpad": 0}
        notes.append(note)
    return notes


def write_point_labels(chart: Chart, frame: Frame, theme: Tokens) -> list[Item]:
    """Names beside their dots."""
    notes = []
    for label in place_point_labels(chart, frame):
        anchor, baseline, right, up = _BESIDE[label.side]
        shift = label.shift - _INSET
        name = escape(label.name)
        note = annotate(
            f"<b>{name}</b>" if label.access == "focus" else name,
            theme.ink if label.access == "neutral" else theme.text(label.access),
            SMALL_SIZE,
            x=label.x,
            y=label.y,
            xref="paper",
            yref="paper",
            xanchor=anchor,
            yanchor=baseline,
            xshift=right * shift,
            yshift=up * shift,
            borderpad=0,
        )
        notes.append(note)
    return notes


def draw_brackets(chart: Chart, frame: Frame, theme: Tokens) -> tuple[list[Item], list[Item]]:
    """Brackets in the gutter (their words are end labels) and within the plot, with words beside them."""
    at_end, within = split_brackets(chart)
    shapes: list[Item] = []
    for index, bracket in enumerate(at_end):
        shapes.append(_shape_bracket(bracket, frame, theme, 1.0, 8 + BRACKET_STEP * index))
    groups: dict[float, list[Bracket]] = {}
    for bracket in within:
        groups.setdefault(frame.x_share(bracket.x), []).append(bracket)
    notes: list[Item] = []
    for share, group in groups.items():
        for index, bracket in enumerate(group):
            shapes.append(_shape_bracket(bracket, frame, theme, share, 8 + BRACKET_STEP * index))
        notes += _word_brackets(group, share, frame, theme)
    return shapes, notes


def _word_brackets(group: list[Bracket], share: float, frame: Frame, theme: Tokens) -> list[Item]:
    middles = [(frame.y_share(b.y0) + frame.y_share(b.y1)) / 2 * frame.plot_height for b in group]
    heights = spread(middles, LABEL_GAP, min(0.0, frame.plot_height - LABEL_GAP * len(group)), frame.plot_height)
    notes = []
    for bracket, height in zip(group, heights, strict=True):
        words = bracket.short if frame.narrow and bracket.short else bracket.text
        note = annotate(escape(words, 12 if frame.narrow else 30), theme.text(bracket.access), SMALL_SIZE)
        note |= {"x": share, "xref": "paper", "y": height / frame.plot_height, "yref": "paper"}
        note |= {"xanchor": "left", "yanchor": "middle", "xshift": 10 + BRACKET_STEP * len(group) - _CAP}
        notes.append(note | {"bgcolor": with_alpha(theme.ground, 0.75), "borderpad": 0})
    return notes


def _shape_bracket(bracket: Bracket, frame: Frame, theme: Tokens, share: float, shift: int) -> Item:
    """A stem with two caps. In paper units, as plotly clips shapes that refer to an axis to the plot."""
    start, end = frame.y_share(bracket.y0), frame.y_share(bracket.y1)
    left, right = shift - _CAP, shift + _CAP
    return {
        "type": "path",
        "path": f"M{left},{start}L{right},{start}M{shift},{start}L{shift},{end}M{left},{end}L{right},{end}",
        "xref": "paper",
        "yref": "paper",
        "xsizemode": "pixel",
        "xanchor": share,
        "line": {"color": theme.text(bracket.access), "width": 1.2},
    }


def draw_events(chart: Chart, frame: Frame, theme: Tokens) -> tuple[list[Item], list[Item], list[Item]]:
    """Dotted rules that rise to their labels, the labels, and one row of hover marks for the whole words."""
    labels = place_events(chart.events, frame)
    shapes: list[Item] = []
    notes: list[Item] = []
    for label in labels:
        day, focus = label.event.day.isoformat(), label.event.kind == "focus"
        rise = 0.0 if label.level is None or not label.rises else (EVENT_STEP * label.level + 8) / frame.plot_height
        line = {"color": theme.accent if focus else theme.axis, "width": 1, "dash": "2px,3px"}
        shapes.append(
            {"type": "line", "xref": "x", "yref": "paper", "x0": day, "x1": day, "y0": 0, "y1": 1 + rise}
            | {"line": line, "layer": "between"}
        )
        if label.level is not None:
            shift = 3 if label.anchor == "left" else -3
            where = {"x": day, "y": 1, "yref": "paper", "yanchor": "bottom", "xanchor": label.anchor}
            colour = theme.accent if focus else theme.mute
            where |= {"yshift": EVENT_STEP * label.level - 2, "xshift": shift, "borderpad": 0}
            notes.append(annotate(escape(label.text), colour, SMALL_SIZE, **where))
    return shapes, notes, [_mark_events(labels, frame, theme)] if labels else []


def _mark_events(labels: list[EventLabel], frame: Frame, theme: Tokens) -> Item:
    """Small marks at the top of the rules: they carry the whole words, also of an unlabelled event."""
    low, high = frame.y_range
    # A little below the edge: plotly feels the pointer inside the plot only.
    level = high - 0.015 * (high - low)
    top = 10**level if frame.log_y else level
    events = [label.event for label in labels]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "events",
        "x": [event.day.isoformat() for event in events],
        "y": [top] * len(events),
        "marker": {
            "size": 7,
            # A dot would read as an observation.
            "symbol": "triangle-down",
            "color": [theme.accent if event.kind == "focus" else theme.axis for event in events],
            # A labelled rule needs no mark, only its hover text.
            "opacity": [1 if label.level is None else 0 for label in labels],
        },
        "hoverinfo": "text",
        "hovertext": [f"<b>{wrap(event.label)}</b><br>{write_x(event.day)}" for event in events],
        "cliponaxis": False,
    }
