"""What is already archived of a route's files, so that nothing is read twice.

The archive says it, by way of the stored payloads that lead to it: an extract names its file, that file's
edition, the repositories taken and the days its publisher warned of. A file whose edition or warnings differ
is read again; one that is the same is read again only for repositories that were not wanted then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import duckdb
import orjson

from ingest.archive import Archive
from ingest.history.extract import Extract, decode_extract
from ingest.history.routes import HistoryFile
from ingest.http_range import Stamp


@dataclass(slots=True)
class Held:
    """A route's archived extracts by url, newest first; a body is read when its file is asked about."""

    archive: Archive
    source_id: str
    snapshots: dict[str, list[str]] = field(default_factory=dict)
    _read: dict[str, list[Extract]] = field(default_factory=dict)

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection, archive: Archive, source_id: str, route: str) -> Held:
        """What is stored of a route, by an open writer."""
        rows = con.execute(
            "select url, snapshot_id from stored.payloads where source_id = ? and origin = ? and kind = 'LIVE' "
            "order by observed_at desc, snapshot_id desc",
            [source_id, route],
        ).fetchall()
        found = cls(archive, source_id)
        for url, snapshot_id in rows:
            found.snapshots.setdefault(url, []).append(snapshot_id)
        return found

    def find_missing(self, file: HistoryFile, stamp: Stamp | None, wanted: Sequence[str]) -> list[str]:
        """The wanted ids not yet taken from this edition of a file; `stamp` None where a file never changes.

        Raises ArchiveError on a damaged archive."""
        have: set[str] = set()
        for extract in self._load(file.url):
            is_same = stamp is None or (extract.stamp.proves(stamp) and extract.warnings == file.warnings)
            # Of an older edition nothing counts, even if the file became that one again: what is in force is newer.
            if not is_same:
                break
            have.update(extract.wanted)
        return [w for w in wanted if w not in have]

    def _load(self, url: str) -> list[Extract]:
        if url not in self._read:
            payloads = [
                p
                for snapshot_id in self.snapshots.get(url, ())
                for p in self.archive.read(self.source_id, snapshot_id, {}).payloads
                if p.url == url
            ]
            self._read[url] = [replace(decode_extract(orjson.loads(p.body)), rows=()) for p in payloads]
        return self._read[url]
