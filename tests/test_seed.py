"""The seed: the same bytes from the same facts, and only what may be passed on.

Some of these read the seed that ships in data/seed; the others write one anew from the recorded files.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import ingest.refresh
from ingest.fold import KIND_BY_NAME
from ingest.refresh import build_from_seed
from ingest.source import discover_sources
from ingest.store import SEED, Reader
from tests.homes import copy_home, list_archived, run_landscape, take_fingerprint, use_home

_SHIPPED = "redistributable <> 'no'"
# What a reader sees of them; `revision` is a row's place in its file, `recorded_at` the clock of its archive.
_RELATIONS = {
    "scores": "select * exclude (recorded_at, revision) from scores where redistributable <> 'no'",
    "scores_latest": "select * exclude (recorded_at, revision) from scores_latest "
    "where redistributable <> 'no' and source_id <> 'lmarena'",
    "prices": "select * exclude (recorded_at, revision) from prices where redistributable <> 'no'",
    "prices_history": "select * exclude (recorded_at, revision) from prices_history where redistributable <> 'no'",
    "price_summary": "select * from price_summary where source_id not in ('openrouter_models', 'llm_prices')",
    "editions of Epoch": "select * from editions where source_id = 'epoch_eci'",
    "measures of prices": "select * from measures where (measure_id like '%price%' or measure_id = 'paid_providers') "
    "and as_of = (select max(as_of) from measures)",
}
# That the outcomes kept in the seed are those worked out anew, at every instant, is held in test_kept.py.
pytestmark = pytest.mark.usefixtures("newest_alone")


@pytest.fixture(scope="module")
def own_home(published_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_home(published_home, tmp_path_factory.mktemp("own") / "home")


@pytest.fixture(scope="module")
def fresh_seed(own_home: Path, newest_alone: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A seed written anew from every recorded file."""
    folder = tmp_path_factory.mktemp("fresh") / "seed"
    done = run_landscape(own_home, "seed", "--to", folder)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def reseeded(fresh_seed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home built from the fresh seed alone."""
    home = tmp_path_factory.mktemp("reseeded")
    with pytest.MonkeyPatch.context() as patch, use_home(home):
        patch.setattr(ingest.refresh, "SEED", fresh_seed)
        report = build_from_seed()
    assert report.published and not any(o.error for o in report.outcomes), report
    return home


def read_bytes(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def read_tables(folder: Path) -> dict[str, pa.Table]:
    return {p.name: pq.ParquetFile(p).read() for p in sorted(folder.glob("*.parquet"))}


def read_rows(home: Path, query: str) -> Counter[str]:
    """A relation's rows as text, with how often each is there."""
    reader = Reader(home / "landscape.duckdb")
    with reader.open_cursor() as cursor:
        rows = Counter(row for (row,) in cursor.execute(f"select to_json(t)::varchar from ({query}) t").fetchall())
    reader.close()
    return rows


def count_rows(home: Path, kind: str, where: str = "true") -> int:
    with duckdb.connect(str(home / "landscape.duckdb"), read_only=True) as con:
        [(n,)] = con.execute(f"select count(*) from stored.{kind} where {where}").fetchall()
        return int(n)


def find_differences(a: Path, b: Path, kind: str, where: str = "true") -> list[tuple[str, Any]]:
    """Stored rows that only one of two homes has (or has oftener), as (which, row); the first few.

    Left out is `recorded_at`, the clock of the run that put a body into an archive."""
    with duckdb.connect() as con:
        for name, home in (("a", a), ("b", b)):
            con.execute(f"attach '{home}/landscape.duckdb' as {name} (read_only)")
            con.execute(
                f"create view {name}_rows as select * exclude (recorded_at) from {name}.stored.{kind} where {where}"
            )
        return [
            ("only the first" if x == "a" else "only the second", row)
            for x, y in ("ab", "ba")
            for row in con.execute(f"from {x}_rows except all from {y}_rows limit 2").fetchall()
        ]


@pytest.fixture(scope="module")
def again(seed_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The seed that ships, written once more from a home built of it, to a folder with a file of a source that is gone
    and one that is no seed's."""
    home = copy_home(seed_home, tmp_path_factory.mktemp("again") / "home")
    folder = home.parent / "seed"
    folder.mkdir()
    (folder / "gone_source.prices.parquet").write_bytes(b"PAR1")
    (folder / "README.md").write_text("kept", encoding="utf-8")
    assert run_landscape(home, "seed", "--to", folder).exit_code == 0
    return folder


def test_a_home_built_from_the_seed_writes_the_same_seed_to_the_byte(again: Path) -> None:
    shipped, written = read_bytes(SEED), read_bytes(again)
    assert {n for n in shipped | written if shipped.get(n) != written.get(n)} == {"README.md"} - set(shipped)


def test_a_seed_is_small() -> None:
    assert sum(p.stat().st_size for p in SEED.glob("*.parquet")) < 4_000_000


def test_a_stale_file_of_the_seed_is_removed(again: Path) -> None:
    assert {p.name for p in again.iterdir()} == {p.name for p in SEED.iterdir()} | {"README.md"}
    assert (again / "README.md").read_text(encoding="utf-8") == "kept"


def check_rights(folder: Path) -> int:
    """The number of rows; each may be passed on, lies in the file of its grade, and tells its payload."""
    total = 0
    for name, table in read_tables(folder).items():
        source, kind = name.split(".")[:2]
        assert {"body", "headers"} & set(table.column_names) == set()
        assert set(table.column("source_id").to_pylist()) == {source}
        if kind == "payloads":
            assert "no" not in table.column("redistributable").to_pylist(), name
        if kind in KIND_BY_NAME:
            grade = "share-alike" if ".share-alike." in name else "yes"
            assert set(table.column("redistributable").to_pylist()) == {grade}, name
            keys = set(
                pq.ParquetFile(folder / f"{source}.payloads.parquet")
                .read(columns=["payload_key"])
                .column(0)
                .to_pylist()
            )
            assert set(table.column("payload_key").to_pylist()) <= keys
            total += table.num_rows
    return total


def test_the_seed_that_ships_holds_only_what_may_be_passed_on() -> None:
    assert check_rights(SEED) > 10_000


def test_a_seed_holds_all_that_may_be_passed_on_and_nothing_else(published_home: Path, fresh_seed: Path) -> None:
    assert check_rights(fresh_seed) == sum(count_rows(published_home, k, _SHIPPED) for k in KIND_BY_NAME)
    # Else this proves nothing.
    assert all(count_rows(published_home, k, f"not {_SHIPPED}") > 1000 for k in ("hub_readings", "scores"))
    readings = pq.ParquetFile(fresh_seed / "hf_hub.hub_readings.parquet").read()
    assert set(readings.column("origin").to_pylist()) == {
        "starscreener",
        "llmfit",
        "alain",
        "hf-model-inspector",
    }


def test_every_reserved_benchmark_stays_at_home(fresh_seed: Path) -> None:
    scores = pq.ParquetFile(fresh_seed / "epoch_eci.scores.parquet").read().column("benchmark_id").to_pylist()
    assert "eci" in scores and not {
        "hle",
        "arc_agi",
        "arc_agi_2",
        "critpt",
        "metr_time_horizons",
        "proofbench",
    } & set(scores)


@pytest.mark.parametrize("kind", KIND_BY_NAME)
def test_a_home_from_the_seed_stores_the_facts_of_the_original(published_home: Path, reseeded: Path, kind: str) -> None:
    assert count_rows(reseeded, kind) == count_rows(published_home, kind, _SHIPPED) > 0
    assert find_differences(published_home, reseeded, kind, _SHIPPED) == []


@pytest.mark.parametrize("relation", _RELATIONS)
def test_a_home_from_the_seed_shows_the_relations_of_the_original(
    published_home: Path, reseeded: Path, relation: str
) -> None:
    original = read_rows(published_home, _RELATIONS[relation])
    assert original.total() > 0 and original == read_rows(reseeded, _RELATIONS[relation])


def test_what_stands_first_on_overview_is_the_same_from_the_seed(published_home: Path, reseeded: Path) -> None:
    query = (
        "select * from measures where definition_id like 'index=epoch_eci%' "
        "and as_of = (select max(as_of) from measures)"
    )
    original = read_rows(published_home, query)
    assert original.total() > 0 and original == read_rows(reseeded, query)


def test_the_originals_on_top_of_the_seed_double_nothing(
    published_home: Path, reseeded: Path, shared_sources: Path, tmp_path: Path
) -> None:
    home = copy_home(reseeded, tmp_path / "home")
    done = run_landscape(home, "refresh", "--from", shared_sources)
    assert done.exit_code == 0, done.output
    for kind in (*KIND_BY_NAME, "listings"):
        assert find_differences(published_home, home, kind) == []
    payloads = read_rows(home, "select payload_key from stored.payloads")
    assert max(payloads.values()) == 1
    assert payloads == read_rows(published_home, "select payload_key from stored.payloads")


def test_a_seed_unpacked_twice_is_one_snapshot_a_source(reseeded: Path, fresh_seed: Path, tmp_path: Path) -> None:
    home = copy_home(reseeded, tmp_path / "home")
    archived, before = list_archived(home), take_fingerprint(home)
    with pytest.MonkeyPatch.context() as patch, use_home(home):
        patch.setattr(ingest.refresh, "SEED", fresh_seed)
        assert build_from_seed().published
    seeded = {p.name.partition(".")[0] for p in fresh_seed.glob("*.*.parquet")}
    assert len(archived) == len(seeded) > 3 and list_archived(home) == archived
    assert take_fingerprint(home) == before


def test_a_damaged_seed_is_said_to_be_damaged(
    fresh_seed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = copy_home(fresh_seed, tmp_path / "seed")
    prices = seed / "models_dev.prices.parquet"
    prices.write_bytes(prices.read_bytes()[:1000])
    monkeypatch.setattr(ingest.refresh, "SEED", seed)
    with use_home(tmp_path / "home"):
        report = build_from_seed()
    told = {o.source_id: o.error for o in report.outcomes if o.error}
    assert report.published and list(told) == ["models_dev"]
    assert re.search(
        r"seed file models_dev\.prices\.parquet is damaged .*; restore data/seed\.$", str(told["models_dev"])
    )


def test_without_a_seed_the_command_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.refresh, "SEED", tmp_path / "seed")
    done = run_landscape(tmp_path / "home")
    assert done.exit_code == 3
    assert re.fullmatch(
        r"landscape: .*/seed holds no seed: run `landscape refresh` to read the sources themselves\.\n",
        done.stderr,
    )


def test_attribution_names_every_source_and_licence_that_ships() -> None:
    told = (SEED / "ATTRIBUTION.md").read_text(encoding="utf-8")
    for name, table in read_tables(SEED).items():
        if name.split(".")[1] not in KIND_BY_NAME:
            continue
        source = discover_sources()[name.split(".")[0]]
        section = told[told.index(f"## {source.title}") :].split("\n## ")[0]
        assert (
            source.attribution.rstrip(".") in section and source.licence_url in section and source.homepage in section
        )
        for licence, origin in set(
            zip(table.column("licence_id").to_pylist(), table.column("origin").to_pylist(), strict=True)
        ):
            assert f"| {licence} | {origin} |" in section, f"{licence} as recorded by {origin} is not credited"


def test_attribution_counts_the_rows_that_ship() -> None:
    told = (SEED / "ATTRIBUTION.md").read_text(encoding="utf-8")
    counts = [int(n.replace(",", "")) for n in re.findall(r"^\|[^|]+\|[^|]+\| ([\d,]+) \|", told, re.MULTILINE)]
    assert sum(counts) == check_rights(SEED)
