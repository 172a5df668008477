"""GitHub's stars and forks: totals of the day, one repository's failure, and the hour's limit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.http import Session
from ingest.source import Counter, FetchContext, Payload, Refused, Snapshot, SourceError
from ingest.sources.github_repo import API, REPOSITORIES, GithubRepo
from tests.homes import ask, run_landscape
from tests.published import github_repo as published
from tests.replay_server import Answer, ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OURS = f"{API}/openai/gpt-oss"


def parse(*bodies: bytes) -> list[object]:
    payloads = tuple(
        Payload(n, "github_repo", "repo:x/y", OURS, b, AT, "fetched", AT, AT, "LIVE", "none-stated", "no", True)
        for n, b in enumerate(bodies)
    )
    return list(GithubRepo().parse(Snapshot("s", "github_repo", AT, payloads)))


def test_stars_and_forks_are_totals_of_the_day_under_todays_name() -> None:
    body = json.dumps({"full_name": "openai/gpt-oss", "stargazers_count": 19_500, "forks_count": 1_900}).encode()
    found = [c for c in parse(body) if isinstance(c, Counter)]
    assert [(c.name_raw, c.metric, c.value, c.day) for c in found] == [
        ("openai/gpt-oss", "github_stars", 19_500, AT.date()),
        ("openai/gpt-oss", "github_forks", 1_900, AT.date()),
    ]
    assert {(c.is_cumulative, c.subject_kind) for c in found} == {(True, "repository")}


def test_a_count_that_is_none_is_refused_and_a_body_without_any_is_an_error() -> None:
    odd = b'{"full_name": "a/b", "stargazers_count": "many", "forks_count": 3}'
    assert [type(item) for item in parse(odd)] == [Refused, Counter]
    for body in (b"", b"<html></html>", b"[]", b'{"message": "Not Found"}', b'{"full_name": "a/b"}'):
        with pytest.raises(SourceError, match=r"^github_repo: .*https://api\.github\.com"):
            parse(body)


def test_one_repository_that_is_gone_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    with ReplayServer() as server:
        published.serve(server)
        server.route(f"{API}/{REPOSITORIES[-1]}", b'{"message": "Not Found"}', status=404)
        first = run_landscape(tmp_path, "refresh", "github_repo", "--mirror", server.url)
        again = run_landscape(tmp_path, "refresh", "github_repo", "--mirror", server.url)
    rows = 2 * len(REPOSITORIES) - 2
    assert f"github_repo: {rows} rows added" in first.stdout
    assert f"{REPOSITORIES[-1]} was not read" in first.stdout
    assert "github_repo: 0 rows added from 0 new snapshot(s)" in again.stdout
    assert ask(tmp_path, "select count(*) as n from counters where redistributable = 'no'") == [{"n": rows}]


def test_a_spent_hour_is_waited_for_or_told() -> None:
    """GitHub says 403 with nothing left until an instant; a short wait is waited, a long one is one sentence."""
    waits: list[float] = []

    def spent(seconds: int) -> Answer:
        reset = str(int(AT.timestamp()) + seconds)
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
        return Answer(b'{"message": "API rate limit exceeded"}', 403, headers)

    def read(server: ReplayServer) -> tuple[int, list[str]]:
        told: list[str] = []
        with Session(
            "github_repo",
            GithubRepo.hosts,
            max_bytes=10_000,
            now=lambda: AT,
            mirror=server.url,
            sleep=waits.append,
        ) as session:
            return len(list(GithubRepo().fetch(FetchContext(session, report=told.append)))), told

    with ReplayServer() as server:
        published.serve(server)
        server.sequence(OURS, [spent(20), Answer(published.BODIES[OURS])])
        assert read(server) == (len(REPOSITORIES), [])
        assert 21.0 in waits
    with ReplayServer() as server:
        server.reply(f"{API}/*", spent(3_000))
        with pytest.raises(SourceError, match=r"no repository was served; at last .* a wait of 3,001 s"):
            read(server)
