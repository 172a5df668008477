"""What /healthz answers: is the data fresh, and were its sources last read well?

For monitors: 200 while every required source is fresh and was last read without a fault, else 503 with the
reasons. What is overdue is decided by `source_health`, as for `landscape status` and the Data page. The file
is read once for each publish, and beside the event loop; it sees only what is published, so a refresh that no
longer runs at all shows as data that is overdue.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import duckdb
import orjson
from starlette.responses import Response

from dashboard.queries.health import Standing, read_standing
from dashboard.view import read_clock
from ingest.store import Reader, StoreError, count_days


@dataclass(slots=True)
class Health:
    """The published file's state, kept until another file takes its place. Safe for many threads."""

    reader: Reader = field(default_factory=Reader)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _identity: tuple[int, int] | None = None
    _standing: Standing | None = None

    def judge(self, now: datetime) -> tuple[int, dict[str, Any]]:
        """The status code and the answer at an instant (UTC)."""
        try:
            standing, published_at = self._read()
        except StoreError as e:
            return 503, _compose(now, [str(e)])
        except duckdb.CatalogException:
            problem = f"{self.reader.path} is not of this version: run `landscape refresh` to publish it anew."
            return 503, _compose(now, [problem])
        problems: list[str] = []
        warnings: list[str] = []
        told = []
        for source in standing.sources:
            entry, said = judge_source(source, now)
            told.append(entry)
            (problems if source["required"] else warnings).extend(f"{source['source_id']}: {s}" for s in said)
        run = standing.run and {k: _to_utc(v) for k, v in standing.run.items()}
        answer = _compose(now, problems, warnings, published_at=published_at, last_run=run, sources=told)
        return 503 if problems else 200, answer

    def _read(self) -> tuple[Standing, datetime]:
        with self._lock:
            identity = self.reader.identify()
            if self._standing is None or identity != self._identity:
                try:
                    self._standing, self._identity = read_standing(self.reader), identity
                finally:
                    self.reader.close()
            return self._standing, datetime.fromtimestamp(identity[1] // 1_000_000_000, UTC)


_health = Health()


def answer_monitor() -> Response:
    """The answer over this process's published file, now, as JSON."""
    code, answer = _health.judge(read_clock().replace(microsecond=0))
    body = orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    return Response(body, code, {"Cache-Control": "no-store"}, "application/json")


def judge_source(source: dict[str, Any], now: datetime) -> tuple[dict[str, Any], list[str]]:
    """What is told of a source (a row of `Standing.sources`) at an instant, and what is wrong with it in words."""
    told = {k: _to_utc(v) for k, v in source.items()}
    fresh, overdue, failure = told.pop("fresh_at"), told["overdue_at"], told.pop("last_failure")
    told["age_days"] = count_days(told["newest_at"], now) if told["newest_at"] else None
    told["is_overdue"] = overdue is None or now >= overdue
    said = []
    if fresh is None:
        said.append("there is no data at all.")
    elif told["is_overdue"]:
        every = f"{source['cadence_days']:g} day{'' if source['cadence_days'] == 1 else 's'}"
        said.append(f"nothing was read for {count_days(fresh, now)} days; it is meant to be read every {every}.")
    if source["is_failing"]:
        said.append(f"the last read failed, {told['last_failure_at']:%Y-%m-%d %H:%M} UTC: {failure}")
    return told, said


def _compose(
    now: datetime,
    problems: list[str],
    warnings: list[str] | None = None,
    *,
    published_at: datetime | None = None,
    last_run: dict[str, Any] | None = None,
    sources: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    return {
        "status": "failing" if problems else "ok",
        "checked_at": now,
        "published_at": published_at,
        "last_run": last_run,
        "problems": problems,
        "warnings": warnings or [],
        "sources": sources or [],
    }


def _to_utc(value: Any) -> Any:
    return value.replace(tzinfo=UTC, microsecond=0) if isinstance(value, datetime) else value
