"""One backfill, top to bottom: what is missing, its price, file by file, publish.

Each file of a route becomes one archived extract as soon as it is read, so a run killed at any moment loses
the file at work, and the next asks only for what is not here; one asked to stop also publishes what it has.
The writer's lock is not held while a person thinks about the price. A file that fails is told and passed over;
two in a row mean that the host is at fault.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import duckdb

from ingest.access import get_hub_endpoint, open_session
from ingest.append import ingest_source
from ingest.archive import Archive, NewPayload
from ingest.errors import ReadableError
from ingest.history.extract import Extract
from ingest.history.held import Held
from ingest.history.reader import HistoryReader
from ingest.history.routes import ROUTES, HistoryFile, Route
from ingest.http import FetchLog
from ingest.refresh import RunOptions, RunReport, open_writer, publish_report
from ingest.registry import Registry
from ingest.runs import log_fetch, log_run, log_unpublished
from ingest.seed import archive_seed
from ingest.source import Source, SourceError, discover_sources
from ingest.stop import Stop, StopAsked
from ingest.store import DATA, SEED

SOURCES = ("hf_hub",)
_SAMPLE = 3
_FAMILY = "gpt-oss"


class BackfillError(ReadableError):
    """A backfill that cannot be: says why, and what can."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class BackfillOptions:
    """What to read of the past, days inclusive; `via` names a route."""

    source_id: str
    since: date
    until: date
    via: str = "modelpulse"
    mirror: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would read, told before it starts.

    `files` are to be read, of the `asked` that hold the days wanted; `around` has their neighbours too. `bytes`,
    at most, of the `of_bytes` they have; `is_estimate`: reckoned from a few of them.
    """

    route: Route
    wanted: tuple[str, ...]
    files: tuple[HistoryFile, ...]
    asked: tuple[HistoryFile, ...]
    around: tuple[HistoryFile, ...]
    bytes: int
    of_bytes: int
    is_estimate: bool

    def find_neighbours(self, file: HistoryFile) -> list[HistoryFile]:
        """The files before and after one."""
        at = self.around.index(file)
        return [self.around[n] for n in (at - 1, at + 1) if 0 <= n < len(self.around)]


@dataclass(frozen=True, slots=True)
class FileRead:
    """One file that was read and archived; `number` of `of` in this run."""

    label: str
    number: int
    of: int
    extract: Extract
    bytes: int
    requests: int


@dataclass(slots=True)
class BackfillReport(RunReport):
    """A run's files, read and failed, beside what every run reports. `plan` None: it did not come to one."""

    plan: Plan | None = None
    read: list[FileRead] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    unread_files: int = 0
    rows: int = 0
    refused: int = 0
    is_declined: bool = False


@dataclass(slots=True)
class Traffic:
    """What was fetched per url: one line of the log a file, not one a range."""

    by_url: dict[str, FetchLog] = field(default_factory=dict)
    on_bytes: Callable[[int], None] = lambda total: None

    def add(self, entry: FetchLog) -> None:
        """Add a range to its file's line; tell the sum of all."""
        if before := self.by_url.get(entry.url):
            entry = replace(
                entry,
                bytes=before.bytes + entry.bytes,
                seconds=before.seconds + entry.seconds,
                attempts=before.attempts + entry.attempts,
            )
        self.by_url[entry.url] = entry
        self.on_bytes(sum(e.bytes for e in self.by_url.values()))

    def count(self, url: str) -> tuple[int, int]:
        """Bytes and requests of one file."""
        entry = self.by_url.get(url)
        return (entry.bytes, entry.attempts) if entry else (0, 0)


def run_backfill(
    options: BackfillOptions,
    *,
    confirm: Callable[[Plan], bool] = lambda plan: True,
    on_step: Callable[[str], None] = lambda step: None,
    on_file: Callable[[FileRead], None] = lambda file: None,
) -> BackfillReport:
    """Fill the home of LANDSCAPE_HOME. Raises LockedError, BackfillError; a publisher's failure is reported.

    `confirm` is shown the plan before any of it is read."""
    source, route = choose_route(options)
    report, started, traffic = BackfillReport(), datetime.now(UTC), Traffic()
    again = f"run backfill {source.source_id} again"
    with open_session(source, mirror=options.mirror, on_fetch=traffic.add, again=again) as session:
        reader = HistoryReader(source.source_id, route, session)
        on_step("looking at what is here")
        with open_writer() as (con, archive):
            _catch_up(con, archive)
            held = Held.read(con, archive, source.source_id, route.name)
        try:
            files = route.list_files(session, get_hub_endpoint(), options.since, options.until)
            report.plan = _make_plan(reader, held, files, options, on_step)
        except SourceError as e:
            report.error, report.exit_code = str(e), 1
            return report
        if report.plan.files and not confirm(report.plan):
            report.is_declined = True
            return report
        # Only now: before, a signal may end the run at once, as nothing of it is to be kept.
        with Stop().listening() as stop, open_writer() as (con, archive):
            held = Held.read(con, archive, source.source_id, route.name)
            _read_files(reader, archive, held, report, traffic, stop, on_step, on_file)
            _finish(con, archive, source, report, traffic, started, on_step)
            if stop.asked and report.unread_files:
                report.exit_code = stop.exit_code
    return report


def choose_route(options: BackfillOptions) -> tuple[Source, Route]:
    """The source and the route asked for. Raises BackfillError where there is none."""
    known = discover_sources()
    if options.source_id not in known or options.source_id not in SOURCES:
        raise BackfillError(
            f"{options.source_id} offers no history to backfill; there is {', '.join(SOURCES)}. Other sources' past "
            "comes with the seed and with each refresh."
        )
    if options.since > options.until:
        raise BackfillError(f"--since {options.since} lies after --until {options.until}: exchange them.")
    return known[options.source_id], ROUTES[options.via]


def list_wanted(registry: Registry) -> tuple[str, ...]:
    """Hub repositories whose past is wanted: those tracked, and every gpt-oss of the registry."""
    family = (m.hub_repo_id for m in registry.models.values() if m.family == _FAMILY and m.hub_repo_id)
    return tuple(sorted({*registry.tracked_repo_ids, *family}))


def _make_plan(
    reader: HistoryReader,
    held: Held,
    files: Sequence[HistoryFile],
    options: BackfillOptions,
    on_step: Callable[[str], None],
) -> Plan:
    """What to read and its price: exact where every file's footer says it, reckoned from a few of a route with
    a file a day."""
    wanted = list_wanted(Registry.load(DATA))
    inside = [f for f in files if f.day is None or options.since <= f.day <= options.until]
    to_read = []
    for file in inside:
        on_step(f"asking what {file.label} is")
        if held.find_missing(file, None if file.is_fixed else reader.probe(file), wanted):
            to_read.append(file)
    is_estimate = any(f.is_fixed for f in to_read) and len(to_read) > _SAMPLE
    sample = [to_read[0], to_read[len(to_read) // 2], to_read[-1]] if is_estimate else to_read
    prices = []
    for file in sample:
        on_step(f"asking what {file.label} costs")
        prices.append(reader.tell_price(file, wanted))
    share = len(to_read) / len(sample) if sample else 1
    return Plan(
        reader.route,
        wanted,
        tuple(to_read),
        tuple(inside),
        tuple(files),
        round(share * sum(p.bytes for p in prices)),
        round(share * sum(p.of_bytes for p in prices)),
        is_estimate,
    )


def _read_files(
    reader: HistoryReader,
    archive: Archive,
    held: Held,
    report: BackfillReport,
    traffic: Traffic,
    stop: Stop,
    on_step: Callable[[str], None],
    on_file: Callable[[FileRead], None],
) -> None:
    """Read and archive the planned files in order; what another run has archived meanwhile is left alone."""
    plan = report.plan
    if plan is None:
        return
    for number, file in enumerate(plan.files, start=1):
        label = f"{file.label}, file {number} of {len(plan.files)}"
        on_step(label)
        traffic.on_bytes = lambda total, label=label: on_step(  # type: ignore[misc]
            f"{label}, {total / 1e6:,.1f} of about {plan.bytes / 1e6:,.1f} MB"
        )
        try:
            with stop.interruptible():
                missing = held.find_missing(file, None if file.is_fixed else reader.probe(file), plan.wanted)
                if not missing:
                    continue
                extract = reader.read(file, plan.find_neighbours(file), missing)
            _wait_out(archive, reader.source_id, file.url)
            archive.write(reader.source_id, [_to_payload(file, extract, plan.route)], datetime.now(UTC))
        except SourceError as e:
            report.failed.append((file.label, e.message))
            reader.close(file)
            if len(report.failed) > 1 and report.failed[-2][0] == plan.files[number - 2].label:
                report.unread_files = len(plan.files) - number
                break
            continue
        except StopAsked:
            report.unread_files = len(plan.files) - number + 1
            break
        except OSError as e:
            report.failed.append((file.label, f"it could not be archived ({e.strerror}): make room, then go on."))
            report.unread_files = len(plan.files) - number
            break
        report.read.append(FileRead(file.label, number, len(plan.files), extract, *traffic.count(file.url)))
        on_file(report.read[-1])


def _wait_out(archive: Archive, source_id: str, url: str) -> None:
    """Wait for the next second where this one has an extract of the url: what is stored follows the instants read,
    which are whole seconds, and of two in one second neither is the later."""
    found = archive.find_latest(source_id, url)
    if found and datetime.fromisoformat(found[0]["observed_at"]) >= datetime.now(UTC).replace(microsecond=0):
        time.sleep(1 - datetime.now(UTC).microsecond / 1e6)


def _to_payload(file: HistoryFile, extract: Extract, route: Route) -> NewPayload:
    headers = {"etag": extract.stamp.etag, "last-modified": extract.stamp.last_modified}
    return NewPayload(
        url=file.url,
        name=f"history:{route.name}:{file.label}",
        body=extract.encode(),
        observed_at=datetime.now(UTC).replace(microsecond=0),
        observed_kind="backfilled",
        kind="LIVE",
        licence_id=route.licence_id,
        redistributable="yes",
        # All that was asked for is here, as in a live read; of a partial upload that cannot be said.
        complete=not (file.day and extract.warnings.partial),
        origin=route.name,
        note=f"An extract: {len(extract.rows):,} of {extract.file_rows:,} rows, those of {len(extract.wanted)} "
        f"repositories, from {len(extract.row_groups_read)} of {extract.row_groups} row groups.",
        status=206,
        headers={k: v for k, v in headers.items() if v},
    )


def _catch_up(con: duckdb.DuckDBPyConnection, archive: Archive) -> None:
    """Begin a new home from the seed, and store what an earlier run archived before it was killed."""
    if not archive.list_sources():
        archive_seed(archive, SEED, datetime.now(UTC))
    for source in discover_sources().values():
        ingest_source(con, archive, source)


def _finish(
    con: duckdb.DuckDBPyConnection,
    archive: Archive,
    source: Source,
    report: BackfillReport,
    traffic: Traffic,
    started: datetime,
    on_step: Callable[[str], None],
) -> None:
    """Store what was archived, log the run, publish."""
    on_step("storing the rows")
    run_id = uuid.uuid4().hex[:12]
    done = ingest_source(con, archive, source)
    report.rows, report.refused = done.rows, done.refused
    if done.failure:
        report.failed.append(("storing", done.failure.message))
    for entry in traffic.by_url.values():
        log_fetch(con, run_id, source.source_id, entry)
    report.exit_code = int(bool(report.failed))
    log_run(con, run_id, started, datetime.now(UTC), report.exit_code, "backfill")
    on_step("publishing")
    publish_report(con, report, RunOptions())
    if not report.published:
        report.exit_code = 3
        log_unpublished(con, run_id, report.error)
