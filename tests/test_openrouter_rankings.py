"""OpenRouter's rankings: shares of whole days, ranks, what is unknown, and both routes to the list."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http import Session
from ingest.source import FetchContext, Fetched, Parsed, Payload, Refused, Snapshot, SourceError, Usage
from ingest.sources.openrouter_rankings import DATASETS, OpenRouterRankings
from tests.homes import ask, run_landscape
from tests.published import openrouter_rankings as published
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

AT = datetime(2026, 9, 16, 12, 0, tzinfo=UTC)
KEYED = {"OPENROUTER_API_KEY": "set"}


def parse(body: bytes, name: str = "rankings-daily/2026-09-15.json") -> list[Parsed]:
    payload = Payload(
        7, "openrouter_rankings", name, f"{DATASETS}/x", body, AT, "fetched", AT, AT, "LIVE", "CC-BY-4.0", "yes", True
    )
    return list(OpenRouterRankings().parse(Snapshot("s", "openrouter_rankings", AT, (payload,))))


def read(rows: list[dict[str, Any]], as_of: str = published.AS_OF) -> dict[str, Usage]:
    return {u.name_raw: u for u in parse(published.make_list(rows, as_of)) if isinstance(u, Usage)}


def fetch(server: ReplayServer, settings: dict[str, str]) -> tuple[list[Fetched], list[str]]:
    told: list[str] = []
    with Session(
        "openrouter_rankings",
        OpenRouterRankings.hosts,
        max_bytes=100_000,
        now=lambda: AT,
        mirror=server.url,
        sleep=lambda seconds: None,
        tries=1,
    ) as session:
        return list(OpenRouterRankings().fetch(FetchContext(session, settings=settings, report=told.append))), told


def test_shares_are_of_the_whole_day_and_ranks_of_the_models_alone() -> None:
    found = read(published.make_rows("2026-09-15", published.DAY))
    assert sum(u.share or 0 for u in found.values()) == pytest.approx(1)
    assert found["openai/gpt-oss-120b"].share == pytest.approx(127.8e9 / sum(published.DAY.values()))
    assert {name: u.rank for name, u in found.items()} == {
        "tencent/hy4-preview-20260827": 1,
        "openai/gpt-5.6-luna-20260709": 2,
        "openai/gpt-oss-120b": 3,
        "openai/gpt-oss-120b:free": 4,
        "other": None,
    }
    assert [name for name, u in found.items() if u.is_free_variant] == ["openai/gpt-oss-120b:free"]
    assert [name for name, u in found.items() if u.is_rest] == ["other"]
    assert "openai/gpt-oss-20b" not in found  # below the list's end: unknown, so no row at all


def test_without_the_rest_of_the_day_no_share_is_known() -> None:
    found = read(published.make_rows("2026-09-15", {"a/a": 3, "b/b": 1}))
    assert [(u.share, u.rank) for u in found.values()] == [(None, 1), (None, 2)]


def test_a_row_that_cannot_be_read_is_refused_and_its_day_has_tokens_only() -> None:
    rows: list[dict[str, Any]] = published.make_rows("2026-09-14", {"a/a": 3, "other": 1})
    rows += published.make_rows("2026-09-15", {"a/a": 3, "other": 1})
    rows += [{"date": "2026-09-15", "model_permaslug": "b/b", "total_tokens": "1e9"}]
    found = parse(published.make_list(rows, published.AS_OF))
    assert [r.reason for r in found if isinstance(r, Refused)] == [
        "2026-09-15, b/b: the tokens are '1e9', no whole number."
    ]
    told = {(u.day.day, u.name_raw): (u.tokens, u.share) for u in found if isinstance(u, Usage)}
    assert told[14, "a/a"] == (3, 0.75)
    assert told[15, "a/a"] == (3, None)


@pytest.mark.parametrize(
    "row, why",
    [
        ({"date": "2026-09-17"}, "none of the dataset's days"),
        ({"date": "1970-01-01"}, "none of the dataset's days"),
        ({"date": "15 Sept 2026"}, "isoformat|days"),
        ({"model_permaslug": ""}, "the model is ''"),
        ({"total_tokens": -5}, "no whole number"),
        ({"total_tokens": True}, "no whole number"),
        ({"model_permaslug": "other"}, "listed twice"),
    ],
)
def test_an_impossible_row_is_refused(row: dict[str, Any], why: str) -> None:
    good = {"date": "2026-09-15", "model_permaslug": "other", "total_tokens": "5"}
    mixed = parse(published.make_list([good, {**good, "model_permaslug": "a/a", **row}], published.AS_OF))
    [refused] = [r for r in mixed if isinstance(r, Refused)]
    assert re.search(why, refused.reason)
    assert sum(isinstance(u, Usage) for u in mixed) == 1


def test_the_day_the_list_was_made_is_partial() -> None:
    rows = [r for d in ("2026-09-15", "2026-09-16") for r in published.make_rows(d, {"a/a": 1, "other": 1})]
    found = parse(published.make_list(rows, published.AS_OF))
    assert {u.day.day: u.flags for u in found if isinstance(u, Usage)} == {15: (), 16: ("partial",)}


@pytest.mark.parametrize(
    "body",
    [b"", b"<html></html>", b"[]", b'{"data": []}', b'{"data": [1]}', b'{"error": {"code": 401}}', b"[" * 99_999],
)
def test_garbage_is_one_readable_error(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^openrouter_rankings: rankings-daily/.*; look at "):
        parse(body)


def test_a_list_of_other_columns_is_named_by_them() -> None:
    with pytest.raises(SourceError, match="its rows have day, model, score"):
        parse(b'[{"day": "2026-09-15", "model": "a", "score": 1}]')


@given(
    st.dictionaries(st.text(min_size=1, max_size=5).filter(str.strip), st.integers(0, 10**15), min_size=1),
    st.integers(0, 10**15),
    st.randoms(use_true_random=False),
)
def test_order_never_matters_and_shares_add_up(tokens: dict[str, int], rest: int, random: Any) -> None:
    day = {**tokens, "other": rest}
    shuffled = list(day.items())
    random.shuffle(shuffled)
    one, two = (read(published.make_rows("2026-09-15", d)) for d in (day, dict(shuffled)))
    assert {n: (u.share, u.rank) for n, u in one.items()} == {n: (u.share, u.rank) for n, u in two.items()}
    if sum(day.values()):
        assert sum(u.share or 0 for u in one.values()) == pytest.approx(1)


def test_with_a_key_every_day_since_2025_is_asked_in_windows_of_a_year_at_most() -> None:
    with ReplayServer() as server:
        published.serve(server)
        fetch(server, {**KEYED, "first_run": "1"})
        windows = [dict(parse_qsl(urlsplit(r.path).query)) for r in server.requests]
        fetch(server, {**KEYED, "last_read": AT.isoformat()})
    days = [tuple(datetime.fromisoformat(w[k]).date() for k in ("start_date", "end_date")) for w in windows]
    assert days[0][0].isoformat() == "2025-01-01"
    assert all((end - begin).days < 366 for begin, end in days)
    assert all(b[0] - a[1] == timedelta(days=1) for a, b in pairwise(days))
    assert days[-1][1] == datetime.now(UTC).date() - timedelta(days=1)
    assert "start_date=2026-08-01" in server.requests[len(windows)].path


def test_without_a_key_the_exports_are_found_by_their_index() -> None:
    with ReplayServer() as server:
        published.serve(server)
        answers, told = fetch(server, {"first_run": "1"})
        first = len(server.requests)
        fetch(server, {"last_read": "2026-09-15T08:00:00"})
    assert [a.name for a in answers] == ["index.json", "rankings-daily/latest.json", "rankings-daily/2026-09-14.json"]
    assert told == []
    assert [r.path.rpartition("/")[2] for r in server.requests[first:]] == [
        "index.json",
        "latest.json",
        "2026-09-14.json",
    ]


@pytest.mark.parametrize(
    "index",
    [
        {"model_rankings_daily": {"latest": "2026-09-15"}, "benchmarks": {}},
        ["benchmarks", "model_rankings_daily"],
        {"files": [{"url": "https://openrouter.ai/api/v1/datasets/exports/model_rankings_daily/latest.csv"}]},
    ],
)
def test_the_export_is_found_whatever_the_shape_of_the_index(index: object) -> None:
    with ReplayServer() as server:
        server.route(f"{DATASETS}/exports/index.json", json.dumps(index).encode())
        rows = [r for d in ("2026-09-14", "2026-09-15") for r in published.make_rows(d, published.DAY)]
        server.route(f"{DATASETS}/exports/model_rankings_daily/latest.json", published.make_list(rows, published.AS_OF))
        answers, _ = fetch(server, {"first_run": "1"})
    assert [a.name for a in answers] == ["index.json", "model_rankings_daily/latest.json"]


def test_a_refused_key_falls_back_to_the_exports_and_says_so() -> None:
    with ReplayServer() as server:
        published.serve(server)
        server.route(f"{DATASETS}/rankings-daily", b"invalid key", status=401)
        answers, told = fetch(server, {**KEYED, "first_run": "1"})
    assert answers[1].name == "rankings-daily/latest.json"
    assert len(told) == 1 and "the exports were asked" in told[0]


def test_with_neither_route_one_sentence_says_what_to_do_and_no_data_is_lost(tmp_path: Path) -> None:
    (tmp_path / "raw/none").mkdir(parents=True)  # no seed
    with ReplayServer() as server:
        published.serve(server)
        first = run_landscape(tmp_path, "refresh", "openrouter_rankings", "--mirror", server.url)
        again = run_landscape(tmp_path, "refresh", "openrouter_rankings", "--mirror", server.url)
    assert "openrouter_rankings: 10 rows added from 1 new snapshot(s)" in first.stdout
    assert "openrouter_rankings: 0 rows added from 0 new snapshot(s)" in again.stdout
    before = ask(tmp_path, "select name_raw, day, tokens from usage order by all")
    with ReplayServer() as server:
        server.route(f"{DATASETS}/exports/index.json", b'{"datasets": ["benchmarks"]}')
        gone = run_landscape(tmp_path, "refresh", "openrouter_rankings", "--mirror", server.url)
    assert "FAILED: no ranking was read: without OPENROUTER_API_KEY (it is not set)" in gone.stdout
    assert "names no export of rankings; what was read before stays. Set a free key" in gone.stdout
    assert ask(tmp_path, "select name_raw, day, tokens from usage order by all") == before


def test_the_recorded_days_give_the_known_shares_and_the_joined_file_adds_nothing(
    shared_sources: Path, tmp_path: Path
) -> None:
    assert run_landscape(tmp_path, "refresh", "openrouter_rankings", "--from", shared_sources).exit_code == 0
    rows = ask(
        tmp_path,
        "select name_raw, day::varchar as day, tokens, round(100 * share, 2) as percent, rank from usage "
        "where source_id = 'openrouter_rankings' and name_raw in ('openai/gpt-oss-120b', 'openai/gpt-oss-20b')",
    )
    told = {(r["name_raw"][15:], r["day"]): (r["percent"], r["rank"]) for r in rows}
    assert told["120b", "2025-08-15"] == (0.89, 22)
    assert told["120b", "2026-01-08"] == (2.12, 14)
    assert told["120b", "2026-09-15"] == (0.72, 24)
    assert [told["20b", d][0] for d in ("2025-08-15", "2025-11-15", "2026-01-08", "2026-05-15")] == [
        0.33,
        0.56,
        0.64,
        0.33,
    ]
    assert ("20b", "2026-09-15") not in told  # below the top 50: unknown
    counts = ask(
        tmp_path,
        "select count(*) as n, count(distinct (name_raw, day)) as keys from usage_history "
        "where source_id = 'openrouter_rankings'",
    )
    assert counts == [{"n": 255, "keys": 255}]
