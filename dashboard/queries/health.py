"""What a monitor asks of the published file: its sources' state and its run.

Unlike the pages' queries it needs no session and no frame, and nothing is cached here: `dashboard.health`
asks once for each file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from ingest.store import Reader

_SOURCES = """
    select source_id, required, cadence_days, newest_at, confirmed_at, fresh_at, overdue_at, last_success_at,
           last_failure_at, last_failure, is_failing
    from marts.source_health where enabled order by not required, source_id"""
_RUN = "select run_id, started_at, ended_at, outcome, exit_code from logs.runs order by started_at desc limit 1"


@dataclass(frozen=True, slots=True)
class Standing:
    """One dictionary a source, required ones first, and the run the file came from (None: the bundled seed).

    Instants are naive UTC."""

    sources: list[dict[str, Any]]
    run: dict[str, Any] | None


def read_standing(reader: Reader) -> Standing:
    """The state of the published file. Raises StoreError, and CatalogException where it is of another version."""
    with reader.open_cursor() as cursor:
        sources = _to_dictionaries(cursor.execute(_SOURCES))
        runs = _to_dictionaries(cursor.execute(_RUN))
    return Standing(sources, runs[0] if runs else None)


def _to_dictionaries(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
