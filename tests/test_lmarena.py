"""Arena's leaderboards as read from Parquet, the older catalogue, dated extracts and pages."""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import (
    Batch,
    FetchContext,
    Fetched,
    ModelAttribute,
    Parsed,
    Payload,
    Refused,
    Score,
    Snapshot,
    SourceError,
    arrow_schema,
)
from ingest.sources.lmarena import LmArena

SEEN = datetime(2026, 10, 2, 3, 0, tzinfo=UTC)
HUB = "https://huggingface.co/datasets/lmarena-ai/leaderboard-dataset/resolve/main/"
TEXT, STYLE = (HUB + f"{board}/latest-00000-of-00001.parquet" for board in ("text", "text_style_control"))
RATING = {"rating": 1365.167, "rating_q975": 1369.543, "rating_q025": 1360.792}
CATALOGUE = "https://raw.githubusercontent.com/lmarena/arena-catalog/main/data/leaderboard-text.json"
GPT_OSS: Mapping[str, Any] = {
    "model_name": "gpt-oss-120b",
    "organization": "openai",
    "license": "Apache 2.0",
    "rating": 1365.167,
    "rating_lower": 1360.792,
    "rating_upper": 1369.543,
    "variance": 5.0,
    "vote_count": 31158.0,
    "rank": 72.0,
    "category": "overall",
    "leaderboard_publish_date": "2025-12-11",
}


def pack(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


def make_parquet(rows: Sequence[Mapping[str, Any]], rank: str = "double") -> bytes:
    types = {k: "double" if isinstance(v, float) else "string" for k, v in GPT_OSS.items()} | {"rank": rank}
    return pack(pa.Table.from_pylist([dict(r) for r in rows], pa.schema(types.items())))


def make_payload(
    body: bytes | Any, url: str = TEXT, *, name: str = "", note: str = "", seen: datetime = SEEN
) -> Payload:
    return Payload(
        key=7,
        source_id="lmarena",
        name=name,
        url=url,
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        observed_at=seen,
        observed_kind="recorded",
        first_observed_at=seen,
        recorded_at=seen,
        kind="RECORDED",
        licence_id="CC-BY-4.0",
        redistributable="yes",
        complete=True,
        note=note,
    )


def parse(payload: Payload) -> list[Parsed]:
    return list(LmArena().parse(Snapshot("s", "lmarena", payload.observed_at, (payload,))))


def scores(parsed: Iterable[Parsed]) -> list[dict[str, Any]]:
    return [row for b in parsed if isinstance(b, Batch) for row in b.table.to_pylist()]


def refused(parsed: Iterable[Parsed]) -> list[Refused]:
    return [p for p in parsed if isinstance(p, Refused)]


def parse_rows(*rows: Mapping[str, Any], url: str = TEXT) -> list[Parsed]:
    return parse(make_payload(make_parquet(rows), url))


def test_a_row_of_the_data_set_is_a_score_dated_by_its_publication() -> None:
    (score,) = scores(parse_rows(GPT_OSS))
    assert score == {
        "payload_key": 7,
        "row_no": 0,
        "name_raw": "gpt-oss-120b",
        "board": "text",
        "category": "overall",
        "benchmark_id": "arena_text",
        "method_version": "bt",
        "edition": date(2025, 12, 11),
        "published_on": date(2025, 12, 11),
        "observed_at": datetime(2025, 12, 11),
        "observed_kind": "publish_date",
        "value": 1365.167,
        "low": 1360.792,
        "high": 1369.543,
        "interval_pct": 95,
        "n": 31158.0,
        "rank": 72,
    }


def test_what_a_row_leaves_out_stays_null() -> None:
    (score,) = scores(parse_rows({**GPT_OSS, "rating_lower": None, "vote_count": None, "rank": None}))
    assert [c for c, value in score.items() if value is None] == ["low", "interval_pct", "n", "rank"]


def test_an_integer_rank_and_a_float_rank_are_read_alike() -> None:
    whole = make_parquet([{**GPT_OSS, "rank": 72}], rank="int64")
    assert scores(parse(make_payload(whole))) == scores(parse_rows(GPT_OSS))


@pytest.mark.parametrize(
    ("url", "day", "version"),
    [
        (TEXT, "2023-12-31", "elo"),
        (TEXT, "2024-01-01", "bt"),
        (TEXT, "2026-10-02", "bt"),
        (STYLE, "2025-05-15", "bt"),
        (STYLE, "2025-05-16", "bt-2025-05"),
    ],
)
def test_a_break_in_the_method_begins_a_new_series(url: str, day: str, version: str) -> None:
    (score,) = scores(parse_rows({**GPT_OSS, "leaderboard_publish_date": day}, url=url))
    assert score["method_version"] == version


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"rating": None}, "rating is absent"),
        ({"rating": float("nan")}, "rating is absent"),
        ({"rating": float("inf")}, "rating is absent or not a number"),
        ({"rating_upper": float("-inf")}, "rating_upper is not a number"),
        ({"leaderboard_publish_date": "yesterday"}, "leaderboard_publish_date is not a day"),
        ({"leaderboard_publish_date": "1970-01-01"}, "leaderboard_publish_date is not a day"),
        ({"leaderboard_publish_date": None}, "leaderboard_publish_date is not a day"),
        ({"model_name": " "}, "model_name is blank"),
        ({"category": None}, "category is blank"),
    ],
)
def test_a_row_that_cannot_be_read_is_quarantined_and_the_rest_is_read(change: Mapping[str, Any], reason: str) -> None:
    parsed = parse_rows({**GPT_OSS, **change}, {**GPT_OSS, "model_name": "gpt-oss-20b"})
    (row,) = refused(parsed)
    assert reason in row.reason and row.row_no == 0
    assert json.loads(row.row_json, parse_constant=pytest.fail)["license"] == "Apache 2.0"
    assert [s["name_raw"] for s in scores(parsed)] == ["gpt-oss-20b"]


def test_a_publication_listed_twice_is_one_row_and_a_contradicted_one_none() -> None:
    assert len(scores(parse_rows(GPT_OSS, GPT_OSS))) == 1
    again = parse_rows(GPT_OSS, GPT_OSS, {**GPT_OSS, "rank": 73.0})
    assert not scores(again) and [r.row_no for r in refused(again)] == [0, 1, 2]
    later = parse_rows(GPT_OSS, {**GPT_OSS, "leaderboard_publish_date": "2025-12-12"})
    assert [s["edition"].day for s in scores(later)] == [11, 12] and not refused(later)


def test_developer_and_licence_come_once_and_from_the_newest_publication() -> None:
    newest = {**GPT_OSS, "leaderboard_publish_date": "2026-01-29", "license": "Apache-2.0"}
    blank = {**newest, "model_name": "x", "license": "", "organization": None}
    parsed = parse_rows(GPT_OSS, newest, {**newest, "category": "math"}, blank)
    said = [p for p in parsed if isinstance(p, ModelAttribute)]
    assert [(a.name_raw, a.attribute, a.value, a.row_no) for a in said] == [
        ("gpt-oss-120b", "developer", "openai", 1),
        ("gpt-oss-120b", "licence", "Apache-2.0", 1),
    ]
    assert {a.observed_at for a in said} == {datetime(2026, 1, 29, tzinfo=UTC)}


def test_the_catalogue_names_its_categories_as_the_data_set_does() -> None:
    body = {c: {"x": RATING} for c in ("full", "hard_6", "if", "long_user", "multiturn", "no_short")}
    found = scores(parse(make_payload(body, CATALOGUE)))
    assert [s["category"] for s in found] == [
        "overall",
        "hard_prompts",
        "instruction_following",
        "longer_query",
        "multi_turn",
        "no_short",
    ]
    assert {(s["value"], s["low"], s["high"], s["interval_pct"], s["rank"]) for s in found} == {
        (1365.167, 1360.792, 1369.543, 95, None)
    }


@pytest.mark.parametrize(
    ("note", "published", "kind"),
    [
        ("published 2025-12-11", date(2025, 12, 11), "publish_date"),
        ("COMMIT date, not publish date: tests only", None, "commit_date"),
        ("", None, None),
    ],
)
def test_the_catalogue_is_published_when_its_recorder_says_so(
    note: str, published: date | None, kind: str | None
) -> None:
    seen = datetime(2025, 12, 17, tzinfo=UTC)
    (score,) = scores(parse(make_payload({"full": {"x": RATING}}, CATALOGUE, note=note, seen=seen)))
    assert (score["published_on"], score["observed_kind"]) == (published, kind)
    assert score["edition"] == (published or date(2025, 12, 17))
    assert (score["observed_at"] is None) == (published is None)


@pytest.mark.parametrize("votes", [31331, "31331"])
@pytest.mark.parametrize("rating", [1365, "1365"])
def test_a_dated_extract_reads_numbers_given_as_text_and_has_no_rank(votes: object, rating: object) -> None:
    entry = {"Model": "gpt-oss-120b", "Score": rating, "Votes": votes, "organization": "OpenAI"}
    body = {"last_updated": "2025-11-16", "models": [entry]}
    (score,) = scores(parse(make_payload(body, "", name="lmarena/derived/rank_data.2025-11-16.json")))
    assert (score["board"], score["category"], score["edition"]) == ("text", "overall", date(2025, 11, 16))
    assert (score["value"], score["n"], score["interval_pct"], score["rank"]) == (1365.0, 31331.0, None, None)


@pytest.mark.parametrize("board", ["text", "text_style_control"])
def test_an_extract_without_a_date_of_its_own_has_that_of_its_name(board: str) -> None:
    body = [{"model": "gpt-oss-120b", "elo": 1353, "votes": 30629}, {"model": "x", "elo": "n/a", "votes": 1}]
    parsed = parse(make_payload(body, "", name=f"derived/{board}.2026-06-25.json"))
    assert [(s["board"], s["edition"]) for s in scores(parsed)] == [(board, date(2026, 6, 25))]
    assert '"rating": "n/a"' in refused(parsed)[0].row_json


def test_a_page_of_the_data_set_reads_like_the_data_set() -> None:
    page = {"features": [], "rows": [{"row_idx": 0, "row": dict(GPT_OSS), "truncated_cells": []}]}
    url = "https://datasets-server.huggingface.co/filter?dataset=x&config=text_style_control&split=latest"
    assert scores(parse(make_payload(page, url))) == scores(parse_rows(GPT_OSS, url=STYLE))


@pytest.mark.parametrize(
    ("body", "url", "words"),
    [
        (b"", TEXT, "neither Parquet nor whole JSON"),
        (b" <!DOCTYPE html><title>502</title>", TEXT, "web page"),
        (make_parquet([GPT_OSS])[:-9], TEXT, "broken Parquet"),
        (pack(pa.table({"model_name": ["x"], "score": [1.0]})), TEXT, "rating_upper; it has model_name, score"),
        (make_parquet([]), TEXT, "lists no model"),
        (b"[]", CATALOGUE, "lists no model"),
        (b'{"full": {"gpt-oss', CATALOGUE, "neither Parquet nor whole JSON"),
        (b'{"error": "not found"}', CATALOGUE, "shape not known"),
        (b'{"full": {"a": {"elo_rating": 1}}}', CATALOGUE, "lacks the columns rating, rating_lower"),
        (make_parquet([GPT_OSS]), HUB + "webdev/latest-00000-of-00001.parquet", "no board known"),
        (make_parquet([GPT_OSS]), HUB + "text_factuality/latest-00000-of-00001.parquet", "no board known"),
    ],
)
def test_a_body_the_publisher_would_not_serve_is_an_error_in_one_sentence(body: bytes, url: str, words: str) -> None:
    with pytest.raises(SourceError, match=r"^lmarena: ") as caught:
        parse(make_payload(body, url))
    assert words in caught.value.message and "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("settings", "splits"),
    [
        ({}, ["latest"] * 2),
        ({"first_run": "1"}, ["full"] * 2 + ["latest"] * 2),
        ({"history": "1", "HF_ENDPOINT": "http://127.0.0.1:9/"}, ["full"] * 2 + ["latest"] * 2),
    ],
)
def test_history_is_fetched_when_asked_or_never_read(settings: Mapping[str, str], splits: list[str]) -> None:
    asked: list[str] = []

    class Recorder:
        def get(self, url: str, *, name: str = "", headers: object = None) -> Fetched:
            asked.append(url)
            return Fetched(url, 200, {}, b"", SEEN, name=name)

    list(LmArena().fetch(FetchContext(Recorder(), settings=settings)))  # type: ignore[arg-type]
    hub = settings.get("HF_ENDPOINT", "https://huggingface.co/")
    assert [u.removesuffix("-00000-of-00001.parquet").rpartition("/")[2] for u in asked] == splits
    assert all(u.startswith(f"{hub}datasets/lmarena-ai/") for u in asked)


ROW = st.fixed_dictionaries(
    {
        **{k: st.just(v) for k, v in GPT_OSS.items()},
        "model_name": st.sampled_from(["a", "b", "", None]),
        "rating": st.sampled_from([1300.0, 1300.5, None, float("nan"), float("inf")]),
        "rank": st.sampled_from([1.0, None]),
        "category": st.sampled_from(["overall", "math", None]),
        "leaderboard_publish_date": st.sampled_from(["2025-12-11", "20251211", "2026-01-29", "soon"]),
    }
)


@given(st.lists(ROW, min_size=1, max_size=12))
def test_every_key_comes_once_and_no_row_is_lost(rows: list[dict[str, Any]]) -> None:
    parsed = parse_rows(*rows)
    found, bad = scores(parsed), {r.row_no for r in refused(parsed)}
    keys = Counter((s["category"], s["edition"], s["name_raw"]) for s in found)
    assert set(keys.values()) <= {1} and not bad & {s["row_no"] for s in found}
    for row_no in set(range(len(rows))) - bad:
        row = rows[row_no]
        key = (row["category"], date.fromisoformat(row["leaderboard_publish_date"]), row["model_name"])
        (score,) = [s for s in found if (s["category"], s["edition"], s["name_raw"]) == key]
        assert (score["value"], score["rank"]) == (row["rating"], row["rank"]) and score["row_no"] <= row_no


def test_a_table_of_two_hundred_thousand_rows_is_one_batch_in_the_files_order() -> None:
    at = np.arange(size := 200_000)
    days = [f"{2024 + k // 12}-{k % 12 + 1:02}-01" for k in range(25)]
    table = pa.table(
        {
            "model_name": pa.array([f"model-{k % 400}" for k in at]),
            "rating": 1000.0 + at,
            "rating_lower": 999.0 + at,
            "rating_upper": 1001.0 + at,
            "vote_count": at * 1.0,
            "rank": at % 400 + 1,
            "category": pa.array([f"category-{k // 400 % 20}" for k in at]),
            "leaderboard_publish_date": pa.array([days[k // 8000] for k in at]),
        }
    )
    (batch,) = parse(make_payload(pack(table)))
    assert isinstance(batch, Batch) and batch.kind is Score and batch.table.num_rows == size
    assert all(arrow_schema(Score).field(f.name).type == f.type for f in batch.table.schema)
    assert batch.table["row_no"].to_pylist() == at.tolist()
    assert batch.table["value"].to_pylist()[-1] == 1000.0 + size - 1


def read_manifest(folder: Path) -> list[tuple[Payload, str]]:
    """Every recorded body of the source with its kind, as the manifest describes it."""
    with (folder / "manifest.csv").open(newline="", encoding="utf-8") as f:
        rows = [r for r in csv.DictReader(f) if r["source_id"] == "lmarena"]
    return [
        (
            make_payload(
                (folder / r["path"]).read_bytes(),
                r["url"],
                name=r["path"],
                note=r["note"],
                seen=datetime.fromisoformat(r["observed_at"]),
            ),
            r["kind"],
        )
        for r in rows
    ]


def test_the_recorded_ratings_of_gpt_oss_120b_are_those_published(shared_sources: Path) -> None:
    found = {
        (s["board"], s["published_on"]): s
        for payload, kind in read_manifest(shared_sources)
        if kind != "CONSTRUCTED"
        for s in scores(parse(payload))
        if (s["name_raw"], s["category"]) == ("gpt-oss-120b", "overall")
    }
    values = {str(day): round(s["value"], 2) for (board, day), s in found.items() if board == "text" and day}
    published = {"2025-08-21": 1368, "2025-12-11": 1365.17, "2026-01-29": 1366, "2026-05-14": 1365}
    assert len(values) == 16 and values.items() >= published.items()
    exact = found["text", date(2025, 12, 11)]
    assert (round(exact["low"], 1), round(exact["high"], 1), exact["interval_pct"]) == (1360.8, 1369.5, 95)
    assert round(found["text_style_control", date(2025, 12, 11)]["value"], 1) == 1352.5
    assert found["text", date(2025, 8, 21)]["n"] == 5436


def test_every_recorded_body_is_read_without_loss(shared_sources: Path) -> None:
    path = Path(__file__).parents[1] / "data" / "benchmarks.toml"
    registered = {b["id"] for b in tomllib.loads(path.read_text(encoding="utf-8"))["benchmark"]}
    for payload, _ in read_manifest(shared_sources):
        parsed = parse(payload)
        rows = scores(parsed)
        assert rows and not refused(parsed)
        assert {r["benchmark_id"] for r in rows} <= registered
        assert len({tuple(r.get(c) for c in Score.KEY) for r in rows}) == len(rows)
