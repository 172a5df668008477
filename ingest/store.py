"""The database: where it lives, how it is opened, and what as-of means.

The writer has a file of its own; readers get a finished copy by atomic replace, attached read-only to
an in-memory connection so that a replaced file is noticed. Nobody ever opens the published file for
writing. As-of is one variable on one cursor, the same for pages, SQL and measures. This is all of ingest
that the dashboard may import.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb

from ingest.errors import ReadableError

PROJECT = Path(__file__).resolve().parents[1]
DATA = PROJECT / "data"
SEED = DATA / "seed"
# Bytes of a writer's database: several times one of every recorded source. Ten million readings of the Hub are more,
# and are published sooner by all threads.
_SMALL_FILE = 64 * 2**20


class StoreError(ReadableError):
    """The database cannot be opened or is not there: says why and what to do."""


class InstantError(StoreError):
    """A text that should be an instant is none: says how to write one."""

    exit_code = 2


def get_home() -> Path:
    """The folder that holds the archive and both database files: LANDSCAPE_HOME, else data/local."""
    return Path(os.environ.get("LANDSCAPE_HOME") or DATA / "local")


def get_published_path() -> Path:
    """The file readers attach: LANDSCAPE_DATABASE, else landscape.duckdb at home."""
    return Path(os.environ.get("LANDSCAPE_DATABASE") or get_home() / "landscape.duckdb")


def parse_as_of(text: str) -> datetime:
    """An instant from `2025-12-31` (the end of that UTC day) or ISO 8601. Raises InstantError on anything else."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
            return datetime.combine(date.fromisoformat(text.strip()), time(23, 59, 59, 999999), UTC)
        moment = datetime.fromisoformat(text.strip())
    except ValueError as e:
        raise InstantError(f"{text!r} is not a date: write it as 2025-12-31 or 2025-12-31T12:00:00Z.") from e
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def set_as_of(cursor: duckdb.DuckDBPyConnection, as_of: datetime | None) -> None:
    """Make every view on this cursor show what was known at an instant; None: the latest known."""
    if as_of is None:
        cursor.execute("reset variable as_of")
    else:
        cursor.execute("set variable as_of = ?::timestamp", [as_of.astimezone(UTC).replace(tzinfo=None)])


class Reader:
    """A published file, re-attached whenever another one takes its place. Safe for many threads.

    Cursors are kept and lent again: making one costs as much as a small query. `threads`: how many one query may use,
    as many as there are cores unless told."""

    def __init__(self, path: Path | None = None, threads: int | None = None) -> None:
        self.path = path or get_published_path()
        self._threads = threads
        self._lock = threading.Lock()
        self._identity: tuple[int, int] | None = None
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._idle: list[duckdb.DuckDBPyConnection] = []

    def identify(self) -> tuple[int, int]:
        """What tells one published file from the next: part of every cache key. Raises StoreError if none."""
        try:
            s = self.path.stat()
        except FileNotFoundError as e:
            raise StoreError(f"{self.path} is not there: run `landscape` once, or `landscape refresh`.") from e
        except PermissionError as e:
            raise StoreError(_forbid(self.path)) from e
        return s.st_ino, s.st_mtime_ns

    @contextmanager
    def open_cursor(self, as_of: datetime | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of one's own on the newest published file, as of an instant. Raises StoreError.

        What is left unread of its answer is lost at the end; settings made on it stay."""
        connection, cursor = self._lend()
        try:
            if as_of is not None:
                set_as_of(cursor, as_of)
            yield cursor
            if as_of is not None:
                set_as_of(cursor, None)
        except BaseException:
            cursor.close()
            raise
        self._take_back(connection, cursor)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._discard_idle()
            if self._connection is not None:
                self._connection.close()
            self._connection = self._identity = None

    def _lend(self) -> tuple[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection]:
        with self._lock:
            identity = self.identify()
            if self._connection is None or identity != self._identity:
                self._discard_idle()
                # The old connection is dropped, not closed: another thread may be mid-query on its cursor.
                self._connection = attach_read_only(self.path)
                if self._threads:
                    self._connection.execute(f"set threads = {self._threads}")
                self._identity = identity
            connection, cursor = self._connection, self._idle.pop() if self._idle else None
        if cursor is None:
            cursor = connection.cursor()
            cursor.execute("use landscape")
        return connection, cursor

    def _take_back(self, connection: duckdb.DuckDBPyConnection, cursor: duckdb.DuckDBPyConnection) -> None:
        with self._lock:
            if connection is self._connection:
                self._idle.append(cursor)
                return
        cursor.close()

    def _discard_idle(self) -> None:
        for cursor in self._idle:
            cursor.close()
        self._idle.clear()


def attach_read_only(path: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory connection with a published file attached as `landscape`, read-only, and no other access
    to disk or network. Raises StoreError."""
    con = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    try:
        con.execute(f"attach '{str(path).replace(chr(39), chr(39) * 2)}' as landscape (read_only)")
        con.execute("set enable_external_access = false")
        con.execute("set timezone = 'UTC'")
        con.execute("use landscape")
    except duckdb.Error as e:
        con.close()
        if not os.access(path, os.R_OK):
            raise StoreError(_forbid(path)) from e
        raise StoreError(
            f"{path} cannot be opened ({str(e).splitlines()[0]}); run `landscape refresh` to publish it anew."
        ) from e
    return con


def _forbid(path: Path) -> str:
    return f"{path} may not be read by this user: give it the right to read the file and enter its folder."


def list_missing(cursor: duckdb.DuckDBPyConnection) -> list[str]:
    """What this version's pages ask for and the file of a cursor lacks: it is an earlier version's."""
    wanted = {p.stem for folder in ("history", "views") for p in (DATA / "sql" / folder).glob("*.sql")}
    wanted |= {f"marts.{p.stem}" for p in (DATA / "sql" / "marts").glob("*.sql")}
    wanted |= {"definitions", "methods"}
    there = cursor.execute(
        "select case when table_schema = 'main' then table_name else table_schema || '.' || table_name end "
        "from information_schema.tables where table_catalog = 'landscape'"
    ).fetchall()
    return sorted(wanted - {name for (name,) in there})


def prepare_writer(con: duckdb.DuckDBPyConnection) -> None:
    """A writer's settings: times in UTC, no more memory than a small machine has, beyond which DuckDB spills to a
    folder beside the file, and one thread for a small file.

    To share its short statements out among threads takes a fifth more of the processor and is not sooner done."""
    con.execute("set timezone = 'UTC'")
    con.execute("set memory_limit = '1GB'")
    [size] = con.execute("select max(total_blocks * block_size) from pragma_database_size()").fetchone() or (0,)
    if size < _SMALL_FILE:
        con.execute("set threads = 1")


@contextmanager
def transact(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of it or nothing."""
    con.execute("begin")
    try:
        yield
        con.execute("commit")
    except BaseException:
        with suppress(duckdb.TransactionException):  # none is open where it was the commit that failed
            con.execute("rollback")
        raise


@contextmanager
def write_at_once(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """A transaction that goes straight to the file, with no log before it: for a file nobody reads yet."""
    con.execute("set checkpoint_threshold = '1KB'")
    try:
        with transact(con):
            yield
    finally:
        con.execute("reset checkpoint_threshold")


def count_days(earlier: datetime, later: datetime) -> int:
    """Whole days from one instant to another."""
    return (later - earlier) // timedelta(days=1)


def read_row(con: duckdb.DuckDBPyConnection, sql: str, parameters: object = None) -> tuple[Any, ...] | None:
    """The first row of a query, read to the end: an open result blocks the connection's next statement."""
    rows = con.execute(sql, parameters).fetchall()
    return rows[0] if rows else None


def write_whole(target: Path, data: bytes) -> None:
    """Put a file in place whole: written aside, flushed to disk, renamed, the folder flushed."""
    aside = target.with_name(f"{target.name}.{os.getpid()}.writing")
    with aside.open("wb") as f:
        f.write(data)
        f.flush()
        os.fsync(f.fileno())
    aside.replace(target)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries to disk, so that a rename survives a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
