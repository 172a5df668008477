"""Who is clearly ahead of gpt-oss: how many models, open and closed.

A place on a board says nothing of how sure it is: two models a point apart may be one. So only those are counted
whose lead is larger than what is not known of both.

Definition: model B is clearly ahead of model A when the difference of their values exceeds 1.96 standard errors of the
difference. Both stand in one edition of one series, the newest complete one; a partial edition counts nobody.
clearly_ahead_open and clearly_ahead_closed count the models ahead by what open means, clearly_ahead_unknown_access
those of unknown licence; rated_open and rated_closed are of how many. released=until_2025-08-05 counts those that were
out when gpt-oss came out.

Formula: B is ahead of A when

    B - A > 1.96 * sqrt(se_A^2 + se_B^2)
    se = (high - low) / 3.29 for a 90 % interval, (high - low) / 3.92 for a 95 % one

An anchor that pins the scale has a standard error of zero.

Inputs: views editions, scores and comparisons (Epoch's index, Arena's text board, overall); access and release day of
a model by the catalogue.

Limits: the two estimates are taken as independent, which is conservative for an index fitted jointly. An edition
without intervals has no answer, and says so. Access and release days are today's, whatever the instant.

Source: two-sided z test for a difference of independent estimates: N. Schenker and J. F. Gentleman, "On judging the
significance of differences by examining the overlap between confidence intervals", The American Statistician 55, 2001.

Versions: 1 (2026-11-23): first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from ingest.measures import RELEASED_ON, SUBJECTS, MeasureRow

METHOD_VERSION = "1"
SOURCES = ("epoch_eci", "lmarena")
SERIES = {"epoch_eci": "epoch_eci/eci/overall/", "arena_text": "lmarena/text/overall/"}
OPEN_RULES = {
    "commercial": frozenset({"commercial_weights", "restricted_commercial_weights"}),
    "any_weights": frozenset({"commercial_weights", "restricted_commercial_weights", "noncommercial_weights"}),
    "osi_style": frozenset({"commercial_weights"}),
}
NAMES = ("rated_open", "clearly_ahead_open", "rated_closed", "clearly_ahead_closed", "clearly_ahead_unknown_access")

_EDITIONS = """
    select e.series_id, e.edition, e.payload_key, count(s.low) as intervals
    from (from editions where is_complete and board in ('eci', 'text') and category = 'overall'
          qualify row_number() over (partition by source_id, board order by edition desc) = 1) e
    join scores s
        on s.series_id = e.series_id and s.edition = e.edition and s.published_on is not distinct from e.published_on
    where s.is_listed
    group by all"""

_RIVALS = """
    select c.subject, c.access, c.released_on, c.verdict = 'clearly ahead'
    from comparisons c where c.series_id = ? and c.edition = ?"""


@dataclass(frozen=True, slots=True)
class _Edition:
    """The newest complete edition of an index and, per subject, (access, release date, clearly ahead?)."""

    day: date
    payload_key: int
    has_intervals: bool
    rivals: dict[str, list[tuple[str, date | None, bool]]]


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """Counts per index, subject, openness rule and release window, under the cursor's as-of."""
    editions = _read_editions(con)
    for index, prefix in SERIES.items():
        newest = next((e for series, e in editions.items() if series.startswith(prefix)), None)
        for subject in SUBJECTS:
            reason = _find_reason_absent(newest, subject)
            for rule, classes in OPEN_RULES.items():
                for window, latest in (("any", date.max), (f"until_{RELEASED_ON}", RELEASED_ON)):
                    definition = f"index={index};open={rule};released={window}"
                    if newest is None or reason:
                        for name in NAMES:
                            yield MeasureRow(
                                name,
                                definition,
                                subject,
                                "models",
                                newest.day if newest else None,
                                reason_absent=reason,
                            )
                    else:
                        yield from _count(newest, subject, classes, latest, definition)


def _read_editions(con: duckdb.DuckDBPyConnection) -> dict[str, _Edition]:
    found = {}
    for series_id, day, key, intervals in con.execute(_EDITIONS).fetchall():
        rivals: dict[str, list[tuple[str, date | None, bool]]] = {}
        for subject, access, released_on, is_ahead in con.execute(_RIVALS, [series_id, day]).fetchall():
            rivals.setdefault(subject, []).append((access, released_on, bool(is_ahead)))
        found[series_id] = _Edition(day, key, intervals > 0, rivals)
    return found


def _find_reason_absent(newest: _Edition | None, subject: str) -> str | None:
    if newest is None:
        return "No complete edition had been recorded."
    if subject not in newest.rivals:
        return f"The edition of {newest.day} does not rate this model."
    return None if newest.has_intervals else f"The edition of {newest.day} publishes no intervals."


def _count(
    newest: _Edition, subject: str, classes: frozenset[str], latest: date, definition: str
) -> Iterator[MeasureRow]:
    rivals = [r for r in newest.rivals[subject] if latest == date.max or (r[1] is not None and r[1] <= latest)]
    is_open = [ahead for access, _, ahead in rivals if access in classes]
    is_closed = [ahead for access, _, ahead in rivals if access == "proprietary"]
    unknown = sum(ahead for access, _, ahead in rivals if access == "unknown")
    values = (len(is_open), sum(is_open), len(is_closed), sum(is_closed), unknown)
    for name, value in zip(NAMES, values, strict=True):
        yield MeasureRow(name, definition, subject, "models", newest.day, float(value), inputs=(newest.payload_key,))
