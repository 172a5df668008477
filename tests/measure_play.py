"""Measures by themselves: bodies in an archive, the views over them, and one measure's rows as of an instant.

Short of a publish: the catalogue, the faults and the views are made, and no other measure is worked out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb

from ingest.append import ingest_source
from ingest.archive import Archive, NewPayload
from ingest.catalogue import write_catalogue
from ingest.measures import MeasureRow
from ingest.publish import resolve_stored
from ingest.source import Fetched, discover_sources
from ingest.store import set_as_of
from tests.toy_source import make_database

RECORDED = datetime(2026, 11, 20, tzinfo=UTC)
# Instant -> the bodies read then: (url, name, body, complete).
Body = tuple[str, str, bytes, bool]


def make_rows(counts: dict[str, int]) -> bytes:
    """Repositories of the Hub with their 30-day downloads, in the shape of its list."""
    return json.dumps([{"id": repo, "downloads": n, "likes": 1, "tags": []} for repo, n in counts.items()]).encode()


def archive_bodies(archive: Archive, source_id: str, at: str, bodies: Sequence[Body]) -> None:
    """Put bodies read live at an instant into an archive, as one snapshot."""
    source = discover_sources()[source_id]
    archive.write(
        source_id,
        [
            NewPayload(
                url=url,
                name=name,
                body=body,
                observed_at=datetime.fromisoformat(f"{at}+00:00"),
                observed_kind="fetched",
                kind="LIVE",
                licence_id=source.licence_id,
                redistributable=source.redistributable,
                complete=complete,
            )
            for url, name, body, complete in bodies
        ],
        RECORDED,
    )


def archive_fetched(archive: Archive, source_id: str, at: str, fetched: Iterable[Fetched]) -> None:
    """The same for the answers of a live read."""
    archive_bodies(archive, source_id, at, [(f.url, f.name, f.body, f.complete) for f in fetched])


def open_views(archive: Archive, *source_ids: str) -> duckdb.DuckDBPyConnection:
    """A database of an archive with all views, and no measures."""
    con = make_database()
    for source_id in source_ids:
        done = ingest_source(con, archive, discover_sources()[source_id])
        assert done.failure is None, done.failure
    write_catalogue(con)
    resolve_stored(con)
    return con


def open_archive(folder: Path) -> Archive:
    """An empty archive below a folder."""
    return Archive(folder / "raw")


def measure(con: duckdb.DuckDBPyConnection, module: ModuleType, as_of: str = "2026-12-31T00:00:00") -> list[MeasureRow]:
    """A measure's rows as of an instant."""
    at = datetime.fromisoformat(f"{as_of}+00:00")
    set_as_of(con, at)
    rows: list[MeasureRow] = list(module.compute(con, at))
    set_as_of(con, None)
    return rows


def pick(rows: Iterable[MeasureRow], measure_id: str, subject: str, **options: Any) -> MeasureRow:
    """The one row of a measure and subject whose definition has these options."""
    told = {f"{name.rstrip('_')}={value}" for name, value in options.items()}
    found = [
        r
        for r in rows
        if r.measure_id == measure_id and r.subject == subject and told <= set(r.definition_id.split(";"))
    ]
    assert len(found) == 1, [(r.definition_id, r.day, r.value) for r in found]
    return found[0]
