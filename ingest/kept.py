"""What a first start need not work out: a seed's own outcomes, kept beside it.

For the seed the answers are known when it is written: which name is which model, what is known of each, the faults,
the measures. They ship as Parquet under a key made of everything they depend on: the stored snapshots, the code and
the registries. Another key, and all is worked out anew; nothing is ever half believed. Marts that repeat facts are
not among them: a share-alike fact is shipped in a file of its own and nowhere else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import orjson

from ingest.store import DATA, read_row, write_whole

KEPT = (
    *(f"main.{n}" for n in ("sources", "developers", "providers", "provider_names", "licences", "events")),
    *(f"main.{n}" for n in ("benchmarks", "model_names", "models", "attribute_claims")),
    *(f"main.{n}" for n in ("definitions", "methods")),
    *(f"main.{n}" for n in ("hub_fault_days", "hub_repo_faults", "faulty_facts", "measures")),
    *(f"main.{n}" for n in ("price_markets", "outlying_prices", "price_summaries")),
    *(f"main.{n}" for n in ("claims", "claim_tests", "headlines")),
    *(f"marts.{n}" for n in ("attribute_disagreements", "board_editions", "board_scores", "boards", "clearly_ahead")),
    *(f"marts.{n}" for n in ("comparisons", "holdings")),
    *(f"marts.{n}" for n in ("model_labels", "price_outliers", "price_reads", "price_trust", "priced_models")),
    *(f"marts.{n}" for n in ("source_flags", "unresolved_names")),
)


def make_key(con: duckdb.DuckDBPyConnection, as_ofs: Sequence[datetime] = ()) -> str:
    """A hash of all that the kept relations depend on. A run logged, or an instant asked for, makes another key."""
    known = con.execute("select source_id, snapshot_id from stored.snapshots").fetchall()
    return _make_key(con, known, as_ofs)


def _make_key(con: duckdb.DuckDBPyConnection, known: Iterable[tuple[str, str]], as_ofs: Sequence[datetime] = ()) -> str:
    runs = read_row(con, "select count(*) from logs.run_sources")
    return hashlib.sha256(orjson.dumps([hash_code(), sorted(known), runs, list(as_ofs)])).hexdigest()


def is_kept_of(con: duckdb.DuckDBPyConnection, folder: Path, snapshots: Iterable[tuple[str, str]]) -> bool:
    """Whether a seed's outcomes were kept by today's code of exactly these (source, snapshot id): if so its files are
    byte for byte those that were read then."""
    return bool(_read_contents(folder).get("key") == _make_key(con, snapshots))


def hash_code() -> str:
    """A hash of every file that what is published can depend on besides the facts."""
    told = hashlib.sha256()
    for path in _list_code():
        told.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()


def restore_kept(con: duckdb.DuckDBPyConnection, folder: Path, as_ofs: Sequence[datetime] = ()) -> bool:
    """Create the kept relations from a seed's folder where all are there, unharmed, under today's key; else none."""
    told = _read_contents(folder)
    if told.get("key") != make_key(con, as_ofs) or set(told["files"]) != set(KEPT):
        return False
    paths = {name: locate_kept(folder, name) for name in KEPT}
    if not all(p.is_file() and _hash(p) == told["files"][name] for name, p in paths.items()):
        return False
    con.execute("create schema if not exists marts")
    for name, path in paths.items():
        con.execute(f"create or replace table {name} as from read_parquet(?)", [str(path)])
    return True


def write_kept(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Keep the relations of a copy that was built from a seed alone, beside that seed."""
    import pyarrow.parquet as pq

    _locate_contents(folder).parent.mkdir(exist_ok=True)
    _locate_contents(folder).unlink(missing_ok=True)  # so that a half-written folder is none
    for stale in set(_locate_contents(folder).parent.glob("*.parquet")) - {locate_kept(folder, n) for n in KEPT}:
        stale.unlink()
    for name in KEPT:
        # The same rows, the same bytes. A mart has an order of its own, which lists on pages follow.
        relation = con.sql(f"from {name} order by {'rowid' if name.startswith('marts.') else 'all'}")
        assert relation is not None  # a select always has a relation
        pq.write_table(relation.to_arrow_table(), locate_kept(folder, name), compression="zstd", compression_level=19)
    contents = {"key": make_key(con), "files": {name: _hash(locate_kept(folder, name)) for name in KEPT}}
    write_whole(_locate_contents(folder), orjson.dumps(contents, option=orjson.OPT_INDENT_2))


def locate_kept(folder: Path, name: str) -> Path:
    """Where a seed keeps a relation: below a folder of its own, as what lies beside the facts is a source's table."""
    return folder / "resolved" / f"{name}.parquet"


def _locate_contents(folder: Path) -> Path:
    return folder / "resolved" / "contents.json"


def _read_contents(folder: Path) -> dict[str, Any]:
    try:
        told = orjson.loads(_locate_contents(folder).read_bytes())
    except (OSError, orjson.JSONDecodeError):
        return {}  # whatever became of it, working it out anew gives the same
    return told if isinstance(told, dict) and isinstance(told.get("files"), dict) else {}


def _list_code() -> Iterator[Path]:
    """Every file an outcome can depend on, in an order of its own."""
    yield from sorted(Path(__file__).parent.rglob("*.py"))
    yield from sorted(p for p in DATA.glob("*") if p.suffix in (".toml", ".csv"))
    yield from sorted((DATA / "sql").rglob("*.sql"))


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
