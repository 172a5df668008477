"""The release as an event: what the statistics can tell, what they must not, and what the measure reads."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from dashboard.events_study.words import judge as judge_rows
from dashboard.events_study.words import list_confounders, name_rival
from ingest.append import ingest_source
from ingest.archive import Archive
from ingest.catalogue import write_catalogue
from ingest.event_outcomes import RELEASE_MONTH, Rated, name_month, number_month, shape_index
from ingest.measures import SUBJECTS, MeasureRow
from ingest.measures.release_event import compute, measure_outcome
from ingest.publish import resolve_stored
from ingest.source import discover_sources
from ingest.stats.interrupted import (
    ALPHA,
    MIN_PERIODS,
    count_sides,
    fit_interrupted,
    judge,
    rank_dates,
    rank_donors,
)
from ingest.store import Reader, set_as_of
from tests.homes import use_home
from tests.test_measures import CLOSED, OPEN, write_index
from tests.toy_source import make_database

# As on record: two years before the release, a year after it.
BEFORE, AFTER = 24, 12


def simulate(seed: int, phi: float, step: float = 0.0, slope: float = 0.0) -> list[float]:
    """A series of unit variance around a rising line, each month leaning on the one before, with a step in sigmas."""
    rng = np.random.default_rng(seed)
    noise = [rng.normal()]
    for _ in range(BEFORE + AFTER - 1):
        noise.append(phi * noise[-1] + np.sqrt(1 - phi**2) * rng.normal())
    return [0.3 * t + one + (step + slope * (t - BEFORE) if t >= BEFORE else 0.0) for t, one in enumerate(noise)]


def is_step(values: list[float]) -> bool:
    times = list(range(len(values)))
    level, rank = fit_interrupted(times, values, BEFORE).level, rank_dates(times, values, BEFORE)
    return judge(level.low, level.high, rank.level, rank.smallest) == "step"


@pytest.mark.parametrize("phi", [0.0, 0.5])
def test_a_planted_step_of_five_sigma_is_found(phi: float) -> None:
    assert sum(is_step(simulate(seed, phi, step=5)) for seed in range(100)) >= 95


@pytest.mark.parametrize("phi", [0.0, 0.5])
def test_noise_that_remembers_is_a_step_in_at_most_five_of_a_hundred_series(phi: float) -> None:
    # p <= 0.05 among the placebo dates and an interval that excludes zero. Over 300 series, as the rate is 3 in 100:
    # a single hundred would be over by chance now and then.
    assert sum(is_step(simulate(1000 + seed, phi)) for seed in range(300)) <= 15


def test_robust_intervals_alone_would_cry_wolf() -> None:
    # Why a step takes both: it is said in the measure's words, so it must stay true.
    times = list(range(BEFORE + AFTER))
    levels = [fit_interrupted(times, simulate(seed, 0.3), BEFORE).level for seed in range(100)]
    assert sum(not one.low <= 0 <= one.high for one in levels) > 10


@given(st.integers(0, 10_000), st.floats(-8, 8), st.floats(-2, 2))
@settings(max_examples=15, deadline=None)
def test_intervals_are_those_of_statsmodels(seed: int, step: float, slope: float) -> None:
    values = np.array(simulate(seed, 0.4, step, slope))
    time = np.arange(len(values)) - BEFORE
    after = (time >= 0) * 1.0
    lags = int(4 * (len(values) / 100) ** (2 / 9))
    model = sm.OLS(values, np.column_stack([np.ones(len(time)), time, after, after * time]))
    robust = model.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
    plain = model.fit()
    fit = fit_interrupted(list(time + BEFORE), list(values), BEFORE)
    for term, change in ((2, fit.level), (3, fit.slope)):
        assert change.value == pytest.approx(robust.params[term], abs=1e-8)
        assert (change.low, change.high) == pytest.approx(tuple(robust.conf_int()[term]), abs=1e-8)
        assert change.ratio == pytest.approx(abs(plain.tvalues[term]), abs=1e-6)


@given(st.integers(0, 10_000), st.floats(0.1, 100), st.floats(-1000, 1000))
@settings(max_examples=15, deadline=None)
def test_units_and_the_line_they_stand_on_do_not_matter(seed: int, scale: float, shift: float) -> None:
    values = simulate(seed, 0.3, step=1)
    times = list(range(len(values)))
    other = [scale * value + shift + 3 * t for t, value in zip(times, values, strict=True)]
    fit, moved = fit_interrupted(times, values, BEFORE), fit_interrupted(times, other, BEFORE)
    assert moved.level.value == pytest.approx(scale * fit.level.value, rel=1e-4, abs=1e-4)
    assert moved.level.ratio == pytest.approx(fit.level.ratio, rel=1e-4, abs=1e-4)


def test_only_dates_with_enough_periods_on_both_sides_are_placebos() -> None:
    rank = rank_dates(list(range(BEFORE + AFTER)), simulate(1, 0), BEFORE)
    assert rank.placebos == BEFORE + AFTER - 2 * MIN_PERIODS
    assert rank.smallest == 1 / (rank.placebos + 1)
    # A month that is missing counts on no side.
    assert count_sides([0, 1, 2, 5, 6], 5) == (3, 2)


def test_a_unit_like_its_donors_ranks_among_them_and_one_that_jumped_comes_first() -> None:
    times = list(range(BEFORE + AFTER))
    donors = [(times, simulate(seed, 0.2)) for seed in range(1, 10)]
    assert rank_donors(times, simulate(50, 0.2, step=8), BEFORE, donors).level == 0.1
    assert rank_donors(times, donors[0][1], BEFORE, donors).level > 0.1


def test_a_p_value_that_cannot_reach_the_threshold_decides_nothing() -> None:
    assert judge(1, 2, 0.1, smallest=0.1) == "out of reach"
    assert judge(1, 2, ALPHA, smallest=0.04) == "step"
    assert judge(-1, 2, ALPHA, smallest=0.04) == "null"
    assert judge(1, 2, 0.06, smallest=0.04) == "null"


def test_a_series_without_noise_is_no_change_of_any_size() -> None:
    fit = fit_interrupted(list(range(20)), [1.0 + 2 * t for t in range(20)], 10)
    assert fit.level.value == pytest.approx(0, abs=1e-9)
    assert fit.level.ratio == 0
    with pytest.raises(ValueError, match="two periods on each side"):
        fit_interrupted([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], 5)


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_months_are_numbered_without_gaps(day: date) -> None:
    assert name_month(number_month(day)) == day.replace(day=1)
    assert number_month(date(2025, 8, 31)) == RELEASE_MONTH


# The outcomes that an index tells, and what is said of them.

LEAD = "outcome=closed_lead;open=commercial"
EDITION = date(2026, 8, 11)
YEAR = range(RELEASE_MONTH - BEFORE, RELEASE_MONTH + AFTER)


def rate(months: range, closed_step: float = 0.0, edition: date = EDITION) -> list[Rated]:
    """An edition: in each month an open model half a point better than the last, and a closed one."""
    own = date(2025, 8, 5)
    rated = [Rated(name, "commercial_weights", "openai", 111, own, edition) for name in SUBJECTS]
    for n, month in enumerate(months):
        day, noise = name_month(month).replace(day=15), 0.3 * (-1) ** n
        jump = closed_step if month >= RELEASE_MONTH else 0
        rated.append(Rated(f"open {n}", "commercial_weights", "alibaba", 100 + n / 2 + noise, day, edition))
        rated.append(Rated(f"closed {n}", "proprietary", "anthropic", 105 + n / 2 - noise + jump, day, edition))
    return rated


def tell(rated: list[Rated]) -> list[MeasureRow]:
    return [row for outcome in shape_index(rated) for row in measure_outcome(outcome)]


def find(rows: list[MeasureRow], name: str, definition: str) -> MeasureRow:
    [one] = [row for row in rows if row.measure_id == name and row.definition_id == definition]
    return one


def test_a_jump_of_the_best_closed_model_is_a_step_with_its_size() -> None:
    rows = tell(rate(YEAR, closed_step=9))
    level = find(rows, "event_level_change", LEAD)
    chance = find(rows, "event_p_value", f"{LEAD};change=level;placebo=dates")
    assert level.value == pytest.approx(9, abs=1)
    assert level.low is not None
    assert level.low > 0
    assert (chance.value, chance.told_by) == (1 / 25, "24 other months; smallest reachable 1/25")
    # gpt-oss rates below what was out before it, so the best open model did not jump.
    assert find(rows, "event_level_change", "outcome=open_best;open=commercial").value == pytest.approx(0, abs=1)
    # The series is there to be drawn, up to the last month that had ended, and the line of the months before.
    series = [row for row in rows if row.measure_id == "event_outcome" and row.definition_id == LEAD]
    assert (series[0].day, series[-1].day, len(series)) == (date(2023, 8, 1), date(2026, 7, 1), 36)
    line = [row for row in rows if row.measure_id == "event_trend" and row.definition_id == LEAD]
    assert [row.day for row in line] == [series[0].day, series[-1].day]
    assert [row.value for row in line] == pytest.approx([5, 5], abs=1)


def test_a_model_nobody_notices_or_told_twice_moves_nothing() -> None:
    rated = rate(YEAR)
    worse = Rated("weak", "proprietary", "nobody", 50, date(2025, 9, 1), EDITION)
    assert tell([*rated, worse]) == tell(rated)
    assert tell([*rated, *rated]) == tell(rated)


def test_gpt_oss_itself_and_months_still_being_rated_are_no_releases() -> None:
    released = {
        row.day: row.value
        for row in tell(rate(YEAR))
        if (row.measure_id, row.definition_id) == ("event_outcome", "outcome=open_releases;open=commercial")
    }
    assert set(released.values()) == {1.0}
    assert max(day for day in released if day) == date(2026, 5, 1)


def test_too_few_months_on_a_side_say_how_many_are_missing() -> None:
    rows = tell(rate(YEAR[: BEFORE + 4], edition=date(2025, 12, 19)))
    reason = "Too little data: 24 months before the release, 4 after; 2 more needed after."
    assert find(rows, "event_level_change", LEAD).reason_absent == reason
    assert find(rows, "event_p_value", f"{LEAD};change=slope;placebo=dates").reason_absent == reason
    nothing = "Too little data: 0 months before the release, 0 after; 6 more needed before, 6 more needed after."
    assert find(tell([]), "event_level_change", LEAD).reason_absent == nothing


# The measure on the published file.


def test_an_edition_published_later_is_not_read(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "raw")
    own = f"gpt-oss-120b,gpt-oss-120b,140,138,142,2025-08-05,OpenAI,USA,{OPEN},"
    write_index(archive, "2026-08-11", [own, f"GPT-5,GPT-5,150,,,2025-08-07,OpenAI,USA,{CLOSED},"])
    write_index(archive, "2026-09-11", [own, f"GPT-5,GPT-5,160,159,161,2025-08-07,OpenAI,USA,{CLOSED},"])
    con = make_database()
    assert ingest_source(con, archive, discover_sources()["epoch_eci"]).failure is None
    write_catalogue(con)
    resolve_stored(con)
    lead = {}
    for day in ("2026-08-10", "2026-09-10", "2026-09-11"):
        as_of = datetime.fromisoformat(f"{day}T23:59:59+00:00")
        set_as_of(con, as_of)
        rows = [r for r in compute(con, as_of) if (r.measure_id, r.definition_id) == ("event_outcome", LEAD)]
        lead[day] = {row.value for row in rows}
    assert lead == {"2026-08-10": set(), "2026-09-10": {10.0}, "2026-09-11": {20.0}}


def test_no_number_as_of_a_day_rests_on_what_was_public_only_later(published_home: Path) -> None:
    instant = datetime(2026, 8, 12, 23, 59, tzinfo=UTC)
    with Reader(published_home / "landscape.duckdb").open_cursor(instant) as cursor:
        rows, again = list(compute(cursor, instant)), list(compute(cursor, instant))
        public = cursor.execute(
            # A payload's rows may have been public before it was read: its own days are then their evidence.
            " union ".join(
                f"select payload_key from stored.{kind} where observed_at <= $at"
                for kind in ("scores", "counters", "usage", "prices", "hub_readings", "model_attributes", "listings")
            ),
            {"at": instant.replace(tzinfo=None)},
        ).fetchall()
    assert rows == again
    keys = {key for row in rows for key in row.inputs}
    assert keys
    assert keys <= {key for (key,) in public}
    answered = [row for row in rows if row.measure_id == "event_level_change" and row.value is not None]
    assert {"outcome=incidents", "outcome=openai_best", LEAD} <= {row.definition_id for row in answered}
    assert [row for row in rows if row.measure_id == "event_p_value" and (row.value or 1) < 1 / 25] == []


# The section of the page.


# A page that is the section alone.
SECTION = """
from dashboard.events_study import show_event_study
from dashboard.view import open_view

show_event_study(open_view())
"""


def read_section(home: Path, page_file: Path, monkeypatch: pytest.MonkeyPatch, **address: str) -> tuple[str, str]:
    """The section's heading and its words as a reader sees them."""
    monkeypatch.setenv("LANDSCAPE_NOW", "2026-11-23T12:00:00Z")
    page_file.write_text(SECTION)
    with use_home(home):
        page = AppTest.from_file(str(page_file), default_timeout=60)
        for key, value in address.items():
            page.query_params[key] = value
        page.run()
    assert not page.exception, page.exception[0].stack_trace
    return tuple(
        " ".join(element.value for element in found).replace("\\", "") for found in (page.subheader, page.markdown)
    )  # type: ignore[return-value]


def test_the_section_says_the_verdict_and_who_else_came_out(
    published_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_file = tmp_path / "section.py"
    heading, said = read_section(published_home, page_file, monkeypatch, outcome="Incidents a month")
    assert heading == "None of 6 outcomes stepped at the release"
    assert "95 % interval" in said
    assert "the smallest it could be is 0.05" in said
    assert "A null: the interval excludes zero, but too many other months jump as much." in said
    for rival in ("Kimi K2", "Qwen3-2507", "GLM-4.5", "GPT-5 (7 Aug 2025)"):
        assert rival in said
    heading, said = read_section(published_home, page_file, monkeypatch, as_of="2026-01-31")
    assert heading == "The release as an event: too little data to tell"
    assert "2 more needed after" in said


def test_the_pages_verdict_is_the_statistics_own() -> None:
    for low, high, p_value, places in ((1, 2, 0.04, 25), (-1, 2, 0.04, 25), (1, 2, 0.2, 25), (1, 2, 0.1, 10)):
        change = {"value": 1.5, "low": low, "high": high}
        chance = {"value": p_value, "told_by": f"{places - 1} other months; smallest reachable 1/{places}"}
        assert judge_rows(change, chance) == judge(low, high, p_value, 1 / places)
    assert judge_rows({"value": None}, {"value": None}) == "too little data"


def test_confounders_are_rivals_of_those_weeks_that_had_happened() -> None:
    def event(day: date, title: str, kind: str) -> dict[str, object]:
        return {"happened_on": day, "title": title, "kind": kind}

    events = [
        event(date(2025, 6, 1), "Long before", "rival-open"),
        event(date(2025, 7, 21), "Qwen3-235B-A22B-2507", "rival-open"),
        event(date(2025, 8, 2), "A law", "policy"),
        event(date(2025, 8, 7), "GPT-5, GPT-5 mini", "rival-closed"),
        event(date(2025, 8, 21), "Long after", "rival-open"),
    ]
    found = list_confounders(events, date(2026, 1, 1))
    assert [name_rival(str(e["title"])) for e in found] == ["Qwen3-2507", "GPT-5"]
    assert len(list_confounders(events, date(2025, 8, 6))) == 1
