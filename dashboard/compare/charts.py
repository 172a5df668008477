"""The charts of the Compare page: a board with intervals, bars of one day.

Pure: rules in, chart specifications out. A chart holds one edition of one series, or one day; what was read on
another day is in the table and never beside these bars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dashboard.capability import ACCESS_WORDS, is_hollow, name_side
from dashboard.charts import Bars, Row, Unit, Whiskers
from dashboard.compare import Result, Shared, compare_results
from dashboard.compare.words import Names, choose_decimals, format_difference, name_board, word_config
from dashboard.definitions import SMALLER, SUBJECT, OpenRule
from dashboard.formats import format_date
from dashboard.rows import Row as Reading
from dashboard.theme import Access

RULE: OpenRule = "commercial"
# Three decimals: floors below ten cents differ in the third.
USD = Unit(prefix="$", decimals=3)
COUNT = Unit(compact=True)


def draw_board(shared: Shared, base: str, names: Names, access: Mapping[str, str], every: bool) -> Whiskers:
    """One board of one edition, best first, the base's band behind, and the verdict beside it on each other."""
    anchor = shared.find(base)
    rows, reference = [], None
    for result in shared.select(every):
        kind = access.get(result.model_id, "unknown")
        notes, verdict = [ACCESS_WORDS.get(kind, kind)], ""
        if anchor is not None and result is not anchor:
            told = compare_results(result, anchor, shared.higher_is_better)
            notes.append(f"{format_difference(told.difference, shared.unit)} beside {names[base]}")
            verdict = told.verdict or ""
        row = Row(
            label_result(result, names),
            result.value,
            result.low,
            result.high,
            choose_access(result.model_id, access),
            verdict,
            is_hollow(kind, RULE),
            ", ".join(notes),
        )
        rows.append(row)
        reference = row if result is anchor else reference
    title = f"{name_board(shared)}, edition of {format_date(shared.edition)}"
    return Whiskers(rows, Unit(decimals=choose_decimals(shared.unit)), reference, title=title)


def draw_bars(
    rows: Sequence[Reading], column: str, unit: Unit, title: str, names: Names, access: Mapping[str, str], highest: bool
) -> Bars:
    """One column of what was read of each model on one day, best first; the page says which day."""
    known = sorted(
        (r for r in rows if r[column] is not None), key=lambda r: (r[column], r["model_id"]), reverse=highest
    )
    bars = [
        Row(
            names[r["model_id"]],
            float(r[column]),
            access=choose_access(r["model_id"], access),
            hollow=is_hollow(access.get(r["model_id"], "unknown"), RULE),
            note=ACCESS_WORDS.get(access.get(r["model_id"], "unknown"), ""),
        )
        for r in known
    ]
    return Bars(bars, unit, title=title)


def label_result(result: Result, names: Names) -> str:
    """A model with its configuration, where one is stated."""
    config = word_config(result.config)
    return f"{names[result.model_id]} ({config})" if config else names[result.model_id]


def choose_access(model_id: str, access: Mapping[str, str]) -> Access:
    """The accent for gpt-oss, else the side of its weights."""
    return "focus" if model_id in (SUBJECT, SMALLER) else name_side(access.get(model_id, "unknown"), RULE)
