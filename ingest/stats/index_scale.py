"""From a fit's scale to an index's own: the line through two anchors.

A fit is determined up to a shift and a stretch, and every refit lands on a scale of its own. So the line is drawn anew
for each: the anchors then stand where they are defined to stand in every draw, and their spread is zero by definition.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ingest.stats.irt import Fit, Floats, NotConverged, Results, fit, refit

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Line:
    """start + rise * x, from a fit's scale to the index's."""

    start: float
    rise: float

    def place(self, x: Floats) -> Floats:
        """On the index's scale."""
        return self.start + self.rise * x


@dataclass(frozen=True, slots=True)
class Placed:
    """A fit on the index's scale: places of models, places and slopes of benchmarks."""

    fit: Fit
    models: Floats
    difficulties: Floats
    slopes: Floats


@dataclass(frozen=True, slots=True)
class Draws:
    """Refits on the index's scale, one a row; NaN where a refit drew a benchmark for no model."""

    models: Floats
    difficulties: Floats
    slopes: Floats


def place_fit(results: Results, anchors: Mapping[str, float], start: Fit | None = None) -> Placed | None:
    """The fit on the scale of two anchors, or None where there is no optimum or the anchors define no scale."""
    try:
        found = fit(results, start)
    except NotConverged:
        return None
    line = draw_line(results, found, anchors)
    if line is None:
        return None
    return Placed(found, line.place(found.capability), line.place(found.difficulty), found.slope / line.rise)


def draw_line(results: Results, fitted: Fit, anchors: Mapping[str, float]) -> Line | None:
    """The line through both anchors, or None where they lie in one place or the wrong way round."""
    (low, low_points), (high, high_points) = sorted(
        ((results.models.index(name), points) for name, points in anchors.items()), key=lambda a: a[1]
    )
    spread = float(fitted.capability[high] - fitted.capability[low])
    if spread < 1e-12:
        return None
    rise = (high_points - low_points) / spread
    return Line(low_points - rise * float(fitted.capability[low]), rise)


def draw_refits(results: Results, central: Fit, anchors: Mapping[str, float], refits: int, seed: int) -> Draws:
    """Bootstrap refits on the index's scale; those without an optimum or a scale are left out."""
    models, difficulties, slopes = [], [], []
    for drawn in refit(results, central, refits, seed):
        line = draw_line(results, drawn.fit, anchors)
        if line is not None:
            models.append(line.place(drawn.fit.capability))
            difficulties.append(np.where(drawn.is_drawn, line.place(drawn.fit.difficulty), np.nan))
            slopes.append(np.where(drawn.is_drawn, drawn.fit.slope / line.rise, np.nan))
    m, b = len(results.models), len(results.benchmarks)
    return Draws(
        np.array(models).reshape(-1, m), np.array(difficulties).reshape(-1, b), np.array(slopes).reshape(-1, b)
    )


def find_interval(sample: Floats, least: int) -> Interval | None:
    """From the 5th to the 95th percentile of what was drawn, or None where fewer than `least` were."""
    drawn = sample[~np.isnan(sample)]
    if len(drawn) < least:
        return None
    low, high = np.quantile(drawn, [0.05, 0.95])
    return float(low), float(high)
