"""The transparency index: answers counted once, totals only as a check, editions kept apart."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import Openness, SourceError
from tests.homes import ask, run_landscape
from tests.one_source import fails, parse, pick, read_live, refusals
from tests.published.fmti import BODIES, DECEMBER, INDICATORS, MAY, OCTOBER
from tests.replay_server import Answer, ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")


def test_totals_are_neither_developers_nor_indicators() -> None:
    rows = pick(Openness, parse("fmti", BODIES))
    assert {row.dimension for row in rows} & {"Total", "total"} == set()
    found = {(row.edition, row.name_raw): 0.0 for row in rows}
    for row in rows:
        found[row.edition, row.name_raw] += row.value or 0
    october, may, december = date(2023, 10, 1), date(2024, 5, 1), date(2025, 12, 1)
    assert found == {
        (october, "Meta"): 2,
        (october, "Hugging Face"): 1,
        (october, "OpenAI"): 1,
        (may, "BigCode"): 2,
        (may, "OpenAI"): 1,
        (december, "Google"): 2,
        (december, "OpenAI"): 1,
    }
    assert {row.subject_kind for row in rows} == {"developer"}
    assert {(row.edition, row.criteria) for row in rows} == {
        (october, "fmti-2023"),
        (may, "fmti-2024"),
        (december, "fmti-2025"),
    }


def test_an_edition_is_public_from_the_end_of_its_month_or_the_day_we_hold_it() -> None:
    late = pick(Openness, parse("fmti", {OCTOBER: BODIES[OCTOBER]}))
    assert {(row.observed_at, row.observed_kind) for row in late} == {
        (datetime(2023, 10, 31, tzinfo=UTC), "publish_date")
    }
    within = pick(Openness, parse("fmti", {DECEMBER: BODIES[DECEMBER]}, datetime(2025, 12, 9, 12, tzinfo=UTC)))
    assert {(row.observed_at, row.observed_kind) for row in within} == {(None, None)}


def test_a_wrong_total_a_foreign_indicator_and_an_odd_answer_are_refused() -> None:
    may = BODIES[MAY].replace(b"Total,2,1", b"Short,1\nData size,0,0\nOdd,yes,1\n,1,1\nTotal,9,2")
    assert refusals(parse("fmti", {MAY: may})) == [
        "Short: the row has not the table's 3 columns",
        "Data size: the indicator is there twice",
        "Odd: BigCode has 'yes', neither 0 nor 1",
        "a row without an indicator",
        "the totals of BigCode differ from their answers",
    ]
    listed = {DECEMBER: BODIES[DECEMBER] + b"Invented,1,1\n", INDICATORS: BODIES[INDICATORS]}
    assert refusals(parse("fmti", listed)) == ["Invented: not in the edition's list of indicators"]


@pytest.mark.parametrize(
    ("url", "body", "words"),
    [
        (MAY, b"<!DOCTYPE html>", "no table of indicators"),
        (MAY, b"", "no table of indicators"),
        (MAY, b"Indicator,OpenAI\n", "without a single indicator"),
        (MAY, b"Indicator,OpenAI\nTotal,49\n", "without a single answer"),
        (MAY, b"Indicator,OpenAI,OpenAI\nData size,1,1\n", "no table of indicators"),
        (MAY.replace("May2024", "Spring2024"), BODIES[MAY], "named after no month"),
    ],
)
def test_a_body_that_is_no_table_is_refused_as_a_whole(url: str, body: bytes, words: str) -> None:
    assert words in fails("fmti", {url: body})


@given(st.binary(max_size=80))
def test_whatever_follows_the_heading_ends_in_rows_or_one_sentence(tail: bytes) -> None:
    try:
        rows = pick(Openness, parse("fmti", {MAY: b"Indicator,OpenAI\nData size,1\n" + tail}))
    except SourceError:
        return
    assert {row.value for row in rows} <= {0.0, 1.0} and {row.name_raw for row in rows} == {"OpenAI"}


def test_four_files_are_asked_for_and_unchanged_ones_are_304(tmp_path: Path) -> None:
    first, server = read_live(tmp_path, "fmti")
    assert first.exit_code == 0, first.output
    assert len(server.requests) == 4
    again, _ = read_live(tmp_path, "fmti")
    assert again.exit_code == 0, again.output
    assert ask(tmp_path, "select status, count(*) as n from logs.fetches group by all order by all") == [
        {"status": 200, "n": 4},
        {"status": 304, "n": 4},
    ]

    def lose_one(server: ReplayServer) -> None:
        server.reply(DECEMBER, Answer(b"not found", 404))

    broken, _ = read_live(tmp_path, "fmti", lose_one)
    assert broken.exit_code == 1 and "answered 404" in broken.output
    assert ask(tmp_path, "select sum(value) as total from openness") == [{"total": 10.0}]


def test_the_recorded_editions_give_openai_48_49_and_35(shared_sources: Path, tmp_path: Path) -> None:
    done = run_landscape(tmp_path, "refresh", "--from", shared_sources, "fmti")
    assert done.exit_code == 0, done.output
    openai = "select edition::varchar as edition, sum(value) as total, count(*) as asked from openness "
    openai += "where name_raw = 'OpenAI' group by all order by all"
    assert ask(tmp_path, openai) == [
        {"edition": "2023-10-01", "total": 48.0, "asked": 100},
        {"edition": "2024-05-01", "total": 49.0, "asked": 100},
        {"edition": "2025-12-01", "total": 35.0, "asked": 100},
    ]
    assert [row["edition"] for row in ask(tmp_path, openai, "2025-11-30")] == ["2023-10-01", "2024-05-01"]
    assert ask(tmp_path, "select count(distinct name_raw) as n, count(*) as rows from openness") == [
        {"n": 22, "rows": 3700}
    ]
    assert ask(tmp_path, "select count(*) as n from quarantine") == [{"n": 0}]
