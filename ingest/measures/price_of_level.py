"""What a level of capability costs over time, and the frontier per dollar.

If open weights disrupt the sellers of closed models, then what a given capability costs falls, and open models set
that price. The question is not what gpt-oss costs but what somebody pays who needs as much as gpt-oss can.

Definition: price_of_level is the lowest price, on a day on which models.dev was read, among the models whose value in
the newest complete edition of Epoch's index known at the instant is at or above a level; a model's price is the median
(or the floor) of its paid listings, as in price_floor, and counts only on days on which it was listed. One edition
judges every day, so that a fall is a fall of prices and not of the index. Of each month the last read stands, and the
newest. The level is a number of points, or gpt-oss-120b's value in that edition. per_dollar_frontier counts the models
on the Pareto frontier of index against median price on the newest read day: no other model costs no more and is rated
no lower, and better in one of the two; under among=... it counts those of them that are open, or closed.
per_dollar_dominators counts for a gpt-oss model those that dominate it; 0 is on the frontier.

Formula: price_of_level(L, day) = min over models m with index(m) >= L and a price on day of price(m, day)
m dominates n: price(m) <= price(n), index(m) >= index(n), one of them strictly

Inputs: the views price_summary (models.dev, blend 3:1, routers in), editions and scores of Epoch's index; names and
access from the catalogue, as it is today.

Limits: Prices and index are of different days; each row names both. A floor is one listing, which may be a mistake or
hardly served: the median is the firmer price. Values are compared as points: at a level's edge
a model may stand on either side of it within its interval, and who is clearly ahead is another measure. A model that
the edition does not rate, or that nobody lists, is not seen: the true price of a level is at most the one told. The
index is rated at high reasoning effort, the price is per token: a model that thinks longer costs more for one answer.

Source: Epoch AI, "Epoch Capabilities Index" (epoch.ai/eci), CC BY 4.0; models.dev (MIT). The price of a level over time
follows Cottier, Snodin, Owen and Adamczewski, "LLM inference prices have fallen rapidly but unequally across tasks",
Epoch AI, 2025.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from ingest.measures import SUBJECTS, MeasureRow, define
from ingest.measures.clearly_ahead import OPEN_RULES
from ingest.stats import pareto, price_lists

METHOD_VERSION = "1"
SOURCES = ("epoch_eci", *price_lists.SOURCES)
BIG = SUBJECTS[0]
LEVELS = (130, 140, 145, 150)
AMONG: Mapping[str, frozenset[str] | None] = {
    define(among="all"): None,
    **{define(among="open", open=rule): classes for rule, classes in OPEN_RULES.items()},
    define(among="proprietary"): frozenset({"proprietary"}),
}
_MIX = "3:1"

_EDITION = """
    select series_id, edition, payload_key from editions
    where source_id = 'epoch_eci' and board = 'eci' and category = 'overall' and is_complete
    order by edition desc limit 1"""
_RATED = """
    select s.model_id, max(s.value) from scores s
    where s.series_id = ? and s.edition = ? and s.is_listed and s.model_id is not null group by s.model_id"""
_VALUES_READ = """
    select bit_xor(hash(s.revision, s.payload_key, s.row_no)), count(*) from scores s
    where s.series_id = ? and s.edition = ?"""
_PRICES = """
    with kept as (
        select day from price_reads where source_id = 'models_dev'
        qualify row_number() over (partition by date_trunc('month', day) order by day desc) = 1)
    select p.day, p.model_id, coalesce(m.name, p.model_id), coalesce(m.access, 'unknown'), p.median_usd_per_mtok,
           p.floor_usd_per_mtok, p.payload_key
    from price_summary p semi join kept k on k.day = p.day left join main.models m on m.model_id = p.model_id
    where p.source_id = 'models_dev' and p.paid_listings > 0
    order by p.day, p.model_id"""
_READS = """
    select day from price_reads where source_id = 'models_dev'
    qualify row_number() over (partition by date_trunc('month', day) order by day desc) = 1 order by day"""


@dataclass(frozen=True, slots=True)
class _Priced:
    """A model that has a value in the edition and a price on a read day."""

    model_id: str
    name: str
    access: str
    index: float
    median: float
    floor: float
    payload_key: int


@dataclass(frozen=True, slots=True)
class _Edition:
    day: date
    payload_key: int
    values: dict[str, float]


def read_key(con: duckdb.DuckDBPyConnection) -> str:
    """The edition's values and the price lists that are read under the cursor's as-of."""
    edition = con.execute(_EDITION).fetchone()
    values = con.execute(_VALUES_READ, edition[:2]).fetchone() if edition else None
    return f"{edition}|{values}|{price_lists.tell_price_reads(con)}"


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """The price of each level per read day, and the newest day's frontier, under the cursor's as-of."""
    edition = _read_edition(con)
    days = [row[0] for row in con.execute(_READS).fetchall()]
    reason = _find_reason_absent(edition, days)
    by_day = _read_priced(con, edition, days) if edition and days else {}
    for level in ("gpt-oss-120b", *LEVELS):
        for among in AMONG:
            for price in ("median", "floor"):
                definition = f"{define(level=level, price=price)};{among}"
                if edition is None or reason:
                    yield MeasureRow("price_of_level", definition, "all", "usd_per_mtok", reason_absent=reason)
                    continue
                for day in days:
                    yield _find_price(definition, level, price, among, day, by_day[day], edition)
    yield from _place_on_frontier(by_day[days[-1]] if by_day else [], days[-1] if days else None, edition, reason)


def _read_edition(con: duckdb.DuckDBPyConnection) -> _Edition | None:
    row = con.execute(_EDITION).fetchone()
    if row is None:
        return None
    series_id, day, key = row
    return _Edition(day, int(key), dict(con.execute(_RATED, [series_id, day]).fetchall()))


def _read_priced(con: duckdb.DuckDBPyConnection, edition: _Edition, days: Sequence[date]) -> dict[date, list[_Priced]]:
    found: dict[date, list[_Priced]] = {day: [] for day in days}
    for day, model_id, name, access, median, floor, key in con.execute(_PRICES).fetchall():
        value = edition.values.get(model_id)
        if value is not None:
            found[day].append(_Priced(model_id, name, access, value, median, floor, int(key)))
    return found


def _find_reason_absent(edition: _Edition | None, days: Sequence[date]) -> str | None:
    if edition is None:
        return "No complete edition of Epoch's index had been recorded."
    return None if days else "No price list had been recorded."


def _find_price(
    definition: str,
    level: str | int,
    price: str,
    among: str,
    day: date,
    priced: Sequence[_Priced],
    edition: _Edition,
) -> MeasureRow:
    def leave_out(reason: str) -> MeasureRow:
        return MeasureRow(
            "price_of_level",
            definition,
            "all",
            "usd_per_mtok",
            day,
            reason_absent=reason,
            inputs=(edition.payload_key,),
        )

    points = float(level) if isinstance(level, int) else edition.values.get(BIG)
    if points is None:
        return leave_out(f"The edition of {edition.day} does not rate gpt-oss-120b.")
    classes = AMONG[among]
    able = [one for one in priced if one.index >= points and (classes is None or one.access in classes)]
    if not able:
        able_at = f"{points:.2f} points or more in the edition of {edition.day}"
        return leave_out(f"No model of this kind at {able_at} had a paid listing on {day}.")
    worth = {one.model_id: one.median if price == "median" else one.floor for one in able}
    first = min(able, key=lambda one: (worth[one.model_id], -one.index, one.model_id))
    told_by = (
        f"{first.name}, {first.index:.1f} points in the edition of {edition.day}; least of {len(able)} priced {day}"
    )
    keys = (first.payload_key, edition.payload_key)
    value = worth[first.model_id]
    return MeasureRow(
        "price_of_level", definition, "all", "usd_per_mtok", day, float(value), told_by=told_by, inputs=keys
    )


def _place_on_frontier(
    priced: Sequence[_Priced], day: date | None, edition: _Edition | None, reason: str | None
) -> Iterator[MeasureRow]:
    """How many models are on the frontier, and who dominates each gpt-oss model."""
    definition = define(index="epoch_eci", blend=_MIX)
    offers = {one.model_id: pareto.Offer(one.name, one.median, one.index) for one in priced}
    access = {offers[one.model_id]: one.access for one in priced}
    if edition is None or reason or not offers:
        reason = reason or f"No model of the edition had a paid listing on {day}."
        yield MeasureRow("per_dollar_frontier", definition, "all", "models", day, reason_absent=reason)
        for subject in SUBJECTS:
            yield MeasureRow("per_dollar_dominators", definition, subject, "models", day, reason_absent=reason)
        return
    front = pareto.list_frontier(offers.values())
    when = f"edition of {edition.day}, prices of {day}"
    keys = tuple(sorted({edition.payload_key, *(one.payload_key for one in priced)}))
    for among, classes in AMONG.items():
        mine = [offer for offer in front if classes is None or access[offer] in classes]
        asked = definition if classes is None else f"{definition};{among}"
        names = ", ".join(offer.name for offer in mine) or "none"
        told_by = f"{names}; {len(front)} of {len(offers)} models are on it, {when}"
        yield MeasureRow(
            "per_dollar_frontier", asked, "all", "models", day, float(len(mine)), told_by=told_by, inputs=keys
        )
    for subject in SUBJECTS:
        own = offers.get(subject)
        if own is None:
            what = "has no paid listing" if subject in edition.values else "is not rated"
            missing = f"It {what} ({when})."
            yield MeasureRow("per_dollar_dominators", definition, subject, "models", day, reason_absent=missing)
            continue
        above = pareto.list_dominators(own, list(offers.values()))
        names = ", ".join(offer.name for offer in above) or "on the frontier"
        yield MeasureRow(
            "per_dollar_dominators",
            definition,
            subject,
            "models",
            day,
            float(len(above)),
            told_by=f"{names}; {when}",
            inputs=keys,
        )
