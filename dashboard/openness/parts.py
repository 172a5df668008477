"""Widgets of the page Openness: its tables.

They are apart so that the page reads top to bottom. They compute nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st

from dashboard.credit import Credit
from dashboard.formats import format_date
from dashboard.openness import tables as tables
from dashboard.openness import words as words
from dashboard.rows import Row
from dashboard.takeaway import show_table
from dashboard.view import View

_ROW_PIXELS, _MOST_PIXELS = 33, 480  # a row at the theme's font size


def show_grades(grades: Sequence[Row], focus: Row, rivals: Sequence[Row], view: View, credit: Credit) -> None:
    """The grades of gpt-oss beside those of its rivals."""
    table = tables.show_grades(grades, focus, rivals)
    show_table(
        tables.shade_grades(table, view.mode),
        view,
        "openness_grades",
        credit,
        words.head_grades(focus, rivals),
        height=_ROW_PIXELS * (len(table) + 1) + 2,
        exported=tables.tabulate_grades(grades),
        rule=words.GRADES_RULE,
        meanings=tables.MEANINGS,
        columns={tables.DIMENSION: st.column_config.TextColumn(tables.DIMENSION, pinned=True)},
    )


def show_disagreements(frame: pd.DataFrame, view: View, credit: Credit) -> None:
    """Where sources disagree about a model, and whom the catalogue believes."""
    show_table(
        frame.drop(columns=["model_id", "tracked", "redistributable"]),
        view,
        "disagreements",
        credit,
        "Where sources disagree about a model",
        height=min(_MOST_PIXELS, _ROW_PIXELS * (len(frame) + 1) + 2),
        exported=frame,
        rule="Curated first, with its reason; then in the order of precedence. Sizes within 5 % agree.",
        meanings={
            "attribute": "What is stated of the model",
            "chosen_value": "What is shown",
            "chosen_source_id": "Who says so",
            "why": "Why that one is believed",
            "others": "What the others say",
            "tracked": "Whether the model is of the tracked cohort",
        },
        columns={
            "name": st.column_config.TextColumn("Model", pinned=True),
            "attribute": "About",
            "chosen_value": "Shown",
            "chosen_source_id": "Said by",
            "why": st.column_config.TextColumn("Why", width="medium"),
            "others": st.column_config.TextColumn("Others say", width="large"),
        },
    )


def word_edition(day: date, systems: int) -> str:
    """The edition of the index, as a source line has it."""
    return f"edition first read on {format_date(day)}, {systems} system{'' if systems == 1 else 's'}"
