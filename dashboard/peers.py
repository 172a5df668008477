"""The peers' change beside a model's own: a growth everybody had is no finding.

Downloads are read on few days and not of every model on each, so a reading counts only near the end it
speaks for, and only once a model's 30-day count has filled up. It refuses to fill a day in: without a peer
there is no baseline, and with fewer than four no middle half.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median, quantiles

from dashboard.change import Track
from dashboard.definitions import RELEASED_ON, SMALLER, SUBJECT

PEER_DAYS = 3
WINDOW_DAYS = 30
# From here on gpt-oss's own 30-day count covers 30 days of its life and no longer grows by filling up.
FULL_ON = RELEASED_ON + timedelta(days=WINDOW_DAYS)
QUARTILE_PEERS = 4
SIZES = frozenset({SUBJECT, SMALLER})


@dataclass(frozen=True, slots=True)
class Baseline:
    """The peers' median change of 30-day downloads between two days, as a share, beside gpt-oss's own.

    `low` and `high` bound the middle half of the peers; null with fewer than four."""

    since: date
    until: date
    peers: int
    median_change: float
    own_change: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A model's change between two days as a share, and the median change of so many peers over them; null where
    it, or no peer, was read near both."""

    since: date
    until: date
    change: float | None
    peers: int
    median_change: float | None


@dataclass(frozen=True, slots=True)
class Readings:
    """One model's 30-day counts, a value a day, in order of day; never empty.

    `role` is null for a plain model; counts of `local_days` may not be passed on."""

    released_on: date | None
    days: tuple[date, ...]
    values: tuple[float, ...]
    role: str | None = None
    local_days: frozenset[date] = frozenset()

    def is_full(self, day: date) -> bool:
        """Whether the model had been out for 30 days; not where its release is unknown."""
        return self.released_on is not None and (day - self.released_on).days >= WINDOW_DAYS

    def find_near(self, day: date) -> tuple[date, float] | None:
        """The reading nearest to a day within three days of it, the earlier of two as near."""
        at = bisect_left(self.days, day)
        near = [(abs((self.days[k] - day).days), self.days[k], self.values[k]) for k in (at - 1, at) if self._has(k)]
        distance, found, value = min(near, default=(PEER_DAYS + 1, day, 0.0))
        return (found, value) if distance <= PEER_DAYS else None

    def measure_change(self, since: date, until: date) -> float | None:
        """Share by which the count changed between two days; null where it was not read near both, or was not
        full at the first."""
        if not self.is_full(since):
            return None
        start, end = self.find_near(since), self.find_near(until)
        return end[1] / start[1] - 1 if start and start[1] and end else None

    def _has(self, place: int) -> bool:
        return 0 <= place < len(self.days)


def choose_peers(readings: Mapping[str, Readings], model_id: str | None = None) -> dict[str, Readings]:
    """A model's peers: the others without a role of their own, such as safeguards. Those of gpt-oss (no id) are
    neither of its sizes."""
    own = SIZES if model_id is None or model_id in SIZES else {model_id}
    return {repo_id: one for repo_id, one in readings.items() if one.role is None and repo_id not in own}


def list_changes(peers: Mapping[str, Readings], since: date, until: date) -> list[float]:
    """The change of every peer that was read near both days, in order of its name."""
    found = (readings.measure_change(since, until) for readings in peers.values())
    return [change for change in found if change is not None]


def find_quartiles(changes: Sequence[float]) -> tuple[float, float] | None:
    """The bounds of the middle half; none with fewer than four."""
    if len(changes) < QUARTILE_PEERS:
        return None
    low, _, high = quantiles(changes, n=4, method="inclusive")
    return low, high


def compare(readings: Mapping[str, Readings], model_id: str, since: date, until: date) -> Comparison:
    """A model's change between two days, and its peers'. `readings` has every tracked model."""
    changes = list_changes(choose_peers(readings, model_id), since, until)
    own = readings[model_id].measure_change(since, until)
    return Comparison(since, until, own, len(changes), median(changes) if changes else None)


def compare_all(readings: Mapping[str, Readings]) -> dict[str, Comparison]:
    """Each model's change to its newest count, from the first full one that a peer was read near too, as it was
    near the newest; from its first full one where there is no peer. Models without two such days are left out."""
    found = {}
    for model_id, one in readings.items():
        full = [day for day in one.days[:-1] if one.is_full(day)]
        spans = (compare(readings, model_id, day, one.days[-1]) for day in full)
        if told := next((span for span in spans if span.peers), None):
            found[model_id] = told
        elif full:
            found[model_id] = compare(readings, model_id, full[0], one.days[-1])
    return found


def find_baseline(downloads: Track, peers: Mapping[str, Readings]) -> Baseline | None:
    """The baseline from the first day on which both gpt-oss sizes and a peer were read; None without one.

    A peer counts when read within three days of both ends; its reading nearest to each end speaks. It must be
    out for 30 days at the first end, as must gpt-oss: before that a rolling count grows by filling up."""
    read_on = {day for readings in peers.values() for day in readings.days if readings.is_full(day)}
    since = next((point for point in downloads.points if point[0] in read_on and point[0] >= FULL_ON), None)
    if since is None or since[0] >= downloads.last[0]:
        return None
    changes = list_changes(peers, since[0], downloads.last[0])
    if not changes:
        return None
    bounds = find_quartiles(changes) or (None, None)
    own_change = downloads.last[1] / since[1] - 1
    return Baseline(since[0], downloads.last[0], len(changes), median(changes), own_change, *bounds)
