"""Epoch's benchmarking hub as read from its zip: both layouts, doubled imports, and what may not be read.

Zips are made of the few rows in tests/published/epoch_hub.py; the last tests read the recorded ones.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.epoch_benchmarks import KNOWN_BENCHMARKS
from ingest.source import Parsed, Payload, PayloadRights, Refused, Score, Snapshot, SourceError
from ingest.sources.epoch_hub import EpochHub
from ingest.store import DATA
from tests.homes import ask, run_landscape
from tests.published.epoch_hub import (
    AIDER,
    GPQA,
    METADATA,
    METR,
    MODEL,
    NEW,
    OLD,
    TERMINAL,
    URL,
    make_zip,
    serve,
)
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

SEEN = datetime(2026, 10, 8, 12, 0, tzinfo=UTC)


def make_payload(
    body: bytes,
    name: str = "benchmark_data.zip",
    *,
    key: int = 1,
    rights: PayloadRights = "rows",
    seen: datetime = SEEN,
) -> Payload:
    return Payload(
        key=key,
        source_id="epoch_hub",
        name=name,
        url=URL,
        body=body,
        observed_at=seen,
        observed_kind="recorded",
        first_observed_at=seen,
        recorded_at=seen,
        kind="RECORDED",
        licence_id="CC-BY-4.0",
        redistributable=rights,
        complete=True,
    )


def parse(*bodies: bytes) -> list[Parsed]:
    payloads = tuple(make_payload(body, key=n) for n, body in enumerate(bodies, start=1))
    return list(EpochHub().parse(Snapshot("s", "epoch_hub", SEEN, payloads)))


def read_scores(files: Mapping[str, str | bytes]) -> list[Score]:
    return [p for p in parse(make_zip(files)) if isinstance(p, Score)]


def read_refused(files: Mapping[str, str | bytes]) -> list[Refused]:
    return [p for p in parse(make_zip(files)) if isinstance(p, Refused)]


def list_contents(scores: list[Score]) -> list[str]:
    """Scores without their addresses, to compare two bodies."""
    return sorted(repr(replace(s, payload_key=0, row_no=0)) for s in scores)


def find(scores: list[Score], board: str, name: str, run: str = "") -> Score:
    [score] = [s for s in scores if (s.board, s.name_raw, s.run) == (board, name, run)]
    return score


def test_an_own_run_has_its_day_its_interval_and_epochs_licence() -> None:
    score = find(read_scores(NEW), "gpqa_diamond", "openai/gpt-oss-120b_high")
    assert (score.value, score.benchmark_id, score.category) == (
        0.7575757575757576,
        "gpqa_diamond_as_scored",
        "overall",
    )
    assert (score.low, score.high) == pytest.approx((0.7575757576 - 0.0451341, 0.7575757576 + 0.0451341))
    assert (score.interval_pct, score.config_raw, score.run) == (90, "effort=high", "")
    assert (score.edition, score.evaluated_on) == (date(2026, 10, 8), date(2025, 12, 11))
    assert (score.licence_id, score.redistributable) == ("CC-BY-4.0", "yes")


def test_a_score_that_is_not_the_mean_has_no_interval_of_the_means() -> None:
    best = find(read_scores(NEW), "gpqa_diamond", "grok-3-beta")
    assert (best.value, best.low, best.high, best.interval_pct) == (0.7575757575757576, None, None, None)


def test_the_layout_without_metadata_gives_the_same_scores() -> None:
    assert list_contents(read_scores(OLD)) == list_contents(read_scores(NEW))
    assert len(read_scores(OLD)) == 13


def test_metadata_recorded_beside_a_zip_without_one_is_used_and_alone_gives_nothing() -> None:
    moved = METADATA.replace("Mean score,0.1", "Average,0.1")
    files = {**OLD, "lech_mazur_writing_external.csv": f"Model version,Average,{MODEL}\ngpt-oss-120b,7.7,,,,,\n"}
    beside = parse(make_zip(files), moved.encode())
    assert [p.value for p in beside if isinstance(p, Score) and p.board == "lech_mazur_writing"] == [7.7]
    assert parse(METADATA.encode()) == []


def test_a_number_keeps_its_unit_when_the_publisher_changes_the_scale() -> None:
    files = {
        **NEW,
        "benchmark_metadata.csv": METADATA.replace("Percent correct,0.01", "Percent correct,1.0"),
        "aider_polyglot_external.csv": AIDER.replace(",41.8,", ",0.418,"),
    }
    after = find(read_scores(files), "aider_polyglot", "openai/gpt-oss-120b_high")
    assert after.value == pytest.approx(find(read_scores(NEW), "aider_polyglot", "openai/gpt-oss-120b_high").value)


def test_a_benchmark_new_in_the_metadata_is_read_as_a_share() -> None:
    line = "New Bench,False,new_external.csv,Points,0.01,0.0,1.0,2026-10-01,\n"
    new = f"Model version,Points,{MODEL}\ngpt-oss-120b,42.5,,,,,\n"
    score = find(
        read_scores({**NEW, "benchmark_metadata.csv": METADATA + line, "new_external.csv": new}),
        "new_bench",
        "gpt-oss-120b",
    )
    assert score.value == pytest.approx(0.425)
    assert (score.benchmark_id, score.licence_id, score.redistributable) == ("new_bench_as_scored", "none-stated", "no")


def test_two_harnesses_are_never_merged_and_a_second_import_is_flagged() -> None:
    scores = [s for s in read_scores(NEW) if s.board == "terminal_bench"]
    assert {(s.name_raw, s.run): (s.value, s.flags) for s in scores} == {
        ("gpt-oss-120b", "Terminus 2"): (0.187, ()),
        ("gpt-oss-120b_unknown", "Terminus 2, recfG0w8YzGI925GU"): (0.187, ("duplicate",)),
        ("gpt-oss-120b", "Mini-SWE-Agent"): (0.142, ()),
        ("gpt-oss-20b", "Terminus 2"): (0.031, ()),
    }
    assert {s.config_raw for s in scores} == {"harness=Terminus 2", "harness=Mini-SWE-Agent"}
    assert {s.licence_id for s in scores} == {"Apache-2.0"}
    assert (scores[0].low, scores[0].high) == pytest.approx((0.187 - 1.645 * 0.027, 0.187 + 1.645 * 0.027))


def test_a_run_dated_by_the_models_release_is_not_dated() -> None:
    scores = read_scores(NEW)
    assert find(scores, "terminal_bench", "gpt-oss-120b", "Terminus 2").evaluated_on == date(2025, 11, 1)
    assert find(scores, "terminal_bench", "gpt-oss-20b", "Terminus 2").evaluated_on is None


def test_the_fuller_of_two_equal_rows_stands_for_both() -> None:
    scores = read_scores(NEW)
    kept = find(scores, "aider_polyglot", "openai/gpt-oss-120b_high")
    copy = find(scores, "aider_polyglot", "gpt-oss-120b_high", "recpcTosmykQScJV3")
    assert (kept.evaluated_on, kept.flags) == (date(2025, 8, 6), ())
    assert copy.flags == ("duplicate",)
    assert {kept.config_raw, copy.config_raw} == {"effort=high; edit_format=diff"}


def test_two_values_of_one_model_are_two_facts_and_the_newest_run_stands() -> None:
    head, *rows = GPQA.splitlines()
    newer = "\n".join(rows[:2])
    older = newer.replace("0.7575757575757576", "0.708").replace("2025-12-11", "2025-11-02").replace("LC5R", "OLD1")
    rerun = read_scores({"gpqa_diamond.csv": "\n".join([head, older, newer, ""])})
    assert [(s.run, s.value, s.flags) for s in rerun] == [("", 0.7575757575757576, ()), ("OLD1", 0.708, ())]
    edited = [s for s in read_scores(NEW) if s.name_raw == "Qwen2.5-Coder-32B-Instruct"]
    assert {(s.config_raw, s.value, s.run) for s in edited} == {
        ("edit_format=whole", 16.4, ""),
        ("edit_format=diff", 8.0, ""),
    }


def test_shots_are_told_and_keep_two_results_apart() -> None:
    rows = "Llama-2-7b,0.146,,,,,,8,recX\nLlama-2-7b ,0.146,,,,,,0,recY\nQwen-1_8B_16K,0.1,,,,,,,recZ\n"
    scores = read_scores({"gsm8k_external.csv": f"Model version,EM,{MODEL},Shots,id\n{rows}"})
    assert [(s.name_raw, s.config_raw, s.run, s.flags) for s in scores] == [
        ("Llama-2-7b", "shots=8", "", ()),
        ("Llama-2-7b", "shots=0", "recY", ()),
        ("Qwen-1_8B_16K", "thinking=16K", "", ()),
    ]


def test_metrs_versions_are_two_series_and_its_rows_are_not_passed_on() -> None:
    scores = {s.name_raw: s for s in read_scores(NEW) if s.board == "metr_time_horizons"}
    assert {n: s.method_version for n, s in scores.items()} == {
        "gpt-oss-120b": "unstated",
        "claude-opus-4-5-20251101": "v1.1",
    }
    assert {(s.licence_id, s.redistributable) for s in scores.values()} == {("none-stated", "no")}


@pytest.mark.parametrize("name", ["ARC-AGI", "ARC-AGI-3", "CritPt", "SciCode"])
def test_results_whose_terms_forbid_a_collection_are_not_read_under_any_file_name(name: str) -> None:
    line = f"{name},True,renamed_external.csv,Score,1.0,0.0,1.0,2026-10-01,\n"
    forbidden = f"Model version,Score,{MODEL}\ngpt-oss-120b,0.5,,,,,\n"
    scores = read_scores({**NEW, "benchmark_metadata.csv": METADATA + line, "renamed_external.csv": forbidden})
    assert list_contents(scores) == list_contents(read_scores(NEW))
    assert not {"arc_agi", "swe_bench_bash"} & {s.board for s in scores}


def test_a_file_that_only_looks_like_an_own_run_is_not_passed_on() -> None:
    line = "SWE-bench bash,False,swe_bench_bash.csv,% Resolved,1.0,0.0,1.0,2025-07-01,\n"
    score = find(read_scores({**NEW, "benchmark_metadata.csv": METADATA + line}), "swe_bench_bash", "gpt-oss-120b")
    assert (score.licence_id, score.redistributable) == ("none-stated", "no")


def test_rows_and_files_that_cannot_be_read_are_refused_and_the_rest_is_read() -> None:
    files = {
        **NEW,
        "gpqa_diamond.csv": GPQA.replace("grok-3-beta,0.67", ",0.67") + "ragged,0.5\n",
        "metr_time_horizons_external.csv": METR.replace("average_score", "mean"),
        "terminalbench_external.csv": TERMINAL.replace("0.142", "high"),
        "lech_mazur_writing_external.csv": "<html>",
    }
    refused = read_refused(files)
    assert [r.reason for r in refused] == [
        "Epoch ties this result to no model version (gpqa_diamond.csv, row 2).",
        "The row has 2 cells of 13 (gpqa_diamond.csv, row 3).",
        "lech_mazur_writing_external.csv of Lech Mazur Writing has no column 'Model version' or 'Mean score'; it has "
        "<html>; none of it was read.",
        "metr_time_horizons_external.csv of METR Time Horizons has no column 'average_score'; it has "
        + METR.splitlines()[0].replace(",", ", ").replace("average_score", "mean")
        + "; none of it was read.",
        "Accuracy mean is 'high', not a number (terminalbench_external.csv, row 3).",
    ]
    assert len(read_scores(files)) == 1 + 4 + 3
    addresses = [p.row_no for p in parse(make_zip(files)) if isinstance(p, (Score, Refused))]
    assert len(set(addresses)) == len(addresses)


def test_a_blank_score_is_no_score_and_a_file_of_them_is_refused() -> None:
    blank = GPQA.replace("0.7575757575757576,2025-08-05", ",2025-08-05")
    assert [s.name_raw for s in read_scores({"gpqa_diamond.csv": blank})] == ["grok-3-beta"]
    assert read_refused({"gpqa_diamond.csv": blank}) == []
    empty = f"Model version,EM,{MODEL}\ngpt-oss-120b,,,,,,\n"
    [refused] = read_refused(
        {
            **NEW,
            "gsm8k_external.csv": empty,
            "benchmark_metadata.csv": METADATA + "GSM8K,True,gsm8k_external.csv,EM,1.0,0.0,1.0,2021-10-27,\n",
        }
    )
    assert refused.reason == "gsm8k_external.csv of GSM8K holds not one score."


CUT = make_zip(NEW)[:2000]
FLIPPED = bytearray(make_zip(NEW))
FLIPPED[700] ^= 0xFF


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html></html>", "is a web page"),
        (b'{"error": "down"}', "is no zip file"),
        (CUT, "is a broken zip file"),
        (bytes(FLIPPED), "is a broken zip file"),
        (make_zip({"README.md": "x"}), "holds no benchmark we know of"),
        (make_zip({"epoch_capabilities_index.csv": "Model version,ECI Score\n"}), "holds no benchmark we know of"),
        (make_zip({"gpqa_diamond.csv": GPQA.splitlines()[0] + "\n"}), "holds not one score"),
        (
            make_zip({**NEW, "benchmark_metadata.csv": "benchmark,scale\nGPQA diamond,1.0\n"}),
            "lacks the column(s) source_file, score_column",
        ),
        (
            make_zip({**NEW, "benchmark_metadata.csv": METADATA.replace("(across scorers),1.0", "(across scorers),")}),
            "gives 'GPQA diamond' the scale ''",
        ),
        (make_zip({**NEW, "benchmark_metadata.csv": b"\xff\xfe"}), "is not UTF-8 text"),
    ],
)
def test_a_body_the_publisher_would_not_serve_is_an_error_in_one_sentence(body: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=r"^epoch_hub: ") as caught:
        parse(make_zip(NEW), body)
    assert words in caught.value.message and "\n" not in caught.value.message


def test_a_zip_that_unpacks_beyond_the_limit_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EpochHub, "max_bytes", 1000)
    with pytest.raises(SourceError, match="unpacks to over 1,000 bytes"):
        parse(make_zip({"gpqa_diamond.csv": GPQA + "x" * 2000}))


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=10)
ROW = st.tuples(CELL, st.one_of(CELL, st.floats().map(str)), CELL, CELL, CELL, CELL, CELL, CELL)


@given(st.lists(ROW, min_size=1, max_size=8))
def test_every_row_is_a_score_refused_or_without_a_score_whatever_it_holds(rows: list[tuple[str, ...]]) -> None:
    out = io.StringIO(newline="")
    header = ("Model version", "Accuracy mean", "Agent", "Accuracy SE", "Run date", "Shots", "Edit format", "id")
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    parsed = parse(make_zip({"terminalbench_external.csv": out.getvalue(), "gpqa_diamond.csv": GPQA}))
    scores = [p for p in parsed if isinstance(p, Score) and p.board == "terminal_bench"]
    keys = Counter(tuple(getattr(s, c) for c in Score.KEY) for s in scores)
    assert max(keys.values(), default=1) == 1
    told = len(scores) + sum(isinstance(p, Refused) for p in parsed)
    assert told == sum(bool(row[1].strip()) for row in rows) or (told == 1 and "holds not one score" in str(parsed))


def test_a_live_read_asks_once_and_an_unchanged_zip_adds_nothing(tmp_path: Path) -> None:
    (tmp_path / "raw/none").mkdir(parents=True)  # no seed
    with ReplayServer() as server:
        serve(server)
        first = run_landscape(tmp_path, "refresh", "epoch_hub", "--mirror", server.url)
        again = run_landscape(tmp_path, "refresh", "epoch_hub", "--mirror", server.url)
        server.route(URL, b"<html>down</html>")
        down = run_landscape(tmp_path, "refresh", "epoch_hub", "--mirror", server.url)
        assert server.hits(URL) == 3 and server.unscripted == []
    assert "epoch_hub: 13 rows added from 1 new snapshot(s)" in first.stdout, first.output
    assert "epoch_hub: 0 rows added from 0 new snapshot(s)" in again.stdout
    assert (down.exit_code, "is a web page" in down.stdout) == (1, True)
    assert ask(
        tmp_path,
        "select value, model_id, config, unit from scores join benchmarks using (benchmark_id) where flags = [] "
        "and board in ('aider_polyglot', 'terminal_bench') and model_id like '%gpt-oss-120b' order by 1",
    ) == [
        {"value": 0.142, "model_id": "openai/gpt-oss-120b", "config": "harness=mini-SWE-agent", "unit": "share"},
        {"value": 0.187, "model_id": "openai/gpt-oss-120b", "config": "harness=Terminus 2", "unit": "share"},
        {"value": 41.8, "model_id": "openai/gpt-oss-120b", "config": "effort=high;edit_format=diff", "unit": "percent"},
    ]


def parse_recorded(folder: Path, file: str) -> list[Parsed]:
    payload = make_payload((folder / "epoch" / file).read_bytes(), file)
    return list(EpochHub().parse(Snapshot("s", "epoch_hub", SEEN, (payload,))))


def test_both_recorded_layouts_give_the_same_scores(shared_sources: Path) -> None:
    old = parse_recorded(shared_sources, "benchmark_data.2026-05-layout.zip")
    new = parse_recorded(shared_sources, "benchmark_data.constructed-2026-10-layout.zip")
    scores = [p for p in old if isinstance(p, Score)]
    assert list_contents(scores) == list_contents([p for p in new if isinstance(p, Score)])
    assert (len(scores), len(old) - len(scores)) == (2845, 322)
    assert {p.reason.partition(" (")[0] for p in old if isinstance(p, Refused)} == {
        "Epoch ties this result to no model version"
    }
    assert max(Counter(tuple(getattr(s, c) for c in Score.KEY) for s in scores).values()) == 1
    assert all(s.low <= s.value <= s.high for s in scores if s.low is not None and s.high is not None)


def test_the_recorded_zip_says_of_gpt_oss_what_was_published(shared_sources: Path) -> None:
    parsed = parse_recorded(shared_sources, "benchmark_data.2026-05-layout.zip")
    scores = [p for p in parsed if isinstance(p, Score) and "gpt-oss" in p.name_raw]
    assert len(scores) == 25
    assert sum("duplicate" in s.flags for s in scores) == 6
    large = {(s.board, s.config_raw): round(s.value, 3) for s in scores if "120b" in s.name_raw}
    assert large == {
        ("gpqa_diamond", "effort=high"): 0.758,
        ("otis_mock_aime_2024_2025", "effort=high"): 0.889,
        ("simpleqa_verified", "effort=high"): 0.139,
        ("chess_puzzles", "effort=high"): 0.2,
        ("aider_polyglot", "effort=high; edit_format=diff"): 41.8,
        ("weirdml", "effort=high"): 0.482,
        ("weirdml", "effort=medium"): 0.419,
        ("apex_agents", "effort=high"): 0.047,
        ("simplebench", ""): 0.221,
        ("metr_time_horizons", ""): 0.566,
        ("fiction_livebench", ""): 0.361,
        ("fiction_livebench", "effort=high"): 0.444,
        ("lech_mazur_writing", ""): 7.726,
        ("terminal_bench", "harness=Terminus 2"): 0.187,
        ("terminal_bench", "harness=Mini-SWE-Agent"): 0.142,
    }


def test_the_list_for_old_zips_is_what_the_recorded_metadata_says(shared_sources: Path) -> None:
    with (shared_sources / "epoch/benchmark_metadata.2026-10-08.csv").open(newline="", encoding="utf-8") as f:
        stated = {
            (r["benchmark"], r["source_file"], r["score_column"], float(r["scale"]))
            for r in csv.DictReader(f)
            if r["source_file"] and not r["benchmark"].startswith("ARC-AGI")
        }
    assert {tuple(b) for b in KNOWN_BENCHMARKS} == stated
    assert len({b.file for b in KNOWN_BENCHMARKS}) == len(KNOWN_BENCHMARKS) == 59


def test_every_benchmark_of_the_list_is_registered_in_its_unit() -> None:
    registry = {b["id"]: b for b in tomllib.loads((DATA / "benchmarks.toml").read_text(encoding="utf-8"))["benchmark"]}
    units = {1.0: ("share", 1.0), 0.01: ("percent", 100.0), 0.1: ("points of ten", 10.0)}
    for b in KNOWN_BENCHMARKS:
        entry = registry[re.sub(r"[^a-z0-9]+", "_", b.name.lower()).strip("_") + "_as_scored"]
        assert (entry["unit"], entry["ceiling"], entry["names"]) == (*units[b.scale], [b.name])
