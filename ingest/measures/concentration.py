"""How concentrated use is: tracked downloads and routed tokens, by who made them.

Wider access would show in use that spreads over more makers. One large share and four equal ones may have the same
leader, so the whole distribution is measured, in four ways that are read together.

Definition: a part's share of 30-day downloads over the tracked repositories (of=downloads), or of all tokens that
OpenRouter routed on one UTC day (of=tokens); parts are models, developers, the regions they are run from, or open
and closed weights under each rule of what open means. Downloads: the reading of each repository within 14 days of
the newest tracked reading known, so that any two 30-day windows share at least half their days; safeguard models
are left out. With fewer than half of the tracked repositories released by that day so read, there is no number.
cohort=text_generation and cohort=all do the same over every repository a reading is at hand of, tracked or not.
Tokens: the newest day whose list is whole and whose total is known; free variants count with their model.

Formula: share_i = x_i / sum(x). hhi = sum(share_i^2), between 1/n and 1. effective_number = 1 / hhi, the number of
equal parts that would be as concentrated. gini = sum((2 i - n - 1) x_i) / (n sum(x)) over amounts in rising order.
top_share = the sum of the k largest shares. Tokens below the end of the list (rest), and of names that no maker is
known by (unknown), could be anybody's: `value` takes them for none of the named parts', `high` (of a share, of hhi
and of top_share) for all one part's, which for hhi and top_share is the largest, and for effective_number the
bounds are those of hhi turned over. A gini of tokens is over the parts named, without the rest, and has no bound.

Inputs: the views hub_counts, usage; the catalogue's tracked list, developers, regions and licences.

Limits: the tracked list is a choice of about sixty repositories, mostly well known, and one of today: what it would
have held at an earlier instant is not known. cohort=all is what others' scheduled readings happened to cover. A
missing repository is left out, not estimated. A download is a request for a file and not a user, and counters of
large automated users move shares. Tokens are one router's, each counted by its vendor's tokenizer. Shares are of a
full count, so there is no sampling error; what is unknown is in the bounds.

Source: O. C. Herfindahl, "Concentration in the Steel Industry", 1950; A. O. Hirschman, "The Paternity of an Index",
American Economic Review 54, 1964; M. A. Adelman, "Comment on the 'H' Concentration Measure as a Numbers-Equivalent",
Review of Economics and Statistics 51, 1969; C. Gini, "Variabilita e mutabilita", 1912.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import duckdb

from ingest.measures import SUBJECTS, MeasureRow, define
from ingest.measures.clearly_ahead import OPEN_RULES
from ingest.stats.concentration import (
    bound_hhi,
    bound_largest,
    compute_gini,
    compute_hhi,
    share_out,
    sum_largest,
)

METHOD_VERSION = "1"
SOURCES = ("hf_hub", "openrouter_rankings")
TOLERANCE_DAYS = 14
COHORTS = ("tracked", "text_generation", "all")
TOPS = (1, 3, 10)
# Fewer repositories than this are no cohort to measure, and no more than so many are named.
LEAST_REPOS, NAMED = 20, 3
# Parts of tokens that are nobody's: below the end of the list, and of names without a maker.
REST, UNKNOWN = "rest", "unknown"

_READINGS = """
    select c.repo_id, c.day, c.downloads_30d, c.payload_key, m.model_id, m.developer_id, m.region,
           coalesce(m.tracked, false), coalesce(r.pipeline_tag = 'text-generation', false)
    from (select repo_id, max(day) as day, arg_max(downloads_30d, day) as downloads_30d,
                 arg_max(payload_key, day) as payload_key
          from hub_counts group by repo_id) c
    left join (from main.models
               qualify row_number() over (partition by hub_repo_id order by tracked desc, model_id) = 1) m
        on m.hub_repo_id = c.repo_id
    left join hub_repos r on r.repo_id = c.repo_id
    where m.role is distinct from 'safeguard'
    order by c.repo_id"""

_EXPECTED = """
    select hub_repo_id from main.models
    where tracked and role is null and released_on <= ? order by hub_repo_id"""

_TOKENS = """
    with whole as (
        select day from usage where source_id = 'openrouter_rankings'
        group by day
        having bool_or(is_rest) and count(share) = count(*) and not bool_or(list_contains(flags, 'partial')))
    select u.day, u.is_rest, u.share, m.developer_id, m.region, m.access, u.payload_key
    from usage u left join main.models m on m.model_id = u.model_id
    where u.source_id = 'openrouter_rankings' and u.day = (select max(day) from whole)
    order by u.name_raw"""


@dataclass(frozen=True, slots=True)
class _Reading:
    """The newest reading of a repository and what the catalogue knows of it."""

    repo_id: str
    day: date
    downloads: int
    payload_key: int
    model_id: str | None
    developer_id: str | None
    region: str | None
    is_tracked: bool
    is_text_generation: bool

    @property
    def cohorts(self) -> frozenset[str]:
        """The cohorts it is of."""
        told = {"tracked": self.is_tracked, "text_generation": self.is_text_generation, "all": True}
        return frozenset(cohort for cohort, is_in in told.items() if is_in)

    def find_part(self, by: str) -> str | None:
        """What it is counted under; a repository of nobody known counts for its owner on the Hub."""
        owner = self.developer_id or self.repo_id.partition("/")[0]
        return {"model": self.model_id, "developer": owner, "region": self.region}[by]


@dataclass(slots=True)
class _Whole:
    """What is shared out: amounts by part, what of it is nobody's, the day, and what the numbers rest on."""

    by: str
    options: Mapping[str, object]
    day: date
    told_by: str
    inputs: tuple[int, ...]
    amounts: dict[str, float] = field(default_factory=dict)
    unnamed: dict[str, float] = field(default_factory=dict)

    def add(self, part: str | None, amount: float, otherwise: str = UNKNOWN) -> None:
        """To a part; to `otherwise`, which is nobody's, where there is none."""
        group, name = (self.unnamed, otherwise) if part is None else (self.amounts, part)
        group[name] = group.get(name, 0.0) + amount


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """Every measure of downloads and of tokens under every way of taking the whole apart."""
    readings = [_Reading(*row) for row in con.execute(_READINGS).fetchall()]
    for cohort in COHORTS:
        yield from _measure_downloads(con, cohort, [r for r in readings if cohort in r.cohorts])
    yield from _measure_tokens(con)


def _measure_downloads(
    con: duckdb.DuckDBPyConnection, cohort: str, readings: Sequence[_Reading]
) -> Iterator[MeasureRow]:
    is_tracked = cohort == "tracked"
    day = max((r.day for r in readings), default=None)
    near = [r for r in readings if day and (day - r.day).days < TOLERANCE_DAYS]
    told_by, reason = "", "No reading of a repository of this cohort had been recorded."
    if day is not None:
        told_by, reason = _judge_cover(con, is_tracked, day, near)
    for by in ("model", "developer", "region") if is_tracked else ("developer", "region"):
        options: dict[str, object] = {"of": "downloads", "by": by, "cohort": cohort}
        if day is None or reason:
            yield from _give_reason(options, day, reason, with_shares=is_tracked)
            continue
        whole = _Whole(by, options, day, told_by, tuple(sorted({r.payload_key for r in near})))
        for r in near:
            whole.add(r.find_part(by), float(r.downloads))
        yield from _measure_whole(whole, with_shares=is_tracked)


def _judge_cover(
    con: duckdb.DuckDBPyConnection, is_tracked: bool, day: date, near: Sequence[_Reading]
) -> tuple[str, str]:
    """What the numbers rest on, and why there are none; the second is empty where enough was read."""
    told_by = f"{len(near)} repositories read {min(r.day for r in near)} to {day}"
    if not any(r.downloads for r in near):
        return told_by, "None of the repositories read had any download."
    if not is_tracked:
        if len(near) < LEAST_REPOS:
            return told_by, f"Only {len(near)} repositories had been read by {day}; at least {LEAST_REPOS} are needed."
        return f"{told_by}, whoever listed them", ""
    expected = {repo_id for (repo_id,) in con.execute(_EXPECTED, [day]).fetchall()}
    missing = sorted(expected - {r.repo_id for r in near})
    if missing:
        told_by += f"; not read: {', '.join(missing) if len(missing) <= NAMED else len(missing)}"
    if 2 * len(missing) > len(expected):
        return told_by, (
            f"Of {len(expected)} tracked repositories released by {day}, {len(missing)} had no reading within "
            f"{TOLERANCE_DAYS} days of it; at least half are needed."
        )
    return told_by, ""


def _measure_tokens(con: duckdb.DuckDBPyConnection) -> Iterator[MeasureRow]:
    rows = con.execute(_TOKENS).fetchall()
    sides: list[tuple[str, dict[str, object]]] = [("developer", {}), ("region", {})]
    sides += [("access", {"open": rule}) for rule in OPEN_RULES]
    for by, extra in sides:
        options: dict[str, object] = {"of": "tokens", "by": by, "cohort": "all", **extra}
        if not rows:
            reason = "No whole day of OpenRouter's list, with its total, had been recorded."
            yield from _give_reason(options, None, reason, with_shares=True)
            continue
        day, named = rows[0][0], sum(not row[1] for row in rows)
        whole = _Whole(by, options, day, f"{named} names listed", tuple(sorted({row[6] for row in rows})))
        for _, is_rest, share, developer, region, access, _ in rows:
            side = _judge_access(access, str(extra.get("open"))) if by == "access" else None
            part = {"developer": developer, "region": region, "access": side}[by]
            whole.add(None if is_rest else part, float(share), REST if is_rest else UNKNOWN)
        yield from _measure_whole(whole, with_shares=True)


def _judge_access(access: str | None, rule: str) -> str | None:
    """Open or closed under a rule; None where the licence is not known."""
    if access is None or access == "unknown":
        return None
    return "open" if access in OPEN_RULES[rule] else "closed"


def _measure_whole(whole: _Whole, *, with_shares: bool) -> Iterator[MeasureRow]:
    everything = share_out({**whole.amounts, **whole.unnamed})
    shares = {name: share for name, share in everything.items() if name in whole.amounts}
    unnamed = sum(share for name, share in everything.items() if name in whole.unnamed)
    is_bounded = bool(whole.unnamed)
    if with_shares:
        for name, share in everything.items():
            if name in whole.unnamed:
                yield _say(whole, "share", name, share)
            else:
                yield _say(whole, "share", name, share, share, min(1.0, share + unnamed), is_bounded=is_bounded)
    if not shares or whole.by == "access":
        return
    hhi = bound_hhi(shares.values(), unnamed)
    exact = compute_hhi(shares.values())
    yield _say(whole, "hhi", "all", exact, hhi.low, hhi.high, is_bounded=is_bounded)
    yield _say(whole, "effective_number", "all", 1 / exact, 1 / hhi.high, 1 / hhi.low, is_bounded=is_bounded)
    yield _say(whole, "gini", "all", compute_gini(list(whole.amounts.values())))
    for k in TOPS:
        largest = bound_largest(shares.values(), unnamed, k)
        names = ", ".join(list(shares)[:k])
        yield _say(
            whole,
            "top_share",
            "all",
            sum_largest(shares.values(), k),
            largest.low,
            largest.high,
            is_bounded=is_bounded,
            top=k,
            told_by=f"{names}; {whole.told_by}",
        )


def _say(
    whole: _Whole,
    measure_id: str,
    subject: str,
    value: float,
    low: float | None = None,
    high: float | None = None,
    *,
    is_bounded: bool = False,
    top: int | None = None,
    told_by: str | None = None,
) -> MeasureRow:
    options = {**whole.options, **({} if top is None else {"top": top})}
    return MeasureRow(
        measure_id,
        define(**options),
        subject,
        "share" if measure_id in ("share", "top_share") else "index",
        whole.day,
        value,
        low if is_bounded else None,
        high if is_bounded else None,
        told_by=told_by or whole.told_by,
        inputs=whole.inputs,
    )


def _give_reason(
    options: Mapping[str, object], day: date | None, reason: str, *, with_shares: bool
) -> Iterator[MeasureRow]:
    subjects: Sequence[str] = SUBJECTS if options["by"] == "model" else ("openai",)
    if options["by"] in ("region", "access"):
        subjects = ("us", "china") if options["by"] == "region" else ("open", "closed")
    for subject in subjects if with_shares else ():
        yield MeasureRow("share", define(**options), subject, "share", day, reason_absent=reason)
    if options["by"] == "access":
        return
    for measure_id in ("hhi", "effective_number", "gini"):
        yield MeasureRow(measure_id, define(**options), "all", "index", day, reason_absent=reason)
    for k in TOPS:
        yield MeasureRow("top_share", define(**options, top=k), "all", "share", day, reason_absent=reason)
