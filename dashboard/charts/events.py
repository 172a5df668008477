"""Where the labels of events go above a chart: the most important first.

It refuses overlapping labels. An event whose label finds no room keeps its rule and its hover text,
and a phone shows the focus events alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dashboard.charts import Event, shorten
from dashboard.charts.scale import Frame, estimate_width
from dashboard.theme import SMALL_SIZE

EVENT_STEP = 15
Side = Literal["left", "right"]
_EVENT_RANK = {"focus": 0, "release": 1, "other": 2}


@dataclass(frozen=True, slots=True)
class EventLabel:
    """An event with its label's level (0 is next to the plot) and side; level None has no label.

    `rises` says that its rule may run up to the label without cutting through another.
    """

    event: Event
    level: int | None
    anchor: Side = "left"
    text: str = ""
    rises: bool = True


def place_events(events: Sequence[Event], frame: Frame) -> list[EventLabel]:
    """Events within the range, by importance; a label takes the first free of two levels and sides.

    A phone shows the focus events alone. A label also keeps clear of the rules that rise past it.
    """
    inside = [e for e in events if 0 <= frame.x_share(e.day) <= 1 and (e.kind == "focus" or not frame.narrow)]
    taken: list[tuple[int, float, float]] = []
    rules: list[tuple[int, float]] = []
    placed = []
    for event in sorted(inside, key=lambda e: (_EVENT_RANK[e.kind], e.day)):
        text = shorten(event.label, 22 if frame.narrow else 30)
        label = _find_free_slot(event, text, frame, taken, rules)
        placed.append(label)
        if label.level is not None:
            taken.append((label.level, *_extent(event.day, text, label.anchor, frame)))
        if label.level is not None and label.rises:
            rules.append((label.level, frame.x_share(event.day) * frame.plot_width))
    return sorted(placed, key=lambda label: label.event.day)


def _find_free_slot(
    event: Event,
    text: str,
    frame: Frame,
    taken: list[tuple[int, float, float]],
    rules: list[tuple[int, float]],
) -> EventLabel:
    at = frame.x_share(event.day) * frame.plot_width
    sides: tuple[Side, ...] = ("left", "right")
    stacked = None
    for level in (0, 1):
        for anchor in sides:
            start, end = _extent(event.day, text, anchor, frame)
            if start < -frame.left or end > frame.plot_width + frame.right:
                continue
            overlaps = any(lv == level and start < to and end > fro for lv, fro, to in taken)
            crossed = any(lv > level and start - 3 < rule < end + 3 for lv, rule in rules)
            crosses = any(lv < level and fro - 3 < at < to + 3 for lv, fro, to in taken)
            if overlaps or crossed:
                continue
            if not crosses:
                return EventLabel(event, level, anchor, text)
            stacked = stacked or EventLabel(event, level, anchor, text, rises=False)
    return stacked or EventLabel(event, None)


def _extent(day: date, text: str, anchor: Side, frame: Frame) -> tuple[float, float]:
    at, width = frame.x_share(day) * frame.plot_width, estimate_width(text, SMALL_SIZE) + 10
    return (at, at + width) if anchor == "left" else (at - width, at)
