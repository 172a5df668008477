"""The page's charts: developers in each edition of the transparency index, incidents a month.

Pure functions of rows. Editions are dots that nothing joins, as each asks its own questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.charts import Chart, Event, Point, Series, Unit
from dashboard.definitions import RELEASED_ON
from dashboard.openness import ALL_INCIDENTS, BY_OPENAI, DEVELOPER
from dashboard.rows import Row
from dashboard.theme import Access

TRANSPARENCY_LEGEND = "Blue: OpenAI. Grey: every other developer of the edition. Nothing joins two editions."
INCIDENTS_LEGEND = "Grey: all incidents. Blue: those with OpenAI as developer. Hollow: months still being filled."
# Before it the list has a handful a month, and nothing here is compared with it.
INCIDENTS_FROM = date(2023, 1, 1)
_COUNT = Unit(decimals=0)


def draw_transparency(rows: Sequence[Row]) -> Chart:
    """A dot a developer and edition, from 0 to the 100 indicators asked."""
    others = [row for row in rows if row["developer"] != DEVELOPER]
    own = [row for row in rows if row["developer"] == DEVELOPER]
    series = [
        Series("Other developers", _dot(others), style="dots", label=False, is_dense=True),
        Series(DEVELOPER, _dot(own), access="closed", style="dots", label_at="point"),
    ]
    return Chart(
        series=[one for one in series if one.points],
        unit=_COUNT,
        y_range=(0, 100),
        height=300,
        title="Indicators disclosed of 100, by developer and edition",
        empty_text="No edition of the transparency index had been recorded by then.",
    )


def _dot(rows: Sequence[Row]) -> list[Point]:
    ordered = sorted(rows, key=lambda row: (row["edition"], row["disclosed"]))
    return [Point(row["edition"], row["disclosed"], note=row["developer"], starts_new=True) for row in ordered]


def draw_incidents(rows: Sequence[Row], events: Sequence[Row]) -> Chart:
    """Incidents a month from 2023: all, and those with OpenAI as developer."""
    shown = [row for row in rows if row["month"] >= INCIDENTS_FROM]
    topics: tuple[tuple[str, str, str, Access], ...] = (
        ("All incidents", "All", ALL_INCIDENTS, "neutral"),
        ("By OpenAI", "OpenAI", BY_OPENAI, "closed"),
    )
    series = [
        Series(
            label,
            [Point(row["month"], row["incidents"], hollow=row["is_partial"]) for row in shown if row["topic"] == topic],
            access=access,
            short=short,
        )
        for label, short, topic, access in topics
    ]
    named = [Event(e["happened_on"], "PromptLock", "other") for e in events if e["kind"] == "incident"]
    top = max((row["incidents"] for row in shown), default=1) * 1.1
    return Chart(
        series=[one for one in series if one.points],
        events=[Event(RELEASED_ON, "gpt-oss released", "focus"), *named[:1]] if shown else [],
        unit=_COUNT,
        y_range=(0, top),
        height=260,
        title="Incidents a month in the AI Incident Database",
        empty_text="No list of incidents had been recorded by then.",
    )
