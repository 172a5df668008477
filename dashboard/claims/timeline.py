"""The timeline of dated events: a list a year with their sources, and a table.

It is apart so that the page reads top to bottom. Its control is bound to the address under the label a reader sees,
and its default stays out of it. It computes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.claims.events import (
    FIRST_KINDS,
    KINDS,
    MEANINGS,
    MOST_A_YEAR,
    choose_events,
    group_years,
    head_events,
    tabulate,
    write_line,
    write_vague,
)
from dashboard.credit import Credit
from dashboard.definitions import RELEASED_ON
from dashboard.methods import tell_rule
from dashboard.parts import escape, show_empty
from dashboard.rows import Row
from dashboard.takeaway import show_table
from dashboard.view import View

EVENTS_CREDIT = Credit((), ("Events kept by hand, each with its own source", "titles and days, no text of theirs"))
_RULE = "Events to the day as their sources have them; where a day is less certain, the precision says why."
_ROW_PIXELS, _MOST_PIXELS = 33, 480  # a row at the theme's font size


def show_timeline(events: Sequence[Row], view: View) -> None:
    """Events of the kinds chosen: a list a year with their sources, that of the release unfolded, and a table."""
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
        st.subheader(escape(head_events(chosen, len(known), today)), anchor=False, help=tell_rule(_RULE))
        if chosen:
            st.markdown(escape(write_vague(chosen)))
    if not chosen:
        show_empty("No event of these kinds is known by then.", "Choose another kind.")
        return
    for year, of_year in group_years(chosen).items():
        label = f"{year}: {len(of_year)} event{'' if len(of_year) == 1 else 's'}"
        with st.expander(label, expanded=year == RELEASED_ON.year):
            st.markdown("\n".join(write_line(event, today) for event in of_year[:MOST_A_YEAR]))
            if len(of_year) > MOST_A_YEAR:
                st.caption(f"The newest {MOST_A_YEAR} of them; the table has them all.")
    with st.expander(f"All {len(chosen)} as a table" if len(chosen) > 1 else "As a table", icon=":material/table:"):
        _show_events(tabulate(chosen, today), view)


def _show_events(table: pd.DataFrame, view: View) -> None:
    show_table(
        table.drop(columns=["is_to_come", "models", "source_url"]),
        view,
        "events",
        EVENTS_CREDIT,
        "Dated events",
        height=min(_MOST_PIXELS, _ROW_PIXELS * (len(table) + 1) + 2),
        exported=table,
        rule=_RULE,
        meanings=MEANINGS,
        columns={
            "happened_on": st.column_config.DateColumn("Day", pinned=True),
            "precision": st.column_config.TextColumn("Known", help="How the day is known."),
            "title": st.column_config.TextColumn("Event", width="large"),
            "kind": "Kind",
            "source": st.column_config.TextColumn("Source", help="A download has the whole address."),
        },
    )
