"""The page's tables: grades beside each other, and what leaves with a download.

The table to read has a row a dimension and a column a system, gpt-oss first; a grade is a word and a mark, and its
ground repeats it, so that nothing is told by colour alone. The table to take away has a row a grade.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from pandas.io.formats.style import Styler

from dashboard.charts import shorten
from dashboard.formats import format_points
from dashboard.openness import name_dimension, order_dimensions
from dashboard.rows import Row
from dashboard.theme import Mode, tokens, with_alpha

MARKS = {"open": "● open", "partial": "◐ partial", "closed": "○ closed"}
_SHADES = {"● open": 0.30, "◐ partial": 0.13}
DIMENSION, SUM = "Dimension", "Sum"
_NAME_LIMIT = 24
MEANINGS = {
    "system": "System, as the index names it",
    "dimension": "What is graded, as the index names it",
    "grade": "open, partial or closed, as the index has it",
    "value": "1 for open, 0.5 for partial, 0 for closed",
    "criteria": "Id of the edition's set of dimensions: grades under two sets are not compared",
    "edition": "Day on which this state of the index was first read",
    "disclosed": "Indicators the developer was found to disclose",
    "asked": "Indicators of the edition",
    "incidents": "Incidents that happened in the month, as entered by the reading",
    "is_partial": "Whether incidents of the month are still being entered",
    "topic": "Which incidents are counted",
}


def show_grades(grades: Sequence[Row], focus: Row, rivals: Sequence[Row]) -> pd.DataFrame:
    """A row a dimension, a column a system, gpt-oss first, and the sum in the last row."""
    systems = [focus, *rivals]
    found = {(row["name_raw"], row["dimension"]): row["grade"] for row in grades}
    dimensions = order_dimensions([row["dimension"] for row in grades if row["name_raw"] == focus["name_raw"]])
    columns: dict[str, list[str]] = {DIMENSION: [*map(name_dimension, dimensions), SUM]}
    for system in systems:
        cells = [MARKS.get(found.get((system["name_raw"], d), ""), "not graded") for d in dimensions]
        columns[_name_column(system["name_raw"], columns)] = [*cells, format_points(system["total"])]
    return pd.DataFrame(columns)


def _name_column(name: str, taken: dict[str, list[str]]) -> str:
    short, n = shorten(name, _NAME_LIMIT), 2
    unique = short
    while unique in taken:
        unique, n = f"{short} ({n})", n + 1
    return unique


def shade_grades(table: pd.DataFrame, mode: Mode) -> Styler:
    """The table with a ground to each grade: the accent for gpt-oss, grey for the rest, stronger the more open."""
    theme = tokens(mode)
    focus = table.columns[1]

    def shade(column: pd.Series[str]) -> list[str]:
        colour = theme.accent if column.name == focus else theme.line
        return [
            f"background-color: {with_alpha(colour, _SHADES[cell])}; color: {theme.ink}"
            if cell in _SHADES and column.name != DIMENSION
            else f"color: {theme.ink if column.name == DIMENSION or not cell.startswith('○') else theme.mute}"
            for cell in column
        ]

    return table.style.apply(shade, axis=0)


def tabulate_grades(grades: Sequence[Row]) -> pd.DataFrame:
    """One row a grade."""
    return pd.DataFrame(
        [
            {
                "system": row["name_raw"],
                "edition": row["edition"],
                "criteria": row["criteria"],
                "dimension": row["dimension"],
                "grade": row["grade"],
                "value": row["value"],
                "licence": row["licence_id"],
                "redistributable": row["redistributable"],
                "payload_key": str(row["payload_key"]),
                "row_no": row["row_no"],
            }
            for row in grades
        ]
    )


def tabulate_transparency(rows: Sequence[Row]) -> pd.DataFrame:
    """One row a developer and edition."""
    return pd.DataFrame([{**row, "payload_key": str(row["payload_key"])} for row in rows])


def tabulate_incidents(rows: Sequence[Row]) -> pd.DataFrame:
    """One row a topic and month."""
    return pd.DataFrame([{**row, "payload_key": str(row["payload_key"])} for row in rows])
