"""A seed into an empty home: one statement a kind of fact.

Read source by source, a seed takes half of a first start. Where its outcomes are kept under today's key, its files
are known to be those that were read whole when the key was made (a snapshot's id is a hash of its files), so they
are stored all at once, in the order and with the rows that reading them one by one gives. It decides nothing: any
other seed, or a home that holds something, is read source by source, where each file is tried by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from ingest.archive import settle_instant

_BESIDE_FACTS = ("payloads", "listings")


def store_seed(con: duckdb.DuckDBPyConnection, folder: Path, snapshots: Mapping[str, str]) -> dict[str, int]:
    """Store a seed's tables in the caller's transaction; `snapshots` are its ids by source. Facts a source."""
    paths: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.parquet")):
        paths.setdefault(path.name.split(".")[1], []).append(str(path))
    con.execute("set threads = 1")  # sharing out so little costs more than it saves
    for table, files in paths.items():
        con.execute(f"insert into stored.{table} by name from read_parquet(?)", [files])
    facts = " union all ".join(f"select source_id from stored.{t}" for t in paths if t not in _BESIDE_FACTS)
    counted = con.execute(f"""
        select source_id, max(p.observed_at), count(*) filter (is_fact) from (
            select source_id, observed_at, false as is_fact from stored.payloads
            union all select source_id, null, true from ({facts})) p
        group by all order by all""").fetchall()
    con.executemany(
        "insert into stored.snapshots values (?, ?, ?, false, ?, null)",
        [[snapshots[s], s, settle_instant(newest).replace(tzinfo=None), rows] for s, newest, rows in counted],
    )
    con.execute("reset threads")
    return {source_id: rows for source_id, _, rows in counted}
