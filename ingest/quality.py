"""Quality: faults that show in the data itself, recognised and dated.

A source can serve a plausible page with wrong numbers, so what is stored is judged at every publish by the
rules of data/sql/quality. A fault is flagged where it is seen and with the instant since which it could be
known, so that a page as of a past date shows what could be told then. Nothing here refuses, mends or hides
a value: what a parser cannot read is refused by the parser.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

import duckdb

from ingest.rows import create_table
from ingest.shape import compare_shapes, name_place, read_shape
from ingest.source import Snapshot
from ingest.store import DATA

_RULES = DATA / "sql" / "quality"
# Read by the rules below alone and dropped again: they are as long as what they judge.
_STEPS = ("hub_day_readings", "hub_evidence")
_KEPT = ("hub_fault_days", "hub_repo_faults")


def mark_faults(con: duckdb.DuckDBPyConnection) -> None:
    """Write the relations of data/sql/quality beside the stored ones, on a writer's copy."""
    for name in _STEPS:
        con.execute(f"create or replace temp table {name} as {(_RULES / f'{name}.sql').read_text()}")
    for name in _KEPT:
        con.execute(f"create or replace table main.{name} as {(_RULES / f'{name}.sql').read_text()}")
    for name in _STEPS:
        con.execute(f"drop table temp.{name}")


# Whose bodies have the publisher's own shape; the others are extracts and transcripts of a recorder's making.
_AS_PUBLISHED = ("LIVE", "RECORDED", "COMPOSED")
# Pages of one list share their place: a few of them tell its shape.
_PAGES = 3


def note_shapes(con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Keep the shape of each accepted body where it differs from the last of its place; made of bodies alone."""
    last = read_shapes(con, snapshot.source_id)
    seen: dict[str, int] = {}
    for p in snapshot.payloads:
        place = name_place(p.url)
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
