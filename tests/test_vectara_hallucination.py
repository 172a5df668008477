"""Vectara's table: rates as printed, dated as the page says, and two sets of documents never one series.

Bodies are written by hand with true figures; the last tests read the recorded ones.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import Parsed, Score, SourceError
from ingest.sources.vectara_hallucination import VectaraHallucination
from tests.homes import ask, run_landscape
from tests.published import vectara_hallucination as publisher
from tests.published.vectara_hallucination import README, URL
from tests.replay_server import Answer, ReplayServer
from tests.source_play import AT, parse_bodies, pick_refused, pick_scores

pytestmark = pytest.mark.usefixtures("newest_alone")

SOURCE = VectaraHallucination()
DATED, OSS = "Last updated on March 10, 2026", "|openai/gpt-oss-120b|14.2 %|85.8 %|99.9 %|135.2|"


def parse(text: str, at: datetime = AT) -> list[Parsed]:
    return parse_bodies(SOURCE, {"README.md": text.encode()}, at=at)


def headline(parsed: list[Parsed]) -> list[tuple[str, float]]:
    return [(s.name_raw, s.value) for s in pick_scores(parsed) if s.category == "overall"]


def test_the_rates_are_read_as_printed_with_or_without_their_sign() -> None:
    parsed = parse(README)
    assert headline(parsed) == [("antgroup/finix_s1_32b", 1.8), ("microsoft/Phi-4", 3.7), ("openai/gpt-oss-120b", 14.2)]
    phi = [(s.category, s.value, s.benchmark_id) for s in pick_scores(parsed) if s.name_raw == "microsoft/Phi-4"]
    assert phi[1:] == [
        ("factual_consistency", 96.3, "vectara_factual_consistency"),
        ("answer_rate", 80.7, "vectara_answer_rate"),
    ]


@pytest.mark.parametrize(
    ("said", "edition", "method"),
    [
        ("Last updated on August 7th, 2025", date(2025, 8, 7), "1"),
        ("Last updated on October 16, 2025", date(2025, 10, 16), "1"),
        ("Last updated on November 18, 2025", date(2025, 11, 18), "2"),
        ("**Last updated on March 04, 2026**", date(2026, 3, 4), "2"),
    ],
)
def test_the_edition_is_the_stated_day_and_the_new_documents_are_another_series(
    said: str, edition: date, method: str
) -> None:
    scores = pick_scores(parse(README.replace(DATED, said)))
    assert {(s.edition, s.published_on, s.method_version) for s in scores} == {(edition, edition, method)}


@pytest.mark.parametrize("said", ["", "Last updated on Smarch 10, 2026", "Last updated on February 30, 2026"])
def test_without_a_possible_day_the_edition_is_the_day_it_was_first_seen(said: str) -> None:
    old = pick_scores(parse(README.replace(DATED, said), datetime(2025, 9, 1, tzinfo=UTC)))
    assert {(s.edition, s.published_on, s.method_version) for s in old} == {(date(2025, 9, 1), None, "1")}
    assert {s.edition for s in pick_scores(parse(README.replace(DATED, "Last updated on May 1, 2062")))} == {AT.date()}


def test_a_table_without_markers_is_read_too() -> None:
    bare = README.replace("<!-- LEADERBOARD_START -->\n", "").replace("<!-- LEADERBOARD_END -->\n", "")
    assert headline(parse(bare)) == headline(parse(README))


@pytest.mark.parametrize(
    "row",
    [
        "|openai/gpt-oss-120b|14.2 %|85.8 %|",
        "|openai/gpt-oss-120b|n/a|85.8 %|99.9 %|1|",
        "||14.2 %|85.8 %|99.9 %|1|",
        "|openai/gpt-oss-120b||85.8 %|99.9 %|1|",
        "|openai/gpt-oss-120b|142 %|85.8 %|99.9 %|1|",
    ],
)
def test_a_line_that_cannot_be_one_is_refused_and_the_rest_read(row: str) -> None:
    parsed = parse(README.replace(OSS, row))
    assert len(pick_refused(parsed)) == 1
    assert headline(parsed) == [("antgroup/finix_s1_32b", 1.8), ("microsoft/Phi-4", 3.7)]


def test_a_blank_answer_rate_is_absent() -> None:
    parsed = parse(README.replace(OSS, OSS.replace("99.9 %", "")))
    categories = [s.category for s in pick_scores(parsed) if "gpt-oss" in s.name_raw]
    assert categories == ["overall", "factual_consistency"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Moved\nSee our new site.",
        "<!doctype html><html></html>",
        README.replace("Hallucination Rate", "Score"),
        README.split("|antgroup")[0],
        README.replace("%", "?"),
    ],
)
def test_a_readme_without_the_table_is_one_readable_error(text: str) -> None:
    with pytest.raises(SourceError, match=r"^vectara_hallucination: README\.md .*; open "):
        parse(text.replace("96.3", "x").replace("|3.7 ?|", "|?|"))


@given(st.text(alphabet="|% -:9.aM\n", max_size=80))
def test_no_text_stops_the_parser(text: str) -> None:
    parsed = parse(README.replace("<!-- LEADERBOARD_END -->", text))
    assert all(0 <= s.value <= 100 and s.name_raw for s in parsed if isinstance(s, Score))


def test_a_readme_that_lost_its_table_leaves_the_last_good_data(tmp_path: Path) -> None:
    (tmp_path / "raw/none").mkdir(parents=True)  # no seed
    with ReplayServer() as server:
        publisher.serve(server)
        assert run_landscape(tmp_path, "refresh", "--mirror", server.url, SOURCE.source_id).exit_code == 0
        assert run_landscape(tmp_path, "refresh", "--mirror", server.url, SOURCE.source_id).exit_code == 0
        server.reply(URL, Answer(b"# Moved\n"))
        failed = run_landscape(tmp_path, "refresh", "--mirror", server.url, SOURCE.source_id)
    assert failed.exit_code == 1 and "no table with the columns Model" in failed.output
    assert ask(tmp_path, "select count(*) as n, bool_and(is_listed) as listed from scores") == [
        {"n": 9, "listed": True}
    ]


@pytest.fixture(scope="module")
def recorded(shared_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the recorded READMEs."""
    home = tmp_path_factory.mktemp("vectara")
    assert run_landscape(home, "refresh", "--from", shared_sources, SOURCE.source_id).exit_code == 0
    return home


def test_the_recorded_break_is_two_series_and_no_model_is_delisted_by_it(recorded: Path) -> None:
    assert ask(
        recorded,
        "select name_raw, method_version as documents, min(value) as low, max(value) as high, "
        "min(edition)::varchar as since, max(edition)::varchar as until from scores "
        "where category = 'overall' and name_raw like '%gpt-oss%' and is_listed group by all order by since, name_raw",
    ) == [
        {
            "name_raw": name,
            "documents": documents,
            "low": value,
            "high": value,
            "since": since,
            "until": until,
        }
        for name, documents, value, since, until in (
            ("OpenAI gpt-oss-120b", "1", 2.4, "2025-08-07", "2025-10-16"),
            ("OpenAI gpt-oss-20b", "1", 3.7, "2025-08-07", "2025-10-16"),
            ("openai/gpt-oss-120b", "2", 14.2, "2025-11-18", "2026-03-10"),
        )
    ]
    assert ask(recorded, "select count(*) as n from quarantine") == [{"n": 0}]
    assert ask(recorded, "select count(distinct series_id) as n from scores where category = 'overall'") == [{"n": 2}]


def test_the_recorded_readme_with_a_later_model_keeps_its_stated_day(recorded: Path) -> None:
    """The README of 2025-06-09 says April 29 and lists a model of June 5: its rows are known since June."""
    assert ask(
        recorded,
        "select edition::varchar as edition, observed_at::date::varchar as known from scores "
        "where name_raw = 'Google Gemini-2.5-Pro-Preview-06-05' and category = 'overall' order by edition limit 1",
    ) == [{"edition": "2025-04-29", "known": "2025-06-09"}]
