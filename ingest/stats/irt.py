"""Item response theory: capabilities and difficulties from sparse results.

performance = sigmoid(slope_b * (capability_m - difficulty_b)), fitted by least squares of the performances with a
ridge on all parameters. A model meets a benchmark at most once, so the normal equations are an arrow: models are a
diagonal, and eliminating them (Schur complement) leaves two parameters a benchmark. A step then costs about half a
millisecond, and a refit from a near start some ten of them, which is what makes hundreds of bootstrap refits cheap.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dposv

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

PERFORMANCE_EPS = 1e-3
RIDGE = 0.1
LOCATION_BOUND = 10.0
SLOPE_BOUNDS = (0.1, 10.0)
_MAX_STEPS = 400
# Converged: the largest component of the gradient that bounds do not hold, in units of squared performance.
_GRADIENT_TOLERANCE = 1e-8
# Where that component is larger, the exact Hessian is often not positive definite, and Gauss and Newton's is taken.
_FAR = 0.1
_MAX_DAMPING = 1e12


class NotConverged(ArithmeticError):
    """No optimum was reached."""


@dataclass(frozen=True)
class Results:
    """Performances from 0 to 1 of models on benchmarks, in a fixed order. `pinned`: the benchmark whose slope is 1."""

    models: tuple[str, ...]
    benchmarks: tuple[str, ...]
    model: Ints
    benchmark: Ints
    performance: Floats
    pinned: int | None

    @classmethod
    def order(cls, rows: Mapping[tuple[str, str], float], pinned: str) -> Results:
        """Results of (model, benchmark) pairs, whatever order they came in."""
        pairs = sorted(rows)
        models = tuple(sorted({m for m, _ in pairs}))
        benchmarks = tuple(sorted({b for _, b in pairs}))
        model_at = {m: i for i, m in enumerate(models)}
        benchmark_at = {b: i for i, b in enumerate(benchmarks)}
        return cls(
            models,
            benchmarks,
            np.array([model_at[m] for m, _ in pairs], dtype=np.int64),
            np.array([benchmark_at[b] for _, b in pairs], dtype=np.int64),
            np.clip(np.array([rows[p] for p in pairs], dtype=np.float64), PERFORMANCE_EPS, 1 - PERFORMANCE_EPS),
            benchmark_at.get(pinned),
        )

    @cached_property
    def pairs(self) -> tuple[Ints, Ints, Ints]:
        """Pairs of results of one model, each once, and the cells (benchmark parameter by benchmark parameter, lower
        triangle) that each fills: four columns, by the first's parameter, then the second's."""
        first, second = np.nonzero(self.model[:, None] == self.model[None, :])
        keep = self.benchmark[first] >= self.benchmark[second]
        first, second = first[keep], second[keep]
        size, side = 2 * len(self.benchmarks), np.arange(2)
        row = 2 * self.benchmark[first][:, None, None] + side[None, :, None]
        column = 2 * self.benchmark[second][:, None, None] + side[None, None, :]
        return first, second, (row * size + column).reshape(-1, 4)


@dataclass(frozen=True, slots=True)
class Fit:
    """Parameters at an optimum: one capability a model, one difficulty and slope a benchmark."""

    capability: Floats
    difficulty: Floats
    slope: Floats
    loss: float
    steps: int


@dataclass(frozen=True, slots=True)
class Refit:
    """A bootstrap refit, and which benchmarks were drawn: the parameters of one that was not are the ridge's alone."""

    fit: Fit
    is_drawn: Flags


def fit(results: Results, start: Fit | None = None, weights: Floats | None = None) -> Fit:
    """The parameters of least loss; a row of weight two counts as two rows. Raises NotConverged.

    Damped steps (Levenberg and Marquardt's damping), Gauss and Newton's far from the optimum and Newton's own near it
    (J. Nocedal and S. J. Wright, "Numerical Optimization", 2006, section 10.3); a parameter at its bound that would
    leave it is held."""
    problem = _Problem(results, np.ones(len(results.model)) if weights is None else weights)
    at = problem.begin(start)
    loss, damping = problem.loss(at), 1e-2
    for step in range(_MAX_STEPS):
        gradient, curvature, held = problem.differentiate(at)
        if np.max(np.abs(gradient)) < _GRADIENT_TOLERANCE:
            return problem.describe(at, loss, step)
        while True:
            move = problem.solve(curvature, gradient, held, damping)
            if move is not None:
                tried = np.clip(at - move, problem.lower, problem.upper)
                tried_loss = problem.loss(tried)
                if tried_loss < loss:
                    at, loss, damping = tried, tried_loss, max(damping / 10, 1e-12)
                    break
            damping *= 10
            if damping > _MAX_DAMPING:
                # No step, however short, lowers the loss any more: as near as floating point comes.
                return problem.describe(at, loss, step)
    raise NotConverged(f"No optimum after {_MAX_STEPS} steps; the last loss is {loss:.6g}.")


def refit(results: Results, central: Fit, refits: int, seed: int) -> Iterator[Refit]:
    """Hierarchical bootstrap: each model's results are drawn anew from its own, as many as it has.

    The set of models is fixed. A refit that reaches no optimum is left out, so the caller counts what came."""
    rng = np.random.default_rng(seed)
    counts = np.bincount(results.model, minlength=len(results.models))
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])[results.model]
    size = counts[results.model]
    for _ in range(refits):
        drawn = first + np.floor(rng.random(len(size)) * size).astype(np.int64)
        weights = np.bincount(drawn, minlength=len(size)).astype(np.float64)
        try:
            found = fit(results, central, weights)
        except NotConverged:
            continue
        yield Refit(found, np.bincount(results.benchmark, weights, len(results.benchmarks)) > 0)


@dataclass(frozen=True, slots=True)
class _Curvature:
    """The Hessian's parts: the models' diagonal; per result, the column of its model (difficulty, slope); the 2 x 2
    blocks of the benchmarks (difficulty, slope and both)."""

    models: Floats
    results: Floats
    benchmarks: Floats


class _Problem:
    """Loss, gradient and Hessian of one weighted table. Parameters lie as capabilities, then a difficulty and a slope
    a benchmark. Sums over results are counted, not multiplied: most cells of the table are empty, and a product of
    small matrices waits longer for its threads than it works."""

    def __init__(self, results: Results, weights: Floats) -> None:
        self._results, self._weights = results, weights
        self._m, self._b = len(results.models), len(results.benchmarks)
        self._rest = 2 * self._b
        self._is_free = np.ones(self._m + self._rest, dtype=bool)
        if results.pinned is not None:
            self._is_free[self._m + 2 * results.pinned + 1] = False
        self._ridge = RIDGE / int(self._is_free.sum())
        first, second, cells = results.pairs
        counted = (weights[first] > 0) & (weights[second] > 0)
        # Cells of one parameter of each side lie together, so that products are of long vectors.
        self._pairs = first[counted], second[counted], cells[counted].ravel(order="F")
        self.lower = np.full(self._m + self._rest, -LOCATION_BOUND)
        self.upper = np.full(self._m + self._rest, LOCATION_BOUND)
        self.lower[self._m + 1 :: 2], self.upper[self._m + 1 :: 2] = SLOPE_BOUNDS

    def begin(self, start: Fit | None) -> Floats:
        """Where to start: every model equal to every benchmark, or a fit known already."""
        at = np.zeros(self._m + self._rest)
        at[self._m + 1 :: 2] = 1.0
        if start is not None:
            at[: self._m], at[self._m :: 2], at[self._m + 1 :: 2] = start.capability, start.difficulty, start.slope
        return at

    def loss(self, at: Floats) -> float:
        """Half the weighted sum of squared residuals and the ridge."""
        _, _, predicted = self._predict(at)
        residual = predicted - self._results.performance
        return float(np.sum(self._weights * residual**2) + self._ridge * np.sum(at[self._is_free] ** 2)) / 2

    def differentiate(self, at: Floats) -> tuple[Floats, _Curvature, Flags]:
        """The gradient, the Hessian of the loss (Gauss and Newton's where the gradient is large), and the parameters
        no step may move: the pinned one, and those at a bound they would leave. Their gradient is given as zero."""
        slope, distance, predicted = self._predict(at)
        w, residual = self._weights, predicted - self._results.performance
        rise = predicted * (1 - predicted)
        # Of one result in the exponent, slope * distance: the first and the second derivative.
        pull, bend = w * residual * rise, w * rise**2
        by_location = pull * slope
        gradient = np.concatenate([self._over_models(by_location), np.zeros(self._rest)])
        gradient[self._m :: 2] = -self._over_benchmarks(by_location)
        gradient[self._m + 1 :: 2] = self._over_benchmarks(pull * distance)
        gradient += self._ridge * at
        held = self._find_held(at, gradient)
        gradient[held] = 0.0
        mixed = bend * slope * distance
        if np.max(np.abs(gradient)) < _FAR:
            bend += pull * (1 - 2 * predicted)
            mixed = bend * slope * distance + pull
        location2 = bend * slope**2
        benchmarks = np.stack(
            [
                self._over_benchmarks(location2) + self._ridge,
                self._over_benchmarks(bend * distance**2) + self._ridge,
                -self._over_benchmarks(mixed),
            ]
        )
        models = self._over_models(location2) + self._ridge
        return gradient, _Curvature(models, np.stack([-location2, mixed], axis=1), benchmarks), held

    def _find_held(self, at: Floats, gradient: Floats) -> Flags:
        at_bound = ((at <= self.lower) & (gradient > 0)) | ((at >= self.upper) & (gradient < 0))
        return ~self._is_free | at_bound

    def solve(self, curvature: _Curvature, gradient: Floats, held: Flags, damping: float) -> Floats | None:
        """The damped Newton step, or None where the damped Hessian is not positive definite."""
        of_model, of_benchmark = self._results.model, self._results.benchmark
        moves = ~held[self._m :].reshape(self._b, 2)
        models = np.where(held[: self._m], 1.0, curvature.models + damping)
        if np.min(models) <= 0:
            return None
        column = curvature.results * moves[of_benchmark] * ~held[of_model, None]
        scaled = column / models[of_model, None]
        first, second, cells = self._pairs
        of_first = [column[:, k][first] for k in (0, 1)]
        of_second = [scaled[:, k][second] for k in (0, 1)]
        lost = np.concatenate([a * b for a in of_first for b in of_second])
        rest = -np.bincount(cells, lost, self._rest**2).reshape(self._rest, self._rest)
        difficulty, slope = np.arange(0, self._rest, 2), np.arange(1, self._rest, 2)
        rest[difficulty, difficulty] += np.where(moves[:, 0], curvature.benchmarks[0] + damping, 1.0)
        rest[slope, slope] += np.where(moves[:, 1], curvature.benchmarks[1] + damping, 1.0)
        rest[slope, difficulty] += np.where(moves.all(axis=1), curvature.benchmarks[2], 0.0)
        right = gradient[self._m :].copy()
        for k in (0, 1):
            right[k::2] -= self._over_benchmarks(scaled[:, k] * gradient[of_model])
        _, move, failed = dposv(rest, right, lower=1)
        if failed:
            return None
        pairs = move.reshape(self._b, 2)[of_benchmark]
        return np.concatenate([(gradient[: self._m] - self._over_models((column * pairs).sum(axis=1))) / models, move])

    def describe(self, at: Floats, loss: float, steps: int) -> Fit:
        """The parameters by kind."""
        rest = at[self._m :]
        return Fit(at[: self._m].copy(), rest[::2].copy(), rest[1::2].copy(), loss, steps)

    def _predict(self, at: Floats) -> tuple[Floats, Floats, Floats]:
        """Per result: its benchmark's slope, capability less difficulty, the predicted performance."""
        rest = at[self._m :].reshape(self._b, 2)[self._results.benchmark]
        distance = at[self._results.model] - rest[:, 0]
        return rest[:, 1], distance, 1 / (1 + np.exp(-rest[:, 1] * distance))

    def _over_models(self, x: Floats) -> Floats:
        return np.asarray(np.bincount(self._results.model, x, self._m), dtype=np.float64)

    def _over_benchmarks(self, x: Floats) -> Floats:
        return np.asarray(np.bincount(self._results.benchmark, x, self._b), dtype=np.float64)
