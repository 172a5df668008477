"""Widgets of the Capability page: its controls and its table.

They are apart so that the page reads top to bottom. Every control is bound to the address under the label
a reader sees, and its default stays out of it. They compute nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from dashboard import capability
from dashboard.capability import OPEN_WORDS, SUBJECTS, Edition, Measure, list_measures
from dashboard.capability.reading import Board, Reading
from dashboard.capability.tables import MEANINGS
from dashboard.credit import Credit
from dashboard.definitions import OpenRule
from dashboard.memo import derive, keep
from dashboard.queries import Identity
from dashboard.queries.capability import read_boards
from dashboard.takeaway import show_table
from dashboard.view import View

TABLE_HEIGHT = 460


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader chose; `picked` are entries, empty for the ten by rule."""

    edition: Edition
    subject: str
    rule: OpenRule
    picked: Sequence[str]


def ask_measure(file: Identity) -> Measure:
    """Which board the page is about, of all that `queries.read_boards` gives."""
    measures = keep(lambda: list_measures(read_boards(file)), "capability: measures", file)
    chosen = st.selectbox(
        "Measure",
        list(measures),
        format_func=lambda key: measures[key].label,
        key="measure",
        bind="query-params",
        width=420,
        help="Epoch's index joins results of many benchmarks; Arena ratings are votes on chat answers, as "
        "given (text) or corrected for length and layout (style control). Below them single benchmarks by "
        "domain, those that rate gpt-oss first. Boards are never joined.",
    )
    return measures[chosen or "epoch"]


def ask_choice(board: Board) -> Choice:
    """Edition, subject, openness and models, of a board that has an edition."""
    newest_first = list(reversed(board.editions))
    columns = st.columns([3, 3, 3, 5], vertical_alignment="bottom")
    with columns[0]:
        edition = st.selectbox(
            "Edition",
            newest_first,
            newest_first.index(board.newest),
            format_func=lambda e: e.label,
            key="edition",
            bind="query-params",
            help="Models are compared within one edition. A partial one gives values, never counts.",
        )
    rated = board.by_edition[edition]
    subjects = derive(_list_subjects, rated)
    with columns[1]:
        subject = st.selectbox(
            "Beside",
            subjects,
            format_func=lambda s: SUBJECTS[s],
            key="subject",
            bind="query-params",
            help="The gpt-oss models this edition rates.",
        )
    with columns[2]:
        rule = st.selectbox(
            "Open means",
            list(OPEN_WORDS),
            format_func=lambda r: OPEN_WORDS[r],
            key="open",
            bind="query-params",
            help="Weights whose licence allows commercial use, with or without conditions; any published "
            "weights; or only those free of conditions on use. Unknown is unknown, not closed.",
        )
    labels = derive(_label, rated)
    with columns[3]:
        picked = st.multiselect(
            "Models",
            list(labels),
            format_func=lambda entry: labels.get(entry, entry),
            key="models",
            bind="query-params",
            placeholder="The ten by rule, or choose your own",
            select_all=False,
            help=capability.DEFAULT_RULE,
        )
    return Choice(edition, subject or subjects[0], rule, picked)


def _label(rated: pd.DataFrame) -> dict[str, str]:
    return dict(zip(rated["entry"], rated["label"], strict=True))


def _list_subjects(rated: pd.DataFrame) -> list[str]:
    return [s for s in SUBJECTS if (rated["model_id"] == s).any()] or list(SUBJECTS)[:1]


def show_entries(reading: Reading, edition: Edition, measure: Measure, credit: Credit, view: View) -> None:
    """Every entry of the edition, each with the way to its payload."""
    number = "%.3f" if measure.unit.startswith("share") else "%.2f"
    show_table(
        reading.entries,
        view,
        re.sub(r"\W+", "_", f"{measure.board}_entries").lower(),
        replace(credit, notes=(*credit.notes, f"{len(reading.table):,} entries")),
        f"All {len(reading.table)} entries of {measure.title}, edition of {edition.label}",
        height=TABLE_HEIGHT,
        exported=reading.table,
        meanings=MEANINGS,
        columns={
            "model": st.column_config.TextColumn("Model", pinned=True),
            "value": st.column_config.NumberColumn("Value", format=number),
            "low": st.column_config.NumberColumn("Low", format=number),
            "high": st.column_config.NumberColumn("High", format=number),
            "n": st.column_config.NumberColumn("Votes" if measure.source_id == "lmarena" else "n", format="localized"),
            "access": "Access",
            "released_on": st.column_config.DateColumn("Released"),
            "difference": st.column_config.NumberColumn("Difference", format=f"%+{number[1:]}"),
            "verdict": "Against gpt-oss",
            "clearly_ahead_since": st.column_config.DateColumn("Clearly ahead since"),
            "configuration": "Configuration",
            "name_at_source": "Name at source",
            "source": st.column_config.LinkColumn("Where from", display_text="payload", help="Opens Data."),
            "rights": st.column_config.TextColumn("Rights", help="Local only: not to be passed on."),
        },
    )
