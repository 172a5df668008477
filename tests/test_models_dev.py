"""models.dev's parser: prices and facts exactly as stated, and nothing where nothing is stated.

Bodies are written by hand in the publisher's shape with true figures; the last tests read the recorded ones.
"""

from __future__ import annotations

import csv
import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http import Session
from ingest.source import FetchContext, ModelAttribute, Parsed, Payload, Price, Refused, Snapshot, SourceError
from ingest.sources.models_dev import ModelsDev

AT = datetime(2026, 5, 13, 1, 44, tzinfo=UTC)
API, MODELS = "https://models.dev/api.json", "https://models.dev/models.json"
GROQ = {"input": 0.15, "output": 0.6, "cache_read": 0.075}


def parse(body: bytes | object, url: str = API) -> list[Parsed]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    payload = Payload(
        7,
        "models_dev",
        url.rpartition("/")[2],
        url,
        raw,
        AT,
        "recorded",
        AT,
        AT,
        "RECORDED",
        "MIT",
        "yes",
        complete=True,
    )
    return list(ModelsDev().parse(Snapshot("s", "models_dev", AT, (payload,))))


def catalogue(listing: object, listing_id: str = "openai/gpt-oss-120b") -> dict[str, Any]:
    return {"groq": {"id": "groq", "name": "Groq", "models": {listing_id: listing}}}


def prices(body: object) -> list[Price]:
    return [p for p in parse(body) if isinstance(p, Price)]


def attributes(entry: object, name: str = "openai/gpt-oss-120b") -> dict[str, str]:
    return {a.attribute: a.value for a in parse({name: entry}, MODELS) if isinstance(a, ModelAttribute)}


def test_a_listing_keeps_its_id_verbatim_and_its_stated_prices() -> None:
    [price] = prices(catalogue({"cost": GROQ, "limit": {"context": 131072}}, "accounts/f/gpt-oss:120B"))
    assert (price.name_raw, price.listing_id) == ("accounts/f/gpt-oss:120B",) * 2
    assert (price.provider, price.provider_name, price.tier) == ("groq", "Groq", "")
    assert (price.input_usd_per_mtok, price.output_usd_per_mtok) == (0.15, 0.6)
    assert price.cache_read_usd_per_mtok == 0.075
    assert price.context_tokens == 131072
    assert price.effective_from is None


def test_a_zero_price_stays_zero_and_an_absent_one_is_unknown() -> None:
    [free] = prices(catalogue({"cost": {"input": 0, "output": 0}}))
    [unknown] = prices(catalogue({}))
    assert (free.input_usd_per_mtok, free.cache_read_usd_per_mtok) == (0.0, None)
    assert (unknown.input_usd_per_mtok, unknown.output_usd_per_mtok) == (None, None)


def test_a_context_of_zero_is_unknown() -> None:
    assert prices(catalogue({"limit": {"context": 0, "output": 0}}))[0].context_tokens is None


def test_float_noise_is_rounded_away_and_true_digits_stay() -> None:
    [price] = prices(catalogue({"cost": {"input": 0.049999999999999996, "output": 0.144656}}))
    assert (price.input_usd_per_mtok, price.output_usd_per_mtok) == (0.05, 0.144656)


def test_tiers_are_rows_of_their_own_beside_the_base_price() -> None:
    tiers = [{"input": 2, "output": 6, "tier": {"type": "context", "size": 256000}}]
    found = prices(catalogue({"cost": {"input": 1, "output": 3, "tiers": tiers}}))
    assert [(p.tier, p.input_usd_per_mtok) for p in found] == [("", 1.0), ("context>256000", 2.0)]
    assert [p.row_no for p in found] == [0, 1]


def test_context_over_200k_counts_alone_but_not_beside_the_tier_it_repeats() -> None:
    over = {"input": 6, "output": 22.5}
    tiers = [{**over, "tier": {"type": "context", "size": 256000}}]
    alone = prices(catalogue({"cost": {"input": 3, "context_over_200k": over}}))
    beside = prices(catalogue({"cost": {"input": 3, "context_over_200k": over, "tiers": tiers}}))
    assert [p.tier for p in alone] == ["", "context>200000"]
    assert [p.tier for p in beside] == ["", "context>256000"]


def test_status_and_experimental_are_flags() -> None:
    assert prices(catalogue({"status": "deprecated"}))[0].flags == ("deprecated",)
    assert prices(catalogue({"status": "beta", "experimental": True}))[0].flags == ("beta", "experimental")
    assert prices(catalogue({"experimental": {"modes": {"fast": {}}}}))[0].flags == ()


@pytest.mark.parametrize("value", ["-1", "NaN", "Infinity", "1e999", '"0.1"', "true", "[1]", "1" + "0" * 400])
def test_a_price_that_cannot_be_one_is_refused_with_its_row(value: str) -> None:
    body = f'{{"groq": {{"models": {{"a": {{"cost": {{"input": {value}, "output": 1}}}}, "b": {{}}}}}}}}'
    refused, good = parse(body.encode())
    assert isinstance(refused, Refused)
    assert "groq / a" in refused.reason
    assert json.loads(refused.row_json)["id"] == "a"
    assert isinstance(good, Price)
    assert (good.listing_id, good.row_no) == ("b", 1)


def test_a_provider_without_models_is_passed_over() -> None:
    assert len(prices({"empty": {"id": "empty"}, "none": {"models": {}}, **catalogue({})})) == 1


@pytest.mark.parametrize("url", [API, MODELS])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!DOCTYPE html><html></html>",
        b"\x1f\x8b\x08cut",
        b"[]",
        b"{}",
        b"null",
        b"\xff\xfe",
        b'{"error": "down"}',
        b'{"error": {"message": "down"}}',
        b"[" * 100_000,
    ],
)
def test_garbage_is_one_readable_error(body: bytes, url: str) -> None:
    with pytest.raises(SourceError, match=r"^models_dev: (api|models)\.json is .* open https://models\.dev"):
        parse(body, url)


def test_swapped_bodies_are_refused() -> None:
    with pytest.raises(SourceError, match="providers where lab models"):
        parse(catalogue({}), MODELS)
    with pytest.raises(SourceError, match="without a single listing"):
        parse({"openai/gpt-oss-120b": {"name": "GPT OSS 120B"}}, API)


def test_a_lab_model_says_what_its_entry_says() -> None:
    assert attributes(
        {
            "name": "GPT OSS 120B",
            "family": "gpt-oss",
            "release_date": "2025-08-05",
            "open_weights": True,
            "weights": [
                {"label": "GGUF", "url": "https://huggingface.co/x/y"},
                {"label": "Hugging Face", "url": "https://huggingface.co/openai/gpt-oss-120b/tree/main"},
            ],
        }
    ) == {
        "name": "GPT OSS 120B",
        "developer": "openai",
        "released_on": "2025-08-05",
        "family": "gpt-oss",
        "open_weights": "true",
        "hub_repo_id": "openai/gpt-oss-120b",
    }


def test_a_quantised_copy_is_not_the_repository_of_a_model() -> None:
    copy = {"label": "Hugging Face (FP8)", "url": "https://huggingface.co/a/b-FP8", "quantization": "fp8"}
    assert "hub_repo_id" not in attributes({"name": "x", "weights": [copy]})
    other = {"label": "Weights", "url": "https://huggingface.co/a/b"}
    assert attributes({"weights": [copy, other]})["hub_repo_id"] == "a/b"


@pytest.mark.parametrize(
    "text, kept",
    [
        ("2025-08", True),
        ("2025-08-05", True),
        ("2025-02-30", False),
        ("2025-13", False),
        ("Aug 2025", False),
        ("2025", False),
        ("", False),
        ("20250805", False),
    ],
)
def test_only_a_real_date_is_a_release_date(text: str, kept: bool) -> None:
    assert attributes({"release_date": text}).get("released_on") == (text if kept else None)


@pytest.mark.parametrize(
    "url",
    [
        "https://huggingface.co/openai",
        "https://huggingface.co/datasets/a/b",
        "https://modelscope.cn/models/a/b",
        "https://huggingface.co.evil.net/a/b",
        "http://[x/a/b",
        "not a url",
        None,
    ],
)
def test_an_address_that_is_no_hub_model_names_no_repository(url: object) -> None:
    assert "hub_repo_id" not in attributes({"name": "x", "weights": [{"label": "Hugging Face", "url": url}]})


def test_a_lab_model_of_the_wrong_shape_is_refused() -> None:
    found = parse({"a/b": {"open_weights": "yes"}, "a/c": {"name": "C"}}, MODELS)
    assert isinstance(found[0], Refused)
    assert [a.name_raw for a in found[1:] if isinstance(a, ModelAttribute)] == ["a/c", "a/c"]


amounts = st.one_of(st.integers(0, 600), st.floats(0, 600, allow_nan=False))
costs = st.fixed_dictionaries({}, optional=dict.fromkeys(["input", "output", "cache_read"], amounts))
limits = st.fixed_dictionaries({}, optional={"context": st.integers(0, 10**7)})
listings = st.fixed_dictionaries(
    {},
    optional={
        "name": st.text(),
        "cost": costs,
        "limit": limits,
        "status": st.sampled_from(["alpha", "beta", "deprecated"]),
        "open_weights": st.booleans(),
    },
)


@given(st.dictionaries(st.text(min_size=1), listings, min_size=1), st.randoms())
def test_any_subset_of_keys_in_any_order_gives_the_same_prices_and_no_zero_of_ours(
    models: dict[str, dict[str, Any]], random: Any
) -> None:
    shuffled = list(models.items())
    random.shuffle(shuffled)
    turned = {k: dict(reversed(v.items())) for k, v in shuffled}
    one, other = prices({"p": {"models": models}}), prices({"p": {"models": turned}})

    def contents(found: list[Price]) -> list[str]:
        return sorted(repr(replace(p, row_no=0)) for p in found)

    assert contents(one) == contents(other)
    for price in one:
        stated = models[price.listing_id].get("cost", {})
        for key, value in (
            ("input", price.input_usd_per_mtok),
            ("output", price.output_usd_per_mtok),
            ("cache_read", price.cache_read_usd_per_mtok),
        ):
            assert (value is None) == (key not in stated)
            if value is not None:
                assert value == pytest.approx(stated[key], rel=1e-9)


def test_the_recorded_catalogues_give_the_known_gpt_oss_prices(shared_sources: Path) -> None:
    paid_counts, floors = [], []
    with (shared_sources / "manifest.csv").open() as f:
        rows = sorted((r for r in csv.DictReader(f) if r["url"] == API), key=lambda r: r["observed_at"])
    for row in rows:
        found = parse((shared_sources / row["path"]).read_bytes())
        assert not any(isinstance(p, Refused) for p in found)
        blends = []
        for p in found:
            if not isinstance(p, Price) or p.tier or "gpt-oss-120b" not in p.listing_id.replace(":", "-"):
                continue
            if p.input_usd_per_mtok is not None and p.output_usd_per_mtok is not None:
                blends.append((3 * p.input_usd_per_mtok + p.output_usd_per_mtok) / 4)
        paid_counts.append(sum(b > 0 for b in blends))
        floors.append(min(b for b in blends if b > 0))
    assert paid_counts == [4, 12, 27, 44, 46]
    assert (round(floors[0], 6), round(floors[-1], 6)) == (0.2625, 0.06)


def test_the_recorded_lab_models_name_their_hub_repositories(shared_sources: Path) -> None:
    parsed = parse((shared_sources / "models_dev/models.json").read_bytes(), MODELS)
    found = [a for a in parsed if isinstance(a, ModelAttribute)]
    repos = {a.name_raw: a.value for a in found if a.attribute == "hub_repo_id"}
    assert len(repos) == 82
    assert repos["openai/gpt-oss-120b"] == "openai/gpt-oss-120b"
    assert repos["deepreinforce/ornith-1.0-397b"] == "deepreinforce-ai/Ornith-1.0-397B"


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_a_snapshot_is_both_files_under_their_names(tmp_path: Path) -> None:
    (tmp_path / "models.dev").mkdir()
    (tmp_path / "models.dev/api.json").write_text(json.dumps(catalogue({"cost": GROQ})))
    (tmp_path / "models.dev/models.json").write_text('{"openai/gpt-oss-120b": {"name": "GPT OSS 120B"}}')
    with HTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with Session(
            "models_dev",
            ModelsDev.hosts,
            max_bytes=10_000,
            now=lambda: AT,
            mirror=f"http://127.0.0.1:{server.server_port}",
        ) as session:
            read = [(f.name, f.url, f.complete) for f in ModelsDev().fetch(FetchContext(session))]
            (tmp_path / "models.dev/models.json").unlink()
            with pytest.raises(SourceError, match=r"models\.json"):
                list(ModelsDev().fetch(FetchContext(session)))
        server.shutdown()
    assert read == [("api.json", API, True), ("models.json", MODELS, True)]


def test_the_caveats_are_one_paragraph_for_readers() -> None:
    assert ModelsDev.caveats().startswith("Volunteers keep it")
    assert ModelsDev.scopes == {"prices": ()}
