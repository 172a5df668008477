"""Blocks of the Adoption page: clock, what is missing, derivatives, table.

Widgets only: what they say was worked out by the rules in dashboard/adoption.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import adoption as rules
from dashboard import takeaway
from dashboard.adoption import charts as charts
from dashboard.adoption import words as words
from dashboard.adoption.table import link_models, list_changes
from dashboard.capability import SUBJECTS
from dashboard.change import Track
from dashboard.credit import Credit
from dashboard.formats import format_date
from dashboard.memo import keep
from dashboard.methods import tell_rule
from dashboard.parts import escape, show_empty
from dashboard.peers import Baseline, Readings
from dashboard.rows import Row
from dashboard.view import View, name_as_of

TABLE_HEIGHT = 460
CAVEAT = (
    "A download is a request for a file: automated builds and repeated checks count, cached use does not. The count "
    "rolls over 30 days, so it is neither a daily flow nor a total."
)


def ask_clock() -> bool:
    """Whether time runs from each model's release."""
    chosen = st.segmented_control(
        "Clock",
        list(rules.CLOCKS),
        default=rules.CLOCKS[0],
        required=True,
        key="clock",
        bind="query-params",
        help="Days since release set every model's start at the same place; models of unknown release are left out.",
    )
    return chosen == rules.CLOCKS[1]


def show_changes(
    readings: Mapping[str, Readings],
    chosen: Sequence[str],
    newest: Sequence[Row],
    labels: Mapping[str, str],
    baseline: Baseline | None,
    credit: Credit,
    view: View,
) -> None:
    """Each chosen model's change beside the peers', or why there is none to show."""
    st.subheader(words.head_changes(baseline), anchor=False, help=tell_rule(rules.FINDING_RULE))
    if baseline is None:
        show_empty(
            "No two days are known on which both gpt-oss models, with full 30-day counts, and a peer were read.",
            words.REMEDY,
        )
        return
    names = {row["model_id"]: (labels[row["model_id"]], row["access"]) for row in newest}
    draw = partial(charts.draw_changes, readings, chosen, names, baseline)
    chart = keep(draw, "adoption: changes", view.file, view.as_of, tuple(chosen))
    absent = charts.explain_absent(readings, chosen, labels, baseline)
    st.markdown(escape(words.write_change_rule(baseline, chart.log_x)))
    notes = words.list_change_notes(baseline, absent)
    takeaway.show_figure(
        chart,
        view,
        "changes",
        Credit(credit.sources, notes),
        lambda: list_changes(readings, chosen, labels, baseline),
        legend="gpt-oss in colour; band: the middle half of the peers; level line: their median.",
    )


def show_missing(track: Track, view: View) -> None:
    """What is missing of gpt-oss's count, and the commands that fill it; nothing where nothing is."""
    if missing := rules.write_missing(track, view.instant):
        show_empty(missing, rules.write_remedy(track, view.instant))


def show_derivatives(derivatives: Sequence[Row], listings: Sequence[Row], credit: Credit, view: View) -> None:
    """What is built on gpt-oss, by relation, once a base's derivatives were listed; else what to do."""
    st.subheader("What is built on it", anchor=False, help=tell_rule(rules.DERIVED_RULE))
    mine = [row for row in listings if row["base_repo_id"] in SUBJECTS]
    listed = {row["base_repo_id"] for row in mine}
    drawn = [row for row in derivatives if row["base_repo_id"] in listed]
    if not drawn:
        known = sum(row["repos"] for row in derivatives)
        chance = f" {known} are known from other lists, too few to count by." if known else ""
        show_empty(
            f"The derivatives of gpt-oss have not been listed yet.{chance}",
            f"{rules.REFRESH} lists them, and records the relation of each to its base.",
        )
        return
    st.markdown(rules.DERIVED_RULE)
    spans = [_word_listing(row) for row in mine]
    local = any(row["is_local"] for row in mine)
    keys = {row["base_repo_id"]: str(row["payload_key"]) for row in mine}
    table = pd.DataFrame(drawn).assign(
        payload_key=[keys[row["base_repo_id"]] for row in drawn], redistributable="no" if local else "yes"
    )
    takeaway.show_figure(
        charts.draw_derivatives(drawn), view, "derivatives", Credit(credit.sources, tuple(spans)), lambda: table
    )


def show_table(table: pd.DataFrame, credit: Credit, view: View) -> None:
    """One row a model, each with the way to the reading it stands on; columns nothing was recorded for are left out."""
    as_of = name_as_of(view.as_of) if view.as_of else ""
    shown = keep(partial(link_models, table, as_of), "adoption: table shown", view.file, as_of, view.instant.date())
    height = min(TABLE_HEIGHT, 35 * (len(shown) + 1) + 3)
    title = f"Downloads and likes of {len(shown)} tracked models"
    takeaway.show_table(shown, view, "models_table", credit, title, columns=_configure(), height=height, exported=table)


def _configure() -> Mapping[str, Any]:
    number, day = st.column_config.NumberColumn, st.column_config.DateColumn
    return {
        "model": st.column_config.TextColumn("Model", pinned=True),
        "downloads_30d": number("30-day downloads", format="localized"),
        "read_on": day("Read on"),
        "age_days": number("Age, days"),
        "change_pct": number(
            "Change",
            format="%+.0f %%",
            help="Since the first day with a full 30-day count on which a peer was read too.",
        ),
        "since": day("Since"),
        "peers_median_change_pct": number("Peers' median", format="%+.0f %%", help="Over the same days."),
        "peers": number("Peers"),
        "likes": number("Likes", format="localized"),
        "downloads_all_time": number("All-time downloads", format="localized"),
        "days_to_million": number(
            "Days to 1 M", help="First day read at a million downloads of all time, at the latest."
        ),
        "released_on": day("Released"),
        "access": "Access",
        "recorded_by": "Read by",
        "licence_of_reading": st.column_config.TextColumn("Licence of reading"),
        "source": st.column_config.LinkColumn("Where from", display_text="payload", help="Opens Data."),
        "rights": st.column_config.TextColumn("Rights", help="Local only: not to be passed on."),
    }


def _word_listing(row: Row) -> str:
    """From when to when a base's derivatives were listed, and whether the last list is whole."""
    first, last = (at.date() if isinstance(at, datetime) else at for at in (row["first_at"], row["last_at"]))
    span = format_date(last) if first == last else f"{format_date(first)} to {format_date(last)}"
    state = "" if row["is_complete"] else ", the last list broke off and is partial"
    return f"{SUBJECTS[row['base_repo_id']]} listed {span}{state}"
