"""The append rule as one set-based fold per kind of fact.

A row is kept when its key is new or its values differ from the row of that key known at that moment
(A, B, A is three rows); a complete listing that lacks a listed key delists it by repeating its last
values. It is one SQL statement over all candidates, so the order in which they arrive cannot matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb

from ingest.rows import open_scratch
from ingest.source import FACT_TYPES, Fact, Source, arrow_schema
from ingest.store import read_row

if TYPE_CHECKING:
    import pyarrow as pa

KIND_BY_NAME: Mapping[str, type[Fact]] = {k.KIND: k for k in FACT_TYPES}

BOOKKEEPING = (
    "source_id",
    "origin",
    "name_raw",
    "licence_id",
    "redistributable",
    "observed_at",
    "observed_kind",
    "recorded_at",
    "is_listed",
    "payload_key",
    "row_no",
    "flags",
)
_ADDRESS = frozenset(BOOKKEEPING) - {"name_raw", "origin", "flags"}
_CARRIED = ("licence_id", "redistributable")


@dataclass(frozen=True, slots=True)
class KindColumns:
    """The columns of a kind by their part in the fold: what identifies a row, and what may change."""

    key: tuple[str, ...]
    scope: tuple[str, ...] | None
    values: tuple[str, ...]

    def same_key(self, a: str, b: str) -> str:
        return " and ".join(f"{a}.{c} is not distinct from {b}.{c}" for c in self.key)

    def scope_of(self, alias: str) -> str:
        """SQL for a row's scope as text: the same text for the same columns in every run."""
        parts = ", ".join(f"{alias}.{c}::varchar" for c in self.scope or ())
        return f"to_json([{parts}])::varchar" if parts else "'[]'"


def describe_columns(kind: type[Fact], source: Source) -> KindColumns:
    """Key, scope and values of a kind, under this source's own scopes."""
    names = [f.name for f in arrow_schema(kind)]
    values = tuple(n for n in names if n not in _ADDRESS and n not in kind.KEY)
    return KindColumns(kind.KEY, source.scopes.get(kind.KIND, kind.SCOPE), values)


def list_stored_columns(kind: type[Fact]) -> list[str]:
    """Columns of a stored table, in the order schema.sql has them."""
    return [*BOOKKEEPING, *(f.name for f in arrow_schema(kind) if f.name not in BOOKKEEPING)]


def list_scopes(source: Source, kind: type[Fact], facts: pa.Table, payloads: Sequence[Mapping[str, Any]]) -> pa.Table:
    """The stored.listings rows of one snapshot's facts: each scope, whether it was whole, and its size.

    A scope is whole when every payload that holds rows of it is complete and none falls short of the
    rows it announced."""
    import pyarrow as pa

    columns = describe_columns(kind, source)
    payload_scope = pa.schema(
        [("payload_key", pa.int64()), ("complete", pa.bool_()), ("expected_rows", pa.int64()), ("refused", pa.int64())]
    )
    with open_scratch() as con:
        con.register("facts", facts)
        con.register("payloads", pa.Table.from_pylist([dict(p) for p in payloads], schema=payload_scope))
        return con.sql(f"""
            with per_payload as (select payload_key, count(*) as rows from facts group by all)
            select '{source.source_id}' as source_id, '{kind.KIND}' as fact, {columns.scope_of("f")} as scope,
                   max(f.p_observed_at) as observed_at, max(f.observed_at) as evident_at,
                   max(f.recorded_at) as recorded_at,
                   arg_max(payload_key, (f.p_observed_at, payload_key)) as payload_key,
                   min(f.snapshot_id) as snapshot_id,
                   bool_and(p.complete and (p.expected_rows is null or pp.rows >= p.expected_rows)) as complete,
                   count(*) as rows, max(p.expected_rows) as expected_rows, max(p.refused) as refused
            from facts f join payloads p using (payload_key) join per_payload pp using (payload_key)
            where {"false" if columns.scope is None else "true"}
            group by scope order by scope""").to_arrow_table()


def append_kind(
    con: duckdb.DuckDBPyConnection,
    source: Source,
    kind: type[Fact],
    facts: pa.Table,
    listings: pa.Table,
    *,
    first: bool,
) -> bool:
    """Write the rows of one kind that the fold keeps.

    `facts` has the kind's columns, the bookkeeping, `p_observed_at` and `snapshot_id`; `listings` the
    stored.listings rows that may delist. False, with nothing written, when something lies before what is
    stored of its key or scope: the caller then replays the source. `first`: nothing is stored yet.
    """
    columns = describe_columns(kind, source)
    con.register("candidates_in", facts)
    con.register("listings_in", listings)
    try:
        _settle_candidates(con, source, kind, columns, first=first)
        if not first and _reaches_back(con, source, kind, columns):
            return False
        con.execute(
            """
            insert into stored.quarantine
            select $source, snapshot_id, payload_key, row_no, p_observed_at,
                   'A second row with the same key and other values in one payload; the first was used.', row_json
            from conflicts order by all""",
            {"source": source.source_id},
        )
        con.execute(_fold_sql(kind, columns), {"source": source.source_id})
        return True
    finally:
        con.unregister("candidates_in")
        con.unregister("listings_in")


def forget_source(con: duckdb.DuckDBPyConnection, source_id: str) -> None:
    """Delete everything stored of a source, so that it can be folded anew from the archive."""
    for table in [*KIND_BY_NAME, "listings", "quarantine", "payloads", "snapshots", "shapes"]:
        con.execute(f"delete from stored.{table} where source_id = ?", [source_id])


def _settle_candidates(
    con: duckdb.DuckDBPyConnection, source: Source, kind: type[Fact], columns: KindColumns, *, first: bool
) -> None:
    """One candidate a payload and key. A row's own date counts where it is first seen; the same row in a
    later payload is evidence of that payload's instant only (a restatement may not rewrite the past).

    Rows that share their key and instant with no other pass untouched: of a million rows hardly any do."""
    key, values = ", ".join(columns.key), ", ".join((*columns.values, "is_listed"))
    stored_before = "false"
    if not first:
        stored_before = f"""exists (from stored.{kind.KIND} s where s.source_id = $source
            and s.observed_at = o.observed_at and s.payload_key <> o.payload_key and {columns.same_key("s", "o")})"""
    same_double = f"d.payload_key = c.payload_key and d.observed_at = c.observed_at and {columns.same_key('d', 'c')}"
    con.execute(f"""
        create or replace temp table doubles as
        with doubled as (
            select payload_key, observed_at, {key} from candidates_in group by all having count(*) > 1)
        select c.*, row_number() over w as nth, first_value(row({values})) over w as first_values
        from candidates_in c
        semi join doubled d on {same_double}
        window w as (partition by payload_key, observed_at, {key} order by row_no)""")
    con.execute(f"""
        create or replace temp table conflicts as
        select payload_key, row_no, snapshot_id, p_observed_at, to_json(row({key}, {values}))::varchar as row_json
        from doubles where nth > 1 and row({values}) is distinct from first_values""")
    con.execute(
        f"""
        create or replace temp table candidates as
        with one as (
            from candidates_in c anti join doubles d on {same_double}
            union all by name
            select * exclude (nth, first_values) from doubles where nth = 1),
        repeated as (select observed_at, {key} from one group by all having count(*) > 1),
        seen as (
            select o.*, {stored_before} as is_again
            from one o anti join repeated r on r.observed_at = o.observed_at and {columns.same_key("r", "o")}
            union all by name
            select o.*, {stored_before} or row_number() over (
                partition by {", ".join(f"o.{c}" for c in columns.key)}, o.observed_at
                order by p_observed_at, payload_key, row_no) > 1 as is_again
            from one o semi join repeated r on r.observed_at = o.observed_at and {columns.same_key("r", "o")})
        select * exclude (is_again) replace (
            case when is_again then greatest(observed_at, p_observed_at) else observed_at end as observed_at)
        from seen""",
        {"source": source.source_id} if not first else {},
    )


def _reaches_back(con: duckdb.DuckDBPyConnection, source: Source, kind: type[Fact], columns: KindColumns) -> bool:
    """Whether a candidate or listing lies before something stored that it could have changed."""
    table = f"stored.{kind.KIND}"
    if columns.scope is None:
        sql = f"""
            select exists (from candidates c join {table} s on s.source_id = $source and {columns.same_key("s", "c")}
                           where s.observed_at >= c.observed_at)"""
    else:
        sql = f"""
            with stored as (
                select {columns.scope_of("s")} as scope, observed_at from {table} s where source_id = $source
                union all
                select scope, observed_at from stored.listings where source_id = $source and fact = '{kind.KIND}'),
            incoming as (
                select {columns.scope_of("c")} as scope, observed_at from candidates c
                union all select scope, observed_at from listings_in)
            select exists (from incoming i join (select scope, max(observed_at) as newest from stored group by all) n
                           using (scope) where i.observed_at <= n.newest)"""
    row = read_row(con, sql, {"source": source.source_id})
    return bool(row and row[0])


def _fold_sql(kind: type[Fact], columns: KindColumns) -> str:
    """The insert: candidates, the stored row in force per touched key, and the gaps complete listings leave."""
    key, table = ", ".join(columns.key), f"stored.{kind.KIND}"
    packed = ", ".join(f"{c} := {c}" for c in columns.values)
    carried = ", ".join(f"{c} := {c}" for c in _CARRIED)
    order = "observed_at, is_new, p_observed_at, is_listed, payload_key, row_no"
    absent, in_scope = _absent_sql(columns), "false"
    if columns.scope is not None:
        in_scope = f"{columns.scope_of('s')} in (select scope from listings_in where complete and refused = 0)"
    out = {**{c: f"b.{c}" for c in _CARRIED}, **{c: f"v.{c}" for c in columns.values}, "source_id": "$source"}
    stored = list_stored_columns(kind)
    return f"""
        insert into {table} ({", ".join(stored)})
        with present as (
            select {key}, struct_pack({packed}) as v, struct_pack({carried}) as b, is_listed, observed_at,
                   observed_kind, recorded_at, payload_key, row_no, p_observed_at, snapshot_id, true as is_new
            from candidates
            union all
            select {key}, struct_pack({packed}), struct_pack({carried}), is_listed, observed_at, observed_kind,
                   recorded_at, payload_key, row_no, observed_at, '', false
            from (select * from {table} s where source_id = $source
                    and ({in_scope} or exists (from candidates c where {columns.same_key("c", "s")}))
                  qualify row_number() over (partition by {key} order by observed_at desc, rowid desc) = 1)),
        everything as (from present union all {absent}),
        many as (select {key} from everything group by all having count(*) > 1),
        filled as (
            select * replace (coalesce(v, last_value(v ignore nulls) over w) as v,
                              coalesce(b, last_value(b ignore nulls) over w) as b)
            from (from everything e semi join many m on {columns.same_key("e", "m")}) window w as (
                partition by {key} order by {order} rows between unbounded preceding and current row)),
        changes as (
            select *, lag(v) over w as last_v, lag(is_listed) over w as last_listed, row_number() over w as nth
            from filled window w as (partition by {key} order by {order})),
        kept as (
            select * from everything e anti join many m on {columns.same_key("e", "m")} where is_new
            union all by name
            select * exclude (last_v, last_listed, nth) from changes
            where is_new and (nth = 1 or v is distinct from last_v or is_listed is distinct from last_listed))
        select {", ".join(f"{out.get(c, c)} as {c}" for c in stored)} from kept
        order by {key}, {order}"""


def _absent_sql(columns: KindColumns) -> str:
    """A row without values for each key a complete listing lacks; row_no -1 says "by its absence".

    A listing of which rows were refused delists nobody: the key that seems missing may be among them. A row of a
    derived table is dated by itself, so it is no sign that the list beside it still had the key."""
    if columns.scope is None:
        return "from present where false"
    return f"""
        select {", ".join(f"k.{c}" for c in columns.key)}, null as v, null as b, false as is_listed, l.observed_at,
               'fetched' as observed_kind, l.recorded_at, l.payload_key, -1 as row_no, l.observed_at as p_observed_at,
               l.snapshot_id, true as is_new
        from (select {", ".join(columns.key)}, {columns.scope_of("p")} as scope, min(observed_at) as first_at
              from present p group by all) k
        join listings_in l on l.complete and l.refused = 0 and l.scope = k.scope and l.observed_at > k.first_at
        where not exists (from present x where {columns.same_key("x", "k")} and x.is_new
                          and x.v.origin is distinct from 'derived'
                          and (x.snapshot_id = l.snapshot_id or x.observed_at = l.observed_at))"""
