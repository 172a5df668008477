"""Publish: copy the writer's file, resolve, measure, check, and swap it in whole.

Readers see the old file or the new one, never anything between, and are never blocked: the copy is built
under a name of its own, flushed, and renamed over the published one. Marts serve the present; a reader as
of a past instant gets the same views over history.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from graphlib import TopologicalSorter
from pathlib import Path
from string import Template

import duckdb

from ingest.claims import judge_claims
from ingest.errors import ReadableError
from ingest.fold import KIND_BY_NAME
from ingest.issued import write_briefs
from ingest.kept import KEPT, restore_kept
from ingest.quality import mark_drifts, mark_faults
from ingest.store import DATA, SEED, prepare_writer, read_row, sync_folder, write_at_once

_AS_OF_VARIABLE = "coalesce(getvariable('as_of')::timestamp, 'infinity'::timestamp)"


class CheckError(ReadableError):
    """A claim of data/sql/checks does not hold: names it and shows offending rows."""


# Marts that are a filter on a table the file has anyway.
_FILTERS = ("scores",)
# Marts of millions of rows: their view is worked out first and sorted then, as both at once do not fit the memory.
_LONG = ("hub_counts",)


def publish(
    work: duckdb.DuckDBPyConnection,
    work_path: Path,
    target: Path,
    as_ofs: Sequence[datetime] = (),
    kept_in: Path | None = SEED,
) -> None:
    """Build a finished database from the writer's file and put it in place. Raises CheckError, OSError.

    `as_ofs`: instants to measure besides now and the month ends since the release; `kept_in` as build_relations."""
    target.parent.mkdir(parents=True, exist_ok=True)
    discard_unfinished(target)
    building = target.with_name(f"{target.name}.{os.getpid()}.building")
    work.execute("checkpoint")
    shutil.copyfile(work_path, building)
    try:
        con = duckdb.connect(str(building))
        try:
            with write_at_once(con):
                build_relations(con, as_ofs, kept_in)
                write_briefs(con, work_path.parent / "briefs")
            if _has_measured(con):
                from ingest.measuring import keep_measured

                keep_measured(work, con)
            con.execute("checkpoint")
        finally:
            con.close()
        with building.open("rb") as f:
            os.fsync(f.fileno())
        building.replace(target)
        sync_folder(target.parent)
    finally:
        building.unlink(missing_ok=True)
        building.with_name(building.name + ".wal").unlink(missing_ok=True)


def discard_unfinished(target: Path) -> None:
    """Remove what killed publishes left; the caller holds the writer's lock, so nobody is building."""
    for leftover in target.parent.glob(f"{target.name}.*.building*"):
        leftover.unlink()


def build_relations(
    con: duckdb.DuckDBPyConnection, as_ofs: Sequence[datetime] = (), kept_in: Path | None = SEED
) -> None:
    """Everything the published file has beyond the stored relations, on an open writer's copy.

    `kept_in`: the folder of a seed whose kept relations may stand for working them out, if it has today's."""
    prepare_writer(con)
    is_kept = kept_in is not None and restore_kept(con, kept_in, as_ofs)
    if not is_kept:
        # Beside their own work these import half a second's worth, which a first start has no use for.
        from ingest.board import write_board
        from ingest.catalogue import write_catalogue
        from ingest.measuring import choose_instants, write_measures

        write_catalogue(con)
    else:
        con.execute("set threads = 1")  # what is left is of a seed's size: sharing it out costs more than it saves
    resolve_stored(con, is_kept)
    if not is_kept:
        write_measures(con, choose_instants(con, as_ofs))
        write_board(con, DATA / "claims.toml")
    _write_marts(con, KEPT if is_kept else ())
    check_claims(con)
    con.execute("reset threads")


def resolve_stored(con: duckdb.DuckDBPyConnection, is_kept: bool = False) -> None:
    """All that measures read, over the stored rows and the catalogue: what was replaced, histories, faults, views.

    `is_kept`: faults and measures are there."""
    mark_replaced(con)
    write_histories(con)
    if not is_kept:
        from ingest.measuring import create_measures

        mark_faults(con)
        create_measures(con)
    mark_drifts(con)
    define_views(con)


def _has_measured(con: duckdb.DuckDBPyConnection) -> bool:
    found = "select 1 from duckdb_tables() where schema_name = 'logs' and table_name = 'measured'"
    return read_row(con, found) is not None


def _write_marts(con: duckdb.DuckDBPyConnection, kept: Collection[str]) -> None:
    """Each file of data/sql/marts as a table, but those kept. What several marts read is worked out once: they are
    made in the order of their views, and meanwhile a finished mart stands before the view of its name."""
    con.execute("create schema if not exists marts")
    views = order_views({p.stem: p.read_text() for p in (DATA / "sql" / "views").glob("*.sql")})
    place = {name: number for number, name in enumerate(views)}
    names = sorted(p.stem for p in (DATA / "sql" / "marts").glob("*.sql"))
    for name in sorted(names, key=lambda n: (f"marts.{n}" not in kept, place.get(n, len(place)))):
        if f"marts.{name}" not in kept:
            what = "view" if name in _FILTERS else "table"
            if name in _LONG:
                con.execute(f"create or replace temp table {name} as from main.{name}")
            con.execute(
                f"create or replace {what} marts.{name} as {(DATA / 'sql' / 'marts' / f'{name}.sql').read_text()}"
            )
            if name in _LONG:
                con.execute(f"drop table temp.{name}")
        con.execute(f"create or replace temp view {name} as from marts.{name}")
    for name in names:
        con.execute(f"drop view temp.{name}")


def mark_replaced(con: duckdb.DuckDBPyConnection) -> None:
    """For each stored row that a later one of its key replaced, when: as-of is then a filter and no window.

    Most keys have one row, and a hash tells them at a fifth of the cost of the window over all of them."""
    for name, kind in KIND_BY_NAME.items():
        key = ", ".join(("source_id", *kind.KEY))
        con.execute(f"""
            create or replace table main.replaced_{name} as
            with hashed as (select rowid as revision, hash({key}) as key_hash from stored.{name}),
            repeated as (select key_hash from hashed group by all having count(*) > 1)
            select revision, replaced_at from (
                select rowid as revision, lead(observed_at) over (
                    partition by {key} order by observed_at, rowid) as replaced_at
                from stored.{name}
                where rowid in (select revision from hashed semi join repeated using (key_hash)))
            where replaced_at is not null order by revision""")


def write_histories(con: duckdb.DuckDBPyConnection) -> None:
    """Each file of data/sql/history as a table: stored rows with the model their name leads to, which costs more than
    it takes to filter them by an instant. Present and past are then asked of the same rows."""
    for path in sorted((DATA / "sql" / "history").glob("*.sql")):
        con.execute(f"create or replace table main.{path.stem} as {path.read_text()}")


def define_views(con: duckdb.DuckDBPyConnection) -> None:
    """Each file of data/sql/views as a view on the as_of variable and, where it asks for an instant, as a
    table macro `<name>_asof(T)` for people who type SQL. `$tracked` is the ids of the tracked models, written out."""
    texts = {p.stem: p.read_text() for p in (DATA / "sql" / "views").glob("*.sql")}
    tracked = _list_tracked(con)
    for name in order_views(texts):
        texts[name] = Template(texts[name]).safe_substitute(tracked=tracked)
        wanted = set(Template(texts[name]).get_identifiers())
        relations = wanted - {"as_of"}
        view = Template(texts[name]).substitute({"as_of": _AS_OF_VARIABLE, **{r: r for r in relations}})
        con.execute(f"create or replace view {name} as {view}")
        if wanted:
            macro = Template(texts[name]).substitute(
                {"as_of": "t::timestamp", **{r: f"{r}_asof(t)" for r in relations}}
            )
            con.execute(f"create or replace macro {name}_asof(t) as table {macro}")


def _list_tracked(con: duckdb.DuckDBPyConnection) -> str:
    found = con.execute("select model_id from main.models where tracked order by model_id").fetchall()
    return ", ".join("'" + model_id.replace("'", "''") + "'" for (model_id,) in found) or "null"


def order_views(texts: Mapping[str, str]) -> list[str]:
    """View names so that each comes after the views it reads."""
    names = set(texts)
    graph = {
        n: {w for w in re.findall(r"(?<![.\w])[a-z_]+", re.sub(r"--.*", "", t)) if w in names and w != n}
        for n, t in texts.items()
    }
    return list(TopologicalSorter({n: sorted(d) for n, d in sorted(graph.items())}).static_order())


def check_claims(con: duckdb.DuckDBPyConnection) -> None:
    """Hold what was built to data/sql/checks. Raises CheckError."""
    for verdict in judge_claims(con):
        if verdict.offending:
            raise CheckError(
                f"The claim {verdict.claim!r} does not hold, for example "
                f"{[tuple(r.values()) for r in verdict.examples]}; nothing was published and the last good data stays."
            )


def checksum_relations(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int, str]]:
    """(relation, rows, checksum) of every fact, quarantine and measure relation, whatever order rows lie in."""
    relations = [
        r[0]
        for r in con.execute(
            "select 'stored.' || table_name from information_schema.tables "
            "where table_schema = 'stored' and table_name not in ('snapshots', 'shapes') order by 1"
        ).fetchall()
    ] + ["measures"]
    found = []
    for relation in relations:
        rows, digest = read_row(
            con, f"select count(*), coalesce(bit_xor(md5_number(to_json(t)::varchar)), 0) from {relation} t"
        ) or (0, 0)
        found.append((relation, int(rows), f"{int(digest) % (1 << 64):016x}"))
    return found
