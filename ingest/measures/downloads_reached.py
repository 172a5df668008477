"""All-time downloads, and the days gpt-oss took to a million and to ten.

The Hub's all-time counter is the only total there is, and it is not always right: it was lowered twice for a
large share of repositories and stood still on many days. So the total is shown with the times it was lowered, and
the day a mark was passed is an interval between two readings.

Definition: downloads_all_time is the newest all-time count read, whatever its flags; `told_by` says how often and
when it was lowered: a count below the reading before it, or the first of a run of days flagged rollback.
days_to_downloads is the days from release to the first reading that shows that many downloads so far: `high` is that
day and the value, `low` the last day on which a reading still shows fewer (0 where none does), so the mark was
passed after `low` and by `high`.

Formula: a reading shows downloads so far of A, its all-time count. Where only 30-day counts W were recorded, they show
at least the largest sum of counts whose 30 days cannot overlap, as a count of 30 days alone proves as many in
all; and exactly W where the 30 days reach back to the release. So they bound the day from above, rarely from below.

Inputs: hub_counts of both gpt-oss sizes. `told_by` says which counter showed it.

Limits: an all-time count includes what was counted before the release day, and continuous integration; it is a count
of requests, not of people. A count lowered later may have passed a mark it would not have passed since; the first
reading stands. A reading flagged rollback, frozen or skip_day is no evidence that a mark was not yet passed. An upper
end from 30-day counts is as late as the readings are sparse.

Source: Hugging Face, "Models Download Stats" (hub-docs) and ModelInfo of huggingface_hub for the counters;
huggingface_hub issue 4365 (2026) for the lowered ones.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime

import duckdb

from ingest.measures import RELEASED_ON, SUBJECTS, MeasureRow, define
from ingest.measures.daily_downloads import read_readings
from ingest.stats.rolling import FAULTS, WINDOW_DAYS, Reading

METHOD_VERSION = "1"
SOURCES = ("hf_hub",)
MARKS = (1_000_000, 10_000_000)
_RELEASE = RELEASED_ON.toordinal()
# Days lowered that are named; further ones are counted.
_NAMED = 5


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """The newest total, and the days to each mark, of each subject under the cursor's as-of."""
    for subject in SUBJECTS:
        readings = read_readings(con, subject)
        yield _measure_total(subject, readings)
        for mark in MARKS:
            yield _measure_days(subject, readings, mark)


def list_lowered(totals: Sequence[Reading]) -> list[Reading]:
    """The readings at which the all-time counter was lowered. Every one of them has an all-time count."""
    found = []
    for n, reading in enumerate(totals):
        before = totals[n - 1] if n else None
        fell = before is not None and (reading.all_time or 0) < (before.all_time or 0)
        is_first = "rollback" in reading.flags and (before is None or "rollback" not in before.flags)
        if fell or is_first:
            found.append(reading)
    return found


def prove_totals(readings: Sequence[Reading]) -> list[int]:
    """At each reading, at least so many downloads so far: the largest sum of 30-day counts that cannot overlap."""
    ends = [reading.latest for reading in readings]
    proven: list[int] = []
    for n, reading in enumerate(readings):
        clear = bisect_right(ends, reading.earliest - WINDOW_DAYS, hi=n)
        alone = reading.count + (proven[clear - 1] if clear else 0)
        proven.append(max(alone, proven[-1] if proven else 0))
    return proven


def _measure_total(subject: str, readings: Sequence[Reading]) -> MeasureRow:
    definition = define(window="cumulative")
    totals = [r for r in readings if r.all_time is not None]
    if not totals:
        reason = "No all-time count of this model had been recorded, only counts of 30 days."
        if not readings:
            reason = "No count of this model had been recorded."
        return MeasureRow("downloads_all_time", definition, subject, "downloads", reason_absent=reason)
    newest, lowered = totals[-1], list_lowered(totals)
    told_by = f"Read on {len(totals)} days since {totals[0].day}; never lowered."
    if lowered:
        days = ", ".join(str(r.day) for r in lowered[-_NAMED:])
        times = "once" if len(lowered) == 1 else f"{len(lowered)} times"
        told_by = f"Read on {len(totals)} days since {totals[0].day}; lowered {times}, last on {days}."
    return MeasureRow(
        "downloads_all_time",
        definition,
        subject,
        "downloads",
        newest.day,
        float(newest.all_time or 0),
        told_by=told_by,
        inputs=tuple(sorted({newest.payload_key, *(r.payload_key for r in lowered)})),
    )


def _measure_days(subject: str, readings: Sequence[Reading], mark: int) -> MeasureRow:
    name, definition = "days_to_downloads", define(count=mark)
    if not readings:
        reason = "No count of this model had been recorded."
        return MeasureRow(name, definition, subject, "days", reason_absent=reason)
    proven = prove_totals(readings)
    first = next((n for n, r in enumerate(readings) if max(r.all_time or 0, proven[n]) >= mark), None)
    if first is None:
        total = max(max(r.all_time or 0, proven[n]) for n, r in enumerate(readings))
        reason = f"No reading until {readings[-1].day} shows {mark:,} downloads so far; the most shown is {total:,}."
        return MeasureRow(name, definition, subject, "days", readings[-1].day, reason_absent=reason)
    shown, below = readings[first], [r for r in readings[:first] if _is_below(r, mark)]
    last = below[-1] if below else None
    low = max(last.earliest - _RELEASE, 0) if last else 0
    high = shown.day.toordinal() - _RELEASE
    if (shown.all_time or 0) >= mark:
        told_by = f"All-time count of {shown.all_time:,} read on {shown.day}"
    else:
        told_by = f"30-day counts alone prove {proven[first]:,} by {shown.day}"
    told_by += f"; still below in the reading of {last.day}." if last else "; no earlier reading shows it below."
    inputs = tuple(sorted({shown.payload_key, *((last.payload_key,) if last else ())}))
    return MeasureRow(
        name, definition, subject, "days", shown.day, float(high), float(low), float(high), None, told_by, inputs
    )


def _is_below(reading: Reading, mark: int) -> bool:
    """Whether a reading shows that fewer had been downloaded so far."""
    if reading.flags & FAULTS:
        return False
    if reading.all_time is not None:
        return reading.all_time < mark
    return reading.count < mark and reading.latest - WINDOW_DAYS < _RELEASE
