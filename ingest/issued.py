"""Issued briefs as a relation: what was shown on a date, for people who type SQL.

`landscape brief` and the dashboard keep each brief below the home; publishing copies what its JSON says into
the published file. It only reads that folder, and refuses to let a damaged brief stop a publish: one that is
not as issued is left out, and `landscape brief --list` names it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import orjson


def write_briefs(con: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Create the relation `briefs` from a folder of issued briefs, oldest first; how many there are."""
    con.execute("""
        create or replace table briefs (
            brief_id varchar, issued_at timestamp, as_of timestamp, read_on date, headline varchar,
            facts_hash varchar, note_by varchar, facts json)""")
    rows = sorted(_read_rows(folder), key=lambda row: (row[1], row[0]))
    if rows:
        con.executemany("insert into briefs values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    return len(rows)


def _read_rows(folder: Path) -> Iterator[list[object]]:
    for label_path in folder.glob("*/issued.json"):
        try:
            label = orjson.loads(label_path.read_bytes())
            body = label_path.with_name("brief.json").read_bytes()
            if hashlib.sha256(body).hexdigest() == label["sha256"]["json"]:
                yield _read_row(label["issued_at"], orjson.loads(body))
        except (OSError, ValueError, KeyError, TypeError):
            continue


def _read_row(issued_at: str, document: dict[str, object]) -> list[object]:
    as_of, note = document["as_of"], document["note"]
    return [
        document["brief_id"],
        _to_utc(issued_at),
        _to_utc(str(as_of)) if as_of else None,
        document["read_on"],
        document["headline"],
        document["facts_sha256"],
        note["by"] if isinstance(note, dict) else None,
        orjson.dumps(document["facts"]).decode(),
    ]


def _to_utc(text: str) -> datetime:
    """An instant as the relations have it: UTC without a zone."""
    return datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
