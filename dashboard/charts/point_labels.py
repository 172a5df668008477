"""Where names stand beside dots over a number.

A cloud of dots has no ends to label, so a name takes the first free place around its own dot, the most
important first. It refuses overlaps with names and dots alike: a name without a free place stays in the
hover text.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from dashboard.charts import Chart, Point, Series, join_points, shorten
from dashboard.charts.scale import Frame, estimate_width, find_last, list_visible
from dashboard.theme import SMALL_SIZE, Access

PointSide = Literal["right", "left", "above", "below"]
CLEARANCE = 7.0
_RANK: dict[Access, int] = {"focus": 0, "open": 1, "closed": 1, "neutral": 2}
_HALF = SMALL_SIZE * 0.68
_DOT = 3.5
_LINE_STEP = 8.0


@dataclass(frozen=True, slots=True)
class PointLabel:
    """A name beside a point: `x` and `y` are shares of the plot at which the dot lies.

    `shift` is how far to the side named the words begin, in pixels: clear of the dot and of its whisker."""

    name: str
    access: Access
    x: float
    y: float
    side: PointSide
    shift: float


@dataclass(frozen=True, slots=True)
class _Spot:
    """A dot in pixels from the plot's lower left corner, and how far its whisker reaches up and down."""

    x: float
    y: float
    up: float = 0.0
    down: float = 0.0

    def clear(self, side: PointSide) -> float:
        return CLEARANCE + (self.up if side == "above" else self.down if side == "below" else 0.0)


Box = tuple[float, float, float, float]


def place_point_labels(chart: Chart, frame: Frame) -> list[PointLabel]:
    """Names of series labelled at their point, none over another, over a dot or outside the picture."""
    wanted = [(series, last) for series in chart.series if (last := _find_labelled(series, frame))]
    dots = [_find_dot(point, frame) for s in chart.series for point in list_visible(s, frame.x_range)]
    dots += [spot for series in chart.series for spot in _list_line(series, frame)]
    for flat in chart.flats:
        dots += _join_spots(_find_dot(Point(flat.start, flat.y), frame), _find_dot(Point(flat.end, flat.y), frame))
    taken: list[Box] = []
    placed = []
    for series, point in sorted(wanted, key=lambda pair: _RANK[pair[0].access]):
        name = shorten(series.short if frame.narrow and series.short else series.name, 16 if frame.narrow else 26)
        at = _find_dot(point, frame)
        side = _find_side(name, at, frame, taken, [dot for dot in dots if (dot.x, dot.y) != (at.x, at.y)])
        if not side and series.access == "focus":
            # gpt-oss is named even where a dot must lie under its name.
            side = _find_side(name, at, frame, taken, [])
        if side:
            taken.append(_find_box(name, at, side))
            share = (frame.x_share(point.x), frame.y_share(point.y))
            placed.append(PointLabel(name, series.access, *share, side, at.clear(side)))
    return placed


def _find_labelled(series: Series, frame: Frame) -> Point | None:
    if not series.label or series.label_at != "point":
        return None
    return find_last(series, frame.x_range)


def _list_line(series: Series, frame: Frame) -> list[_Spot]:
    """A line as spots close enough that no name slips between them; a staircase turns at its records."""
    spots: list[_Spot] = []
    runs = join_points(series)
    for run in runs:
        corners = [_find_dot(point, frame) for point in run]
        if series.style == "step":
            corners = [c for a, b in pairwise(corners) for c in (a, _Spot(b.x, a.y))] + corners[-1:]
            if series.until is not None and run is runs[-1]:
                corners.append(_Spot(frame.x_share(series.until) * frame.plot_width, corners[-1].y))
        for a, b in pairwise(corners):
            spots += _join_spots(a, b)
    return spots


def _join_spots(a: _Spot, b: _Spot) -> list[_Spot]:
    """The way between two dots; not the dots themselves, which keep their own names clear."""
    count = max(1, math.ceil(max(abs(b.x - a.x), abs(b.y - a.y)) / _LINE_STEP))
    return [_Spot(a.x + (b.x - a.x) * n / count, a.y + (b.y - a.y) * n / count) for n in range(1, count)]


def _find_side(name: str, at: _Spot, frame: Frame, taken: list[Box], dots: list[_Spot]) -> PointSide | None:
    sides: tuple[PointSide, ...] = ("right", "left", "above", "below")
    for side in sides:
        left, right, low, high = _find_box(name, at, side)
        if left < -4 or right > frame.plot_width + frame.right or low < 0 or high > frame.plot_height + 8:
            continue
        if any(left < r and right > lo and low < h and high > lw for lo, r, lw, h in taken):
            continue
        if not any(left - _DOT < d.x < right + _DOT and low - _DOT < d.y < high + _DOT for d in dots):
            return side
    return None


def _find_box(name: str, at: _Spot, side: PointSide) -> Box:
    """Left, right, bottom and top of a name in pixels from the plot's lower left corner."""
    width, shift = estimate_width(name, SMALL_SIZE), at.clear(side)
    if side == "right":
        return at.x + shift, at.x + shift + width, at.y - _HALF, at.y + _HALF
    if side == "left":
        return at.x - shift - width, at.x - shift, at.y - _HALF, at.y + _HALF
    middle = at.y + (shift + _HALF) * (1 if side == "above" else -1)
    return at.x - width / 2, at.x + width / 2, middle - _HALF, middle + _HALF


def _find_dot(point: Point, frame: Frame) -> _Spot:
    y = frame.y_share(point.y) * frame.plot_height
    up = 0.0 if point.high is None else frame.y_share(point.high) * frame.plot_height - y
    down = 0.0 if point.low is None else y - frame.y_share(point.low) * frame.plot_height
    return _Spot(frame.x_share(point.x) * frame.plot_width, y, max(up, 0.0), max(down, 0.0))
