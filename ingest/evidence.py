"""One number against a written rule: for, against, neither, or not to be had.

The claims and the headlines are judged by the same few comparisons over the measures, so that a verdict is a matter
of rows and thresholds and never of wording. A number speaks for or against only when its whole interval does; an
absent number speaks for nothing, and says why it is absent.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from ingest.measures import SHARE_DIFFERENCE
from ingest.registry import RegistryError

Speaks = Literal["for", "against", "neither", "absent"]
_BOUNDS = ("at_least", "above", "at_most", "below")
_WORDS = {"at_least": "at least", "above": "above", "at_most": "at most", "below": "below"}


@dataclass(frozen=True, slots=True)
class Threshold:
    """One side of a rule: a bound and the value it is at."""

    bound: str
    at: float

    def __str__(self) -> str:
        return f"{_WORDS[self.bound]} {self.at:,.6g}"

    def holds(self, low: float, high: float) -> bool:
        """Whether every value of an interval satisfies it."""
        match self.bound:
            case "at_least":
                return low >= self.at
            case "above":
                return low > self.at
            case "at_most":
                return high <= self.at
            case _:
                return high < self.at


@dataclass(frozen=True, slots=True)
class Address:
    """Which row of the measures: its measure, definition and subject."""

    measure: str
    definition: str
    subject: str


@dataclass(frozen=True, slots=True)
class Number:
    """A row of the measures, or what two of them give: its value and interval, or why there is none.

    An end that is infinite is one that is not there; it is null in what is written."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    day: date | None = None
    told_by: str | None = None
    reason_absent: str | None = None
    inputs: tuple[int, ...] = ()

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval, the value itself where none is given; None where the number is absent.

        An interval with one end has no other: it reaches as far as numbers go."""
        if self.value is None:
            return None
        if self.low is None and self.high is None:
            return self.value, self.value
        return (-math.inf if self.low is None else self.low, math.inf if self.high is None else self.high)


@dataclass(frozen=True, slots=True)
class Criterion:
    """A question about one number, or about two of them: a difference, or a ratio, `to` the second.

    `speaks_for` and `speaks_against` cannot both hold; between them a number says neither."""

    says: str
    why: str
    of: Address
    speaks_for: Threshold
    speaks_against: Threshold
    to: Address | None = None
    compare: Literal["", "difference", "ratio", "change"] = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a test found."""

    number: Number
    speaks: Speaks


Numbers = Mapping[Address, Sequence[Number]]


def read_test(entry: Mapping[str, Any], where: str) -> Criterion:
    """A test from a table of data/claims.toml. Raises RegistryError that names what is wrong with it."""
    missing = [k for k in ("says", "why", "measure", "definition", "subject", "for", "against") if k not in entry]
    if missing:
        raise RegistryError([f"{where}: a test lacks {', '.join(missing)}."])
    other = entry.get("to")
    test = Criterion(
        entry["says"],
        entry["why"],
        Address(entry["measure"], entry["definition"], entry["subject"]),
        _read_threshold(entry["for"], where),
        _read_threshold(entry["against"], where),
        Address(other["measure"], other["definition"], other["subject"]) if other else None,
        entry.get("compare", ""),
    )
    if (test.compare in ("difference", "ratio")) != (test.to is not None):
        raise RegistryError([f"{where}: {test.says!r} needs both `compare` and `to`, or neither."])
    for at in (test.speaks_for.at, test.speaks_against.at):
        if test.speaks_for.holds(at, at) and test.speaks_against.holds(at, at):
            raise RegistryError([f"{where}: {test.says!r} would speak for and against at {at}; part its thresholds."])
    return test


def ask(test: Criterion, numbers: Numbers) -> Answer:
    """What a test finds among the measures of one instant."""
    return judge(test, find_number(test, numbers))


def judge(test: Criterion, number: Number) -> Answer:
    """For or against where the whole interval is beyond a threshold."""
    interval = number.interval
    if interval is None:
        return Answer(number, "absent")
    if test.speaks_for.holds(*interval):
        return Answer(number, "for")
    return Answer(number, "against" if test.speaks_against.holds(*interval) else "neither")


def find_number(test: Criterion, numbers: Numbers) -> Number:
    """The newest number at a test's address; of two of them their difference or ratio, of one its change."""
    found = numbers.get(test.of, ())
    newest = _choose_newest(found, test.of)
    if test.compare == "change":
        first = next((n for n in found if n.value is not None), None)
        if first is None or newest.value is None or first is newest or first.day == newest.day:
            return Number(unit="ratio", reason_absent=newest.reason_absent or "One day alone is known, so no change.")
        return _combine(newest, first, "ratio", f"{first.day:%Y-%m-%d} to {newest.day:%Y-%m-%d}")
    if test.to is None:
        return newest
    other = _choose_newest(numbers.get(test.to, ()), test.to)
    missing = next((n for n in (newest, other) if n.value is None), None)
    if missing is not None:
        return missing
    return _combine(newest, other, test.compare, "; ".join(t for t in (newest.told_by, other.told_by) if t))


def _combine(a: Number, b: Number, how: str, told_by: str) -> Number:
    """a - b or a / b; the interval is the widest the two allow, as nothing is known of how they move together."""
    (low, high), (other_low, other_high) = a.interval or (0.0, 0.0), b.interval or (0.0, 0.0)
    assert a.value is not None and b.value is not None  # the caller has seen to it
    inputs = tuple(sorted({*a.inputs, *b.inputs}))
    if how == "difference":
        unit = SHARE_DIFFERENCE if a.unit == "share" else a.unit
        ends = low - other_high, high - other_low
        return Number(a.value - b.value, *ends, unit, a.day, told_by or None, None, inputs)
    if other_low <= 0 or low < 0:
        return Number(unit="ratio", reason_absent="A ratio to nothing, or below it, says nothing.", inputs=inputs)
    ends = low / other_high, high / other_low
    return Number(a.value / b.value, *ends, "ratio", a.day, told_by or None, None, inputs)


def _choose_newest(found: Iterable[Number], address: Address) -> Number:
    """The newest number with a value; else the newest reason; numbers come oldest first."""
    rows = list(found)
    valued = [n for n in rows if n.value is not None]
    if valued:
        return valued[-1]
    if rows:
        return rows[-1]
    return Number(reason_absent=f"No {address.measure} of {address.subject} is measured under {address.definition}.")


def _read_threshold(entry: Mapping[str, Any], where: str) -> Threshold:
    bounds = [b for b in _BOUNDS if b in entry]
    if len(bounds) != 1 or len(entry) != 1:
        raise RegistryError([f"{where}: a threshold is one of {', '.join(_BOUNDS)}, not {dict(entry)}."])
    return Threshold(bounds[0], float(entry[bounds[0]]))
