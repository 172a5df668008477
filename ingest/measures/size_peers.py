"""Downloads against size peers: gpt-oss beside the most downloaded of its size.

A model of 20 billion parameters is downloaded more than one of 120, and an old one is known to more people than a new
one. The ATOM project's relative adoption metric takes out both: it divides by what the ten most downloaded of the same
size had as many days after their own release.

Definition: downloads_vs_size_peers is the model's count over that of its size bucket's ten most downloaded, each as
many days after its own release. version=v1 divides by their median, version=v2 by the tenth of them: above 1, the
model is among the ten. Without `age` it speaks of the model's newest count, with it of that many days after release
(the project's own steps). window=rolling, meant where none is named, compares counts of 30 days; window=cumulative, the
published metric, all-time counts, where v2 takes the highest a peer had reached by that age, so that a lowered
counter never lowers the bar (monotone).

Formula: v1 = W(m, a) / median of the ten largest W(p, a); v2 = W(m, a) / the tenth largest W(p, a), with W(p, a) the
count read nearest to a days after the release of p, within 3 days of it, the earlier of two as near; p over the models
of the bucket. Fewer than ten such counts: no answer, and how many there were.

Inputs: hub_counts; release day and total parameters of the catalogue's models. Buckets by total parameters in billions
are those of the cohort's registry (get_size_bucket of the tracked-models repository): below 1, 5, 10, 50, 100, 250,
and 250 or more. Counts flagged rollback or frozen are left out, as are both sizes of gpt-oss and models with a role
(safeguards, as the project does).

Limits: "all models of that size" are those of the ATOM project's list of tracked models and of data/models.toml for
which a size and a release day are stated, some seventy of the repositories recorded by 2026-05. A model that is
missing can only raise the median and the tenth, so a ratio found is at most too high. Readings are sparse: an age
on which ten peers were read is rare until a backfill. The published metric compares all-time counts; a count of 30
days fills up in the first month and may fall later. Sizes and release days are today's, whatever the date asked for.
No interval: nothing is sampled.

Source: N. Lambert and F. Brand, "The ATOM Report: Measuring the Open Language Model Ecosystem", arXiv 2604.07190, 2026;
the ATOM project's page "Relative Adoption Metric"; Interconnects AI, tracked-models (Apache-2.0),
metadata/model_sizes.py for the buckets.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

import duckdb

from ingest.measures import SUBJECTS, MeasureRow, define
from ingest.stats.rolling import NEAR_DAYS, find_near

METHOD_VERSION = "1"
SOURCES = ("hf_hub",)
NAME = "downloads_vs_size_peers"
VERSIONS = ("v1", "v2")
AGES = (7, 14, 30, 60, 90, 180, 365)
# The least total parameters, in billions, of every bucket but the smallest.
BUCKETS = (1, 5, 10, 50, 100, 250)
TOP = 10

_COUNTS = """
    select c.repo_id, m.name, m.released_on, m.total_params_b, m.role, c.day, c.downloads_30d, c.downloads_all_time,
           c.payload_key
    from hub_counts c join main.models m on m.model_id = c.repo_id
    where m.total_params_b is not null and m.released_on is not null and c.day >= m.released_on
          and not list_has_any(coalesce(c.flags, []), ['rollback', 'frozen'])
    order by c.repo_id, c.day"""


@dataclass(frozen=True, slots=True)
class Count:
    """A model's count some days after its release; `found_on` is the day it was read."""

    name: str
    value: float
    found_on: date
    payload_key: int


@dataclass(frozen=True, slots=True)
class Model:
    """One model's counts by day, in order; `role` is null for a plain model."""

    name: str
    released_on: date
    bucket: int
    role: str | None
    days: list[date] = field(default_factory=list)
    counts: list[float] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)

    def find(self, age: int) -> Count | None:
        """Its count nearest to an age in days, if one was read within three days of it."""
        at = find_near(self.days, self.released_on + timedelta(days=age))
        return None if at is None else self._take(at)

    def find_highest(self, age: int) -> Count | None:
        """The highest count up to the one nearest to an age."""
        at = find_near(self.days, self.released_on + timedelta(days=age))
        return None if at is None else self._take(max(range(at + 1), key=lambda k: self.counts[k]))

    def _take(self, place: int) -> Count:
        return Count(self.name, self.counts[place], self.days[place], self.keys[place])


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """A row a version, window, age and subject, under the cursor's as-of."""
    rows = con.execute(_COUNTS).fetchall()
    for window, column in (("rolling", 6), ("cumulative", 7)):
        models = _gather(rows, column)
        for subject in SUBJECTS:
            yield from _measure(subject, window, models, as_of.date())


def find_bucket(total_params_b: float) -> int:
    """The place of a size among the buckets."""
    return bisect_right(BUCKETS, total_params_b)


def word_bucket(bucket: int) -> str:
    """A bucket in words."""
    if bucket == 0:
        return f"below {BUCKETS[0]} billion parameters"
    if bucket == len(BUCKETS):
        return f"{BUCKETS[-1]} billion parameters or more"
    return f"{BUCKETS[bucket - 1]} to {BUCKETS[bucket]} billion parameters"


def _gather(rows: Sequence[tuple[Any, ...]], column: int) -> dict[str, Model]:
    found: dict[str, Model] = {}
    for row in rows:
        if row[column] is None:
            continue
        repo_id, name, released_on, size, role, day = row[:6]
        model = found.setdefault(repo_id, Model(name, released_on, find_bucket(size), role))
        model.days.append(day)
        model.counts.append(float(row[column]))
        model.keys.append(row[8])
    return found


def _measure(subject: str, window: str, models: Mapping[str, Model], today: date) -> Iterator[MeasureRow]:
    own = models.get(subject)
    named: dict[str, object] = {} if window == "rolling" else {"window": window}
    counts = "30-day" if window == "rolling" else "all-time"
    if own is None:
        for version in VERSIONS:
            reason = f"No {counts} count of this model had been recorded."
            yield MeasureRow(NAME, define(version=version, **named), subject, "ratio", reason_absent=reason)
        return
    peers = [
        m for repo_id, m in models.items() if repo_id not in SUBJECTS and m.role is None and m.bucket == own.bucket
    ]
    newest = (own.days[-1] - own.released_on).days
    for version in VERSIONS:
        yield _compare(own, peers, newest, define(version=version, **named), subject, version, window)
        for age in AGES:
            if own.released_on + timedelta(days=age) <= today:
                definition = define(version=version, **named, age=age)
                yield _compare(own, peers, age, definition, subject, version, window)


def _compare(
    own: Model, peers: Sequence[Model], age: int, definition: str, subject: str, version: str, window: str
) -> MeasureRow:
    day, mine = own.released_on + timedelta(days=age), own.find(age)
    if mine is None:
        reason = f"This model was not read within {NEAR_DAYS} days of day {age} after its release."
        return MeasureRow(NAME, definition, subject, "ratio", day, reason_absent=reason)
    is_monotone = version == "v2" and window == "cumulative"
    counts = [m.find_highest(age) if is_monotone else m.find(age) for m in peers]
    top = sorted((c for c in counts if c is not None), key=lambda c: (-c.value, c.name))[:TOP]
    names = ", ".join(c.name for c in top)
    inputs = tuple(sorted({mine.payload_key, *(c.payload_key for c in top)}))
    if len(top) < TOP:
        reason = (
            f"Only {len(top)} of the ten size peers needed ({word_bucket(own.bucket)}) were read within {NEAR_DAYS} "
            f"days of day {age} after their release."
        )
        return MeasureRow(
            NAME, definition, subject, "ratio", day, reason_absent=reason, told_by=names or None, inputs=inputs
        )
    bar = median(c.value for c in top) if version == "v1" else top[-1].value
    if bar <= 0:
        reason = f"The size peers had no downloads on day {age} after their release."
        return MeasureRow(NAME, definition, subject, "ratio", day, reason_absent=reason, told_by=names, inputs=inputs)
    return MeasureRow(NAME, definition, subject, "ratio", day, mine.value / bar, told_by=names, inputs=inputs)
