"""Calendar months as half-open UTC windows, for publishers asked month by month.

A count of a month is only comparable once the month is over and the publisher has caught up; both are said here
once, for every source that counts by month. What is asked again is every month that may still have moved since the
last read, so that a machine that was off for a season misses none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from ingest.source import Counter, Payload, Snapshot, SourceError


def next_month(first: date) -> date:
    """The first day of the month after the one a day lies in."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def start_of(day: date) -> datetime:
    """The instant a UTC day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def list_months(first: date, last: date) -> Iterator[date]:
    """First days of the months from one day's to another's, both included."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def list_months_to_ask(settings: Mapping[str, str], start: date, today: date, lag: timedelta) -> list[date]:
    """Months that may have moved since `settings["last_read"]` (an instant, ISO 8601); all since `start` without."""
    last_read = settings.get("last_read")
    if not last_read:
        return list(list_months(start, today))
    return list(list_months(max(start, datetime.fromisoformat(last_read).date() - lag), today))


def is_settled(month: date, observed_at: datetime, lag: timedelta) -> bool:
    """Whether a month was over, and its publisher's delay too, when it was read."""
    return observed_at.astimezone(UTC) >= start_of(next_month(month)) + lag


def read_month_counts(
    snapshot: Snapshot, metric: str, lag: timedelta, read_count: Callable[[Payload], int]
) -> Iterator[Counter]:
    """One count a body named "TOPIC/YYYY-MM", as its search is; partial until the month is settled. Raises
    SourceError where a body is not named so, and whatever `read_count` raises of one."""
    for payload in snapshot.payloads:
        named = re.fullmatch(r"(.+)/(\d{4}-\d\d)", payload.name)
        if not named:
            raise SourceError(snapshot.source_id, f"{payload.name} is not named after a phrase and a month.")
        month = date.fromisoformat(f"{named[2]}-01")
        yield Counter(
            payload_key=payload.key,
            row_no=0,
            name_raw=named[1],
            subject_kind="topic",
            metric=metric,
            day=month,
            value=float(read_count(payload)),
            is_cumulative=False,
            flags=() if is_settled(month, payload.observed_at, lag) else ("partial",),
        )
