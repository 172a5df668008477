"""Aider's polyglot board: runs as its YAML lists them, unknown costs unknown, and no YAML that does more.

Bodies are written by hand with true figures; the last test reads the recorded ones.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import Parsed, Refused, Score, SourceError
from ingest.sources.aider_polyglot import AiderPolyglot
from tests.homes import ask, run_landscape
from tests.published import aider_polyglot as publisher
from tests.published.aider_polyglot import BOARD, URL
from tests.replay_server import ReplayServer
from tests.source_play import parse_bodies, pick_refused, pick_scores, read_live

pytestmark = pytest.mark.usefixtures("newest_alone")

SOURCE, NAME = AiderPolyglot(), "polyglot_leaderboard.yml"
RUN = "- {dirname: r1, model: m, edit_format: diff, pass_rate_2: 41.8, date: 2025-08-06, total_cost: 0.5}\n"


def parse(body: bytes | str) -> list[Parsed]:
    return parse_bodies(SOURCE, {NAME: body if isinstance(body, bytes) else body.encode()})


def test_a_run_is_its_rate_its_settings_and_its_day() -> None:
    rate, cost, *_ = pick_scores(parse(BOARD))
    assert (rate.name_raw, rate.value, rate.category, rate.n) == ("gpt-oss-120b (high)", 41.8, "overall", 225)
    assert (rate.config_raw, rate.run) == ("edit_format=diff", "2025-08-06-04-54-48--gpt-oss-120b-high-polyglot")
    assert (rate.evaluated_on, rate.edition, rate.published_on) == (date(2025, 8, 6), date(2026, 11, 20), None)
    assert (cost.category, cost.value, cost.benchmark_id) == ("total_cost", 0.7406, "aider_polyglot_cost")
    assert "effort=high;edit_format=diff" in {s.config_raw for s in pick_scores(parse(BOARD))}


def test_one_model_in_two_edit_formats_stays_two_rows_and_a_cost_of_0_or_none_is_unknown() -> None:
    qwen = [s for s in pick_scores(parse(BOARD)) if s.name_raw.startswith("Qwen")]
    assert [(s.config_raw, s.value) for s in qwen] == [("edit_format=diff", 8.0), ("edit_format=whole", 16.4)]


def test_words_yaml_would_turn_into_numbers_and_days_are_read_as_written() -> None:
    [rate, _] = pick_scores(parse(RUN.replace("r1", "1e5").replace("model: m", "model: 0282574")))
    assert (rate.run, rate.name_raw) == ("1e5", "0282574")


def test_a_run_is_not_known_before_the_day_it_was_made() -> None:
    seen = datetime(2025, 8, 5, 23, 59, 59, tzinfo=UTC)
    [rate, _] = pick_scores(parse_bodies(SOURCE, {NAME: RUN.encode()}, at=seen))
    assert rate.observed_at == datetime(2025, 8, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "fault",
    [
        ("41.8", "141.8"),
        ("41.8", ".nan"),
        ("41.8", "[1]"),
        ("41.8", "''"),
        ("2025-08-06", "2025-02-30"),
        ("model: m", "model: ''"),
        ("dirname: r1, ", ""),
        ("0.5", "-1"),
    ],
)
def test_a_run_that_cannot_be_one_is_refused_and_the_rest_read(fault: tuple[str, str]) -> None:
    parsed = parse(RUN.replace(*fault) + RUN.replace("r1", "r2"))
    assert len(pick_refused(parsed)) == 1
    assert [s.run for s in pick_scores(parsed)] == ["r2", "r2"]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<!doctype html><html></html>",
        "[]",
        "a: 1",
        "- 1\n- 2\n",
        "404: Not Found",
        "\t- x",
        b"\xff\xfe",
        "- &a [x]\n- *a\n",
        "- &a {dirname: x}\n- {<<: *a, model: m}\n",
        "- !!python/object/apply:os.system ['true']\n",
        "[" * 3000,
        "- " * 50 + "x",
        RUN + "x" * 2_000_001,
    ],
)
def test_a_body_that_is_no_plain_list_of_runs_is_one_readable_error(body: bytes | str) -> None:
    with pytest.raises(SourceError, match=r"^aider_polyglot: polyglot_leaderboard\.yml .*; open "):
        parse(body)


@given(st.text(alphabet="-:{}[]&*!|>'\"# \nrundm0.9", max_size=60))
def test_no_yaml_stops_the_parser(text: str) -> None:
    try:
        parsed = parse(RUN + text)
    except SourceError:
        return
    assert all(isinstance(p, (Score, Refused)) for p in parsed)


def test_a_second_read_brings_no_row(tmp_path: Path) -> None:
    (tmp_path / "raw/none").mkdir(parents=True)  # no seed
    with ReplayServer() as server:
        publisher.serve(server)
        assert run_landscape(tmp_path, "refresh", "--mirror", server.url, SOURCE.source_id).exit_code == 0
        again = run_landscape(tmp_path, "refresh", "--mirror", server.url, SOURCE.source_id)
    assert again.exit_code == 0, again.output
    assert ask(tmp_path, "select count(*) as n, count(distinct payload_key) as bodies from scores_history") == [
        {"n": 6, "bodies": 1}
    ]
    # What a name says and what the run states are one configuration.
    assert ask(tmp_path, "select config from scores where name_raw like 'gpt-oss%' and category = 'overall'") == [
        {"config": "effort=high;edit_format=diff"}
    ]


def test_a_body_over_the_limit_is_not_read() -> None:
    with ReplayServer() as server:
        server.route(URL, b"- x\n" * 600_000)
        with pytest.raises(SourceError, match="aider_polyglot"):
            read_live(SOURCE, server)


def test_the_recorded_boards_hold_the_known_runs(shared_sources: Path) -> None:
    scores = pick_scores(parse((shared_sources / "aider" / NAME).read_bytes()))
    rates = {(s.name_raw, s.config_raw): s.value for s in scores if s.category == "overall"}
    assert len([s for s in scores if s.category == "overall"]) == 69
    assert rates["gpt-oss-120b (high)", "edit_format=diff"] == 41.8
    assert [s.value for s in scores if s.name_raw == "gpt-oss-120b (high)"] == [41.8, 0.7406]
    assert sorted(c for n, c in rates if n == "Qwen2.5-Coder-32B-Instruct") == ["edit_format=diff", "edit_format=whole"]
    assert not any("gpt-oss-20b" in s.name_raw for s in scores)
    for path in sorted((shared_sources / "aider/history").glob("*.yml")):
        assert pick_refused(parse(path.read_bytes())) == []
