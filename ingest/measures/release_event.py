"""The release as an event: what changed of level and slope on 2025-08-05.

Whether anything moved when gpt-oss came out is asked of every recorded outcome that could have moved, by one rule,
so that a null is as visible as a finding. Other things happened in the same week: GPT-5 two days later, and in the
weeks before it Kimi K2, Qwen3-2507 and GLM-4.5. A step is a change at that date and no proof of its cause.

Definition: a monthly series, from 24 months before the release on. The month of the release is the first month
after, as 27 of its 31 days are. event_level_change is the jump at that month against the line of the months before,
event_slope_change the change of the line's slope, each with a 95 % interval. event_p_value ranks the size of the
change, in ordinary standard errors, among placebos: every other month that has at least 6 months on both sides
(placebo=dates), or other units at the same month (placebo=donors). A step is claimed only where the level's
interval excludes zero and its p-value is at most 0.05; otherwise the result is a null. With fewer than 6 months on a
side there is too little data, and the row says how many are missing. event_outcome has the series itself,
event_trend the line of the months before at both ends of the series.

Formula: y = a + b t + level [t >= 0] + slope t [t >= 0], t in months since 2025-08, by least squares; Newey-West
covariance, lag 4 (n / 100)^(2/9) rounded down, scaled by n / (n - 4), t with n - 4 degrees of freedom.
p = (1 + placebos at least as large) / (1 + placebos).

Inputs: Epoch's newest complete edition with its release dates (open_releases: rated open models by month of release,
without gpt-oss, less the two newest whole months, whose models are still being rated; open_best: the best rated open
model out by a month's end; closed_lead: the best closed one less that; openai_best: OpenAI's best, with every
developer as a donor that has 6 months on both sides and released since); the AI Incident Database by month of
incident, less months still being filled (incidents, incidents_openai); the text Arena's last complete edition of a
month (arena_closed_lead); OpenRouter's recorded days (open_token_share, a lower bound, without gpt-oss); models.dev
(open_price: the median over open models of their median price); pulls gained in a month in Ollama's library by the
entries of Qwen, Llama, DeepSeek, Gemma and Mistral together (rival_pulls); the Hub's rolling 30-day downloads, the
median over tracked models of those families that were out before gpt-oss and were read that month (rival_downloads).

Limits: months are few, so only large changes can be told, and robust intervals of so few are too narrow: on noise
they exclude zero in a fifth of cases, which is why the placebos must agree. Placebo months near the release share most
of its data. Best-so-far series move in jumps. An index is as its newest edition rates models: it was not known then.
Which models are open is today's catalogue. Months that were not read are left out, never filled in. Price lists that
date their changes date too few to make a series; HN, arXiv and GitHub counts of gpt-oss have no before.

Source: J. L. Bernal, S. Cummins, A. Gasparrini, "Interrupted time series regression for the evaluation of public
health interventions: a tutorial", International Journal of Epidemiology 46, 2017; W. K. Newey, K. D. West, "A simple,
positive semi-definite, heteroskedasticity and autocorrelation consistent covariance matrix", Econometrica 55, 1987;
A. Abadie, A. Diamond, J. Hainmueller, "Synthetic control methods for comparative case studies", Journal of the
American Statistical Association 105, 2010 (placebos).

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import duckdb

from ingest.event_outcomes import RELEASE_MONTH, Outcome, name_month, read_outcomes
from ingest.measures import MeasureRow
from ingest.stats.interrupted import MIN_PERIODS, Rank, count_sides, fit_interrupted, rank_dates, rank_donors

METHOD_VERSION = "1"
SOURCES = (
    "epoch_eci",
    "aiid",
    "lmarena",
    "openrouter_rankings",
    "models_dev",
    "litellm_prices",
    "openrouter_models",
    "genai_prices",
    "llm_prices",
    "ollama_library",
    "hf_hub",
)
CHANGES = ("level", "slope")
# Under the other rules of openness the series is not stored again.
_SHOWN_RULES = ("", "commercial")


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """Changes, p-values and the series of every outcome, under the cursor's as-of."""
    for outcome in read_outcomes(con):
        yield from measure_outcome(outcome)


def measure_outcome(outcome: Outcome) -> Iterator[MeasureRow]:
    """What changed of an outcome at the release, and its series."""
    yield from _measure_changes(outcome)
    if outcome.open_rule in _SHOWN_RULES:
        yield from _list_months(outcome)


def _measure_changes(outcome: Outcome) -> Iterator[MeasureRow]:
    times, values = list(outcome.months), list(outcome.months.values())
    missing = _find_missing(times)
    fit = None if missing else fit_interrupted(times, values, RELEASE_MONTH)
    before, after = count_sides(times, RELEASE_MONTH)
    told_by = f"{before} before, {after} from the release on, in months"
    for change in CHANGES:
        found = getattr(fit, change) if fit else None
        yield _state(
            outcome,
            f"event_{change}_change",
            outcome.define(),
            outcome.unit if change == "level" else f"{outcome.unit}_per_month",
            value=_settle(found.value) if found else None,
            low=_settle(found.low) if found else None,
            high=_settle(found.high) if found else None,
            reason_absent=missing,
            told_by=told_by,
        )
    rank = None if missing else rank_dates(times, values, RELEASE_MONTH)
    yield from _state_ranks(outcome, "dates", rank, missing, told_by, f"{rank.placebos} other months" if rank else "")
    if outcome.asks_donors:
        donors = {name: (list(m), list(m.values())) for name, m in outcome.donors.items() if not _find_missing(list(m))}
        lacking = missing or (None if donors else "No other unit has enough months on both sides.")
        rank = None if lacking else rank_donors(times, values, RELEASE_MONTH, list(donors.values()))
        yield from _state_ranks(outcome, "donors", rank, lacking, told_by, ", ".join(donors))


def _state_ranks(
    outcome: Outcome, placebo: str, rank: Rank | None, lacking: str | None, told_by: str, among: str
) -> Iterator[MeasureRow]:
    for change in CHANGES:
        yield _state(
            outcome,
            "event_p_value",
            outcome.define(change=change, placebo=placebo),
            "p_value",
            value=getattr(rank, change) if rank else None,
            reason_absent=lacking,
            told_by=f"{among}; smallest reachable 1/{rank.placebos + 1}" if rank else told_by,
        )


def _find_missing(times: list[int]) -> str | None:
    """Why there is no answer: how many months lie on each side and how many more it takes; None where there are
    enough."""
    sides = dict(zip(("before", "after"), count_sides(times, RELEASE_MONTH), strict=True))
    short = [f"{MIN_PERIODS - count} more needed {side}" for side, count in sides.items() if count < MIN_PERIODS]
    if not short:
        return None
    before, after = sides["before"], sides["after"]
    months = f"{before} month{'' if before == 1 else 's'}"
    return f"Too little data: {months} before the release, {after} after; {', '.join(short)}."


def _list_months(outcome: Outcome) -> Iterator[MeasureRow]:
    """The series, and the line of the months before at its ends."""
    for month, value in outcome.months.items() if not outcome.is_counted_only else ():
        yield _state(outcome, "event_outcome", outcome.define(), outcome.unit, name_month(month), value=value)
    times = list(outcome.months)
    if times and _find_missing(times) is None:
        fit = fit_interrupted(times, list(outcome.months.values()), RELEASE_MONTH)
        for month in (times[0], times[-1]):
            value = _settle(fit.before_at_date + fit.before_slope * (month - RELEASE_MONTH))
            yield _state(outcome, "event_trend", outcome.define(), outcome.unit, name_month(month), value=value)


def _settle(value: float) -> float:
    """A fitted number to eight digits: of the rest, processors with other vector units make others (6e-12 was seen)."""
    return float(f"{value:.8g}")


def _state(
    outcome: Outcome,
    name: str,
    definition: str,
    unit: str,
    day: date | None = None,
    *,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    reason_absent: str | None = None,
    told_by: str | None = None,
) -> MeasureRow:
    """A row of the outcome; without a day of its own it speaks of the series' last month."""
    if day is None and outcome.months:
        day = name_month(max(outcome.months))
    inputs = tuple(sorted(outcome.inputs))
    return MeasureRow(name, definition, "all", unit, day, value, low, high, reason_absent, told_by, inputs)
