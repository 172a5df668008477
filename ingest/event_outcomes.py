"""Monthly series that the release may have moved: one reader an outcome.

Months are numbered from year 0, so that neighbours differ by one. A month that was not read is not there; nothing is
filled in. They stand apart from the measure release_event, which asks each of them the same question.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from ingest.measures import RELEASED_ON, SUBJECTS, define
from ingest.measures.clearly_ahead import OPEN_RULES
from ingest.stats.interrupted import MIN_PERIODS, count_sides

RELEASE_MONTH = RELEASED_ON.year * 12 + RELEASED_ON.month - 1
_FIRST_MONTH = RELEASE_MONTH - 24
_RATING_LAG = 2
_FAMILIES = ("qwen", "llama", "deepseek", "gemma", "mistral")

_INDEX = """
    select coalesce(s.model_id, s.name_raw), m.access, m.developer_id, s.value, a.value::date, e.edition,
           [s.payload_key, a.payload_key]
    from (from editions where source_id = 'epoch_eci' and board = 'eci' and is_complete
          qualify row_number() over (order by edition desc) = 1) e
    join scores s on s.series_id = e.series_id and s.edition = e.edition and s.is_listed
    join model_attributes a
        on a.source_id = s.source_id and a.name_raw = s.name_raw and a.attribute = 'released_on' and a.is_listed
    left join main.models m on m.model_id = s.model_id
    order by all"""
_INCIDENTS = """
    select day, value, payload_key from counters
    where source_id = 'aiid' and name_raw = ? and not list_contains(flags, 'partial') and is_listed order by day"""
_ARENA = """
    select e.edition, max(s.value) filter (m.access = 'proprietary')
               - max(s.value) filter (m.access in ('commercial_weights', 'restricted_commercial_weights')),
           any_value(e.payload_key)
    from editions e
    join scores s on s.series_id = e.series_id and s.edition = e.edition and s.is_listed
         and s.published_on is not distinct from e.published_on
    join main.models m on m.model_id = s.model_id
    where e.source_id = 'lmarena' and e.board = 'text' and e.category = 'overall' and e.is_complete
    group by e.edition order by e.edition"""
_TOKENS = """
    select day, sum(share), min(payload_key) from usage_parts
    where source_id = 'openrouter_rankings' and part in ('commercial_weights', 'restricted_commercial_weights')
    group by day order by day"""
_PRICES = """
    select p.day, median(p.median_usd_per_mtok), min(p.payload_key) from price_summary p
    join main.models m on m.model_id = p.model_id
    where p.source_id = 'models_dev' and m.access in ('commercial_weights', 'restricted_commercial_weights')
    group by p.day order by p.day"""
_PRICE_READS = "select day, 0, null from price_reads where source_id = 'models_dev' order by day"
# Of the last seven days of a month, so that two months' totals lie a month apart.
_PULLS = """
    with totals as (
        select name_raw, date_trunc('month', day)::date as month, arg_max(value, day) as pulls,
               arg_max(payload_key, day) as payload_key
        from counters
        where source_id = 'ollama_library' and metric = 'ollama_pulls' and starts_with(name_raw, ?)
              and value is not null and day > last_day(day) - 7
        group by all)
    select a.month, sum(greatest(a.pulls - b.pulls, 0)), min(a.payload_key)
    from totals a join totals b on b.name_raw = a.name_raw and b.month = a.month - interval 1 month
    group by a.month order by a.month"""
_DOWNLOADS = """
    with last_of_month as (
        select repo_id, date_trunc('month', day)::date as month, arg_max(downloads_30d, day) as downloads,
               arg_max(payload_key, day) as payload_key
        from hub_counts
        where downloads_30d is not null and repo_id in (
            select hub_repo_id from main.models
            where tracked and released_on < ? and developer_id in ('alibaba', 'meta', 'deepseek', 'google', 'mistral'))
        group by all)
    select month, median(downloads), min(payload_key) from last_of_month group by month order by month"""

Months = dict[int, float]


@dataclass(frozen=True, slots=True)
class Rated:
    """A model in an edition of an index."""

    model: str
    access: str | None
    developer: str | None
    value: float
    released_on: date
    edition: date
    payload_keys: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """A monthly series that the release may have moved, and the same of units that it should not have moved.

    `is_counted_only` says that too few months were read to ask for their values: those stand in for them."""

    name: str
    unit: str
    months: Months
    inputs: frozenset[int] = frozenset()
    open_rule: str = ""
    donors: Mapping[str, Months] = field(default_factory=dict)
    asks_donors: bool = False
    is_counted_only: bool = False

    def define(self, **options: str) -> str:
        """The definition's id: outcome, what open means where that matters, and more."""
        return define(outcome=self.name, **({"open": self.open_rule} if self.open_rule else {}), **options)


def read_outcomes(con: duckdb.DuckDBPyConnection) -> Iterator[Outcome]:
    """Every outcome under every rule that applies to it, whether or not it has data."""
    yield from shape_index([Rated(*row) for row in con.execute(_INDEX).fetchall()])
    for name, topic in (("incidents", "all incidents"), ("incidents_openai", "OpenAI as developer")):
        yield Outcome(name, "incidents", *_read_months(con, _INCIDENTS, [topic]))
    yield Outcome("arena_closed_lead", "points", *_read_months(con, _ARENA), open_rule="commercial")
    yield Outcome("open_token_share", "share", *_read_months(con, _TOKENS), open_rule="commercial")
    # Prices of all models are asked for only where there are enough months of them.
    reads, keys = _read_months(con, _PRICE_READS)
    is_short = min(count_sides(reads, RELEASE_MONTH)) < MIN_PERIODS
    if not is_short:
        reads, keys = _read_months(con, _PRICES)
    yield Outcome("open_price", "usd_per_mtok", reads, keys, open_rule="commercial", is_counted_only=is_short)
    pulls = [_read_months(con, _PULLS, [family]) for family in _FAMILIES]
    common = sorted(set.intersection(*(set(months) for months, _ in pulls)))
    gained = {month: sum(months[month] for months, _ in pulls) for month in common}
    yield Outcome("rival_pulls", "pulls", gained, frozenset[int]().union(*(keys for _, keys in pulls)))
    yield Outcome("rival_downloads", "downloads", *_read_months(con, _DOWNLOADS, [RELEASED_ON]))


def shape_index(rated: Sequence[Rated]) -> Iterator[Outcome]:
    """The outcomes told by one edition of an index."""
    keys = frozenset(key for one in rated for key in one.payload_keys)
    # The month of the edition had not ended when it was published.
    end = max((number_month(one.edition) for one in rated), default=_FIRST_MONTH)
    months = range(_FIRST_MONTH, end)
    closed = _find_best([one for one in rated if one.access == "proprietary"], months)
    for rule, classes in OPEN_RULES.items():
        mine = [one for one in rated if one.access in classes]
        # A model is released once, under however many names it is rated.
        first = {one.model: one.released_on for one in sorted(mine, key=lambda o: o.released_on, reverse=True)}
        out = [number_month(day) for model, day in first.items() if model not in SUBJECTS]
        releases = {month: float(out.count(month)) for month in months[:-_RATING_LAG]}
        yield Outcome("open_releases", "models", releases, keys, rule)
        best = _find_best(mine, months)
        yield Outcome("open_best", "points", best, keys, rule)
        lead = {month: value - best[month] for month, value in closed.items() if month in best}
        yield Outcome("closed_lead", "points", lead, keys, rule)
    developers = sorted({one.developer for one in rated if one.developer})
    bests = {
        developer: _find_best(mine, months)
        for developer, mine in ((d, [one for one in rated if one.developer == d]) for d in developers)
        # A developer that released nothing since is no donor: its best cannot move.
        if developer == "openai" or max(one.released_on for one in mine) >= RELEASED_ON
    }
    own = bests.pop("openai", {})
    yield Outcome("openai_best", "points", own, keys, donors=bests, asks_donors=True)


def _find_best(rated: Sequence[Rated], months: range) -> Months:
    """The best value out by each month's end, from the first month that has one."""
    found = {}
    for month in months:
        values = [one.value for one in rated if number_month(one.released_on) <= month]
        if values:
            found[month] = float(max(values))
    return found


def _read_months(
    con: duckdb.DuckDBPyConnection, sql: str, parameters: list[Any] | None = None
) -> tuple[Months, frozenset[int]]:
    """A query of (day, value, payload key) by day as months: the last day of each month stands for it."""
    rows = [row for row in con.execute(sql, parameters or []).fetchall() if row[1] is not None]
    months = {number_month(day): float(value) for day, value, _ in rows}
    kept = {month: value for month, value in months.items() if month >= _FIRST_MONTH}
    return kept, frozenset(key for day, _, key in rows if key is not None and number_month(day) in kept)


def number_month(day: date) -> int:
    """A day's month, counted from year 0."""
    return day.year * 12 + day.month - 1


def name_month(month: int) -> date:
    """The first day of a numbered month."""
    return date(month // 12, month % 12 + 1, 1)
