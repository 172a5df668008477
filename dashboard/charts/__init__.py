"""What a chart says: series, intervals, brackets, events, and rules for them.

One specification serves the pages (plotly) and, through another adapter, the brief; it knows neither
SQL nor widgets nor a drawing library. It refuses to join what was not observed together: a line runs
only between neighbours at most `connect_gap_days` apart and never across a change of method.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from dashboard.formats import format_count, format_points, format_usd
from dashboard.theme import Access

X = date | float
Style = Literal["line", "step", "dots", "band_line"]
LabelPlace = Literal["end", "point"]
EventKind = Literal["focus", "release", "other"]
WidthClass = Literal["wide", "narrow"]

CONNECT_GAP_DAYS = 45
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Unit:
    """How values of an axis are written: prefix and suffix as given, `compact` for counts (11.6 M)."""

    prefix: str = ""
    suffix: str = ""
    decimals: int = 1
    compact: bool = False

    def format(self, value: float) -> str:
        """Short form for labels: 140.48 -> "140.5"."""
        if self.compact:
            return self._dress(format_count(value), value)
        if self.prefix == "$" and self.decimals == 2:
            return format_usd(value) + self.suffix
        return self._dress(format_points(value, self.decimals), value)

    def format_exact(self, value: float) -> str:
        """Long form for hover text: two decimals more than shown, or the whole count."""
        if self.compact or abs(value) >= 10_000:
            return self._dress(format_points(value, 0), value)
        if self.prefix == "$":
            text = format_points(value, 4)
            return self._dress(text[:-2] + text[-2:].rstrip("0"), value)
        return self._dress(format_points(value, max(2, self.decimals)), value)

    def _dress(self, text: str, value: float) -> str:
        sign, digits = (text[0], text[1:]) if value < 0 and not text[0].isdigit() else ("", text)
        return f"{sign}{self.prefix}{digits}{self.suffix}"


@dataclass(frozen=True, slots=True)
class Point:
    """One observation. `note` names its source or subject in the hover text.

    `hollow` marks a partial edition or a licence without commercial use. `starts_new` is the break
    marker: the method changed before this point, so nothing joins it to the one before.
    """

    x: X
    y: float
    low: float | None = None
    high: float | None = None
    note: str = ""
    hollow: bool = False
    starts_new: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.x, datetime):
            object.__setattr__(self, "x", self.x.date())
        for name in ("y", "low", "high"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ValueError(f"Point at {self.x}: {name} is {value}; leave an absent value out.")


@dataclass(frozen=True, slots=True)
class Series:
    """Observations of one subject in order of x.

    `step` is a best-so-far staircase: it holds its level between records by definition, so only a
    break ends it, and `until` carries the last level to the end of the period looked at. `short` is
    the label on a phone. `label_at` "point" writes the name beside the last dot instead of in the margin
    right of the plot, without its value: for dots over a number, a labelled dot a series. `is_dense`
    makes its dots small however few they are: for one cloud of several that belong together.
    """

    name: str
    points: Sequence[Point]
    access: Access = "neutral"
    style: Style = "line"
    label: bool = True
    hollow: bool = False
    connect_gap_days: int = CONNECT_GAP_DAYS
    until: X | None = None
    short: str = ""
    label_at: LabelPlace = "end"
    is_dense: bool = False

    def __post_init__(self) -> None:
        places = [place(point.x) for point in self.points]
        if places != sorted(places):
            raise ValueError(f"Series {self.name!r}: points are not in order of x; sort them first.")
        if len({isinstance(point.x, date) for point in self.points}) > 1:
            raise ValueError(f"Series {self.name!r}: some points have a date and some a number as x.")
        if self.until is not None and places and place(self.until) < places[-1]:
            raise ValueError(f"Series {self.name!r}: `until` lies before the last point.")


@dataclass(frozen=True, slots=True)
class FlatLine:
    """A level with its interval, drawn in the accent from `start` (release) to `end`."""

    name: str
    y: float
    low: float | None
    high: float | None
    start: X
    end: X
    note: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Bracket:
    """A distance between two levels at `x`; `text` says how far, `short` says it on a phone."""

    x: X
    y0: float
    y1: float
    text: str
    access: Access = "neutral"
    short: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A dated rule with a label above the plot; "focus" events are the last to lose their label."""

    day: date
    label: str
    kind: EventKind = "other"


@dataclass(frozen=True, slots=True)
class Chart:
    """Values over time (or over a number). `title` is for the alt text and exports: pages print it.

    Over a number, `x_unit` says how x is written in ticks, hover and alt, and `x_title` stands below the axis.
    """

    series: Sequence[Series] = ()
    flats: Sequence[FlatLine] = ()
    brackets: Sequence[Bracket] = ()
    events: Sequence[Event] = ()
    unit: Unit = Unit()
    x_range: tuple[X, X] | None = None
    y_range: tuple[float, float] | None = None
    log_y: bool = False
    log_x: bool = False
    x_unit: Unit | None = None
    x_title: str = ""
    height: int = 420
    title: str = ""
    alt: str = ""
    empty_text: str = "Nothing was recorded for this choice."

    def __post_init__(self) -> None:
        values = [p.y for s in self.series for p in s.points] + [flat.y for flat in self.flats]
        values += [y for bracket in self.brackets for y in (bracket.y0, bracket.y1)]
        if self.log_y and any(value <= 0 for value in values):
            raise ValueError("A logarithmic axis cannot show values of 0 or less; leave them out and say so.")
        if self.log_x and any(isinstance(x, date) or x <= 0 for x in _list_x(self)):
            raise ValueError("A logarithmic axis cannot show dates, nor x of 0 or less; leave them out and say so.")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a comparison; `verdict` is the finding in words ("clearly ahead")."""

    label: str
    value: float
    low: float | None = None
    high: float | None = None
    access: Access = "neutral"
    verdict: str = ""
    hollow: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Whiskers:
    """Dots with intervals, one row each, in the order given; `reference` is a band behind all rows.

    `log_x` is for values that span orders of magnitude, prices say, and needs all of them above 0."""

    rows: Sequence[Row]
    unit: Unit = Unit()
    reference: Row | None = None
    log_x: bool = False
    title: str = ""
    alt: str = ""
    empty_text: str = "Nothing was recorded for this choice."

    def __post_init__(self) -> None:
        rows = [*self.rows, *([self.reference] if self.reference else [])]
        values = [value for row in rows for value in (row.value, row.low, row.high) if value is not None]
        if self.log_x and any(value <= 0 for value in values):
            raise ValueError("A logarithmic axis cannot show values of 0 or less; leave them out and say so.")


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars from zero with the value at their end, in the order given."""

    rows: Sequence[Row]
    unit: Unit = Unit()
    title: str = ""
    alt: str = ""
    empty_text: str = "Nothing was recorded for this choice."


AnyChart = Chart | Whiskers | Bars


def place(x: X) -> float:
    """Position of x on its axis: days for a date, the number itself otherwise."""
    return float(x.toordinal()) if isinstance(x, date) else float(x)


def is_dated(chart: Chart) -> bool:
    """Whether the x axis is time; a chart without anything on it counts as dated."""
    return all(isinstance(x, date) for x in _list_x(chart))


def has_own_colour(series: Series, chart: Chart) -> bool:
    """Whether a series is drawn in the colour of its access; every other line or dot is grey.

    gpt-oss and staircases always, a dot that carries its own name, and clouds of dots over a number."""
    if series.access == "focus" or series.style == "step":
        return True
    named = series.label and series.label_at == "point"
    return series.access != "neutral" and (named or (series.style == "dots" and not is_dated(chart)))


def join_points(series: Series) -> list[list[Point]]:
    """The runs of points that a line may join; a run of one is a dot alone.

    Dots are never joined. The gap rule needs dates; a staircase is exempt from it (see `Series`).
    """
    runs: list[list[Point]] = []
    for point in series.points:
        if runs and series.style != "dots" and _may_join(series, runs[-1][-1], point):
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def shorten(text: str, limit: int) -> str:
    """Text on one line in at most `limit` characters, the last an ellipsis where it was cut.

    Line ends, control and direction-changing characters become spaces, so a name can neither break
    the layout nor reorder its neighbours.
    """
    kept = text if text.isprintable() else "".join(ch if ch.isprintable() else " " for ch in text)
    plain = " ".join(kept.split())
    return plain if len(plain) <= limit else plain[: limit - 1].rstrip() + ELLIPSIS


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Positions at least `gap` apart within [low, high], moved as little as possible (least squares).

    Pool adjacent violators. Ties keep the order given. Raises ValueError when they cannot all fit.
    """
    count = len(wanted)
    if count and gap * (count - 1) > high - low + 1e-9:
        raise ValueError(f"{count} labels {gap:g} apart do not fit between {low:g} and {high:g}; drop some first.")
    order = sorted(range(count), key=lambda index: wanted[index])
    blocks: list[tuple[float, int]] = []
    for rank, index in enumerate(order):
        mean, size = wanted[index] - gap * rank, 1
        while blocks and blocks[-1][0] > mean:
            before, members = blocks.pop()
            mean = (before * members + mean * size) / (members + size)
            size += members
        blocks.append((mean, size))
    pooled = [mean for mean, size in blocks for _ in range(size)]
    placed = [0.0] * count
    for rank, index in enumerate(order):
        # Clipping the pooled means is the exact bounded solution, not an approximation.
        placed[index] = min(max(pooled[rank], low), high - gap * (count - 1)) + gap * rank
    return placed


def _list_x(chart: Chart) -> list[X]:
    """Every x on the chart: of points, of carried levels and of flat lines."""
    found: list[X] = [point.x for series in chart.series for point in series.points]
    found += [series.until for series in chart.series if series.until is not None]
    return found + [x for flat in chart.flats for x in (flat.start, flat.end)]


def _may_join(series: Series, before: Point, after: Point) -> bool:
    if after.starts_new:
        return False
    if series.style == "step" or not isinstance(after.x, date):
        return True
    return place(after.x) - place(before.x) <= series.connect_gap_days
