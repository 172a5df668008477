"""The same questions over a long history of the Hub: made-up counters of many repositories, a hundred days of them.

The rows have the shape and order in which days are appended (sorted by repository within a day) and go through
the product's own publish, but for the measures of the Hub: those look at every repository at the end of every month,
and no page asks for that of repositories that are made up. They stay in a temporary home, and say nothing of any model.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import ingest.measuring
from ingest.measures import discover_measures
from ingest.publish import publish
from ingest.refresh import open_work
from ingest.registry import Registry
from ingest.store import DATA
from tests.bench.figures import Figure
from tests.bench.queries import measure_queries

DAYS = 100
FIRST = datetime(2026, 3, 1, 12)
_PAYLOAD_KEY = 1
_PAYLOAD = f"""
    insert into stored.payloads by name
    select {_PAYLOAD_KEY} as payload_key, 'made_up' as snapshot_id, 'hf_hub' as source_id, 'made up' as name, '' as url,
           repeat('0', 64) as sha256, 0 as bytes, timestamp '2025-08-06' as observed_at, 'recorded' as observed_kind,
           timestamp '2025-08-06' as first_observed_at, timestamp '2025-08-06' as recorded_at, 'CONSTRUCTED' as kind,
           'CC0-1.0' as licence_id, 'yes' as redistributable, true as complete, 0 as rows, 0 as refused"""
# Popularity falls with the number, as on the Hub; the day and a hash keep neighbouring values apart.
_DAY = f"""
    insert into stored.hub_readings by name
    with counted as (
        select name_raw, (3e7 / (nth + 1) + hash(name_raw) % 50 + $day * 1e4 / (nth + 1))::bigint as downloads
        from repositories)
    select 'hf_hub' as source_id, 'recorded' as origin, name_raw, 'CC0-1.0' as licence_id, 'yes' as redistributable,
           $at::timestamp as observed_at, 'recorded' as observed_kind, $at::timestamp as recorded_at,
           true as is_listed, {_PAYLOAD_KEY} as payload_key, row_number() over () as row_no, []::varchar[] as flags,
           $at::timestamp as read_at, downloads as downloads_30d, downloads * 5 as downloads_all_time,
           downloads // 1000 as likes
    from counted order by name_raw"""


# A publish of more takes an hour: beyond it the rows are put into a finished file, where a publish would leave them.
_MOST_PUBLISHED = 20_000_000
_LONG_MART = """
    insert into marts.hub_counts by name
    select name_raw as repo_id, $first::date + day::int as day, $first::timestamp + to_days(day::int) as read_at,
           'recorded' as origin,
           (3e7 / (nth + 1) + hash(name_raw) % 50 + day * 1e4 / (nth + 1))::bigint as downloads_30d,
           downloads_30d * 5 as downloads_all_time, downloads_30d // 1000 as likes, []::varchar[] as flags,
           read_at as observed_at, 'recorded' as observed_kind, 'CC0-1.0' as licence_id, 'yes' as redistributable,
           1 as payload_key, nth * 100 + day as row_no
    from (from repositories order by name_raw) r, range($days) d(day)"""


def measure_scale(home: Path, rows: int, pages: Sequence[str], rounds: int) -> list[Figure]:
    """Queries behind each page and the cost of publishing, with some rows of Hub history beside a home's facts."""
    group = f"{rows / 1e6:g} M hub rows"
    if rows > _MOST_PUBLISHED:
        return measure_long(home, rows, pages, rounds, f"{group}, put into a finished file")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        shutil.copyfile(home / "work.duckdb", made / "work.duckdb")
        con = open_work(made / "work.duckdb")
        try:
            add_history(con, rows)
            con.execute("checkpoint")
            began = time.perf_counter()
            with leave_hub_unmeasured():
                publish(con, made / "work.duckdb", made / "landscape.duckdb")
            seconds = time.perf_counter() - began
        finally:
            con.close()
        size = (made / "landscape.duckdb").stat().st_size / 1e9
        copied = time_copy(made / "work.duckdb", made / "copy")
        return [
            Figure(group, "publish, with names, marts and checks", "s", [seconds]),
            Figure(group, "published file", "GB", [size]),
            Figure(group, "copy of the writer's file alone, flushed", "s/GB", [copied], budget=1),
            *measure_queries(made, pages, rounds, group, rows / 1e6),
        ]


def measure_long(home: Path, rows: int, pages: Sequence[str], rounds: int, group: str) -> list[Figure]:
    """Queries for the present alone, with that many rows of the mart that pages read Hub counts from."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder)
        shutil.copyfile(home / "landscape.duckdb", made / "landscape.duckdb")
        with duckdb.connect(str(made / "landscape.duckdb")) as con:
            con.execute("set enable_progress_bar = false")
            name_repositories(con, rows)
            con.execute(_LONG_MART, {"first": FIRST, "days": DAYS})
            con.execute("checkpoint")
        size = (made / "landscape.duckdb").stat().st_size / 1e9
        asked = measure_queries(made, pages, rounds, group, rows / 1e6, past=False)
        return [Figure(group, "published file", "GB", [size]), *asked]


@contextmanager
def leave_hub_unmeasured() -> Iterator[None]:
    """Measure what reads other sources alone."""
    others = tuple(m for m in discover_measures() if "hf_hub" not in m.sources)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.measuring, "discover_measures", lambda: others)
        yield


def add_history(con: duckdb.DuckDBPyConnection, rows: int) -> None:
    """Add a hundred days of counters of rows/100 repositories, the tracked ones first, day by day."""
    con.execute("set preserve_insertion_order = true")
    name_repositories(con, rows)
    con.execute(_PAYLOAD)
    for day in range(DAYS):
        con.execute(_DAY, {"day": day, "at": FIRST + timedelta(days=day)})


def time_copy(path: Path, to: Path) -> float:
    """Seconds a GB to copy a file and flush it: the part of a publish that grows with the file whatever is in it."""
    size = path.stat().st_size / 1e9
    began = time.perf_counter()
    shutil.copyfile(path, to)
    with to.open("rb") as f:
        os.fsync(f.fileno())
    return (time.perf_counter() - began) / size


def name_repositories(con: duckdb.DuckDBPyConnection, rows: int) -> None:
    """A temporary table of the repositories that many rows are of, with their rank."""
    tracked = list(Registry.load(DATA).tracked_repo_ids)
    con.execute(
        """
        create or replace temp table repositories as
        select unnest($tracked::varchar[]) as name_raw, generate_subscripts($tracked::varchar[], 1) as nth
        union all
        select format('org{}/model-{}', range // 20, range), range + len($tracked) from range($others)""",
        {"tracked": tracked, "others": rows // DAYS - len(tracked)},
    )
