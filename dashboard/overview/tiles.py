"""Overview's four tiles: value, range, change since release, source and age.

A tile states what one number is today and since when it is known; it refuses a value that was not
observed and says instead what is missing. Its facts are what the page's CSV holds: every number with
the payload it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dashboard.adoption.routed import RULE as SHARE_RULE
from dashboard.change import Track, count_age, is_stale, read_track, word_share
from dashboard.charts import shorten
from dashboard.definitions import RELEASED_ON, SUBJECT
from dashboard.formats import format_count, format_date, format_interval, format_points, format_usd
from dashboard.overview import NAME, NAME_LIMIT, REMEDIES, Standing
from dashboard.overview.facts import (
    Fact,
    list_download_facts,
    list_index_facts,
    list_price_facts,
    list_standing_facts,
)
from dashboard.peers import FULL_ON, Readings, find_baseline
from dashboard.rows import Row

# A line of a tile: what is set in bold, possibly nothing, and the rest.
Line = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Tile:
    """What a tile shows. `day` is null where nothing was recorded, and `value` then says so."""

    label: str
    value: str
    rule: str
    lines: tuple[Line, ...]
    source_id: str
    source: str
    day: date | None = None
    facts: tuple[Fact, ...] = ()

    def write_badge(self, instant: datetime) -> str:
        """The words of the stale badge; empty where the data are recent or there are none."""
        if self.day is None or not is_stale(self.day, instant):
            return ""
        return f"stale: {count_age(self.day, instant)} days old"

    @property
    def remedy(self) -> str:
        """The command that fills the gap."""
        return REMEDIES[self.source_id]


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
        return Tile(label, "Not recorded", rule, (("", told[0] if told else reason),), "epoch_eci", source)
    now, own = standings[-1], next((row for row in index if row["model_id"] == SUBJECT), None)
    lines = [
        (_count(now.then_open, now.then_closed), f"of models released by {format_date(RELEASED_ON)}"),
        *_word_index(own),
    ]
    lines += _word_standing_changes(standings) + _word_silent(ahead, now.day)
    facts = list_standing_facts(now) + list_index_facts(own)
    value = _count(now.ahead_open, now.ahead_closed)
    source += f", edition of {format_date(now.day)}, measured as of {format_date(now.measured_at.date())}"
    return Tile(label, value, rule, tuple(lines), "epoch_eci", source, now.day, facts)


def build_downloads_tile(downloads: Sequence[Row], peers: Mapping[str, Readings]) -> Tile:
    """Rolling 30-day downloads of both sizes, read on one UTC day."""
    label = "Downloads in 30 days, 20b + 120b"
    rule = (
        "Hugging Face's rolling 30-day count of both repositories, on days when both were read and had been out "
        "for 30 days. Peers: the other tracked models, out as long and read within three days of both ends."
    )
    track = read_track(downloads, "total", FULL_ON)
    if not track.points:
        missing = (("", "No day with a full 30-day count of both sizes had been recorded."),)
        return Tile(label, "Not recorded", rule, missing, "hf_hub", "Hugging Face Hub")
    last = downloads[-1]
    lines = _word_changes(track, format_count)
    baseline = find_baseline(track, peers)
    if baseline is None:
        lines.append(("", "No peer recorded to compare with"))
    else:
        own = f"since {format_date(baseline.since)}; median of {baseline.peers} peers"
        lines.append((word_share(baseline.own_change), f"{own} {word_share(baseline.median_change)}"))
    lines.append(("", f"20b {format_count(last['small'])}, 120b {format_count(last['large'])}"))
    day = track.last[0]
    facts = list_download_facts(downloads)
    if baseline:
        facts += (Fact("median change of peers' downloads", baseline.median_change, "share", day, "hf_hub"),)
    source = f"Hugging Face Hub, {format_date(day)}"
    return Tile(label, format_count(track.last[1]), rule, tuple(lines), "hf_hub", source, day, facts)


def build_price_tile(prices: Sequence[Row]) -> Tile:
    """The cheapest paid listing of gpt-oss-120b, its median and its providers."""
    label = "Cheapest paid listing, per M tokens"
    rule = (
        "Lowest blend of three parts input and one part output, in USD per million tokens, over paid "
        "listings (free and unpriced ones apart). A router resells others' capacity: the cheapest host "
        "stands beside it."
    )
    floor = read_track(prices, "floor")
    if not floor.points:
        missing = (("", "No price list with a paid listing had been recorded."),)
        return Tile(label, "Not recorded", rule, missing, "models_dev", "models.dev")
    last, medians, counts = prices[-1], read_track(prices, "median"), read_track(prices, "providers")
    kind = "router" if last["floor_is_router"] else "host"
    offer = f"{shorten(last['floor_provider'], NAME_LIMIT)}, a {kind}"
    if kind == "router" and last["host_floor"] is not None:
        offer += f"; cheapest host {format_usd(last['host_floor'])}, {shorten(last['host_floor_provider'], NAME_LIMIT)}"
    providers = f"{int(last['providers'])} paid providers ({int(last['routers'])} routers)"
    if len(counts.points) > 1:
        providers += f", first {int(counts.first[1])}"
    middle = f"Median {format_usd(last['median'])}"
    if len(medians.points) > 1:
        middle += f", first {format_usd(medians.first[1])}"
    lines = [*_word_changes(floor, format_usd), ("", offer), ("", middle), ("", providers)]
    day, facts = floor.last[0], list_price_facts(prices)
    source = f"models.dev, {format_date(day)}"
    return Tile(label, format_usd(floor.last[1]), rule, tuple(lines), "models_dev", source, day, facts)


def build_share_tile(shares: Sequence[Row]) -> Tile:
    """The share of OpenRouter's tokens that go to the two gpt-oss models, between what is listed and what may be."""
    label, source = "Share of OpenRouter tokens", "OpenRouter rankings"
    rule = SHARE_RULE
    if not shares:
        missing = (("", "No day of OpenRouter's rankings had been recorded."),)
        return Tile(label, "Not recorded", rule, missing, "openrouter_rankings", source)
    last = shares[-1]
    lines = []
    if len(shares) > 1:
        lines.append((word_range(shares[0]), f"on {format_date(shares[0]['day'])}"))
    if len(shares) > 2:
        lines.append((word_range(shares[-2]), f"on {format_date(shares[-2]['day'])}, the day recorded before"))
        most = max(shares[1:-2], key=lambda row: row["low"], default=None)
        if most is not None and most["low"] > max(row["low"] for row in (shares[0], shares[-2], last)):
            lines.append(
                (word_range(most), f"on {format_date(most['day'])}, the highest of {len(shares)} days recorded")
            )
    place = "not among" if last["rank"] is None else f"place {int(last['rank'])} of"
    lines.append(("", f"gpt-oss-120b {place} the {int(last['named'])} entries listed"))
    source += f", {format_date(last['day'])}"
    facts = tuple(
        Fact(f"share of OpenRouter tokens, {end}", value, "share", row["day"], "openrouter_rankings", _read_key(row))
        for row in shares
        for end, value in zip(("listed", "at most"), measure_share(row), strict=True)
    )
    return Tile(label, word_range(last), rule, tuple(lines), "openrouter_rankings", source, last["day"], facts)


def measure_share(row: Row) -> tuple[float, float]:
    """The least and the most that gpt-oss's share of a day can be, from 0 to 1."""
    return row["low"], row["low"] + min(row["unlisted"] * (row["lowest"] or 0.0), row["rest"])


def word_range(row: Row) -> str:
    """A day's share in words: "0.7 to 1.4 %"; one value where nothing is unknown."""
    low, high = (f"{100 * share:.1f}" for share in measure_share(row))
    return f"{low} %" if low == high else f"{low} to {high} %"


def _read_key(row: Row) -> int | None:
    return None if row["payload_key"] is None else int(row["payload_key"])


def _count(openly: int, closed: int) -> str:
    return f"{openly} open, {closed} closed"


def _word_changes(track: Track, write: Callable[[float], str]) -> list[Line]:
    """The change since the first observation after release, then since the previous one."""
    if len(track.points) == 1:
        return [("", "First reading after release: no change to report")]
    since = f"since {format_date(track.first[0])} ({write(track.first[1])})"
    if len(track.points) == 2:
        return [(word_share(track.change), f"{since}, the only earlier reading")]
    day, value = track.previous
    recent = (word_share(track.last[1] / value - 1), f"since {format_date(day)} ({write(value)})")
    return [(word_share(track.change), since), recent]


def _word_standing_changes(standings: Sequence[Standing]) -> list[Line]:
    if len(standings) == 1:
        return [("", "First edition with intervals: no change to report")]
    first, previous = standings[0], standings[-2]
    then, recent = (_count(s.ahead_open, s.ahead_closed) for s in (first, previous))
    on = f"on {format_date(first.day)}"
    if previous is first:
        return [(then, f"{on}, the only earlier edition with intervals")]
    return [(then, on), (recent, f"on {format_date(previous.day)}, the edition before")]


def _word_index(own: Row | None) -> list[Line]:
    """The index value of the newest complete edition, with its interval where it publishes one."""
    if own is None:
        return []
    interval = "no interval published"
    if own["low"] is not None:
        interval = format_interval(own["low"], own["high"])
    return [("", f"Index {format_points(own['value'])} ({interval}), {format_date(own['edition'])}")]


def _word_silent(ahead: Sequence[Row], day: date) -> list[Line]:
    """Why a newer complete edition has no answer, where there is one."""
    newer = [row for row in ahead if row["day"] and row["day"] > day and row["reason_absent"]]
    return [("", newer[-1]["reason_absent"])] if newer else []
