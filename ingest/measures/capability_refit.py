"""The capability index fitted again: intervals of differences, and influence.

The published index states an interval a model and nothing else. Whether one model is ahead of another, how hard a
benchmark is, and how far gpt-oss's place hangs on one benchmark can be told only from a fit of one's own. The
published value stays the headline; this is "our refit", and a test holds it to the published one.

Definition: capability_index_refit is a model's place on the index's scale, capability_difference a model's place minus
gpt-oss-120b's, benchmark_difficulty the place at which a model is expected to score one half, benchmark_slope how
sharply performance rises there (per point), benchmark_influence the change of gpt-oss's place when one of its
benchmarks is left out of the whole fit, models_excluded the models left out for having results on fewer than four
benchmarks, inputs_fit what was fitted. Intervals hold 90 %: from the 5th to the 95th percentile of 500 refits. The
difference's is that of the difference within each refit, not of two intervals laid side by side.

Formula: performance = sigmoid(slope_b * (capability_m - difficulty_b)). Least squares of the performances, clipped to
0.001 .. 0.999, plus a ridge of 0.1 * (mean square of all parameters); slope of WinoGrande pinned to 1, slopes within
0.1 .. 10, capabilities and difficulties within -10 .. 10. Then the straight line that puts Claude 3.5 Sonnet at 130 and
GPT-5 at 150, drawn anew in every refit. Refits are a hierarchical bootstrap: each model's results are drawn from its
own with replacement, the set of models fixed. Solved by damped Newton steps on the exact Hessian; seed fixed.

Inputs: the board `inputs` of Epoch's eci_benchmarks.csv: performances where 0 is chance and 1 the benchmark's ceiling.
Of several results of one model on one benchmark the best counts.

Limits: the objective is flat for weak models (below about 110), whose place may differ from the published one by a few
tenths. A refit that drew a benchmark for no model says nothing of its difficulty and is left out there. The bootstrap
knows the choice of benchmarks, not the noise within one. In a home built from what may be passed on, the results whose
first publisher forbids it are missing, the fit has fewer benchmarks, and inputs_fit says how many.

Source: Epoch AI, "Epoch Capabilities Index", 2025, with the method of its public repository eci-public (MIT); A. Ho,
J.-S. Denain, D. Atanasov, S. Albanie and R. Shah, "A Rosetta Stone for AI Benchmarks", arXiv 2512.00193, 2025.
Bootstrap: A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import numpy as np

from ingest.measures import SUBJECTS, MeasureRow, define
from ingest.stats.index_scale import Draws, Interval, Placed, draw_refits, find_interval, place_fit
from ingest.stats.irt import Results

METHOD_VERSION = "1"
SOURCES = ("epoch_eci",)
LEAST_BENCHMARKS = 4
REFITS = 500
SEED = 20250805
PINNED = "winogrande"
ANCHORS = {"Claude 3.5 Sonnet": 130.0, "GPT-5": 150.0}
# Fewer refits than this say nothing of a tail of 5 %.
_LEAST_REFITS = 200
_REFIT = define(index="refit")
_AGAINST = SUBJECTS[0]
_DIFFERENCE = define(against=_AGAINST.split("/")[1])
_OF_MODELS = {"capability_index_refit": _REFIT, "capability_difference": _DIFFERENCE}
_OF_BENCHMARKS = {"benchmark_difficulty": _REFIT, "benchmark_slope": _REFIT}
_UNITS = {"benchmark_slope": "per_point", "models_excluded": "models"}
_DIGITS = 4

# The newest edition of which every benchmark's list is whole.
_INPUTS = """
    with newest as (
        select edition from editions where source_id = 'epoch_eci' and board = 'inputs'
        group by edition having bool_and(is_complete) order by edition desc limit 1)
    select s.edition, s.name_raw, s.benchmark_id, max(s.value), min(s.model_id), min(s.payload_key),
           coalesce(min(b.name), s.benchmark_id)
    from scores s join newest using (edition) left join main.benchmarks b on b.benchmark_id = s.benchmark_id
    where s.source_id = 'epoch_eci' and s.board = 'inputs' and s.is_listed and s.value is not null
    group by s.edition, s.name_raw, s.benchmark_id order by all"""

_IS_PUBLISHED = "select 1 from editions where source_id = 'epoch_eci' and board = 'eci' limit 1"
_FITTED_BY_PUBLISHER = "select count(*) from benchmark_difficulty where source_id = 'epoch_eci' and edition = ?"


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What one edition was fitted to; `subjects` says what a model is called in the measures."""

    day: date
    rows: Mapping[tuple[str, str], float]
    subjects: Mapping[str, str]
    benchmarks: Mapping[str, str]
    payload_keys: tuple[int, ...]
    fitted_by_publisher: int

    def select_fitted(self) -> dict[tuple[str, str], float]:
        """Results of models that have enough of them."""
        counts = self.count_benchmarks()
        return {pair: value for pair, value in self.rows.items() if counts[pair[0]] >= LEAST_BENCHMARKS}

    def count_benchmarks(self) -> dict[str, int]:
        """Benchmarks a model."""
        counts: dict[str, int] = {}
        for model, _ in self.rows:
            counts[model] = counts.get(model, 0) + 1
        return counts


def read_key(con: duckdb.DuckDBPyConnection) -> str:
    """The inputs themselves: an edition of the index without new inputs is no reason to fit again."""
    rows = con.execute(_INPUTS).fetchall()
    published = con.execute(_IS_PUBLISHED).fetchall()
    counted = con.execute(_FITTED_BY_PUBLISHER, [rows[0][0]]).fetchall() if rows else []
    return hashlib.sha256(repr((rows, published, counted)).encode()).hexdigest()


# Rows by their inputs: a process that publishes more than one file of the same inputs fits them once.
_fitted: dict[str, tuple[MeasureRow, ...]] = {}


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """The fit of the newest complete inputs, or the reason there is none."""
    inputs = _read_inputs(con)
    key = f"{inputs!r}|{con.execute(_IS_PUBLISHED).fetchall()}|{REFITS}|{SEED}"
    if key not in _fitted:
        if len(_fitted) > 3:
            _fitted.clear()
        _fitted[key] = tuple(_fit(con, inputs))
    yield from _fitted[key]


def _fit(con: duckdb.DuckDBPyConnection, inputs: _Inputs | None) -> Iterator[MeasureRow]:
    if inputs is None:
        had = "Only the published index had been recorded, not the results it is fitted to."
        reason = (
            had if con.execute(_IS_PUBLISHED).fetchall() else "No results the index is fitted to had been recorded."
        )
        yield from _explain_absence(reason, None)
        return
    yield from _measure_inputs(inputs)
    results = Results.order(inputs.select_fitted(), PINNED)
    missing = [name for name in ANCHORS if name not in results.models]
    if missing:
        yield from _explain_absence(f"The results lack {' and '.join(missing)}, which the scale is tied to.", inputs)
        return
    placed = place_fit(results, ANCHORS)
    if placed is None:
        yield from _explain_absence("The fit of these results defines no scale.", inputs)
        return
    draws = draw_refits(results, placed.fit, ANCHORS, REFITS, SEED)
    yield from _measure_models(inputs, results, placed, draws)
    yield from _measure_benchmarks(inputs, results, placed, draws)
    yield from _measure_influence(inputs, results, placed)


def _read_inputs(con: duckdb.DuckDBPyConnection) -> _Inputs | None:
    rows = con.execute(_INPUTS).fetchall()
    if not rows:
        return None
    ids = {name: model_id for _, name, _, _, model_id, *_ in rows}
    shared = list(ids.values())
    [(counted,)] = con.execute(_FITTED_BY_PUBLISHER, [rows[0][0]]).fetchall()
    return _Inputs(
        rows[0][0],
        {(name, benchmark): float(value) for _, name, benchmark, value, *_ in rows},
        {n: model_id if model_id and shared.count(model_id) == 1 else n for n, model_id in ids.items()},
        {benchmark: title for _, _, benchmark, *_, title in rows},
        tuple(sorted({int(row[5]) for row in rows})),
        int(counted),
    )


def _measure_inputs(inputs: _Inputs) -> Iterator[MeasureRow]:
    counts, fitted = inputs.count_benchmarks(), inputs.select_fitted()
    thin = sorted(name for name, n in counts.items() if n < LEAST_BENCHMARKS)
    told = f"of {len(counts)} models with results"
    if thin:
        told += f": {', '.join(thin[:5])}{' and others' if len(thin) > 5 else ''}"
    yield _tell(inputs, "models_excluded", _REFIT, "all", "models", float(len(thin)), None, told)
    benchmarks = {benchmark for _, benchmark in fitted}
    of_published = f"the publisher fitted {inputs.fitted_by_publisher}" if inputs.fitted_by_publisher else None
    for of, number, said in (
        ("benchmarks", len(benchmarks), of_published),
        ("models", len({model for model, _ in fitted}), None),
        ("results", len(fitted), None),
    ):
        yield _tell(inputs, "inputs_fit", define(index="refit", fitted=of), "all", of, float(number), None, said)


def _measure_models(inputs: _Inputs, results: Results, placed: Placed, draws: Draws) -> Iterator[MeasureRow]:
    counts, refits = inputs.count_benchmarks(), len(draws.models)
    against = next((i for i, name in enumerate(results.models) if inputs.subjects[name] == _AGAINST), None)
    for i, name in enumerate(results.models):
        subject, told = inputs.subjects[name], f"{counts[name]} benchmarks, {refits} refits"
        interval = None if name in ANCHORS else find_interval(draws.models[:, i], _LEAST_REFITS)
        said = f"{counts[name]} benchmarks, an anchor of the scale" if name in ANCHORS else told
        yield _tell(
            inputs, "capability_index_refit", _REFIT, subject, "points", float(placed.models[i]), interval, said
        )
        if against is not None and i != against:
            apart = float(placed.models[i] - placed.models[against])
            interval = find_interval(draws.models[:, i] - draws.models[:, against], _LEAST_REFITS)
            yield _tell(inputs, "capability_difference", _DIFFERENCE, subject, "points", apart, interval, told)
    for subject in SUBJECTS:
        fitted = {inputs.subjects[name] for name in results.models}
        if subject not in fitted:
            n = next((counts[name] for name, called in inputs.subjects.items() if called == subject), 0)
            reason = f"A place takes results on at least {LEAST_BENCHMARKS} benchmarks; of this model there are {n}."
            for measure_id, definition in _OF_MODELS.items():
                yield _tell_absence(inputs, measure_id, definition, subject, reason)


def _measure_benchmarks(inputs: _Inputs, results: Results, placed: Placed, draws: Draws) -> Iterator[MeasureRow]:
    models = np.bincount(results.benchmark, minlength=len(results.benchmarks))
    for i, benchmark in enumerate(results.benchmarks):
        refits = int(np.sum(~np.isnan(draws.difficulties[:, i])))
        told = f"{inputs.benchmarks[benchmark]}: {models[i]} models, {refits} refits"
        for measure_id, unit, value, sample in (
            ("benchmark_difficulty", "points", placed.difficulties[i], draws.difficulties[:, i]),
            ("benchmark_slope", "per_point", placed.slopes[i], draws.slopes[:, i]),
        ):
            interval = find_interval(sample, _LEAST_REFITS)
            yield _tell(inputs, measure_id, _REFIT, benchmark, unit, float(value), interval, told)


def _measure_influence(inputs: _Inputs, results: Results, placed: Placed) -> Iterator[MeasureRow]:
    """The change of a subject's place where one of its benchmarks is left out, for everyone."""
    fitted = inputs.select_fitted()
    for name in results.models:
        if inputs.subjects[name] not in SUBJECTS:
            continue
        definition = define(index="refit", model=inputs.subjects[name].split("/")[1])
        before = float(placed.models[results.models.index(name)])
        for benchmark in sorted(b for model, b in fitted if model == name):
            fewer = Results.order({pair: v for pair, v in fitted.items() if pair[1] != benchmark}, PINNED)
            after = place_fit(fewer, ANCHORS) if set(ANCHORS) <= set(fewer.models) else None
            title = inputs.benchmarks[benchmark]
            if after is None:
                reason = f"Without {title} the fit defines no scale."
                yield _tell_absence(inputs, "benchmark_influence", definition, benchmark, reason)
            else:
                change = float(after.models[fewer.models.index(name)]) - before
                yield _tell(inputs, "benchmark_influence", definition, benchmark, "points", change, None, title)


def _explain_absence(reason: str, inputs: _Inputs | None) -> Iterator[MeasureRow]:
    for subject in SUBJECTS:
        for measure_id, definition in _OF_MODELS.items():
            if not (measure_id == "capability_difference" and subject == _AGAINST):
                yield _tell_absence(inputs, measure_id, definition, subject, reason)
    influence = define(index="refit", model=_AGAINST.split("/")[1])
    for measure_id, definition in {**_OF_BENCHMARKS, "benchmark_influence": influence}.items():
        yield _tell_absence(inputs, measure_id, definition, "all", reason)
    if inputs is None:
        yield _tell_absence(inputs, "models_excluded", _REFIT, "all", reason)
        for of in ("benchmarks", "models", "results"):
            yield _tell_absence(inputs, "inputs_fit", define(index="refit", fitted=of), "all", reason)


def _tell(
    inputs: _Inputs,
    measure_id: str,
    definition: str,
    subject: str,
    unit: str,
    value: float,
    interval: Interval | None,
    told: str | None,
) -> MeasureRow:
    """A row rounded to what the optimum is known to, so that the order of summing shows nowhere."""
    low, high = (_round(interval[0]), _round(interval[1])) if interval else (None, None)
    return MeasureRow(
        measure_id,
        definition,
        subject,
        unit,
        inputs.day,
        _round(value),
        low,
        high,
        told_by=told,
        inputs=inputs.payload_keys,
    )


def _tell_absence(inputs: _Inputs | None, measure_id: str, definition: str, subject: str, reason: str) -> MeasureRow:
    day, keys = (inputs.day, inputs.payload_keys) if inputs else (None, ())
    unit = _UNITS.get(measure_id, "points") if measure_id != "inputs_fit" else definition.rpartition("=")[2]
    return MeasureRow(measure_id, definition, subject, unit, day, reason_absent=reason, inputs=keys)


def _round(x: float) -> float:
    return round(x, _DIGITS) + 0.0
