"""Numbers worked out from observed ones: changes, distances, limits, ages.

A brief lists every number it prints, so these have a row too. None leads to one payload: each is a rule
applied to facts that do. Nothing is rounded here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from dashboard.change import LEVEL, Track, count_age, is_stale
from dashboard.definitions import RELEASED_ON, SUBJECT
from dashboard.overview import NAME, Standing
from dashboard.overview.charts import Distances
from dashboard.overview.facts import Fact, list_standing_facts
from dashboard.peers import Baseline
from dashboard.rows import Row


def list_change_facts(what: str, track: Track, source_id: str) -> tuple[Fact, ...]:
    """The changes a tile words: since the first observation and since the one before the last."""
    if len(track.points) < 2:
        return ()
    (day, now), starts = track.last, dict.fromkeys((track.first, track.previous))
    return tuple(
        Fact(f"change of {what} since {start.isoformat()}", now / value - 1, "share", day, source_id)
        for start, value in starts
    )


def list_limit_facts(what: str, track: Track, unit: str, source_id: str) -> tuple[Fact, ...]:
    """The two values between which a number would read "as before"."""
    if len(track.points) < 2:
        return ()
    day, value = track.first
    return tuple(
        Fact(f"{what} that would read as before, {side}", value * (1 + sign * LEVEL), unit, day, source_id)
        for side, sign in (("lowest", -1), ("highest", 1))
    )


def list_total_facts(track: Track) -> tuple[Fact, ...]:
    """Both sizes' downloads together, of the days a tile names; two payloads each."""
    days = dict.fromkeys((track.points[0], *track.points[-2:])) if track.points else {}
    return tuple(Fact("downloads of both sizes", value, "downloads_30d", day, "hf_hub") for day, value in days)


def list_baseline_facts(baseline: Baseline | None, day: date) -> tuple[Fact, ...]:
    """gpt-oss's own change over the peers' period, and how many peers there are."""
    if baseline is None:
        return ()
    since = baseline.since.isoformat()
    return (
        Fact(f"change of downloads since {since}, beside peers", baseline.own_change, "share", day, "hf_hub"),
        Fact("peers whose downloads are compared", baseline.peers, "models", day, "hf_hub"),
    )


def list_earlier_standing_facts(standings: Sequence[Standing]) -> tuple[Fact, ...]:
    """Who was clearly ahead in the editions a tile names beside the newest: the first and the one before."""
    earlier = {standing.day: standing for standing in (*standings[:1], *standings[-2:-1])}
    if standings:
        earlier.pop(standings[-1].day, None)
    return tuple(fact for standing in earlier.values() for fact in list_standing_facts(standing))


def list_frontier_facts(index: Sequence[Row], distances: Distances | None) -> tuple[Fact, ...]:
    """Every value drawn in the frontier chart, its distances to gpt-oss-120b, and how many models it compares."""
    if not index:
        return ()
    day, key = index[0]["edition"], index[0]["payload_key"]
    undated = sum(row["released_on"] is None for row in index)
    found = [
        Fact("models in the edition", len(index), "models", day, "epoch_eci", key),
        Fact("models without a release date, not drawn", undated, "models", day, "epoch_eci", key),
    ]
    for side in ("closed", "open") if distances else ():
        for when, words in (("now", "best"), ("then", f"best, released by {RELEASED_ON},")):
            gap = getattr(distances, f"{side}_{when}")
            if gap is not None:
                found.append(Fact(f"{words} {side} model minus {NAME}", gap, "points", day, "epoch_eci"))
    found += [
        Fact(f"index of {row['name']}", row["value"], "points", day, "epoch_eci", row["payload_key"])
        for row in index
        if row["released_on"] is not None and row["model_id"] != SUBJECT
    ]
    return tuple(found)


def list_age_facts(days: Sequence[tuple[str, date | None]], instant: datetime) -> tuple[Fact, ...]:
    """Ages of stale data by source, and how long ago the release was, counted to the instant."""
    today = instant.date()
    ages = {source: count_age(day, instant) for source, day in days if day and is_stale(day, instant)}
    months = (today.year - RELEASED_ON.year) * 12 + today.month - RELEASED_ON.month - (today.day < RELEASED_ON.day)
    since = {"days": (today - RELEASED_ON).days, "months": months, "years": months // 12}
    if today < RELEASED_ON:
        since = {}
    return (
        *(Fact("age of the newest data", age, "days", today, source) for source, age in ages.items()),
        *(Fact("time since the release", count, unit, today, "calendar") for unit, count in since.items()),
    )


def list_claim_facts(claims: Sequence[Row]) -> list[Fact]:
    """How many tests of each claim speak which way."""
    counts = {"speak_for": "for", "speak_against": "against", "say_neither": "neither way", "absent": "absent"}
    return [
        Fact(
            f"tests of the claim {claim['claim_id']}, {words}", claim[count], "tests", claim["as_of"].date(), "several"
        )
        for claim in claims
        for count, words in counts.items()
    ]
