"""How each source stands: age against cadence, last success and failure, rows.

Read from a published file by `landscape status`; the Data page shows the same through its own query.
Age is counted from the newest observation to an instant the caller gives, never to a hidden clock.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb

from ingest.fold import KIND_BY_NAME
from ingest.store import count_days

_GRACE = 2.0  # A source is overdue once its newest data is this many cadences old.


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source's state; instants are UTC, ages whole days."""

    source_id: str
    required: bool
    cadence_days: float
    oldest_at: datetime | None
    newest_at: datetime | None
    age_days: int | None
    rows: int
    unresolved_names: int
    unresolved_rows: int
    quarantined: int
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_failure: str | None

    @property
    def is_overdue(self) -> bool:
        """Whether the newest data is older than twice the cadence, or there is none."""
        return self.age_days is None or self.age_days > _GRACE * self.cadence_days

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "is_overdue": self.is_overdue}


def read_status(cursor: duckdb.DuckDBPyConnection, now: datetime) -> list[SourceStatus]:
    """Every source's state in a published file, required ones first."""
    union = " union all ".join(f"select source_id, observed_at from stored.{k}" for k in KIND_BY_NAME)
    rows = cursor.execute(f"""
        with facts as (select source_id, count(*) as rows, min(observed_at) as oldest, max(observed_at) as newest
                       from ({union}) group by all),
             unresolved as (select source_id, count(*) as names, sum(rows) as rows from unresolved_names group by all),
             refused as (select source_id, count(*) as rows from quarantine group by all),
             runs as (select source_id, max(started_at) filter (outcome = 'fine') as success,
                             max(started_at) filter (outcome = 'failed') as failure,
                             arg_max(error, started_at) filter (outcome = 'failed') as error
                      from logs.run_sources group by all)
        select s.source_id, s.required, s.cadence_days, f.oldest, f.newest, coalesce(f.rows, 0), coalesce(u.names, 0),
               coalesce(u.rows, 0), coalesce(q.rows, 0), r.success, r.failure, r.error
        from sources s
        left join facts f using (source_id) left join unresolved u using (source_id)
        left join refused q using (source_id) left join runs r using (source_id)
        order by not s.required, s.source_id""").fetchall()
    return [_to_status(r, now) for r in rows]


def _to_status(r: tuple[Any, ...], now: datetime) -> SourceStatus:
    oldest, newest, success, failure = (t.replace(tzinfo=UTC) if t else None for t in (r[3], r[4], r[9], r[10]))
    return SourceStatus(
        r[0],
        r[1],
        r[2],
        oldest,
        newest,
        count_days(newest, now) if newest else None,
        int(r[5]),
        int(r[6]),
        int(r[7]),
        int(r[8]),
        success,
        failure,
        r[11],
    )
