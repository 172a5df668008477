"""What Overview must say, worked out a second time from stored rows by code that shares none with it.

SQL over `stored`, the catalogue's names and access classes, and plain arithmetic: no view, mart, measure or
query of the product. Slow and plain on purpose.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

RELEASED_ON = date(2025, 8, 5)
BIG, SMALL = "openai/gpt-oss-120b", "openai/gpt-oss-20b"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@contextmanager
def open_file(home: Path, read_only: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(str(home / "landscape.duckdb"), read_only=read_only)
    try:
        yield con
    finally:
        con.close()


def write_point(value: float | None) -> str:
    """One decimal as a reader rounds: 143.25 is 143.3."""
    return str(Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP))


def write_day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


@dataclass(frozen=True)
class Rated:
    name: str
    model_id: str | None
    access: str
    released_on: date | None
    value: float
    low: float | None
    high: float | None
    raw: str

    @property
    def error(self) -> float | None:
        if self.low is not None and self.high is not None:
            return (self.high - self.low) / 3.29
        return 0.0 if self.raw in ("GPT-5", "Claude 3.5 Sonnet") else None


def read_edition(con: duckdb.DuckDBPyConnection, day: date) -> list[Rated]:
    rows = con.execute(
        """
        select distinct on (s.name_raw) coalesce(m.name, s.name_raw), n.model_id,
               coalesce(m.access, 'unknown'), m.released_on, s.value, s.low, s.high, s.name_raw
        from stored.scores s
        left join main.model_names n
            on (n.source_id, n.name_raw, n.config_raw) = (s.source_id, s.name_raw, s.config_raw)
        left join main.models m using (model_id)
        where s.source_id = 'epoch_eci' and s.board = 'eci' and s.edition = ? and s.is_listed
        order by s.name_raw, s.observed_at desc""",
        [day],
    ).fetchall()
    return [Rated(*row) for row in rows]


def list_editions(con: duckdb.DuckDBPyConnection) -> list[date]:
    rows = con.execute("""
        select distinct (scope::json->>3)::date from stored.listings
        where source_id = 'epoch_eci' and fact = 'scores' and scope::json->>0 = 'eci' and complete
        order by 1""")
    return [row[0] for row in rows.fetchall()]


def is_ahead(own: Rated, other: Rated) -> bool:
    assert own.error is not None and other.error is not None
    return other.value - own.value > 1.96 * math.hypot(own.error, other.error)


@dataclass(frozen=True)
class Count:
    day: date
    ahead: list[Rated]
    rated: list[Rated]

    def among(self, access: frozenset[str], latest: date = date.max) -> int:
        return sum(r.access in access and (r.released_on or date.max) <= latest for r in self.ahead)


def count_ahead(con: duckdb.DuckDBPyConnection) -> list[Count]:
    """Per complete edition with intervals, who is clearly ahead."""
    found = []
    for day in list_editions(con):
        rated = read_edition(con, day)
        own = next((r for r in rated if r.model_id == BIG), None)
        if own is not None and any(r.low is not None for r in rated):
            others = [r for r in rated if r is not own]
            found.append(Count(day, [r for r in others if is_ahead(own, r)], others))
    return found


def read_prices(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Per day on which the list was read: floor, median, ceiling and providers over paid base listings."""
    days = [
        row[0]
        for row in con.execute("""
        select distinct observed_at::date from stored.listings
        where fact = 'prices' and source_id = 'models_dev' order by 1""").fetchall()
    ]
    rows = con.execute(
        """
        select p.provider, p.listing_id, p.observed_at, p.is_listed, p.input_usd_per_mtok,
               p.output_usd_per_mtok, coalesce(v.is_router, false), coalesce(v.name, p.provider)
        from stored.prices p
        join main.model_names n on n.source_id = p.source_id and n.name_raw = p.name_raw and n.config_raw = ''
        left join main.providers v on v.provider_id = p.provider
        where p.source_id = 'models_dev' and n.model_id = ? and p.tier = '' order by p.observed_at, p.rowid""",
        [BIG],
    ).fetchall()
    found = []
    for day in days:
        state = {(r[0], r[1]): r for r in rows if r[2].date() <= day}
        offers = [((3 * r[4] + r[5]) / 4, r[0], r) for r in state.values() if r[3] and r[4] is not None]
        paid = sorted(offer for offer in offers if offer[0] > 0)
        # An outlier is far from the market's median, which this list's own median stands for here.
        middle = median(offer[0] for offer in paid) if paid else 0
        paid = [offer for offer in paid if middle / 10 <= offer[0] <= middle * 10]
        if paid:
            hosts = [offer for offer in paid if not offer[2][6]]
            found.append(
                {
                    "day": day,
                    "floor": paid[0][0],
                    "median": median(o[0] for o in paid),
                    "ceiling": paid[-1][0],
                    "providers": len({o[1] for o in paid}),
                    "routers": len({o[1] for o in paid if o[2][6]}),
                    "offer": paid[0][2],
                    "host": hosts[0] if hosts else None,
                    "listings": len(paid),
                }
            )
    return found


def read_counts(con: duckdb.DuckDBPyConnection, names: list[str]) -> dict[str, dict[date, int]]:
    """Per repository and UTC day the last reading at or after 10:00, else the last; recorded ones only if shareable."""
    found: dict[str, dict[date, tuple[bool, datetime, int, str]]] = {name: {} for name in names}
    for name, at, count, right in con.execute("""
            select name_raw, read_at, downloads_30d, redistributable from stored.hub_readings
            where downloads_30d is not null and (redistributable <> 'no' or origin = 'live')
            order by read_at, origin desc, observed_at""").fetchall():
        if name in found:
            best = found[name].get(at.date())
            if best is None or (at.hour >= 10, at) >= best[:2]:
                found[name][at.date()] = (at.hour >= 10, at, count, right)
    return {n: {d: r[2] for d, r in days.items()} for n, days in found.items()}


def find_baseline(con: duckdb.DuckDBPyConnection) -> tuple[date, float, int, float] | None:
    """First day with a peer, gpt-oss's change since, the number of peers and their median change."""
    tracked = dict(
        con.execute("""
        select model_id, released_on from main.models
        where tracked and role is null and released_on is not null""").fetchall()
    )
    counts = read_counts(con, [*tracked, BIG, SMALL])
    own = {d: counts[BIG][d] + counts[SMALL][d] for d in sorted(counts[BIG].keys() & counts[SMALL].keys())}
    peers = {n: counts[n] for n in tracked if n not in (BIG, SMALL)}
    met = (d for d in own for n, days in peers.items() if d in days and (d - tracked[n]).days >= 30)
    start = next(met, None)
    end = max(own, default=None)
    if start is None or end is None or start >= end:
        return None

    def near(days: dict[date, int], day: date) -> int | None:
        order = sorted(range(-3, 4), key=lambda k: (abs(k), k))
        return next((days[day + timedelta(k)] for k in order if day + timedelta(k) in days), None)

    old = {n: days for n, days in peers.items() if (start - tracked[n]).days >= 30}
    pairs = [(near(days, start), near(days, end)) for days in old.values()]
    changes = [b / a - 1 for a, b in pairs if a and b is not None]
    return start, own[end] / own[start] - 1, len(changes), median(changes)


def word_change(change: float) -> str:
    text = f"{abs(change) * 100:.0f} %"
    return text if text == "0 %" else f"{'−' if change < 0 else '+'}{text}"


def word_millions(count: float) -> str:
    return f"{count / 1e6:.1f} M"


def expect_headline(con: duckdb.DuckDBPyConnection, today: date, access: frozenset[str]) -> str:
    """The headline on a day, from stored rows: the rule written out a second time."""
    clauses: list[tuple[str, int]] = []
    prices = [p for p in read_prices(con) if p["day"] >= RELEASED_ON]
    if len(prices) > 1 and (today - prices[-1]["day"]).days <= 180:
        change = prices[-1]["floor"] / prices[0]["floor"] - 1
        word = f"{abs(change) * 100:.0f} % {'cheaper' if change < 0 else 'dearer'}"
        clauses.append(("priced as before", 0) if abs(change) <= 0.1 else (word, -1 if change > 0 else 1))
    counts = read_counts(con, [BIG, SMALL])
    both = sorted(d for d in counts[BIG].keys() & counts[SMALL].keys() if d >= RELEASED_ON)
    if len(both) > 1 and (today - both[-1]).days <= 180:
        first, last = (counts[BIG][d] + counts[SMALL][d] for d in (both[0], both[-1]))
        word = f"downloaded {abs(last / first - 1) * 100:.0f} % {'more' if last > first else 'less'}"
        level = abs(last / first - 1) <= 0.1
        clauses.append(("downloaded as much as before", 0) if level else (word, 1 if last > first else -1))
    standings = count_ahead(con)
    if standings and (today - standings[-1].day).days <= 180:
        ahead = standings[-1].among(access)
        words = {0: "not clearly overtaken", 1: "clearly overtaken by one open model"}
        word = words.get(ahead, "clearly overtaken")
        clauses.append((word, 1 if ahead == 0 else -1))
    signs = [sign for _, sign in clauses]
    text, turned = clauses[0][0], False
    for k in range(1, len(clauses)):
        before = next((s for s in reversed(signs[:k]) if s), 0)
        turns = not turned and before * signs[k] < 0
        turned = turned or turns
        text += f"{',' if k == 2 else ''} {'but' if turns else 'and'} {clauses[k][0]}"
    return f"A year on, gpt-oss-120b is {text}"


def read_places(con: duckdb.DuckDBPyConnection) -> list[tuple[date, float, int, int]]:
    """Edition, rating, place and board size on complete Arena text boards that list gpt-oss-120b."""
    boards = con.execute("""
        select distinct (scope::json->>3)::date, scope::json->>2 from stored.listings
        where source_id = 'lmarena' and fact = 'scores' and scope::json->>0 = 'text'
          and scope::json->>1 = 'overall' and complete order by 1""").fetchall()
    found = []
    for day, method in boards:
        rows = con.execute(
            """
            select n.model_id, s.value from stored.scores s
            left join main.model_names n
                on (n.source_id, n.name_raw, n.config_raw) = (s.source_id, s.name_raw, s.config_raw)
            where s.source_id = 'lmarena' and s.board = 'text' and s.category = 'overall'
              and s.method_version = ? and s.edition = ?
              and s.redistributable <> 'no' and s.is_listed""",
            [method, day],
        ).fetchall()
        own = [value for model_id, value in rows if model_id == BIG]
        if own:
            found.append((day, own[0], 1 + sum(value > own[0] for _, value in rows), len(rows)))
    return found


def read_shares(con: duckdb.DuckDBPyConnection, until: date) -> list[dict[str, Any]]:
    """Per recorded day of OpenRouter's list, as known by a day: gpt-oss's least and largest share, in percent."""
    names = [f"{model}{free}" for model in (BIG, SMALL) for free in ("", ":free")]
    days: dict[date, dict[str, tuple[float, int | None]]] = {}
    for day, name, tokens, rank, is_rest in con.execute(
        "select day, name_raw, tokens, rank, is_rest from stored.usage where source_id = 'openrouter_rankings' "
        "and observed_at::date <= ? order by observed_at, rowid",
        [until],
    ).fetchall():
        days.setdefault(day, {})["" if is_rest else name] = (tokens, rank)
    found = []
    for day, told in sorted(days.items()):
        total = sum(tokens for tokens, _ in told.values())
        listed = {name: tokens for name, (tokens, _) in told.items() if name}
        low = sum(listed.get(name, 0) for name in names)
        unseen = sum(name not in listed for name in names) * min(listed.values())
        high = low + min(unseen, told.get("", (0, None))[0])
        rank = told[BIG][1] if BIG in told else None
        found.append(
            {"day": day, "low": 100 * low / total, "high": 100 * high / total, "rank": rank, "of": len(listed)}
        )
    return found
