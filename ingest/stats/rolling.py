"""What sparse readings of a counter allow: the least and the most of a span.

A counter is read on few days, its window of 30 days hides the single day, and the day on which its window ended is not
always known. Nothing is filled in here: a sum that no reading bounds above has no bound, and readings that contradict
each other are an error.

With S(d) the sum of all days up to d, a reading says that S(until) - S(after) is between two numbers, and no day is
below zero: every one is a bound on the difference of two sums. The most a span can have had is then a shortest
path, exactly (R. Bellman, "On a routing problem", Quarterly of Applied Mathematics 16, 1958; it is the dual of the
linear programme), and the least is a shortest path the other way round.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import NegativeCycleError, bellman_ford

WINDOW_DAYS = 30
NEAR_DAYS = 3
COMMIT_DAYS = 3
STALL_DAYS = 5
# A count on such a day says nothing of the days before it.
FAULTS = frozenset({"rollback", "frozen", "skip_day"})


class ContradictionError(ValueError):
    """No history of days at or above zero agrees with all the readings."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A day's counts; the last day they count is one from `earliest` to `latest` (ordinals)."""

    day: date
    count: int
    all_time: int | None
    flags: frozenset[str]
    payload_key: int
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Sum:
    """The days after `after` up to `until` had at least `least` and at most `most` together.

    Either end is a day between two, both included: which one is not known. Days are ordinals."""

    after: tuple[int, int]
    until: tuple[int, int]
    least: float
    most: float


def date_reading(
    day: date, count: int, all_time: int | None, flags: Iterable[str], observed_kind: str, payload_key: int
) -> Reading:
    """A reading with the days on which its counts may end.

    A count read after the day's refresh ends that day or the day before, one read before it a day earlier. A commit
    dates a reading at the latest, and counters that stood still (stalled) end when they last moved."""
    told = frozenset(flags)
    latest = day.toordinal() - ("before_refresh" in told)
    slack = 1 + (COMMIT_DAYS if observed_kind == "commit_date" else 0) + (STALL_DAYS if "stalled" in told else 0)
    return Reading(day, count, all_time, told, payload_key, latest - slack, latest)


def bound_window(count: float, earliest: int, latest: int) -> Sum:
    """What a count of the last 30 days says, where its last day is one from `earliest` to `latest`."""
    return Sum((earliest - WINDOW_DAYS, latest - WINDOW_DAYS), (earliest, latest), count, count)


def bound_spans(sums: Sequence[Sum], start: int, spans: Sequence[tuple[int, int]]) -> list[tuple[float, float]]:
    """The least and the most that each span's days, the first and the last included, had together.

    Nothing was counted before the day `start`. A span that no reading bounds above has infinity. Raises
    ContradictionError."""
    if not spans:
        return []
    zero = start - 1
    last = max(*(day for one in sums for day in one.until), *(until for _, until in spans), start)
    edges: dict[tuple[int, int], float] = {(d, d - 1): 0.0 for d in range(1, last - zero + 1)}

    def add(a: int, b: int, most: float) -> None:
        """S(b) - S(a) is at most this."""
        a, b = max(a - zero, 0), max(b - zero, 0)
        if a != b:
            edges[a, b] = min(most, edges.get((a, b), math.inf))
        elif most < 0:
            raise ContradictionError("A count is above zero over days before the start.")

    for one in sums:
        if math.isfinite(one.most):
            add(one.after[1], one.until[0], one.most)
        add(one.until[1], one.after[0], -one.least)
    return _find_bounds(edges, last - zero, [(max(a - 1 - zero, 0), b - zero) for a, b in spans])


def _find_bounds(
    edges: dict[tuple[int, int], float], last: int, spans: Sequence[tuple[int, int]]
) -> list[tuple[float, float]]:
    ends = np.array(list(edges), dtype=np.int32)
    graph = coo_array(
        (np.fromiter(edges.values(), dtype=np.float64), (ends[:, 0], ends[:, 1])), shape=(last + 1, last + 1)
    ).tocsr()
    # From the last day every other is reached, so that no contradiction stays unseen.
    sources = sorted({last, *(node for span in spans for node in span)})
    try:
        distances = bellman_ford(graph, directed=True, indices=sources)
    except NegativeCycleError as e:
        raise ContradictionError("No history of daily counts agrees with all the readings.") from e
    place = {node: n for n, node in enumerate(sources)}
    # + 0.0: a path the other way round of length nought is -0.0.
    return [(-float(distances[place[b], a]) + 0.0, float(distances[place[a], b])) for a, b in spans]


def find_near(days: Sequence[date], day: date) -> int | None:
    """The place of the reading nearest to a day within three days of it, the earlier of two as near."""
    at = bisect_left(days, day)
    near = [(abs((days[k] - day).days), k) for k in (at - 1, at) if 0 <= k < len(days)]
    distance, found = min(near, default=(NEAR_DAYS + 1, 0))
    return found if distance <= NEAR_DAYS else None
