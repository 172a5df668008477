"""Overview's two charts as specifications, and the findings that head them, each by a written rule.

Pure functions of frames. The frontier chart compares within one edition only; the price chart joins
nothing, since no two price lists were read within 45 days of each other.

Rule of the first heading: a frontier moved on when its best model is more than one index point further
ahead of gpt-oss-120b than the best one released by its day was, in the same edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from dashboard.charts import Bracket, Chart, Event, FlatLine, Point, Series, Unit
from dashboard.formats import format_date, format_percent, format_points, format_signed
from dashboard.overview import LEVEL, NAME, OPEN_LABELS, OPEN_RULES, RELEASED_ON
from dashboard.theme import Access

SUBJECT = "openai/gpt-oss-120b"
START = date(2025, 1, 1)
MOVED_POINTS = 1.0
# Releases shown as event rules on each side, the ones that raised a frontier most.
EVENTS_SHOWN = 2
# A spread wider than this, ceiling over floor, needs a logarithmic axis to show the floor at all.
LOG_SPREAD = 10.0


@dataclass(frozen=True, slots=True)
class Distances:
    """How far the best other models are ahead of gpt-oss-120b in one edition, in points: now, and among those
    released by its day. Null where there is none."""

    edition: date
    closed_now: float | None
    closed_then: float | None
    open_now: float | None
    open_then: float | None


def measure_distances(index: pd.DataFrame, rule: str) -> Distances | None:
    """The distances within an edition; None where it does not rate gpt-oss-120b."""
    own = index[index["model_id"] == SUBJECT]
    if own.empty:
        return None
    level = float(own["value"].iloc[0])

    def find(side: pd.DataFrame, latest: date) -> float | None:
        rows = side[side["released_on"] <= pd.Timestamp(latest)]
        return float(rows["value"].max()) - level if len(rows) else None

    closed, openly = _split(index, rule)
    edition = index["edition"].iloc[0].date()
    return Distances(
        edition, find(closed, edition), find(closed, RELEASED_ON), find(openly, edition), find(openly, RELEASED_ON)
    )


def head_frontier(distances: Distances | None) -> str:
    """The finding of the frontier chart."""
    if distances is None or distances.closed_now is None or distances.open_now is None:
        return "The frontier, where it was recorded"
    closed = distances.closed_now - (distances.closed_then or 0) > MOVED_POINTS
    openly = distances.open_now - (distances.open_then or 0) > MOVED_POINTS
    lead = {
        (True, True): "The frontier moved on",
        (True, False): "The closed frontier moved on, the open one did not",
        (False, True): "The open frontier moved on, the closed one did not",
        (False, False): "The frontier has not moved on",
    }[closed, openly]
    return (
        f"{lead}: best closed {_word_distance(distances.closed_now)} of {NAME}, best open "
        f"{_word_distance(distances.open_now)}"
    )


def build_frontier_chart(index: pd.DataFrame, rule: str, events: pd.DataFrame) -> Chart:
    """Index by release date: both frontiers as staircases, gpt-oss-120b as a level with its interval."""
    if index.empty:
        return Chart(empty_text="No complete edition of Epoch's index had been recorded by then.")
    end = index["edition"].iloc[0].date()
    closed, openly = _split(index, rule)
    series = [
        Series("Other models", _list_others(index), style="dots", label=False),
        _climb("Best closed", closed, "closed", end),
        _climb("Best open", openly, "open", end),
        *_list_beyond(index, openly, rule),
    ]
    steps = [(closed, "closed"), (openly, "open")]
    return Chart(
        series=[one for one in series if one.points],
        flats=_list_flats(index, end),
        brackets=_list_brackets(measure_distances(index, rule), index, end),
        events=_choose_events(events, [rows for rows, _ in steps], end),
        unit=Unit(),
        x_range=(START, end),
        y_range=_find_range(index),
        height=460,
        title="Capability index by release date",
    )


def head_prices(prices: pd.DataFrame) -> str:
    """The finding of the price chart: floor, median and providers, first day read against the last."""
    if prices.empty:
        return "Prices, where they were recorded"
    first, last = prices.iloc[0], prices.iloc[-1]
    if len(prices) == 1:
        return f"{int(last['providers'])} paid providers on the first day read"
    floor, middle = (last[c] / first[c] - 1 for c in ("floor", "median"))
    providers = f"from {int(first['providers'])} to {int(last['providers'])} paid providers"
    return f"The price floor {_word_move(floor)}, the median {_word_move(middle)}, {providers}"


def build_price_chart(prices: pd.DataFrame) -> Chart:
    """Floor, median and ceiling of the 3:1 blend per day read; the rules above carry the provider count."""
    if prices.empty:
        return Chart(empty_text="No price list with a paid listing had been recorded by then.")
    days = [day.date() for day in prices["day"]]
    marks: tuple[tuple[str, str, Access], ...] = (
        ("Ceiling", "ceiling", "neutral"), ("Median", "median", "neutral"), ("Floor", "floor", "focus"),
    )
    series = [
        Series(
            name,
            [Point(day, float(v), note=f"{int(n)} paid providers") for day, v, n in
             zip(days, prices[column], prices["providers"], strict=True)],
            access=access,
            style="dots",
        )
        for name, column, access in marks
    ]
    spread = float(prices["ceiling"].max() / prices["floor"].min())
    events = [Event(day, f"{int(n)} providers") for day, n in zip(days, prices["providers"], strict=True)]
    return Chart(
        series=series,
        events=events,
        unit=Unit(prefix="$", decimals=2),
        log_y=spread > LOG_SPREAD,
        height=340,
        title=f"Price of {NAME} per million tokens",
    )


def _split(index: pd.DataFrame, rule: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Closed models and the other open ones, those with a release date, by release date."""
    dated = index[index["released_on"].notna() & (index["model_id"] != SUBJECT)].sort_values(["released_on", "value"])
    return dated[dated["access"] == "proprietary"], dated[dated["access"].isin(OPEN_RULES[rule])]


def _climb(name: str, rows: pd.DataFrame, access: Access, end: date) -> Series:
    """The best value so far, a point a record."""
    records = rows[rows["value"] > rows["value"].cummax().shift(fill_value=float("-inf"))]
    # Of several records on a day only the highest is a step.
    records = records.drop_duplicates("released_on", keep="last")
    points = [
        Point(row.released_on.date(), float(row.value), note=str(row.name_))
        for row in records.rename(columns={"name": "name_"}).itertuples()
        if row.released_on.date() <= end
    ]
    return Series(name, points, access=access, style="step", until=end if points else None)


def _list_others(index: pd.DataFrame) -> list[Point]:
    rows = index[(index["released_on"] >= pd.Timestamp(START)) & (index["model_id"] != SUBJECT)]
    rows = rows.sort_values(["released_on", "name"]).rename(columns={"name": "name_"})
    return [Point(row.released_on.date(), float(row.value), note=str(row.name_)) for row in rows.itertuples()]


def _list_beyond(index: pd.DataFrame, openly: pd.DataFrame, rule: str) -> list[Series]:
    """The best model with weights that the chosen meaning of open leaves out, where it is above that frontier."""
    left_out = OPEN_RULES["any_weights"] - OPEN_RULES[rule]
    rows = index[index["access"].isin(left_out) & index["released_on"].notna()].nlargest(1, "value")
    if rows.empty or (len(openly) and rows["value"].iloc[0] <= openly["value"].max()):
        return []
    row = rows.iloc[0]
    why = f"weights, but not {OPEN_LABELS[rule]}"
    point = Point(row["released_on"].date(), float(row["value"]), note=why, hollow=True)
    return [Series(str(row["name"]), [point], access="open", style="dots", hollow=True)]


def _list_flats(index: pd.DataFrame, end: date) -> list[FlatLine]:
    own = index[index["model_id"] == SUBJECT]
    if own.empty:
        return []
    row = own.iloc[0]
    low, high = (None if pd.isna(row[c]) else float(row[c]) for c in ("low", "high"))
    return [FlatLine(NAME, float(row["value"]), low, high, RELEASED_ON, end)]


def _list_brackets(distances: Distances | None, index: pd.DataFrame, end: date) -> list[Bracket]:
    if distances is None:
        return []
    level = float(index.loc[index["model_id"] == SUBJECT, "value"].iloc[0])
    sides: tuple[tuple[date, float | None, Access], ...] = (
        (RELEASED_ON, distances.closed_then, "closed"), (RELEASED_ON, distances.open_then, "open"),
        (end, distances.closed_now, "closed"), (end, distances.open_now, "open"),
    )
    return [
        Bracket(x, level, level + gap, format_signed(gap), access, format_signed(gap))
        for x, gap, access in sides if gap is not None and gap != 0
    ]


def _choose_events(events: pd.DataFrame, sides: list[pd.DataFrame], end: date) -> list[Event]:
    """The release of gpt-oss, and per side the dated releases that raised its frontier most since January 2025."""
    chosen = [Event(RELEASED_ON, f"{NAME} released", "focus")]
    if events.empty:
        return chosen
    for rows in sides:
        best = rows["value"].cummax()
        rise = (best - best.shift()).where(rows["released_on"] >= pd.Timestamp(START)).dropna()
        for row in rows.loc[rise[rise > 0].nlargest(EVENTS_SHOWN).index].itertuples():
            name = str(rows.at[row.Index, "name"])
            told = events[(events["happened_on"] == row.released_on) & events["title"].str.startswith(name)]
            if len(told) and row.released_on.date() <= end:
                chosen.append(Event(row.released_on.date(), str(told["title"].iloc[0]), "release"))
    return chosen


def _find_range(index: pd.DataFrame) -> tuple[float, float]:
    """From a little below gpt-oss-120b's interval to the best: the tail below says nothing here."""
    own = index[index["model_id"] == SUBJECT]
    base = own if len(own) else index
    low = float(base[["value", "low"]].min(axis=None))
    top = float(index["value"].max())
    return low - 0.15 * (top - low), top + 0.08 * (top - low)


def _word_distance(points: float) -> str:
    if abs(points) < 0.05:
        return "level"
    return f"{format_points(abs(points))} points {'ahead' if points > 0 else 'behind'}"


def _word_move(change: float) -> str:
    if abs(change) <= LEVEL:
        return "held"
    return f"{'fell' if change < 0 else 'rose'} {format_percent(abs(change), 0)}"
