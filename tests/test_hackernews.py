"""Hacker News: months counted by the search itself, asked exactly, the current one partial."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.months import is_settled, list_months, list_months_to_ask, next_month
from ingest.source import Counter, Payload, Snapshot, SourceError
from ingest.sources.hackernews import SINCE, TOPICS, HackerNews
from tests.homes import ask, run_landscape
from tests.published import hackernews as published
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

DAYS = st.dates(date(2025, 1, 1), date(2035, 12, 31))


def parse(body: bytes, name: str = "gpt-oss/2025-08", at: datetime = datetime(2026, 1, 2, tzinfo=UTC)) -> Counter:
    payload = Payload(
        7,
        "hackernews",
        name,
        "https://hn.algolia.com/x",
        body,
        at,
        "fetched",
        at,
        at,
        "LIVE",
        "none-stated",
        "no",
        True,
    )
    [found] = HackerNews().parse(Snapshot("s", "hackernews", at, (payload,)))
    assert isinstance(found, Counter)
    return found


def test_a_month_is_a_count_of_its_own_and_no_total_so_far() -> None:
    found = parse(published.make_answer(1))
    assert (found.name_raw, found.metric, found.day, found.value) == ("gpt-oss", "hn_stories", date(2025, 8, 1), 1)
    assert (found.is_cumulative, found.subject_kind, found.flags) == (False, "topic", ())


@pytest.mark.parametrize(
    "at, flags",
    [
        (datetime(2025, 8, 20, tzinfo=UTC), ("partial",)),
        (datetime(2025, 9, 1, 12, tzinfo=UTC), ("partial",)),
        (datetime(2025, 9, 2, tzinfo=UTC), ()),
    ],
)
def test_a_month_is_partial_until_it_is_over(at: datetime, flags: tuple[str, ...]) -> None:
    assert parse(published.make_answer(1), at=at).flags == flags


def test_no_story_is_zero_and_an_answer_at_odds_with_itself_is_refused() -> None:
    assert parse(published.make_answer(0)).value == 0
    with pytest.raises(SourceError, match="at odds with itself: 4 stories counted, 0 sent"):
        parse(b'{"hits": [], "nbHits": 4}')


@pytest.mark.parametrize(
    "body",
    [b"", b"<html></html>", b"[]", b"{}", b'{"nbHits": "4", "hits": [1]}', b'{"message": "down"}', b"[" * 99_999],
)
def test_garbage_is_one_readable_error(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^hackernews: gpt-oss/2025-08 is .*; open https://hn\.algolia\.com"):
        parse(body)


def test_each_month_is_asked_for_the_exact_phrase_and_later_only_what_may_have_moved(tmp_path: Path) -> None:
    months = len(list(list_months(SINCE, datetime.now(UTC).date())))
    with ReplayServer() as server:
        published.serve(server)
        first = run_landscape(tmp_path, "refresh", "hackernews", "--mirror", server.url)
        asked = [dict(parse_qsl(urlsplit(r.path).query)) for r in server.requests]
        again = run_landscape(tmp_path, "refresh", "hackernews", "--mirror", server.url)
    assert len(asked) == months * len(TOPICS)
    assert f"hackernews: {len(asked)} rows added" in first.stdout
    assert asked[3] == {
        "query": '"gpt-oss"',
        "tags": "story",
        "numericFilters": "created_at_i>=1754006400,created_at_i<1756684800",
        "advancedSyntax": "true",
        "typoTolerance": "false",
        "hitsPerPage": "1",
    }
    assert len(server.requests) - len(asked) <= 2 * len(TOPICS)
    assert "hackernews: 0 rows added" in again.stdout
    rows = ask(tmp_path, "select value from counters where name_raw = 'gpt-oss' order by day limit 5")
    assert [r["value"] for r in rows] == [0, 0, 0, 1, 7]


@given(DAYS, DAYS, st.integers(0, 10))
def test_every_month_that_was_not_settled_at_the_last_read_is_asked_again(a: date, b: date, lag_days: int) -> None:
    last, today, lag = min(a, b), max(a, b), timedelta(days=lag_days)
    last_read = datetime(last.year, last.month, last.day, 12, tzinfo=UTC)
    asked = list_months_to_ask({"last_read": last_read.isoformat()}, date(2025, 1, 1), today, lag)
    every = list(list_months(date(2025, 1, 1), today))
    assert all(next_month(m) == n for m, n in pairwise(every))
    assert set(asked) >= {m for m in every if not is_settled(m, last_read, lag)}
    assert asked == sorted(asked) and asked[-1] == today.replace(day=1)
