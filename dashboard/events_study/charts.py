"""The event study's chart: one outcome by month, and the lines on both sides.

Pure functions of rows. Months that were not read are not joined across: a line ends where two are more than 45 days
apart. The straight lines are the fitted ones, so they are drawn through.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pandas as pd

from dashboard.charts import Chart, Event, Point, Series, Unit
from dashboard.definitions import RELEASED_ON
from dashboard.events_study.words import Finding, name_rival, read_options
from dashboard.formats import format_usd
from dashboard.rows import Row

_MARGIN = timedelta(days=20)
MEANINGS = {
    "month": "First day of the month the value speaks of",
    "line_before": "What the line of the months before the release gives for the month",
    "line_since": "What the line of the months since gives for it",
    "unit": "Unit of value and lines",
}


def pick(rows: Sequence[Row], measure_id: str, finding: Finding) -> list[Row]:
    """The rows of a measure that are of an outcome and have a value, oldest first."""
    wanted = {"outcome": finding.outcome} | ({"open": finding.open_rule} if finding.open_rule else {})
    of = [r for r in rows if r["measure_id"] == measure_id and read_options(r["definition_id"]) == wanted]
    return sorted((r for r in of if r["value"] is not None), key=lambda r: r["day"])


def draw_study(rows: Sequence[Row], finding: Finding, confounders: Sequence[Row]) -> Chart:
    """The outcome by month with the release, what came out around it, and the lines before and since."""
    about = finding.about
    scale = 100 if about.is_share else 1
    table = tabulate(rows, finding)
    series = [
        Series(
            about.label,
            [Point(day, value * scale) for day, value in zip(table["month"], table["value"], strict=True)],
            label=False,
        )
    ]
    for name, short, column in (
        ("line before", "before", "line_before"),
        ("line since", "since", "line_since"),
    ):
        # A fitted line is straight by definition: its two ends are enough, however far apart.
        there = table[table[column].notna()]
        if len(there) > 1:
            ends = [Point(there["month"].iloc[at], float(there[column].iloc[at]) * scale) for at in (0, -1)]
            series.append(Series(name, ends, is_dense=True, connect_gap_days=10_000, short=short))
    days = list(table["month"])
    return Chart(
        series=[one for one in series if one.points],
        events=_list_events(confounders) if days else [],
        unit=_choose_unit(finding),
        x_range=(min(days) - _MARGIN, max(*days, RELEASED_ON) + _MARGIN) if days else None,
        height=320,
        title=f"{about.label}, by month",
        empty_text="No month of this outcome had been recorded by then.",
    )


def tabulate(rows: Sequence[Row], finding: Finding) -> pd.DataFrame:
    """One row a month: the value and, where lines were fitted, what each gives for it."""
    series, ends = pick(rows, "event_outcome", finding), pick(rows, "event_trend", finding)
    release = RELEASED_ON.replace(day=1)
    listed = []
    for row in series:
        before = since = None
        if len(ends) == 2 and finding.level["value"] is not None:
            steps = _count_months(ends[0]["day"], ends[1]["day"])
            rise = (ends[1]["value"] - ends[0]["value"]) / steps
            before = ends[0]["value"] + rise * _count_months(ends[0]["day"], row["day"])
            after = _count_months(release, row["day"])
            if after >= 0:
                since = before + finding.level["value"] + finding.slope["value"] * after
        listed.append(
            {
                "month": row["day"],
                "value": row["value"],
                "line_before": before,
                "line_since": since,
                "unit": row["unit"],
                "redistributable": row["redistributable"],
            }
        )
    columns = ["month", "value", "line_before", "line_since", "unit", "redistributable"]
    return pd.DataFrame(listed, columns=columns).astype({"line_before": "float64", "line_since": "float64"})


def _list_events(confounders: Sequence[Row]) -> list[Event]:
    """The release, and what came out before and after it: as one label on each side, since days apart are a pixel."""
    events = [Event(RELEASED_ON, "gpt-oss released", "focus")]
    before = [e for e in confounders if e["happened_on"] < RELEASED_ON]
    after = [e for e in confounders if e["happened_on"] >= RELEASED_ON]
    for side in (before, after):
        if side:
            names = list(dict.fromkeys(name_rival(e["title"]) for e in side))
            events.append(Event(side[-1]["happened_on"], ", ".join(names), "release"))
    return events


def _choose_unit(finding: Finding) -> Unit:
    about = finding.about
    if about.is_share:
        return Unit(suffix=" %")
    if about.form is format_usd:
        return Unit(prefix="$", decimals=2)
    if about.unit in ("pulls", "downloads"):
        return Unit(compact=True)
    return Unit(decimals=1 if about.unit == "points" else 0)


def _count_months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month
