"""Item response fits: the optimum of the stated objective, whatever the order, and a bootstrap that repeats itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from ingest.stats.index_scale import draw_refits, find_interval, place_fit
from ingest.stats.irt import LOCATION_BOUND, RIDGE, SLOPE_BOUNDS, Fit, Floats, Results, fit, refit

ANCHORS = {"m03": 130.0, "m09": 150.0}


def make_rows(
    seed: int = 1, models: int = 12, benchmarks: int = 6, noise: float = 0.04
) -> dict[tuple[str, str], float]:
    """A sparse table of results that the model explains but for noise."""
    rng = np.random.default_rng(seed)
    capability = np.linspace(-1.5, 2.5, models)
    difficulty, slope = rng.normal(0.5, 1, benchmarks), rng.uniform(0.6, 2.5, benchmarks)
    rows = {}
    for m in range(models):
        for b in range(benchmarks):
            if b == m % benchmarks:
                continue
            expected = 1 / (1 + np.exp(-slope[b] * (capability[m] - difficulty[b])))
            rows[f"m{m:02}", f"b{b}"] = float(np.clip(expected + rng.normal(0, noise), 0, 1))
    return rows


def tell_bytes(found: Fit) -> bytes:
    return found.capability.tobytes() + found.difficulty.tobytes() + found.slope.tobytes()


def fit_densely(results: Results) -> tuple[float, Floats]:
    """The same objective by scipy's trust region with bounds: its least loss, and the capabilities there."""
    m, b = len(results.models), len(results.benchmarks)
    free = np.ones(m + 2 * b, dtype=bool)
    assert results.pinned is not None
    free[m + b + results.pinned] = False
    weight = np.sqrt(RIDGE / free.sum())

    def find_residuals(x: Floats) -> Floats:
        at = np.ones(len(free))
        at[free] = x
        distance = at[results.model] - at[m + results.benchmark]
        predicted = 1 / (1 + np.exp(-at[m + b + results.benchmark] * distance))
        return np.concatenate([predicted - results.performance, weight * x])

    lower = np.concatenate([np.full(m + b, -LOCATION_BOUND), np.full(b, SLOPE_BOUNDS[0])])[free]
    upper = np.concatenate([np.full(m + b, LOCATION_BOUND), np.full(b, SLOPE_BOUNDS[1])])[free]
    start = np.concatenate([np.full(m + b, 0.05), np.ones(b)])[free]
    found = least_squares(find_residuals, start, bounds=(lower, upper), xtol=1e-14, ftol=1e-14, gtol=1e-12)
    return float(found.cost), found.x[:m]


def reverse_benchmark(rows: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Results on b2 turned upside down, the better model the worse: only a slope below its bound would fit them."""
    return {pair: 1 - value if pair[1] == "b2" else value for pair, value in rows.items()}


@pytest.mark.parametrize("is_bound", [False, True])
def test_the_fit_is_the_optimum_that_a_dense_bounded_solver_finds(is_bound: bool) -> None:
    rows = make_rows()
    results = Results.order(reverse_benchmark(rows) if is_bound else rows, "b0")
    found = fit(results)
    cost, capability = fit_densely(results)
    assert bool(found.slope[2] == SLOPE_BOUNDS[0]) == is_bound
    assert found.loss == pytest.approx(cost, abs=1e-9)
    assert found.capability == pytest.approx(capability, abs=1e-4)
    assert found.slope[results.benchmarks.index("b0")] == 1.0


def test_planted_capabilities_come_back_in_order() -> None:
    found = fit(Results.order(make_rows(noise=0.0), "b0"))
    assert list(np.argsort(found.capability)) == list(range(12))


@settings(max_examples=8, deadline=None)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_byte(shuffler: object) -> None:
    rows = list(make_rows().items())
    shuffler.shuffle(rows)  # type: ignore[attr-defined]
    assert tell_bytes(fit(Results.order(dict(rows), "b0"))) == tell_bytes(fit(Results.order(make_rows(), "b0")))


def test_a_row_of_weight_two_is_a_row_twice_and_one_of_weight_nothing_is_no_row() -> None:
    results = Results.order(make_rows(), "b0")
    weights = np.ones(len(results.model))
    weights[[3, 17]] = 2, 0
    order = np.repeat(np.arange(len(weights)), weights.astype(int))
    repeated = replace(
        results,
        model=results.model[order],
        benchmark=results.benchmark[order],
        performance=results.performance[order],
    )
    assert fit(results, weights=weights).capability == pytest.approx(fit(repeated).capability, abs=1e-6)


def test_a_start_from_another_fit_ends_at_the_same_optimum() -> None:
    results = Results.order(make_rows(), "b0")
    found = fit(results)
    other = fit(results, weights=np.where(results.model == 4, 3.0, 1.0))
    assert np.max(np.abs(other.capability - found.capability)) > 1e-3
    assert fit(results, other).capability == pytest.approx(found.capability, abs=1e-6)


def test_extreme_performances_are_clipped_and_stay_finite() -> None:
    rows = {pair: float(value > 0.5) for pair, value in make_rows().items()}
    found = fit(Results.order(rows, "b0"))
    assert np.all(np.abs(found.capability) <= LOCATION_BOUND)
    assert np.all((found.slope >= SLOPE_BOUNDS[0]) & (found.slope <= SLOPE_BOUNDS[1]))


def test_a_bootstrap_draws_each_model_from_its_own_results_and_repeats_itself() -> None:
    results = Results.order(make_rows(), "b0")
    central = fit(results)
    first = [tell_bytes(r.fit) for r in refit(results, central, 6, 7)]
    assert first == [tell_bytes(r.fit) for r in refit(results, central, 6, 7)]
    assert first != [tell_bytes(r.fit) for r in refit(results, central, 6, 8)]
    # A model whose results all say the same cannot be drawn differently.
    alone = {("x", f"b{b}"): 0.5 for b in range(2)} | {("y", f"b{b}"): 0.7 for b in range(2)}
    few = Results.order(alone, "b0")
    drawn = [r.is_drawn for r in refit(few, fit(few), 12, 1)]
    assert all(d.any() for d in drawn)
    assert not all(d.all() for d in drawn)


def test_anchors_stand_where_they_are_defined_in_every_draw() -> None:
    results = Results.order(make_rows(), "b0")
    placed = place_fit(results, ANCHORS)
    assert placed is not None
    draws = draw_refits(results, placed.fit, ANCHORS, 8, 3)
    for name, points in ANCHORS.items():
        at = results.models.index(name)
        assert placed.models[at] == pytest.approx(points, abs=1e-9)
        assert draws.models[:, at] == pytest.approx(np.full(8, points), abs=1e-9)
    assert np.ptp(draws.models[:, 0]) > 0.1


def test_anchors_the_wrong_way_round_define_no_scale() -> None:
    assert place_fit(Results.order(make_rows(), "b0"), {"m09": 130.0, "m03": 150.0}) is None


def test_a_draw_without_a_benchmark_says_nothing_of_it() -> None:
    rows = make_rows()
    rare = {pair: value for pair, value in rows.items() if pair[1] != "b4" or pair[0] in ("m00", "m01")}
    results = Results.order(rare, "b0")
    placed = place_fit(results, ANCHORS)
    assert placed is not None
    draws = draw_refits(results, placed.fit, ANCHORS, 40, 3)
    undrawn = np.isnan(draws.difficulties[:, results.benchmarks.index("b4")])
    assert 0 < undrawn.sum() < 40
    assert not np.isnan(draws.models).any()


def test_an_interval_holds_the_middle_nine_tenths_of_what_was_drawn() -> None:
    sample = np.concatenate([np.arange(101.0), [np.nan] * 5])
    assert find_interval(sample, 101) == (5.0, 95.0)
    assert find_interval(sample, 102) is None
