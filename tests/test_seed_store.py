"""A seed stored at once is the seed read source by source, and nothing else is stored so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

import ingest.refresh
from ingest.fold import KIND_BY_NAME
from ingest.kept import _make_key, is_kept_of
from ingest.refresh import RunReport, build_from_seed, open_work
from ingest.store import SEED, StoreError
from tests.homes import copy_home, use_home


def build(home: Path, monkeypatch: pytest.MonkeyPatch, *, at_once: bool, seed: Path = SEED) -> RunReport:
    """A home from a seed whose outcomes are, or are not, known to be kept; it is not published."""
    monkeypatch.setattr(ingest.refresh, "SEED", seed)
    monkeypatch.setattr(ingest.refresh, "is_kept_of", lambda *_: at_once)
    monkeypatch.setattr(ingest.refresh, "publish_report", lambda *_: None)
    with use_home(home):
        return build_from_seed()


def read_stored(home: Path) -> dict[str, list[Any]]:
    """Every stored row: facts in the order they lie in, as a row's place is its revision."""
    with duckdb.connect(str(home / "work.duckdb"), read_only=True) as con:
        tables = con.execute("select table_name from duckdb_tables() where schema_name = 'stored'").fetchall()
        return {
            t: con.execute(f"from stored.{t} order by {'rowid' if t in KIND_BY_NAME else 'all'}").fetchall()
            for (t,) in tables
        }


def test_a_seed_stored_at_once_is_the_seed_read_source_by_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = copy_home(SEED, tmp_path / "seed")
    # What `recorded_at` says comes from the seed, so two builds may be compared whole.
    at_once = build(tmp_path / "at_once", monkeypatch, at_once=True, seed=seed)
    one_by_one = build(tmp_path / "one_by_one", monkeypatch, at_once=False, seed=seed)
    assert at_once.outcomes == one_by_one.outcomes
    stored, expected = read_stored(tmp_path / "at_once"), read_stored(tmp_path / "one_by_one")
    assert {t: len(rows) for t, rows in stored.items()} == {t: len(rows) for t, rows in expected.items()}
    assert {t for t in expected if stored[t] != expected[t]} == set()
    assert all(expected[t] for t in ("snapshots", "payloads", "listings", "scores", "prices", "hub_readings"))


def test_a_home_that_holds_something_is_read_source_by_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path / "home", monkeypatch, at_once=True)
    monkeypatch.setattr(ingest.refresh, "store_seed", lambda *_: pytest.fail("stored over what is there"))
    before = read_stored(tmp_path / "home")
    build(tmp_path / "home", monkeypatch, at_once=True)
    (tmp_path / "home" / "work.duckdb").unlink()
    build(tmp_path / "home", monkeypatch, at_once=True)
    assert read_stored(tmp_path / "home") == before


@pytest.mark.parametrize("change", ["another file", "a source less", "a logged run"])
def test_only_the_very_seed_whose_outcomes_are_kept_is_known(
    seed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    con = open_work(tmp_path / "work.duckdb")
    con.execute(f"attach '{seed_home}/work.duckdb' as seeded (read_only)")
    snapshots = dict(con.execute("select source_id, snapshot_id from seeded.stored.snapshots").fetchall())
    # The key under which this code would keep the outcomes, whatever the folder that ships was kept under.
    key = _make_key(con, snapshots.items())
    monkeypatch.setattr("ingest.kept._read_contents", lambda _: {"key": key})
    assert is_kept_of(con, SEED, reversed(snapshots.items()))
    match change:
        case "another file":
            snapshots["hf_hub"] = "20260101T000000Z-00000000"
        case "a source less":
            del snapshots["hf_hub"]
        case "a logged run":
            con.execute("insert into logs.run_sources (source_id) values ('hf_hub')")
    assert not is_kept_of(con, SEED, snapshots.items())
    con.close()


def test_a_seed_whose_payloads_cannot_be_read_is_said_to_be_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = copy_home(SEED, tmp_path / "seed")
    (seed / "hf_hub.payloads.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(StoreError, match=r"A seed file is damaged .*hf_hub\.payloads\.parquet.*; restore data/seed\."):
        build(tmp_path / "home", monkeypatch, at_once=False, seed=seed)


def test_a_first_start_loads_nothing_that_only_reading_sources_needs() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import sys, ingest.refresh; print(*sys.modules)"], capture_output=True, text=True
    )
    loaded = set(found.stdout.split())
    assert "ingest.seed_store" in loaded
    assert loaded & {"numpy", "pandas", "pyarrow", "requests", "scipy", "yaml", "ingest.measuring"} == set()
