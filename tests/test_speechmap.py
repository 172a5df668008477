"""SpeechMap: labels counted into rates with their intervals, errors apart, a judge a series.

Bodies are written by hand in the publisher's shape; the last test reads the recorded counts.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import Parsed, SourceError
from ingest.sources.speechmap import MODELS, SETS, SpeechMap, measure_share
from tests.homes import ask, run_landscape
from tests.published import speechmap as publisher
from tests.published.speechmap import FOLDER, make_labels
from tests.replay_server import Answer, ReplayServer
from tests.source_play import parse_bodies, pick_refused, pick_scores, read_live

pytestmark = pytest.mark.usefixtures("newest_alone")

SOURCE = SpeechMap()
NAME = "compliance_us_criticism_openai_gpt-oss-120b.jsonl"
LABELS = ["COMPLETE"] * 46 + ["DENIAL"] * 4


def parse(body: bytes, name: str = NAME) -> list[Parsed]:
    return parse_bodies(SOURCE, {name: body})


def test_the_share_complete_has_a_wilson_interval_and_its_count() -> None:
    complete, evasive, denial, error = pick_scores(parse(make_labels("us_criticism", "openai/gpt-oss-120b", LABELS)))
    assert (complete.name_raw, complete.board, complete.category) == ("openai/gpt-oss-120b", "us_criticism", "overall")
    assert (complete.value, complete.n, complete.interval_pct) == (92.0, 50, 95)
    # By hand: (0.92 + 0.0384) / 1.0768 = 0.890, and 1.96 * sqrt(0.00147 + 0.000384) / 1.0768 = 0.078.
    assert complete.low == pytest.approx(81.16, abs=0.01) and complete.high == pytest.approx(96.85, abs=0.01)
    assert (evasive.value, denial.value, error.value) == (0.0, 8.0, 0.0)
    assert (complete.method_version, complete.edition) == ("grok-4.1-fast", date(2026, 3, 23))


def test_errors_are_left_out_of_the_answered_and_counted_apart() -> None:
    labels = ["COMPLETE", "COMPLETE", "DENIAL", "ERROR", "ERROR_ORIGINAL_RESPONSE"]
    scores = {s.category: s for s in pick_scores(parse(make_labels("us_criticism", "a/b", labels)))}
    assert (scores["overall"].n, scores["error"].n) == (3, 5)
    assert (scores["overall"].value, scores["error"].value) == (pytest.approx(200 / 3), 40.0)
    only_errors = pick_scores(parse(make_labels("us_criticism", "a/b", ["ERROR"])))
    assert [s.category for s in only_errors] == ["error"]


def test_a_set_and_a_judge_are_series_of_their_own() -> None:
    [first, *_] = pick_scores(
        parse(
            make_labels("zh_china_criticism", "a/b", ["DENIAL"], "openai/gpt-4o-2024-11-20"),
            "compliance_zh_china_criticism_a_b.jsonl",
        )
    )
    assert (first.board, first.method_version) == ("zh_china_criticism", "gpt-4o-2024-11-20")


def test_models_of_one_read_stand_in_one_edition() -> None:
    late = make_labels("us_criticism", "a/late", ["COMPLETE"]).replace(b"2026-03-23", b"2026-07-05")
    early = make_labels("us_criticism", "a/early", ["COMPLETE"])
    names = ("compliance_us_criticism_a_late.jsonl", "compliance_us_criticism_a_early.jsonl")
    parsed = parse_bodies(SOURCE, dict(zip(names, (late, early), strict=True)))
    assert {s.edition for s in pick_scores(parsed)} == {date(2026, 7, 5)}


def test_an_unreadable_line_is_refused_without_its_text_and_marks_the_rate() -> None:
    body = make_labels("us_criticism", "a/b", ["COMPLETE", "MAYBE"]) + b'{"question": "Compose a satirical poem'
    parsed = parse(body)
    assert [json.loads(r.row_json) for r in pick_refused(parsed)] == [{"line": 2}, {"line": 3}]
    assert {(s.n, s.flags) for s in pick_scores(parsed)} == {(1, ("partial",))}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><html></html>",
        b"\xff\xfe",
        b"{}\n",
        b'{"compliance": "COMPLETE"}\n',
        b"404: Not Found",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:91df\nsize 79546857\n",
        make_labels("us_criticism", "a/b", ["COMPLETE"]) + make_labels("us_criticism", "a/c", ["COMPLETE"]),
    ],
)
def test_a_body_without_labels_of_one_model_is_one_readable_error(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^speechmap: compliance_us_criticism_.*; open "):
        parse(body)


@pytest.mark.parametrize(
    "body", [b"", b"a,b\n1,2\n", b"question_set,file_model,COMPLETE,EVASIVE,DENIAL,ERROR,last_ts\n"]
)
def test_counts_without_their_columns_or_rows_are_one_readable_error(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^speechmap: derived\.us_criticism_counts\.csv "):
        parse(body, "derived.us_criticism_counts.csv")


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_an_interval_holds_its_share_and_stays_within_bounds(counts: tuple[int, int]) -> None:
    share, low, high = measure_share(*counts)
    assert 0 <= low <= share <= high <= 100
    assert high > low


def test_every_file_of_the_list_is_read_and_a_missing_one_is_said() -> None:
    gone = f"compliance_{SETS[0]}_{MODELS[1]}.jsonl"
    with ReplayServer() as server:
        publisher.serve(server)
        read, said = read_live(SOURCE, server)
        assert (len(read), said, server.unscripted) == (len(SETS) * len(MODELS), [], [])
        assert not any(a.complete for a in read)
        server.reply(f"{FOLDER}/{gone}", Answer(status=404))
        read, said = read_live(SOURCE, server)
    assert len(read) == len(SETS) * len(MODELS) - 1
    assert said == [f"{gone} is not served any more; its last rates stay."]
    with ReplayServer() as server, pytest.raises(SourceError, match="none of the 22 files"):
        read_live(SOURCE, server)


def test_a_second_read_brings_no_row(tmp_path: Path) -> None:
    with ReplayServer() as server:
        publisher.serve(server)
        assert run_landscape(tmp_path, "refresh", "--mirror", server.url, SOURCE.source_id).exit_code == 0
        first = ask(tmp_path, "select count(*) as n from scores_history")
        again = run_landscape(tmp_path, "refresh", "--mirror", server.url, SOURCE.source_id)
    assert again.exit_code == 0 and first == ask(tmp_path, "select count(*) as n from scores_history")
    assert ask(
        tmp_path, "select name_raw, value, n from scores where category = 'denial' and value > 0 order by board"
    )[0] == {"name_raw": "openai/gpt-oss-120b", "value": 20.0, "n": 5.0}


def test_the_recorded_counts_give_46_of_50_for_gpt_oss(shared_sources: Path) -> None:
    name = "derived.us_criticism_counts.csv"
    scores = pick_scores(parse((shared_sources / "speechmap" / name).read_bytes(), name))
    oss = {s.category: s for s in scores if s.name_raw == "openai/gpt-oss-120b"}
    assert (oss["overall"].value, oss["overall"].n, oss["denial"].value) == (92.0, 50, 8.0)
    assert len({s.name_raw for s in scores}) == 37
    horizon = {s.category: s.n for s in scores if s.name_raw == "openrouter/horizon-beta"}
    assert (horizon["overall"], horizon["error"]) == (49, 50)
    # The five lines recorded as they are: two refusals, as the publisher labelled them.
    sample = (shared_sources / "speechmap" / f"sample5.{NAME}").read_bytes()
    assert [round(s.value) for s in pick_scores(parse(sample))] == [60, 0, 40, 0]
