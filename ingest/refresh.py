"""One run, top to bottom: read each source, archive, append, publish.

A source that fails costs its own new data and nothing else: what it said before stays, and says how old
it is. One writer at a time; the second is told who holds the lock. Asked to stop, a run gives up the source
it is reading and publishes what is whole.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import time
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, TextIO

import duckdb

from ingest.archive import Archive, ArchiveError, NewPayload
from ingest.errors import ReadableError
from ingest.kept import is_kept_of, write_kept
from ingest.publish import CheckError, build_relations, publish
from ingest.registry import Registry, RegistryError
from ingest.seed import archive_seed
from ingest.seed_store import store_seed
from ingest.source import FetchContext, Fetched, Source, SourceError, discover_sources
from ingest.stop import Stop, StopAsked
from ingest.store import DATA, SEED, StoreError, get_home, get_published_path, prepare_writer, read_row, write_at_once

# What only a run over sources needs (HTTP, parsing) is imported where it is used: a first start does without.
if TYPE_CHECKING:
    from ingest.http import FetchLog

log = logging.getLogger(__name__)
_DISK_FAILURES = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO}


class LockedError(ReadableError):
    """Another process is writing: says which, and what to do."""


@dataclass(slots=True)
class Outcome:
    """How one source ended: rows and refused rows written, or the sentence that says why not."""

    source_id: str
    rows: int = 0
    refused: int = 0
    snapshots: int = 0
    seconds: float = 0.0
    error: str | None = None
    is_new_failure: bool = False
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class RunReport:
    """A run's outcomes, the files left aside, and the exit code of DESIGN.md section 5.

    `unread` names the sources that a request to stop left unread."""

    outcomes: list[Outcome] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    published: bool = False
    exit_code: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class RunOptions:
    """What to refresh and from where; `only` empty means every enabled source."""

    only: tuple[str, ...] = ()
    replay_from: Path | None = None
    constructed: bool = False
    mirror: str | None = None
    strict: bool = False
    as_ofs: tuple[datetime, ...] = ()


def run_refresh(
    options: RunOptions,
    *,
    stop: Stop | None = None,
    on_step: Callable[[str], None] = lambda step: None,
    on_outcome: Callable[[Outcome], None] = lambda outcome: None,
) -> RunReport:
    """Refresh the home of LANDSCAPE_HOME. Raises LockedError, ManifestError; a source's failure is reported.

    `on_step` is told what is being done, `on_outcome` how each source ended."""
    sources = choose_sources(options)
    with open_writer() as (con, archive):
        return run_sources(con, archive, sources, options, stop or Stop(), datetime.now(UTC), on_step, on_outcome)


def run_sources(
    con: duckdb.DuckDBPyConnection,
    archive: Archive,
    sources: Sequence[Source],
    options: RunOptions,
    stop: Stop,
    started: datetime,
    on_step: Callable[[str], None],
    on_outcome: Callable[[Outcome], None],
) -> RunReport:
    """One run over some sources, in their order, by who holds the writer; logged as `started` then (UTC)."""
    from ingest.replay import read_recordings
    from ingest.runs import log_run, log_source, log_unpublished

    report = RunReport()
    run_id = uuid.uuid4().hex[:12]
    if options.replay_from is None and not archive.list_sources():
        archive_seed(archive, SEED, started)
    recorded, registry = None, Registry.load(DATA)
    if options.replay_from is not None:
        recorded = read_recordings(
            options.replay_from, discover_sources(), constructed=options.constructed, only=options.only
        )
        report.skipped = recorded.skipped
    for n, source in enumerate(sources):
        began = time.monotonic()
        outcome = Outcome(source.source_id)
        on_step(source.source_id)
        try:
            if recorded is None:
                _fetch_source(con, archive, source, options, run_id, registry, outcome, stop)
            elif not stop.asked:
                for payloads in recorded.snapshots.get(source.source_id, {}).values():
                    archive.write(source.source_id, payloads, started)
            else:
                raise StopAsked
        except StopAsked:
            report.unread = [s.source_id for s in sources[n:]]
            break
        except SourceError as e:
            outcome.error = e.message
        except (OSError, ArchiveError) as e:
            outcome.error = f"its bodies could not be archived ({e})."
        _ingest(con, archive, source, outcome)
        outcome.seconds = time.monotonic() - began
        outcome.is_new_failure = log_source(
            con, run_id, source.source_id, started, outcome.error, outcome.rows, outcome.seconds
        )
        report.outcomes.append(outcome)
        on_outcome(outcome)
    if report.unread and not report.outcomes:
        return report
    report.exit_code = _judge_outcomes(report, sources, options)
    log_run(con, run_id, started, datetime.now(UTC), report.exit_code)
    on_step("publishing")
    publish_report(con, report, options)
    if not report.published:
        report.exit_code = 3
        log_unpublished(con, run_id, report.error)
    return report


def build_from_seed() -> RunReport:
    """Make a published database from the bundled seed, without a network. Raises LockedError, StoreError."""
    if not any(SEED.glob("*.parquet")):
        raise StoreError(f"{SEED} holds no seed: run `landscape refresh` to read the sources themselves.")
    with open_writer() as (con, archive):
        is_empty = not archive.list_sources()
        seeded = archive_seed(archive, SEED, _now())
        with write_at_once(con):
            # Another snapshot, a source gone or a file that cannot be read makes another key.
            if is_empty and _is_unused(con) and is_kept_of(con, SEED, seeded.items()):
                stored = store_seed(con, SEED, seeded)
                outcomes = [Outcome(source_id, rows=rows, snapshots=1) for source_id, rows in stored.items()]
            else:
                outcomes = _ingest_seed(con, archive, seeded)
        report = RunReport(outcomes)
        publish_report(con, report, RunOptions())
        return report


def _is_unused(con: duckdb.DuckDBPyConnection) -> bool:
    return read_row(con, "select 1 from stored.snapshots limit 1") is None


def _ingest_seed(con: duckdb.DuckDBPyConnection, archive: Archive, seeded: Collection[str]) -> list[Outcome]:
    outcomes = []
    for source in (s for s in discover_sources().values() if s.source_id in seeded):
        outcomes.append(Outcome(source.source_id))
        _ingest(con, archive, source, outcomes[-1], alone=False)
    return outcomes


def work_out_seed(folder: Path) -> None:
    """Work out what a first start would of a seed, and keep the outcome beside it."""
    from ingest.append import ingest_source

    with TemporaryDirectory() as aside:
        archive = Archive(Path(aside) / "raw")
        con = open_work(Path(aside) / "work.duckdb")
        try:
            for source_id in archive_seed(archive, folder, _now()):
                ingest_source(con, archive, discover_sources()[source_id])
            # What the bundled seed keeps of the very same facts and code need not be worked out again.
            build_relations(con, kept_in=SEED)
            write_kept(con, folder)
        finally:
            con.close()


def publish_again() -> RunReport:
    """Publish what is stored once more, with today's views. Raises LockedError, StoreError."""
    with open_writer() as (con, _):
        report = RunReport()
        publish_report(con, report, RunOptions())
        return report


def rebuild(archive: Archive, to: Path) -> Path:
    """Replay an archive into a fresh database below `to`, with today's parsers and registries."""
    from ingest.append import ingest_source

    to.mkdir(parents=True, exist_ok=True)
    work, target = to / "work.duckdb", to / "landscape.duckdb"
    for old in (work, target):
        old.unlink(missing_ok=True)
    con = open_work(work)
    try:
        for source in discover_sources().values():
            ingest_source(con, archive, source)
        publish(con, work, target)
    finally:
        con.close()
    return target


def choose_sources(options: RunOptions) -> list[Source]:
    """The sources a run reads, required ones first. Raises SourceError for a name that does not exist."""
    known = discover_sources()
    for name in options.only:
        if name not in known:
            raise SourceError(name, f"there is no such source; there are {', '.join(known)}.")
    chosen = [s for s in known.values() if (s.source_id in options.only if options.only else s.enabled)]
    return sorted(chosen, key=lambda s: (not s.required, s.source_id))


@contextmanager
def open_writer() -> Iterator[tuple[duckdb.DuckDBPyConnection, Archive]]:
    """The writer's connection and archive, alone. Raises LockedError when another process holds them, and
    StoreError where this one may not write or the disk takes no more, be it while they are in use."""
    home = get_home()
    with _plain_disk_failures(home), _open_lock(home) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as e:
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            raise LockedError(
                f"{home} is being written by {holder}: wait for it to end, or stop it and try again."
            ) from e
        lock.truncate(0)
        lock.write(f"process {os.getpid()} since {_now():%Y-%m-%d %H:%M} UTC")
        lock.flush()
        archive = Archive(home / "raw")
        archive.discard_unsealed()
        con = open_work(home / "work.duckdb")
        try:
            yield con, archive
        finally:
            con.close()
            lock.truncate(0)


def _open_lock(home: Path) -> TextIO:
    try:
        home.mkdir(parents=True, exist_ok=True)
        return (home / "writer.lock").open("a+")
    except OSError as e:
        raise StoreError(
            f"{home} cannot be written ({e.strerror}): give this user the right to, or set LANDSCAPE_HOME to a "
            "folder of its own."
        ) from e


@contextmanager
def _plain_disk_failures(home: Path) -> Iterator[None]:
    """Tell of a disk that is full or broken in one sentence; every other failure passes as it is."""
    try:
        yield
    except (OSError, duckdb.IOException, duckdb.FatalException, duckdb.TransactionException) as e:
        if isinstance(e, OSError) and e.errno not in _DISK_FAILURES:
            raise
        if isinstance(e, duckdb.TransactionException) and "Could not write" not in str(e):
            raise
        why = e.strerror if isinstance(e, OSError) else str(e).splitlines()[0]
        raise StoreError(
            f"{home} took no more ({why}); the last good data stays. Make room, then run refresh again."
        ) from e


def open_work(path: Path) -> duckdb.DuckDBPyConnection:
    """The writer's database with its stored relations, created where missing. Raises StoreError."""
    try:
        con = duckdb.connect(str(path))
    except duckdb.Error as e:
        raise StoreError(
            f"{path} cannot be opened ({str(e).splitlines()[0]}): give this user the right to write it; if it is "
            "damaged, move it away and run `landscape refresh`, which makes it anew from the archive beside it."
        ) from e
    prepare_writer(con)
    con.execute((DATA / "sql" / "schema.sql").read_text())
    return con


def _fetch_source(
    con: duckdb.DuckDBPyConnection,
    archive: Archive,
    source: Source,
    options: RunOptions,
    run_id: str,
    registry: Registry,
    outcome: Outcome,
    stop: Stop,
) -> None:
    """Read a source live and archive what it served, unless every body is as it was. Raises StopAsked."""
    from ingest.access import open_session, read_settings, recall_archived
    from ingest.runs import log_fetch

    def keep(entry: FetchLog) -> None:
        with stop.sheltered():
            log_fetch(con, run_id, source.source_id, entry)

    settings, recall = read_settings(source), recall_archived(archive, source.source_id)
    # A seed is an excerpt: with nothing but that, the publisher's own history has never been read.
    last = read_row(
        con,
        "select max(observed_at) from stored.payloads where source_id = ? and kind = 'LIVE'",
        [source.source_id],
    )
    if last and last[0]:
        settings["last_read"] = last[0].isoformat()
    else:
        settings["first_run"] = "1"
    with (
        stop.interruptible(),
        open_session(source, mirror=options.mirror, on_fetch=keep, known=recall) as session,
    ):
        context = FetchContext(session, registry.tracked_repo_ids, settings, outcome.notes.append)
        answers = list(source.fetch(context))
    if not answers:
        raise SourceError(source.source_id, "the publisher gave no answer at all; nothing new was read.")
    if not all(a.unchanged for a in answers):
        archive.write(source.source_id, [_to_payload(a, source) for a in answers], _now())
    elif reason := _recall_refusal(con, archive, source, answers[0].url):
        raise SourceError(source.source_id, reason)


def _recall_refusal(con: duckdb.DuckDBPyConnection, archive: Archive, source: Source, url: str) -> str | None:
    """Why the bodies last archived were of no use, if so: served again unchanged, they are no success either."""
    found = archive.find_latest(source.source_id, url)
    row = found and read_row(
        con, "select refused from stored.snapshots where snapshot_id = ?", [found[0]["snapshot_id"]]
    )
    return row[0] if row else None


def _to_payload(a: Fetched, source: Source) -> NewPayload:
    return NewPayload(
        url=a.url,
        name=a.name or a.url,
        body=a.body,
        observed_at=a.observed_at.replace(microsecond=0),
        observed_kind="fetched",
        kind="LIVE",
        licence_id=source.licence_id,
        redistributable=source.redistributable,
        complete=a.complete,
        status=a.status,
        headers=dict(a.headers),
    )


def _ingest(
    con: duckdb.DuckDBPyConnection, archive: Archive, source: Source, outcome: Outcome, *, alone: bool = True
) -> None:
    """Bring a source's stored facts in line with its archive; a failure is noted, not raised."""
    from ingest.append import ingest_source

    try:
        done = ingest_source(con, archive, source, alone=alone)
    except ArchiveError as e:
        outcome.error = outcome.error or str(e)
        return
    outcome.rows, outcome.refused, outcome.snapshots = done.rows, done.refused, done.snapshots
    outcome.notes += [failure.message for failure in done.overtaken]
    if done.failure:
        outcome.error = outcome.error or done.failure.message


def publish_report(con: duckdb.DuckDBPyConnection, report: RunReport, options: RunOptions) -> None:
    """Publish unless there is nothing at all to show; what stops it is told, and the last good file stays."""
    if not read_row(con, "select 1 from stored.payloads limit 1"):
        report.error = "Nothing was published: no source gave any data, and there was none before."
        return
    try:
        publish(con, get_home() / "work.duckdb", get_published_path(), options.as_ofs, SEED)
        report.published = True
    except (CheckError, RegistryError) as e:
        report.error = f"Nothing was published: {e}"
    except (OSError, duckdb.IOException) as e:
        why = e.strerror if isinstance(e, OSError) else str(e).splitlines()[0]
        report.error = (
            f"Nothing was published: {get_published_path()} could not be written ({why}); the last good data stays. "
            "Make room or give the right to write, then run refresh again."
        )


def _judge_outcomes(report: RunReport, sources: Sequence[Source], options: RunOptions) -> int:
    """The exit code of a published run: 1 when a required or newly failing source failed (any, if strict)."""
    required: Mapping[str, bool] = {s.source_id: s.required for s in sources}
    failed = [o for o in report.outcomes if o.error]
    return int(any(options.strict or required.get(o.source_id) or o.is_new_failure for o in failed))


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
