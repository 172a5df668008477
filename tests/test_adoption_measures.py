"""Adoption measures: beside peers of size and of change, and what sparse readings of a counter allow.

Histories are simulated where the truth must be known, written by hand in the Hub's shape where it must be checked by
hand, and recorded where the dashboard prints the same figure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from dashboard.change import read_track
from dashboard.peers import FULL_ON, choose_peers, compare, compare_all, find_baseline
from dashboard.queries.adoption import read_readings as read_shown
from dashboard.queries.overview import read_downloads
from ingest.catalogue import write_catalogue
from ingest.measures import (
    RELEASED_ON,
    SUBJECTS,
    MeasureRow,
    daily_downloads,
    downloads_change,
    downloads_reached,
    size_peers,
)
from ingest.measures.daily_downloads import START, choose_totals, list_growth, list_windows
from ingest.publish import mark_replaced, resolve_stored
from ingest.quality import mark_faults
from ingest.stats.rolling import (
    COMMIT_DAYS,
    FAULTS,
    STALL_DAYS,
    ContradictionError,
    Reading,
    Sum,
    bound_spans,
    bound_window,
    date_reading,
    find_near,
)
from ingest.store import Reader, parse_as_of, set_as_of
from tests.homes import use_home
from tests.toy_source import make_database

LARGE, SMALL = SUBJECTS
MODULES = (size_peers, daily_downloads, downloads_reached, downloads_change)

# ------------------------------------------------------------ bounds


@given(
    st.lists(st.integers(0, 50), min_size=45, max_size=45),
    st.lists(st.tuples(st.integers(2, 44), st.integers(0, 2)), min_size=1, max_size=6),
    st.tuples(st.integers(0, 44), st.integers(0, 44)),
)
@settings(max_examples=25, deadline=None)
def test_bounds_are_those_of_the_linear_programme(
    days: list[int], counted: list[tuple[int, int]], ends: tuple[int, int]
) -> None:
    """The shortest paths find no wider and no narrower range than the solver does on the days themselves."""
    total = np.concatenate([[0.0], np.cumsum(days)])
    sums, rows, limits = [], [], []
    for end, slack in counted:
        after, until = max(end - 29, 0), end
        count = float(total[until + 1] - total[after])
        sums.append(bound_window(count, end - slack, end))
        inner, outer = np.zeros(45), np.zeros(45)
        inner[after : end - slack + 1] = 1
        outer[max(end - slack - 29, 0) : end + 1] = -1
        rows += [inner, outer]
        limits += [count, -count]
    first, last = sorted(ends)
    span = np.zeros(45)
    span[first : last + 1] = 1
    [(low, high)] = bound_spans(sums, 0, [(first, last)])
    solved = [linprog(sign * span, A_ub=np.array(rows), b_ub=limits) for sign in (1, -1)]
    assert low == pytest.approx(solved[0].fun, abs=1e-6)
    assert high == (math.inf if solved[1].status == 3 else pytest.approx(-solved[1].fun, abs=1e-6))


def test_of_two_bounds_on_the_same_days_the_narrower_holds() -> None:
    narrow, wide = Sum((9, 9), (39, 39), 100, 100), Sum((9, 9), (39, 39), 0, 200)
    for sums in ([narrow, wide], [wide, narrow]):
        assert bound_spans(sums, 0, [(10, 39)]) == [(100, 100)]


def test_readings_that_no_history_agrees_with_are_an_error() -> None:
    # Thirty days to day 40 hold all of the thirty to day 39 but its first, and one day more.
    sums = [Sum((9, 9), (39, 39), 100, 100), Sum((9, 9), (38, 38), 120, 120)]
    with pytest.raises(ContradictionError, match="No history"):
        bound_spans(sums, 0, [(10, 39)])
    with pytest.raises(ContradictionError, match="before the start"):
        bound_spans([Sum((-5, -5), (-1, -1), 3, 3)], 0, [(0, 3)])


def test_a_reading_ends_on_days_that_its_flags_and_its_kind_allow() -> None:
    day = date(2026, 4, 29)
    n = day.toordinal()

    def find_ends(flags: Sequence[str], kind: str) -> tuple[int, int]:
        reading = date_reading(day, 1, None, flags, kind, 1)
        return n - reading.latest, n - reading.earliest

    assert find_ends([], "recorded") == (0, 1)
    assert find_ends(["before_refresh"], "recorded") == (1, 2)
    assert find_ends([], "commit_date") == (0, 1 + COMMIT_DAYS)
    assert find_ends(["before_refresh", "stalled"], "commit_date") == (1, 2 + COMMIT_DAYS + STALL_DAYS)


# ------------------------------------------------------------ simulated histories


class History:
    """A repository's true daily downloads, and counters that stand still, fall back and are corrected.

    `shown[d]` is the last day that the counters of day d hold, `dip` the days on which both are a quarter down,
    `corrected` the day from which the all-time counter is lower for good."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.length = draw(st.integers(40, 140))
        seed = draw(st.integers(0, 2**20))
        random = np.random.default_rng(seed)
        self.days = random.poisson(random.gamma(1.0, 1000.0, self.length))
        self.days[random.random(self.length) < 0.2] = 0
        self.total = np.concatenate([[0], np.cumsum(self.days)])
        self.shown = self._stand_still(random)
        start = int(random.integers(5, self.length))
        self.dip = range(start, start + int(random.integers(0, 8)))
        self.corrected = int(random.integers(0, 2 * self.length))
        self.cut = int(0.3 * self.total[min(self.corrected, self.length)])
        self.random = random

    def _stand_still(self, random: np.random.Generator) -> list[int]:
        """Counters lag up to a day behind, the same for all days, and stand still for up to five."""
        lag, shown, still = int(random.integers(0, 2)), [], 0
        for day in range(self.length):
            still = still - 1 if still else int(random.integers(1, STALL_DAYS + 1)) if random.random() < 0.05 else 0
            shown.append(shown[-1] if still and shown else day - lag)
        self.lag = lag
        return shown

    def read(self) -> list[Reading]:
        """Readings on some of the days, each with what a recorder and our rules would say of it."""
        found, highest = [], 0
        for day in range(self.length):
            if self.random.random() > 0.35:
                continue
            is_early, late = bool(self.random.random() < 0.3 and day), int(self.random.integers(0, COMMIT_DAYS + 1))
            seen = day - is_early
            end = self.shown[seen]
            share = 0.75 if seen in self.dip else 1.0
            count = int(share * (self.total[end + 1] - self.total[max(end - 29, 0)]))
            all_time = int(share * (self.total[end + 1] - (self.cut if seen >= self.corrected else 0)))
            flags = {"before_refresh"} if is_early else set()
            if end < seen - self.lag:
                flags.add("stalled")
            # A fall is flagged where it can be told from the readings; that of a dip always, of its 30-day count.
            if share < 1 or (all_time < highest and self.random.random() < 0.5):
                flags.add("rollback")
            is_commit = bool(self.random.random() < 0.4)
            told_on = day + late if is_commit else day
            if not found or told_on > found[-1].day.toordinal() - START:
                kind = "commit_date" if is_commit else "recorded"
                found.append(date_reading(date.fromordinal(START + told_on), count, all_time, flags, kind, day))
                highest = max(highest, all_time)
        return found

    def is_seen(self, readings: Sequence[Reading]) -> bool:
        """Whether the all-time counter's correction shows in the readings: one smaller than the growth cannot."""
        kept = [self.shown[r.payload_key] for r in choose_totals(readings)]
        corrected = [r for r in readings if r.payload_key >= self.corrected]
        lower = [r for r in corrected if r not in choose_totals(readings)]
        return not corrected or not kept or bool(lower and lower[0] is corrected[0])


@st.composite
def histories(draw: st.DrawFn) -> History:
    return History(draw)


@given(histories(), st.data())
@settings(max_examples=60, deadline=None)
def test_the_range_contains_the_truth(history: History, data: st.DataObject) -> None:
    """Of any span of any simulated history, from either counter."""
    readings = history.read()
    spans = []
    for _ in range(6):
        a, b = sorted((data.draw(st.integers(0, history.length - 1)), data.draw(st.integers(0, history.length - 1))))
        spans.append((a, b))
    sound = [r for r in readings if not r.flags & FAULTS]
    sources = [list_windows(sound)]
    if history.is_seen(readings):
        sources.append(list_growth(readings))
    for sums in sources:
        bounds = bound_spans(sums, START, [(START + a, START + b) for a, b in spans])
        for (a, b), (low, high) in zip(spans, bounds, strict=True):
            truth = history.total[b + 1] - history.total[a]
            assert low - 0.5 <= truth <= high + 0.5, (a, b)


def read_daily(
    days: Sequence[int], *, skip: Sequence[int] = (), all_time: Mapping[int, int] | None = None
) -> list[Reading]:
    """Readings of a counter that is never late, one a day."""
    total = np.concatenate([[0], np.cumsum(days)])
    found = []
    for n in range(len(days)):
        told = int(total[n + 1]) if all_time is None else all_time.get(n, int(total[n + 1]))
        count = int(total[n + 1] - total[max(n - 29, 0)])
        day = START + n
        found.append(Reading(date.fromordinal(day), count, told, frozenset(), n, day, day))
    return found


def test_daily_readings_of_either_counter_leave_one_answer() -> None:
    days = [int(n) for n in np.random.default_rng(3).integers(0, 1000, 90)]
    readings = read_daily(days)
    for sums in (list_windows(readings), list_growth(readings)):
        bounds = bound_spans(sums, START, [(START + n, START + n) for n in range(90)])
        assert bounds == [(float(n), float(n)) for n in days]


def test_a_lowered_counter_bounds_below_only_across_the_fall() -> None:
    # 100 a day; on day 50 the counter loses 2,000 for good, and on day 70 it has regained its highest.
    all_time = {n: 100 * (n + 1) - 2000 for n in range(50, 90)}
    readings = read_daily([100] * 90, all_time=all_time)
    sums = list_growth(readings)
    spans = [(START, START + 49), (START + 50, START + 69), (START + 60, START + 60), (START + 75, START + 79)]
    assert bound_spans(sums, START, spans) == [(5000, 5000), (0, math.inf), (0, math.inf), (500, 500)]


# ------------------------------------------------------------ the Hub by hand


class Hub:
    """A database in which the Hub was read as told, at two in the afternoon, a payload a reading."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con
        self._said: list[tuple[str, datetime, int, int | None]] = []

    def say(self, repo_id: str, day: date, downloads: int, all_time: int | None = None) -> None:
        self._said.append((repo_id, datetime.combine(day, time(14)), downloads, all_time))

    def build(self, until: date = date.max) -> duckdb.DuckDBPyConnection:
        """The database, with what was said up to a day."""
        self.con.execute("delete from stored.hub_readings")
        self.con.executemany(
            "insert into stored.hub_readings by name select 'hf_hub' as source_id, 'live' as origin, $1 as name_raw, "
            "'no' as redistributable, $2 as observed_at, 'fetched' as observed_kind, $2 as recorded_at, "
            "true as is_listed, $5 as payload_key, 0 as row_no, [] as flags, $2 as read_at, $3 as downloads_30d, "
            "$4 as downloads_all_time, 10 as likes",
            [(*said, n) for n, said in enumerate(self._said) if said[1].date() <= until],
        )
        mark_replaced(self.con)
        mark_faults(self.con)
        return self.con


@pytest.fixture(scope="module")
def empty_database() -> Iterator[duckdb.DuckDBPyConnection]:
    """The catalogue and the views over no facts at all; what a test stores, the next one takes out."""
    con = make_database()
    write_catalogue(con)
    resolve_stored(con)
    yield con
    con.close()


@pytest.fixture
def hub(empty_database: duckdb.DuckDBPyConnection) -> Hub:
    return Hub(empty_database)


def measure(con: duckdb.DuckDBPyConnection, module: Any, as_of: str = "2027-01-01") -> list[MeasureRow]:
    instant = parse_as_of(as_of)
    set_as_of(con, instant)
    return list(module.compute(con, instant))


def find(rows: Sequence[MeasureRow], name: str, definition: str, subject: str = SMALL) -> MeasureRow:
    [row] = [r for r in rows if (r.measure_id, r.definition_id, r.subject) == (name, definition, subject)]
    return row


def choose_peers_of_size(con: duckdb.DuckDBPyConnection) -> dict[str, date]:
    """Plain models of 20b's size, as the catalogue has them, with their release day."""
    rows = con.execute("""
        select model_id, released_on from main.models
        where total_params_b >= 10 and total_params_b < 50 and role is null and released_on is not null
              and not starts_with(model_id, 'openai/') and access <> 'proprietary' and model_id = hub_repo_id
        order by model_id limit 11""").fetchall()
    assert len(rows) == 11
    return dict(rows)


def test_size_peers_are_the_ten_largest_as_many_days_after_their_release(hub: Hub) -> None:
    peers = choose_peers_of_size(hub.con)
    hub.say(SMALL, RELEASED_ON + timedelta(days=60), 6_000_000, 9_000_000)
    hub.say(LARGE, RELEASED_ON + timedelta(days=60), 1_000_000)
    # A safeguard is no peer, whatever it was downloaded.
    hub.say("openai/gpt-oss-safeguard-20b", date(2025, 10, 29) + timedelta(days=60), 99_000_000)
    for n, (repo_id, released_on) in enumerate(peers.items(), start=1):
        # One to ten million within three days of day 60; the eleventh's hundred millions four days off.
        age, count = (64, 100_000_000) if n == 11 else (57 + n % 7, n * 1_000_000)
        hub.say(repo_id, released_on + timedelta(days=age), count, 2 * count)
        # A cumulative count that was higher before: v2 keeps the bar where it stood.
        if n == 1:
            hub.say(repo_id, released_on + timedelta(days=20), 10, 4_500_000)
    rows = measure(hub.build(), size_peers)

    def value(definition: str) -> float | None:
        return find(rows, "downloads_vs_size_peers", definition).value

    assert value("version=v1") == value("version=v1;age=60") == pytest.approx(6 / 5.5)
    assert value("version=v2") == pytest.approx(6 / 1)
    assert value("version=v1;window=cumulative") == pytest.approx(9 / 11)
    assert value("version=v2;window=cumulative") == pytest.approx(9 / 4)
    assert find(rows, "downloads_vs_size_peers", "version=v1;age=30").reason_absent == (
        "This model was not read within 3 days of day 30 after its release."
    )
    large = find(rows, "downloads_vs_size_peers", "version=v2", LARGE)
    assert large.reason_absent is not None
    assert large.reason_absent.startswith("Only 0 of the ten size peers needed (100 to 250 billion parameters)")


def test_too_few_size_peers_are_counted_and_named(hub: Hub) -> None:
    peers = choose_peers_of_size(hub.con)
    hub.say(SMALL, RELEASED_ON + timedelta(days=60), 6_000_000)
    for repo_id, released_on in list(peers.items())[:9]:
        hub.say(repo_id, released_on + timedelta(days=60), 1_000_000)
    row = find(measure(hub.build(), size_peers), "downloads_vs_size_peers", "version=v2")
    assert row.reason_absent is not None
    assert row.reason_absent.startswith("Only 9 of the ten size peers needed (10 to 50 billion parameters)")
    assert row.told_by is not None
    assert len(row.told_by.split(", ")) == 9


def test_sizes_fall_into_the_registrys_buckets() -> None:
    found = [size_peers.find_bucket(size) for size in (0.6, 1, 4.9, 5, 9.9, 10, 20.9, 49.9, 50, 116.8, 249, 250, 1000)]
    assert found == [0, 1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 6, 6]


def test_totals_marks_and_falls_are_told_by_the_counter_that_shows_them(hub: Hub) -> None:
    first = RELEASED_ON
    for day, total in ((2, 600_000), (6, 1_300_000), (9, 1_250_000), (12, 1_900_000), (60, 12_000_000)):
        hub.say(SMALL, first + timedelta(days=day), min(total, 3_000_000), total)
    # 30-day counts alone: days 10 and 41 cannot overlap, day 20 overlaps both.
    for day, count in ((10, 4_000_000), (20, 7_000_000), (42, 6_500_000)):
        hub.say(LARGE, first + timedelta(days=day), count)
    rows = measure(hub.build(), downloads_reached)

    total = find(rows, "downloads_all_time", "window=cumulative")
    assert (total.value, total.day) == (12_000_000, first + timedelta(days=60))
    assert total.told_by == "Read on 5 days since 2025-08-07; lowered once, last on 2025-08-14."
    million = find(rows, "days_to_downloads", "count=1000000")
    # The count of day 2 may end the day before.
    assert (million.value, million.low, million.high) == (6, 1, 6)
    assert million.told_by is not None
    assert million.told_by.startswith("All-time count of 1,300,000")
    ten = find(rows, "days_to_downloads", "count=10000000")
    assert (ten.low, ten.high) == (11, 60)

    assert find(rows, "downloads_all_time", "window=cumulative", LARGE).reason_absent == (
        "No all-time count of this model had been recorded, only counts of 30 days."
    )
    # At day 10 the 30 days reach back to the release, so 4 million is all there was.
    ten = find(rows, "days_to_downloads", "count=10000000", LARGE)
    assert (ten.value, ten.low, ten.high) == (42, 19, 42)
    assert ten.told_by is not None
    assert ten.told_by.startswith("30-day counts alone prove 10,500,000 by 2025-09-16")


def test_daily_downloads_say_a_range_where_readings_leave_one(hub: Hub) -> None:
    for day, count in ((date(2025, 9, 16), 300_000), (date(2025, 10, 2), 450_000)):
        hub.say(SMALL, day, count, 2 * count)
    rows = measure(hub.build(), daily_downloads)
    months = {r.day: r for r in rows if r.definition_id == "window=rolling;span=month" and r.subject == SMALL}
    september = months[date(2025, 9, 30)]
    # At most both counts lie in it, the first on its first two days, the second after the first count's end; at least
    # nothing, the first in August and the second on 1 October.
    assert (september.value, september.low, september.high) == (None, 0, pytest.approx(750_000 / 30))
    assert september.reason_absent == "Only a range is known: 0 to 25,000 a day agree with every reading."
    # The 30 days of the first count reach back to 17 or 18 August.
    august = months[date(2025, 8, 31)]
    assert august.high is None
    assert august.reason_absent is not None
    assert august.reason_absent.startswith("Nothing bounds the span above, nor below")
    newest = find(rows, "daily_downloads", "window=rolling;span=30_days")
    assert (newest.value, newest.day) == (15_000, date(2025, 10, 2))
    # All-time counts leave open only which of two days each ends on: from 4 August to 1 October there are 59.
    grown = find(rows, "daily_downloads", "window=cumulative;span=covered")
    assert (grown.low, grown.high) == (pytest.approx(600_000 / 59), pytest.approx(900_000 / 59))


@pytest.mark.parametrize("cut", ["2025-09-30", "2025-10-31"])
def test_no_adoption_measure_reads_what_was_observed_later(hub: Hub, cut: str) -> None:
    for n in range(0, 120, 3):
        day = RELEASED_ON + timedelta(days=n)
        hub.say(SMALL, day, 1000 * n + 1, 5000 * n - (40_000 if 60 < n < 70 else 0))
        hub.say(LARGE, day, 700 * n + 1, 4000 * n)
        for repo_id in ("Qwen/Qwen3-32B", "Qwen/Qwen3-8B", "google/gemma-3-27b-it", "deepseek-ai/DeepSeek-R1"):
            hub.say(repo_id, day, 2000 + n * len(repo_id))
    whole = {module: measure(hub.build(), module, cut) for module in MODULES}
    known = {module: measure(hub.build(until=date.fromisoformat(cut)), module, cut) for module in MODULES}
    assert known == whole
    assert all(any(r.value is not None for r in known[m]) for m in MODULES if m is not size_peers)
    assert whole != {module: measure(hub.build(), module) for module in MODULES}


# ------------------------------------------------------------ what the dashboard prints


@pytest.fixture
def published(published_home: Path) -> Iterator[Reader]:
    with use_home(published_home):
        reader = Reader()
        yield reader
        reader.close()


@pytest.mark.parametrize("as_of", ["2025-10-01", "2026-03-15", "2026-05-02", "2026-11-23"])
def test_a_change_beside_peers_is_what_overview_and_adoption_print(published: Reader, as_of: str) -> None:
    instant = parse_as_of(as_of)
    with published.open_cursor(instant) as cursor:
        rows = list(downloads_change.compute(cursor, instant))
    shown = read_shown((str(published.path), *published.identify()), instant)
    counted = read_downloads((str(published.path), *published.identify()), instant)
    track = read_track(counted, "total", FULL_ON)
    baseline = find_baseline(track, choose_peers(shown)) if track.points else None

    own, peers, beside = (
        find(rows, name, "since=first_full", downloads_change.FAMILY) for name in downloads_change.NAMES
    )
    if baseline is None:
        assert peers.value is None
        assert beside.value is None
    else:
        assert own.value == pytest.approx(baseline.own_change, rel=1e-12)
        assert (peers.value, peers.low, peers.high) == (baseline.median_change, baseline.low, baseline.high)
        assert peers.told_by is not None
        assert peers.told_by.startswith(f"From {baseline.since} to {baseline.until}; {baseline.peers} peers: ")
        assert beside.value == pytest.approx(baseline.own_change - baseline.median_change, rel=1e-12)
    for subject, comparison in compare_all(shown).items():
        if subject in SUBJECTS:
            change, middle = (find(rows, name, "since=first_full", subject) for name in downloads_change.NAMES[:2])
            assert change.value == comparison.change
            assert middle.value == comparison.median_change
            assert compare(shown, subject, comparison.since, comparison.until).peers == comparison.peers


def test_the_nearest_reading_counts_and_none_further_off_than_three_days() -> None:
    days = tuple(date(2026, 1, 1) + timedelta(days=n) for n in (0, 6, 7, 15))
    assert [find_near(days, days[0] + timedelta(days=n)) for n in (-4, -3, 3, 4, 11, 12, 19)] == [
        None,
        0,
        0,
        1,
        None,
        3,
        None,
    ]
