"""What Overview and the brief both say of one moment, worked out once.

Page and brief take every word and number from the same story, so the two can never disagree. It is made of
rows and written rules alone: it asks nothing and draws nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.change import read_track
from dashboard.overview import (
    OPEN_LABELS,
    RULES_VERSION,
    Headline,
    Standing,
    read_standings,
    write_headline,
    write_robustness,
    write_subline,
)
from dashboard.overview import derived as derived
from dashboard.overview import drivers as drivers
from dashboard.overview import tiles as tiles
from dashboard.overview.charts import measure_distances
from dashboard.overview.facts import Fact
from dashboard.peers import FULL_ON, Readings, find_baseline
from dashboard.rows import Row


@dataclass(frozen=True, slots=True)
class Answers:
    """What the questions behind Overview came back with, rows as `queries.overview` describes them.

    `ahead` is by meaning of "open"; `withheld` counts readings left out because they may not leave this
    machine; `shown` and `later` count the rows behind a past date and those archived after it."""

    prices: Sequence[Row]
    downloads: Sequence[Row]
    peers: Mapping[str, Readings]
    rivals: Sequence[Row]
    index: Sequence[Row]
    ahead: Mapping[str, Sequence[Row]]
    frontiers: Sequence[Row]
    places: Sequence[Row]
    shares: Sequence[Row]
    events: Sequence[Row]
    sources: Sequence[Row]
    credits: Mapping[str, str]
    refreshed_at: datetime | None
    claims: Sequence[Row] = ()
    withheld: int = 0
    shown: int = 0
    later: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """One reading of the data: as of when, under which meaning of open, in which words.

    `instant` is what ages are counted to: `as_of`, else the clock. `facts` are the numbers observed, `worked_out`
    those a rule makes of them. `rules` names each rule at work with its version."""

    as_of: datetime | None
    instant: datetime
    rule: str
    answers: Answers
    headline: Headline
    robustness: str
    subline: str
    tiles: tuple[tiles.Tile, ...]
    drivers: tuple[drivers.Driver, ...]
    conditions: tuple[str, ...]
    facts: tuple[Fact, ...]
    worked_out: tuple[Fact, ...]
    rules: tuple[tuple[str, str], ...]


def tell_story(answers: Answers, as_of: datetime | None, now: datetime, rule: str) -> Story:
    """The story of an instant: `as_of`, else `now`. `rule` is a meaning of "open" of `definitions.OPEN_RULES`."""
    instant = as_of or now
    standings = {name: read_standings(answers.ahead[name], answers.rivals, name) for name in OPEN_LABELS}
    floor = read_track(answers.prices, "floor")
    total = read_track(answers.downloads, "total", FULL_ON)
    headlines = {
        name: write_headline(floor, total, found[-1] if found else None, instant) for name, found in standings.items()
    }
    standing = standings[rule][-1] if standings[rule] else None
    shown = (
        tiles.build_ahead_tile(standings[rule], answers.index, answers.ahead[rule]),
        tiles.build_downloads_tile(answers.downloads, answers.peers),
        tiles.build_price_tile(answers.prices),
        tiles.build_share_tile(answers.shares),
    )
    told = (
        drivers.write_gap(answers.frontiers, rule),
        drivers.write_peers(answers.rivals),
        drivers.write_arena(answers.places),
    )
    return Story(
        as_of,
        instant,
        rule,
        answers,
        headlines[rule],
        write_robustness({name: headline.text for name, headline in headlines.items()}, rule),
        write_subline(standing, rule, instant),
        shown,
        told,
        tuple(drivers.list_conditions(floor, total, standing, instant)),
        tuple(fact for part in (*shown, *told) for fact in part.facts),
        _work_out(answers, standings[rule], shown, instant, rule),
        (("overview", RULES_VERSION), ("clearly_ahead", _find_version(answers.ahead[rule]))),
    )


def _work_out(
    answers: Answers, standings: Sequence[Standing], shown: Sequence[tiles.Tile], instant: datetime, rule: str
) -> tuple[Fact, ...]:
    total = read_track(answers.downloads, "total", FULL_ON)
    baseline = find_baseline(total, answers.peers) if total.points else None
    found = [
        *derived.list_earlier_standing_facts(standings),
        *derived.list_frontier_facts(answers.index, measure_distances(answers.index, rule)),
        *derived.list_total_facts(total),
        *derived.list_change_facts("downloads", total, "hf_hub"),
        *derived.list_limit_facts("downloads", total, "downloads_30d", "hf_hub"),
        *derived.list_claim_facts(answers.claims),
        *derived.list_age_facts([(tile.source_id, tile.day) for tile in shown], instant),
    ]
    if baseline:
        found += derived.list_baseline_facts(baseline, total.last[0])
    for column in ("floor", "median"):
        track = read_track(answers.prices, column)
        found += derived.list_change_facts(f"the price {column}", track, "models_dev")
        if column == "floor":
            found += derived.list_limit_facts("price floor", track, "usd_per_mtok", "models_dev")
    counts = {
        "readings kept on this machine": answers.withheld,
        "rows behind this reading": answers.shown,
        "rows behind this reading archived later": answers.later,
    }
    day = instant.date()
    return (*found, *(Fact(what, count, "rows", day, "several") for what, count in counts.items() if count))


def _find_version(ahead: Sequence[Row]) -> str:
    """The method version of the measure behind a standing; "none" where nothing was measured."""
    return str(ahead[-1]["method_version"] or "none") if ahead else "none"
