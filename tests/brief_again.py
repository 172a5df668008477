"""Every number a brief may print, worked out a second time from stored rows by code that shares none with it.

Continues `overview_again` for a past date: rows observed later are left out by their editions and days.
"""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import duckdb

from tests.overview_again import (
    BIG,
    RELEASED_ON,
    SMALL,
    count_ahead,
    is_ahead,
    list_editions,
    read_counts,
    read_edition,
    read_places,
    read_prices,
    read_shares,
    write_point,
)

OPEN = frozenset({"commercial_weights", "restricted_commercial_weights"})
ANY = OPEN | {"noncommercial_weights"}
OSI = frozenset({"commercial_weights"})
CLOSED = frozenset({"proprietary"})
# Numbers that belong to a rule's wording, a name or a licence, and are no finding.
RULE_WORDS = (
    "gpt-oss-120b",
    "o4-mini",
    "20b + 120b",
    "20b",
    "120b",
    "Downloads in 30 days",
    "30-day",
    "out for 30 days",
    "180 days",
    "10 %",
    "90 %",
    "1.96 standard errors",
    "Attribution 4.0",
    "CC BY 4.0",
    "CC-BY-4.0",
    "Apache-2.0",
    "SHA-256",
    "sha256",
    "by/4.0",
)
_DATE = re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b|\b\d{4}-\d{2}-\d{2}\b")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


class _Reader(HTMLParser):
    """The words of a page: those of its drawings apart, styles left out."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.drawn: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br", "link"):
            self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.tags and self.tags.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self.tags and data.strip():
            (self.drawn if "svg" in self.tags else self.words).append(data.strip())


def read_words(html: bytes) -> tuple[str, list[str]]:
    """The text of a brief, and the words in its drawings."""
    reader = _Reader()
    reader.feed(html.decode())
    return " ".join(reader.words), reader.drawn


def list_numbers(text: str, names: list[str]) -> list[str]:
    """The numbers of a text that are neither dates nor part of a name or of a rule's wording."""
    for known in sorted((*names, *RULE_WORDS), key=len, reverse=True):
        text = text.replace(known, " ")
    return _NUMBER.findall(_DATE.sub(" ", text))


def list_expected(con: duckdb.DuckDBPyConnection, today: date, until: date) -> set[str]:
    """Every number as a reader sees it; `until` is the last day known."""
    found: set[str] = set()
    found |= (
        _list_shares(con, until)
        | _list_prices(con, until)
        | _list_downloads(con, today, until)
        | _list_capability(con, until)
        | _list_claims(con, until)
    )
    months = (today.year - RELEASED_ON.year) * 12 + today.month - RELEASED_ON.month - (today.day < RELEASED_ON.day)
    return found | {str(months), str(months // 12)}


def _list_claims(con: duckdb.DuckDBPyConnection, until: date) -> set[str]:
    """How many tests each claim has, and how many of them speak which way."""
    rows = con.execute(
        """
        select claim_id, speaks from claim_tests
        where as_of = (select max(as_of) from claim_tests where as_of < ?::date + 1)""",
        [until],
    ).fetchall()
    ways = ("for", "against", "neither", "absent")
    claims = {claim for claim, _ in rows}
    return {str(rows.count((claim, way))) for claim in claims for way in ways} | {
        str(sum(claim == c for c, _ in rows)) for claim in claims
    }


def _share(change: float) -> str:
    return f"{abs(change) * 100:.0f}"


def _usd(value: float) -> str:
    return f"{value:.2f}"


def _list_prices(con: duckdb.DuckDBPyConnection, until: date) -> set[str]:
    prices = [p for p in read_prices(con) if RELEASED_ON <= p["day"] <= until]
    if not prices:
        return set()
    first, before, last = prices[0], prices[-2:][0], prices[-1]
    found = {_usd(p[name]) for p in (first, before, last) for name in ("floor", "median")}
    found |= {_usd(first["floor"] * 0.9), _usd(first["floor"] * 1.1), _usd(last["host"][0])}
    found |= {_share(last[name] / p[name] - 1) for p in (first, before) for name in ("floor", "median")}
    return found | {str(last["providers"]), str(last["routers"]), str(first["providers"])}


def _list_shares(con: duckdb.DuckDBPyConnection, until: date) -> set[str]:
    days = read_shares(con, until)
    found = {f"{day[end]:.1f}" for day in days for end in ("low", "high")} | {str(len(days))}
    return found | {str(n) for day in days[-1:] for n in (day["rank"], day["of"])}


def _list_downloads(con: duckdb.DuckDBPyConnection, today: date, until: date) -> set[str]:
    counts = read_counts(con, [BIG, SMALL])
    both = sorted(d for d in counts[BIG].keys() & counts[SMALL].keys() if RELEASED_ON <= d <= until)
    if not both:
        return set()
    total = [counts[BIG][d] + counts[SMALL][d] for d in both]
    sizes = [counts[name][both[-1]] for name in (BIG, SMALL)]
    found = {f"{count / 1e6:.1f}" for count in (*total, *sizes, total[0] * 0.9, total[0] * 1.1)}
    found |= {_share(total[-1] / value - 1) for value in total}
    return found | {str((today - both[-1]).days)}


def _list_capability(con: duckdb.DuckDBPyConnection, until: date) -> set[str]:
    counted = [c for c in count_ahead(con) if c.day <= until]
    editions = [day for day in list_editions(con) if day <= until]
    found: set[str] = set()
    for count in counted:
        for rule in (OPEN, ANY, OSI, CLOSED):
            found |= {str(count.among(rule)), str(count.among(rule, RELEASED_ON))}
            found.add(str(sum(r.access in rule for r in count.rated)))
    for day in editions:
        rated = read_edition(con, day)
        top = max((r.value for r in rated if r.access in CLOSED), default=None)
        for rule in (OPEN, ANY):
            best = max((r.value for r in rated if r.access in rule), default=None)
            if top is not None and best is not None:
                found.add(write_point(round(top - best, 6)))
    if editions:
        rated = read_edition(con, editions[-1])
        own = next(r for r in rated if r.model_id == BIG)
        found |= {write_point(value) for value in (own.value, own.low, own.high) if value is not None}
        found |= {str(len(rated)), str(sum(r.released_on is None for r in rated))}
        for rule in (OPEN, ANY, CLOSED):
            for latest in (RELEASED_ON, date.max):
                dated = [r for r in rated if r.released_on and r.released_on <= latest and r is not own]
                best = max(r.value for r in dated if r.access in rule)
                found |= {write_point(best), f"{abs(best - own.value):.1f}"}
    if counted:
        rated = read_edition(con, counted[-1].day)
        own = next(r for r in rated if r.model_id == BIG)
        rivals = [r for r in rated if r.access in CLOSED and r.error is not None]
        found.add(str(sum(not is_ahead(own, r) and not is_ahead(r, own) for r in rivals)))
        found |= {write_point(r.value) for r in (own, *(r for r in rated if r.model_id == "openai/o4-mini"))}
    for day, rating, place, size in read_places(con):
        if day <= until:
            found |= {f"{rating:.0f}", str(place), str(size)}
    return found
