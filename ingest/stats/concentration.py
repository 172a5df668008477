"""How concentrated a whole is: HHI, effective number, Gini, the largest few.

Pure functions over amounts of named parts, and over what is known of them when part of the whole is not named.
They make no choice of what counts as a part, and refuse amounts that are negative or nothing at all.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """At least and at most."""

    low: float
    high: float


def share_out(amounts: Mapping[str, float]) -> dict[str, float]:
    """Each part's share of the whole, the largest first. Raises ValueError without any amount."""
    total = math.fsum(amounts.values())
    if total <= 0 or min(amounts.values()) < 0:
        raise ValueError("Shares need amounts of at least zero, and one above it.")
    ordered = sorted(amounts.items(), key=lambda part: (-part[1], part[0]))
    return {name: amount / total for name, amount in ordered}


def compute_hhi(shares: Iterable[float]) -> float:
    """The sum of squared shares: 1 when one part has all, 1/n when n have as much each."""
    return math.fsum(share * share for share in shares)


def compute_gini(amounts: Iterable[float]) -> float:
    """Mean absolute difference over twice the mean: 0 when all parts are equal, (n-1)/n when one has all."""
    ordered = sorted(amounts)
    total, count = math.fsum(ordered), len(ordered)
    if total <= 0:
        raise ValueError("An inequality needs an amount above zero.")
    weighted = math.fsum((2 * place - count - 1) * amount for place, amount in enumerate(ordered, start=1))
    return max(0.0, weighted / (count * total))


def sum_largest(shares: Iterable[float], count: int) -> float:
    """What the largest few have together."""
    return min(1.0, math.fsum(sorted(shares, reverse=True)[:count]))


def bound_hhi(shares: Iterable[float], unnamed: float) -> Bounds:
    """The index when a share of the whole has no name: at least with the unnamed spread over ever smaller parts of
    their own, at most with all of it the largest named part's: a sum of squares is largest where one takes all."""
    ordered = sorted(shares, reverse=True)
    if not ordered:
        return Bounds(0.0, unnamed * unnamed)
    return Bounds(compute_hhi(ordered), min(1.0, compute_hhi([ordered[0] + unnamed, *ordered[1:]])))


def bound_largest(shares: Iterable[float], unnamed: float, count: int) -> Bounds:
    """The same for what the largest few have together: none of the unnamed, or all of it."""
    least = sum_largest(shares, count)
    return Bounds(least, min(1.0, least + unnamed))
