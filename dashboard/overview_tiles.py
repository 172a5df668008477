"""Overview's four tiles: value, range, change since release, source and age, each by a written rule.

A tile states what one number is today and since when it is known; it refuses a value that was not
observed and says instead what is missing. Its facts are what the page's CSV holds: every number with
the payload it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dashboard.formats import format_count, format_date, format_interval, format_points, format_usd
from dashboard.overview import NAME, RELEASED_ON, Standing, Track, count_age, is_stale, read_track
from dashboard.overview_facts import (
    Fact,
    list_download_facts,
    list_index_facts,
    list_price_facts,
    list_standing_facts,
)
from dashboard.overview_peers import find_baseline, word_share
from dashboard.rows import Row

SUBJECT = "openai/gpt-oss-120b"


@dataclass(frozen=True, slots=True)
class Tile:
    """What a tile shows. `day` is null where nothing was recorded, and `value` then says so."""

    label: str
    value: str
    rule: str
    lines: tuple[str, ...]
    source_id: str
    source: str
    day: date | None = None
    facts: tuple[Fact, ...] = ()

    def write_badge(self, instant: datetime) -> str:
        """The words of the stale badge; empty where the data are recent or there are none."""
        if self.day is None or not is_stale(self.day, instant):
            return ""
        return f"stale: {count_age(self.day, instant)} days old"


def build_ahead_tile(standings: Sequence[Standing], index: Sequence[Row], ahead: Sequence[Row]) -> Tile:
    """Who is clearly ahead; `index` is the newest complete edition, `ahead` says why one has no answer."""
    label, source = f"Clearly ahead of {NAME}", "Epoch Capabilities Index"
    rule = (
        "Clearly ahead: the difference of two index values in one edition exceeds 1.96 standard errors of "
        "the difference, from their 90 % intervals. The newest complete edition with intervals speaks."
    )
    if not standings:
        reason = "No complete edition with intervals had been recorded."
        told = [row["reason_absent"] for row in ahead if row["day"] and row["reason_absent"]][-1:]
        return Tile(label, "Not recorded", rule, tuple(told or [reason]), "epoch_eci", source)
    now, own = standings[-1], next((row for row in index if row["model_id"] == SUBJECT), None)
    lines = [
        f"Of models released by {format_date(RELEASED_ON)}: {now.then_open} open, {now.then_closed} closed",
        *_word_index(own),
    ]
    lines += _word_standing_changes(standings) + _word_silent(ahead, now.day)
    facts = list_standing_facts(now) + list_index_facts(own)
    value = f"{now.ahead_open} open, {now.ahead_closed} closed"
    measured = f"{source}, measured as of {format_date(now.measured_at.date())}"
    return Tile(label, value, rule, tuple(lines), "epoch_eci", measured, now.day, facts)


def build_downloads_tile(downloads: Sequence[Row], peers: Sequence[Row]) -> Tile:
    """Rolling 30-day downloads of both sizes, read on one UTC day."""
    label = "Downloads in 30 days, 20b + 120b"
    rule = (
        "Hugging Face's rolling 30-day count of both repositories, on days when both were read. Peers: the "
        "other tracked models, read within three days of both ends. Rolling counts are never added up."
    )
    track = read_track(downloads, "total")
    if not track.points:
        missing = ("No day with a reading of both sizes had been recorded.",)
        return Tile(label, "Not recorded", rule, missing, "hf_hub", "Hugging Face Hub")
    last = downloads[-1]
    lines = [f"20b {format_count(last['small'])} · 120b {format_count(last['large'])}"]
    lines += _word_changes(track, format_count)
    baseline = find_baseline(track, peers)
    if baseline is None:
        lines.append("Peers: no peer recorded")
    else:
        lines.append(
            f"Since {format_date(baseline.since)}: {word_share(baseline.own_change)}; "
            f"median of {baseline.peers} peers {word_share(baseline.median_change)}"
        )
    day = track.last[0]
    facts = list_download_facts(downloads)
    if baseline:
        facts += (Fact("median change of peers' downloads", baseline.median_change, "share", day, "hf_hub"),)
    value = format_count(track.last[1])
    return Tile(label, value, rule, tuple(lines), "hf_hub", "Hugging Face Hub", day, facts)


def build_price_tile(prices: Sequence[Row]) -> Tile:
    """The cheapest paid listing of gpt-oss-120b, its median and its providers."""
    label = "Cheapest paid listing, per M tokens"
    rule = (
        "Lowest blend of three parts input and one part output, in USD per million tokens, over paid "
        "listings (free and unpriced ones apart). A router resells others' capacity: the cheapest host is beside it."
    )
    floor = read_track(prices, "floor")
    if not floor.points:
        missing = ("No price list with a paid listing had been recorded.",)
        return Tile(label, "Not recorded", rule, missing, "models_dev", "models.dev")
    last, medians, counts = prices[-1], read_track(prices, "median"), read_track(prices, "providers")
    kind = "router" if last["floor_is_router"] else "host"
    offer = f"{last['floor_provider']}, a {kind}"
    if kind == "router" and last["host_floor"] is not None:
        offer += f"; cheapest host {format_usd(last['host_floor'])}, {last['host_floor_provider']}"
    providers = f"{int(last['providers'])} paid providers ({int(last['routers'])} routers)"
    if len(counts.points) > 1:
        providers += f", first {int(counts.first[1])}"
    middle = f"Median {format_usd(last['median'])}"
    if len(medians.points) > 1:
        middle += f", first {format_usd(medians.first[1])}"
    lines = [offer, *_word_changes(floor, format_usd), f"{middle} · {providers}"]
    value, facts = format_usd(floor.last[1]), list_price_facts(prices)
    return Tile(label, value, rule, tuple(lines), "models_dev", "models.dev", floor.last[0], facts)


def build_share_tile() -> Tile:
    """The share of OpenRouter's tokens: a place kept for a source that is not read yet."""
    rule = "gpt-oss's share of the tokens that OpenRouter routes in a day, from its public rankings."
    missing = ("OpenRouter's rankings are not among the sources read so far; nothing stands in for them.",)
    label, source = "Share of OpenRouter tokens", "OpenRouter rankings"
    return Tile(label, "Not recorded yet", rule, missing, "openrouter", source)


def _word_changes(track: Track, write: Callable[[float], str]) -> list[str]:
    """The change since the first observation after release, then since the previous one."""
    if len(track.points) == 1:
        return ["First reading after release: no change to report"]
    first = f"{word_share(track.change)} since {format_date(track.first[0])} ({write(track.first[1])})"
    if len(track.points) == 2:
        return [f"{first}, the only earlier reading"]
    day, value = track.previous
    return [first, f"{word_share(track.last[1] / value - 1)} since {format_date(day)} ({write(value)})"]


def _word_standing_changes(standings: Sequence[Standing]) -> list[str]:
    if len(standings) == 1:
        return ["First edition with intervals: no change to report"]
    now, first, previous = standings[-1], standings[0], standings[-2]
    words = f"From {first.ahead_open} open, {first.ahead_closed} closed on {format_date(first.day)}"
    if previous is first:
        return [f"{words}, the only earlier edition with intervals"]
    then = f"from {previous.ahead_open} open, {previous.ahead_closed} closed on {format_date(previous.day)}"
    return [words, f"{then[0].upper()}{then[1:]}, the edition before {format_date(now.day)}"]


def _word_index(own: Row | None) -> list[str]:
    """The index value of the newest complete edition, with its interval where it publishes one."""
    if own is None:
        return []
    interval = "no interval published"
    if own["low"] is not None:
        interval = format_interval(own["low"], own["high"])
    return [f"Index {format_points(own['value'])} ({interval}), {format_date(own['edition'])}"]


def _word_silent(ahead: Sequence[Row], day: date) -> list[str]:
    """Why a newer complete edition has no answer, where there is one."""
    return [row["reason_absent"] for row in ahead if row["day"] and row["day"] > day and row["reason_absent"]][-1:]
