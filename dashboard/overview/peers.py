"""The peers' change beside gpt-oss's: a growth everybody had is no finding.

Downloads are read on few days and not of every model on each, so a peer counts only where it was read
near both ends. It refuses to fill a day in: without a peer there is no baseline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from dashboard.formats import format_signed
from dashboard.overview import Track
from dashboard.rows import Row

PEER_DAYS = 3
WINDOW_DAYS = 30


@dataclass(frozen=True, slots=True)
class Baseline:
    """The peers' median change of 30-day downloads since a day, as a share, beside gpt-oss's own."""

    since: date
    peers: int
    median_change: float
    own_change: float


def find_baseline(downloads: Track, peers: Sequence[Row]) -> Baseline | None:
    """The baseline from the first day on which both gpt-oss sizes and a peer were read; None without one.

    A peer counts when read within three days of both ends; its reading nearest to each end speaks. It must be
    out for 30 days at the first end: before that its rolling count grows by filling up."""
    read_on = {row["day"] for row in peers if _is_full(row, row["day"])}
    since = next(((day, value) for day, value in downloads.points if day in read_on), None)
    if since is None or since[0] >= downloads.last[0]:
        return None
    changes = []
    for repo_id in sorted({row["repo_id"] for row in peers}):
        own = [row for row in peers if row["repo_id"] == repo_id and _is_full(row, since[0])]
        start, end = _find_near(own, since[0]), _find_near(own, downloads.last[0])
        if start and end is not None:
            changes.append(end / start - 1)
    if not changes:
        return None
    return Baseline(since[0], len(changes), median(changes), downloads.last[1] / since[1] - 1)


def word_share(change: float) -> str:
    """A change as a signed share: "−77 %"."""
    return f"{format_signed(change * 100, 0)} %"


def _find_near(readings: Sequence[Row], day: date) -> float | None:
    near = [(abs((r["day"] - day).days), r["day"], float(r["downloads"])) for r in readings]
    distance, _, value = min(near, default=(PEER_DAYS + 1, day, 0.0))
    return value if distance <= PEER_DAYS else None


def _is_full(row: Row, day: date) -> bool:
    return row["released_on"] is not None and (day - row["released_on"]).days >= WINDOW_DAYS
