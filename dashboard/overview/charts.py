"""Overview's two charts as specifications, and the findings that head them.

Pure functions of rows. The frontier chart compares within one edition only; the price chart and its
heading are those of the Price page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from dashboard.charts import Bracket, Chart, Event, FlatLine, Point, Series, Unit
from dashboard.definitions import OPEN_RULES, RELEASED_ON, SUBJECT
from dashboard.formats import format_date, format_points, format_signed
from dashboard.overview import NAME, OPEN_LABELS
from dashboard.price.spread import draw_spread, head_spread
from dashboard.rows import Row
from dashboard.theme import Access

FRONTIER_RULE = (
    "Computed: a frontier moved on when its best model is more than one index point further ahead of gpt-oss-120b than "
    "the best one released by its day was, in the same edition."
)
START = date(2025, 1, 1)
MOVED_POINTS = 1.0
# Releases shown as event rules on each side, the ones that raised a frontier most.
EVENTS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Distances:
    """How far the best other models are ahead of gpt-oss-120b in one edition, in points: now, and among those
    released by its day. Null where there is none."""

    closed_now: float | None
    closed_then: float | None
    open_now: float | None
    open_then: float | None


def find_own(index: Sequence[Row]) -> Row | None:
    """gpt-oss-120b's row of an edition."""
    return next((row for row in index if row["model_id"] == SUBJECT), None)


def measure_distances(index: Sequence[Row], rule: str) -> Distances | None:
    """The distances within an edition; None where it does not rate gpt-oss-120b."""
    own = find_own(index)
    if own is None:
        return None
    level = float(own["value"])

    def find(rows: Sequence[Row], latest: date) -> float | None:
        return max((float(r["value"]) - level for r in rows if r["released_on"] <= latest), default=None)

    closed, openly = _split(index, rule)
    return Distances(
        find(closed, date.max), find(closed, RELEASED_ON), find(openly, date.max), find(openly, RELEASED_ON)
    )


def head_frontier(distances: Distances | None) -> str:
    """The finding of the frontier chart."""
    if distances is None or distances.closed_now is None or distances.open_now is None:
        return "The frontier has not been recorded yet"
    closed = distances.closed_now - (distances.closed_then or 0) > MOVED_POINTS
    openly = distances.open_now - (distances.open_then or 0) > MOVED_POINTS
    lead = {
        (True, True): "The frontier moved on",
        (True, False): "The closed frontier moved on, the open one did not",
        (False, True): "The open frontier moved on, the closed one did not",
        (False, False): "The frontier has not moved on",
    }[closed, openly]
    return f"{lead}: best closed {_word_distance(distances.closed_now)}, best open {_word_distance(distances.open_now)}"


def build_frontier_chart(index: Sequence[Row], rule: str, events: Sequence[Row]) -> Chart:
    """Index by release date: both frontiers as staircases, gpt-oss-120b as a level with its interval."""
    if not index:
        return Chart(empty_text="No complete edition of Epoch's index had been recorded by then.")
    end, (closed, openly) = index[0]["edition"], _split(index, rule)
    series = [
        Series("Other models", _list_others(index), style="dots", label=False),
        _climb("Best closed", closed, "closed", end),
        _climb("Best open", openly, "open", end),
        *_list_beyond(index, openly, rule),
    ]
    own = find_own(index)
    return Chart(
        series=[one for one in series if one.points],
        flats=[FlatLine(NAME, own["value"], own["low"], own["high"], RELEASED_ON, end)] if own else [],
        brackets=_list_brackets(measure_distances(index, rule), own, end),
        events=_choose_events(events, (closed, openly), end),
        unit=Unit(),
        x_range=(START, end),
        y_range=_find_range(index, own),
        height=460,
        title="Capability index by release date",
    )


def head_prices(prices: Sequence[Row]) -> str:
    """The finding of the price chart: floor, median and providers, first day read against the last."""
    return head_spread(prices)


def build_price_chart(prices: Sequence[Row]) -> Chart:
    """Floor, median, ceiling and span of the 3:1 blend per day read; the rules above carry the provider count."""
    return draw_spread(prices, NAME, [Event(row["day"], f"{row['providers']} providers") for row in prices])


def word_frontier_source(index: Sequence[Row], credits: Mapping[str, str]) -> tuple[str, ...]:
    """Source line of the frontier chart."""
    rated = sum(row["low"] is not None for row in index)
    interval = "interval 90 %, as published" if rated else "this edition publishes no intervals"
    day = format_date(index[0]["edition"])
    undated = sum(row["released_on"] is None for row in index)
    return (
        credits.get("epoch_eci", "Epoch"),
        f"edition of {day}",
        f"n = {len(index)} models in one edition",
        interval,
        f"{undated} without a release date not drawn" if undated else "",
    )


def word_price_source(prices: Sequence[Row], credits: Mapping[str, str]) -> tuple[str, ...]:
    """Source line of the price chart."""
    first, last = (format_date(row["day"]) for row in (prices[0], prices[-1]))
    return (
        credits.get("models_dev", "models.dev"),
        f"{len(prices)} days read, {first} to {last}",
        f"n = {prices[-1]['listings']} paid listings on the last",
        "a whole catalogue: no sampling interval",
    )


def _split(index: Sequence[Row], rule: str) -> tuple[list[Row], list[Row]]:
    """Closed models and the other open ones, those with a release date, in order of it."""
    dated = [row for row in index if row["released_on"] and row["model_id"] != SUBJECT]
    dated.sort(key=lambda row: (row["released_on"], -row["value"], row["name"]))
    closed = [row for row in dated if row["access"] == "proprietary"]
    return closed, [row for row in dated if row["access"] in OPEN_RULES[rule]]


def _list_records(rows: Sequence[Row]) -> list[Row]:
    """The rows that were the best when released; of one day the highest alone."""
    records: list[Row] = []
    for row in rows:
        if not records or row["value"] > records[-1]["value"]:
            records.append(row)
    return records


def _climb(name: str, rows: Sequence[Row], access: Access, end: date) -> Series:
    records = [row for row in _list_records(rows) if row["released_on"] <= end]
    points = [Point(row["released_on"], row["value"], note=row["name"]) for row in records]
    return Series(name, points, access=access, style="step", until=end if points else None)


def _list_others(index: Sequence[Row]) -> list[Point]:
    """Every dated model of the window: the field the frontiers rise above."""
    rows = [r for r in index if r["released_on"] and r["released_on"] >= START and r["model_id"] != SUBJECT]
    rows.sort(key=lambda row: (row["released_on"], row["name"]))
    return [Point(row["released_on"], row["value"], note=row["name"]) for row in rows]


def _list_beyond(index: Sequence[Row], openly: Sequence[Row], rule: str) -> list[Series]:
    """The best model with weights that the chosen meaning of open leaves out, where above that frontier."""
    left_out = OPEN_RULES["any_weights"] - OPEN_RULES[rule]
    rows = [row for row in index if row["access"] in left_out and row["released_on"]]
    best = max(rows, key=lambda row: float(row["value"]), default=None)
    if best is None or any(row["value"] >= best["value"] for row in openly):
        return []
    why = f"open weights, but not: {OPEN_LABELS[rule]}"
    point = Point(best["released_on"], best["value"], note=why, hollow=True)
    return [Series(best["name"], [point], access="open", style="dots", hollow=True)]


def _list_brackets(distances: Distances | None, own: Row | None, end: date) -> list[Bracket]:
    if distances is None or own is None:
        return []
    level = float(own["value"])
    sides: tuple[tuple[date, float | None, Access], ...] = (
        (RELEASED_ON, distances.closed_then, "closed"),
        (RELEASED_ON, distances.open_then, "open"),
        (end, distances.closed_now, "closed"),
        (end, distances.open_now, "open"),
    )
    return [
        Bracket(x, level, level + gap, format_signed(gap), access, format_signed(gap))
        for x, gap, access in sides
        if gap
    ]


def _choose_events(events: Sequence[Row], sides: Sequence[Sequence[Row]], end: date) -> list[Event]:
    """The release of gpt-oss and, per side, the dated releases that raised its frontier most."""
    chosen = [Event(RELEASED_ON, f"{NAME} released", "focus")]
    dated = {(e["happened_on"], str(e["title"])) for e in events if str(e["kind"]).startswith("rival")}
    for rows in sides:
        told = [
            (after["value"] - before["value"], after["released_on"], after["name"])
            for before, after in pairwise(_list_records(rows))
            if START <= after["released_on"] <= end
            and any(day == after["released_on"] and title.startswith(after["name"]) for day, title in dated)
        ]
        chosen += [Event(day, name, "release") for _, day, name in sorted(told, reverse=True)[:EVENTS_SHOWN]]
    return chosen


def _find_range(index: Sequence[Row], own: Row | None) -> tuple[float, float]:
    """From a little below gpt-oss-120b's interval to the best: the tail below says nothing here."""
    base = [own] if own else index
    low = min(float(row["value"] if row["low"] is None else row["low"]) for row in base)
    top = max(float(row["value"]) for row in index)
    return low - 0.15 * (top - low), top + 0.08 * (top - low)


def _word_distance(points: float) -> str:
    if abs(points) < 0.05:
        return "level"
    return f"{format_points(abs(points))} points {'ahead' if points > 0 else 'behind'}"
