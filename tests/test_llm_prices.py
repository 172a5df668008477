"""llm-prices.com: dated changes, a tier by its name, and a current list beside its history."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.source import SourceError
from ingest.sources.llm_prices import LlmPrices
from tests.price_play import parse, read_prices, read_refused
from tests.published.llm_prices import RECORDS, make_record

SOURCE = LlmPrices()


def test_dates_tiers_and_prices_stand_as_stated() -> None:
    now, before, plain, long = read_prices(SOURCE, {"prices": RECORDS})
    assert (now.effective_from, now.effective_to, now.input_usd_per_mtok) == (date(2025, 2, 8), None, 0.27)
    assert (before.effective_from, before.effective_to) == (None, date(2025, 2, 8))
    assert (plain.provider, plain.tier, plain.effective_from) == ("openai", "", None)
    assert long.tier == "context>272000"


def test_a_current_list_beside_its_history_adds_only_what_that_lacks() -> None:
    extra = make_record("new", "xai", "New", (1, 2))
    current = {"prices": [{k: v for k, v in r.items() if not k.endswith("_date")} for r in [*RECORDS, extra]]}
    found = read_prices(SOURCE, current, {"prices": RECORDS})
    assert [(p.payload_key, p.listing_id) for p in found if p.payload_key == 1] == [(1, "new")]
    assert len(read_prices(SOURCE, current)) == len(RECORDS) + 1


def test_a_broken_record_is_refused_and_garbage_is_one_sentence() -> None:
    body = {"prices": [make_record("x", "", "X", (1, 1)), make_record("y", "v", "Y", (-1, 1)), RECORDS[2]]}
    assert len(read_refused(SOURCE, body)) == 2 and len(read_prices(SOURCE, body)) == 1
    for garbage in (b"", b"<html>", b"{}", b'{"prices": []}', b"[]"):
        with pytest.raises(SourceError, match=r"^llm_prices: list\.json is .*; open https://www"):
            parse(SOURCE, garbage)
