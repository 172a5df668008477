"""Every source through its live client: what a second run costs, and what a failing publisher does to a first one.

What holds for every request (429 with Retry-After and RateLimit, redirects, the next page on another host, slow bodies)
is tested once, beside ingest.http; here is what depends on how a source asks. A source is held to it by being there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from urllib.parse import unquote

import pytest

from ingest.http import FetchLog, Known, Session
from ingest.source import FetchContext, Fetched, Source, SourceError, discover_sources
from tests.published import find_published
from tests.publishers import LARGE, SMALL
from tests.replay_server import Answer, ReplayServer, Request

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
IDS = tuple(discover_sources())
each_source = pytest.mark.parametrize("source_id", IDS)
# Lists in pages carry a Link that a 304 need not repeat, so they are always asked for whole.
PAGED = {"hf_hub"}


class Visit:
    """One live read of a source: its answers, what it complained of, its requests and waits."""

    def __init__(self, source_id: str, server: ReplayServer, known: dict[str, Fetched], **settings: int) -> None:
        source: Source = discover_sources()[source_id]
        self.complaints: list[str] = []
        self.logs: list[FetchLog] = []
        self.waits: list[float] = []
        first = len(server.requests)

        def recall(url: str) -> Known | None:
            if (held := known.get(url)) is None:
                return None
            return Known(held.headers.get("ETag"), held.headers.get("Last-Modified"), lambda: held.body)

        with Session(
            source_id,
            (*source.hosts, *source.cdn_hosts),
            now=lambda: AT,
            mirror=server.url,
            known=recall,
            sleep=self.waits.append,
            on_fetch=self.logs.append,
            max_bytes=settings.get("max_bytes", source.max_bytes),
        ) as session:
            context = FetchContext(session, (SMALL, LARGE), {}, self.complaints.append)
            self.answers = list(source.fetch(context))
        self.requests: list[Request] = server.requests[first:]


@pytest.fixture
def server() -> Iterator[ReplayServer]:
    with ReplayServer() as playing:
        yield playing


@cache
def list_asked(source_id: str) -> tuple[str, ...]:
    """The paths a first read of a source asks for, in order."""
    with ReplayServer() as playing:
        find_published()[source_id].serve(playing)
        return tuple(r.path for r in Visit(source_id, playing, {}).requests)


@each_source
def test_a_second_read_is_conditional_and_finds_nothing_new(source_id: str, server: ReplayServer) -> None:
    find_published()[source_id].serve(server)
    first = Visit(source_id, server, {})
    held = {a.url: a for a in first.answers}
    again = Visit(source_id, server, held)
    assert [a.url for a in again.answers] == [a.url for a in first.answers]
    assert all(a.unchanged for a in again.answers), "the same bodies, so nothing to archive and no row"
    if source_id not in PAGED:
        assert {log.status for log in again.logs if log.url in held} == {304}
    assert again.complaints == first.complaints == []


@each_source
def test_a_host_that_stumbles_is_asked_again_and_all_is_read(source_id: str, server: ReplayServer) -> None:
    find_published()[source_id].serve(server)
    wanted = [a.body for a in Visit(source_id, server, {}).answers]
    stumble(server, Answer(b"oops", 503))
    visit = Visit(source_id, server, {})
    assert [a.body for a in visit.answers] == wanted and visit.complaints == []
    assert visit.logs[0].attempts == 2 and visit.waits


@each_source
def test_a_first_body_over_the_limit_is_refused_and_nothing_of_it_kept(source_id: str, server: ReplayServer) -> None:
    find_published()[source_id].serve(server)
    try:
        visit = Visit(source_id, server, {}, max_bytes=8)
    except SourceError as error:
        assert "limit of 8 bytes" in error.message
    else:
        assert visit.complaints and all(len(a.body) <= 8 for a in visit.answers)


@each_source
def test_a_redirect_to_a_host_that_is_not_declared_is_not_followed(source_id: str, server: ReplayServer) -> None:
    find_published()[source_id].serve(server)
    server.reply(unquote(list_asked(source_id)[0].partition("?")[0]), Answer.redirect("https://elsewhere.example/file"))
    try:
        visit = Visit(source_id, server, {})
    except SourceError as error:
        assert "elsewhere.example" in error.message or "no " in error.message
    else:
        assert any("elsewhere.example" in said for said in visit.complaints)
    assert not any("elsewhere.example" in request.path for request in server.requests)


def stumble(server: ReplayServer, fault: Answer) -> None:
    """Let the next request fail once, whatever it asks; after that the server answers as before."""
    answer, left = server.answer, [fault]

    def first_fails(request: Request) -> Answer:
        given = answer(request)
        return replace(left.pop()) if left else given

    server.answer = first_fails  # type: ignore[method-assign]


def test_every_source_has_a_publisher_to_be_read_from() -> None:
    missing = set(IDS) - set(find_published())
    assert missing == set()
