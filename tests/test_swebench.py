"""SWE-bench's boards: each run once, every shape the file has had, and nothing read unless it is asked for.

Files are made of the few entries in tests/published/swebench.py; the last test reads the recorded ones.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.refresh import RunOptions, choose_sources
from ingest.source import Parsed, Payload, Refused, Score, Snapshot, SourceError, discover_sources
from ingest.sources.swebench import SweBench
from tests.homes import ask, run_landscape
from tests.published.swebench import BOARDS, MINI, RUN, URL, make_entry, make_file, serve
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

SEEN = datetime(2025, 12, 10, 23, 59, 59, tzinfo=UTC)


def parse(body: bytes) -> list[Parsed]:
    payload = Payload(
        key=1,
        source_id="swebench",
        name="leaderboards.json",
        url=URL,
        body=body,
        observed_at=SEEN,
        observed_kind="recorded",
        first_observed_at=SEEN,
        recorded_at=SEEN,
        kind="RECORDED",
        licence_id="CC-BY-NC-4.0",
        redistributable="no",
        complete=True,
    )
    return list(SweBench().parse(Snapshot("s", "swebench", SEEN, (payload,))))


def read_scores(boards: dict[str, list[Any]]) -> list[Score]:
    return [p for p in parse(make_file(boards)) if isinstance(p, Score)]


def test_a_run_listed_on_two_boards_is_one_fact() -> None:
    [score] = [s for s in read_scores(BOARDS) if "gpt-oss" in s.name_raw]
    assert (score.board, score.name_raw, score.value) == ("bash_only", "gpt-oss-120b", 26.0)
    assert (score.benchmark_id, score.config_raw, score.run) == ("swe_bench_bash_only", "harness=mini-SWE-agent", "")
    assert (score.evaluated_on, score.edition) == (date(2025, 8, 7), date(2025, 12, 10))
    assert (score.low, score.interval_pct, score.redistributable) == (None, None, "no")


def test_it_is_one_fact_in_whichever_order_the_boards_stand() -> None:
    turned = dict(reversed(BOARDS.items()))
    said = [sorted(repr(replace(s, row_no=0)) for s in read_scores(b)) for b in (BOARDS, turned)]
    assert said[0] == said[1]


def test_only_the_same_run_with_the_same_result_counts_as_listed_twice() -> None:
    other = make_entry("mini-SWE-agent + gpt-oss-120b", 27.0, RUN, **MINI)
    alone = make_entry("mini-SWE-agent + gpt-oss-120b", 26.0, RUN, **MINI)
    assert len(read_scores({**BOARDS, "Verified": [other]})) == 5
    assert [s.board for s in read_scores({"Verified": [alone]})] == ["verified"]
    assert len(read_scores({"Lite": [alone], "bash-only": [alone]})) == 2


def test_the_newest_entry_of_a_name_stands_and_the_others_are_told_by_their_folder() -> None:
    trae = [(s.run, s.value, s.flags) for s in read_scores(BOARDS) if s.name_raw == "TRAE"]
    assert trae == [("", 75.2, ()), ("20250519_trae", 70.6, ("unchecked",))]


def test_the_shape_of_may_2025_is_read_too() -> None:
    entry = {
        "name": "Augment Agent v0",
        "folder": "20250316_augment_agent_v0",
        "resolved": 65.4,
        "date": "2025-03-16",
        "logs": True,
        "verified": False,
        "oss": True,
        "org_logo": None,
        "warning": None,
    }
    [score] = read_scores({"Verified": [entry]})
    assert (score.value, score.flags, score.config_raw) == (65.4, ("unchecked",), "")


def test_bash_only_before_its_harness_was_stated_has_no_harness() -> None:
    early = make_entry("o3 (2025-04-16)", 63.2, "20250521_o3-20250416")
    assert read_scores({"bash-only": [early]})[0].config_raw == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"resolved": None}, "has resolved 'None', not a percentage"),
        ({"resolved": "26.0"}, "has resolved '26.0', not a percentage"),
        ({"resolved": True}, "has resolved 'True', not a percentage"),
        ({"resolved": 2600}, "has resolved '2600', not a percentage"),
        ({"name": " "}, "names nobody"),
        ({"date": "07/08/2025"}, "has the date '07/08/2025'"),
        ({"date": "2035-08-07"}, "has the date 2035-08-07, which cannot be"),
    ],
)
def test_an_entry_that_cannot_be_read_is_refused_and_the_rest_is_read(change: dict[str, Any], words: str) -> None:
    bad = {**make_entry("x", 1.0, "20250101_x"), **change, "per_instance_details": {"a": 1}}
    found = parse(make_file({**BOARDS, "Lite": ["not an entry", bad, *BOARDS["Lite"]]}))
    lost, refused = [p for p in found if isinstance(p, Refused)]
    assert lost.reason == "Entry 1 of Lite is no object."
    assert refused.reason == f"Entry 2 of Lite {words}."
    assert "per_instance_details" not in refused.row_json and json.loads(refused.row_json)["folder"] == "20250101_x"
    assert sum(isinstance(p, Score) for p in found) == 6
    assert len({p.row_no for p in found if isinstance(p, (Score, Refused))}) == len(found)


def test_a_board_we_do_not_know_is_named() -> None:
    found = parse(make_file({"Multilingual": [make_entry("x", 1.0, "20250101_x")], **BOARDS}))
    [refused] = [p for p in found if isinstance(p, Refused)]
    assert refused.reason == "The board 'Multilingual' is not one we know; its 1 entries were not read."
    assert len(found) == 7


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is no JSON"),
        (b"<!DOCTYPE html><html></html>", "is a web page"),
        (make_file(BOARDS)[:-9], "is no JSON"),
        (b"[]", "has no list of leaderboards"),
        (b'{"leaderboards": []}', "has no list of leaderboards"),
        (b'{"leaderboards": [{"name": "Verified"}]}', "without a name of its own or without results"),
        (b'{"leaderboards": [{"name": "Verified", "results": []}]}', "has no entry on any board we know"),
        (make_file({"Verified": [make_entry("x", None, "20250101_x")]}), "holds not one result"),
    ],
)
def test_a_body_the_publisher_would_not_serve_is_an_error_in_one_sentence(body: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=r"^swebench: ") as caught:
        parse(body)
    assert words in caught.value.message and "\n" not in caught.value.message


VALUE = st.one_of(st.none(), st.booleans(), st.floats(), st.integers(-5, 200), st.text(max_size=5))
ENTRY = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        ("name", "folder", "resolved", "date", "checked", "warning", "mini-swe-agent_version"), VALUE
    ),
)


@given(st.lists(st.one_of(ENTRY, VALUE), max_size=6))
def test_every_entry_is_a_score_or_refused_whatever_it_holds(entries: list[Any]) -> None:
    found = parse(make_file({"Lite": entries, "Verified": BOARDS["Verified"]}))
    assert len(found) == len(entries) + 3
    keys = Counter(tuple(getattr(s, c) for c in Score.KEY) for s in found if isinstance(s, Score))
    assert max(keys.values()) == 1


def test_it_is_off_unless_named_in_live_runs_and_for_recorded_files(tmp_path: Path) -> None:
    assert "swebench" not in {s.source_id for s in choose_sources(RunOptions())}
    (tmp_path / "b.json").write_bytes(make_file(BOARDS))
    (tmp_path / "manifest.csv").write_text(
        "source_id,path,url,observed_at,kind,licence,redistributable,note,complete,expected_rows\n"
        f"swebench,b.json,{URL},2025-12-10T00:00:00Z,RECORDED,CC-BY-NC-4.0,no,off by default,yes,\n",
        encoding="utf-8",
    )
    home = tmp_path / "home"
    others = run_landscape(home, "refresh", "--from", tmp_path)
    told = "source swebench is off by default, its licence is CC-BY-NC-4.0 (name it to read it): b.json"
    assert f"skipped 1 file(s), {told}" in others.stdout
    assert "swebench: " not in others.stdout and not (home / "raw" / "swebench").exists()
    named = run_landscape(home, "refresh", "swebench", "--from", tmp_path)
    assert "swebench: 6 rows added from 1 new snapshot(s)" in named.stdout and "skipped" not in named.stdout
    assert ask(home, "select distinct redistributable, licence_id from scores") == [
        {"redistributable": "no", "licence_id": "CC-BY-NC-4.0"}
    ]
    assert discover_sources()["swebench"].redistributable == "no"


def test_a_live_read_asks_once_and_an_unchanged_file_adds_nothing(tmp_path: Path) -> None:
    with ReplayServer() as server:
        serve(server)
        first = run_landscape(tmp_path, "refresh", "swebench", "--mirror", server.url)
        again = run_landscape(tmp_path, "refresh", "swebench", "--mirror", server.url)
        assert server.hits(URL) == 2 and server.unscripted == []
    assert "swebench: 6 rows added from 1 new snapshot(s)" in first.stdout, first.output
    assert "swebench: 0 rows added from 0 new snapshot(s)" in again.stdout
    [row] = ask(tmp_path, "select model_id, config, value from scores where name_raw = 'gpt-oss-120b'")
    assert row == {"model_id": "openai/gpt-oss-120b", "config": "harness=mini-SWE-agent", "value": 26.0}


def test_every_recorded_file_is_read_and_gpt_oss_counts_once_in_each(shared_sources: Path) -> None:
    counts, values = [], []
    files = [
        *sorted((shared_sources / "swebench/history").glob("*.json")),
        shared_sources / "swebench/leaderboards.json",
    ]
    for file in files:
        found = parse(file.read_bytes())
        assert not any(isinstance(p, Refused) for p in found)
        scores = [p for p in found if isinstance(p, Score)]
        assert max(Counter(tuple(getattr(s, c) for c in Score.KEY) for s in scores).values()) == 1
        counts.append(len(scores))
        values.append([(s.board, s.value) for s in scores if "gpt-oss" in s.name_raw])
    assert counts == [168, 235, 243, 272, 278, 291]
    assert values == [[], [], *[[("bash_only", 26.0)]] * 4]
