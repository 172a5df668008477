"""arXiv: months counted by the search itself, at its pace, and XML that may declare nothing."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from ingest.http import Session
from ingest.source import Counter, Payload, Snapshot, SourceError
from ingest.sources.arxiv import QUERY, Arxiv
from tests.homes import ask, run_landscape
from tests.published import arxiv as published
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")


def parse(body: bytes, name: str = "gpt-oss/2025-08", at: datetime = datetime(2026, 1, 2, tzinfo=UTC)) -> Counter:
    payload = Payload(7, "arxiv", name, f"{QUERY}?x", body, at, "fetched", at, at, "LIVE", "CC0-1.0", "yes", True)
    [found] = Arxiv().parse(Snapshot("s", "arxiv", at, (payload,)))
    assert isinstance(found, Counter)
    return found


def test_a_month_is_the_searchs_own_count() -> None:
    found = parse(published.make_feed(9))
    assert (found.name_raw, found.metric, found.day, found.value) == ("gpt-oss", "arxiv_papers", date(2025, 8, 1), 9)
    assert (found.is_cumulative, found.subject_kind, found.flags) == (False, "topic", ())
    assert parse(published.make_feed(0)).value == 0


def test_a_month_is_partial_until_papers_submitted_in_it_have_appeared() -> None:
    flags = [parse(published.make_feed(9), at=datetime(2025, 9, day, tzinfo=UTC)).flags for day in (1, 5, 6)]
    assert flags == [("partial",), ("partial",), ()]


BOMB = b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "ha">]><feed xmlns="http://www.w3.org/2005/Atom">&a;</feed>'
FILE = b'<?xml version="1.0"?><!DOCTYPE f [<!ENTITY x SYSTEM "file:///etc/passwd">]><f>&x;</f>'


@pytest.mark.parametrize("body", [BOMB, FILE, BOMB.decode().encode("utf-16"), b'<!DOCTYPE html SYSTEM "x"><p/>'])
def test_a_body_that_declares_a_document_type_is_refused_before_it_is_read(body: bytes) -> None:
    with pytest.raises(SourceError, match="it declares the document type"):
        parse(body)


@pytest.mark.parametrize(
    "body, why",
    [
        (b"", "no feed"),
        (b"<html>down</html>", "it states no total"),
        (b'{"nbHits": 1}', "no feed"),
        (published.make_feed(9).replace(b">9<", b">many<"), "it states no total"),
        (
            published.make_feed(9).replace(published.ENTRY.encode(), b""),
            "at odds with itself: 9 papers counted, 0 sent",
        ),
        (
            published.make_feed(
                1, "<entry><id>http://arxiv.org/api/errors#x</id><summary>incorrect id format</summary></entry>"
            ),
            "an error: 'incorrect id format'",
        ),
    ],
)
def test_garbage_and_errors_in_a_feeds_clothes_are_one_readable_error(body: bytes, why: str) -> None:
    with pytest.raises(SourceError, match=rf"^arxiv: gpt-oss/2025-08 is .*{why}.*; open https://export\.arxiv\.org"):
        parse(body)


def test_each_month_is_asked_once_and_an_unchanged_world_adds_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Arxiv, "min_interval", 0.0)
    with ReplayServer() as server:
        published.serve(server)
        first = run_landscape(tmp_path, "refresh", "arxiv", "--mirror", server.url)
        asked = [dict(parse_qsl(urlsplit(r.path).query)) for r in server.requests]
        again = run_landscape(tmp_path, "refresh", "arxiv", "--mirror", server.url)
    assert asked[3] == {
        "search_query": 'all:"gpt-oss" AND submittedDate:[202508010000 TO 202508312359]',
        "start": "0",
        "max_results": "1",
    }
    assert f"arxiv: {len(asked)} rows added" in first.stdout
    assert len(server.requests) < 2 * len(asked)
    assert "arxiv: 0 rows added" in again.stdout
    rows = ask(tmp_path, "select value from counters where name_raw = 'gpt-oss' order by day limit 5")
    assert [r["value"] for r in rows] == [0, 0, 0, 1, 9]


def test_two_requests_lie_the_interval_apart() -> None:
    assert Arxiv.min_interval == 3.0
    with ReplayServer() as server:
        server.route(QUERY, published.make_feed(1))
        with Session(
            "arxiv",
            Arxiv.hosts,
            max_bytes=10_000,
            now=lambda: datetime.now(UTC),
            mirror=server.url,
            min_interval=0.2,
        ) as session:
            began = time.monotonic()
            for _ in range(3):
                session.get(QUERY)
            assert time.monotonic() - began >= 0.4
