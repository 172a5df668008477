"""The Hub's reader: counters exactly as served or recorded, and nothing where nothing was served.

Bodies are written by hand in the Hub's shape with true figures; a small server on this machine plays the
Hub, its pages, renames and refusals. What others recorded is in test_hub_recordings.py.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http import Session
from ingest.source import (
    FetchContext,
    Fetched,
    HubReading,
    Parsed,
    Payload,
    PayloadKind,
    Refused,
    Repo,
    Snapshot,
    SourceError,
)
from ingest.sources.hf_hub import HfHub

AT = datetime(2026, 5, 10, 14, 0, 28, 965000, tzinfo=UTC)
SMALL, LARGE = "openai/gpt-oss-20b", "openai/gpt-oss-120b"
DETAIL: dict[str, Any] = {
    "_id": "689132b9",
    "id": LARGE,
    "author": "openai",
    "downloads": 4237999,
    "downloadsAllTime": 30000000,
    "likes": 4754,
    "gated": False,
    "pipeline_tag": "text-generation",
    "library_name": "transformers",
    "createdAt": "2025-08-04T22:33:06.000Z",
    "tags": ["safetensors", "license:apache-2.0", "region:us"],
    "inferenceProviderMapping": {"groq": {"status": "live"}},
    "childrenModelCount": {"finetune": 90},
}
QUANT: dict[str, Any] = {
    "id": "unsloth/gpt-oss-20b-GGUF",
    "downloads": 0,
    "likes": 251,
    "tags": ["gguf", f"base_model:{SMALL}", f"base_model:quantized:{SMALL}", "license:apache-2.0"],
}


def make_payload(body: object, name: str, key: int = 7, kind: PayloadKind = "LIVE") -> Payload:
    text = body if isinstance(body, (bytes, str)) else json.dumps(body)
    raw = text if isinstance(text, bytes) else text.encode()
    return Payload(
        key,
        "hf_hub",
        name,
        "https://huggingface.co/api/models",
        raw,
        AT,
        "fetched",
        AT,
        AT,
        kind,
        "none-stated",
        "no",
        complete=True,
    )


def parse(*payloads: Payload) -> list[Parsed]:
    return list(HfHub().parse(Snapshot("s", "hf_hub", AT, payloads)))


def parse_one(body: object, name: str = f"model:{LARGE}", kind: PayloadKind = "LIVE") -> list[Parsed]:
    return parse(make_payload(body, name, kind=kind))


def readings(found: list[Parsed]) -> list[HubReading]:
    return [f for f in found if isinstance(f, HubReading)]


def repos(found: list[Parsed]) -> list[Repo]:
    return [f for f in found if isinstance(f, Repo)]


def test_a_model_gives_its_counters_and_its_description() -> None:
    reading, repo = parse_one(DETAIL)
    assert isinstance(reading, HubReading)
    assert (reading.name_raw, reading.origin) == (LARGE, "live")
    assert reading.read_at == datetime(2026, 5, 10, 14, 0, 28, tzinfo=UTC)
    assert (reading.downloads_30d, reading.downloads_all_time, reading.likes) == (4237999, 30000000, 4754)
    assert isinstance(repo, Repo)
    assert (repo.author, repo.licence_raw, repo.is_gated) == ("openai", "apache-2.0", False)
    assert (repo.created_on, repo.asked_id, repo.base_repo_id) == (date(2025, 8, 4), None, None)


def test_a_rename_keeps_the_id_we_asked_for_and_case_counts() -> None:
    assert repos(parse_one(DETAIL, "model:openai/GPT-OSS-120b"))[0].asked_id == "openai/GPT-OSS-120b"
    assert repos(parse_one(DETAIL, f"model:{LARGE}"))[0].asked_id is None


def test_the_creation_day_the_hub_gives_to_everything_old_is_unknown() -> None:
    assert repos(parse_one({**DETAIL, "createdAt": "2022-03-02T23:29:04.000Z"}))[0].created_on is None


@pytest.mark.parametrize("gated, expected", [(False, False), ("auto", True), ("manual", True), (None, None)])
def test_gating_is_read_in_all_its_forms(gated: object, expected: bool | None) -> None:
    assert repos(parse_one({**DETAIL, "gated": gated}))[0].is_gated is expected


@pytest.mark.parametrize(
    "said",
    [
        {"baseModels": {"relation": "quantized", "models": [{"_id": "1", "id": SMALL}]}},
        {"baseModels": [SMALL], "tags": [f"base_model:quantized:{SMALL}"]},
        {"cardData": {"base_model": SMALL, "base_model_relation": "quantized"}},
        {"cardData": {"base_model": [SMALL, LARGE]}, "tags": [f"base_model:quantized:{SMALL}"]},
        {"tags": [f"base_model:{SMALL}", f"base_model:quantized:{SMALL}"]},
    ],
)
def test_the_base_is_read_wherever_it_is_stated(said: dict[str, Any]) -> None:
    repo = repos(parse_one({"id": "x/y", "likes": 1, **said}))[0]
    assert (repo.base_repo_id, repo.relation) == (SMALL, "quantized")


def test_a_derivative_has_the_base_it_was_listed_under() -> None:
    merged = {**QUANT, "tags": [f"base_model:merge:{LARGE}", f"base_model:{SMALL}"]}
    found = repos(parse_one([QUANT, {**merged, "id": "x/merge"}], f"derivatives:{SMALL}:page3"))
    assert [(r.base_repo_id, r.relation) for r in found] == [(SMALL, "quantized"), (SMALL, None)]


def test_a_served_zero_is_zero() -> None:
    assert readings(parse_one([QUANT], f"derivatives:{SMALL}:page1"))[0].downloads_30d == 0


def test_a_repository_on_two_lists_of_a_snapshot_counts_once() -> None:
    found = parse(
        make_payload([QUANT], f"derivatives:{SMALL}:page1", 1),
        make_payload([], f"derivatives:{LARGE}:page1", 2),
        make_payload([QUANT], f"derivatives:{LARGE}:page2", 3),
    )
    assert [type(f).__name__ for f in found] == ["HubReading", "Repo"]


@pytest.mark.parametrize(
    "fault",
    [
        {"downloads": -1},
        {"likes": "1,238"},
        {"downloads": True},
        {"downloads": 1.5},
        {"downloads": 2**63},
        {"id": None},
        {"tags": 5},
        {"cardData": "x"},
        {"pipeline_tag": 3},
        {"createdAt": "soon"},
        {"author": []},
    ],
)
def test_a_row_that_cannot_be_read_is_refused_and_the_rest_stays(fault: dict[str, Any]) -> None:
    refused, *rest = parse_one([{**QUANT, **fault}, DETAIL], "derivatives:a/b:page1")
    assert isinstance(refused, Refused)
    assert (refused.row_no, json.loads(refused.row_json)) == (0, {**QUANT, **fault})
    assert [r.row_no for r in readings(rest)] == [1]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html></html>",
        b"\x1f\x8b\x08cut",
        b"\xff\xfe{",
        b'[{"id":',
        b"{}",
        b"[]",
        b'[{"id": "a/b"}]',
        b'{"error": "Invalid username or password."}',
        b'{"id": "a/b"}',
        b"a,b\n1,2\n",
    ],
)
def test_garbage_is_one_readable_error(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^hf_hub: .*look at"):
        parse_one(body)


OPTIONAL = [k for k in DETAIL if k != "id"]


@given(st.permutations(list(DETAIL)), st.sets(st.sampled_from(OPTIONAL)), st.sets(st.sampled_from(OPTIONAL)))
def test_any_order_of_keys_and_any_absent_or_null_ones_invent_nothing(
    order: list[str], absent: set[str], null: set[str]
) -> None:
    row = {k: None if k in null else DETAIL[k] for k in order if k not in absent}
    found = parse(make_payload(row, f"model:{LARGE}"), make_payload([QUANT], f"derivatives:{SMALL}:page1"))
    counters = {"downloads": "downloads_30d", "downloadsAllTime": "downloads_all_time", "likes": "likes"}
    gone = absent | null
    mine = [r for r in readings(found) if r.name_raw == LARGE]
    assert len(mine) == (0 if set(counters) <= gone else 1)
    for reading in mine:
        assert {a: getattr(reading, a) for a in counters.values()} == {
            a: None if k in gone else DETAIL[k] for k, a in counters.items()
        }
    [repo] = [r for r in repos(found) if r.name_raw == LARGE]
    assert repo.author == "openai"
    assert repo.licence_raw == (None if "tags" in gone else "apache-2.0")
    assert repo.is_gated is (None if "gated" in gone else False)
    assert repo.pipeline_tag == (None if "pipeline_tag" in gone else "text-generation")


Query = dict[str, list[str]]
Answer = tuple[int, dict[str, str], object]


@contextmanager
def play_hub(answer: Callable[[str, Query], Answer]) -> Iterator[tuple[FetchContext, list[str], list[str]]]:
    """A Hub on this machine; gives the context to read it with, what was reported and what was asked."""
    asked: list[str] = []
    reported: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked.append(self.path)
            model = unquote(parts.path).removeprefix("/api/models").strip("/")
            status, headers, body = answer(model, parse_qs(parts.query))
            raw = json.dumps(body).encode()
            self.send_response(status)
            for key, value in {**headers, "Content-Length": str(len(raw))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = {"HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}/", "derivatives_of": SMALL}
    try:
        with Session(
            "hf_hub", ("127.0.0.1",), max_bytes=1_000_000, now=lambda: AT, sleep=lambda seconds: None
        ) as session:
            yield FetchContext(session, (LARGE, SMALL), settings, reported.append), reported, asked
    finally:
        server.shutdown()
        server.server_close()


def fetch(context: FetchContext) -> list[Fetched]:
    return list(HfHub().fetch(context))


def test_models_come_first_then_every_page_of_derivatives() -> None:
    def answer(model: str, query: Query) -> Answer:
        if model:
            return 200, {}, {**DETAIL, "id": model}
        assert query["filter"] == [f"base_model:{SMALL}"]
        assert query["limit"] == ["500"]
        if "cursor" in query:
            return 200, {}, [{**QUANT, "id": "x/second"}]
        link = f'</api/models?filter=base_model:{SMALL}&limit=500&cursor=c>; rel="next"'
        return 200, {"Link": link}, [QUANT]

    with play_hub(answer) as (context, reported, asked):
        found = fetch(context)
    assert [f.name for f in found] == [
        f"model:{LARGE}",
        f"model:{SMALL}",
        f"derivatives:{SMALL}:page1",
        f"derivatives:{SMALL}:page2",
    ]
    assert all(f.complete for f in found) and reported == []
    named = parse_qs(urlsplit(asked[0]).query)["expand"]
    assert {"downloads", "downloadsAllTime", "likes", "tags"} <= set(named)
    parsed = parse(*(make_payload(f.body, f.name, key) for key, f in enumerate(found)))
    assert [r.name_raw for r in readings(parsed)] == [LARGE, SMALL, QUANT["id"], "x/second"]
    assert [r.base_repo_id for r in repos(parsed)] == [None, None, SMALL, SMALL]


def test_names_the_hub_no_longer_knows_are_dropped_once_for_all_models() -> None:
    def answer(model: str, query: Query) -> Answer:
        if {"childrenModelCount", "baseModels"} & set(query["expand"]):
            return 400, {}, {"error": '"expand" must be one of [author, ...]'}
        return 200, {}, {**DETAIL, "id": model} if model else [QUANT]

    with play_hub(answer) as (context, reported, asked):
        names = [f.name for f in fetch(context)]
    assert names == [f"model:{LARGE}", f"model:{SMALL}", f"derivatives:{SMALL}:page1"]
    assert len(asked) == 5
    assert reported == []


@pytest.mark.parametrize("status", [401, 404])
def test_a_model_that_is_gone_is_reported_and_the_rest_is_read(status: int) -> None:
    def answer(model: str, query: Query) -> Answer:
        if model == LARGE:
            return status, {}, {"error": "Invalid username or password."}
        return 200, {}, {**DETAIL, "id": model} if model else []

    with play_hub(answer) as (context, reported, _):
        names = [f.name for f in fetch(context)]
    assert names == [f"model:{SMALL}", f"derivatives:{SMALL}:page1"]
    assert [LARGE in sentence for sentence in reported] == [True]


def test_no_model_served_at_all_is_an_error() -> None:
    with (
        play_hub(lambda model, query: (401, {}, {"error": "no"})) as (context, _, _),
        pytest.raises(SourceError, match="none of the 2 tracked repositories"),
    ):
        fetch(context)


def test_a_hub_that_is_down_is_an_error_at_once() -> None:
    with play_hub(lambda model, query: (500, {}, {"error": "down"})) as (context, _, asked):
        with pytest.raises(SourceError, match="500"):
            fetch(context)
        assert len({urlsplit(path).path for path in asked}) == 1


def test_a_list_that_breaks_off_is_partial_and_reported() -> None:
    def answer(model: str, query: Query) -> Answer:
        if "cursor" in query:
            return 504, {}, {"error": "timeout"}
        link = {"Link": '</api/models?cursor=c>; rel="next"'}
        return 200, link, {**DETAIL, "id": model} if model else [QUANT]

    with play_hub(answer) as (context, reported, _):
        found = fetch(context)
    assert [(f.name.partition(":")[0], f.complete) for f in found] == [
        ("model", True),
        ("model", True),
        ("derivatives", False),
    ]
    assert ["broke off after 1 pages" in sentence for sentence in reported] == [True]


def test_a_renamed_model_is_followed_and_both_ids_are_kept() -> None:
    def answer(model: str, query: Query) -> Answer:
        if model == LARGE:
            return 307, {"Location": "/api/models/openai/new-name"}, {}
        return 200, {}, {**DETAIL, "id": model} if model else []

    with play_hub(answer) as (context, _, _):
        first = fetch(context)[0]
    repo = repos(parse(make_payload(first.body, first.name)))[0]
    assert (repo.name_raw, repo.asked_id) == ("openai/new-name", LARGE)


def test_the_caveats_are_one_paragraph_for_readers() -> None:
    assert HfHub.caveats().startswith("A download is a request")
