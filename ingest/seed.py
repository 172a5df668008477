"""The seed: our own tables as Parquet, so that a clone shows real data at once.

It holds facts only, and only those their publishers allow us to pass on; the bodies they came from are
not bundled, so each row keeps the key, url, time and hash of its payload. Rows are sorted and files carry
no clock, so the same facts give the same bytes. Share-alike rows lie in files of their own.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from ingest.archive import Archive, NewPayload
from ingest.fold import KIND_BY_NAME, list_stored_columns
from ingest.rows import open_scratch
from ingest.source import Snapshot, SourceError
from ingest.store import StoreError, write_whole

if TYPE_CHECKING:
    import pyarrow as pa

_EXTRA = ("payloads", "listings")


def _make_empty() -> pa.Table:
    import pyarrow as pa

    return pa.table({})


@dataclass(slots=True)
class SeedTables:
    """A source's seed as tables: facts per kind as they were stored, their payloads and their listings."""

    facts: dict[str, pa.Table] = field(default_factory=dict)
    payloads: pa.Table = field(default_factory=_make_empty)
    listings: pa.Table = field(default_factory=_make_empty)


def write_seed(con: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, int]:
    """Write every redistributable stored row below `folder`; returns rows per file.

    Files of sources or kinds that no longer have rows are removed."""
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, int] = {}
    sources = [r[0] for r in con.execute("select distinct source_id from stored.payloads order by all").fetchall()]
    for source_id in sources:
        for kind, fact in KIND_BY_NAME.items():
            for grade, suffix in (("yes", ""), ("share-alike", ".share-alike")):
                order = ", ".join(dict.fromkeys((*fact.KEY, "observed_at", "payload_key", "row_no")))
                table = _read_table(
                    con,
                    f"select {', '.join(list_stored_columns(fact))} from stored.{kind} "
                    f"where source_id = ? and redistributable = ? order by {order}",
                    [source_id, grade],
                )
                if table.num_rows:
                    written[f"{source_id}.{kind}{suffix}.parquet"] = _write(
                        folder, f"{source_id}.{kind}{suffix}", table
                    )
        for name in _EXTRA:
            table = _read_table(
                con,
                f"select * from stored.{name} where source_id = ? "
                f"and payload_key in ({_shipped_payloads()}) order by all",
                [source_id],
            )
            if table.num_rows:
                written[f"{source_id}.{name}.parquet"] = _write(folder, f"{source_id}.{name}", table)
    for stale in folder.glob("*.parquet"):
        if stale.name not in written:
            stale.unlink()
    return written


def archive_seed(archive: Archive, folder: Path, recorded_at: datetime) -> dict[str, str]:
    """Put each source's seed files into an archive as one snapshot of kind SEED; returns its id by source.

    Raises StoreError where a file that tells of payloads is damaged."""
    by_source: dict[str, list[Path]] = {}
    for path in sorted(folder.glob("*.parquet")):
        by_source.setdefault(path.name.split(".")[0], []).append(path)
    # The instant of the newest row, not the clock: the same seed is the same snapshot wherever it is unpacked.
    newest = _find_newest(folder)
    return {
        source_id: archive.write(
            source_id,
            [
                NewPayload(
                    url="",
                    name=p.name,
                    body=p.read_bytes(),
                    observed_at=newest[source_id],
                    observed_kind="recorded",
                    kind="SEED",
                    licence_id="see rows",
                    redistributable="yes",
                    complete=False,
                    origin="seed",
                )
                for p in paths
            ],
            recorded_at,
        )
        for source_id, paths in sorted(by_source.items())
    }


def read_seed(snapshot: Snapshot) -> SeedTables:
    """The tables of a SEED snapshot. Raises SourceError on a damaged file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts: dict[str, list[pa.Table]] = {}
    for p in snapshot.payloads:
        try:
            table = pq.ParquetFile(io.BytesIO(p.body)).read()
        except pa.ArrowInvalid as e:
            raise SourceError(snapshot.source_id, f"seed file {p.name} is damaged ({e}); restore data/seed.") from e
        parts.setdefault(p.name.split(".")[1], []).append(table)
    tables = {k: pa.concat_tables(v) for k, v in parts.items()}
    return SeedTables(
        {k: tables[k] for k in KIND_BY_NAME if k in tables},
        tables["payloads"],
        tables.get("listings", pa.table({})),
    )


def book_seed(seed: SeedTables) -> dict[str, pa.Table]:
    """A seed's facts with the columns of their payloads that the fold expects."""
    with open_scratch() as con:
        con.register("payloads", seed.payloads)
        booked = {}
        for kind, table in seed.facts.items():
            con.register("facts", table)
            booked[kind] = con.sql(
                "select facts.*, p.observed_at as p_observed_at, p.snapshot_id "
                "from facts join payloads p using (payload_key)"
            ).to_arrow_table()
    return booked


def _find_newest(folder: Path) -> dict[str, datetime]:
    """The newest instant among the payloads of each source of a seed."""
    paths = [str(p) for p in folder.glob("*.payloads.parquet")]
    if not paths:
        return {}
    with duckdb.connect(config={"threads": "1"}) as con:
        try:
            rows = con.execute(
                "select filename, max(observed_at) from read_parquet(?, filename = true) group by all", [paths]
            ).fetchall()
        except duckdb.Error as e:
            raise StoreError(f"A seed file is damaged ({str(e).splitlines()[0]}); restore data/seed.") from e
    return {Path(name).name.split(".")[0]: newest.replace(tzinfo=UTC) for name, newest in rows}


def _shipped_payloads() -> str:
    """SQL: keys of payloads that a shipped row leads to, or that may be passed on whole."""
    rows = " union ".join(
        f"select payload_key from stored.{k} where redistributable in ('yes', 'share-alike')" for k in KIND_BY_NAME
    )
    return f"{rows} union select payload_key from stored.payloads where redistributable in ('yes', 'share-alike')"


def _read_table(con: duckdb.DuckDBPyConnection, sql: str, parameters: list[str]) -> pa.Table:
    relation = con.sql(sql, params=parameters)
    assert relation is not None  # a select always has a relation
    return relation.to_arrow_table()


def _write(folder: Path, name: str, table: pa.Table) -> int:
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    pq.write_table(
        table, buffer, compression="zstd", compression_level=19, row_group_size=1_000_000, store_schema=False
    )
    write_whole(folder / f"{name}.parquet", buffer.getvalue())
    return int(table.num_rows)
