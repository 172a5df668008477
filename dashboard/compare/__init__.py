"""What two to six models share, and who is ahead of whom: the rules of Compare.

Pure rules over the rows of `queries.compare`, so that a test can recompute every verdict the page prints.
Values meet only within one edition of one series, run by one party. It refuses a verdict where no interval was
published, and to let two configurations of a model pass for one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from dashboard.capability import name_side
from dashboard.definitions import SMALLER, SUBJECT, OpenRule
from dashboard.rows import Row

Verdict = Literal["clearly ahead", "too close to call", "clearly behind"]
AHEAD: Verdict = "clearly ahead"
CLOSE: Verdict = "too close to call"
BEHIND: Verdict = "clearly behind"
LEAST, MOST = 2, 6
# What an interval's width is in standard errors, by its level in per cent.
_WIDTHS = {90: 3.29, 95: 3.92}
_LIMIT = 1.96
PRICE_CLASS = 2.0
FIRST_RULE = (
    "Both gpt-oss models, and of the ten models shown first on Capability the most capable open one and the most "
    "capable proprietary one in gpt-oss-120b's price class (median listed price at most twice its own); where a "
    "side has none, the last of its models among the ten."
)


@dataclass(frozen=True, slots=True)
class Result:
    """One published value of a model in one configuration, and where it stands.

    `error` is the standard error that its interval means: 0 for an anchor of the scale, null without one."""

    model_id: str
    config: str
    value: float
    low: float | None
    high: float | None
    interval_pct: int | None
    error: float | None
    redistributable: str
    payload_key: int
    row_no: int


@dataclass(frozen=True, slots=True)
class Shared:
    """One benchmark in one edition of one series by one run, with at least two of the models.

    `results` are best first, every configuration; `run` says who ran it, blank where that is not stated."""

    series_id: str
    edition: date
    published_on: date | None
    run: str
    source_id: str
    board: str
    category: str
    benchmark_id: str
    benchmark: str
    domain: str
    unit: str
    higher_is_better: bool
    results: tuple[Result, ...]

    @property
    def best(self) -> tuple[Result, ...]:
        """The best configuration of each model, best first."""
        found: dict[str, Result] = {}
        for result in self.results:
            found.setdefault(result.model_id, result)
        return tuple(found.values())

    def find(self, model_id: str) -> Result | None:
        """The best configuration of one model."""
        return next((r for r in self.results if r.model_id == model_id), None)

    def select(self, every: bool) -> tuple[Result, ...]:
        """Every configuration, or the best of each model."""
        return self.results if every else self.best


@dataclass(frozen=True, slots=True)
class Comparison:
    """One result beside another; `difference` in the benchmark's unit; no verdict: an interval is missing."""

    difference: float
    verdict: Verdict | None


def measure_error(low: float | None, high: float | None, interval_pct: int | None, is_anchor: bool) -> float | None:
    """The standard error that a published interval means; 0 for an anchor; null where nothing tells."""
    if low is not None and high is not None and interval_pct in _WIDTHS:
        return (high - low) / _WIDTHS[interval_pct]
    return 0.0 if is_anchor else None


def compare_results(other: Result, base: Result, higher_is_better: bool = True) -> Comparison:
    """What stands between two results of one edition: clear where it exceeds 1.96 standard errors of it."""
    difference = other.value - base.value
    if other.error is None or base.error is None:
        return Comparison(difference, None)
    gain = difference if higher_is_better else -difference
    limit = _LIMIT * math.hypot(other.error, base.error)
    return Comparison(difference, AHEAD if gain > limit else BEHIND if -gain > limit else CLOSE)


def list_shared(scores: Iterable[Row], with_interval: bool = False) -> list[Shared]:
    """Every benchmark that at least two of the models share: of each series and run one edition.

    It is the complete edition with the most of the models, the newest of such. `scores` are rows of
    `queries.compare.read_scores`; `with_interval` looks among results that have an error only."""
    editions: dict[tuple[str, str], list[Shared]] = {}
    rows = [(_take_key(row), row) for row in scores]
    for (series_id, run, *_), group in groupby(sorted(rows, key=lambda pair: pair[0]), key=lambda pair: pair[0]):
        shared = _gather([row for _, row in group], with_interval)
        if len(shared.best) >= LEAST:
            editions.setdefault((series_id, run), []).append(shared)
    return [max(found, key=rank_edition) for found in editions.values()]


def choose_day(rows: Sequence[Row]) -> date | None:
    """The day on which the most models were read, the newest of such; null where no two ever were."""
    models: dict[date, set[str]] = {}
    for row in rows:
        models.setdefault(row["day"], set()).add(row["model_id"])
    shared = {day: ids for day, ids in models.items() if len(ids) >= LEAST}
    return max(shared, key=lambda day: (len(shared[day]), day), default=None)


def take_newest(rows: Sequence[Row]) -> dict[str, Row]:
    """The newest row of each model, by model id; `rows` are oldest first."""
    return {row["model_id"]: row for row in rows}


def list_clear(shared: Shared) -> tuple[list[Result], bool]:
    """The results at the top that none is clearly ahead of, best first, and whether verdicts could be given.

    Without an interval for each of them the highest value stands alone, and it is no verdict."""
    best = shared.best
    top = [r for r in best if compare_results(r, best[0], shared.higher_is_better).verdict != BEHIND]
    judged = all(r.error is not None for r in best)
    return (top, True) if judged else ([r for r in best if r.value == best[0].value], False)


def count_best(shared: Sequence[Shared], ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Of each model: on how many benchmarks its value is the best alone, and how many rate it, by model id.

    A best value is no verdict: it only says whose published number is the highest within the edition."""
    counts = dict.fromkeys(ids, (0, 0))
    for one in shared:
        best = one.best
        alone = best[0].value != best[1].value
        for place, result in enumerate(best):
            won, rated = counts[result.model_id]
            counts[result.model_id] = won + (place == 0 and alone), rated + 1
    return counts


def choose_first(
    ten: Sequence[str], access: Mapping[str, str], prices: Mapping[str, float], rule: OpenRule = "commercial"
) -> list[str]:
    """Model ids shown where none is chosen, by FIRST_RULE. `ten` are best value first; `prices` median by model."""
    limit = PRICE_CLASS * next((prices[s] for s in (SUBJECT, SMALLER) if s in prices), 0.0)
    chosen = [SUBJECT, SMALLER]
    for side in ("open", "closed"):
        mine = [m for m in ten if m not in chosen[:2] and name_side(access.get(m, "unknown"), rule) == side]
        cheap = [m for m in mine if prices.get(m, math.inf) <= limit]
        chosen += cheap[:1] or mine[-1:]
    return chosen


def choose_base(ids: Sequence[str]) -> int:
    """The place of the model that others are compared with where none is chosen: the first gpt-oss, else the first."""
    return next((place for place, model_id in enumerate(ids) if model_id in (SUBJECT, SMALLER)), 0)


def is_index(shared: Shared) -> bool:
    """Whether it is Epoch's index, which joins the benchmarks and so is not one of them."""
    return (shared.source_id, shared.board) == ("epoch_eci", "eci")


def is_category(shared: Shared) -> bool:
    """Whether it is a part of a board: the same votes by kind of question, or what else a run counted."""
    return shared.category != "overall"


def find_benchmark(shared: Shared) -> str:
    """What a result measures, whoever passes it on: Epoch gives many benchmarks twice, rescaled and as scored."""
    return shared.benchmark_id.removesuffix("_as_scored")


def _take_key(row: Row) -> tuple[str, str, date, date]:
    """What values must have in common to be compared: series, run, edition and publish date."""
    return row["series_id"], row["run"], row["edition"], row["published_on"] or date.min


def rank_edition(shared: Shared) -> tuple[int, date, date]:
    """Of two editions the one with more of the models stands first, then the newer."""
    return len(shared.best), shared.edition, shared.published_on or date.min


def _gather(rows: Sequence[Row], with_interval: bool) -> Shared:
    """One edition of one series and run, whatever models are in it."""
    first = rows[0]
    results = [_read_result(row) for row in rows]
    if with_interval:
        results = [r for r in results if r.error is not None]
    sign = -1.0 if first["higher_is_better"] else 1.0
    results.sort(key=lambda r: (sign * r.value, r.model_id, r.config, r.row_no))
    kept = {(r.model_id, r.config): r for r in reversed(results)}
    return Shared(
        first["series_id"],
        first["edition"],
        first["published_on"],
        first["run"],
        first["source_id"],
        first["board"],
        first["category"],
        first["benchmark_id"],
        first["benchmark"],
        first["domain"],
        first["unit"],
        bool(first["higher_is_better"]),
        tuple(r for r in results if kept[r.model_id, r.config] is r),
    )


def _read_result(row: Row) -> Result:
    low, high = row["low"], row["high"]
    level = None if row["interval_pct"] is None else int(row["interval_pct"])
    return Result(
        row["model_id"],
        row["config"],
        float(row["value"]),
        low,
        high,
        level,
        measure_error(low, high, level, bool(row["is_anchor"])),
        row["redistributable"],
        int(row["payload_key"]),
        int(row["row_no"]),
    )
