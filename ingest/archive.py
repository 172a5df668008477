"""The archive of raw bodies: one sealed zip a snapshot, a sidecar beside each.

A parser bug must never cost a day, so a body is kept before it is read, with everything needed to
rebuild the database from the archive alone. A file appears whole or not at all (written aside, then
renamed) and is never changed afterwards; one file a snapshot keeps years of daily reads listable.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import orjson

from ingest.errors import ReadableError
from ingest.source import ObservedKind, Payload, PayloadKind, PayloadRights, Snapshot
from ingest.store import write_whole

_KEPT_HEADERS = ("content-type", "date", "etag", "last-modified", "x-repo-commit", "link")
_STORED_AS_IS = (b"PAR1", b"PK\x03\x04", b"\x1f\x8b")


@dataclass(frozen=True, slots=True)
class NewPayload:
    """A body on its way into the archive, with what its sidecar will say."""

    url: str
    name: str
    body: bytes
    observed_at: datetime
    observed_kind: ObservedKind
    kind: PayloadKind
    licence_id: str
    redistributable: PayloadRights
    complete: bool
    expected_rows: int | None = None
    origin: str = "live"
    note: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def settle_instant(moment: datetime) -> datetime:
    """An instant in UTC; 00:00:00 means some time that day and becomes 23:59:59, so as-of never looks ahead."""
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment.time() == time(0):
        return moment.replace(hour=23, minute=59, second=59)
    return moment


def compute_payload_key(source_id: str, url: str, name: str, observed_at: datetime, sha256: str) -> int:
    """A stable 52-bit number for a payload: exact in JSON and JavaScript, the same in every rebuild."""
    text = "|".join((source_id, url or name, observed_at.isoformat(), sha256))
    return int(hashlib.sha256(text.encode()).hexdigest()[:13], 16)


class ArchiveError(ReadableError):
    """A file of the archive is damaged: says which, and what to do."""


class Archive:
    """The folder of snapshots: `<root>/<source_id>/<snapshot_id>.zip`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, source_id: str, payloads: Sequence[NewPayload], recorded_at: datetime) -> str:
        """Seal a snapshot and return its id; the same payloads again change nothing and give the same id."""
        settled = [settle_instant(p.observed_at) for p in payloads]
        hashes = [hashlib.sha256(p.body).hexdigest() for p in payloads]
        keys = [
            compute_payload_key(source_id, p.url, p.name, at, sha)
            for p, at, sha in zip(payloads, settled, hashes, strict=True)
        ]
        digest = hashlib.sha256(",".join(map(str, sorted(keys))).encode()).hexdigest()[:8]
        snapshot_id = f"{max(settled):%Y%m%dT%H%M%SZ}-{digest}"
        target = self._path(source_id, snapshot_id)
        if target.exists():
            return snapshot_id
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as sealed:
            for i, p in enumerate(payloads):
                sidecar = {
                    "payload_key": keys[i],
                    "source_id": source_id,
                    "snapshot_id": snapshot_id,
                    "url": p.url,
                    "name": p.name,
                    "observed_at": settled[i].isoformat(),
                    "observed_kind": p.observed_kind,
                    "recorded_at": recorded_at.astimezone(UTC).replace(microsecond=0).isoformat(),
                    "status": p.status,
                    "kind": p.kind,
                    "licence_id": p.licence_id,
                    "redistributable": p.redistributable,
                    "complete": p.complete,
                    "expected_rows": p.expected_rows,
                    "origin": p.origin,
                    "note": p.note,
                    "sha256": hashes[i],
                    "bytes": len(p.body),
                    "body": f"{i:04d}.body",
                    "headers": {k: v for k, v in p.headers.items() if k.lower() in _KEPT_HEADERS},
                }
                _add(sealed, f"{i:04d}.json", orjson.dumps(sidecar, option=orjson.OPT_INDENT_2))
                _add(sealed, f"{i:04d}.body", p.body)
        target.parent.mkdir(parents=True, exist_ok=True)
        write_whole(target, buffer.getvalue())
        return snapshot_id

    def list_snapshots(self, source_id: str) -> list[str]:
        """Snapshot ids of a source in observed order (ids begin with their instant)."""
        return sorted(p.stem for p in (self.root / source_id).glob("*.zip"))

    def list_sources(self) -> list[str]:
        """Source ids that have anything archived."""
        return sorted(p.name for p in self.root.iterdir() if p.is_dir()) if self.root.is_dir() else []

    def read_sidecars(self, source_id: str, snapshot_id: str) -> list[dict[str, Any]]:
        """The sidecars of a snapshot, in payload order."""
        with self._open(source_id, snapshot_id) as sealed:
            return [orjson.loads(sealed.read(n)) for n in sorted(sealed.namelist()) if n.endswith(".json")]

    def read(self, source_id: str, snapshot_id: str, first_seen: dict[tuple[str, str], datetime]) -> Snapshot:
        """A snapshot with its bodies, each checked against its hash. `first_seen` maps (url or name, sha256)
        to the earliest instant that body was observed; this snapshot's own instants are added to it."""
        payloads = []
        with self._open(source_id, snapshot_id) as sealed:
            for name in sorted(n for n in sealed.namelist() if n.endswith(".json")):
                s = orjson.loads(sealed.read(name))
                body = sealed.read(s["body"])
                if hashlib.sha256(body).hexdigest() != s["sha256"]:
                    raise ArchiveError(
                        f"{self._path(source_id, snapshot_id)}: the body of {s['url'] or s['name']} no longer "
                        "matches its hash; restore the file from a copy or delete it."
                    )
                at = datetime.fromisoformat(s["observed_at"])
                seen = (s["url"] or s["name"], s["sha256"])
                first_seen[seen] = min(at, first_seen.get(seen, at))
                payloads.append(
                    Payload(
                        key=s["payload_key"],
                        source_id=source_id,
                        name=s["name"],
                        url=s["url"],
                        body=body,
                        observed_at=at,
                        observed_kind=s["observed_kind"],
                        first_observed_at=first_seen[seen],
                        recorded_at=datetime.fromisoformat(s["recorded_at"]),
                        kind=s["kind"],
                        licence_id=s["licence_id"],
                        redistributable=s["redistributable"],
                        complete=s["complete"],
                        expected_rows=s["expected_rows"],
                        origin=s["origin"],
                        note=s["note"],
                    )
                )
        return Snapshot(snapshot_id, source_id, max(p.observed_at for p in payloads), tuple(payloads))

    def find_latest(self, source_id: str, url: str) -> tuple[dict[str, Any], bytes] | None:
        """Sidecar and body of the newest archived live payload of a url, or None when the last few snapshots
        lack it: a url not asked for lately is read anew rather than searched for through years."""
        for snapshot_id in self.list_snapshots(source_id)[:-4:-1]:
            with self._open(source_id, snapshot_id) as sealed:
                for name in sealed.namelist():
                    if (
                        name.endswith(".json")
                        and (s := orjson.loads(sealed.read(name)))["url"] == url
                        and s["kind"] == "LIVE"
                    ):
                        return s, sealed.read(s["body"])
        return None

    def discard_unsealed(self) -> None:
        """Remove what a killed run left half written."""
        if self.root.is_dir():
            for leftover in self.root.glob("*/*.writing"):
                leftover.unlink()

    def walk(self) -> Iterator[tuple[str, str]]:
        """Every (source_id, snapshot_id)."""
        for source_id in self.list_sources():
            for snapshot_id in self.list_snapshots(source_id):
                yield source_id, snapshot_id

    def _path(self, source_id: str, snapshot_id: str) -> Path:
        return self.root / source_id / f"{snapshot_id}.zip"

    @contextmanager
    def _open(self, source_id: str, snapshot_id: str) -> Iterator[zipfile.ZipFile]:
        """A snapshot's zip. Raises ArchiveError when it, or anything read from it, is damaged."""
        path = self._path(source_id, snapshot_id)
        try:
            with zipfile.ZipFile(path) as sealed:
                yield sealed
        except (OSError, zipfile.BadZipFile, zlib.error) as e:
            raise ArchiveError(f"{path}: cannot be read ({e}); restore it from a copy or delete it.") from e


def _add(sealed: zipfile.ZipFile, name: str, data: bytes) -> None:
    info = zipfile.ZipInfo(re.sub(r"[^\w.-]", "_", name), date_time=(1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_STORED if data[:4].startswith(_STORED_AS_IS) else zipfile.ZIP_DEFLATED
    sealed.writestr(info, data)
