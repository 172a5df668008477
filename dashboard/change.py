"""One number over time: first, previous, last, its age, and what is a change.

Overview and the pages of each question speak of changes under the same limits because the limits are here.
It refuses to fill a day in: what was not observed is not in a track, and one reading is no change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dashboard.definitions import RELEASED_ON
from dashboard.formats import format_signed
from dashboard.rows import Row

STALE_DAYS = 180
LEVEL = 0.10


@dataclass(frozen=True, slots=True)
class Track:
    """One number's observations since release, in order of day; may be empty."""

    points: tuple[tuple[date, float], ...]

    @property
    def first(self) -> tuple[date, float]:
        """The first observation after release. Raises IndexError on an empty track."""
        return self.points[0]

    @property
    def previous(self) -> tuple[date, float]:
        """The observation before the last. Raises IndexError where there is none."""
        return self.points[-2]

    @property
    def last(self) -> tuple[date, float]:
        """The newest observation. Raises IndexError on an empty track."""
        return self.points[-1]

    @property
    def change(self) -> float:
        """Share by which the last differs from the first: -0.77 is 77 % less."""
        return self.last[1] / self.first[1] - 1


def read_track(rows: Sequence[Row], column: str, since: date = RELEASED_ON) -> Track:
    """The column's observations from `since` on by `day`; nulls are no observations."""
    known = [(row["day"], float(row[column])) for row in rows if row[column] is not None]
    return Track(tuple(sorted(pair for pair in known if pair[0] >= since)))


def count_age(day: date, instant: datetime) -> int:
    """Whole days from an observation's day to the instant."""
    return (instant.date() - day).days


def is_stale(day: date, instant: datetime) -> bool:
    """Whether an observation is too old to speak in a headline as of now."""
    return count_age(day, instant) > STALE_DAYS


def is_level(change: float) -> bool:
    """Whether a change is within 10 %, the limit included whatever a division leaves of it."""
    return abs(change) <= LEVEL + 1e-9


def word_share(change: float) -> str:
    """A change as a signed share: "−77 %"."""
    return f"{format_signed(change * 100, 0)} %"
