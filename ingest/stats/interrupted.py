"""Segmented regression of a series around one date, with placebo dates and donors.

The model is value = a + b * time + level * after + slope * after * (time - date): a line before, and what changed of
its level and its slope. Intervals are robust to autocorrelation (Newey and West, Bartlett weights, lag
4 (n / 100)^(2/9), scaled by n / (n - 4), t with n - 4 degrees of freedom). With a few dozen periods such intervals are
still too narrow (a fifth of them miss on pure noise), so no interval is believed alone: the p-value ranks the same
statistic at every other date that has enough periods on both sides, or in other units at the same date.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import stdtrit

Array = npt.NDArray[np.float64]
Verdict = Literal["step", "null", "out of reach"]

# Half a year of months on each side: below it a slope is told by next to nothing.
MIN_PERIODS = 6
# What a p-value must reach, and the interval's probability.
ALPHA = 0.05
_TERMS = 4
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Change:
    """What changed of a level or a slope, its interval, and its size in ordinary standard errors."""

    value: float
    low: float
    high: float
    ratio: float


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted series: both changes, and the line before (its value at the date, its slope a period)."""

    level: Change
    slope: Change
    before_at_date: float
    before_slope: float


@dataclass(frozen=True, slots=True)
class Rank:
    """Where a statistic stands among those of placebos: p = rank / (placebos + 1), which is never below `smallest`."""

    level: float
    slope: float
    placebos: int

    @property
    def smallest(self) -> float:
        """The p-value of a statistic that exceeds every placebo's."""
        return 1 / (self.placebos + 1)


def fit_interrupted(times: Sequence[int], values: Sequence[float], date: int) -> Fit:
    """Fit a series interrupted at `date`, its first period after. Raises ValueError where a side has under two."""
    time, value = np.asarray(times, dtype=np.float64) - date, np.asarray(values, dtype=np.float64)
    after = (time >= 0).astype(np.float64)
    if min(after.sum(), len(after) - after.sum()) < 2 or len(after) <= _TERMS:
        raise ValueError("A line needs two periods on each side of the date, and five in all.")
    design = np.column_stack([np.ones_like(time), time, after, after * time])
    inverse: Array = np.linalg.inv(design.T @ design).astype(np.float64)
    found = inverse @ design.T @ value
    residuals = value - design @ found
    robust = np.sqrt(np.diag(_cover_robustly(design, residuals, inverse)).clip(min=0))
    plain = np.sqrt(np.diag(inverse) * (residuals @ residuals) / (len(time) - _TERMS))
    reach = float(stdtrit(len(time) - _TERMS, 1 - ALPHA / 2))
    level, slope = (
        Change(
            float(found[term]),
            float(found[term] - reach * robust[term]),
            float(found[term] + reach * robust[term]),
            _divide(abs(float(found[term])), float(plain[term])),
        )
        for term in (2, 3)
    )
    return Fit(level, slope, float(found[0]), float(found[1]))


def count_sides(times: Iterable[int], date: int) -> tuple[int, int]:
    """How many periods lie before a date, and how many do not."""
    sides = [time < date for time in times]
    return sum(sides), len(sides) - sum(sides)


def rank_dates(times: Sequence[int], values: Sequence[float], date: int) -> Rank:
    """The date among every other one that has MIN_PERIODS periods on both sides."""
    others = [
        other
        for other in range(min(times), max(times) + 1)
        if other != date and min(count_sides(times, other)) >= MIN_PERIODS
    ]
    return _rank(fit_interrupted(times, values, date), [fit_interrupted(times, values, other) for other in others])


def rank_donors(
    times: Sequence[int], values: Sequence[float], date: int, donors: Sequence[tuple[Sequence[int], Sequence[float]]]
) -> Rank:
    """The unit among others that nothing happened to, each a series of its own, at the same date."""
    return _rank(fit_interrupted(times, values, date), [fit_interrupted(*donor, date) for donor in donors])


def judge(low: float, high: float, p_value: float, smallest: float) -> Verdict:
    """A step where the interval excludes zero and the p-value reaches ALPHA; out of reach where no p-value could."""
    if smallest > ALPHA:
        return "out of reach"
    return "step" if p_value <= ALPHA and not low <= 0 <= high else "null"


def _cover_robustly(design: Array, residuals: Array, inverse: Array) -> Array:
    """The covariance of the terms under autocorrelation that dies out (Newey and West, 1987)."""
    periods = len(residuals)
    lags = int(4 * (periods / 100) ** (2 / 9))
    scores = design * residuals[:, None]
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        lagged = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (lagged + lagged.T)
    covered: Array = inverse @ middle @ inverse * periods / (periods - _TERMS)
    return covered


def _rank(own: Fit, placebos: Sequence[Fit]) -> Rank:
    level, slope = (
        (1 + sum(getattr(one, term).ratio >= getattr(own, term).ratio for one in placebos)) / (len(placebos) + 1)
        for term in ("level", "slope")
    )
    return Rank(level, slope, len(placebos))


def _divide(value: float, error: float) -> float:
    """A value in standard errors; a series without noise has 0 or no end of them."""
    if error > _TINY:
        return value / error
    return float("inf") if value > _TINY else 0.0
