"""LiteLLM's map: per token to per million, errors of unit kept, dated changes, and a table that delists nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import SourceError
from ingest.sources.litellm_prices import LitellmPrices
from tests.homes import ask, run_landscape
from tests.price_play import parse, read_prices, read_refused
from tests.published.litellm_prices import MAP, URL, make_entry

pytestmark = pytest.mark.usefixtures("newest_alone")

SOURCE = LitellmPrices()
HEADER = "date,litellm_key,litellm_provider,input_cost_per_token,output_cost_per_token,event,source\n"
WANDB = "wandb/openai/gpt-oss-120b"


def test_prices_are_per_million_and_a_unit_error_stays_as_stated() -> None:
    found = {p.listing_id: p for p in read_prices(SOURCE, MAP)}
    groq, wrong = found["groq/openai/gpt-oss-120b"], found[WANDB]
    assert (groq.name_raw, groq.provider, groq.context_tokens) == ("groq/openai/gpt-oss-120b", "groq", 131072)
    assert (groq.input_usd_per_mtok, groq.output_usd_per_mtok) == (0.15, 0.6)
    assert (wrong.input_usd_per_mtok, wrong.output_usd_per_mtok) == (15000.0, 60000.0)


def test_what_is_no_text_model_of_a_provider_is_no_row() -> None:
    found = {p.listing_id for p in read_prices(SOURCE, MAP)}
    assert found.isdisjoint({"sample_spec", "fallback_generalizations", "fireworks-ai-default", "cohere/embed-v4.0"})
    assert read_prices(SOURCE, {"x": make_entry("p", (1e-6, 2e-6), "responses"), "last_updated": "2025-08-10"})


def test_a_second_key_of_one_listing_is_marked_and_kept() -> None:
    flags = {p.listing_id: p.flags for p in read_prices(SOURCE, MAP) if p.provider == "fireworks_ai"}
    assert flags == {
        "fireworks_ai/accounts/fireworks/models/gpt-oss-120b": (),
        "fireworks_ai/gpt-oss-120b": ("duplicate",),
    }
    dearer = {
        "a/x": make_entry("p", (1e-6, 2e-6)),
        "b/x": make_entry("p", (3e-6, 4e-6)),
        "c/x": {**make_entry("q", (1e-6, 2e-6))},
    }
    assert [p.flags for p in read_prices(SOURCE, dearer)] == [(), (), ()]


@pytest.mark.parametrize("value", ["NaN", "-1e-7", '"x"', "true", "1e999"])
def test_a_price_that_cannot_be_one_is_refused_and_the_rest_read(value: str) -> None:
    text = json.dumps({"a": make_entry("p", (1, 1)), "b": make_entry("p", (1e-6, 1e-6))})
    body = text.replace('"input_cost_per_token": 1,', f'"input_cost_per_token": {value},', 1).encode()
    assert [p.listing_id for p in read_prices(SOURCE, body)] == ["b"]
    [refused] = read_refused(SOURCE, body)
    assert refused.reason.startswith("a: the price is")


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b"{}", b"null", b'{"a": 1}', b'{"sample_spec": {}}', b"[" * 9999]
)
def test_garbage_is_one_sentence(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^litellm_prices: list\.json is .*; open "):
        parse(SOURCE, body)


def test_changes_are_dated_rows_and_a_removal_is_none() -> None:
    rows = (
        "2025-09-23,w/x,wandb,0.015,0.06,added,a",
        "2026-01-02,w/x,,,,removed,a",
        "2026-01-03,w/x,wandb,x,1,changed,a",
    )
    body = HEADER + "\n".join(rows)
    [price] = read_prices(SOURCE, body.encode(), name="changes.csv")
    assert (price.observed_at, price.observed_kind) == (datetime(2025, 9, 23, tzinfo=UTC), "commit_date")
    assert price.input_usd_per_mtok == 15000.0
    assert len(read_refused(SOURCE, body.encode(), name="changes.csv")) == 1
    for broken in (b"<html>", HEADER.encode(), b"\xff\xfe"):
        with pytest.raises(SourceError, match="no table of changes"):
            parse(SOURCE, broken, name="changes.csv")


@given(st.dictionaries(st.text(min_size=1), st.tuples(st.floats(0, 1e-3), st.floats(0, 1e-3)), min_size=1))
def test_every_key_is_one_row_with_its_own_words(entries: dict[str, tuple[float, float]]) -> None:
    found = read_prices(SOURCE, {f"p/{key}": make_entry("p", price) for key, price in entries.items()})
    assert [p.listing_id for p in found] == [f"p/{key}" for key in entries]
    for price, (given_in, _) in zip(found, entries.values(), strict=True):
        assert price.input_usd_per_mtok == pytest.approx(given_in * 1e6, rel=1e-9, abs=1e-300)


def record(folder: Path, files: list[tuple[str, bytes, str, str, str]]) -> None:
    rows = ["source_id,path,url,observed_at,kind,licence,redistributable,note,complete,expected_rows"]
    for path, body, at, kind, complete in files:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(body)
        url = "" if path.endswith("csv") else URL
        rows.append(f"litellm_prices,{path},{url},{at},{kind},MIT,yes,,{complete},")
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n")


def test_a_table_of_changes_beside_a_whole_list_dates_prices_and_keeps_nothing_listed(tmp_path: Path) -> None:
    before: dict[str, Any] = {"groq/x": make_entry("groq", (1e-6, 1e-6)), "old/x": make_entry("old", (1e-6, 1e-6))}
    after = {"groq/x": make_entry("groq", (2e-6, 2e-6))}
    changes = "2026-02-03,groq/x,groq,2e-06,2e-06,changed,a\n2026-02-01,old/x,old,1e-06,1e-06,added,a\n"
    files = [
        ("a.json", json.dumps(before).encode(), "2026-01-01T00:00:00Z", "RECORDED", "yes"),
        ("b.json", json.dumps(after).encode(), "2026-03-01T00:00:00Z", "RECORDED", "yes"),
        ("changes.csv", (HEADER + changes).encode(), "2026-03-01T00:00:00Z", "DERIVED", "no"),
    ]
    record(tmp_path / "recordings", files)
    done = run_landscape(tmp_path / "home", "refresh", "--from", tmp_path / "recordings")
    assert done.exit_code == 0, done.output
    query = "select listing_id, input_usd_per_mtok as usd, is_listed from prices order by 1"
    assert ask(tmp_path / "home", query) == [
        {"listing_id": "groq/x", "usd": 2.0, "is_listed": True},
        {"listing_id": "old/x", "usd": 1.0, "is_listed": False},
    ]
    # Known by commit from 3 February on, though the whole list was read in March.
    assert [r["usd"] for r in ask(tmp_path / "home", query, "2026-02-02")] == [1.0, 1.0]
    assert [r["usd"] for r in ask(tmp_path / "home", query, "2026-02-04")] == [2.0, 1.0]
    assert len(ask(tmp_path / "home", "select distinct day from price_reads")) == 2
