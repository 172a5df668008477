"""Recorded files as snapshots: what `refresh --from DIR` reads.

A folder's `manifest.csv` says of each file which source and url it stands for, when it was observed and
whether it may be passed on. Files of sources that are not built yet or are off by default, and constructed
ones, are listed as skipped with the reason; they are no error.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from ingest.archive import NewPayload, settle_instant
from ingest.errors import ReadableError
from ingest.source import ObservedKind, PayloadKind, PayloadRights, Source


class ManifestError(ReadableError):
    """The folder has no usable manifest.csv: says what is missing."""

    exit_code = 2


@dataclass(slots=True)
class Recordings:
    """What a folder offers: payloads by source and snapshot instant, and the files left aside with a reason."""

    snapshots: dict[str, dict[datetime, list[NewPayload]]] = field(default_factory=dict)
    skipped: list[tuple[str, str]] = field(default_factory=list)


_LICENCE = re.compile(r"CC-BY(-SA|-NC)?-\d\.\d|MIT|Apache-2\.0")
_REQUIRED = (
    "source_id",
    "path",
    "url",
    "observed_at",
    "kind",
    "licence",
    "redistributable",
    "note",
    "complete",
    "expected_rows",
)


def read_recordings(
    folder: Path, built: Mapping[str, Source], *, constructed: bool = False, only: Collection[str] = ()
) -> Recordings:
    """Read a folder of recorded files. `built`: the sources that exist; `only`: restrict to these, if any, and
    read even those that are off by default. Raises ManifestError."""
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        raise ManifestError(f"{manifest} is not there: --from needs a folder with a manifest.csv.")
    found = Recordings()
    with manifest.open(newline="", encoding="utf-8") as f:
        rows = csv.DictReader(f)
        missing = [c for c in _REQUIRED if c not in (rows.fieldnames or ())]
        if missing:
            raise ManifestError(f"{manifest} lacks the column(s) {', '.join(missing)}.")
        for row in rows:
            if only and row["source_id"] not in only:
                continue
            reason = _find_reason_to_skip(
                row, folder, built.get(row["source_id"]), constructed, row["source_id"] in only
            )
            if reason:
                found.skipped.append((row["path"], reason))
                continue
            payload = _read_payload(row, folder)
            at = settle_instant(payload.observed_at)
            found.snapshots.setdefault(row["source_id"], {}).setdefault(at, []).append(payload)
    return found


def _find_reason_to_skip(
    row: dict[str, str], folder: Path, source: Source | None, constructed: bool, named: bool
) -> str | None:
    if source is None:
        return f"source {row['source_id']} is not built yet"
    if not source.enabled and not named:
        return f"source {source.source_id} is off by default, its licence is {source.licence_id} (name it to read it)"
    if row["kind"] == "CONSTRUCTED" and not constructed:
        return "constructed, for tests only (--constructed reads it)"
    if "check only" in row["note"]:
        return "feeds a check, not pages"
    if not (folder / row["path"]).is_file():
        return "listed in the manifest but not in the folder"
    return None


def _read_payload(row: dict[str, str], folder: Path) -> NewPayload:
    rights = row["redistributable"] if row["redistributable"] in ("yes", "no", "share-alike") else "rows"
    kind: ObservedKind = "commit_date" if row["note"].lower().startswith("commit date") else "recorded"
    return NewPayload(
        url=row["url"],
        name=row["path"],
        body=(folder / row["path"]).read_bytes(),
        observed_at=datetime.fromisoformat(row["observed_at"]),
        observed_kind=kind,
        kind=cast(PayloadKind, row["kind"]),
        licence_id=_read_licence(row["licence"]),
        redistributable=cast(PayloadRights, rights),
        complete=row["complete"] != "no",
        expected_rows=int(row["expected_rows"]) if row["expected_rows"] else None,
        origin=row["kind"].lower(),
        note=row["note"],
    )


def _read_licence(text: str) -> str:
    """A licence id of data/licences.toml from a manifest's words; the data's licence goes before its file's."""
    found = _LICENCE.search(text)
    if found:
        return found[0]
    return "mixed" if "mixed" in text else "none-stated"
