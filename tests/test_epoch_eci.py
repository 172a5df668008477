"""The Epoch Capabilities Index as read from its files, whole, old, cut and broken.

Hand-written files in the publisher's shape with a few true figures, and the recorded files where they are.
"""

from __future__ import annotations

import csv
import io
import tomllib
import zipfile
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import (
    BenchmarkDifficulty,
    FetchContext,
    Fetched,
    ModelAttribute,
    Parsed,
    Payload,
    Refused,
    Score,
    Snapshot,
    SourceError,
)
from ingest.sources.epoch_eci import EpochEci

BASE = "https://epoch.ai/data/"
OLD_INDEX = "benchmark_data.zip#epoch_capabilities_index.csv"
PARTIAL = "history/eci_scores.2026-10-08.sample57of274.csv"
SEEN = datetime(2026, 8, 11, 21, 33, 5, tzinfo=UTC)
SCORES = (
    "Model,Display name,eci,eci_ci_low,eci_ci_high,date,Organization,Country (of organization),"
    "Model accessibility,Accessibility group,model_versions\n"
)
GPT_OSS = (
    "gpt-oss-120b,gpt-oss-120b,140.48,135.71,143.25,2025-08-05,OpenAI,United States of America,"
    "Open weights (unrestricted),Open weights,\n"
)
GPT_5 = "GPT-5,GPT-5,150.0,,,2025-08-07,OpenAI,United States of America,API access,Closed weights,\n"
VERSIONS = "Model version,ECI Score,Release date,Organization,Country,Model accessibility,Model name,Display name\n"
INPUTS = "model_id,benchmark_id,performance,benchmark,benchmark_release_date,model,model_version,Model,date,source\n"
DIFFICULTIES = "benchmark_name,is_anchor,benchmark_release_date,edi,estimated_slope_scaled\n"

T = TypeVar("T")


def make_payload(
    body: str | bytes, url: str = BASE + "eci_scores.csv", *, seen: datetime = SEEN, key: int = 1, name: str = ""
) -> Payload:
    return Payload(
        key=key,
        source_id="epoch_eci",
        name=name,
        url=url,
        body=body.encode() if isinstance(body, str) else body,
        observed_at=seen,
        observed_kind="recorded",
        first_observed_at=seen,
        recorded_at=seen,
        kind="RECORDED",
        licence_id="CC-BY-4.0",
        redistributable="yes",
        complete=True,
    )


def parse(*payloads: Payload) -> list[Parsed]:
    return list(EpochEci().parse(Snapshot("s", "epoch_eci", payloads[0].observed_at, payloads)))


def pick(kind: type[T], parsed: Iterable[object]) -> list[T]:
    return [p for p in parsed if isinstance(p, kind)]


def read_recorded(folder: Path, file: str, day: str, url: str = "eci_scores.csv") -> list[Parsed]:
    seen = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return parse(make_payload((folder / "epoch" / file).read_bytes(), BASE + url, seen=seen))


def gpt_oss(parsed: list[Parsed], size: str = "120b") -> Score:
    (score,) = [s for s in pick(Score, parsed) if s.name_raw == f"gpt-oss-{size}"]
    return score


def test_a_score_has_its_interval_and_the_day_it_was_first_seen_as_edition() -> None:
    (score,) = pick(Score, parse(make_payload(SCORES + GPT_OSS)))
    assert (score.board, score.category, score.method_version) == ("eci", "overall", "1")
    assert (score.benchmark_id, score.payload_key, score.row_no) == ("eci", 1, 0)
    assert (score.value, score.low, score.high, score.interval_pct) == (140.48, 135.71, 143.25, 90)
    assert (score.edition, score.published_on, score.observed_at) == (date(2026, 8, 11), None, None)


def test_an_anchor_of_the_scale_has_no_interval() -> None:
    (score,) = pick(Score, parse(make_payload(SCORES + GPT_5)))
    assert (score.value, score.low, score.high, score.interval_pct) == (150.0, None, None, None)


def test_what_a_row_says_of_the_model_is_kept_verbatim_and_a_display_name_only_where_it_differs() -> None:
    preview = 'Gemini 3 Pro,Gemini 3 Pro Preview,153.99,151.5,159.4,,Google DeepMind,"A,B",API access,,\n'
    said = {
        (a.name_raw, a.attribute): a.value
        for a in pick(ModelAttribute, parse(make_payload(SCORES + GPT_OSS + preview)))
    }
    assert said == {
        ("gpt-oss-120b", "released_on"): "2025-08-05",
        ("gpt-oss-120b", "developer"): "OpenAI",
        ("gpt-oss-120b", "country"): "United States of America",
        ("gpt-oss-120b", "accessibility"): "Open weights (unrestricted)",
        ("Gemini 3 Pro", "developer"): "Google DeepMind",
        ("Gemini 3 Pro", "country"): "A,B",
        ("Gemini 3 Pro", "accessibility"): "API access",
        ("Gemini 3 Pro", "name"): "Gemini 3 Pro Preview",
    }


def test_versions_of_one_model_are_one_score_and_only_agreeing_attributes() -> None:
    body = VERSIONS + (
        "gpt-oss-120b_high,140.15585,2025-08-05,OpenAI,United States of America,Open weights,gpt-oss-120b,\n"
        "gpt-oss-120b_medium,140.15585,2025-08-06,OpenAI,,,gpt-oss-120b,gpt-oss-120b (medium)\n"
        "gpt-oss-20b_high,,2025-08-05,OpenAI,,,gpt-oss-20b,\n"
    )
    parsed = parse(make_payload(body, BASE + OLD_INDEX))
    score = gpt_oss(parsed)
    assert (score.board, score.value, score.config_raw, score.interval_pct) == ("eci", 140.15585, "", None)
    assert {a.attribute: a.value for a in pick(ModelAttribute, parsed)} == {
        "developer": "OpenAI",
        "country": "United States of America",
        "accessibility": "Open weights",
    }
    assert not pick(Refused, parsed)


def test_a_name_whose_versions_disagree_is_quarantined_whole() -> None:
    body = VERSIONS + "a,141,,,,,Kimi K2,\nb,142,,,,,Kimi K2,\nc,130,,,,,Claude 3.5 Sonnet,\n"
    parsed = parse(make_payload(body, "", name="history/epoch_capabilities_index.2026-05-14.csv"))
    assert [s.name_raw for s in pick(Score, parsed)] == ["Claude 3.5 Sonnet"]
    assert [r.row_no for r in pick(Refused, parsed)] == [0, 1]
    assert "'Kimi K2'" in pick(Refused, parsed)[0].reason


@pytest.mark.parametrize(
    ("member", "body", "url", "value"),
    [
        ("epoch_capabilities_index.csv", VERSIONS + "v,139.78,,,,,gpt-oss-120b,\n", OLD_INDEX, 139.78),
        ("epoch_capabilities_index/eci_scores.csv", SCORES + GPT_OSS, OLD_INDEX, 140.48),
        ("epoch_capabilities_index/eci_scores.csv", SCORES + GPT_OSS, "benchmark_data.zip", 140.48),
    ],
)
def test_the_index_is_found_in_a_zip_of_either_layout(member: str, body: str, url: str, value: float) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("gpqa_diamond.csv", "Model version,mean_score\n")
        archive.writestr(member, body)
    assert gpt_oss(parse(make_payload(packed.getvalue(), BASE + url))).value == value


def test_an_input_keeps_its_version_and_its_origin_and_has_no_evaluation_date() -> None:
    body = INPUTS + (
        "m9,b3,0.676768,GPQA diamond,2023-11-20,gpt-oss-120b,openai/gpt-oss-120b_high,gpt-oss-120b,,"
        "Epoch evaluations\n"
        "m9,b8,0.0652,SimpleBench,,gpt-oss-120b,gpt-oss-120b,gpt-oss-120b,2025-08-05,\n"
        "m4,b8,0.1,ARC-AGI,,PaLM 2-L,PaLM 2-L,,2023-05-17,\n"
    )
    gpqa, simple, palm = pick(Score, parse(make_payload(body, BASE + "eci_benchmarks.csv")))
    assert (gpqa.board, gpqa.category, gpqa.benchmark_id) == ("inputs", "gpqa_diamond", "gpqa_diamond")
    assert (gpqa.name_raw, gpqa.config_raw) == ("gpt-oss-120b", "openai/gpt-oss-120b_high")
    assert gpqa.run == "Epoch evaluations"
    assert (gpqa.value, gpqa.evaluated_on, gpqa.redistributable) == (0.676768, None, None)
    assert (simple.config_raw, simple.run) == ("", "")
    assert (palm.name_raw, palm.redistributable) == ("PaLM 2-L", "no")


def test_renumbered_ids_and_removed_columns_change_no_input() -> None:
    old = "model_id,benchmark_id,performance,benchmark,optimized,model,model_version,Model,group,source\n"
    a = parse(make_payload(INPUTS + "m9,b3,0.5,MMLU,,X,x-1,X,2025-08-05,s\n", BASE + "eci_benchmarks.csv"))
    b = parse(make_payload(old + "m7,b1,0.5,MMLU,True,X,x-1,X,X,s\n", BASE + "eci_benchmarks.csv"))
    assert a == b != []


def test_repeated_input_rows_collapse_and_contradicting_ones_are_refused() -> None:
    row = "m1,b1,0.5,MMLU,,X,x-1,X,2025-08-05,s\n"
    same = parse(make_payload(INPUTS + row + row, BASE + "eci_benchmarks.csv"))
    other = parse(make_payload(INPUTS + row + row.replace("0.5", "0.6"), BASE + "eci_benchmarks.csv"))
    assert len(pick(Score, same)) == 1 and not pick(Refused, same)
    assert not pick(Score, other) and len(pick(Refused, other)) == 2


def test_a_difficulty_names_its_benchmark_and_its_anchor() -> None:
    body = DIFFICULTIES + "Winogrande,True,2019-07-24,110.06,0.051\nOSWorld 2.0,False,,172.7,\n"
    anchor, other = pick(BenchmarkDifficulty, parse(make_payload(body, BASE + "edi_scores.csv")))
    assert (anchor.name_raw, anchor.is_anchor) == ("Winogrande", True)
    assert (anchor.difficulty, anchor.slope) == (110.06, 0.051)
    assert (anchor.released_on, anchor.edition) == (date(2019, 7, 24), date(2026, 8, 11))
    assert (other.is_anchor, other.released_on, other.slope) == (False, None, None)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (GPT_OSS.replace("140.48", "n/a"), "eci is 'n/a'"),
        (GPT_OSS.replace("140.48", "NaN"), "eci is 'NaN'"),
        (GPT_OSS.replace("140.48", "1e999"), "eci is '1e999'"),
        (GPT_OSS.replace("140.48", ""), "eci is blank"),
        (GPT_OSS.replace("135.71", "inf"), "eci_ci_low is 'inf'"),
        (GPT_OSS.replace("2025-08-05", "0025-08-05"), "cannot be"),
        (GPT_OSS.replace("2025-08-05", "2052-08-05"), "cannot be"),
        (GPT_OSS.replace("2025-08-05", "August 2025"), "not a date"),
        (GPT_OSS.replace("gpt-oss-120b,gpt-oss-120b", ","), "Model is blank"),
        (GPT_OSS.replace(",OpenAI", ""), "10 cells"),
    ],
)
def test_a_row_that_cannot_be_read_is_quarantined_and_the_rest_is_read(bad: str, reason: str) -> None:
    parsed = parse(make_payload(SCORES + bad + GPT_5))
    (refused,) = pick(Refused, parsed)
    assert reason in refused.reason and refused.row_no == 0 and "Open weights" in refused.row_json
    assert [s.name_raw for s in pick(Score, parsed)] == ["GPT-5"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (b"<!DOCTYPE html><title>Just a moment</title>", "web page"),
        (b"\xef\xbb\xbf\n<html>", "web page"),
        (SCORES.encode(), "no rows"),
        ((SCORES + GPT_OSS).encode("utf-16"), "not UTF-8"),
        ((SCORES + GPT_OSS)[:-1].encode(), "cut short"),
        ((SCORES + GPT_OSS + "GPT-5,GPT-5,150.0,,\n").encode(), "cut short"),
        ((SCORES + GPT_OSS + '"GPT').encode(), "no whole CSV"),
        ((SCORES + GPT_OSS).replace("eci_ci_low", "low").encode(), "lacks the columns eci_ci_low"),
        (b"PK\x03\x04 cut", "broken zip"),
        (b'{"error": "gone"}\n', "lacks the columns"),
        (b"Model,score\nGPT-5,1\n", "eci, eci_ci_low, eci_ci_high or Model name, ECI Score; it has Model, score"),
    ],
)
def test_a_body_the_publisher_would_not_serve_is_an_error_in_one_sentence(body: bytes, words: str) -> None:
    with pytest.raises(SourceError, match=r"^epoch_eci: ") as caught:
        parse(make_payload(SCORES + GPT_5, key=2), make_payload(body))
    assert words in caught.value.message and "\n" not in caught.value.message


def test_a_byte_order_mark_changes_nothing() -> None:
    assert parse(make_payload("\ufeff" + SCORES + GPT_OSS)) == parse(make_payload(SCORES + GPT_OSS))


def test_a_live_read_asks_for_the_three_files_of_one_edition() -> None:
    asked: list[str] = []

    class Recorder:
        def get(self, url: str, *, name: str = "", headers: object = None) -> Fetched:
            asked.append(url)
            return Fetched(url, 200, {}, b"", SEEN, name=name)

        def get_pages(self, url: str, *, name: str = "") -> Iterable[Fetched]:
            raise AssertionError("There are no pages.")

    names = [f.name for f in EpochEci().fetch(FetchContext(Recorder()))]  # type: ignore[arg-type]
    assert names == ["eci_scores.csv", "edi_scores.csv", "eci_benchmarks.csv"]
    assert asked == [BASE + n for n in names]


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12)
ROW = st.tuples(CELL, CELL, st.one_of(CELL, st.floats().map(str)), CELL, CELL, CELL)


@given(st.lists(ROW, min_size=1, max_size=12))
def test_every_row_ends_as_one_score_or_in_quarantine_whatever_it_holds(rows: list[tuple[str, ...]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(
        [("Model", "Display name", "eci", "eci_ci_low", "eci_ci_high", "date"), *rows]
    )
    parsed = parse(make_payload(out.getvalue()))
    scores, refused = pick(Score, parsed), pick(Refused, parsed)
    assert len({s.name_raw for s in scores}) == len(scores)
    told = {s.row_no for s in scores} | {r.row_no for r in refused}
    assert {rows[i][0] for i in set(range(len(rows))) - told} <= {s.name_raw for s in scores}


@pytest.mark.parametrize(
    ("file", "day", "url", "value", "low", "high"),
    [
        ("history/eci_scores.2025-12-19.csv", "2025-12-19", "eci_scores.csv", 139.638, 135.243, 143.100),
        ("history/epoch_capabilities_index.2026-02-23.csv", "2026-02-23", OLD_INDEX, 139.780, None, None),
        ("history/epoch_capabilities_index.2026-03-09.csv", "2026-03-09", OLD_INDEX, 140.156, None, None),
        ("benchmark_data.2026-05-layout.zip", "2026-05-14", OLD_INDEX, 140.730, None, None),
        ("eci_scores.csv", "2026-08-11", "eci_scores.csv", 140.48, 135.71, 143.25),
        (PARTIAL, "2026-10-08", "eci_scores.csv", 139.93, 135.23, 142.78),
        ("benchmark_data.constructed-2026-10-layout.zip", "2026-10-08", OLD_INDEX, 140.48, 135.71, 143.25),
    ],
)
def test_the_recorded_editions_say_of_gpt_oss_120b_what_was_published(
    shared_sources: Path, file: str, day: str, url: str, value: float, low: float | None, high: float | None
) -> None:
    score = gpt_oss(read_recorded(shared_sources, file, day, url))
    assert score.edition == date.fromisoformat(day)
    assert round(score.value, 3) == value
    assert (score.low and round(score.low, 3), score.high and round(score.high, 3)) == (low, high)


def test_gpt_oss_20b_is_scored_in_the_edition_of_october_2026_only(shared_sources: Path) -> None:
    assert gpt_oss(read_recorded(shared_sources, PARTIAL, "2026-10-08"), "20b").value == 137.82
    for file in ("eci_scores.csv", "history/eci_scores.2025-12-19.csv"):
        older = pick(Score, read_recorded(shared_sources, file, "2026-08-11"))
        assert "gpt-oss-20b" not in {s.name_raw for s in older}


def test_the_recorded_files_are_read_without_loss(shared_sources: Path) -> None:
    scores = read_recorded(shared_sources, "eci_scores.csv", "2026-08-11")
    assert (len(pick(Score, scores)), len(pick(Refused, scores))) == (222, 0)
    inputs = read_recorded(shared_sources, "eci_benchmarks.csv", "2026-08-11", "eci_benchmarks.csv")
    assert (len(pick(Score, inputs)), len(pick(Refused, inputs))) == (2249, 0)
    assert len({tuple(getattr(s, c) for c in Score.KEY) for s in pick(Score, inputs)}) == 2249
    difficulties = read_recorded(shared_sources, "edi_scores.csv", "2026-08-11", "edi_scores.csv")
    assert len(pick(BenchmarkDifficulty, difficulties)) == 57
    may = read_recorded(shared_sources, "benchmark_data.2026-05-layout.zip", "2026-05-14", OLD_INDEX)
    assert len(pick(Score, may)) == 153 - 9  # nine names pool snapshots which the index scored apart


def test_every_benchmark_of_the_recorded_inputs_is_registered_by_its_name(shared_sources: Path) -> None:
    path = Path(__file__).parents[1] / "data" / "benchmarks.toml"
    registry = tomllib.loads(path.read_text(encoding="utf-8"))["benchmark"]
    by_id = {b["id"]: b for b in registry}
    assert len(by_id) == len(registry)
    with (shared_sources / "epoch" / "eci_benchmarks.csv").open(newline="", encoding="utf-8") as f:
        names = {row["benchmark"] for row in csv.DictReader(f)}
    assert names <= {name for b in registry for name in b["names"]}
    inputs = read_recorded(shared_sources, "eci_benchmarks.csv", "2026-08-11", "eci_benchmarks.csv")
    for score in pick(Score, inputs):
        assert by_id[score.benchmark_id]["floor"] <= score.value <= by_id[score.benchmark_id]["ceiling"]
