"""Use through OpenRouter: gpt-oss's share of tokens, and open weights' share.

Pure rules over the rows of `queries.use`. A day not recorded is not drawn, a model that a day's list does not name
is said to be below the list's end, and a share of open weights is a range: names that no model is known by, and
all that lies below the list, may be either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

import pandas as pd

from dashboard.capability import SUBJECTS
from dashboard.charts import Chart, Event, Point, Series, Unit
from dashboard.definitions import OPEN_RULES, RELEASED_ON, SMALLER, SUBJECT
from dashboard.formats import format_count, format_date, format_percent
from dashboard.rows import Row

RULE = (
    "Tokens of both sizes, paid and free, over all tokens OpenRouter routed that UTC day. Its list names the 50 "
    "most used entries: one below is unknown, between nothing and the smallest share listed, all of them no more "
    "than what the list pools at its end. Each vendor's tokeniser counts its own tokens."
)
_OPEN = OPEN_RULES["commercial"] | {SUBJECT, SMALLER}
_KNOWN_CLOSED = frozenset({"proprietary", "noncommercial_weights"})
_PERCENT = Unit(suffix=" %", decimals=2)
_DENSE = 60
_MARGIN = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Day:
    """One recorded day: its parts by name, and what open weights took at least and at most."""

    day: date
    parts: dict[str, Row]
    is_partial: bool

    @property
    def open_low(self) -> float | None:
        """The share of models whose licence allows commercial use, as far as names were resolved."""
        return self._sum([row for part, row in self.parts.items() if part in _OPEN])

    @property
    def open_high(self) -> float | None:
        """The same if every unresolved name and everything below the list were open too."""
        return self._sum([row for part, row in self.parts.items() if part not in _KNOWN_CLOSED])

    @property
    def total(self) -> float | None:
        """All tokens of the day, where the list has them."""
        return float(sum(row["tokens"] for row in self.parts.values())) if "rest" in self.parts else None

    @property
    def own(self) -> float:
        """The share of both gpt-oss models, as far as the list names them."""
        return float(sum(self.parts[m]["share"] or 0.0 for m in (SUBJECT, SMALLER) if m in self.parts))

    @property
    def lowest_share(self) -> float | None:
        """The share of the last model named: none below the list had more."""
        shares = [row["lowest_share"] for part, row in self.parts.items() if part != "rest"]
        return min((float(share) for share in shares if share is not None), default=None)

    @property
    def named(self) -> int:
        """How many models the list names."""
        return sum(int(row["names"]) for part, row in self.parts.items() if part != "rest")

    def _sum(self, rows: Sequence[Row]) -> float | None:
        """Shares together; None where the day's total is not known."""
        if "rest" not in self.parts or any(row["share"] is None for row in self.parts.values()):
            return None
        return float(sum(row["share"] for row in rows))


def list_days(rows: Sequence[Row]) -> list[Day]:
    """The rows by day, in order."""
    days = []
    for day, mine in groupby(rows, key=lambda row: row["day"]):
        parts = {row["part"]: row for row in mine}
        days.append(Day(day, parts, any(row["is_partial"] for row in parts.values())))
    return days


def draw_shares(days: Sequence[Day]) -> Chart:
    """Each gpt-oss model's share of all tokens on the days recorded."""
    series = [
        Series(
            SUBJECTS[model_id],
            [_place(day, day.parts[model_id]) for day in days if _has_share(day, model_id)],
            "focus",
            # A name in the margin would date a share of long ago to the newest day.
            label_at="end" if _has_share(days[-1], model_id) else "point",
            short=SUBJECTS[model_id].removeprefix("gpt-oss-"),
        )
        for model_id in (SUBJECT, SMALLER)
    ]
    return Chart(
        [one for one in series if one.points],
        unit=_PERCENT,
        x_range=_span(days),
        height=320,
        events=_mark_release(days),
        title="gpt-oss's share of the tokens routed by OpenRouter",
        empty_text="On no recorded day did the list name a gpt-oss model beside the day's total.",
    )


def write_legend(days: Sequence[Day]) -> str:
    """Which dots are which, as far as it holds on every day, and what is not drawn."""
    pairs = [[day.parts[m]["share"] for m in (SUBJECT, SMALLER) if _has_share(day, m)] for day in days]
    both = [pair for pair in pairs if len(pair) == 2]
    words = ["Share of all tokens, by day"]
    if both and all(large > small for large, small in both):
        words.append("of two dots the upper is 120b")
    return " · ".join([*words, "no line over more than 45 days not recorded"])


def draw_open(days: Sequence[Day]) -> Chart:
    """What open weights took of all tokens on the days recorded: at least the dot, at most the whisker's end."""
    points = [
        Point(
            day.day,
            100 * day.open_low,
            low=100 * day.open_low,
            high=100 * day.open_high,
            note=f"at most {format_percent(day.open_high, 0)}",
            hollow=day.is_partial,
        )
        for day in days
        if day.open_low is not None and day.open_high is not None
    ]
    series = [Series("Open weights, at least", points, short="open", is_dense=len(days) > _DENSE)]
    return Chart(
        series if points else [],
        unit=Unit(suffix=" %", decimals=0),
        x_range=_span(days),
        height=320,
        events=_mark_release(days),
        title="Share of the tokens routed by OpenRouter that open weights took",
        empty_text="On no recorded day is the total of all tokens known.",
    )


def write_finding(days: Sequence[Day]) -> str:
    """gpt-oss-120b on the newest day against the first day it was named, in shares and in tokens."""
    last = days[-1]
    if SUBJECT not in last.parts:
        return f"{_word_absence(last, SUBJECT)}."
    now = last.parts[SUBJECT]
    took = f"{SUBJECTS[SUBJECT]} took {_word_part(now)} on {format_date(last.day)}"
    first = next(day for day in days if SUBJECT in day.parts)
    if first is last:
        return f"{took}; no earlier day is recorded."
    then = first.parts[SUBJECT]
    grew = f"its tokens a day went from {format_count(then['tokens'])} to {format_count(now['tokens'])}"
    if first.total is not None and last.total is not None:
        grew += f", those of all models from {format_count(first.total)} to {format_count(last.total)}"
    return f"{took}, and {_word_part(then)} on {format_date(first.day)}: {grew}."


def write_absences(days: Sequence[Day]) -> str:
    """What is not known of a gpt-oss model because the list ended above it; empty where it always was named."""
    said = []
    for model_id in (SUBJECT, SMALLER):
        absent = [day for day in days if model_id not in day.parts and day.day >= RELEASED_ON]
        if not absent or (model_id == SUBJECT and absent[-1] is days[-1]):
            continue
        others = f" (and on {len(absent) - 1} other of the days recorded)" if len(absent) > 1 else ""
        said.append(f"{_word_absence(absent[-1], model_id)}{others}.")
    return " ".join(said)


def write_contrast(days: Sequence[Day]) -> str:
    """What all open weights took on the newest and the first day whose total is known."""
    known = [day for day in days if day.open_low is not None]
    if not known:
        return ""
    words = f"All open weights together took {_word_range(known[-1])} of the tokens on {format_date(known[-1].day)}"
    words += _word_own(known[-1])
    if len(known) > 1:
        words += f", {_word_range(known[0])} on {format_date(known[0].day)}{_word_own(known[0])}"
    return f"{words}."


def list_share_notes(days: Sequence[Day]) -> tuple[str, ...]:
    """Notes of both charts, with the line that the publisher asks to be cited by."""
    seen = max(row["observed_at"] for day in days for row in day.parts.values())
    span = format_date(days[0].day)
    if len(days) > 1:
        span = f"{len(days)} days recorded, {span} to {format_date(days[-1].day)}"
    return (
        span,
        f"openrouter.ai/rankings, as of {seen.date().isoformat()}",
        "free variants counted with the model",
        "one router's traffic, tokens by each vendor's tokenizer",
    )


def list_shares(days: Sequence[Day]) -> pd.DataFrame:
    """The rows behind both charts: one a day and part, shares in per cent."""
    rows = [(day, part, row) for day in days for part, row in day.parts.items()]
    return pd.DataFrame(
        [
            {
                "day": day.day,
                "part": part,
                "names": row["names"],
                "tokens": row["tokens"],
                "share_pct": None if row["share"] is None else 100 * row["share"],
                "rank": row["rank"] if part in (SUBJECT, SMALLER) else None,
                "free_share_pct": None if row["free_share"] is None else 100 * row["free_share"],
                "is_partial": day.is_partial,
                "licence_of_row": row["licence_id"],
                "redistributable": row["redistributable"],
                "payload_key": str(row["payload_key"]),
                "row_no": row["row_no"],
            }
            for day, part, row in rows
        ]
    ).astype({"rank": "Int64"})


def list_open(days: Sequence[Day]) -> pd.DataFrame:
    """The rows behind the chart of open weights: one a day whose total is known, in per cent of all tokens."""
    rights = [{row["redistributable"] for row in day.parts.values()} for day in days]
    return pd.DataFrame(
        [
            {
                "day": day.day,
                "open_at_least_pct": 100 * day.open_low,
                "open_at_most_pct": 100 * day.open_high,
                "gpt_oss_pct": 100 * day.own,
                "tokens": day.total,
                "is_partial": day.is_partial,
                "redistributable": "no" if "no" in held else "yes",
                "payload_key": str(next(iter(day.parts.values()))["payload_key"]),
            }
            for day, held in zip(days, rights, strict=True)
            if day.open_low is not None and day.open_high is not None
        ]
    )


def _has_share(day: Day, model_id: str) -> bool:
    return model_id in day.parts and day.parts[model_id]["share"] is not None


def _place(day: Day, row: Row) -> Point:
    free = row["free_share"]
    notes = (
        f"rank {row['rank']:.0f}" if row["rank"] is not None else "",
        f"{format_count(row['tokens'])} tokens",
        f"of it {format_percent(free, 2)} free" if free else "",
        "the day was not over" if day.is_partial else "",
    )
    return Point(day.day, 100 * row["share"], note=", ".join(n for n in notes if n), hollow=day.is_partial)


def _span(days: Sequence[Day]) -> tuple[date, date]:
    return days[0].day - _MARGIN, days[-1].day + _MARGIN


def _mark_release(days: Sequence[Day]) -> list[Event]:
    return [Event(RELEASED_ON, "gpt-oss released", "focus")] if days and days[0].day <= RELEASED_ON else []


def _word_part(row: Row) -> str:
    share = "an unknown share" if row["share"] is None else format_percent(row["share"], 2)
    rank = "" if row["rank"] is None else f" (rank {row['rank']:.0f})"
    return f"{share} of the tokens{rank}"


def _word_absence(day: Day, model_id: str) -> str:
    bound = ""
    if day.lowest_share is not None:
        bound = f", at most the {format_percent(day.lowest_share, 2)} of the last one named"
    return (
        f"{SUBJECTS[model_id]} is not among the {day.named} models named on {format_date(day.day)}: its share "
        f"is unknown{bound}, and not 0"
    )


def _word_range(day: Day) -> str:
    low, high = (0.0 if share is None else share for share in (day.open_low, day.open_high))
    return f"{format_percent(low, 0)} to {format_percent(high, 0)}"


def _word_own(day: Day) -> str:
    return f" (gpt-oss {format_percent(day.own, 1)})" if day.own else ""
