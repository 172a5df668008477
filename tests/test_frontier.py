"""How far open models are behind closed ones: the maths on planted histories, the measures on editions written by hand.

The recorded editions are read from their own files, once; their figures are held against what their publisher says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.append import ingest_source
from ingest.archive import Archive, NewPayload
from ingest.definitions import list_options, load_definitions
from ingest.measures import MeasureRow, frontier, months_behind
from ingest.publish import build_relations
from ingest.source import discover_sources
from ingest.stats.frontier import (
    DAYS_A_MONTH,
    Group,
    Rated,
    average_wait,
    find_lead,
    find_median,
    list_crossings,
    list_records,
    take_median,
)
from ingest.store import set_as_of
from tests.toy_source import make_database

LARGE = "openai/gpt-oss-120b"
START = date(2024, 1, 1).toordinal()
TENTHS = tuple(n / 10 for n in range(1, 10))
HEAD = (
    "Model,Display name,eci,eci_ci_low,eci_ci_high,date,Organization,Country (of organization),"
    "Model accessibility,Accessibility group,model_versions"
)
OPEN, CLOSED = "Open weights (unrestricted),Open weights", "API access,Closed weights"
FREE_OF_TRADE = "Open weights (non-commercial),Open weights"


def rate(*models: tuple[int, float], se: float | None = 0.5, name: str = "m") -> list[Rated]:
    """Models of (days since the start, value)."""
    return [Rated(f"{name}{day}", START + day, value, se) for day, value in models]


def wait(closed: list[Rated], open_: list[Rated]) -> float:
    leaders, followers = Group.order(closed), Group.order(open_)
    return float(average_wait(leaders, followers, leaders.values[None, :], followers.values[None, :])[0])


def plant(lag_days: int, gain: float, *, se: float | None, every: int = 20) -> tuple[list[Rated], list[Rated]]:
    """A closed group that gains so much a month, and an open one that does the same so many days later."""
    days = range(0, 1000, every)
    closed = rate(*((d, 100 + gain * d / DAYS_A_MONTH) for d in days), se=se, name="c")
    open_ = rate(*((d + lag_days, 100 + gain * d / DAYS_A_MONTH) for d in days), se=se, name="o")
    return closed, open_


lags = st.integers(0, 12)


@settings(max_examples=25, deadline=None)
@given(months=lags, gain=st.floats(0.5, 3.0))
def test_a_planted_lag_is_found_by_both_rules(months: int, gain: float) -> None:
    closed, open_ = plant(round(months * DAYS_A_MONTH), gain, se=0.1 * gain)
    assert wait(closed, open_) == pytest.approx(months, abs=1.0)
    # On a benchmark the same climb runs from nothing to the ceiling.
    top = max(m.value for m in closed)
    scaled = [[Rated(m.name, m.day, (m.value - 100) / (top - 100), None) for m in side] for side in (closed, open_)]
    end = max(m.day for m in open_)
    waits = list(list_crossings("b", Group.order(scaled[0]), Group.order(scaled[1]), TENTHS, end))
    assert len(waits) == 9 and all(w.is_over and w.is_seen for w in waits)
    assert take_median(waits, 50, 1, 5).months == pytest.approx(months, abs=1.0)


@settings(max_examples=25, deadline=None)
@given(months=lags, day=st.integers(400, 1400), low=st.floats(1.0, 50.0), se=st.floats(0.1, 20.0), data=st.data())
def test_a_row_said_twice_and_a_model_nobody_notices_move_nothing(
    months: int, day: int, low: float, se: float, data: st.DataObject
) -> None:
    closed, open_ = plant(round(months * DAYS_A_MONTH), 1.0, se=0.4, every=50)
    side = data.draw(st.sampled_from([closed, open_]))
    # Out after both groups began, and below both frontiers by more than any draw may bridge; however little is known
    # of the other, it catches up with nobody.
    faint = Rated("faint", START + day, 100 - low, min(se, low / 10))
    unclear = Rated("unclear", START + day, 100 - low, se)
    told = tell(closed, open_)
    for more in (data.draw(st.sampled_from(side)), faint):
        with_it = [[*m, more] if m is side else m for m in (closed, open_)]
        assert tell(*with_it) == told
    assert wait(closed, [*open_, unclear]) == pytest.approx(wait(closed, open_))
    assert tell(closed[::-1], open_[::-1]) == told


def tell(closed: list[Rated], open_: list[Rated]) -> tuple[object, ...]:
    """All that is said of two groups, with fixed seeds; of a sum as many digits as its order leaves alone."""
    leaders, followers = Group.order(closed), Group.order(open_)
    led, followed = leaders.draw(40, 7), followers.draw(40, 7)
    waits = list_crossings("b", leaders, followers, (101, 105, 110, 120), START + 2000)
    drawn = average_wait(leaders, followers, led, followed)
    ahead = [leaders.names[n] if n >= 0 else None for n in find_lead(leaders, followers, led, followed)]
    return round(wait(closed, open_), 9), drawn.round(9).tolist(), ahead, take_median(list(waits), 40, 7, 1)


def test_a_wait_ends_when_the_difference_is_no_longer_significant() -> None:
    # Three records of one point each, above the level where both begin; se 1 each: 1.96 sqrt(2) = 2.77 is too close.
    closed = rate((0, 10), (100, 11), (200, 12), (300, 16), se=1.0)
    open_ = rate((50, 10), (150, 9.5), (400, 13), se=1.0, name="o")
    leaders, followers = Group.order(closed), Group.order(open_)
    records, months = list_records(leaders, followers)
    # 11 and 12 had been matched by 10 before they came; 16 is more than 2.77 above 13 and still waits.
    assert [leaders.values[r] for r in records] == [11, 12, 16]
    assert months[:2].tolist() == [0, 0] and np.isnan(months[2])
    assert wait(closed, open_) == 0
    # Without standard errors equal is needed: 11 waits 300 days and 12 waits 200 for 13.
    bare = [[Rated(m.name, m.day, m.value) for m in side] for side in (closed, open_)]
    assert wait(*bare) == pytest.approx((300 + 200) / 2 / DAYS_A_MONTH)
    # The first clearly ahead of the best open one, 13, is 16.
    assert find_lead(leaders, followers, leaders.values[None, :], followers.values[None, :]).tolist() == [3]


def test_levels_weigh_by_how_far_they_were_raised() -> None:
    closed = rate((0, 10), (100, 11), (200, 14), se=None)
    open_ = rate((0, 10), (200, 11), (260, 14), se=None)
    assert wait(closed, open_) == pytest.approx((1 * 100 + 3 * 60) / 4 / DAYS_A_MONTH)
    # Nothing is shared where open models begin above all that closed ones reached.
    assert np.isnan(wait(closed, rate((0, 20), se=None)))


def test_a_weak_model_of_which_little_is_known_catches_up_with_nobody() -> None:
    closed, open_ = rate((0, 10), (100, 20), se=0.1), rate((0, 10), (300, 20), se=0.1, name="o")
    unclear = Rated("unclear", START + 100, 9.0, 30.0)
    assert wait(closed, [*open_, unclear]) == wait(closed, open_) == pytest.approx(200 / DAYS_A_MONTH)


def test_a_threshold_counts_where_its_crossing_was_seen_and_a_wait_may_still_last() -> None:
    closed = Group.order(rate((0, 0.15), (100, 0.35), (200, 0.55), se=None))
    open_ = Group.order(rate((50, 0.05), (150, 0.25), (300, 0.45), se=None))
    waits = list(list_crossings("b", closed, open_, TENTHS, START + 400))
    told = [(round(w.months * DAYS_A_MONTH), w.is_over, w.is_seen) for w in waits]
    # 0.1: the first closed result was above it already. 0.5: no open model is there yet.
    assert told == [(150, True, False), (50, True, True), (200, True, True), (100, True, True), (200, False, True)]
    # An open model that was first gives a negative wait.
    assert next(iter(list_crossings("b", open_, closed, (0.2,), START + 400))).months < 0
    assert list(list_crossings("b", closed, Group.order([]), TENTHS, START + 400)) == []


def test_the_median_counts_waits_that_last_as_lasting() -> None:
    # Kaplan and Meier by hand: 6 waits; 1 ends (5/6), 2 ends (4/6), 3 lasts, 5 ends (4/6 * 2/3 = 4/9 < 1/2).
    months, is_over = np.array([1.0, 2, 3, 5, 6, 7]), np.array([True, True, False, True, False, True])
    assert find_median(months, is_over).tolist() == [5]
    assert find_median(months, np.ones(6, dtype=bool)).tolist() == [3]
    assert find_median(months, np.array([True, True, False, False, False, False])).tolist() == [np.inf]
    # A weight of two is a row said twice, as a resample of the benchmarks says it.
    weights = np.array([[2.0, 0, 1, 1, 0, 1]])
    by_weight = find_median(months, is_over, weights)
    assert by_weight.tolist() == find_median(months[[0, 0, 2, 3, 5]], is_over[[0, 0, 2, 3, 5]]).tolist()


def index(*rows: str) -> str:
    return "\n".join([HEAD, *rows]) + "\n"


def inputs(results: dict[str, dict[str, float]]) -> str:
    head = "model_id,benchmark_id,performance,benchmark,model,model_version,Model,date,source"
    rows = [f"m1,b1,{value},{b},{m},{m},{m},2025-01-01,own" for b, of in results.items() for m, value in of.items()]
    return "\n".join([head, *rows]) + "\n"


def write(archive: Archive, day: str, name: str, body: str, *, complete: bool = True) -> None:
    archive.write(
        "epoch_eci",
        [
            NewPayload(
                url=f"https://epoch.ai/data/{name}",
                name=name,
                body=body.encode(),
                observed_at=datetime.fromisoformat(f"{day}T12:00:00+00:00"),
                observed_kind="fetched",
                kind="LIVE",
                licence_id="CC-BY-4.0",
                redistributable="yes",
                complete=complete,
            )
        ],
        datetime(2026, 11, 1, tzinfo=UTC),
    )


Rows = dict[tuple[str, str, str], MeasureRow]


def measure(con: duckdb.DuckDBPyConnection, as_of: str = "2026-11-24") -> Rows:
    """All rows of both measures as of a day's end; none has words that the definitions do not explain."""
    moment = datetime.fromisoformat(f"{as_of}T23:59:59+00:00")
    set_as_of(con, moment)
    rows = [*frontier.compute(con, moment), *months_behind.compute(con, moment)]
    found = {(r.measure_id, r.definition_id, r.subject): r for r in rows}
    assert len(found) == len(rows)
    assert rows == [*frontier.compute(con, moment), *months_behind.compute(con, moment)]
    dimensions = load_definitions()
    for _, definition, _ in found:
        assert all(dimensions[d].explains(o) for d, o in list_options(definition)), definition
    return found


GPT_OSS = f"gpt-oss-120b,gpt-oss-120b,140,136.71,143.29,2025-08-05,OpenAI,USA,{OPEN},"
SONNET = f"Claude 3.5 Sonnet,Claude 3.5 Sonnet,130,,,2024-06-20,Anthropic,USA,{CLOSED},"
LLAMA = f"Llama 3.1-405B,Llama 3.1-405B,128,126.355,129.645,2024-07-23,Meta,USA,{OPEN},"
O1 = f"o1,o1,140.5,138.855,142.145,2024-12-05,OpenAI,USA,{CLOSED},"
GPT_5 = f"GPT-5,GPT-5,150,,,2025-08-07,OpenAI,USA,{CLOSED},"
GLM = f"GLM-5,GLM-5,146,142.71,149.29,2026-02-11,Z.ai,China,{OPEN},"
KIMI = f"Kimi K3,Kimi K3,149,145.71,152.29,2026-07-16,Moonshot,China,{FREE_OF_TRADE},"
RESULTS = {
    "GPQA diamond": {"Claude 3.5 Sonnet": 0.25, "o1": 0.65, "GPT-5": 0.85, "Llama 3.1-405B": 0.35, "GLM-5": 0.7},
    "FrontierMath-2025-02-28-Private": {"o1": 0.02, "GPT-5": 0.25, "Llama 3.1-405B": 0.01, "GLM-5": 0.05},
    "ARC-AGI": {"o1": 0.1, "GPT-5": 0.6, "Llama 3.1-405B": 0.1, "GLM-5": 0.5},
}


def strip(row: str) -> str:
    """A row of the index as an edition without intervals has it."""
    name, shown, value, _, _, *rest = row.split(",")
    return ",".join([name, shown, value, "", "", *rest])


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Editions of the index with intervals, without, with, and in part; its inputs once."""
    archive = Archive(tmp_path_factory.mktemp("frontier") / "raw")
    early = SONNET, LLAMA, O1, GPT_OSS, GPT_5
    write(archive, "2025-12-19", "eci_scores.csv", index(*early))
    write(archive, "2026-03-09", "eci_scores.csv", index(*map(strip, (*early, GLM))))
    write(archive, "2026-08-11", "eci_scores.csv", index(*early, GLM, KIMI))
    write(archive, "2026-08-12", "eci_benchmarks.csv", inputs(RESULTS))
    write(archive, "2026-10-08", "eci_scores.csv", index(GPT_OSS), complete=False)
    made = make_database()
    assert ingest_source(made, archive, discover_sources()["epoch_eci"]).failure is None
    build_relations(made)
    with made:
        yield made


@pytest.fixture(scope="module")
def now(con: duckdb.DuckDBPyConnection) -> Rows:
    return measure(con)


def test_the_gap_is_the_difference_of_the_best_with_its_interval(now: Rows) -> None:
    # GPT-5 anchors the scale: no error of its own, so the interval is GLM-5's, 1.96 * 2.
    gap = now["frontier_gap", "index=epoch_eci;open=commercial", "all"]
    assert (gap.value, gap.low, gap.high) == pytest.approx((4, 0.08, 7.92))
    assert (gap.day, gap.told_by) == (date(2026, 8, 11), "closed: GPT-5; open: GLM-5")
    wider = now["frontier_gap", "index=epoch_eci;open=any_weights", "all"]
    assert wider.value == pytest.approx(1) and wider.told_by == "closed: GPT-5; open: Kimi K3"
    own = now["frontier_gap", "index=epoch_eci;open=commercial;against=open", LARGE]
    assert own.value == pytest.approx(6) and own.low == pytest.approx(6 - 1.96 * 8**0.5)
    absent = now["frontier_gap", "index=epoch_eci;open=commercial;against=open", "openai/gpt-oss-20b"]
    assert absent.reason_absent == "The edition of 2026-08-11 does not rate this model."
    arena = now["frontier_gap", "index=arena_text;open=commercial", "all"]
    assert arena.reason_absent == "No complete edition had been recorded."


def test_gpt_oss_is_behind_the_first_model_at_its_level(now: Rows) -> None:
    of = "rule=horizontal;index=epoch_eci;open=commercial;of=gpt-oss;against="
    closed, first_open = now["months_behind", of + "closed", LARGE], now["months_behind", of + "open", LARGE]
    assert closed.value == pytest.approx((date(2025, 8, 5) - date(2024, 12, 5)).days / DAYS_A_MONTH)
    assert closed.told_by == "first closed model at its level: o1 (2024-12-05)"
    # The level itself is uncertain: at its upper end no model was there before GPT-5.
    assert closed.low == pytest.approx(-2 / DAYS_A_MONTH) and closed.high == closed.value
    assert first_open.value == pytest.approx((date(2025, 8, 5) - date(2026, 2, 11)).days / DAYS_A_MONTH)


def test_the_wait_for_an_open_model_and_the_lead_that_lasts(now: Rows) -> None:
    behind = now["months_behind", "rule=horizontal;index=epoch_eci;open=commercial", "all"]
    # o1's level was gpt-oss's eight months later; GPT-5's, 4 above GLM-5's and more than 1.96 * 2, is nobody's yet.
    assert behind.value == pytest.approx((date(2025, 8, 5) - date(2024, 12, 5)).days / DAYS_A_MONTH)
    assert behind.told_by is not None
    assert "closed frontier: GPT-5 (2025-08-07); open: GLM-5 (2026-02-11)" in behind.told_by
    assert "1 of 2 closed records caught up with; the first that is not: GPT-5 (2025-08-07)" in behind.told_by
    assert behind.low is not None and behind.high is not None and behind.low <= behind.value <= behind.high
    since = now["months_since_clearly_ahead", "index=epoch_eci;open=commercial", "all"]
    assert since.value == pytest.approx((date(2026, 8, 11) - date(2025, 8, 7)).days / DAYS_A_MONTH)
    assert since.low == 0 and since.high == since.value


def test_without_intervals_a_number_stands_alone_beside_the_newest_edition_that_has_them(
    con: duckdb.DuckDBPyConnection,
) -> None:
    definition = "index=epoch_eci;open=commercial"
    spring, winter, autumn = (measure(con, day) for day in ("2026-04-30", "2026-01-31", "2025-11-30"))
    for measure_id, before in (("frontier_gap", ""), ("months_behind", "rule=horizontal;")):
        bare = spring[measure_id, before + definition, "all"]
        told = spring[measure_id, f"{before}{definition};edition=with_intervals", "all"]
        assert (bare.day, bare.low, bare.high) == (date(2026, 3, 9), None, None)
        assert bare.told_by is not None and "no interval was published" in bare.told_by
        assert told.day == date(2025, 12, 19) and told.low is not None
        # What came after the day asked for is not read.
        then = winter[measure_id, before + definition, "all"]
        assert then.day == date(2025, 12, 19) and (then.value, then.low) == (told.value, told.low)
        none = autumn[measure_id, before + definition, "all"]
        assert none.reason_absent == "No complete edition had been recorded."
    # Equal or above, where nothing says what is too close: o1's level waited for GLM-5.
    waited = spring["months_behind", "rule=horizontal;" + definition, "all"].value
    assert waited == pytest.approx((date(2026, 2, 11) - date(2024, 12, 5)).days / DAYS_A_MONTH)


def test_what_was_read_changes_when_an_edition_comes_and_not_before(con: duckdb.DuckDBPyConnection) -> None:
    keys = []
    for day in ("2026-01-31", "2026-02-28", "2026-03-31", "2026-10-31", "2026-11-24"):
        set_as_of(con, datetime.fromisoformat(f"{day}T23:59:59+00:00"))
        keys.append(months_behind.read_key(con))
    assert keys[0] == keys[1] != keys[2] != keys[3] == keys[4]


def test_no_frontier_holds_a_model_that_was_not_out(con: duckdb.DuckDBPyConnection) -> None:
    # The edition of March rates GLM-5 of February; as of January, were it known, it would not be out.
    moment = datetime(2026, 4, 30, tzinfo=UTC)
    set_as_of(con, moment)
    (spring,) = (b for b in frontier.read_boards(con, moment) if b.day == date(2026, 3, 9))
    (winter,) = (b for b in frontier.read_boards(con, datetime(2026, 1, 31, tzinfo=UTC)) if b.day == spring.day)
    assert {m.rated.name for m in spring.models} - {m.rated.name for m in winter.models} == {"GLM-5"}
    assert winter.tell_left_out() == "; left out: 1 dated after the day asked for"


def test_thresholds_are_crossed_on_public_and_private_benchmarks_apart(
    con: duckdb.DuckDBPyConnection, now: Rows
) -> None:
    definition = "rule=threshold;benchmarks=public;open=commercial"
    # Of o1's 0.3 to 0.6 the first was crossed by Llama's first result; GLM-5 crossed three; of GPT-5's 0.7 and 0.8 one.
    public = now["months_behind", definition, "all"]
    assert public.value == pytest.approx((date(2026, 2, 11) - date(2024, 12, 5)).days / DAYS_A_MONTH)
    assert (public.low, public.high) == (None, None)
    assert public.told_by is not None and "5 thresholds seen crossed by closed models" in public.told_by
    assert "by open ones 4, 1 not yet; 3 where the first result was above already" in public.told_by
    private = now["months_behind", definition.replace("public", "private"), "all"]
    assert private.reason_absent is not None and private.reason_absent.startswith("0 of 2 waits were seen to end")
    so_far = now["months_behind", definition.replace("public", "private") + ";waiting=so_far", "all"]
    assert so_far.value == pytest.approx((date(2026, 8, 12) - date(2025, 8, 7)).days / DAYS_A_MONTH)
    # ARC Prize keeps its results: nothing that may be passed on is worked out from them.
    unstated = now["months_behind", definition.replace("public", "unstated"), "all"]
    assert unstated.reason_absent is not None and "had been recorded" in unstated.reason_absent
    assert {s for _, d, s in now if "benchmarks=each" in d} == {"gpqa_diamond", "frontiermath_2025_02_28_private"}
    gap = now["frontier_gap", "benchmarks=each;open=commercial", "gpqa_diamond"]
    assert gap.value == pytest.approx(15) and gap.unit == "points"
    before = measure(con, "2026-08-01")["months_behind", definition, "all"]
    assert before.reason_absent == "No results of public benchmarks had been recorded as inputs of the index."


@pytest.fixture(scope="module")
def recorded(published_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published_home / "landscape.duckdb"), read_only=True) as found:
        yield found


def test_the_recorded_editions_agree_with_what_epoch_found(recorded: duckdb.DuckDBPyConnection) -> None:
    # Epoch AI, 2026-05-29: four months and 8 points. 2025-10-30: 3.5 months (90 %: 1.1 to 5.3), 7 points (0 to 14).
    for as_of, (least, most), points in (("2026-11-24", (2.5, 5.5), 8), ("2026-01-31", (1.1, 5.3), 7)):
        rows = measure(recorded, as_of)
        gap = rows["frontier_gap", "index=epoch_eci;open=any_weights", "all"]
        behind = rows["months_behind", "rule=horizontal;index=epoch_eci;open=any_weights", "all"]
        assert gap.value == pytest.approx(points, abs=4)
        assert behind.value is not None and least <= behind.value <= most
        for row in (gap, behind):
            assert row.low is not None and row.value is not None and row.high is not None
            assert row.low < row.value < row.high
    public, private = (
        rows["months_behind", f"rule=threshold;benchmarks={kind};open=commercial", "all"]
        for rows in (measure(recorded),)
        for kind in ("public", "private")
    )
    assert public.value == pytest.approx(7.1, abs=0.1) and public.low is not None and public.low < public.value
    # Too many waits last in too many resamples: it says so instead of naming an upper end.
    assert public.high is None and public.told_by is not None and "no upper end" in public.told_by
    assert private.value is not None and private.value > public.value
