"""When a publisher is asked again: never too early, never too late, whatever the clock and the process do.

Rules are put to every history hypothesis can think of; the loop runs with a clock that jumps and never waits.
The same as a process of its own: test_schedule_process.py.
"""

from __future__ import annotations

import itertools
import os
import random
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http import FetchLog
from ingest.refresh import RunOptions
from ingest.runs import Attempt, log_fetch, log_source, read_attempts
from ingest.schedule import JITTER, Clock, IntervalError, Plan, Schedule, Teller, parse_interval
from ingest.source import Source
from ingest.stop import Stop, StopAsked
from tests.homes import use_home
from tests.publishers import API, Edition
from tests.replay_server import ReplayServer
from tests.toy_source import Toy, make_database

pytestmark = pytest.mark.usefixtures("newest_alone")

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Weekly(Toy):
    source_id = "weekly"
    cadence_days = 7


SOURCES: list[Source] = [Toy(), Weekly()]
CADENCE = {s.source_id: timedelta(days=s.cadence_days) for s in SOURCES}


@pytest.mark.parametrize(
    ("text", "interval"),
    [("30s", timedelta(seconds=30)), ("1m", timedelta(minutes=1)), (" 6h ", 6 * HOUR), ("366d", 366 * DAY)],
)
def test_an_interval_is_a_number_and_a_unit(text: str, interval: timedelta) -> None:
    assert parse_interval(text) == interval


@given(st.text() | st.from_regex(r"[0-9]{0,12}[smhdw]?"))
def test_every_other_text_is_refused_in_words(text: str) -> None:
    try:
        assert timedelta(seconds=1) <= parse_interval(text) <= 366 * DAY
    except IntervalError as e:
        assert str(e).endswith("is not an interval: write it as 30m, 6h or 1d (1s to 366d).")
        assert e.exit_code == 2


@pytest.mark.parametrize(
    ("every", "named", "failures", "waits"),
    [
        (6 * HOUR, False, 0, 7 * DAY),  # its own cadence
        (6 * HOUR, True, 0, 6 * HOUR),  # named: every interval
        (30 * DAY, False, 0, 30 * DAY),  # never more often than asked for
        (6 * HOUR, False, 1, 6 * HOUR),
        (6 * HOUR, False, 2, 12 * HOUR),
        (6 * HOUR, False, 3, DAY),
        (6 * HOUR, False, 40, DAY),  # a publisher that is down for weeks is asked daily
        (6 * HOUR, True, 40, 6 * HOUR),
        (3 * DAY, False, 40, 3 * DAY),
    ],
)
def test_when_a_weekly_source_is_due(every: timedelta, named: bool, failures: int, waits: timedelta) -> None:
    plan = Plan(every, named)
    assert plan.find_due(7, Attempt(NOON, failures), NOON + HOUR) == NOON + waits
    assert plan.find_due(7, None, NOON) == NOON


events = st.lists(
    st.tuples(
        st.sampled_from(["look", "look", "look", "restart", "sleep"]),
        st.floats(-1, 1),
        st.sets(st.sampled_from(sorted(CADENCE))),  # who fails
        st.integers(0, 20 * 24 * 60),  # minutes asleep
    ),
    max_size=60,
)


@given(st.sampled_from([timedelta(minutes=1), HOUR, 6 * HOUR, DAY, 10 * DAY]), st.booleans(), events)
def test_nobody_is_asked_too_early_or_forgotten(
    every: timedelta, named: bool, history: list[tuple[str, float, set[str], int]]
) -> None:
    plan, now, margin = Plan(every, named), NOON, every * JITTER
    attempts: dict[str, Attempt] = {}
    asked: dict[str, list[tuple[datetime, bool]]] = {s: [] for s in CADENCE}
    for what, chance, failing, minutes in history:
        due = [s.source_id for s in plan.choose_due(SOURCES, attempts, now)]
        for source in due:
            failures = attempts[source].failures + 1 if source in attempts else 1
            attempts[source] = Attempt(now, failures if source in failing else 0)
            asked[source].append((now, source not in failing))
        assert plan.choose_due(SOURCES, attempts, now) == []  # a restart right after a round asks nobody
        look = plan.find_next_look(SOURCES, attempts, now, chance)
        assert now <= look <= now + every + margin
        for source in CADENCE:  # who becomes due is asked by the next look, or the one after at the latest
            dues = plan.find_due(SOURCES[source == "weekly"].cadence_days, attempts[source], now)
            assert look <= max(now, dues + margin) or look <= now + every + margin
        now = {"look": look, "restart": now + (look - now) / 3, "sleep": look + timedelta(minutes=minutes)}[what]
    for source, times in asked.items():
        for (earlier, was_fine), (later, _) in itertools.pairwise(times):
            period = every if named or not was_fine else max(every, CADENCE[source])
            assert later - earlier >= period - margin


def test_a_round_may_come_early_by_the_jitter_and_by_no_more() -> None:
    plan, attempts = Plan(HOUR, named=True), dict.fromkeys(CADENCE, Attempt(NOON))
    assert plan.find_next_look(SOURCES, attempts, NOON, -1) == NOON + 0.9 * HOUR
    assert plan.choose_due(SOURCES, attempts, NOON + 0.9 * HOUR) == SOURCES
    assert plan.choose_due(SOURCES, attempts, NOON + 0.89 * HOUR) == []


def test_three_days_asleep_are_made_up_for_by_one_round() -> None:
    plan = Plan(HOUR, named=True)
    attempts = {s: Attempt(NOON) for s in CADENCE}
    awake = NOON + 3 * DAY
    assert plan.choose_due(SOURCES, attempts, awake) == SOURCES
    attempts = dict.fromkeys(CADENCE, Attempt(awake))
    assert plan.choose_due(SOURCES, attempts, awake) == []
    assert plan.find_next_look(SOURCES, attempts, awake, 0) == awake + HOUR


def test_a_round_longer_than_the_interval_is_followed_at_once_by_the_next() -> None:
    plan, ended = Plan(HOUR, named=True), NOON + 2 * HOUR
    assert plan.find_next_look(SOURCES, dict.fromkeys(CADENCE, Attempt(NOON)), ended, -1) == ended


class Time:
    """An hour and seconds passed, moved by waits instead of waiting; `jumps` are added to the hour at a wait."""

    def __init__(self, *jumps: timedelta, most: int = 1000) -> None:
        self.hour, self.seconds, self.waits = NOON, 0.0, 0
        self.stop = _Waits(self)
        self.jumps, self.most = list(jumps), most
        self.clock = Clock(self.stop, lambda: self.hour, lambda: self.seconds)


class _Waits(Stop):
    def __init__(self, time: Time) -> None:
        super().__init__()
        self.time = time

    def wait(self, seconds: float) -> None:
        assert seconds > 0
        self.time.hour += timedelta(seconds=seconds) + (self.time.jumps.pop(0) if self.time.jumps else timedelta())
        self.time.seconds += seconds
        self.time.waits += 1
        if self.time.waits == self.time.most:
            self.signal = signal.SIGTERM


def test_a_wait_ends_at_its_hour() -> None:
    time = Time()
    time.clock.wait_until(NOON + HOUR)
    assert (time.hour, time.seconds) == (NOON + HOUR, 3600)


def test_a_machine_that_slept_wakes_to_a_wait_that_is_over() -> None:
    time = Time(timedelta(), 3 * DAY)  # seconds do not pass while it sleeps
    time.clock.wait_until(NOON + 6 * HOUR)
    assert time.seconds == 60 and time.hour > NOON + 3 * DAY


def test_a_clock_that_was_put_back_does_not_lengthen_a_wait() -> None:
    time = Time(-400 * DAY)
    time.clock.wait_until(NOON + HOUR)
    assert time.seconds == 3600


def test_a_stop_ends_a_wait() -> None:
    time = Time(most=2)
    time.clock.wait_until(NOON + HOUR)
    assert time.seconds == 60


def run_schedule(home: Path, time: Time, every: timedelta = HOUR, **options: object) -> tuple[list[str], ReplayServer]:
    """The real loop over models.dev with a played clock; what it says, and the publisher."""
    said: list[str] = []
    (home / "raw/none").mkdir(parents=True, exist_ok=True)  # no seed
    with use_home(home), ReplayServer() as server:
        Edition().serve(server)
        asked = RunOptions(("models_dev",), mirror=server.url)
        teller = Teller(on_outcome=lambda o: said.append(f"{time.hour:%d %H:%M} {o.error or 'read'}"), say=said.append)
        Schedule(asked, Plan(every, True), time.stop, teller, time.clock, random.Random(1)).run()
    return said, server


def test_the_loop_asks_once_an_interval_and_once_after_a_sleep(tmp_path: Path) -> None:
    # A wait is taken in naps of 30 s: the machine falls asleep in the third one.
    time = Time(timedelta(), timedelta(), 3 * DAY, most=3 * 120)
    said, server = run_schedule(tmp_path / "home", time)
    reads = [line for line in said if line.endswith("read")]
    assert len(reads) == server.hits(API) == 4
    assert [line[:2] for line in reads] == ["23", "26", "26", "26"]
    assert said[-1] == "stopped by SIGTERM"


def test_a_clock_that_was_wrong_at_the_start_silences_nobody(tmp_path: Path) -> None:
    """A run logged in 2030 is no attempt: once the clock is right the source is asked, once an interval."""
    home = tmp_path / "home"
    time = Time(most=1)
    time.hour += 4 * 365 * DAY
    run_schedule(home, time)
    said, server = run_schedule(home, Time(most=200))
    assert server.hits(API) == 2 and sum(line.endswith("read") for line in said) == 2


def test_a_home_that_cannot_be_written_ends_the_round_and_not_the_schedule(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "raw").mkdir()
    (home / "work.duckdb").write_bytes(b"this is no database" * 1000)
    time = Time(most=150)
    said, server = run_schedule(home, time)
    assert server.requests == [] and len(said) == 3
    assert said[0].startswith(f"this round ended early: {home}/work.duckdb cannot be opened (")
    assert "move it away and run `landscape refresh`" in said[0]
    (home / "work.duckdb").unlink()
    said, server = run_schedule(home, Time(most=1))
    assert server.hits(API) == 1 and any(line.endswith("read") for line in said)


def log(con: object, run: str, at: datetime, outcome: str, *, live: bool = True) -> None:
    if live:
        log_fetch(con, run, "toy", FetchLog("https://toy.example", at, 200, 1, 0.1, 1, None))  # type: ignore[arg-type]
    log_source(con, run, "toy", at, None if outcome == "fine" else "It broke.", 0, 0.1)  # type: ignore[arg-type]


def test_attempts_are_the_live_reads_of_the_log() -> None:
    con = make_database()
    assert read_attempts(con, NOON) == {}
    log(con, "a", NOON - 9 * HOUR, "fine", live=False)  # a replay asks no publisher
    assert read_attempts(con, NOON) == {}
    log(con, "b", NOON - 8 * HOUR, "failed")
    log(con, "c", NOON - 7 * HOUR, "failed")
    assert read_attempts(con, NOON) == {"toy": Attempt(NOON - 7 * HOUR, 2)}
    log(con, "d", NOON - 6 * HOUR, "fine")
    assert read_attempts(con, NOON) == {"toy": Attempt(NOON - 6 * HOUR, 0)}
    log(con, "e", NOON - 5 * HOUR, "failed")
    log(con, "f", NOON + DAY, "fine")  # a clock was wrong
    assert read_attempts(con, NOON) == {"toy": Attempt(NOON - 5 * HOUR, 1)}
    con.close()


def test_a_signal_is_an_exception_only_where_it_may_be() -> None:
    done: list[str] = []
    with Stop().listening() as stop:
        with pytest.raises(StopAsked), stop.interruptible():
            with stop.sheltered():
                os.kill(os.getpid(), signal.SIGTERM)
                done.append("sheltered")
            done.append("never")
        assert stop.asked and stop.exit_code == 143
        with pytest.raises(StopAsked), stop.interruptible():
            done.append("never")
        stop.wait(60)  # returns at once
    assert done == ["sheltered"]


def test_a_signal_outside_is_only_noted_and_what_was_there_before_is_put_back() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Stop().listening() as stop:
        os.kill(os.getpid(), signal.SIGINT)
        assert (stop.asked, stop.exit_code) == (True, 130)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_wait_is_cut_short_by_a_signal() -> None:
    with Stop().listening() as stop:
        signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        stop.wait(60)
        assert stop.asked
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
