"""The log of runs: what was read when, how it ended, and what of it was published.

Kept in the writer's file, so that a program that starts again knows what it need not ask twice, and copied
into the published one, so that a monitor sees it. Logs are no facts: a rebuild does not reproduce them. A
replay of recordings is no read of a publisher: only runs that asked the network count as attempts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import duckdb

from ingest.http import FetchLog
from ingest.store import Reader, StoreError, read_row


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last time a publisher was asked (UTC), and how many times in a row it has failed since it was fine."""

    at: datetime
    failures: int = 0


def log_fetch(con: duckdb.DuckDBPyConnection, run_id: str, source_id: str, entry: FetchLog) -> None:
    """Note one url asked for."""
    con.execute(
        "insert into logs.fetches values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            run_id,
            source_id,
            entry.url,
            _naive(entry.observed_at),
            entry.status,
            entry.bytes,
            entry.seconds,
            entry.attempts,
            entry.error,
        ],
    )


def log_source(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    source_id: str,
    started: datetime,
    error: str | None,
    rows: int,
    seconds: float,
) -> bool:
    """Note how a source ended; whether it fails now and did not the time before."""
    last = read_row(
        con,
        "select outcome from logs.run_sources where source_id = ? order by started_at desc, rowid desc limit 1",
        [source_id],
    )
    con.execute(
        "insert into logs.run_sources values (?, ?, ?, ?, ?, ?, ?)",
        [run_id, source_id, _naive(started), "failed" if error else "fine", error, rows, seconds],
    )
    return error is not None and (last is None or last[0] == "fine")


def log_run(
    con: duckdb.DuckDBPyConnection,
    run_id: str,
    started: datetime,
    ended: datetime,
    exit_code: int,
    command: str = "refresh",
) -> None:
    """Note a run that is about to be published: the published file then knows of the run it came from."""
    con.execute(
        "insert into logs.runs values (?, ?, ?, ?, 'published', ?)",
        [run_id, _naive(started), _naive(ended), command, exit_code],
    )


def log_unpublished(con: duckdb.DuckDBPyConnection, run_id: str, why: str | None) -> None:
    """Note that a run could not be published after all."""
    con.execute("update logs.runs set outcome = ?, exit_code = 3 where run_id = ?", [why, run_id])


def read_attempts(con: duckdb.DuckDBPyConnection, now: datetime) -> dict[str, Attempt]:
    """The last attempt at each source that was ever asked live. One dated after now is left out: the clock was
    wrong then, and must not silence a source until it is right."""
    found = con.execute(
        """
        with live as (
            select r.source_id, r.started_at, r.outcome from logs.run_sources r
            semi join logs.fetches f on f.run_id = r.run_id and f.source_id = r.source_id
            where r.started_at <= ?),
        good as (select source_id, max(started_at) as at from live where outcome = 'fine' group by source_id)
        select source_id, max(started_at),
               count(*) filter (outcome = 'failed' and started_at > coalesce(good.at, '-infinity'::timestamp))
        from live left join good using (source_id) group by source_id""",
        [_naive(now)],
    ).fetchall()
    return {source_id: Attempt(at.replace(tzinfo=UTC), failures) for source_id, at, failures in found}


def is_unpublished(con: duckdb.DuckDBPyConnection, reader: Reader) -> bool:
    """Whether something was read that the published file does not know: a run was killed, or could not publish."""
    newest = "select max(started_at) from logs.run_sources"
    row = read_row(con, newest)
    if row is None or row[0] is None:
        return False
    try:
        with reader.open_cursor() as cursor:
            return read_row(cursor, newest) != row
    except (StoreError, duckdb.CatalogException):
        return True
    finally:
        reader.close()


def _naive(moment: datetime) -> datetime:
    """An instant as the database holds it: UTC without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
