"""`landscape check`: claims of the published file, shapes of what is served.

A file may be published and wrong, and a publisher may rename a field without a word. Live, each source is asked as
a refresh would ask it, conditionally, and nothing is kept: what it serves is held to the shape last accepted of the
same address, and to today's parser. A source that fails costs a line and never the others theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import click
import duckdb

from ingest.access import open_session, read_settings, recall_archived
from ingest.append import PARSER_FAULTS, parse_snapshot
from ingest.archive import Archive, ArchiveError
from ingest.claims import judge_claims
from ingest.quality import read_shapes
from ingest.refresh import RunOptions, choose_sources
from ingest.registry import Registry
from ingest.shape import compare_shapes, name_place, read_shape
from ingest.source import FetchContext, Fetched, Payload, Snapshot, Source, SourceError
from ingest.store import DATA, Reader, StoreError, get_home, read_row

_SHOWN = 6


@dataclass(slots=True)
class Answered:
    """What a source's live client gave: differences named, or the sentence that says why it gave nothing."""

    source_id: str
    bodies: int = 0
    rows: int = 0
    refused: int = 0
    differences: list[str] = field(default_factory=list)
    unknown: int = 0  # bodies of which no shape was accepted before
    error: str | None = None

    @property
    def is_fine(self) -> bool:
        return self.error is None and not self.differences

    def __str__(self) -> str:
        if self.error:
            return f"{self.source_id}: FAILED: {self.error}"
        bodies = "1 body" if self.bodies == 1 else f"{self.bodies:,} bodies"
        read = f"{bodies}, {self.rows:,} rows" + (f", {self.refused:,} refused" if self.refused else "")
        if self.differences:
            more = len(self.differences) - _SHOWN
            shown = "; ".join(self.differences[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
            return f"{self.source_id}: DIFFERS: {shown} ({read})"
        if self.unknown == self.bodies:
            return f"{self.source_id}: readable, with no earlier read here to compare with ({read})"
        return f"{self.source_id}: as expected ({read})"


def follow_check(*, live: bool, mirror: str | None, only: Sequence[str]) -> int:
    """Print each claim, or each source's live answer, as it is judged; 1 when one does not hold."""
    if live:
        return _follow_live(mirror, only)
    bad = 0
    with Reader().open_cursor() as cursor:
        try:
            for verdict in judge_claims(cursor):
                bad += bool(verdict.offending)
                click.echo(str(verdict))
        except duckdb.CatalogException as e:
            raise StoreError(
                f"the published file is not of this version ({str(e).splitlines()[0]}); "
                "run `landscape refresh` to publish it anew."
            ) from e
    return int(bad > 0)


def _follow_live(mirror: str | None, only: Sequence[str]) -> int:
    bad = 0
    for answered in check_sources(choose_sources(RunOptions(tuple(only))), mirror):
        bad += not answered.is_fine
        click.echo(str(answered))
    return int(bad > 0)


def check_sources(sources: Sequence[Source], mirror: str | None) -> Iterator[Answered]:
    """Ask each source's live client, one after the other. Raises StoreError where nothing is published."""
    archive, registry = Archive(get_home() / "raw"), Registry.load(DATA)
    for source in sources:
        with Reader().open_cursor() as cursor:
            expected, last = _recall(cursor, source.source_id)
        answered = Answered(source.source_id)
        try:
            answers = _ask(source, archive, registry, mirror, last, answered)
            _compare(answers, expected, answered)
            _parse(source, answers, answered)
        except SourceError as e:
            answered.error = e.message
        except (OSError, ArchiveError) as e:
            answered.error = f"its archived bodies could not be read ({e}); restore them from a copy."
        except PARSER_FAULTS as e:
            answered.error = f"its parser stopped ({type(e).__name__}: {e}); mend it, what is here stays."
        yield answered


def _recall(cursor: duckdb.DuckDBPyConnection, source_id: str) -> tuple[dict[str, list[str]], datetime | None]:
    """The shapes accepted of a source and its newest instant; none where the file is an earlier version's."""
    try:
        row = read_row(cursor, "select max(observed_at) from stored.payloads where source_id = ?", [source_id])
        return read_shapes(cursor, source_id), row[0] if row else None
    except duckdb.CatalogException:
        return {}, None


def _ask(
    source: Source,
    archive: Archive,
    registry: Registry,
    mirror: str | None,
    last: datetime | None,
    answered: Answered,
) -> list[Fetched]:
    """One live read; never a first one, so that nobody's history is asked for to look at its shape."""
    settings = {**read_settings(source), "last_read": (last or datetime.now(UTC)).replace(tzinfo=UTC).isoformat()}
    recall = recall_archived(archive, source.source_id)
    with open_session(
        source, mirror=mirror, on_fetch=lambda log: None, known=recall, again="run the check again"
    ) as session:
        context = FetchContext(session, registry.tracked_repo_ids, settings, answered.differences.append)
        answers = list(source.fetch(context))
    if not answers:
        raise SourceError(source.source_id, "the publisher gave no answer at all; look at its page.")
    answered.bodies = len(answers)
    return answers


def _compare(answers: Sequence[Fetched], expected: dict[str, list[str]], answered: Answered) -> None:
    """Name each field that differs, once however many bodies of its place differ in it."""
    found: dict[str, None] = {}
    for a in answers:
        was = expected.get(name_place(a.url, a.body))
        if was is None:
            answered.unknown += 1
            continue
        for drift in compare_shapes(was, read_shape(a.body, a.url)):
            found[str(drift)] = None
    answered.differences += found


def make_snapshot(source: Source, answers: Sequence[Fetched]) -> Snapshot:
    """A live read's answers as the snapshot they would be archived as; there is at least one."""
    payloads = tuple(
        Payload(
            key=n,
            source_id=source.source_id,
            name=a.name or a.url,
            url=a.url,
            body=a.body,
            observed_at=a.observed_at,
            observed_kind="fetched",
            first_observed_at=a.observed_at,
            recorded_at=a.observed_at,
            kind="LIVE",
            licence_id=source.licence_id,
            redistributable=source.redistributable,
            complete=a.complete,
        )
        for n, a in enumerate(answers)
    )
    return Snapshot("check", source.source_id, answers[0].observed_at, payloads)


def _parse(source: Source, answers: Sequence[Fetched], answered: Answered) -> None:
    """Read what was served with today's parser, and keep nothing of it. Raises SourceError."""
    parsed = parse_snapshot(source, make_snapshot(source, answers))
    answered.rows = sum(t.num_rows for t in parsed.tables.values())
    answered.refused = len(parsed.refused)
