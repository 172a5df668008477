"""How floor, median and ceiling of a price moved: heading and chart.

Overview and the Price page draw the same prices, so one rule draws them. A line joins reads at most 45 days
apart; what the listings of one read day span was read together and is always joined. Nothing is left out for
being dear: where the span asks for it the axis is logarithmic.

Rule of the heading: floor and median moved where the last day read differs from the first by more than 10 %.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.change import is_level
from dashboard.charts import Chart, Event, Point, Series, Unit
from dashboard.formats import format_percent
from dashboard.rows import Row
from dashboard.theme import Access

DOLLARS = Unit(prefix="$", decimals=2)
# A spread wider than this, ceiling over floor, needs a logarithmic axis to show the floor at all.
LOG_SPREAD = 10.0
# Beyond so many read days the spans would be a solid field that hides the median.
SPANS_SHOWN = 60
_MARKS: tuple[tuple[str, str, Access], ...] = (
    ("Ceiling", "ceiling", "neutral"),
    ("Median", "median", "neutral"),
    ("Floor", "floor", "focus"),
)


def head_spread(days: Sequence[Row]) -> str:
    """The finding: floor, median and providers, first read day against the last. Each of `days` has a price."""
    if not days:
        return "Prices have not been recorded yet"
    first, last = days[0], days[-1]
    if first is last:
        count = last["providers"]
        return f"{count} paid provider{'' if count == 1 else 's'} on the first day read"
    floor, middle = (word_move(last[column] / first[column] - 1) for column in ("floor", "median"))
    moves = f"The price floor {floor}, the median {middle}"
    if floor == middle:
        moves = f"Price floor and median both {floor}"
    return f"{moves}; paid providers went from {first['providers']} to {last['providers']}"


def draw_spread(days: Sequence[Row], name: str, events: Sequence[Event] = (), empty_text: str = "") -> Chart:
    """Floor, median, ceiling and what they span per read day; `days` have day, floor, median, ceiling, providers."""
    if not days:
        return Chart(empty_text=empty_text or "No price list with a paid listing had been recorded by then.")
    series = [
        Series(
            label,
            [Point(row["day"], row[column], note=_word_providers(row["providers"])) for row in days],
            access=access,
        )
        for label, column, access in _MARKS
    ]
    spread = max(row["ceiling"] for row in days) / min(row["floor"] for row in days)
    return Chart(
        series=[*_list_spans(days), *series],
        events=events,
        unit=DOLLARS,
        log_y=spread > LOG_SPREAD,
        height=340,
        title=f"Price of {name} per million tokens",
    )


def word_move(change: float) -> str:
    """A change in words: "fell 77 %", "held"."""
    if is_level(change):
        return "held"
    return f"{'fell' if change < 0 else 'rose'} {format_percent(abs(change), 0)}"


def _list_spans(days: Sequence[Row]) -> list[Series]:
    wide = [row for row in days if row["ceiling"] > row["floor"]]
    if not wide or len(wide) > SPANS_SHOWN:
        return []
    points = [
        point
        for row in wide
        for point in (Point(row["day"], row["floor"], starts_new=True), Point(row["day"], row["ceiling"]))
    ]
    return [Series("Floor to ceiling", points, label=False)]


def _word_providers(count: int) -> str:
    return f"{count} paid provider{'' if count == 1 else 's'}"
