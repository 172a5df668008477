"""The sources side by side on the Data page, and the choice of one.

Twenty cards cannot be read at a glance, so a table says in a line each what stands worst, and one card what is
known of the source a reader chooses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import provenance as words
from dashboard.credit import Credit
from dashboard.parts import to_naive
from dashboard.provenance.parts import ROW_PIXELS
from dashboard.takeaway import show_table
from dashboard.view import View


def show_overview(sources: pd.DataFrame, view: View) -> None:
    """Every source in a line, the worst first: its state, age, size and what is known to be wrong."""
    instant = to_naive(view.instant)
    order = list(words.STATES)
    rows = sorted(
        sources.to_dict("records"),
        key=lambda s: (order.index(words.judge_source(s, instant)), not s["required"], s["title"].lower()),
    )
    shown = pd.DataFrame(
        [
            {
                "title": s["title"],
                "state": words.STATES[words.judge_source(s, instant)],
                "age": words.count_age(newest, instant) if (newest := words.to_instant(s["newest_at"])) else None,
                "cadence_days": s["cadence_days"],
                "facts": s["facts"],
                "unresolved_rows": s["unresolved_rows"],
                "quarantined": s["quarantined"],
                "flags": s["flags"],
                "licence_id": s["licence_id"],
            }
            for s in rows
        ]
    )
    number = st.column_config.NumberColumn
    show_table(
        shown,
        view,
        "sources",
        Credit((), (words.AGE_RULE,)),
        "Sources, the worst state first",
        height=ROW_PIXELS * (len(shown) + 1) + 3,
        columns={
            "title": st.column_config.TextColumn("Source", width=225),
            "state": st.column_config.TextColumn("State", width=105),
            "age": number("Age, days", width=80),
            "cadence_days": number("Read every, days", width=80),
            "facts": number("Facts", format="localized", width=80),
            "unresolved_rows": number("Rows of no model", format="localized", width=80),
            "quarantined": number("Refused", format="localized", width=80),
            "flags": number("Flags", format="localized", width=80),
            "licence_id": st.column_config.TextColumn("Licence", width=100),
        },
    )


def choose_source(sources: pd.DataFrame, view: View) -> Mapping[Any, Any]:
    """The source a reader asks about, by address or choice; at first the worst of the required ones."""
    instant = to_naive(view.instant)
    rows = {str(s["source_id"]): s for s in sources.to_dict("records")}
    order = list(words.STATES)
    worst = min(rows, key=lambda i: (not rows[i]["required"], order.index(words.judge_source(rows[i], instant)), i))
    # Bound by hand: an address names the source's id, where a bound list would write its title.
    asked = st.query_params.get("source", worst)
    first = list(rows).index(asked if asked in rows else worst)
    chosen = st.selectbox("All that is known of", list(rows), index=first, format_func=lambda i: rows[i]["title"])
    if chosen != asked:
        st.query_params["source"] = chosen
    return rows[chosen]
