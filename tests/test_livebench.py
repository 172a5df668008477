"""LiveBench: task scores as published, releases apart, and an overall only where no task is missing.

Bodies are written by hand with true figures; the last tests read the recorded ones.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import Refused, Score, SourceError
from ingest.sources.livebench import KNOWN_CATEGORIES, RELEASES, LiveBench
from tests.homes import ask, run_landscape
from tests.published import livebench as publisher
from tests.published.livebench import CATEGORIES, SITE, WITH_OSS, make_script
from tests.replay_server import Answer, ReplayServer
from tests.source_play import parse_bodies, pick_refused, pick_scores, read_live

pytestmark = pytest.mark.usefixtures("newest_alone")

TABLE, PLACED = "table_2026_01_08.csv", "categories_2026_01_08.json"
SOURCE = LiveBench()


def parse(table: bytes, categories: object = CATEGORIES) -> list[object]:
    return list(parse_bodies(SOURCE, {TABLE: table, PLACED: json.dumps(categories).encode()}))


def test_a_score_is_of_one_task_in_its_category_of_its_release() -> None:
    scores = pick_scores(parse_bodies(SOURCE, {TABLE: WITH_OSS, PLACED: json.dumps(CATEGORIES).encode()}))
    assert [(s.name_raw, s.board, s.category, s.value) for s in scores[:3]] == [
        ("gpt-oss-120b", "Coding", "code_completion", 50.0),
        ("gpt-oss-120b", "Coding", "code_generation", 70.423),
        ("gpt-oss-120b", "Language", "typos", 48.0),
    ]
    assert {s.method_version for s in scores} == {"2026_01_08"}
    assert {(s.edition, s.published_on) for s in scores} == {(date(2026, 1, 8), date(2026, 1, 8))}
    assert {s.benchmark_id for s in scores} == {"livebench_coding", "livebench_language"}
    assert len({s.row_no for s in scores}) == len(scores) == 6


def test_a_ragged_line_is_refused_whole_and_the_rest_read() -> None:
    parsed = parse(WITH_OSS + b"nemotron-3-super-120b-a12b,87.0,39.13\ngpt-5,90,91,92\n")
    [refused] = [p for p in parsed if isinstance(p, Refused)]
    assert "3 fields of 4" in refused.reason
    assert json.loads(refused.row_json)[0] == "nemotron-3-super-120b-a12b"
    assert [p.name_raw for p in parsed if isinstance(p, Score)] == ["gpt-oss-120b"] * 3 + ["kimi-k2-instruct"] * 3 + [
        "gpt-5"
    ] * 3


def test_an_empty_cell_is_absent_and_a_value_out_of_bounds_refused() -> None:
    parsed = parse(b"model,code_generation,typos\na,,44.0\nb,101,nan\n")
    assert [(p.name_raw, p.value) for p in parsed if isinstance(p, Score)] == [("a", 44.0)]
    assert ["101" in p.reason or "nan" in p.reason for p in parsed if isinstance(p, Refused)] == [True, True]


def test_a_task_that_no_category_has_is_refused_once() -> None:
    parsed = parse(b"model,typos,haiku\na,44.0,1\nb,45.0,2\n")
    assert [p.category for p in parsed if isinstance(p, Score)] == ["typos", "typos"]
    assert [p.reason for p in parsed if isinstance(p, Refused)] == ["The task haiku is in no category."]


def test_a_category_new_to_us_still_gives_its_scores() -> None:
    [score] = [p for p in parse(b"model,haiku\na,44.0\n", {"Poetry": ["haiku"]}) if isinstance(p, Score)]
    assert (score.board, score.benchmark_id) == ("Poetry", "livebench_overall")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><html></html>",
        b"model\n",
        b"name,typos\na,1\n",
        b"model,typos,typos\na,1,2\n",
        b"model,typos\n",
        b"model,typos\na,\nb,\n",
        b"model,haiku\na,1\n",
        b"\xff\xfe\x00",
        b'model,typos\n"a,1',
    ],
)
def test_a_table_that_is_none_is_one_readable_error(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^livebench: table_2026_01_08\.csv .*; open "):
        parse(body)


@pytest.mark.parametrize("said", [[], {}, "x", {"Coding": "typos"}, {"A": ["typos"], "B": ["typos"]}, {"A": []}])
def test_categories_that_place_no_task_are_one_readable_error(said: object) -> None:
    with pytest.raises(SourceError, match=r"^livebench: categories_2026_01_08\.json "):
        parse(WITH_OSS, said)


@given(st.binary(max_size=80) | st.text(alphabet='model,typos"\n0.5,', max_size=80).map(str.encode))
def test_no_table_stops_the_parser(body: bytes) -> None:
    try:
        parsed = parse(b"model,typos\n" + body)
    except SourceError:
        return
    assert all(0 <= p.value <= 100 and p.name_raw.strip() for p in parsed if isinstance(p, Score))


# Live


def test_the_first_read_takes_every_release_and_later_ones_the_newest_two() -> None:
    with ReplayServer() as server:
        publisher.serve(server)
        first, said = read_live(SOURCE, server, first_run="1")
        later, _ = read_live(SOURCE, server)
    assert said == [] and server.unscripted == []
    assert [a.name for a in first].count("cost_2026_06_25.csv") == 1
    assert len([a for a in first if a.name.startswith("table")]) == len(RELEASES)
    assert [a.name for a in later if a.name.startswith("table")] == ["table_2026_01_08.csv", "table_2026_06_25.csv"]


def test_a_newer_release_the_site_lists_is_read_and_one_without_categories_left_out() -> None:
    with ReplayServer() as server:
        publisher.serve(server)
        listed = make_script([*RELEASES, "2026_10_01", "2026_12_01"])
        server.route(f"{SITE}/static/js/main.937d8339.js", listed)
        server.route(f"{SITE}/table_2026_10_01.csv", WITH_OSS)
        server.route(f"{SITE}/categories_2026_10_01.json", json.dumps(CATEGORIES).encode())
        # A static host may answer with its own page where there is no file.
        server.route(f"{SITE}/categories_2026_12_01.json", b"<!doctype html><html></html>")
        read, said = read_live(SOURCE, server)
    assert "table_2026_10_01.csv" in [a.name for a in read]
    assert not any("2026_12_01" in a.name for a in read)
    assert said == [
        "release 2026_12_01 was left out: its categories file, without which no task has a category, is not served "
        "at https://livebench.ai."
    ]


@pytest.mark.parametrize("answer", [Answer(status=404), Answer(b"<html></html>")])
def test_a_site_that_lists_no_release_is_said_and_the_known_ones_are_read(answer: Answer) -> None:
    with ReplayServer() as server:
        publisher.serve(server)
        server.reply(f"{SITE}/", answer)
        read, said = read_live(SOURCE, server)
    assert len(read) == 5
    assert len(said) == 1 and "2026_06_25 were not looked for" in said[0]


def test_a_second_read_brings_no_row_and_a_release_without_gpt_oss_erases_nothing(tmp_path: Path) -> None:
    with ReplayServer() as server:
        publisher.serve(server)
        assert run_landscape(tmp_path, "refresh", "--mirror", server.url, "livebench").exit_code == 0
        kept = "select method_version as release, value from scores_latest where name_raw = 'gpt-oss-120b' "
        once = ask(tmp_path, kept + "and category = 'typos' order by 1")
        done = run_landscape(tmp_path, "refresh", "--mirror", server.url, "livebench")
    assert "livebench: 0 rows added" in done.output or "livebench: nothing new" in done.output, done.output
    assert ask(tmp_path, kept + "and category = 'typos' order by 1") == once
    assert [row["release"] for row in once] == [r for r in RELEASES if r != "2026_06_25"]
    rights = ask(tmp_path, "select distinct licence_id, redistributable from scores where source_id = 'livebench'")
    assert rights == [{"licence_id": "CC-BY-SA-4.0", "redistributable": "share-alike"}]


# Recorded


@pytest.fixture(scope="module")
def recorded(shared_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of the recorded releases."""
    home = tmp_path_factory.mktemp("livebench")
    assert run_landscape(home, "refresh", "--from", shared_sources, "livebench").exit_code == 0
    return home


def test_the_recorded_overall_of_gpt_oss_falls_with_the_tasks(recorded: Path) -> None:
    found = ask(
        recorded,
        "select method_version as release, round(value, 2) as value, reason_absent from livebench_overall "
        "where name_raw = 'gpt-oss-120b' order by edition",
    )
    assert [(row["release"], row["value"]) for row in found] == [
        ("2025_05_30", 55.56),
        ("2025_11_25", 51.90),
        ("2025_12_23", 50.41),
        ("2026_01_08", 46.09),
    ]
    assert ask(recorded, "select count(*) as n from scores where name_raw like '%gpt-oss-20b%'") == [{"n": 0}]
    mart = ask(recorded, "select count(*) as n from marts.livebench_overall where name_raw = 'gpt-oss-120b'")
    assert mart == [{"n": 4}]


def test_a_category_of_the_recorded_releases_is_the_mean_of_its_tasks_where_none_lacks(recorded: Path) -> None:
    rows = ask(
        recorded,
        "select board, edition, name_raw, list(value order by category) as found, list(category) as answered "
        "from scores where source_id = 'livebench' and is_listed group by all",
    )
    tasks: dict[tuple[str, date], set[str]] = {}
    for row in rows:
        tasks.setdefault((row["board"], row["edition"]), set()).update(row["answered"])
    whole = [row for row in rows if set(row["answered"]) == tasks[row["board"], row["edition"]]]
    means = {(row["board"], row["edition"], row["name_raw"]): fmean(row["found"]) for row in whole}
    for relation in ("board_scores", "marts.board_scores"):
        told = ask(recorded, f"select board, edition, name_raw, value from {relation} where board <> 'overall'")
        assert {(r["board"], r["edition"], r["name_raw"]): r["value"] for r in told} == pytest.approx(means)
    assert len(whole) < len(rows), "no recorded entry lacks a task, so nothing was left out"


def test_an_edition_of_a_board_rates_as_many_as_the_board_lists(recorded: Path) -> None:
    editions = ask(recorded, "select board, edition, published_on, rated from marts.board_editions order by all")
    listed = ask(
        recorded,
        "select board, edition, published_on, count(*) as rated from board_scores group by all order by all",
    )
    assert [row for row in editions if row["rated"]] == listed and {row["board"] for row in listed} > {"overall"}


def test_the_recorded_faults_end_as_they_should(recorded: Path) -> None:
    assert ask(
        recorded,
        "select count(*) as times, any_value(reason) as why, count(distinct row_json::json->>0) as models "
        "from quarantine",
    ) == [
        {"times": 3, "why": "The line has 21 fields of 24: which task its values belong to is not known.", "models": 1}
    ]
    assert ask(
        recorded,
        "select method_version as release, count(*) as entries, count(value) as whole, max(reason_absent) as why "
        "from livebench_overall where method_version in ('2024_11_25', '2026_01_08') group by 1 order by 1",
    ) == [
        {"release": "2024_11_25", "entries": 65, "whole": 64, "why": "no value for connections"},
        {"release": "2026_01_08", "entries": 126, "whole": 126, "why": None},
    ]
    assert ask(
        recorded,
        "select max(edition)::varchar as newest, max(observed_at)::date::varchar as seen from scores_latest "
        "where name_raw = 'gpt-oss-120b' and is_listed",
    ) == [{"newest": "2026-01-08", "seen": "2026-07-01"}]


def test_an_earlier_state_of_a_release_is_what_was_known_then(recorded: Path) -> None:
    asked = (
        "select count(*) as entries, count(*) filter (name_raw = 'gpt-oss-120b') as oss, max(tasks) as tasks "
        "from livebench_overall where method_version = '{}'"
    )
    assert ask(recorded, asked.format("2025_05_30"), "2025-06-30") == [{"entries": 45, "oss": 0, "tasks": 20}]
    assert ask(recorded, asked.format("2025_05_30"), "2025-08-07") == [{"entries": 59, "oss": 1, "tasks": 20}]
    # The release gained a task in place within two weeks.
    assert ask(recorded, asked.format("2026_01_08"), "2026-01-10")[0]["tasks"] == 22
    assert ask(recorded, asked.format("2026_01_08"), "2026-02-21")[0]["tasks"] == 23


def test_the_known_tasks_are_those_of_every_recorded_categories_file(shared_sources: Path) -> None:
    said = {
        task: category
        for path in (shared_sources / "livebench").glob("categories_*.json")
        for category, tasks in json.loads(path.read_bytes()).items()
        for task in tasks
    }
    assert said == KNOWN_CATEGORIES


def test_a_state_recorded_without_categories_is_read_by_the_tasks_known(shared_sources: Path) -> None:
    name = "2026-01-08.table_2026_01_08.csv"
    body = (shared_sources / "livebench/history" / name).read_bytes()
    parsed = parse_bodies(SOURCE, {name: body}, at=datetime(2026, 1, 8, tzinfo=UTC))
    assert len(pick_scores(parsed)) == 65 * 22
    assert pick_refused(parsed) == []
