"""Frontiers over time: how long one group waits for what another has reached.

Two rules. By level: every record of the leading group is matched by the first record of the followers that is not
significantly below it, and the waits are averaged over the levels. By threshold: the first model of each group at or
above a threshold, the waits between them summed up by a median that knows of waits still going on (Kaplan and
Meier). Days are ordinals, waits are months; a row of a matrix of values is one draw of what the values might be.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

DAYS_A_MONTH = 30.4375
Z = 1.96
# Draws at a time: bounds the memory of the table of draws x leaders x followers.
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Rated:
    """One model's value on one scale; `se` is its standard error, None where none is published."""

    name: str
    day: int
    value: float
    se: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Models in order of release, the better first on one day."""

    names: tuple[str, ...]
    days: Ints
    values: Floats
    errors: Floats

    @classmethod
    def order(cls, models: Sequence[Rated]) -> Group:
        """A group of models in whatever order they came; the same model twice counts once."""
        known = sorted(set(models), key=lambda m: (m.day, -m.value, m.name, m.se or 0.0))
        return cls(
            tuple(m.name for m in known),
            np.array([m.day for m in known], dtype=np.int64),
            np.array([m.value for m in known], dtype=np.float64),
            np.array([m.se or 0.0 for m in known], dtype=np.float64),
        )

    def draw(self, draws: int, seed: int) -> Floats:
        """Values that might have been, one row a draw. A model's are its own, whoever else is in the group."""
        normal = [
            np.random.default_rng([seed, crc32(f"{name} {value}".encode())]).standard_normal(draws)
            for name, value in zip(self.names, self.values, strict=True)
        ]
        return np.asarray(self.values + np.array(normal).T * self.errors)


@dataclass(frozen=True, slots=True)
class Wait:
    """Months from one group's crossing to the other's. `is_over`: false where it lasted at least so long.

    `is_seen`: an earlier model of each group that has crossed was below, so that this is a crossing and no first
    result."""

    benchmark_id: str
    months: float
    is_over: bool
    is_seen: bool = True


@dataclass(frozen=True, slots=True)
class Median:
    """The median wait and its 90 % interval; a bound is None where it is not finite or there are too few benchmarks."""

    months: float
    low: float | None
    high: float | None
    benchmarks: int


def find_best(models: Sequence[Rated]) -> Rated | None:
    """The model of the highest value; of equals the first by name."""
    return min(models, key=lambda m: (-m.value, m.name), default=None)


def average_wait(leaders: Group, followers: Group, led: Floats, followed: Floats) -> Floats:
    """Months by which followers reach the leaders' levels, one number a draw; NaN where no level is shared.

    The average over levels: a record counts by how far it rose above the record before it, and above the level at
    which both groups begin. Records not matched yet are outside of the shared range."""
    found = [
        _average(*_match(leaders, followers, led[at : at + _BATCH], followed[at : at + _BATCH]))
        for at in range(0, len(led), _BATCH)
    ]
    return np.concatenate(found)


def list_records(leaders: Group, followers: Group) -> tuple[Ints, Floats]:
    """The leaders that raised the record above where both begin, and how long each was unmatched; NaN: it still is."""
    width, months = _match(leaders, followers, leaders.values[None, :], followers.values[None, :])
    records = np.flatnonzero(width[0] > 0)
    return records, months[0][records]


def _match(leaders: Group, followers: Group, led: Floats, followed: Floats) -> tuple[Floats, Floats]:
    """Per draw and leader: by how much it raised the record (0: not at all), and months until it was matched."""
    start = np.maximum(_begin(leaders, led), _begin(followers, followed))
    width = np.maximum(led - np.maximum(_find_best_before(led), start[:, None]), 0.0)
    # Only a follower that is the best of its group may match: a weak one of which little is known is not clearly
    # below anybody.
    is_record = followed > _find_best_before(followed)
    tolerance = Z * np.sqrt(leaders.errors[:, None] ** 2 + followers.errors[None, :] ** 2)
    matched = (followed[:, None, :] >= led[:, :, None] - tolerance) & is_record[:, None, :]
    days = followers.days[matched.argmax(axis=2)]
    months = np.maximum(days - leaders.days, 0) / DAYS_A_MONTH
    return width, np.where(matched.any(axis=2), months, np.nan)


def _find_best_before(drawn: Floats) -> Floats:
    best = np.maximum.accumulate(drawn, axis=1)
    return np.concatenate([np.full((len(drawn), 1), -np.inf), best[:, :-1]], axis=1)


def _begin(group: Group, drawn: Floats) -> Floats:
    return np.asarray(drawn[:, group.days == group.days[0]].max(axis=1))


def _average(width: Floats, months: Floats) -> Floats:
    shared = np.where(np.isnan(months), 0.0, width)
    total = shared.sum(axis=1)
    weighted = (shared * np.nan_to_num(months)).sum(axis=1)
    return np.asarray(np.divide(weighted, total, out=np.full(len(total), np.nan), where=total > 0))


def find_lead(leaders: Group, followers: Group, led: Floats, followed: Floats) -> Ints:
    """Per draw, the place of the first leader that is clearly ahead of the best follower; -1 where there is none."""
    best = followed.argmax(axis=1)
    top = np.take_along_axis(followed, best[:, None], axis=1)
    tolerance = Z * np.sqrt(leaders.errors[None, :] ** 2 + followers.errors[best][:, None] ** 2)
    return _first(led - top > tolerance)


def find_first(drawn: Floats, level: Floats) -> Ints:
    """Per draw, the place of the first model at or above a level; -1 where there is none."""
    return _first(drawn >= level[:, None])


def _first(holds: Bools) -> Ints:
    return np.where(holds.any(axis=1), holds.argmax(axis=1), -1).astype(np.int64)


def find_median(months: Floats, is_over: Bools, weights: Floats | None = None) -> Floats:
    """The median wait when some waits are not over, one number a row of weights; infinite where fewer than half are.

    Kaplan and Meier's: a wait that is not over counts among those waiting as long as it has lasted."""
    given = np.ones((1, len(months))) if weights is None else weights
    order = np.lexsort((~is_over, months))
    at, over, weight = months[order], is_over[order], given[:, order]
    waiting = np.cumsum(weight[:, ::-1], axis=1)[:, ::-1]
    share = np.divide(weight * over, waiting, out=np.zeros_like(weight), where=waiting > 0)
    left = np.cumprod(1.0 - share, axis=1)
    done = left <= 0.5 + 1e-9
    return np.where(done.any(axis=1), at[done.argmax(axis=1)], np.inf)


def list_crossings(
    benchmark_id: str, leaders: Group, followers: Group, thresholds: Sequence[float], end: int
) -> Iterator[Wait]:
    """How long followers took to each threshold that a leader has crossed, until the day `end`."""
    if not len(leaders.days) or not len(followers.days):
        return
    for threshold in thresholds:
        level = np.array([threshold])
        first, second = (int(find_first(g.values[None, :], level)[0]) for g in (leaders, followers))
        if first < 0:
            continue
        start, stop = int(leaders.days[first]), int(followers.days[second]) if second >= 0 else end
        is_seen = start > leaders.days[0] and (second < 0 or stop > followers.days[0])
        yield Wait(benchmark_id, (stop - start) / DAYS_A_MONTH, second >= 0, bool(is_seen))


def take_median(waits: Sequence[Wait], draws: int, seed: int, least: int) -> Median:
    """The median of some waits, resampled by benchmark where there are at least so many."""
    months, is_over = np.array([w.months for w in waits]), np.array([w.is_over for w in waits])
    names = sorted({w.benchmark_id for w in waits})
    value = float(find_median(months, is_over)[0])
    if len(names) < least:
        return Median(value, None, None, len(names))
    place = np.array([names.index(w.benchmark_id) for w in waits])
    share = np.full(len(names), 1 / len(names))
    counts = np.random.default_rng(seed).multinomial(len(names), share, draws)
    low, high = bound(find_median(months, is_over, counts[:, place].astype(np.float64)))
    return Median(value, low, high, len(names))


def bound(drawn: Floats) -> tuple[float | None, float | None]:
    """The 5th and 95th percentile of the draws that gave a number; None where that is not finite."""
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return None, None
    low, high = np.quantile(known, (0.05, 0.95), method="inverted_cdf")
    return float(low) if np.isfinite(low) else None, float(high) if np.isfinite(high) else None
