"""genai-prices: tiers, periods, copied prices, and that a pattern prices no other model."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ingest.source import Price, SourceError
from ingest.sources.genai_prices import GenaiPrices
from tests.price_play import parse, read_prices, read_refused
from tests.published.genai_prices import BODIES, CHAT, COPIED, GROQ, O3, SONNET, make_model, make_provider

SOURCE = GenaiPrices()


def read(*models: dict[str, Any]) -> list[Price]:
    return read_prices(SOURCE, [make_provider("p", "P", *models)])


def test_groqs_gpt_oss_prices_itself_and_not_safeguard() -> None:
    found = read_prices(SOURCE, *BODIES.values())
    [groq] = [p for p in found if p.provider == "groq"]
    assert (groq.name_raw, groq.input_usd_per_mtok, groq.cache_read_usd_per_mtok) == (GROQ["id"], 0.15, 0.075)
    assert groq.context_tokens == 131072
    assert not [p for p in found if "safeguard" in p.name_raw]
    assert not [p for p in found if "embedding" in p.name_raw]


def test_a_period_by_date_begins_and_ends_where_the_next_begins() -> None:
    told = [(p.effective_from, p.effective_to, p.input_usd_per_mtok) for p in read(O3)]
    assert told == [(None, date(2025, 6, 10), 10.0), (date(2025, 6, 10), None, 2.0)]


def test_a_period_by_the_hour_is_a_tier() -> None:
    assert [(p.tier, p.input_usd_per_mtok) for p in read(CHAT)] == [("", 0.135), ("hours 00:30:00Z-16:30:00Z", 0.27)]


def test_a_length_of_prompt_is_a_tier() -> None:
    assert [(p.tier, p.input_usd_per_mtok, p.output_usd_per_mtok) for p in read(SONNET)] == [
        ("", 3.0, 15.0),
        ("context>200000", 6.0, 22.5),
    ]


def test_a_price_copied_from_a_router_is_marked() -> None:
    assert [p.flags for p in read(COPIED, make_model("x", {"input_mtok": 1, "output_mtok": 1}, deprecated=True))] == [
        ("copied",),
        ("deprecated",),
    ]


def test_an_entry_without_prices_is_a_listing_without_a_price() -> None:
    [free] = read(make_model("openai/gpt-oss-120b:free", {}))
    assert (free.input_usd_per_mtok, free.output_usd_per_mtok) == (None, None)


@pytest.mark.parametrize(
    "prices",
    [
        "x",
        [],
        {"input_mtok": -1, "output_mtok": 1},
        {"input_mtok": {"base": 1, "tiers": 5}, "output_mtok": 1},
        [{"constraint": {"region": "eu"}, "prices": {"input_mtok": 1, "output_mtok": 1}}],
        [{"constraint": {"start_date": "soon"}, "prices": {"input_mtok": 1, "output_mtok": 1}}],
    ],
)
def test_what_we_cannot_read_is_refused_and_the_rest_read(prices: object) -> None:
    body = [make_provider("p", "P", make_model("bad", prices), GROQ)]
    assert [r.reason[:3] for r in read_refused(SOURCE, body)] == ["p: "]
    assert [p.row_no for p in read_prices(SOURCE, body)] == [1]


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b"[]", b"[1]", b'[{"id": "a"}]', b'[{"id": "a", "models": []}]']
)
def test_garbage_is_one_sentence(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^genai_prices: list\.json is .*; open https://raw"):
        parse(SOURCE, body)
