"""Widgets of the page Claims and events: a card a claim, with its tests.

They are apart so that the page reads top to bottom. They compute nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import claims as rules
from dashboard.credit import Credit
from dashboard.formats import format_date
from dashboard.memo import read_rows
from dashboard.parts import escape
from dashboard.queries.claims import read_headline
from dashboard.rows import Row
from dashboard.takeaway import show_table
from dashboard.view import View

_ROW_PIXELS = 35
_MEANINGS = {
    "test": "What the number is of",
    "number": "The number with its interval, or why there is none",
    "speaks": "Whether it speaks for the claim, against it, or neither way",
    "rule": "The thresholds at which it speaks",
    "why": "Why the test is about the claim",
    "day": "The day the number speaks of",
    "told_by": "What the number rests on",
    "measure_id": "The measure",
    "definition_id": "Under which definition",
    "subject": "Of what",
    "value": "The number",
    "low": "Lower end of its interval",
    "high": "Upper end of its interval",
    "unit": "Its unit",
    "reason_absent": "Why there is no number",
    "inputs": "Payload keys it comes from",
}


def show_claim(claim: Row, tests: Sequence[Row], view: View) -> None:
    """One claim: its verdict first, then the reason, then everything behind it folded away."""
    colour, icon = rules.BADGES[claim["verdict"]]
    with st.container(border=True):
        left, right = st.columns([1, 5], vertical_alignment="center")
        left.badge(claim["verdict"], icon=icon, color=colour)  # type: ignore[arg-type]
        right.markdown(f"**{escape(claim['claim'])}**  \n:small[{escape(claim['reason'] + _word_confidence(claim))}]")
        st.markdown("\n".join(f"- :small[{rules.write_line(test, escape)}]" for test in tests))
        with st.expander("Rule, numbers and what would turn it"):
            st.markdown(f"**What would turn it.** {escape(claim['flips'])}")
            show_table(
                tabulate(tests),
                view,
                f"claim_{claim['claim_id']}",
                Credit(
                    (), ("Our measures over the sources named on the page Data", "each test's payloads in the file")
                ),
                claim["claim"],
                height=_ROW_PIXELS * (len(tests) + 1) + 2,
                exported=export(tests),
                rule=rules.RULE,
                meanings=_MEANINGS,
                columns={
                    "test": st.column_config.TextColumn("Test", pinned=True),
                    "number": st.column_config.TextColumn("Number", width="medium"),
                    "speaks": "Speaks",
                    "rule": st.column_config.TextColumn("Rule", width="medium"),
                    "day": st.column_config.DateColumn("Day"),
                    "told_by": "Rests on",
                    "why": st.column_config.TextColumn("Why this test", width="large"),
                },
            )


def show_holds(view: View, headline_id: str) -> None:
    """Beside a headline: what it is asked as, and whether it holds under other definitions; nothing where unknown."""
    rows = read_rows(read_headline, view.file, view.as_of, headline_id)
    if words := rules.write_holds(rows):
        measured = f" As measured on {format_date(rows[0]['as_of'].date())}." if view.as_of else ""
        st.markdown(f":small[:gray[{escape(f'{rules.write_asked(rows)} {words}{measured}')}]]")


def tabulate(tests: Sequence[Row]) -> pd.DataFrame:
    """The tests of a claim as they are shown."""
    return pd.DataFrame(
        {
            "test": [t["says"] for t in tests],
            "number": [rules.write_number(t) for t in tests],
            "speaks": [rules.SPEAKS[t["speaks"]] for t in tests],
            "rule": [t["rule"] for t in tests],
            "day": pd.Series([t["day"] for t in tests], dtype="object"),
            "told_by": [t["told_by"] or "" for t in tests],
            "why": [t["why"] for t in tests],
        }
    )


def export(tests: Sequence[Row]) -> pd.DataFrame:
    """The tests of a claim as a download has them: those that rest on what may not be passed on are kept here."""
    columns = (
        "says",
        "why",
        "measure_id",
        "definition_id",
        "subject",
        "rule",
        "speaks",
        "value",
        "low",
        "high",
        "unit",
    )
    also = ("day", "told_by", "reason_absent", "inputs")
    frame = pd.DataFrame([{c: t[c] for c in (*columns, *also)} for t in tests])
    return frame.assign(redistributable=["no" if t["is_local"] else "yes" for t in tests])


def _word_confidence(claim: Row) -> str:
    return "" if claim["confidence"] == "none" else f" Confidence: {claim['confidence']}."
