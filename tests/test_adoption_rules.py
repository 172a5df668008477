"""The rules behind the Adoption page on numbers chosen to sit on either side of each limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import adoption as rules
from dashboard.adoption import charts as charts
from dashboard.adoption.table import tabulate
from dashboard.change import Track, read_track
from dashboard.charts import join_points
from dashboard.definitions import RELEASED_ON, SMALLER, SUBJECT
from dashboard.peers import (
    FULL_ON,
    Baseline,
    Readings,
    choose_peers,
    compare_all,
    find_baseline,
    find_quartiles,
)
from dashboard.rows import Row

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = date(2026, 11, 20)
OLD = date(2025, 1, 1)


def reading(day: date, downloads: int | None = 1000, **changed: Any) -> Row:
    row = {
        "model_id": SUBJECT,
        "name": "gpt-oss-120b",
        "access": "commercial_weights",
        "released_on": RELEASED_ON,
        "day": day,
        "downloads": downloads,
        "likes": None,
        "flags": "",
        "days": 1,
        "origin": "recorder",
        "licence_id": "MIT",
        "redistributable": "yes",
        "payload_key": 1,
        "row_no": 1,
    }
    return {**row, **changed}


def peer(*pairs: tuple[date, float], released_on: date | None = OLD, role: str | None = None) -> Readings:
    return Readings(released_on, tuple(day for day, _ in pairs), tuple(value for _, value in pairs), role)


def judge(own: float, *changes: float) -> str:
    """The finding for peers of these changes between two days, gpt-oss's own being `own`."""
    since = date(2026, 10, 1)
    track = Track(((since, 100.0), (DAY, 100 * (1 + own))))
    peers = {f"p{n}": peer((since, 100.0), (DAY, 100 * (1 + change))) for n, change in enumerate(changes)}
    both = [{"day": day, "total": total} for day, total in track.points]
    return rules.write_finding(both, track, find_baseline(track, peers), NOW)


@pytest.mark.parametrize(
    ("own", "changes", "words"),
    [
        (
            0.41,
            (0.1, 0.2, 0.3, 0.4, 0.5),
            "did better than most peers: downloads +41 % since 1 Oct 2026, median peer +30 %",
        ),
        (0.40, (0.1, 0.2, 0.3, 0.4, 0.5), "stayed in the middle half of its peers: downloads +40 %"),
        (0.20, (0.1, 0.2, 0.3, 0.4, 0.5), "stayed in the middle half of its peers: downloads +20 %"),
        (0.19, (0.1, 0.2, 0.3, 0.4, 0.5), "did worse than most peers: downloads +19 %"),
        (
            -0.5,
            (-0.6, -0.6, -0.7, -0.8),
            "did better than most peers: downloads −50 % since 1 Oct 2026, median peer −65 %",
        ),
        (0.30, (0.2, 0.2, 0.2), "stayed close to the median of its 3 peers: downloads +30 %"),
        (0.31, (0.2, 0.2, 0.2), "did better than the median of its 3 peers: downloads +31 %"),
        (0.09, (0.2,), "did worse than its only peer: downloads +9 %"),
        (
            0.5,
            (),
            "had 150 downloads in 30 days on 20 Nov 2026, +50 % since 1 Oct 2026; no peer was read to compare with",
        ),
    ],
)
def test_the_finding_is_where_gpt_oss_lies_among_its_peers(own: float, changes: tuple[float, ...], words: str) -> None:
    assert judge(own, *changes).startswith(f"gpt-oss {words}")


@pytest.mark.parametrize(("age", "lead"), [(180, "gpt-oss had"), (181, "At the last count, 181 days old, gpt-oss had")])
def test_an_old_count_says_how_old_it_is(age: int, lead: str) -> None:
    track = Track(((NOW.date() - timedelta(days=age), 5000.0),))
    assert rules.write_finding([{"day": track.last[0]}], track, None, NOW).startswith(f"{lead} 5,000 downloads")


def test_an_old_finding_is_told_in_the_past() -> None:
    baseline = Baseline(date(2026, 2, 19), date(2026, 5, 10), 9, 1.3, 0.3, 0.2, 3.0)
    track = Track(((date(2026, 2, 19), 1.0), (date(2026, 5, 10), 1.3)))
    assert rules.write_finding([{"day": DAY}], track, baseline, NOW) == (
        "At the last count, 197 days old, gpt-oss had stayed in the middle half of its peers: "
        "downloads +30 %, median peer +130 %"
    )


def test_before_the_release_and_before_a_full_count_the_finding_says_so() -> None:
    early = [{"day": RELEASED_ON + timedelta(days=3), "total": 5}]
    assert read_track(early, "total", FULL_ON) == Track(())
    words = rules.write_finding(early, Track(()), None, datetime(2025, 8, 9, tzinfo=UTC))
    assert words.startswith("gpt-oss had not been out for 30 days")
    before = rules.write_finding([], Track(()), None, datetime(2025, 8, 1, tzinfo=UTC))
    assert before == "gpt-oss was released on 5 Aug 2025, after this date"
    assert "No day" in rules.write_finding([], Track(()), None, NOW)


def test_growth_by_filling_up_is_no_change() -> None:
    """Daily history begins with gpt-oss's own release: its first month starts at nothing."""
    days = [RELEASED_ON + timedelta(days=n) for n in range(90)]
    counts = [{"day": day, "total": min(n, 30) * 100} for n, day in enumerate(days)]
    peers = {"old": peer(*((day, 100.0) for day in days))}
    baseline = find_baseline(read_track(counts, "total", FULL_ON), peers)
    assert baseline is not None and (baseline.since, baseline.own_change) == (FULL_ON, 0.0)
    assert find_baseline(read_track(counts, "total"), peers) == baseline


def test_a_peer_needs_thirty_days_and_a_reading_within_three_of_both_ends() -> None:
    since, until = date(2026, 3, 1), date(2026, 6, 1)

    def count(one: Readings) -> float | None:
        return one.measure_change(since, until)

    assert count(peer((since + timedelta(days=3), 10.0), (until - timedelta(days=3), 15.0))) == 0.5
    assert count(peer((since + timedelta(days=4), 10.0), (until, 15.0))) is None
    assert count(peer((since, 10.0), (until + timedelta(days=4), 15.0))) is None
    full, young = since - timedelta(days=30), since - timedelta(days=29)
    assert count(peer((since, 10.0), (until, 5.0), released_on=full)) == -0.5
    assert count(peer((since, 10.0), (until, 5.0), released_on=young)) is None
    assert count(peer((since, 10.0), (until, 5.0), released_on=None)) is None
    assert count(peer((since, 0.0), (until, 5.0))) is None


def test_safeguards_and_gpt_oss_itself_are_no_peers_of_gpt_oss() -> None:
    known = {
        SUBJECT: peer((DAY, 1.0)),
        SMALLER: peer((DAY, 1.0)),
        "openai/gpt-oss-safeguard-20b": peer((DAY, 1.0), role="safeguard"),
        "a/b": peer((DAY, 1.0)),
        "c/d": peer((DAY, 1.0)),
    }
    assert set(choose_peers(known)) == set(choose_peers(known, SUBJECT)) == {"a/b", "c/d"}
    assert set(choose_peers(known, "a/b")) == {SUBJECT, SMALLER, "c/d"}


def test_the_table_starts_a_change_where_a_peer_was_read_too() -> None:
    first, met, last = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)
    known = {
        "a/b": peer((first, 1.0), (met, 2.0), (last, 3.0)),
        "c/d": peer((met, 10.0), (last, 20.0)),
        "alone": peer((date(2025, 6, 1), 1.0), (date(2025, 7, 1), 4.0)),
        "once": peer((met, 1.0)),
    }
    told = compare_all(known)
    assert (told["a/b"].since, told["a/b"].change, told["a/b"].peers, told["a/b"].median_change) == (met, 0.5, 1, 1.0)
    assert (told["alone"].change, told["alone"].peers, told["alone"].median_change) == (3.0, 0, None)
    assert "once" not in told


def test_the_models_shown_first_follow_the_rule() -> None:
    newest = [
        {"model_id": m, "role": None}
        for m in ("top/1", SMALLER, "top/2", "top/3", "ten/9", SUBJECT, *map(str, range(9)))
    ]
    newest.insert(0, {"model_id": "openai/gpt-oss-safeguard-20b", "role": "safeguard"})
    shown = rules.choose_models(newest, ["closed/model", SUBJECT, "ten/9"])
    assert shown == [SUBJECT, SMALLER, "ten/9", "top/1", "top/2", "top/3", "0", "1"]
    assert rules.choose_models([], ["closed/model"]) == []
    assert rules.keep_subjects(["top/1", SMALLER], {SUBJECT, SMALLER, "top/1"}) == [SUBJECT, SMALLER, "top/1"]


def test_days_to_a_million_need_a_reading_on_both_sides() -> None:
    mark, short = RELEASED_ON + timedelta(days=5), RELEASED_ON + timedelta(days=4)
    common = {"likes_day": None, "all_time": 2_000_000, "all_time_day": DAY}

    def count(**changed: Any) -> object:
        row = {**reading(DAY), **common, "million_on": mark, "short_until": short, **changed}
        return tabulate([row], {SUBJECT: "gpt-oss-120b"}, {}, NOW)["days_to_million"].tolist()[0]

    assert count() == 5
    assert not isinstance(count(short_until=None), int) and not isinstance(count(released_on=None), int)


@pytest.mark.parametrize(("largest", "log"), [(10_000, False), (10_001, True)])
def test_the_axis_is_logarithmic_above_tenfold(largest: int, log: bool) -> None:
    rows = [reading(DAY), reading(DAY + timedelta(days=1), largest)]
    assert charts.draw_counts(rows, {SUBJECT: "x"}, by_release=False).log_y is log


def test_a_count_that_fills_up_does_not_choose_the_axis_and_a_zero_is_told() -> None:
    filling = [reading(RELEASED_ON + timedelta(days=n), n) for n in range(30)]
    full = [reading(FULL_ON, 100), reading(DAY, 900)]
    assert not charts.draw_counts([*filling, *full], {SUBJECT: "x"}, by_release=False).log_y
    wide = [*filling, *full, reading(DAY + timedelta(days=1), 2000)]
    chart = charts.draw_counts(wide, {SUBJECT: "x"}, by_release=False)
    assert chart.log_y and len(chart.series[0].points) == len(wide) - 1 and charts.count_zeros(wide, "downloads") == 1


def test_flagged_readings_are_rings_with_a_reason_and_likes_are_not() -> None:
    rows = [reading(DAY, flags="before_refresh, rollback", likes=5), reading(DAY + timedelta(days=1), likes=6)]
    [series] = charts.draw_counts(rows, {SUBJECT: "x"}, by_release=False).series
    assert [p.hollow for p in series.points] == [True, False]
    assert "before that day's refresh" in series.points[0].note and "fallen back" in series.points[0].note
    [likes] = charts.draw_likes(rows, {SUBJECT: "x"}, by_release=False).series
    assert not any(p.hollow for p in likes.points)
    assert rules.word_flags("odd_new_flag") == "odd new flag"


days_read = st.lists(st.integers(-40, 900), min_size=1, max_size=40, unique=True).map(sorted)


@given(days_read)
def test_both_clocks_join_the_same_readings(offsets: list[int]) -> None:
    """A line on the clock of days since release breaks where it does on the calendar, and nowhere else."""
    rows = [reading(RELEASED_ON + timedelta(days=n)) for n in offsets]
    by_day, by_age = (charts.draw_counts(rows, {SUBJECT: "x"}, clock).series for clock in (False, True))
    out = [n for n in offsets if n >= 0]
    if not out:
        assert by_age == []
        return
    ages = [[point.x for point in run] for run in join_points(by_age[0])]
    assert [x for run in ages for x in run] == out
    assert all(after - before <= 45 for run in ages for before, after in pairwise(run))
    assert all(after[0] - before[-1] > 45 for before, after in pairwise(ages))
    after_release = [
        [(p.x - RELEASED_ON).days for p in run if isinstance(p.x, date) and p.x >= RELEASED_ON]
        for run in join_points(by_day[0])
    ]
    assert [run for run in after_release if run] == ages


@given(days_read, st.integers(-50, 950))
def test_the_nearest_reading_is_found_as_by_looking_at_all(offsets: list[int], asked: int) -> None:
    days = tuple(RELEASED_ON + timedelta(days=n) for n in offsets)
    one = Readings(OLD, days, tuple(float(n) for n in offsets))
    near = sorted((abs(n - asked), n) for n in offsets if abs(n - asked) <= 3)
    expected = (RELEASED_ON + timedelta(days=near[0][1]), float(near[0][1])) if near else None
    assert one.find_near(RELEASED_ON + timedelta(days=asked)) == expected


@given(st.lists(st.floats(-1, 50), min_size=4, max_size=60))
def test_above_or_below_the_middle_half_is_beyond_most_peers(changes: list[float]) -> None:
    bounds = find_quartiles(changes)
    assert bounds is not None
    assert sum(change <= bounds[1] for change in changes) > len(changes) / 2
    assert sum(change >= bounds[0] for change in changes) > len(changes) / 2
    assert find_quartiles(changes[:3]) is None
