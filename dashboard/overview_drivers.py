"""Overview's three drivers, one line each with a number, and what would change its reading.

Each line names the edition it reads, so that a reader can find the number on the page it links to. It
refuses a verdict where an edition has no interval, and a place where a board was not whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd

from dashboard.formats import format_count, format_date, format_points, format_usd
from dashboard.overview import LEVEL, NAME, OPEN_LABELS, OPEN_RULES, STALE_DAYS, Standing, Track, is_stale
from dashboard.overview_facts import Fact

CLAIMED_PEER = "openai/o4-mini"
# A rating within this many points of its first counts as held: Arena's own intervals are about as wide.
FLAT_POINTS = 5


@dataclass(frozen=True, slots=True)
class Driver:
    """One finding: what it is about, its number, the sentence after it, and the facts behind both."""

    topic: str
    number: str
    text: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class _Gap:
    day: date
    closed: str
    best_open: str
    points: float
    points_otherwise: float
    payload_key: int


def write_gap(frontiers: pd.DataFrame, rule: str) -> Driver:
    """Best closed minus best open over the complete editions, under the chosen meaning of open and another."""
    topic, other = "Open to closed", "commercial" if rule == "any_weights" else "any_weights"
    gaps = _measure_gaps(frontiers, rule, other)
    if not gaps:
        return Driver(topic, "Not recorded", "no complete edition of Epoch's index rates open and closed models.")
    last, first = gaps[-1], gaps[0]
    text = (
        f"between {last.closed} and {last.best_open}, the best closed and open models of Epoch's edition of "
        f"{format_date(last.day)}; {format_points(last.points_otherwise)} where open means {OPEN_LABELS[other]}."
    )
    if first is not last:
        text += (
            f" On {format_date(first.day)} it was {format_points(first.points)}, or "
            f"{format_points(first.points_otherwise)}."
        )
    facts = tuple(
        Fact(f"best closed minus best open ({OPEN_LABELS[name]})", points, "points", gap.day, "epoch_eci", gap.payload_key)
        for gap in gaps
        for name, points in ((rule, gap.points), (other, gap.points_otherwise))
    )
    return Driver(topic, f"{format_points(last.points)} points", text, facts)


def write_peers(rivals: pd.DataFrame) -> Driver:
    """The closed models too close to call with it today, and the parity its maker claimed with o4-mini."""
    topic = "Closed peers"
    if rivals.empty:
        return Driver(topic, "Not recorded", f"no complete edition with intervals rates {NAME}.")
    peers = rivals[(rivals["access"] == "proprietary") & (rivals["verdict"] == "too close to call")]
    day, key = rivals["edition"].iloc[0].date(), int(rivals["payload_key"].iloc[0])
    names = [str(name) for name in peers["name"].head(3)]
    nearest = f", nearest {_list_words(names)}" if names else ""
    is_one = len(peers) == 1
    text = f"closed model{'' if is_one else 's'} {'is' if is_one else 'are'} too close to call with {NAME}{nearest}. "
    facts = [Fact("closed models too close to call", float(len(peers)), "models", day, "epoch_eci", key)]
    claimed = rivals[rivals["model_id"] == CLAIMED_PEER]
    if claimed.empty:
        text += f"The edition of {format_date(day)} does not rate o4-mini, with which its maker claimed near-parity."
    else:
        row = claimed.iloc[0]
        pair = f"{format_points(row['value'])} to {format_points(row['subject_value'])}"
        text += f"{_CLAIM[str(row['verdict'])]} ({pair}, edition of {format_date(day)})."
        facts.append(Fact("index of o4-mini", float(row["value"]), "points", day, "epoch_eci", key))
        facts.append(Fact(f"index of {NAME}", float(row["subject_value"]), "points", day, "epoch_eci", key))
    return Driver(topic, str(len(peers)), text, tuple(facts))


_CLAIM = {
    "clearly ahead": "The near-parity with o4-mini that its maker claimed does not hold here: o4-mini is clearly ahead",
    "too close to call": "The near-parity with o4-mini that its maker claimed is too close to call here",
    "clearly behind": "The near-parity with o4-mini that its maker claimed is exceeded here: o4-mini is clearly behind",
}


def write_arena(places: pd.DataFrame) -> Driver:
    """Its rating and its place on Arena's text board, first complete board against the newest."""
    topic = "Arena, text"
    if places.empty:
        return Driver(topic, "Not recorded", f"no complete text board with {NAME} had been recorded.")
    first, last = places.iloc[0], places.iloc[-1]
    number = f"Place {int(last['place'])} of {int(last['board_size'])}"
    text = f"with a rating of {last['value']:.0f} on {format_date(last['edition'].date())}."
    if len(places) > 1:
        then = f"{int(first['place'])} of {int(first['board_size'])} on {format_date(first['edition'].date())}"
        moved = last["value"] - first["value"]
        rating = "held" if abs(moved) <= FLAT_POINTS else "rose" if moved > 0 else "fell"
        fell = last["place"] - first["place"]
        place = "slid" if fell > 0 else "rose" if fell < 0 else "held"
        link = "while" if rating != ("fell" if place == "slid" else place) else "and"
        text = (
            f"on {format_date(last['edition'].date())}, from {then}: its rating {rating} "
            f"({first['value']:.0f}, now {last['value']:.0f}) {link} its place {place}. Complete boards only."
        )
    facts = tuple(
        Fact(what, float(row[column]), unit, row["edition"].date(), "lmarena", int(row["payload_key"]))
        for _, row in places.iterrows()
        for what, column, unit in (
            ("Arena text rating", "value", "rating"),
            ("Arena text place", "place", "rank"),
            ("Arena text board size", "board_size", "models"),
        )
    )
    return Driver(topic, number, text, facts)


def list_conditions(price: Track, downloads: Track, standing: Standing | None, instant: datetime) -> list[str]:
    """What would change the headline, one sentence a clause, with the number at which it would."""
    found = []
    if len(price.points) > 1:
        low, high = (price.first[1] * (1 + side * LEVEL) for side in (-1, 1))
        found.append(
            f"Price: “priced as before” needs a floor between {format_usd(low)} and {format_usd(high)}; "
            f"it is {format_usd(price.last[1])}."
        )
    if downloads.points and is_stale(downloads.last[0], instant):
        found.append(f"Downloads: a reading younger than {STALE_DAYS} days brings them back (`landscape refresh hf_hub`).")
    elif len(downloads.points) > 1:
        low, high = (downloads.first[1] * (1 + side * LEVEL) for side in (-1, 1))
        found.append(
            f"Downloads: level means {format_count(low)} to {format_count(high)}; they are {format_count(downloads.last[1])}."
        )
    if standing is not None:
        found.append(
            f"Capability: “overtaken” goes when no open model is clearly ahead; {standing.ahead_open} "
            f"{'is' if standing.ahead_open == 1 else 'are'}."
        )
    return found


def _measure_gaps(frontiers: pd.DataFrame, rule: str, other: str) -> list[_Gap]:
    gaps = []
    for day, rows in frontiers.groupby("edition"):
        closed = rows[rows["access"] == "proprietary"]
        chosen = rows[rows["access"].isin(OPEN_RULES[rule])].nlargest(1, "value")
        otherwise = rows[rows["access"].isin(OPEN_RULES[other])]
        if closed.empty or chosen.empty or otherwise.empty:
            continue
        top, best = closed.iloc[0], chosen.iloc[0]
        gaps.append(
            _Gap(
                pd.Timestamp(str(day)).date(), str(top["name"]), str(best["name"]),
                float(top["value"] - best["value"]), float(top["value"] - otherwise["value"].max()),
                int(top["payload_key"]),
            )
        )
    return gaps


def _list_words(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
