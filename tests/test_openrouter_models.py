"""OpenRouter's list: decimal strings, -1 that is no price, `:free`, repositories, and pages that stay on the host."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.http import Session
from ingest.source import FetchContext, ModelAttribute, Score, SourceError
from ingest.sources.openrouter_models import OpenrouterModels
from tests.price_play import parse, read_prices, read_refused
from tests.published.openrouter_models import LARGE, MODELS, URL, make_model, make_page
from tests.replay_server import Answer, ReplayServer

SOURCE = OpenrouterModels()
LIST = {"data": MODELS, "links": {"next": None}}


def test_a_string_per_token_is_a_number_per_million() -> None:
    found = {p.listing_id: p for p in read_prices(SOURCE, LIST)}
    assert (found[LARGE].input_usd_per_mtok, found[LARGE].output_usd_per_mtok) == (0.037, 0.17)
    assert found["openai/gpt-oss-20b"].cache_read_usd_per_mtok == 0.03
    assert {p.provider for p in found.values()} == {"openrouter"}


def test_minus_one_is_no_price_and_free_is_marked() -> None:
    found = {p.listing_id: p for p in read_prices(SOURCE, LIST)}
    auto, free = found["openrouter/auto"], found["openai/gpt-oss-20b:free"]
    assert (auto.input_usd_per_mtok, auto.output_usd_per_mtok, auto.flags) == (None, None, ("variable",))
    assert (free.input_usd_per_mtok, free.flags) == (0.0, ("free",))


def test_repositories_are_told_and_third_parties_indices_are_not() -> None:
    parsed = parse(SOURCE, LIST)
    told = {(a.name_raw, a.attribute, a.value) for a in parsed if isinstance(a, ModelAttribute)}
    assert (LARGE, "hub_repo_id", LARGE) in told and (
        "openai/gpt-oss-20b:free",
        "hub_repo_id",
        "openai/gpt-oss-20b",
    ) in told
    assert not [name for name, *_ in told if name.startswith("openrouter/")]
    assert not any(isinstance(item, Score) for item in parsed)


def test_a_dearer_price_for_long_prompts_is_a_tier() -> None:
    overrides = [{"min_prompt_tokens": 32000, "prompt": "0.0000001", "completion": "0.0000004"}]
    found = read_prices(SOURCE, {"data": [make_model("a/b", "0.00000003", "0.00000013", overrides=overrides)]})
    assert [(p.tier, p.input_usd_per_mtok, p.row_no) for p in found] == [("", 0.03, 0), ("context>32000", 0.1, 1)]


@pytest.mark.parametrize("price", ["-2", "NaN", "free", "", True])
def test_what_cannot_be_a_price_is_refused(price: Any) -> None:
    body = {"data": [make_model("a/b", price, "0"), *MODELS]}
    assert [r.reason.partition(":")[0] for r in read_refused(SOURCE, body)] == ["a/b"]
    assert len(read_prices(SOURCE, body)) == len(MODELS)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"data": []}', b'{"data": [{"id": ""}]}', b'{"error": 1}'])
def test_garbage_is_one_sentence(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^openrouter_models: list\.json is .*; open https://openrouter"):
        parse(SOURCE, body)


def fetch(bodies: dict[str, bytes]) -> tuple[list[tuple[str, bool]], list[str]]:
    """(name, whole) of each page fetched from a server that answers with some bodies, and what was reported."""
    said: list[str] = []
    with ReplayServer() as server:
        for url, body in bodies.items():
            server.reply(url, Answer(body))
        with Session(
            "openrouter_models",
            SOURCE.hosts,
            max_bytes=100_000,
            now=lambda: datetime(2026, 8, 1, tzinfo=UTC),
            mirror=server.url,
            sleep=lambda seconds: None,
        ) as session:
            pages = [(f.name, f.complete) for f in SOURCE.fetch(FetchContext(session, report=said.append))]
    return pages, said


def test_pages_are_followed_to_the_end() -> None:
    second = f"{URL}?page=2"
    whole = {URL: make_page(MODELS[:2], 4, second), second: make_page(MODELS[2:], 4)}
    assert fetch(whole) == ([("models.json", True), ("models.2.json", True)], [])
    short, said = fetch({URL: make_page(MODELS[:2], 4, second), second: make_page(MODELS[2:3], 4)})
    assert short[-1] == ("models.2.json", False) and "3 models where the list says it has 4" in said[0]


@pytest.mark.parametrize(
    "link", ["https://evil.example/api", "http://openrouter.ai/api/v1/models?page=2", "//evil.example/x"]
)
def test_a_next_page_on_another_host_is_refused(link: str) -> None:
    with pytest.raises(SourceError, match="another host: not followed"):
        fetch({URL: make_page(MODELS, 9, link)})


def test_pages_in_a_circle_end_in_a_sentence() -> None:
    with pytest.raises(SourceError, match="circle"):
        fetch({URL: make_page(MODELS, 9, URL)})
