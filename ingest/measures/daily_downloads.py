"""How many downloads a day gpt-oss can have had: a range, never a line.

The Hub publishes no daily count. It shows a count of the last 30 days and, where it was recorded, one of all time, and
both were read on few days. Dividing what one reading says by 30 or joining two by a line would invent days; what the
readings do say is the least and the most that a month can have had.

Definition: for each calendar month since the release, the lowest and the highest mean of daily downloads among all
histories of days, none below zero, that agree with every reading (span=month). window=rolling takes the 30-day
counts alone, window=cumulative the all-time counts alone. span=covered is the same over the newest run of days of
which each lies in some count, the longer the narrower. span=30_days is the mean over the 30 days of the newest count:
that count over 30, exactly. A row has a value only where the readings leave none other; else it says that a range is
all that is known, and `low` and `high` are it. Nothing was counted before the day before the release, on which
repositories are made.

Formula: with S(d) the downloads up to day d, a count W of 30 days that ends on a day e says S(e) - S(e - 30) = W, an
all-time count A says S(e) = A, and S never falls. Where e is only known to be one of the days from p to q, it says
S(q) - S(p - 30) >= W and S(p) - S(q - 30) <= W. low = min (S(b) - S(a)) / (b - a) over a month's days a + 1 to b, and
high the maximum, both exact as shortest paths between bounds on differences. A month ends where the days end that
every reading of it surely covers.

Inputs: hub_counts of both gpt-oss sizes (`told_by` says how many readings count and which days bear a fault).
The day e: a count read at or after 10:00 UTC ends that day or the day before, one read earlier a day earlier; up to
three days earlier where its day is that of a commit, which dates a reading at the latest; up to five days earlier
where the Hub's counters stood still (stalled), the longest standstill on record. Readings flagged rollback,
frozen or skip_day bind nothing.

Limits: the two counts differ by 3 to 9 % since July 2025, cause unknown, so they are never used together. An all-time
count below an earlier one binds nothing, and across it the counts before and after bound the days below, not above;
a fall smaller than the growth between two readings, and a lowered 30-day count that nobody flagged, are not seen. A
standstill longer than said that nobody flagged would shift the days. Counts are requests for a file, with continuous
integration among them. Readings that no history agrees with give no range, and say so.

Source: Hugging Face, "Models Download Stats" (hub-docs) for what is counted, and ModelInfo of huggingface_hub for the
two counters; days of standstill, rollback and gap as modelpulse lists them (2026). R. Bellman, "On a routing problem",
Quarterly of Applied Mathematics 16 (1958), for bounds on differences as shortest paths.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate

import duckdb

from ingest.measures import RELEASED_ON, SUBJECTS, MeasureRow, define
from ingest.stats.rolling import (
    FAULTS,
    WINDOW_DAYS,
    ContradictionError,
    Reading,
    Sum,
    bound_spans,
    bound_window,
    date_reading,
)

METHOD_VERSION = "1"
SOURCES = ("hf_hub",)
NAME = "daily_downloads"
START = (RELEASED_ON - timedelta(days=1)).toordinal()
_ORIGIN = (START - 1, START - 1)

_READINGS = """
    select day, downloads_30d, downloads_all_time, flags, observed_kind, payload_key
    from hub_counts where repo_id = ? and day >= ? order by day"""


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """A row a month, window and subject, and the newest mean of 30 days, under the cursor's as-of."""
    for subject in SUBJECTS:
        readings = read_readings(con, subject)
        yield from _measure_months(subject, "rolling", readings, [r for r in readings if not r.flags & FAULTS])
        totals = [r for r in readings if r.all_time is not None]
        yield from _measure_months(subject, "cumulative", totals, choose_totals(totals))
        yield _measure_newest(subject, readings)


def read_readings(con: duckdb.DuckDBPyConnection, repo_id: str) -> list[Reading]:
    """A repository's counts since the release, one a day read, under the cursor's as-of."""
    rows = con.execute(_READINGS, [repo_id, RELEASED_ON]).fetchall()
    return [
        date_reading(day, count, all_time, flags or (), kind, key) for day, count, all_time, flags, kind, key in rows
    ]


def list_windows(readings: Sequence[Reading]) -> list[Sum]:
    """What each 30-day count says."""
    return [bound_window(float(r.count), r.earliest, r.latest) for r in readings]


def choose_totals(totals: Sequence[Reading]) -> list[Reading]:
    """The readings whose all-time count binds: without a fault, and at or above every one before."""
    found, highest = [], 0
    for reading in totals:
        if (reading.all_time or 0) >= highest and not reading.flags & FAULTS:
            found.append(reading)
        highest = max(highest, reading.all_time or 0)
    return found


def list_growth(totals: Sequence[Reading]) -> list[Sum]:
    """What all-time counts say: each of all days so far; once the counter was lowered, of those since the first count
    after the fall, while of all days it then bounds the sum below only."""
    used = choose_totals(totals)
    highs = accumulate((reading.all_time or 0 for reading in totals), max)
    lowered = [
        r.day for r, high in zip(totals, highs, strict=True) if (r.all_time or 0) < high or "rollback" in r.flags
    ]
    found: list[Sum] = []
    # The ends and the total of the first count since the counter was last lowered, and of the one before.
    first = before = (_ORIGIN, 0)
    since = date.min
    for reading in used:
        ends, total = (reading.earliest, reading.latest), reading.all_time or 0
        if any(since < day < reading.day for day in lowered):
            found.append(Sum(_ORIGIN, ends, float(total), math.inf))
            first = (ends, total)
        else:
            found += [Sum(end, ends, float(total - so_far), float(total - so_far)) for end, so_far in {first, before}]
        before, since = (ends, total), reading.day
    return found


def _measure_months(
    subject: str, window: str, readings: Sequence[Reading], used: Sequence[Reading]
) -> Iterator[MeasureRow]:
    if not used:
        counts = "30-day" if window == "rolling" else "all-time"
        reason = f"No {counts} count of this model that can be used had been recorded."
        for span in ("month", "covered"):
            yield MeasureRow(NAME, define(window=window, span=span), subject, "downloads", reason_absent=reason)
        return
    sums = list_windows(used) if window == "rolling" else list_growth(readings)
    spans = [("month", *months) for months in _list_months(max(r.earliest for r in used))]
    spans += [("covered", *run) for run in _find_covered(sums)]
    faulty = sum(bool(r.flags & {*FAULTS, "stalled"}) for r in readings)
    told_by = f"{len(used)} of {len(readings)} readings bind; {faulty} bear a fault."
    inputs = tuple(sorted({r.payload_key for r in used}))
    try:
        bounds = bound_spans(sums, START, [(first, end) for _, first, end in spans])
    except ContradictionError:
        for span, _, end in spans:
            yield MeasureRow(
                NAME,
                define(window=window, span=span),
                subject,
                "downloads",
                date.fromordinal(end),
                reason_absent=f"The {len(used)} readings contradict each other: no history agrees with all of them.",
                told_by=told_by,
                inputs=inputs,
            )
        return
    for (span, first, end), (least, most) in zip(spans, bounds, strict=True):
        days, told = end - first + 1, f"From {date.fromordinal(first)} to {date.fromordinal(end)}. {told_by}"
        definition = define(window=window, span=span)
        yield _describe_range(definition, subject, date.fromordinal(end), least / days, most / days, told, inputs)


def _describe_range(
    definition: str, subject: str, day: date, low: float, high: float, told_by: str, inputs: tuple[int, ...]
) -> MeasureRow:
    value, most = None, high if math.isfinite(high) else None
    if most is None:
        cause = "no reading covers every day of it, or the counter was lowered within it"
        least = f"it had at least {low:,.0f} a day" if low else "nor below"
        reason: str | None = f"Nothing bounds the span above, {least}: {cause}."
    elif high - low < 0.5:
        value, reason = low, None
    else:
        reason = f"Only a range is known: {low:,.0f} to {high:,.0f} a day agree with every reading."
    return MeasureRow(NAME, definition, subject, "downloads", day, value, low, most, reason, told_by, inputs)


def _measure_newest(subject: str, readings: Sequence[Reading]) -> MeasureRow:
    definition = define(window="rolling", span="30_days")
    sound = [r for r in readings if not r.flags & FAULTS]
    if not sound:
        reason = "No 30-day count of this model that can be used had been recorded."
        return MeasureRow(NAME, definition, subject, "downloads", reason_absent=reason)
    newest = sound[-1]
    mean = newest.count / WINDOW_DAYS
    told_by = f"30-day count of {newest.count:,} read on {newest.day}."
    return MeasureRow(
        NAME, definition, subject, "downloads", newest.day, mean, mean, mean, None, told_by, (newest.payload_key,)
    )


def _find_covered(sums: Sequence[Sum]) -> list[tuple[int, int]]:
    """The newest run of days that bounded counts surely cover, if any."""
    first = end = None
    for one in sorted((s for s in sums if math.isfinite(s.most)), key=lambda s: s.until, reverse=True):
        a, b = max(one.after[1] + 1, START), one.until[0]
        if b < a:
            continue
        if first is None:
            first, end = a, b
        elif b >= first - 1:
            first = min(first, a)
    return [] if first is None or end is None else [(first, end)]


def _list_months(last: int) -> list[tuple[int, int]]:
    """The first and last day of every month from the start on, the last cut off at `last`."""
    found, first = [], date.fromordinal(START).replace(day=1)
    while first.toordinal() <= last:
        following = (first + timedelta(days=32)).replace(day=1)
        found.append((max(first.toordinal(), START), min(following.toordinal() - 1, last)))
        first = following
    return [span for span in found if span[0] <= span[1]]
