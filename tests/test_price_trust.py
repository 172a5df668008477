"""Two lists that agree make a price trusted; an outlier is flagged with its reason, left out, and never deleted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ingest.providers import read_provider_names
from ingest.registry import RegistryError
from ingest.store import DATA
from tests.homes import ask, run_landscape
from tests.published.genai_prices import make_model, make_provider
from tests.published.litellm_prices import URL, make_entry
from tests.published.openrouter_models import make_model as make_listing
from tests.published.openrouter_models import make_page

LARGE = "openai/gpt-oss-120b"
API = "https://models.dev/api.json"
GENAI = "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/data.json"
ROUTER = "https://openrouter.ai/api/v1/models"
# What six providers ask in models.dev's list of July; W & B's and Nebius's words differ in LiteLLM's of June.
HOSTS = {
    "groq": (0.15, 0.6),
    "cerebras": (0.35, 0.75),
    "wandb": (0.15, 0.6),
    "deepinfra": (0.039, 0.19),
    "openrouter": (0.03, 0.15),
    "cloudferro-sherlock": (29.2, 29.2),
}


def write_home(folder: Path, days: Mapping[str, Mapping[str, bytes]]) -> Path:
    """A home of recordings: day, read at noon, or instant -> url -> body."""
    rows = ["source_id,path,url,observed_at,kind,licence,redistributable,note,complete,expected_rows"]
    sources = {API: "models_dev", URL: "litellm_prices", GENAI: "genai_prices", ROUTER: "openrouter_models"}
    for day, bodies in days.items():
        for url, body in bodies.items():
            path = f"{sources[url]}-{day.replace(':', '')}.json"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(body)
            at = day if "T" in day else f"{day}T12:00:00Z"
            rows.append(f"{sources[url]},{path},{url},{at},RECORDED,MIT,yes,,yes,")
    (folder / "manifest.csv").write_text("\n".join(rows) + "\n")
    done = run_landscape(folder / "home", "refresh", "--from", folder)
    assert done.exit_code == 0, done.output
    return folder / "home"


def list_models_dev(hosts: Mapping[str, tuple[float, float]] = HOSTS) -> bytes:
    entries: dict[str, Any] = {
        host: {"id": host, "name": host, "models": {LARGE: {"cost": {"input": price[0], "output": price[1]}}}}
        for host, price in hosts.items()
    }
    return json.dumps(entries).encode()


def list_litellm(**more: tuple[float, float]) -> bytes:
    """Groq as models.dev has it within 5 %, Cerebras not, wandb a hundred thousand times too dear."""
    prices = {"groq": (0.157, 0.6), "cerebras": (0.25, 0.69), "wandb": (15000, 60000), **more}
    entries = {f"{p}/{LARGE}": make_entry(p, (i / 1e6, o / 1e6)) for p, (i, o) in prices.items()}
    return json.dumps(entries).encode()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    copied = make_model(
        LARGE, {"input_mtok": 0.039, "output_mtok": 0.19}, price_comments="Imported from OpenRouter pricing"
    )
    genai = [
        make_provider("fireworks", "Fireworks", make_model(LARGE, {"input_mtok": 0.15, "output_mtok": 0.6}), copied)
    ]
    days = {
        "2026-06-20": {URL: list_litellm(), GENAI: json.dumps(genai).encode()},
        "2026-06-25": {ROUTER: make_page([make_listing(LARGE, "0.000000039", "0.00000018", LARGE)], 1)},
        "2026-07-02": {API: list_models_dev()},
    }
    return write_home(tmp_path_factory.mktemp("trust"), days)


def read_trust(home: Path, source: str = "models_dev", as_of: str | None = None) -> dict[str, str]:
    rows = ask(home, f"select provider, trust from price_trust where source_id = '{source}'", as_of)
    return {r["provider"]: r["trust"] for r in rows}


def test_a_second_list_within_five_per_cent_makes_a_price_trusted(home: Path) -> None:
    assert read_trust(home) == {
        "groq": "two_sources",
        "cerebras": "disputed",
        "wandb": "one_source",
        "deepinfra": "one_source",
        "openrouter": "disputed",
        "cloudferro-sherlock": "outlier",
    }
    assert read_trust(home, "openrouter_models") == {"openrouter": "first_party"}
    [groq] = ask(
        home, "select agreeing, differing from price_trust where source_id = 'models_dev' and provider = 'groq'"
    )
    assert (groq["agreeing"], groq["differing"]) == (["litellm_prices"], None)


def test_fifteen_thousand_dollars_are_flagged_left_out_and_kept(home: Path) -> None:
    flagged = ask(home, "select source_id, provider, reason from price_outliers order by all")
    assert flagged == [
        {"source_id": "litellm_prices", "provider": "wandb", "reason": "above $1,000 a million tokens"},
        {"source_id": "models_dev", "provider": "cloudferro-sherlock", "reason": "111 times the median of 7 providers"},
    ]
    [kept] = ask(home, "select input_usd_per_mtok as usd, is_listed from prices where listing_id like 'wandb/%'")
    assert kept == {"usd": 15000.0, "is_listed": True}
    summary = (
        "select paid_listings as paid, outlier_listings as apart, ceiling_usd_per_mtok as ceiling from price_summary"
    )
    assert ask(home, f"{summary} where source_id = 'litellm_prices'") == [{"paid": 2, "apart": 1, "ceiling": 0.36}]
    assert ask(home, f"{summary} where source_id = 'models_dev'") == [{"paid": 5, "apart": 1, "ceiling": 0.45}]


def test_as_of_a_date_only_what_was_known_then_speaks(home: Path, tmp_path: Path) -> None:
    assert read_trust(home, as_of="2026-07-01") == {}
    alone = write_home(tmp_path, {"2026-07-02": {API: list_models_dev()}, "2026-07-09": {URL: list_litellm()}})
    # LiteLLM was read a week later: on the day of models.dev's list it had not spoken.
    assert read_trust(alone)["groq"] == "one_source"
    assert read_trust(alone, "litellm_prices")["groq"] == "two_sources"


def test_a_day_read_twice_says_at_noon_what_was_known_at_noon(tmp_path: Path) -> None:
    """CloudFerro asks 29.2 in the morning's list and 0.3 in the evening's: each read is judged by itself."""
    days = {
        "2026-07-02T08:00:00Z": {API: list_models_dev()},
        "2026-07-02T20:00:00Z": {API: list_models_dev({**HOSTS, "cloudferro-sherlock": (0.3, 0.3)})},
    }
    twice = write_home(tmp_path, days)
    asked = (
        "select paid_listings as paid, outlier_listings as apart, ceiling_usd_per_mtok as ceiling from price_summary"
    )
    at_noon, at_night = (ask(twice, asked, f"2026-07-02T{hour}:00:00Z") for hour in (12, 23))
    assert at_noon == [{"paid": 5, "apart": 1, "ceiling": 0.45}] and at_night == [
        {"paid": 6, "apart": 0, "ceiling": 0.45}
    ]
    assert ask(twice, asked) == at_night and ask(twice, "select * from price_outliers") == []
    [outlier] = ask(twice, "select provider, day::varchar as day from price_outliers", "2026-07-02T12:00:00Z")
    assert outlier == {"provider": "cloudferro-sherlock", "day": "2026-07-02"}


def test_a_list_not_read_for_half_a_year_has_no_voice(tmp_path: Path) -> None:
    old = write_home(tmp_path, {"2025-12-20": {URL: list_litellm()}, "2026-07-02": {API: list_models_dev()}})
    assert read_trust(old)["groq"] == "one_source"


def test_two_providers_do_not_make_a_market(tmp_path: Path) -> None:
    two = write_home(tmp_path, {"2026-07-02": {API: list_models_dev({"groq": (0.1, 0.1), "wandb": (9, 9)})}})
    assert ask(two, "select * from price_outliers") == []


def test_a_second_key_of_one_listing_counts_once(tmp_path: Path) -> None:
    entries = {key: make_entry("groq", (1.5e-7, 6e-7)) for key in (f"groq/{LARGE}", "groq/gpt-oss-120b")}
    entries[f"cerebras/{LARGE}"] = make_entry("cerebras", (3.5e-7, 7.5e-7))
    once = write_home(tmp_path, {"2026-07-02": {URL: json.dumps(entries).encode()}})
    [row] = ask(once, "select paid_listings as paid, median_usd_per_mtok as median from price_summary")
    assert row == {"paid": 2, "median": round((0.2625 + 0.45) / 2, 6)}
    assert len(ask(once, "select * from prices where is_listed")) == 3


def test_a_providers_word_means_one_provider(tmp_path: Path) -> None:
    rows = read_provider_names(DATA / "providers.toml")
    assert {r["provider_id"] for r in rows if r["source_id"] == "litellm_prices" and r["provider"] == "bedrock"} == {
        "amazon-bedrock"
    }
    twice = '[[provider]]\nid = "a"\nname = "A"\nx = ["w"]\n[[provider]]\nid = "b"\nname = "B"\nx = ["w"]\n'
    (tmp_path / "providers.toml").write_text(twice)
    with pytest.raises(RegistryError, match="x's 'w' means both a and b; keep one"):
        read_provider_names(tmp_path / "providers.toml")


def test_the_recorded_lists_confirm_a_third_of_the_hosts_and_flag_wandb(published_home: Path) -> None:
    trust = read_trust_of(published_home)
    assert sum(t == "two_sources" for t in trust.values()) == 10 and len(trust) == 43
    wrong = ask(
        published_home,
        f"""select day::varchar as day from price_outliers where source_id = 'litellm_prices' and provider = 'wandb'
            and model_id = '{LARGE}' order by day""",
    )
    assert [r["day"] for r in wrong] == ["2025-11-27", "2026-03-31", "2026-07-30"]
    variable = ask(published_home, "select count(*) as n from prices where list_contains(flags, 'variable')")[0]["n"]
    assert variable > 0
    assert (
        ask(
            published_home,
            "select * from prices where list_contains(flags, 'variable') and input_usd_per_mtok is not null",
        )
        == []
    )


def read_trust_of(home: Path) -> dict[str, str]:
    """Provider -> its best standing for gpt-oss-120b."""
    rank = ("two_sources", "first_party", "disputed", "one_source", "outlier")
    found: dict[str, str] = {}
    query = f"select provider, trust from price_trust where source_id = 'models_dev' and model_id = '{LARGE}'"
    for row in ask(home, query):
        found[row["provider"]] = min(found.get(row["provider"], row["trust"]), row["trust"], key=rank.index)
    return found
