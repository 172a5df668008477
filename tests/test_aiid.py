"""Incidents a month: counted once, zero where none, and the months that are still filling up marked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import Counter, SourceError
from tests.homes import ask, run_landscape
from tests.one_source import fails, parse, pick, read_live, refusals
from tests.published.aiid import BODIES, INCIDENTS, URL, make_incident, make_page
from tests.replay_server import Answer, ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

TABLE = "https://example.org/incidents.csv"
HEAD = b"incident_id,title,date,description,alleged_deployer,alleged_developer,alleged_harmed_party,tags\n"


def read(body: bytes, url: str = URL) -> dict[str, list[float]]:
    """Counts by topic, months in order."""
    found: dict[str, list[float]] = {}
    for row in pick(Counter, parse("aiid", {url: body})):
        found.setdefault(row.name_raw, []).append(row.value)
    return found


def test_incidents_are_counted_by_the_month_in_which_they_happened() -> None:
    assert read(BODIES[URL]) == {
        "all incidents": [2, 0, 1, 0, 1],
        "OpenAI as developer": [1, 0, 0, 0, 0],
        "mentions gpt-oss": [0, 0, 0, 0, 0],
    }
    rows = pick(Counter, parse("aiid", BODIES))
    assert {(row.metric, row.subject_kind, row.is_cumulative) for row in rows} == {("aiid_incidents", "topic", False)}
    assert {row.day for row in rows if row.flags} == {date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)}


def test_a_table_with_names_gives_the_same_counts_as_the_page_with_slugs() -> None:
    table = HEAD + b"".join(
        f'{n},T,{day},"Words, with a comma",,{developer},,\n'.encode()
        for n, day, developer in (
            (1, "2026-01-19", "Unknown"),
            (2, "2026-01-20", "Microsoft; OpenAI"),
            (3, "2026-03-05", "Not OpenAI"),
            (4, "2026-05-01", ""),
        )
    )
    assert read(table, TABLE) == read(BODIES[URL])


@pytest.mark.parametrize("title", ["A gpt-oss-20b agent", "GPT OSS again", "gpt_oss"])
def test_an_incident_that_names_gpt_oss_would_be_counted(title: str) -> None:
    assert sum(read(make_page(make_incident(9, "2026-05-02", "unknown", title)))["mentions gpt-oss"]) == 1


def test_what_cannot_be_counted_is_refused_and_the_rest_read() -> None:
    bad = (
        make_incident(5, "soon", "unknown"),
        make_incident(4, "2026-05-02", "unknown"),
        make_incident(6, "2027-01-01", "unknown"),
    )
    parsed = parse("aiid", {URL: make_page(*INCIDENTS, *bad)})
    assert refusals(parsed) == [
        "incident 5: its date is 'soon'",
        "incident 4: its number is there twice",
        "incident 6: its date, 2027-01-01, lies after the reading",
    ]
    assert sum(row.value for row in pick(Counter, parsed) if row.name_raw == "all incidents") == 4


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html>", "no table of incidents"),
        (b"{}", "no list of incidents as we know it (KeyError"),
        (make_page(), "none says who developed the system"),
        (make_page({"incident_id": 1, "date": "2026-01-01"}), "none says who developed the system"),
        (make_page("x", *INCIDENTS), "an entry is no object"),
        (make_page(*(make_incident(n, "", "openai") for n in range(9))), "9 incidents of which 9 cannot be read"),
        (b"incident_id,title\n1,x\n", "it lacks date, description, alleged_developer"),
        (HEAD, "0 incidents of which 0"),
    ],
)
def test_a_body_that_is_no_list_of_incidents_is_refused_as_a_whole(body: bytes, words: str) -> None:
    assert words in fails("aiid", {URL: body})


@given(st.recursive(st.none() | st.text(max_size=5), lambda x: st.lists(x, max_size=3)))
def test_whatever_a_field_holds_ends_in_a_count_or_one_sentence(value: object) -> None:
    odd = {**INCIDENTS[1], "date": value, "Alleged_developer_of_AI_system": value, "title": value, "incident_id": value}
    try:
        parsed = parse("aiid", {URL: make_page(*INCIDENTS, odd)})
    except SourceError:
        return
    assert sum(row.value for row in pick(Counter, parsed)) == 5


def test_an_unchanged_list_is_a_304_and_a_reshaped_one_keeps_the_last_counts(tmp_path: Path) -> None:
    def reshape(server: ReplayServer) -> None:
        server.reply(URL, Answer(b'{"result": {"data": {"allIncidents": []}}}'))

    first, server = read_live(tmp_path, "aiid")
    assert first.exit_code == 0, first.output
    assert len(server.requests) == 1
    read_live(tmp_path, "aiid")
    assert ask(tmp_path, "select status, count(*) as n from logs.fetches group by all order by all") == [
        {"status": 200, "n": 1},
        {"status": 304, "n": 1},
    ]
    broken, _ = read_live(tmp_path, "aiid", reshape)
    assert broken.exit_code == 1 and "no list of incidents as we know it" in broken.output
    assert ask(tmp_path, "select sum(value) as n, min(redistributable) as rights from counters") == [
        {"n": 5.0, "rights": "share-alike"}
    ]


def test_the_recorded_table_has_1509_incidents_and_none_that_names_gpt_oss(
    shared_sources: Path, tmp_path: Path
) -> None:
    done = run_landscape(tmp_path, "refresh", "--from", shared_sources, "aiid")
    assert done.exit_code == 0, done.output
    assert ask(
        tmp_path, "select name_raw, sum(value) as n, max(day)::varchar as last from counters group by all order by all"
    ) == [
        {"name_raw": "OpenAI as developer", "n": 158.0, "last": "2026-05-01"},
        {"name_raw": "all incidents", "n": 1509.0, "last": "2026-05-01"},
        {"name_raw": "mentions gpt-oss", "n": 0.0, "last": "2026-05-01"},
    ]
    assert ask(
        tmp_path,
        "select day::varchar as day, value from counters "
        "where name_raw = 'all incidents' and list_contains(flags, 'partial') order by day",
    ) == [
        {"day": "2026-03-01", "value": 20.0},
        {"day": "2026-04-01", "value": 13.0},
        {"day": "2026-05-01", "value": 14.0},
    ]
