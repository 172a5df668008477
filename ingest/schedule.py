"""Refreshing without an end: which source is due, and when to look again.

A program that nobody watches must not ask a publisher more often than agreed, whatever happens to it: it is
restarted, the machine sleeps for days, a clock jumps, another refresh runs beside it. So nothing is counted
in memory that the run log does not hold, every wait is bounded by one interval, and what was missed is made
up for by one round, never by many. Rules are pure and take the clock as an argument; the loop is below them.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb

from ingest.errors import ReadableError
from ingest.refresh import (
    LockedError,
    Outcome,
    RunOptions,
    RunReport,
    choose_sources,
    open_writer,
    run_sources,
)
from ingest.runs import Attempt, is_unpublished, read_attempts
from ingest.source import Source
from ingest.stop import Stop
from ingest.store import Reader, get_published_path

JITTER = 0.1  # A round comes up to this share of the interval early or late, so that a fleet spreads out.
_LONGEST_BACKOFF = timedelta(days=1)
_LOCK_POLL = 5.0  # seconds
_LONGEST_NAP = 30.0  # seconds; a machine that slept notices within it that the hour has passed
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class IntervalError(ReadableError):
    """A text that should be an interval is none: says how to write one."""

    exit_code = 2


def parse_interval(text: str) -> timedelta:
    """An interval of 1 s to 366 days from `30s`, `10m`, `6h` or `1d`. Raises IntervalError."""
    found = re.fullmatch(r"([0-9]{1,9})([smhd])", text.strip())
    interval = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta()
    if not timedelta(seconds=1) <= interval <= timedelta(days=366):
        raise IntervalError(f"{text!r} is not an interval: write it as 30m, 6h or 1d (1s to 366d).")
    return interval


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for: an interval, and whether the sources were named.

    Named sources are read every interval, as the person who named them said. Otherwise a source is read
    once its own cadence has passed, which is looked at every interval."""

    every: timedelta
    named: bool

    def find_due(self, cadence_days: float, last: Attempt | None, now: datetime) -> datetime:
        """When a source is to be asked again; one never asked is due now. A failed one is tried again after the
        interval, then twice, four times as long, up to a day; never later than if it had not failed."""
        if last is None:
            return now
        period = self.every if self.named else max(self.every, timedelta(days=cadence_days))
        if last.failures:
            backoff = min(self.every * 2 ** min(last.failures - 1, 20), max(self.every, _LONGEST_BACKOFF))
            period = min(period, backoff)
        return last.at + period

    def choose_due(self, sources: Sequence[Source], attempts: Mapping[str, Attempt], now: datetime) -> list[Source]:
        """The sources to ask in a round that is held now: those due, and those due within the jitter."""
        margin = self.every * JITTER
        return [s for s in sources if self.find_due(s.cadence_days, attempts.get(s.source_id), now) - margin <= now]

    def find_next_look(
        self, sources: Sequence[Source], attempts: Mapping[str, Attempt], now: datetime, chance: float
    ) -> datetime:
        """When to look again after a round: when the first source is due, at the latest an interval from now;
        moved by the jitter, `chance` of it (-1: all of it early, 1: all of it late)."""
        dues = (self.find_due(s.cadence_days, attempts.get(s.source_id), now) for s in sources)
        return max(now, min([*dues, now + self.every]) + self.every * JITTER * chance)


@dataclass(slots=True)
class Clock:
    """What a schedule knows of time: the hour (UTC), which may jump, and seconds that pass, which stand still
    while a machine sleeps."""

    stop: Stop
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    passed: Callable[[], float] = time.monotonic

    def wait_until(self, moment: datetime) -> None:
        """Wait for an hour, or as many seconds as it is away now, whichever comes first; or for a stop."""
        began, length = self.passed(), (moment - self.now()).total_seconds()
        while not self.stop.asked:
            left = min((moment - self.now()).total_seconds(), began + length - self.passed())
            if left <= 0:
                return
            self.stop.wait(min(left, _LONGEST_NAP))


@dataclass(slots=True)
class Teller:
    """How a schedule says what happens: a step at work, a source's end, a round's end, any other sentence."""

    on_step: Callable[[str], None] = lambda step: None
    on_outcome: Callable[[Outcome], None] = lambda outcome: None
    on_round: Callable[[RunReport], None] = lambda report: None
    say: Callable[[str], None] = lambda sentence: None


@dataclass(slots=True)
class Schedule:
    """Rounds of one home until a stop is asked for."""

    options: RunOptions
    plan: Plan
    stop: Stop
    teller: Teller = field(default_factory=Teller)
    clock: Clock | None = None
    chance: random.Random = field(default_factory=random.Random)

    def run(self) -> None:
        """Refresh what is due, wait, and again. Raises SourceError for a name that is no source; whatever else
        stops a round is told and tried again at the next."""
        sources = choose_sources(self.options)
        clock = self.clock or Clock(self.stop)
        holder, is_news = "", True
        while not self.stop.asked:
            try:
                attempts, was_held = self._hold_round(sources, clock)
                look = self.plan.find_next_look(sources, attempts, clock.now(), self.chance.uniform(-1, 1))
                if (was_held or is_news) and not self.stop.asked:
                    self.teller.say(
                        f"{'' if was_held else 'nothing is due; '}next look at {look:%Y-%m-%d %H:%M:%S} UTC"
                    )
                holder, is_news = "", False
                clock.wait_until(look)
            except LockedError as e:
                if str(e) != holder:
                    holder = str(e)
                    self.teller.say(f"waiting: {e}")
                clock.wait_until(clock.now() + min(self.plan.every, timedelta(seconds=_LOCK_POLL)))
            except (ReadableError, OSError, duckdb.Error) as e:
                self.teller.say(f"this round ended early: {e}")
                clock.wait_until(clock.now() + self.plan.every)
        self.teller.say(f"stopped by {self.stop.signal.name if self.stop.signal else 'request'}")

    def _hold_round(self, sources: Sequence[Source], clock: Clock) -> tuple[Mapping[str, Attempt], bool]:
        """Ask what is due, if anything is; the attempts as they are then, and whether anything was done."""
        with open_writer() as (con, archive):
            now = clock.now()
            due = self.plan.choose_due(sources, read_attempts(con, now), now)
            is_wanted = bool(due) or is_unpublished(con, Reader(get_published_path()))
            if is_wanted:
                report = run_sources(
                    con, archive, due, self.options, self.stop, now, self.teller.on_step, self.teller.on_outcome
                )
                self.teller.on_round(report)
            logged = read_attempts(con, clock.now())
            # A source that failed before it asked anything has no attempt in the log: it waits all the same.
            unlogged = [s.source_id for s in due if s.source_id not in logged or logged[s.source_id].at < now]
            return logged | dict.fromkeys(unlogged, Attempt(now, 1)), is_wanted
