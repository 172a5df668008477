"""Wilson's interval of a proportion, which says something of none and of all."""

from __future__ import annotations

import math

Z95 = 1.959963984540054


def compute_wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """Low and high end. Raises ValueError when nothing was tried."""
    if not 0 <= successes <= trials or not trials:
        raise ValueError(f"{successes} of {trials} is no proportion.")
    share, square = successes / trials, z * z
    middle = share + square / (2 * trials)
    spread = z * math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    whole = 1 + square / trials
    low, high = (middle - spread) / whole, (middle + spread) / whole
    return (0.0 if not successes else max(0.0, low)), (1.0 if successes == trials else min(1.0, high))
