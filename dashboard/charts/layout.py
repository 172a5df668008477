"""Where things go on a chart, in pixels: its frame and the labels of its lines.

Both adapters must agree on what is cut, moved or dropped, so the geometry is worked out here, from
the specification alone. It refuses overlapping labels: what does not fit loses its label, the least
important first, and stays readable in the hover text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from dashboard.charts import Bracket, Chart, WidthClass, shorten, spread
from dashboard.charts.events import EVENT_STEP, place_events
from dashboard.charts.scale import (
    NOMINAL_WIDTH,
    Frame,
    estimate_width,
    find_last,
    find_x_range,
    find_x_share,
    find_y_range,
    list_ticks,
)
from dashboard.theme import FONT_SIZE, SMALL_SIZE, Access

LABEL_GAP = 16.0
BRACKET_STEP = 12
# More labels than this would cover the lines of a phone's chart: they move beside the plot, without values.
INSIDE_LABELS = 3
_LABEL_RANK: dict[Access, int] = {"focus": 0, "open": 1, "closed": 1, "neutral": 2}


@dataclass(frozen=True, slots=True)
class EndLabel:
    """A direct label, `at` a share of the plot's height; `is_distance` marks the words of a bracket."""

    name: str
    value: str
    access: Access
    at: float
    is_distance: bool = False


@dataclass(frozen=True, slots=True)
class _Wanted:
    name: str
    value: str
    access: Access
    y: float
    is_distance: bool = False


def lay_out(chart: Chart, width: WidthClass, pixels: int | None = None, height: int | None = None) -> Frame:
    """The frame of a chart at a width class; its height shrinks on a phone.

    `pixels` is the whole width where it is known; a browser decides its own, and the nominal one stands in.
    `height` stands in for the chart's own."""
    narrow = width == "narrow"
    y_range = find_y_range(chart)
    ticks = list_ticks(y_range, chart.log_y, chart.unit, narrow)
    wanted = _list_wanted(chart, narrow)
    inside = narrow and sum(not label.is_distance for label in wanted) <= INSIDE_LABELS
    at_end, _ = split_brackets(chart)
    gutter = BRACKET_STEP * len(at_end) + 2 if at_end else 0
    beside = 12 if inside else 20 + math.ceil(max((_measure(label, narrow) for label in wanted), default=0))
    frame = Frame(
        narrow=narrow,
        inside=inside,
        height=height or (max(240, round(chart.height * 0.76)) if narrow else chart.height),
        left=14 + math.ceil(max((estimate_width(text, SMALL_SIZE) for _, text in ticks), default=20)),
        right=gutter + beside,
        top=14,
        bottom=40,
        gutter=gutter,
        x_range=find_x_range(chart),
        y_range=y_range,
        log_y=chart.log_y,
        log_x=chart.log_x,
        width=pixels or NOMINAL_WIDTH[width],
    )
    levels = [label.level for label in place_events(chart.events, frame) if label.level is not None]
    return replace(frame, top=14 + EVENT_STEP * (max(levels) + 1)) if levels else frame


def split_brackets(chart: Chart) -> tuple[list[Bracket], list[Bracket]]:
    """Brackets at the plot's right end, which go into the gutter beside it, and those within; short first."""
    x_range = find_x_range(chart)
    at_end: list[Bracket] = []
    within: list[Bracket] = []
    for bracket in sorted(chart.brackets, key=lambda b: abs(b.y1 - b.y0)):
        (at_end if find_x_share(bracket.x, x_range, chart.log_x) >= 0.97 else within).append(bracket)
    return at_end, within


def place_end_labels(chart: Chart, frame: Frame) -> list[EndLabel]:
    """Direct labels of lines and brackets, spread so that none overlaps; what does not fit is dropped."""
    gap = LABEL_GAP / frame.plot_height
    # Inside the plot a label sits above its line, so it starts a little higher.
    lift, low, high = (11 / frame.plot_height, 0.03, 1.0) if frame.inside else (0.0, 0.0, 1.0)
    wanted = sorted(_list_wanted(chart, frame.narrow), key=lambda w: (_LABEL_RANK[w.access], w.is_distance))
    kept = wanted[: int((high - low) / gap) + 1]
    places = spread([min(max(frame.y_share(want.y), 0.0), 1.0) + lift for want in kept], gap, low, high)
    return [
        EndLabel(
            want.name,
            "" if frame.narrow and not frame.inside else want.value,
            want.access,
            at,
            want.is_distance,
        )
        for want, at in zip(kept, places, strict=True)
    ]


def _list_wanted(chart: Chart, narrow: bool) -> list[_Wanted]:
    """Everything that asks for a label at the plot's end, in the order of the specification."""
    limit = 13 if narrow else 26
    found: list[_Wanted] = []
    for flat in chart.flats:
        name = shorten(flat.short if narrow and flat.short else flat.name, limit)
        found.append(_Wanted(name, chart.unit.format(flat.y), "focus", flat.y))
    x_range = find_x_range(chart)
    for series in chart.series:
        last = find_last(series, x_range)
        if series.label and series.label_at == "end" and last:
            name = shorten(series.short if narrow and series.short else series.name, limit)
            found.append(_Wanted(name, chart.unit.format(last.y), series.access, last.y))
    for bracket in split_brackets(chart)[0]:
        words = shorten(bracket.short if narrow and bracket.short else bracket.text, limit)
        # Near its far end, so that a distance reads below the line it leads to.
        found.append(_Wanted(words, "", bracket.access, 0.3 * bracket.y0 + 0.7 * bracket.y1, is_distance=True))
    return found


def _measure(want: _Wanted, narrow: bool) -> float:
    text = want.name if narrow or want.is_distance else f"{want.name}  {want.value}"
    return estimate_width(text, SMALL_SIZE if narrow or want.is_distance else FONT_SIZE + 1)
