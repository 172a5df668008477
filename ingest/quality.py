"""Quality: faults that show in the data itself, recognised and dated.

A source can serve a plausible page with wrong numbers, so what is stored is judged at every publish by the
rules of data/sql/quality. A fault is flagged where it is seen and with the instant since which it could be
known, so that a page as of a past date shows what could be told then. Nothing here refuses, mends or hides
a value: what a parser cannot read is refused by the parser.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb

from ingest.rows import create_table
from ingest.shape import compare_shapes, name_place, read_shape
from ingest.source import Snapshot, Source
from ingest.store import DATA

if TYPE_CHECKING:
    import pyarrow as pa

_RULES = DATA / "sql" / "quality"
# Read by the rules below alone and dropped again: they are as long as what they judge.
_STEPS = ("hub_day_readings", "hub_evidence", "price_lists")
# Each may read those before it.
_KEPT = ("hub_fault_days", "hub_repo_faults", "faulty_facts", "price_markets", "outlying_prices", "price_summaries")


def mark_faults(con: duckdb.DuckDBPyConnection) -> None:
    """Write the relations of data/sql/quality beside the stored ones, on a writer's copy that has its histories."""
    for name in _STEPS:
        con.execute(f"create or replace temp table {name} as {(_RULES / f'{name}.sql').read_text()}")
    for name in _KEPT:
        con.execute(f"create or replace table main.{name} as {(_RULES / f'{name}.sql').read_text()}")
    for name in _STEPS:
        con.execute(f"drop table temp.{name}")


def distrust_drops(
    con: duckdb.DuckDBPyConnection, source: Source, kind: str, listings: pa.Table, seeds: Sequence[pa.Table]
) -> pa.Table:
    """Listings on their way in, those that fell short marked incomplete: a list cut off by its host delists nobody.

    Short is below the longer of the scope's two listings before by more than the source tolerates; so what stays
    short is believed the third time it is seen. Lists of less than twenty rows may change as they like."""
    if not listings.num_rows:
        return listings
    con.register("listings_in", listings)
    earlier = ["stored.listings", *(f"seed_{n}" for n in range(len(seeds)))]
    known = " union all ".join(
        f"select scope, observed_at, payload_key, rows from {t} where source_id = $source and fact = $kind"
        for t in earlier
    )
    for n, table in enumerate(seeds):
        con.register(f"seed_{n}", table)
    try:
        return con.sql(
            f"""
            with ordered as (
                select scope, observed_at, payload_key, max(rows) as rows
                from (select scope, observed_at, payload_key, rows from listings_in union all {known}) group by all),
            judged as (
                select scope, payload_key, observed_at, rows, max(rows) over (
                    partition by scope order by observed_at, payload_key
                    rows between 2 preceding and 1 preceding) as longest
                from ordered)
            select l.* replace (
                l.complete and not coalesce(j.longest >= 20 and l.rows < $kept * j.longest, false) as complete)
            from listings_in l
            left join judged j on j.scope = l.scope and j.payload_key = l.payload_key and j.observed_at = l.observed_at
            order by l.scope, l.observed_at, l.payload_key""",
            params={"source": source.source_id, "kind": kind, "kept": 1 - source.tolerated_drop},
        ).to_arrow_table()
    finally:
        con.unregister("listings_in")
        for n in range(len(seeds)):
            con.unregister(f"seed_{n}")


# Whose bodies have the publisher's own shape; the others are extracts and transcripts of a recorder's making.
_AS_PUBLISHED = ("LIVE", "RECORDED", "COMPOSED")
# Pages of one list share their place: a few of them tell its shape.
_PAGES = 3


def note_shapes(con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Keep the shape of each accepted body where it differs from the last of its place; made of bodies alone."""
    last = read_shapes(con, snapshot.source_id)
    seen: dict[str, int] = {}
    for p in snapshot.payloads:
        place = name_place(p.url, p.body)
        seen[place] = seen.get(place, 0) + 1
        if not p.url or p.kind not in _AS_PUBLISHED or seen[place] > _PAGES:
            continue
        fields = read_shape(p.body, p.url)
        if fields and fields != last.get(place):
            last[place] = fields
            at = p.observed_at.replace(tzinfo=None)
            con.execute(
                "insert into stored.shapes values (?, ?, ?, ?, ?)", [snapshot.source_id, place, p.key, at, fields]
            )


def read_shapes(con: duckdb.DuckDBPyConnection, source_id: str) -> dict[str, list[str]]:
    """The shape last accepted at each place of a source."""
    return dict(
        con.execute(
            "select place, arg_max(fields, (observed_at, rowid)) from stored.shapes where source_id = ? group by place",
            [source_id],
        ).fetchall()
    )


def mark_drifts(con: duckdb.DuckDBPyConnection) -> None:
    """Write main.drifted_fields: each field in which a body differs from the last accepted one of its place."""
    last: dict[tuple[str, str], list[str]] = {}
    found: list[Mapping[str, object]] = []
    shapes: list[tuple[str, str, int, datetime, list[str]]] = con.execute(
        "select source_id, place, payload_key, observed_at, fields from stored.shapes order by observed_at, rowid"
    ).fetchall()
    for source_id, place, payload_key, at, fields in shapes:
        where = {"source_id": source_id, "place": place, "payload_key": payload_key, "observed_at": at}
        found += [{**where, **asdict(d)} for d in compare_shapes(last.get((source_id, place), fields), fields)]
        last[source_id, place] = fields
    create_table(con, "main.drifted_fields", _DRIFT, found, "source_id, observed_at, place, field")


_DRIFT = {
    "source_id": "varchar",
    "place": "varchar",
    "payload_key": "bigint",
    "observed_at": "timestamp",
    "change": "varchar",
    "field": "varchar",
    "was": "varchar",
    "now": "varchar",
}
