"""Pulls from Ollama's library: gpt-oss, both sizes as one, beside newcomers.

Pure rules over the rows of `queries.use`. A pull count is a total so far, rounded by its publisher: it is drawn as
it is read, its rounding step is said, and it never shares an axis with a rolling count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import groupby

import pandas as pd

from dashboard.adoption import find_gaps
from dashboard.charts import Chart, Point, Series, Unit
from dashboard.formats import format_count, format_date
from dashboard.rows import Row

OWN_LABEL = "gpt-oss, both sizes"
SHOWN = 4
RULE = (
    "Beside gpt-oss: the most pulled entries that appeared in the library after the record begins, by week. Older "
    "entries had years to gather pulls and are left out."
)


def find_own(entries: Sequence[Row]) -> Row | None:
    """gpt-oss's pooled entry, where it was ever read."""
    return next((row for row in entries if row["is_own"]), None)


def choose_newcomers(entries: Sequence[Row]) -> list[str]:
    """The entries drawn beside gpt-oss, by `RULE`; `entries` are most pulled first."""
    begins = min(row["first_day"] for row in entries)
    return [row["name_raw"] for row in entries if not row["is_own"] and row["first_day"] > begins][:SHOWN]


def join_entries(rows: Sequence[Row], entries: Sequence[Row]) -> list[Row]:
    """The readings with what is known of their entry, gpt-oss first, then the most pulled. gpt-oss has every day, an
    other the last day read of each week."""
    order = {row["name_raw"]: (not row["is_own"], at) for at, row in enumerate(entries)}
    known = {row["name_raw"]: {"is_own": row["is_own"], "first_day": row["first_day"]} for row in entries}
    weeks: dict[tuple[str, object], Row] = {}
    for row in rows:
        own = known[row["name_raw"]]["is_own"]
        weeks[row["name_raw"], row["day"] if own else row["day"].isocalendar()[:2]] = row | known[row["name_raw"]]
    return sorted(weeks.values(), key=lambda row: (*order[row["name_raw"]], row["day"]))


def draw_pulls(rows: Sequence[Row]) -> Chart:
    """Pulls so far of gpt-oss's pooled entry, every day read, and of the newcomers every week."""
    series = [
        Series(
            label_entry(mine[0]),
            [Point(row["day"], float(row["pulls"]), note=word_step(row["step"])) for row in mine],
            "focus" if mine[0]["is_own"] else "neutral",
            is_dense=True,
            short="gpt-oss" if mine[0]["is_own"] else "",
        )
        for mine in _split(rows)
    ]
    return Chart(
        series,
        unit=Unit(compact=True),
        height=360,
        title="Pulls from Ollama's library so far",
        empty_text="No pull count of gpt-oss was recorded.",
    )


def find_place(rows: Sequence[Row], entries: Sequence[Row]) -> tuple[date, int, int] | None:
    """The day on which most entries were read last, the other entries it had, and how many of them had more pulls than
    gpt-oss; None where gpt-oss was not read that day."""
    [(day, _)] = Counter(row["last_day"] for row in entries).most_common(1)
    own = next((row["pulls"] for row in rows if row["is_own"] and row["day"] == day), None)
    others = [row["pulls"] for row in entries if row["last_day"] == day and not row["is_own"]]
    return None if own is None or not others else (day, len(others), sum(pulls > own for pulls in others))


def write_finding(rows: Sequence[Row], place: tuple[date, int, int] | None) -> str:
    """gpt-oss's newest total, its place where the whole list was read, and the newcomers that have passed it."""
    last = [row for row in rows if row["is_own"]][-1]
    said = f"gpt-oss-20b and 120b, pooled: {format_count(last['pulls'])} pulls by {format_date(last['day'])}"
    if place:
        day, others, above = place
        on = "" if day == last["day"] else f" on {format_date(day)}"
        said += f"; of {others} other entries{on}, {above or 'none'} had more"
    ahead = [mine[-1] for mine in _split(rows) if not mine[0]["is_own"] and mine[-1]["pulls"] > last["pulls"]]
    if not ahead:
        return f"{said}."
    words = ", ".join(
        f"{row['name_raw']} ({format_count(row['pulls'])}, first read on {format_date(row['first_day'])})"
        for row in ahead
    )
    return f"{said}. Passed by {'a newcomer' if len(ahead) == 1 else f'{len(ahead)} newcomers'}: {words}."


def list_pull_notes(rows: Sequence[Row]) -> tuple[str, ...]:
    """Notes of the chart: span, gaps, rounding, and what is pooled."""
    own = [row["day"] for row in rows if row["is_own"]]
    gaps = find_gaps(own)
    last = [row for row in rows if row["is_own"]][-1]
    return (
        f"{len(own)} readings of gpt-oss, {format_date(own[0])} to {format_date(own[-1])}",
        f"not read between {format_date(gaps[-1][0])} and {format_date(gaps[-1][1])}" if gaps else "",
        word_step(last["step"]) + " now" if last["step"] else "",
        "a total so far; repeated pulls count",
    )


def list_pulls(rows: Sequence[Row]) -> pd.DataFrame:
    """The rows behind the chart."""
    return pd.DataFrame(
        [
            {
                "entry": row["name_raw"],
                "day": row["day"],
                "pulls_so_far": row["pulls"],
                "rounded_to": row["step"],
                "first_recorded_on": row["first_day"],
                "recorded_by": row["origin"],
                "licence_of_reading": row["licence_id"],
                "redistributable": row["redistributable"],
                "payload_key": str(row["payload_key"]),
                "row_no": row["row_no"],
            }
            for row in rows
        ]
    )


def label_entry(row: Row) -> str:
    """An entry as the chart names it: Ollama's word, gpt-oss's said to be pooled."""
    return OWN_LABEL if row["is_own"] else str(row["name_raw"])


def word_step(step: float | None) -> str:
    """To what a count is rounded, in words."""
    return f"rounded to {step:,.0f}" if step else "exact"


def _split(rows: Sequence[Row]) -> list[list[Row]]:
    return [list(mine) for _, mine in groupby(rows, key=lambda row: row["name_raw"])]
