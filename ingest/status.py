"""How each source stands, and which hosts it needs.

Read from a published file by `landscape status`; the Data page and /healthz judge by the same view,
`source_health`. Age is counted to an instant the caller gives, never to a hidden clock.
"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import duckdb

from ingest.source import discover_sources
from ingest.store import count_days


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """One source's state; instants are UTC, ages whole days.

    `age_days` is the age of the newest fact; `confirmed_at` the last time its publisher was read without
    fault, be it that nothing had changed. From `overdue_at` on it is overdue. `flags` counts what carries each."""

    source_id: str
    required: bool
    cadence_days: float
    oldest_at: datetime | None
    newest_at: datetime | None
    confirmed_at: datetime | None
    overdue_at: datetime | None
    age_days: int | None
    rows: int
    unresolved_names: int
    unresolved_rows: int
    quarantined: int
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_failure: str | None
    is_failing: bool
    is_overdue: bool
    enabled: bool
    title: str
    licence_id: str
    licence_url: str
    attribution: str
    caveats: str
    flags: dict[str, int]

    @property
    def state(self) -> str:
        """The worst that is to be said of it, in a word; capitals where somebody should look."""
        if self.is_failing:
            return "FAILING"
        if self.newest_at is None:
            return "no data" if self.enabled else "off"
        return "OVERDUE" if self.is_overdue else "fresh" if self._is_fresh else "due"

    @property
    def _is_fresh(self) -> bool:
        return self.age_days is not None and self.age_days <= self.cadence_days

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Host:
    """A host that must be reachable over https, or all below one (`*.hf.co`), and the sources that need it.

    `is_redirect`: no source asks it by name; it is where another host sends its readers on to."""

    host: str
    sources: tuple[str, ...]
    is_redirect: bool


def read_status(cursor: duckdb.DuckDBPyConnection, now: datetime) -> list[SourceStatus]:
    """Every source's state in a published file, required ones first."""
    rows = cursor.execute("""
        with unresolved as (
                 select source_id, count(*) as names, sum(rows) as rows from unresolved_names group by all),
             refused as (select source_id, count(*) as rows from quarantine group by all),
             flagged as (select source_id, map(list(flag), list(facts)) as flags from marts.source_flags group by all)
        select h.source_id, h.required, h.cadence_days, h.facts, coalesce(u.names, 0), coalesce(u.rows, 0),
               coalesce(q.rows, 0), h.last_failure, h.is_failing, s.enabled, s.title, s.licence_id, s.licence_url,
               s.attribution, s.caveats, f.flags, h.oldest_at, h.newest_at, h.confirmed_at,
               h.overdue_at, h.last_success_at, h.last_failure_at
        from source_health h join sources s using (source_id) left join flagged f using (source_id)
        left join unresolved u using (source_id) left join refused q using (source_id)
        order by not h.required, h.source_id""").fetchall()
    return [_to_status(r, now) for r in rows]


def _to_status(r: tuple[Any, ...], now: datetime) -> SourceStatus:
    oldest, newest, confirmed, overdue, success, failure = (
        t.replace(tzinfo=UTC, microsecond=0) if t else None for t in r[16:]
    )
    return SourceStatus(
        source_id=r[0],
        required=r[1],
        cadence_days=r[2],
        oldest_at=oldest,
        newest_at=newest,
        confirmed_at=confirmed,
        overdue_at=overdue,
        age_days=count_days(newest, now) if newest else None,
        rows=int(r[3]),
        unresolved_names=int(r[4]),
        unresolved_rows=int(r[5]),
        quarantined=int(r[6]),
        last_success_at=success,
        last_failure_at=failure,
        last_failure=r[7],
        is_failing=r[8],
        is_overdue=overdue is None or now >= overdue,
        enabled=r[9],
        title=r[10],
        licence_id=r[11],
        licence_url=r[12],
        attribution=r[13],
        caveats=r[14],
        flags={str(flag): int(n) for flag, n in (r[15] or {}).items()},
    )


def list_hosts() -> list[Host]:
    """Every host the enabled sources may reach, asked ones first; HF_ENDPOINT's too, where it is set."""
    needs: dict[tuple[bool, str], list[str]] = {}
    endpoint = urlsplit(os.environ.get("HF_ENDPOINT", "")).hostname
    for source in discover_sources().values():
        if not source.enabled:
            continue
        asked = {*source.hosts, *([endpoint] if endpoint and "huggingface.co" in source.hosts else [])}
        for is_redirect, hosts in ((False, asked), (True, set(source.cdn_hosts) - asked)):
            for host in hosts:
                needs.setdefault((is_redirect, f"*{host}" if host.startswith(".") else host), []).append(
                    source.source_id
                )
    return [Host(host, tuple(sources), is_redirect) for (is_redirect, host), sources in sorted(needs.items())]
