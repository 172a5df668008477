"""The capability index as Epoch publishes it, with the interval it states.

No single benchmark places models of every year on one scale; this index does, and it is the headline for what
gpt-oss can do. It is repeated here per model so that every other number about capability can be held against it.

Definition: the value and the interval of each model in the newest complete edition known. An edition is the day on
which the publisher's file was first seen, because every update refits the whole past. A partial edition stands beside
it (edition=partial) for gpt-oss alone, where it is newer. capability_index_width is the width of gpt-oss's interval, a
row of its own, so that an edition without intervals says so.

Formula: none of ours. The scale is the publisher's: Claude 3.5 Sonnet = 130 and GPT-5 = 150, which therefore have no
interval; the others' is from the 5th to the 95th percentile of bootstrap refits, where the edition states one.

Inputs: the board `eci` of Epoch's eci_scores.csv or of the zip that held it before.

Limits: two values are comparable within one edition only. A model with results on fewer than four benchmarks is not
rated, so gpt-oss-20b is missing from every complete edition before the autumn of 2026. Results are mostly of the best
reasoning effort each publisher tried, not of one setting.

Source: Epoch AI, "Epoch Capabilities Index", 2025, published online at epoch.ai; its method after A. Ho, J.-S. Denain,
D. Atanasov, S. Albanie and R. Shah, "A Rosetta Stone for AI Benchmarks", arXiv 2512.00193, 2025.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from ingest.measures import SUBJECTS, MeasureRow, define

METHOD_VERSION = "1"
SOURCES = ("epoch_eci",)
_INDEX = define(index="epoch_eci")
_PARTIAL = define(index="epoch_eci", edition="partial")
_ANCHORS = ("Claude 3.5 Sonnet", "GPT-5")

_EDITIONS = """
    select edition, is_complete from editions
    where source_id = 'epoch_eci' and board = 'eci' order by edition desc, is_complete desc"""

_RATED = """
    select s.name_raw, s.model_id, s.value, s.low, s.high, s.payload_key
    from scores s
    where s.source_id = 'epoch_eci' and s.board = 'eci' and s.edition = ? and s.is_listed and s.value is not null
    order by s.name_raw"""


@dataclass(frozen=True, slots=True)
class _Rated:
    """A model's place in one edition."""

    subject: str
    name: str
    value: float
    low: float | None
    high: float | None
    payload_key: int


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """Published values of the newest complete edition, and of a newer partial one for gpt-oss."""
    editions = con.execute(_EDITIONS).fetchall()
    newest = next((day for day, is_complete in editions if is_complete), None)
    rated = _read_rated(con, newest) if newest else []
    for r in rated:
        yield _state("capability_index", _INDEX, newest, r)
    found = {r.subject: r for r in rated}
    for subject in SUBJECTS:
        reason = _find_reason_absent(newest, subject, found)
        if subject not in found:
            yield MeasureRow("capability_index", _INDEX, subject, "points", newest, reason_absent=reason)
        yield _measure_width(subject, newest, found.get(subject), reason)
    partial = next((day for day, is_complete in editions if not is_complete and (newest is None or day > newest)), None)
    if partial is not None:
        for r in _read_rated(con, partial):
            if r.subject in SUBJECTS:
                yield _state("capability_index", _PARTIAL, partial, r)


def _read_rated(con: duckdb.DuckDBPyConnection, edition: date) -> list[_Rated]:
    """A model's id names it, unless two names of one edition share it: then each name stands for itself."""
    rows = con.execute(_RATED, [edition]).fetchall()
    ids = [row[1] for row in rows]
    return [
        _Rated(model_id if model_id and ids.count(model_id) == 1 else name, name, value, low, high, int(key))
        for name, model_id, value, low, high, key in rows
    ]


def _state(measure_id: str, definition: str, day: date | None, r: _Rated) -> MeasureRow:
    told = f"Rated as {r.name} in the edition of {day}"
    if r.low is None:
        told += "; an anchor of the scale" if r.name in _ANCHORS else "; no interval published"
    return MeasureRow(
        measure_id, definition, r.subject, "points", day, r.value, r.low, r.high, told_by=told, inputs=(r.payload_key,)
    )


def _find_reason_absent(newest: date | None, subject: str, found: dict[str, _Rated]) -> str:
    if newest is None:
        return "No complete edition of the index had been recorded."
    if subject not in found:
        return f"The edition of {newest} does not rate this model."
    return f"The edition of {newest} publishes no interval for this model."


def _measure_width(subject: str, day: date | None, r: _Rated | None, reason: str) -> MeasureRow:
    if r is None or r.low is None or r.high is None:
        keys = (r.payload_key,) if r else ()
        return MeasureRow("capability_index_width", _INDEX, subject, "points", day, reason_absent=reason, inputs=keys)
    return MeasureRow(
        "capability_index_width", _INDEX, subject, "points", day, round(r.high - r.low, 4), inputs=(r.payload_key,)
    )
