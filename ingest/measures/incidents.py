"""Incidents on record: how many name gpt-oss, and OpenAI's share before and after.

Misuse cannot be counted; recorded incidents can. They are context for a claim and never its proof: what is not
reported is not on the list, and a report needs someone who knows which model was used.

Definition: incidents of the AI Incident Database by month of the incident: those whose text names gpt-oss since the
release, and the share of all incidents in which OpenAI is a named developer, over the twelve whole months before the
release month and over the whole months since.

Formula: share = incidents with OpenAI as developer / all incidents; interval: Wilson score, 95 %.

Inputs: view counters (source aiid, metric aiid_incidents), without months marked partial; the month of the release is
in neither period.

Limits: incidents are added months after they happened, so the last months always look low; a developer is named where
reporters name one; open weights can be misused by people who name nobody. This is no rate of misuse.

Source: Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
Statistical Association 22, 1927; AI Incident Database, McGregor 2021, "Preventing Repeated Real World AI Failures by
Cataloging Incidents".

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import duckdb

from ingest.measures import RELEASED_ON, MeasureRow, define
from ingest.stats.wilson import compute_wilson

METHOD_VERSION = "1"
SOURCES = ("aiid",)
FAMILY, DEVELOPER = "openai/gpt-oss", "openai"
_MONTHS = """
    select day, max(value) filter (name_raw = 'all incidents') as every,
           max(value) filter (name_raw = 'OpenAI as developer') as by_openai,
           max(value) filter (name_raw = 'mentions gpt-oss') as naming, max(payload_key) as payload_key
    from counters where source_id = 'aiid' and metric = 'aiid_incidents' and not list_contains(flags, 'partial')
    group by day order by day"""
_Month = tuple[date, float, float, float, int]


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """A count of incidents that name gpt-oss, and OpenAI's share in either period."""
    release = RELEASED_ON.replace(day=1)
    months: list[_Month] = [row for row in con.execute(_MONTHS).fetchall() if row[1] is not None]
    since = [m for m in months if m[0] > release]
    naming = define(index="aiid", period="after")
    if not since:
        reason = (
            "No list of incidents had been recorded."
            if not months
            else (f"The list ends with {months[-1][0]:%Y-%m}, before a whole month since the release.")
        )
        yield MeasureRow("incidents_naming", naming, FAMILY, "incidents", reason_absent=reason)
    else:
        yield MeasureRow(
            "incidents_naming",
            naming,
            FAMILY,
            "incidents",
            since[-1][0],
            float(sum(m[3] or 0 for m in since)),
            told_by=f"{sum(m[1] for m in since):,.0f} incidents of {len(since)} months",
            inputs=(since[-1][4],),
        )
    first = release.replace(year=release.year - 1)
    for period, chosen in (("before", [m for m in months if first <= m[0] < release]), ("after", since)):
        yield _share(define(index="aiid", period=period), chosen)


def _share(definition: str, months: Sequence[_Month]) -> MeasureRow:
    every = sum(m[1] for m in months)
    if not every:
        reason = "No incident of a whole month in this period had been recorded."
        return MeasureRow("incidents_share", definition, DEVELOPER, "share", reason_absent=reason)
    hits = sum(m[2] or 0 for m in months)
    low, high = compute_wilson(int(hits), int(every))
    told_by = f"{hits:,.0f} of {every:,.0f} incidents in {len(months)} months"
    return MeasureRow(
        "incidents_share",
        definition,
        DEVELOPER,
        "share",
        months[-1][0],
        hits / every,
        low,
        high,
        told_by=told_by,
        inputs=(months[-1][4],),
    )
