"""Calendar months as half-open UTC windows, for publishers asked month by month.

A count of a month is only comparable once the month is over and the publisher has caught up; both are said here
once, for every source that counts by month. What is asked again is every month that may still have moved since the
last read, so that a machine that was off for a season misses none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta


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
