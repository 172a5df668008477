"""Widgets of the page Openness and events: its tables and the timeline's control.

They are apart so that the page reads top to bottom. The control is bound to the address under the label a reader
sees, and its default stays out of it. They compute nothing.
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
from dashboard.openness.events import (
    FIRST_KINDS,
    KINDS,
    MEANINGS,
    NEWEST_SHOWN,
    choose_events,
    head_events,
    tabulate,
    write_line,
    write_vague,
)
from dashboard.parts import escape
from dashboard.rows import Row
from dashboard.takeaway import show_table
from dashboard.view import View

EVENTS_CREDIT = Credit((), ("Events kept by hand, each with its own source", "titles and days, no text of theirs"))
_ROW_PIXELS, _MOST_PIXELS = 35, 560


def show_grades(grades: Sequence[Row], focus: Row, rivals: Sequence[Row], view: View, credit: Credit) -> None:
    """The grades of gpt-oss beside those of its rivals."""
    table = tables.show_grades(grades, focus, rivals)
    show_table(
        tables.shade_grades(table, view.mode),
        view,
        "openness_grades",
        credit,
        words.head_grades(focus, rivals),
        height=min(_MOST_PIXELS, _ROW_PIXELS * (len(table) + 1) + 3),
        exported=tables.tabulate_grades(grades),
        rule=words.GRADES_RULE,
        meanings=tables.MEANINGS,
        columns={tables.DIMENSION: st.column_config.TextColumn(tables.DIMENSION, pinned=True)},
    )


def show_timeline(events: Sequence[Row], view: View) -> None:
    """Events of the kinds chosen: the newest as a list with their sources, all of them as a table."""
    today = view.instant.date()
    names = {words_of: kind for kind, words_of in KINDS.items()}
    place = st.container()
    chosen_names = st.pills(
        "Kinds of events",
        list(names),
        selection_mode="multi",
        default=[KINDS[kind] for kind in FIRST_KINDS],
        key="kinds",
        bind="query-params",
    )
    chosen = choose_events(events, {names[n] for n in chosen_names}, today, is_past=view.as_of is not None)
    known = choose_events(events, set(KINDS), today, is_past=view.as_of is not None)
    with place:
        st.subheader(escape(head_events(chosen, len(known), today)), anchor=False)
        if chosen:
            st.markdown(escape(write_vague(chosen)))
    if not chosen:
        st.info("No event of these kinds is known by then. Choose another kind.", icon=":material/inbox:")
        return
    st.markdown("\n".join(write_line(event, today) for event in chosen[:NEWEST_SHOWN]))
    if len(chosen) > NEWEST_SHOWN:
        st.caption(f"The newest {NEWEST_SHOWN} of {len(chosen)}; the table has them all.")
    _show_events(tabulate(chosen, today), view)


def _show_events(table: pd.DataFrame, view: View) -> None:
    show_table(
        table.drop(columns=["is_to_come", "models", "source_url"]),
        view,
        "events",
        EVENTS_CREDIT,
        "Dated events",
        height=min(_MOST_PIXELS, _ROW_PIXELS * (len(table) + 1) + 3),
        exported=table,
        rule="Events to the day as their sources have them; where a day is less certain, the precision says why.",
        meanings=MEANINGS,
        columns={
            "happened_on": st.column_config.DateColumn("Day", pinned=True),
            "precision": st.column_config.TextColumn("Known", help="How the day is known."),
            "title": st.column_config.TextColumn("Event", width="large"),
            "kind": "Kind",
            "source": st.column_config.TextColumn("Source", help="A download has the whole address."),
        },
    )


def show_disagreements(frame: pd.DataFrame, view: View, credit: Credit) -> None:
    """Where sources disagree about a model, and whom the catalogue believes."""
    show_table(
        frame.drop(columns=["model_id", "tracked"]),
        view,
        "disagreements",
        credit,
        "Where sources disagree about a model",
        height=min(_MOST_PIXELS, _ROW_PIXELS * (len(frame) + 1) + 3),
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
