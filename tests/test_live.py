"""All live clients at once, through `refresh --mirror`, against publishers played on this machine.

The bodies are in the publishers' own shapes (tests/publishers.py); what a single reader does with a broken
or odd body is tested beside that reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import orjson
import pytest
from click.testing import Result

import ingest.access
import ingest.refresh
from ingest.http import Session
from ingest.registry import Registry
from ingest.source import discover_sources
from ingest.store import DATA
from tests.homes import ask, copy_home, list_archived, run_landscape, take_fingerprint
from tests.publishers import ECI, HUB, LARGE, PRICES, SMALL, Edition
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

# In the order a run reads them: those it cannot do without come first.
SOURCES = tuple(
    s.source_id for s in sorted(discover_sources().values(), key=lambda s: (not s.required, s.source_id)) if s.enabled
)


@pytest.fixture(scope="module")
def no_seed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A project without a bundled seed, so that rows are those of the publishers played here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.refresh, "SEED", tmp_path_factory.mktemp("no-seed"))
        patch.setattr(ingest.access, "Session", partial(Session, sleep=lambda seconds: None))
        yield


@pytest.fixture(scope="module")
def first(no_seed: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result, ReplayServer]:
    """A home after its first live refresh, what the command said, and what the publishers were asked."""
    home = tmp_path_factory.mktemp("live")
    with ReplayServer() as server:
        Edition().serve(server)
        return home, run_landscape(home, "refresh", "--mirror", server.url), server


@pytest.fixture
def home(first: tuple[Path, Result, ReplayServer], tmp_path: Path) -> Path:
    """A copy of the home after the first refresh."""
    return copy_home(first[0], tmp_path / "home")


def refresh(home: Path, edition: Edition, *words: str) -> tuple[Result, ReplayServer]:
    with ReplayServer() as server:
        edition.serve(server)
        return run_landscape(home, "refresh", "--mirror", server.url, *words), server


def test_a_first_refresh_reads_every_source_and_publishes(first: tuple[Path, Result, ReplayServer]) -> None:
    home, done, server = first
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines if "rows added from 1 new snapshot(s)" in line] == list(SOURCES)
    assert lines[-1] == "published"
    assert server.unscripted == []
    states = {s["source_id"]: s for s in orjson.loads(run_landscape(home, "status", "--json").stdout)}
    assert {s: states[s]["rows"] > 0 for s in SOURCES} == dict.fromkeys(SOURCES, True)
    assert all(states[s]["last_failure"] is None and states[s]["age_days"] is not None for s in SOURCES)


def test_values_come_out_as_the_publishers_served_them(first: tuple[Path, Result, ReplayServer]) -> None:
    home = first[0]
    assert ask(
        home,
        "select name_raw, value, low, high, model_id from scores where benchmark_id = 'eci' "
        "order by value desc limit 3",
    ) == [
        {"name_raw": "GPT-5", "value": 150.0, "low": None, "high": None, "model_id": "openai/gpt-5"},
        {"name_raw": "o4-mini", "value": 146.31, "low": 143.87, "high": 147.86, "model_id": "openai/o4-mini"},
        {"name_raw": "gpt-oss-120b", "value": 140.48, "low": 135.71, "high": 143.25, "model_id": LARGE},
    ]
    assert ask(
        home,
        "select value, n, rank, edition::varchar as day from scores where board = 'text' and model_id = "
        f"'{LARGE}' order by edition",
    ) == [
        {"value": 1365.167, "n": 31158.0, "rank": 2, "day": "2025-12-05"},
        {"value": 1365.167, "n": 31158.0, "rank": 2, "day": "2025-12-11"},
    ]
    assert ask(
        home,
        "select paid_listings, paid_providers, paid_routers, free_listings, unpriced_listings, "
        "floor_usd_per_mtok, "
        f"median_usd_per_mtok, floor_provider from price_summary where model_id = '{LARGE}' "
        "and source_id = 'models_dev'",
    ) == [
        {
            "paid_listings": 3,
            "paid_providers": 3,
            "paid_routers": 1,
            "free_listings": 1,
            "unpriced_listings": 1,
            "floor_usd_per_mtok": 0.06,
            "median_usd_per_mtok": 0.07675,
            "floor_provider": "openrouter",
        }
    ]


def test_the_hub_is_asked_for_every_tracked_model_and_every_page_of_derivatives(
    first: tuple[Path, Result, ReplayServer],
) -> None:
    home, _, server = first
    tracked = Registry.load(DATA).tracked_repo_ids
    assert {
        r["repo_id"] for r in ask(home, "select repo_id from hub_readings where downloads_all_time is not null")
    } == set(tracked)
    assert ask(
        home,
        "select base_repo_id, relation, count(*) as n from hub_repos "
        f"where base_repo_id in ('{SMALL}', '{LARGE}') "
        "group by all order by all",
    ) == [
        {"base_repo_id": LARGE, "relation": "quantized", "n": 3},
        {"base_repo_id": SMALL, "relation": "quantized", "n": 3},
    ]
    assert server.hits(f"{HUB}/api/models?filter=base_model:{LARGE}") == 2
    assert ask(home, "select downloads_30d from hub_readings where repo_id = 'unsloth/gpt-oss-120b-GGUF-0'") == [
        {"downloads_30d": 0}
    ]


def test_history_is_read_once_and_then_only_what_is_new(first: tuple[Path, Result, ReplayServer], home: Path) -> None:
    assert [r.path.rpartition("/")[2] for r in first[2].requests if "leaderboard-dataset" in r.path] == [
        "full-00000-of-00001.parquet"
    ] * 2 + ["latest-00000-of-00001.parquet"] * 2
    _, server = refresh(home, Edition())
    assert [r.path.rpartition("/")[2] for r in server.requests if "leaderboard-dataset" in r.path] == [
        "latest-00000-of-00001.parquet"
    ] * 2


def test_a_home_with_the_seed_reads_the_publishers_history_all_the_same(
    small_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = tmp_path / "seed"
    assert run_landscape(copy_home(small_home, tmp_path / "copy"), "seed", "--to", seed).exit_code == 0
    monkeypatch.setattr(ingest.refresh, "SEED", seed)
    done, server = refresh(tmp_path / "home", Edition(arena_days=("2023-05-08", "2025-12-11")), "lmarena")
    assert done.exit_code == 0, done.output
    assert sum("full-00000" in r.path for r in server.requests) == 2
    days = ask(
        tmp_path / "home",
        "select distinct edition::varchar as day from scores where board = 'text' order by 1",
    )
    assert [r["day"] for r in days] == ["2023-05-08", "2025-12-11", "2025-12-16"]


def test_an_unchanged_world_answers_304_adds_nothing_and_archives_nothing(home: Path) -> None:
    before, archived = take_fingerprint(home), list_archived(home)
    done, _ = refresh(home, Edition())
    assert done.exit_code == 0, done.output
    for source in SOURCES:
        assert f"{source}: 0 rows added from 0 new snapshot(s)" in done.stdout
    assert list_archived(home) == archived
    assert take_fingerprint(home) == before
    counts = ask(
        home,
        "select source_id, count(*) filter (status = 304) as unchanged, count(*) as asked from logs.fetches "
        "where run_id = (select run_id from logs.runs order by started_at desc limit 1) "
        "group by all order by all",
    )
    unchanged = {r["source_id"]: (r["unchanged"], r["asked"]) for r in counts}
    assert {s: unchanged[s] for s in ("epoch_eci", "lmarena", "models_dev")} == {
        "epoch_eci": (3, 3),
        "lmarena": (2, 2),
        "models_dev": (2, 2),
    }


def test_a_changed_price_and_a_dropped_listing_are_one_row_each(home: Path) -> None:
    prices = {**PRICES, ("groq", LARGE): (0.1, 0.5)}
    del prices["deepinfra", LARGE]
    done, _ = refresh(home, Edition(prices=prices))
    assert "models_dev: 2 rows added from 1 new snapshot(s)" in done.stdout
    rows = ask(
        home,
        "select provider, input_usd_per_mtok, is_listed from prices_history where payload_key = "
        "(select payload_key from prices_history order by observed_at desc, revision desc limit 1) "
        "order by revision",
    )
    assert sorted((r["provider"], r["input_usd_per_mtok"], r["is_listed"]) for r in rows[-2:]) == [
        ("deepinfra", 0.039, False),
        ("groq", 0.1, True),
    ]


def test_a_refit_keeps_the_old_value_in_history(home: Path) -> None:
    refit = {**ECI, "gpt-oss-120b": ("139.93", "135.23", "142.78", *ECI["gpt-oss-120b"][3:])}
    done, _ = refresh(home, Edition(eci=refit), "epoch_eci")
    assert done.exit_code == 0, done.output
    history = ask(
        home,
        f"select value from scores_history where benchmark_id = 'eci' and model_id = '{LARGE}' order by revision",
    )
    assert [r["value"] for r in history] == [140.48, 139.93]
    now = ask(home, f"select value from scores_latest where benchmark_id = 'eci' and model_id = '{LARGE}'")
    assert now == [{"value": 139.93}]


def test_a_new_reading_of_the_hub_is_a_row_and_what_did_not_change_is_none(home: Path) -> None:
    tracked = len(Registry.load(DATA).tracked_repo_ids)
    done, _ = refresh(home, Edition(downloads=4_300_000), "hf_hub")
    readings = ask(home, "select count(*) as n, count(distinct read_at) as times from hub_readings")
    if readings[0]["times"] == 2:  # two runs within one second would be one reading
        assert readings[0]["n"] == 2 * (tracked + 6)
    assert ask(home, "select count(*) as n from repos_history") == [{"n": tracked + 6}]
    assert "hf_hub: FAILED" not in done.stdout
