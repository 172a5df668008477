"""Overview's three drivers, one line each: a number and what would change it.

Each line names the edition it reads, so that a reader can find the number on the page it links to. It
refuses a verdict where an edition has no interval, and a place where a board was not whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dashboard.change import LEVEL, STALE_DAYS, Track, is_stale
from dashboard.charts import shorten
from dashboard.definitions import OPEN_RULES
from dashboard.formats import format_count, format_date, format_points, format_usd
from dashboard.overview import NAME, NAME_LIMIT, OPEN_LABELS, REMEDIES, Standing
from dashboard.overview.facts import Fact
from dashboard.rows import Row

CLAIMED_PEER = "openai/o4-mini"
# A rating within this many points of its first counts as held: Arena's own intervals are about as wide.
FLAT_POINTS = 5
_CLAIM = {
    "clearly ahead": "does not hold here: o4-mini is clearly ahead",
    "too close to call": "cannot be refused here: the two are too close to call",
    "clearly behind": "is exceeded here: o4-mini is clearly behind",
}
DRIVERS_RULE = (
    "Computed: best closed less best open over complete editions of Epoch's index; the closed models whose difference "
    "to gpt-oss-120b is too close to call; its rating and place on Arena's text board, first complete board against "
    "the newest."
)
CONDITIONS_RULE = "Computed: for each clause of the headline the number at which it would read otherwise."


@dataclass(frozen=True, slots=True)
class Driver:
    """One finding: what it is about, its number, the sentence after it, and the facts behind both.

    `page` shows it in full; `choice` is what that page must have chosen, as its address has it."""

    topic: str
    number: str
    text: str
    facts: tuple[Fact, ...] = ()
    page: str = "capability"
    choice: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Gap:
    day: date
    closed: str
    best_open: str
    points: float
    points_otherwise: float
    key: int


def write_gap(frontiers: Sequence[Row], rule: str) -> Driver:
    """Best closed minus best open over complete editions, under the chosen meaning of open and another."""
    topic, other = "Open to closed", "commercial" if rule == "any_weights" else "any_weights"
    gaps = _measure_gaps(frontiers, rule, other)
    if not gaps:
        return Driver(topic, "Not recorded", "no complete edition rates open and closed models.")
    last, first = gaps[-1], gaps[0]
    text = (
        f"between {last.closed} and {last.best_open}, the best closed and open models of Epoch's edition of "
        f"{format_date(last.day)}; {_word_otherwise(last)} where open means {OPEN_LABELS[other]}."
    )
    if first is not last:
        points, otherwise = format_points(first.points), _word_otherwise(first)
        both = "both ways" if otherwise == "the same" else f"and {otherwise}"
        text += f" In that of {format_date(first.day)}: {points} {both}."
    what = "best closed minus best open ({})"
    facts = tuple(
        Fact(what.format(OPEN_LABELS[name]), points, "points", gap.day, "epoch_eci", gap.key)
        for gap in gaps
        for name, points in ((rule, gap.points), (other, gap.points_otherwise))
    )
    return Driver(topic, f"{format_points(last.points)} points", text, facts)


def write_peers(rivals: Sequence[Row]) -> Driver:
    """The closed models too close to call with it today, and the parity its maker claimed with o4-mini."""
    topic = "Closed peers"
    if not rivals:
        return Driver(topic, "Not recorded", f"no complete edition with intervals rates {NAME}.")
    closed = [row for row in rivals if row["access"] == "proprietary"]
    peers = [shorten(row["name"], NAME_LIMIT) for row in closed if row["verdict"] == "too close to call"]
    day, key = rivals[0]["edition"], rivals[0]["payload_key"]
    nearest = f", nearest {_list_words(peers[:3])}" if peers else ""
    are = "closed model is" if len(peers) == 1 else "closed models are"
    text = f"{are} too close to call with {NAME}{nearest}. "
    facts = [Fact("closed models too close to call", len(peers), "models", day, "epoch_eci", key)]
    claimed = next((row for row in rivals if row["model_id"] == CLAIMED_PEER), None)
    if claimed is None:
        text += "o4-mini, with which its maker claimed near-parity, is not in the edition of "
        text += f"{format_date(day)}."
    else:
        pair = f"{format_points(claimed['value'])} to {format_points(claimed['subject_value'])}"
        text += f"The near-parity with o4-mini that its maker claimed {_CLAIM[claimed['verdict']]}"
        text += f" ({pair}, edition of {format_date(day)})."
        facts.append(Fact("index of o4-mini", claimed["value"], "points", day, "epoch_eci", key))
        facts.append(Fact(f"index of {NAME}", claimed["subject_value"], "points", day, "epoch_eci", key))
    return Driver(topic, str(len(peers)), text, tuple(facts))


def write_arena(places: Sequence[Row]) -> Driver:
    """Its rating and its place on Arena's text board, first complete board against the newest."""
    topic, choice = "Arena, text", (("measure", "Arena text"),)
    if not places:
        missing = f"no complete text board with {NAME} had been recorded."
        return Driver(topic, "Not recorded", missing, choice=choice)
    first, last = places[0], places[-1]
    number = f"Place {last['place']} of {last['board_size']}"
    text = f"with a rating of {last['value']:.0f} on {format_date(last['edition'])}."
    if first is not last:
        then = f"{first['place']} of {first['board_size']} on {format_date(first['edition'])}"
        text = f"on {format_date(last['edition'])}, from {then}: {_word_arena(first, last)}."
    facts = tuple(
        Fact(what, row[column], unit, row["edition"], "lmarena", row["payload_key"])
        for row in places
        for what, column, unit in (
            ("Arena text rating", "value", "rating"),
            ("Arena text place", "place", "rank"),
            ("Arena text board size", "board_size", "models"),
        )
    )
    return Driver(topic, number, text, facts, choice=choice)


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
        found.append(f"Downloads: a reading of the last {STALE_DAYS} days brings them back: `{REMEDIES['hf_hub']}`.")
    elif len(downloads.points) > 1:
        low, high = (downloads.first[1] * (1 + side * LEVEL) for side in (-1, 1))
        found.append(
            f"Downloads: “as much as before” needs {format_count(low)} to {format_count(high)}; "
            f"they are {format_count(downloads.last[1])}."
        )
    if standing is not None:
        found.append(
            f"Capability: “overtaken” goes when no open model is clearly ahead; {standing.ahead_open} "
            f"{'is' if standing.ahead_open == 1 else 'are'}."
        )
    return found


def _word_otherwise(gap: _Gap) -> str:
    otherwise = format_points(gap.points_otherwise)
    return "the same" if otherwise == format_points(gap.points) else otherwise


def _word_arena(first: Row, last: Row) -> str:
    """What became of the rating and of the place."""
    moved, fell = last["value"] - first["value"], last["place"] - first["place"]
    rating = "held" if abs(moved) <= FLAT_POINTS else "rose" if moved > 0 else "fell"
    place = "slid" if fell > 0 else "rose" if fell < 0 else "held"
    agree = (rating, place) in (("held", "held"), ("rose", "rose"), ("fell", "slid"))
    values = f"({first['value']:.0f}, now {last['value']:.0f})"
    return f"its rating {rating} {values} {'and' if agree else 'while'} its place {place}"


def _measure_gaps(frontiers: Sequence[Row], rule: str, other: str) -> list[_Gap]:
    gaps = []
    for day in sorted({row["edition"] for row in frontiers}):
        rows = [row for row in frontiers if row["edition"] == day]
        closed = _find_best(rows, frozenset({"proprietary"}))
        chosen, otherwise = _find_best(rows, OPEN_RULES[rule]), _find_best(rows, OPEN_RULES[other])
        if closed and chosen and otherwise:
            closed_name, open_name = (shorten(best["name"], NAME_LIMIT) for best in (closed, chosen))
            points, points_otherwise = (closed["value"] - best["value"] for best in (chosen, otherwise))
            gaps.append(_Gap(day, closed_name, open_name, points, points_otherwise, closed["payload_key"]))
    return gaps


def _find_best(rows: Sequence[Row], classes: frozenset[str]) -> Row | None:
    return max((r for r in rows if r["access"] in classes), key=lambda r: float(r["value"]), default=None)


def _list_words(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
