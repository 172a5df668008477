"""What the seed keeps worked out: today's, the same as worked out anew, and never half believed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from ingest.kept import KEPT, locate_kept, make_key, restore_kept
from ingest.publish import build_relations
from ingest.store import SEED

_CHECKSUM = "select count(*), bit_xor(md5_number(to_json(t)::varchar))::varchar from {} t"


@pytest.fixture
def work(seed_home: Path, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The writer's file of a home that holds the seed and nothing else."""
    con = duckdb.connect(str(shutil.copy(seed_home / "work.duckdb", tmp_path / "work.duckdb")))
    yield con
    con.close()


def list_marts(con: duckdb.DuckDBPyConnection) -> dict[str, str | None]:
    """A checksum of the rows of every kept mart in the order they lie in, which lists on pages follow."""
    told = "select md5(string_agg(to_json(t)::varchar, chr(10) order by t.rowid)) from {} t"
    marts = [name for name in KEPT if name.startswith("marts.")]
    return {name: con.execute(told.format(name)).fetchall()[0][0] for name in marts}


def list_relations(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, str]]:
    """Rows and checksum of every table and view a reader sees."""
    names = con.execute("""
        select table_schema || '.' || table_name from information_schema.tables
        where table_schema in ('main', 'marts') order by 1""").fetchall()
    return {n: con.execute(_CHECKSUM.format(n)).fetchall()[0] for (n,) in names}


def test_what_ships_is_todays(work: duckdb.DuckDBPyConnection) -> None:
    assert restore_kept(work, SEED), (
        "data/seed/resolved is not what this code and these registries give, so a first start is slow: "
        "run `landscape refresh --from` and `landscape seed`, and commit data/seed."
    )


def test_a_home_from_what_is_kept_is_the_home_worked_out_anew(work: duckdb.DuckDBPyConnection) -> None:
    build_relations(work, kept_in=SEED)
    restored, lists = list_relations(work), list_marts(work)
    build_relations(work, kept_in=None)
    anew = list_relations(work)
    assert list_marts(work) == lists, "from the seed a list is in another order than at home"
    assert {n for n in restored | anew if restored.get(n) != anew.get(n)} == set()
    assert len(anew) > 60 and all(anew[name][0] for name in KEPT if name != "main.faulty_facts")


def spoil(folder: Path, how: str) -> None:
    path = locate_kept(folder, "main.measures")
    match how:
        case "cut":
            path.write_bytes(path.read_bytes()[:-100])
        case "gone":
            path.unlink()
        case "of another seed":
            shutil.copy(locate_kept(folder, "main.models"), path)
        case "without contents":
            (path.parent / "contents.json").write_text("{", encoding="utf-8")


@pytest.mark.parametrize("how", ["cut", "gone", "of another seed", "without contents"])
def test_a_spoiled_folder_is_not_believed(work: duckdb.DuckDBPyConnection, tmp_path: Path, how: str) -> None:
    folder = shutil.copytree(SEED, tmp_path / "seed")
    spoil(folder, how)
    assert not restore_kept(work, folder)
    left = work.execute("select count(*) from duckdb_tables() where table_name = 'measures'").fetchall()
    assert left == [(0,)], "not even a part of it"


def test_another_snapshot_a_logged_run_or_an_instant_is_another_key(work: duckdb.DuckDBPyConnection) -> None:
    before = make_key(work)
    assert make_key(work) == before != make_key(work, [datetime(2026, 1, 31, tzinfo=UTC)])
    work.execute("insert into logs.run_sources (source_id) values ('hf_hub')")
    logged = make_key(work)
    work.execute("update stored.snapshots set snapshot_id = '20260101T000000Z-0' where source_id = 'hf_hub'")
    assert len({before, logged, make_key(work)}) == 3
