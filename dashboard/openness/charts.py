"""Openness's charts: developers by edition of the index, incidents a month.

Pure functions of rows. Editions are rows that nothing joins, as each asks its own questions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboard.charts import Chart, Event, Point, Series, Unit, Whiskers
from dashboard.charts import Row as Line
from dashboard.definitions import RELEASED_ON
from dashboard.openness import ALL_INCIDENTS, BY_OPENAI, list_disclosures
from dashboard.rows import Row
from dashboard.theme import Access

TRANSPARENCY_LEGEND = "Dot: OpenAI. Line: from the developer that disclosed least to the one that disclosed most."
INCIDENTS_LEGEND = "Above: all incidents. Below: those with OpenAI as developer. Hollow: months still being filled."
# Before it the list has a handful a month, and nothing here is compared with it.
INCIDENTS_FROM = date(2023, 1, 1)
_COUNT = Unit(decimals=0)


def draw_transparency(rows: Sequence[Row]) -> Whiskers:
    """A row an edition: OpenAI's dot, and a line from the developer that disclosed least to the one that did most."""
    lines = []
    for one in list_disclosures(rows):
        peers = [row["disclosed"] for row in rows if row["edition"] == one.edition]
        lines.append(
            Line(
                f"{one.edition:%Y}'s {one.asked} questions",
                one.disclosed,
                min(peers),
                max(peers),
                access="closed",
                verdict=f"place {one.place} of {one.developers}",
                note=f"lowest {min(peers)}, highest {max(peers)}",
            )
        )
    return Whiskers(
        rows=lines,
        unit=_COUNT,
        title="Indicators OpenAI disclosed in each edition, and the range of all developers",
        empty_text="No edition of the transparency index that asked OpenAI had been recorded by then.",
    )


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
    named = [Event(e["happened_on"], "PromptLock") for e in events if "PromptLock" in str(e["title"])]
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
