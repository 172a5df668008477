"""Ollama's library: rounded counts with their step, the blank list, the second mirror, the recorded past."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import Counter, Parsed, Payload, Refused, Snapshot, SourceError
from ingest.sources.ollama_library import FIRST, SECOND, OllamaLibrary, read_count
from tests.homes import ask, run_landscape
from tests.published import ollama_library as published
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

AT = datetime(2026, 8, 22, 6, 0, tzinfo=UTC)


def make_payload(body: bytes, url: str = FIRST, name: str = "", first_seen: datetime = AT) -> Payload:
    name = name or url.rpartition("/")[2]
    return Payload(7, "ollama_library", name, url, body, AT, "fetched", first_seen, AT, "LIVE", "MIT", "yes", True)


def parse(*payloads: Payload) -> list[Parsed]:
    return list(OllamaLibrary().parse(Snapshot("s", "ollama_library", AT, payloads)))


@pytest.mark.parametrize(
    "text, value, step",
    [
        ("10.9M", 10_900_000, 100_000),
        ("12M", 12_000_000, 100_000),
        ("90.7K", 90_700, 100),
        ("1,238", 1_238, None),
        ("291", 291, None),
        ("0", 0, None),
        ("1.2b", 1_200_000_000, 100_000_000),
    ],
)
def test_a_rounded_count_says_to_what(text: str, value: float, step: float | None) -> None:
    assert read_count(text) == (value, step)


@pytest.mark.parametrize("text", ["", " ", "10.9", "1,23", "M", "-5", "1.25M", "9 months ago", None, 5, "１M", "1e6"])
def test_what_is_no_count_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match="no count"):
        read_count(text)


@given(st.integers(0, 10**9))
def test_a_count_read_back_lies_within_its_step(pulls: int) -> None:
    """Ollama's own wording: whole below ten thousand, then one place of thousands or millions, `.0` left out."""
    unit, letter = (10**6, "M") if pulls >= 10**6 else (10**3, "K") if pulls >= 10**4 else (1, "")
    text = f"{pulls:,}" if unit == 1 else f"{pulls // (unit // 10) / 10:g}{letter}" if pulls < 10**8 else f"{pulls:,}"
    value, step = read_count(text)
    assert abs(value - pulls) < (step or 1)


@pytest.mark.parametrize("url", [FIRST, SECOND])
def test_both_shapes_are_read(url: str) -> None:
    found = [c for c in parse(make_payload(published.BODIES[url], url)) if isinstance(c, Counter)]
    assert [(c.name_raw, c.value, c.step) for c in found] == {
        FIRST: [("gpt-oss", 10.9e6, 1e5), ("gpt-oss-safeguard", 147_600, 100), ("llama3.1", 117.1e6, 1e5)],
        SECOND: [("gpt-oss", 12e6, 1e5), ("gpt-oss-safeguard", 151_000, 100), ("llama3.1", 118e6, 1e5)],
    }[url]
    assert {(c.metric, c.is_cumulative, c.subject_kind) for c in found} == {("ollama_pulls", True, "model")}


def test_the_day_is_the_mirrors_own_or_the_one_its_body_first_appeared() -> None:
    """So a mirror that stands still gives no fresh days."""
    still = make_payload(published.BODIES[FIRST], first_seen=AT - timedelta(days=9))
    dated = make_payload(published.BODIES[SECOND], SECOND)
    ahead = make_payload(published.make_second({"a": "1"}, "2027-01-01T00:00:00Z"), SECOND)
    days = [{c.day for c in parse(p) if isinstance(c, Counter)} for p in (still, dated, ahead)]
    assert days == [{date(2026, 8, 13)}, {date(2026, 8, 20)}, {AT.date()}]


def test_a_list_without_a_count_is_refused_whole() -> None:
    with pytest.raises(SourceError, match=r"every one of its 3 pull counts is blank; the last good counts stay"):
        parse(make_payload(published.BLANK))


def test_beside_a_good_list_a_blank_one_is_one_refused_row() -> None:
    found = parse(make_payload(published.BLANK), make_payload(published.BODIES[SECOND], SECOND))
    assert [r.reason for r in found if isinstance(r, Refused)] == [
        "model.json: every one of its 3 pull counts is blank."
    ]
    assert sum(isinstance(c, Counter) for c in found) == 3


def test_one_blank_count_is_refused_and_the_rest_is_read() -> None:
    found = parse(make_payload(published.make_first({"a": "", "b": "1.5K", "c": "soon"})))
    assert [json.loads(r.row_json)["name"] for r in found if isinstance(r, Refused)] == ["a", "c"]
    assert [c.name_raw for c in found if isinstance(c, Counter)] == ["b"]


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"[]", b"{}", b'{"models": {}}', b'{"models": []}', b"[1, 2]", b"[" * 99_999]
)
def test_garbage_is_one_readable_error(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^ollama_library: model\.json: .* Look at https://yuma"):
        parse(make_payload(body))


def test_a_history_has_the_days_of_its_rows() -> None:
    body = (
        b"date,model,pull_count_text,pulls,source_repo,source_commit\n"
        b"2025-08-06,gpt-oss,90.7K,90700,yuma-shintani/ollama-model-library,abc\n"
        b"2027-08-06,gpt-oss,90.7K,90700,yuma-shintani/ollama-model-library,abc\n"
        b"2025-08-07\n"
    )
    found = parse(make_payload(body, "", "ollama_library/pulls_history.csv"))
    [count] = [c for c in found if isinstance(c, Counter)]
    assert (count.day, count.observed_at, count.observed_kind) == (
        date(2025, 8, 6),
        datetime(2025, 8, 6, tzinfo=UTC),
        "commit_date",
    )
    assert sum(isinstance(r, Refused) for r in found) == 2


def test_the_second_mirror_is_asked_when_the_first_is_blank_or_down(tmp_path: Path) -> None:
    (tmp_path / "raw/none").mkdir(parents=True)  # no seed

    def refresh(first: bytes, status: int = 200) -> tuple[str, int]:
        with ReplayServer() as server:
            published.serve(server)
            server.route(FIRST, first, status=status)
            done = run_landscape(tmp_path, "refresh", "ollama_library", "--mirror", server.url)
            return done.stdout, server.hits(SECOND)

    out, asked = refresh(published.BODIES[FIRST])
    assert asked == 0 and "3 rows added" in out
    out, asked = refresh(published.BLANK)
    assert asked == 1
    assert "the first mirror is of no use (every one of its 3 pull counts is blank); the second was asked." in out
    out, asked = refresh(b"gone", 404)
    assert asked == 1 and "the first mirror was not read" in out and "FAILED" not in out
    assert ask(tmp_path, "select max(value) as pulls from counters where name_raw = 'gpt-oss'") == [{"pulls": 12e6}]
    with ReplayServer() as server:
        for url in (FIRST, SECOND):
            server.route(url, b"[]" if url == SECOND else published.BLANK)
        done = run_landscape(tmp_path, "refresh", "ollama_library", "--mirror", server.url)
    assert "FAILED" in done.stdout and "the last good counts stay" in done.stdout
    assert ask(tmp_path, "select max(value) as pulls from counters where name_raw = 'gpt-oss'") == [{"pulls": 12e6}]


def test_an_unchanged_list_adds_nothing(tmp_path: Path) -> None:
    (tmp_path / "raw/none").mkdir(parents=True)  # no seed
    with ReplayServer() as server:
        published.serve(server)
        for rows in (3, 0):
            done = run_landscape(tmp_path, "refresh", "ollama_library", "--mirror", server.url)
            assert f"ollama_library: {rows} rows added" in done.stdout


def test_the_recorded_lists_give_the_known_pulls_and_the_blank_day_none(shared_sources: Path, tmp_path: Path) -> None:
    done = run_landscape(tmp_path, "refresh", "ollama_library", "--from", shared_sources)
    assert done.exit_code == 0
    assert "2026-07-16.json: every one of its 232 pull counts is blank; the last good counts stay" in done.stdout
    rows = ask(
        tmp_path,
        "select day::varchar as day, value, step, model_id from counters where name_raw = 'gpt-oss' order by day",
    )
    pulls = {r["day"]: r["value"] for r in rows}
    known = {"2025-08-06": 90_700, "2025-08-16": 1e6, "2025-12-06": 5e6, "2026-07-15": 10.9e6, "2026-08-20": 12e6}
    assert {day: pulls[day] for day in known} == known
    assert {r["model_id"] for r in rows} == {"openai/gpt-oss"}  # 20b and 120b pooled: the family, neither size
    assert "2026-07-16" not in pulls
    assert ask(tmp_path, "select value from counters where name_raw = 'gpt-oss-safeguard' and day = '2025-10-30'") == [
        {"value": 291}
    ]
