"""Append: stored facts are a function of the archive in observed order.

Each source is folded on its own. New snapshots extend what is stored when nothing they say lies in the
past of a stored key; otherwise the source is replayed from the archive. Both paths run the same fold,
so replay order, repetition and interleaving never change the result. Nothing here resolves a name or
judges a value: rows are stored as given.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, fields, replace
from datetime import datetime

import duckdb
import pyarrow as pa

from ingest.archive import Archive, settle_instant
from ingest.fold import KIND_BY_NAME, append_kind, forget_source, list_scopes, list_stored_columns
from ingest.quality import distrust_drops, note_shapes
from ingest.rows import open_scratch
from ingest.seed import SeedTables, book_seed, read_seed
from ingest.source import Batch, Fact, Payload, Refused, Snapshot, Source, SourceError, arrow_schema
from ingest.store import read_row, transact

# What a parser's own mistake raises: it costs that source its new data, and never the other sources theirs.
PARSER_FAULTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    pa.ArrowException,
)


@dataclass(slots=True)
class Appended:
    """What one source's ingest did: rows written, rows refused, snapshots read, and what failed to parse.

    `failure` is the newest snapshot's; `overtaken` are those of older ones, where a newer one was read."""

    rows: int = 0
    refused: int = 0
    snapshots: int = 0
    replayed: bool = False
    failure: SourceError | None = None
    overtaken: tuple[SourceError, ...] = ()


@dataclass(slots=True)
class Parsed:
    """One snapshot's facts per kind as Arrow tables with their bookkeeping, and what was refused."""

    snapshot: Snapshot
    tables: dict[str, pa.Table] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    seed: SeedTables | None = None
    failure: SourceError | None = None


def ingest_source(con: duckdb.DuckDBPyConnection, archive: Archive, source: Source, *, alone: bool = True) -> Appended:
    """Bring the stored facts of one source in line with its archive, in one transaction: its own, or the caller's.

    A snapshot that cannot be parsed is reported in `failure`, noted in quarantine, and tried again only when
    the source is replayed (a fixed parser brings it back on rebuild); the others are ingested."""
    sid = source.source_id
    known = {
        r[0] for r in con.execute("select snapshot_id from stored.snapshots where source_id = ?", [sid]).fetchall()
    }
    archived = archive.list_snapshots(sid)
    new = [s for s in archived if s not in known]
    if not new:
        return Appended()
    first_seen, newest = _recall_bodies(con, sid)
    parsed = _parse_all(archive, source, new, first_seen)
    failures = [p.failure for p in parsed if p.failure]
    done = Appended(
        snapshots=len(parsed) - len(failures),
        refused=sum(len(p.refused) for p in parsed),
        failure=parsed[-1].failure,
        overtaken=tuple(f for f in failures if f is not parsed[-1].failure),
    )
    times = [x.observed_at for p in parsed if not p.failure for x in p.snapshot.payloads]
    reaches_back = newest is not None and any(t <= newest for t in times)
    with transact(con) if alone else nullcontext():
        before = _count_rows(con, sid)
        if reaches_back or not _extend(con, source, parsed, first=not known):
            again = _parse_all(archive, source, [i for i in archived if i in known], first_seen)
            everything = sorted([*again, *parsed], key=lambda p: p.snapshot.snapshot_id)
            forget_source(con, sid)
            _extend(con, source, everything, first=True)
            done.replayed = True
        done.rows = _count_rows(con, sid) - before
    return done


def parse_snapshot(source: Source, snapshot: Snapshot) -> Parsed:
    """Run a source's parser over one snapshot and fill the bookkeeping from its payloads. Raises SourceError."""
    if any(p.kind == "SEED" for p in snapshot.payloads):
        seed = read_seed(snapshot)
        return Parsed(snapshot, seed.facts, seed=seed)
    rows: dict[str, list[Fact]] = {}
    tables: dict[str, list[pa.Table]] = {}
    refused: list[Refused] = []
    for item in source.parse(snapshot):
        if isinstance(item, Refused):
            refused.append(item)
        elif isinstance(item, Batch):
            tables.setdefault(item.kind.KIND, []).append(_complete_batch(item))
        else:
            rows.setdefault(item.KIND, []).append(item)
    for kind, facts in rows.items():
        tables.setdefault(kind, []).append(_tabulate(facts))
    return Parsed(snapshot, {k: _book(pa.concat_tables(parts), snapshot) for k, parts in tables.items()}, refused)


def _parse_all(
    archive: Archive, source: Source, snapshot_ids: Sequence[str], first_seen: dict[tuple[str, str], datetime]
) -> list[Parsed]:
    """Parse snapshots in observed order; one that its parser refuses comes back empty, with the failure."""
    parsed: list[Parsed] = []
    for snapshot_id in snapshot_ids:
        snapshot = archive.read(source.source_id, snapshot_id, first_seen)
        try:
            parsed.append(parse_snapshot(source, snapshot))
        except SourceError as e:
            parsed.append(Parsed(snapshot, failure=e))
        except PARSER_FAULTS as e:
            what = f"{type(e).__name__}: {e}"
            sentence = f"its parser stopped at snapshot {snapshot_id} ({what}); the bodies are kept, mend the parser."
            parsed.append(Parsed(snapshot, failure=SourceError(source.source_id, sentence)))
    return parsed


def _recall_bodies(
    con: duckdb.DuckDBPyConnection, source_id: str
) -> tuple[dict[tuple[str, str], datetime], datetime | None]:
    """When each stored body was first seen, and the newest instant stored of the source."""
    rows = con.execute(
        "select coalesce(nullif(url, ''), name), sha256, min(first_observed_at), max(observed_at) from stored.payloads "
        "where source_id = ? group by all",
        [source_id],
    ).fetchall()
    return {(u, h): settle_instant(t) for u, h, t, _ in rows}, max((settle_instant(t) for *_, t in rows), default=None)


def _count_rows(con: duckdb.DuckDBPyConnection, source_id: str) -> int:
    everything = " union all ".join(f"select source_id from stored.{k}" for k in KIND_BY_NAME)
    row = read_row(con, f"select count(*) from ({everything}) where source_id = ?", [source_id])
    return int(row[0]) if row else 0


def _tabulate(facts: Sequence[Fact]) -> pa.Table:
    schema = arrow_schema(type(facts[0]))
    columns = []
    for f in schema:
        values = [getattr(fact, f.name) for fact in facts]
        if pa.types.is_timestamp(f.type):
            values = [settle_instant(v).replace(tzinfo=None) if v else None for v in values]
        columns.append(pa.array(values, type=f.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _complete_batch(batch: Batch) -> pa.Table:
    """A batch's table with the kind's columns in order; what is missing takes the field's default."""
    schema = arrow_schema(batch.kind)
    defaults = {f.name: list(f.default) if isinstance(f.default, tuple) else f.default for f in fields(batch.kind)}
    given = set(batch.table.column_names)
    columns = [
        batch.table.column(f.name).cast(f.type)
        if f.name in given
        else pa.array([defaults[f.name]] * batch.table.num_rows, type=f.type)
        for f in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _book(table: pa.Table, snapshot: Snapshot) -> pa.Table:
    """Join each row with what its payload says, where the row says nothing itself."""
    with open_scratch() as con:
        con.register("facts", table)
        con.register(
            "book",
            pa.Table.from_pylist(
                [
                    {
                        "payload_key": p.key,
                        "p_observed_at": p.observed_at.replace(tzinfo=None),
                        "p_observed_kind": p.observed_kind,
                        "p_recorded_at": p.recorded_at.replace(tzinfo=None),
                        "p_licence_id": p.licence_id,
                        "p_redistributable": p.redistributable,
                        "p_origin": p.origin,
                    }
                    for p in snapshot.payloads
                ]
            ),
        )
        # A row never claims more freedom than its payload: 'no' stays 'no', and 'rows' frees only rows that say so.
        return con.sql(f"""
            select facts.* replace (
                    coalesce(case when observed_at = date_trunc('day', observed_at)
                                  then observed_at + interval '23:59:59' else observed_at end,
                             p_observed_at) as observed_at,
                    coalesce(observed_kind, p_observed_kind) as observed_kind,
                    coalesce(origin, p_origin) as origin,
                    coalesce(licence_id, p_licence_id) as licence_id,
                    case p_redistributable when 'rows' then coalesce(redistributable, 'no') when 'no' then 'no'
                         else coalesce(redistributable, p_redistributable) end as redistributable),
                p_recorded_at as recorded_at, true as is_listed, p_observed_at, '{snapshot.snapshot_id}' as snapshot_id
            from facts join book using (payload_key)
            order by payload_key, row_no""").to_arrow_table()


def _extend(con: duckdb.DuckDBPyConnection, source: Source, parsed: Sequence[Parsed], *, first: bool) -> bool:
    """Fold snapshots into what is stored. False when one reaches into the past of a stored key or scope."""
    if first and len(parsed) == 1 and parsed[0].seed:
        _insert_seed(con, parsed[0].seed)
        _log_snapshot(con, source, parsed[0])
        return True
    parsed = [replace(p, tables=book_seed(p.seed)) if p.seed else p for p in parsed]
    for kind in (k for k in KIND_BY_NAME if any(k in p.tables for p in parsed)):
        having = [p for p in parsed if kind in p.tables]
        facts = pa.concat_tables([p.tables[kind] for p in having], promote_options="permissive")
        # A seed's rows already hold what its listings brought about, so only read ones may delist.
        listings = pa.concat_tables(
            [
                list_scopes(
                    source,
                    KIND_BY_NAME[kind],
                    p.tables[kind].slice(0, 0 if p.seed else None),
                    [
                        {
                            "payload_key": x.key,
                            "complete": x.complete,
                            "expected_rows": x.expected_rows,
                            "refused": sum(r.payload_key == x.key for r in p.refused),
                        }
                        for x in p.snapshot.payloads
                        # An extract of many days is no publisher's list of one, save where rows name their edition.
                        if x.kind != "DERIVED" or "edition" in (KIND_BY_NAME[kind].SCOPE or ())
                    ],
                )
                for p in having
            ]
        )
        listings = distrust_drops(con, source, kind, listings, [p.seed.listings for p in parsed if p.seed])
        if not append_kind(con, source, KIND_BY_NAME[kind], facts, listings, first=first):
            return False
        _insert_unknown(con, "stored.listings", listings, ("fact", "scope", "payload_key"))
    for p in parsed:
        _log_snapshot(con, source, p)
    return True


def _insert_seed(con: duckdb.DuckDBPyConnection, seed: SeedTables) -> None:
    """A seed alone is stored as it is: its rows are already what the fold kept."""
    for kind, facts in seed.facts.items():
        con.register("rows_in", facts)
        columns = ", ".join(list_stored_columns(KIND_BY_NAME[kind]))
        con.execute(f"insert into stored.{kind} ({columns}) select {columns} from rows_in")
        con.unregister("rows_in")


def _insert_unknown(con: duckdb.DuckDBPyConnection, table: str, rows: pa.Table, key: tuple[str, ...]) -> None:
    """Insert rows whose key the table does not hold yet (a seed and its originals bring the same ones)."""
    if not rows.num_rows:
        return
    con.register("rows_in", rows)
    same = " and ".join(f"t.{c} = rows_in.{c}" for c in key)
    con.execute(f"insert into {table} by name select * from rows_in where not exists (from {table} t where {same})")
    con.unregister("rows_in")


def _log_snapshot(con: duckdb.DuckDBPyConnection, source: Source, p: Parsed) -> None:
    """Record a snapshot, its payloads and its refused rows; a seed brings the payloads of its rows along."""
    s, sid, at = p.snapshot, source.source_id, p.snapshot.observed_at.replace(tzinfo=None)
    con.execute(
        "insert into stored.snapshots values (?, ?, ?, ?, ?, ?)",
        [
            s.snapshot_id,
            sid,
            at,
            s.complete,
            sum(t.num_rows for t in p.tables.values()),
            p.failure.message if p.failure else None,
        ],
    )
    if p.failure:
        con.execute(
            "insert into stored.quarantine values (?, ?, ?, null, ?, ?, null)",
            [sid, s.snapshot_id, s.payloads[0].key, at, p.failure.message],
        )
        return
    if p.seed:
        _insert_unknown(con, "stored.payloads", p.seed.payloads, ("payload_key",))
        _insert_unknown(con, "stored.listings", p.seed.listings, ("fact", "scope", "payload_key"))
        return
    note_shapes(con, s)
    counts: dict[int, int] = {}
    for table in p.tables.values():
        for entry in table.column("payload_key").value_counts().to_pylist():
            counts[entry["values"]] = counts.get(entry["values"], 0) + entry["counts"]
    _insert_unknown(
        con,
        "stored.payloads",
        pa.Table.from_pylist([_describe_payload(x, s, counts.get(x.key, 0), p.refused) for x in s.payloads]),
        ("payload_key",),
    )
    times = {x.key: x.observed_at.replace(tzinfo=None) for x in s.payloads}
    for r in p.refused:
        con.execute(
            "insert into stored.quarantine values (?, ?, ?, ?, ?, ?, ?)",
            [sid, s.snapshot_id, r.payload_key, r.row_no, times[r.payload_key], r.reason, r.row_json],
        )


def _describe_payload(p: Payload, snapshot: Snapshot, rows: int, refused: Sequence[Refused]) -> dict[str, object]:
    return {
        "payload_key": p.key,
        "snapshot_id": snapshot.snapshot_id,
        "source_id": p.source_id,
        "name": p.name,
        "url": p.url,
        "sha256": p.sha256,
        "bytes": len(p.body),
        "observed_at": p.observed_at.replace(tzinfo=None),
        "observed_kind": p.observed_kind,
        "first_observed_at": p.first_observed_at.replace(tzinfo=None),
        "recorded_at": p.recorded_at.replace(tzinfo=None),
        "kind": p.kind,
        "licence_id": p.licence_id,
        "redistributable": p.redistributable,
        "complete": p.complete,
        "expected_rows": p.expected_rows,
        "origin": p.origin,
        "note": p.note,
        "rows": rows,
        "refused": sum(r.payload_key == p.key for r in refused),
    }
