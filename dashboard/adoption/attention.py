"""Attention to gpt-oss: stories, papers and stars, beside rivals.

Pure rules over the rows of `queries.use`. Attention is counted and never read as approval; a month that is not over
is a ring; what was never read is named with the command that reads it, and nothing stands in for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

import pandas as pd

from dashboard.charts import Bars, Chart, Event, Point, Series, Unit
from dashboard.charts import Row as ChartRow
from dashboard.definitions import RELEASED_ON
from dashboard.formats import format_date
from dashboard.rows import Row

OWN = frozenset({"gpt-oss", "openai/gpt-oss"})
# Metric -> what it counts, as a heading. In the order shown.
MONTHLY: Mapping[str, str] = {
    "hn_stories": "Stories on Hacker News a month",
    "arxiv_papers": "Papers on arXiv a month",
}
RULE = (
    "Stories, papers and stars that name a model, as each source counts them. Attention is counted and never read as "
    "approval; a month that is not over is a ring."
)
STARS = "github_stars"
# Source -> how it is called where it was not read.
_SOURCES: Mapping[str, str] = {
    "hackernews": "stories on Hacker News",
    "arxiv": "papers on arXiv",
    "github_repo": "stars on GitHub",
}


def draw_months(rows: Sequence[Row], metric: str) -> Chart:
    """One metric's count of each month, by topic, gpt-oss first."""
    mine = sorted((row for row in rows if row["metric"] == metric), key=lambda row: row["name_raw"] not in OWN)
    series = [
        Series(
            name,
            [Point(row["day"], row["value"], note=_word_month(row), hollow=bool(row["is_partial"])) for row in months],
            "focus" if name in OWN else "neutral",
        )
        for name, group in groupby(mine, key=lambda row: row["name_raw"])
        if (months := list(group))
    ]
    return Chart(
        series,
        unit=Unit(compact=True),
        height=320,
        events=[Event(RELEASED_ON, "gpt-oss released", "focus")],
        title=MONTHLY[metric],
    )


def draw_stars(rows: Sequence[Row]) -> Bars:
    """Stars of each repository as last read, the most first."""
    mine = sorted((row for row in rows if row["metric"] == STARS), key=lambda row: -row["value"])
    return Bars(
        [
            ChartRow(
                row["name_raw"],
                row["value"],
                access="focus" if row["name_raw"] in OWN else "neutral",
                note=f"read on {format_date(row['day'])}",
            )
            for row in mine
        ],
        Unit(compact=True),
        title="Stars on GitHub",
    )


def write_months(rows: Sequence[Row], metric: str) -> str:
    """gpt-oss's month of most, and its newest month that is over."""
    whole = [r for r in rows if r["metric"] == metric and r["name_raw"] in OWN and not r["is_partial"]]
    if not whole:
        return "No month that is over has been counted for gpt-oss."
    if not any(row["value"] for row in whole):
        return f"None names gpt-oss in a month that is over, up to {_word_month(whole[-1])}."
    most, last = max(whole, key=lambda row: row["value"]), whole[-1]
    peak = f"gpt-oss: {most['value']:,.0f} in {_word_month(most)}, its most"
    return f"{peak}." if most is last else f"{peak}; {last['value']:,.0f} in {_word_month(last)}."


def write_missing(rows: Sequence[Row]) -> tuple[str, str]:
    """What was not read yet and the command that reads it; empty where all was."""
    read = {row["source_id"] for row in rows}
    missing = [source for source in _SOURCES if source not in read]
    if not missing:
        return "", ""
    words = [_SOURCES[source] for source in missing]
    listed = " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
    reads = "reads it" if len(words) == 1 else "reads them"
    return f"Not read yet: {listed}.", f"`landscape refresh {' '.join(missing)}` {reads}."


def list_month_notes(rows: Sequence[Row], metric: str) -> tuple[str, ...]:
    """Notes of one metric's chart."""
    mine = [row for row in rows if row["metric"] == metric]
    months = [row["day"] for row in mine]
    topics = len({row["name_raw"] for row in mine})
    return (
        f"{topics} topics by month, {min(months):%b %Y} to {max(months):%b %Y}",
        "rings: months not over" if any(row["is_partial"] for row in mine) else "",
        "a mention, not approval",
    )


def list_counts(rows: Sequence[Row], *metrics: str) -> pd.DataFrame:
    """The rows behind a chart."""
    kept = [row for row in rows if row["metric"] in metrics]
    columns = ("metric", "name_raw", "day", "value", "is_partial", "licence_id", "redistributable")
    frame = pd.DataFrame([{name: row[name] for name in columns} for row in kept])
    return frame.assign(payload_key=[str(row["payload_key"]) for row in kept], row_no=[row["row_no"] for row in kept])


def _word_month(row: Row) -> str:
    return f"{row['day']:%b %Y}"
