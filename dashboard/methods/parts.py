"""Widgets of the Methods page: contents, words, definitions, figures.

Words come from the measures' own docstrings and the registry, shown as they are: escaped, with what stands between
backticks as code. They compute nothing.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import methods as at
from dashboard.credit import Credit
from dashboard.formats import format_date
from dashboard.methods import words as words
from dashboard.methods.tables import MEANINGS, list_measures, list_methods, tabulate_figures
from dashboard.parts import escape, quote_address, show_empty
from dashboard.rows import Row
from dashboard.takeaway import show_table
from dashboard.view import View, name_as_of

_CODE = re.compile(r"`([^`\n]+)`|(https?://[^\s,;)]*[^\s,;).])")
_INDENT = "    "  # As ingest/method_notes.py keeps what is set off.
# Streamlit fits a table of up to so many rows by itself.
_FITTING, _MOST_PIXELS = 10, 480
# A line of prose is read up to this width.
PROSE_PIXELS = 860
_WHOLE_UNITS = ("models", "downloads", "tokens", "providers", "days")


def write_words(text: str) -> str:
    """A text of ours as Markdown that shows it: code and addresses as code, everything else escaped."""
    told, place = [], 0
    for found in _CODE.finditer(text):
        told += [_escape_between(text[place : found.start()]), quote_address(found[1] or found[2])]
        place = found.end()
    return "".join([*told, _escape_between(text[place:])])


def _escape_between(text: str) -> str:
    """Escaped, with a blank at either end kept: what follows may be code."""
    inner = escape(text)
    return f"{' ' if text[:1].isspace() else ''}{inner}{' ' if inner and text[-1:].isspace() else ''}"


def show_contents(methods: Sequence[Row]) -> None:
    """A list of links: the measures by title, then the page's other parts."""
    titles = {row["measure"]: row["title"] for row in methods}
    lines = [f"- [{write_words(title)}](#{at.make_anchor(name)})" for name, title in titles.items()]
    parts = {
        at.DEFINITIONS: "One number, many definitions",
        at.FIGURES: "What a measure says under each definition",
        at.BENCHMARKS: "Benchmarks and their units",
        at.NOT_HERE: "What is not here",
    }
    lines += [f"- [{title}](#{anchor})" for anchor, title in parts.items()]
    st.markdown("\n".join(lines))


def show_method(rows: Sequence[Row], uses: Sequence[Row]) -> None:
    """One measure: its title, why it exists, then each part under its label, and what it gives."""
    first = rows[0]
    st.subheader(write_words(first["title"]), anchor=at.make_anchor(first["measure"]))
    for row in rows:
        label = "" if row["part"] == "why" else f"**{row['part'].capitalize()}:** "
        for block in (row["text"] or words.MISSING).split("\n\n"):
            if block.startswith(_INDENT):
                st.code(textwrap.dedent(block), language=None, wrap_lines=True)
            else:
                st.markdown(label + "  \n".join(map(write_words, block.split("\n"))))
            label = ""
    module = f"ingest/measures/{first['measure']}.py, version {first['method_version']}"
    named = ", ".join(name.replace("_", " ") for name in list_measures(uses, first["measure"]))
    st.markdown(f":small[:gray[{escape(module + (f'; gives {named}' if named else ''))}]]")


def show_definitions(definitions: Sequence[Row], uses: Sequence[Row]) -> None:
    """Every dimension with its options in words, and the measures that tell them apart."""
    dimensions = list(dict.fromkeys(row["dimension"] for row in definitions))
    ordered = sorted(dimensions, key=lambda d: d not in words.FIRST_DIMENSIONS)
    for dimension in ordered:
        rows = [row for row in definitions if row["dimension"] == dimension]
        head = next(row for row in rows if row["option"] is None)
        used = list_methods(uses, dimension)
        links = ", ".join(f"[{escape(name.replace('_', ' '))}](#{at.make_anchor(name)})" for name in used)
        lines = [f"**{write_words(head['name'])}** `{dimension}` {write_words(head['meaning'])}"]
        lines += [f"- {quote_address(r['option'])} {write_words(r['meaning'])}" for r in rows if r["option"]]
        tail = f":small[:gray[Told apart in] {links}]" if links else ":small[:gray[No measure tells it apart yet.]]"
        st.markdown("\n".join([lines[0], *([""] if len(lines) > 1 else []), *lines[1:], "", tail]))


def ask_measure(measure_ids: Sequence[str]) -> str:
    """The measure whose figures are shown; its words stand in the address."""
    by_words = {name.replace("_", " "): name for name in measure_ids}
    first = "clearly ahead open"
    chosen = st.selectbox(
        "Measure",
        list(by_words),
        index=list(by_words).index(first) if first in by_words else 0,
        key="measure",
        bind="query-params",
        help="Every measure that was worked out at the last refresh. Type to search.",
    )
    return by_words[chosen] if chosen in by_words else measure_ids[0]


def show_figures(figures: Sequence[Row], measure: str, credits: Mapping[str, str], view: View) -> None:
    """What a measure says under each definition: one sentence on how far they are apart, and the table."""
    if not figures:
        show_empty("Nothing had been measured by then.", "Choose a later date.")
        return
    st.markdown(escape(words.write_spread(figures)))
    frame = tabulate_figures(figures, name_as_of(view.as_of) if view.as_of else "")
    sources = sorted({source for row in figures for source in row["source_ids"]})
    measured = max(row["measured_at"] for row in figures)
    number = st.column_config.NumberColumn
    style = (
        "localized"
        if figures[0]["unit"] in _WHOLE_UNITS
        else "%.4f"
        if figures[0]["unit"] in ("share", "share_difference")
        else "%.2f"
    )
    show_table(
        frame.drop(columns=["payload_key", "redistributable"]).dropna(axis="columns", how="all"),
        view,
        "figures",
        Credit(
            tuple(credits.get(source, source) for source in sources),
            (f"measured as of {format_date(measured.date())}", f"method version {figures[0]['method_version']}"),
        ),
        f"{measure.replace('_', ' ')} under each definition",
        columns={
            "about": st.column_config.TextColumn("About", pinned=True),
            "value": number("Value", format=style),
            "low": number("Low", format=style),
            "high": number("High", format=style),
            "unit": st.column_config.TextColumn("Unit"),
            "day": st.column_config.DateColumn("Day"),
            "told_by": st.column_config.TextColumn("Rests on"),
            "reason_absent": st.column_config.TextColumn("Why there is none"),
            "source": st.column_config.LinkColumn("Where from", display_text="payload", help="Opens Data."),
            "measured_at": st.column_config.DateColumn("Measured as of"),
            "method_version": st.column_config.TextColumn("Method"),
        },
        height=_MOST_PIXELS if len(frame) > _FITTING else None,
        exported=frame.drop(columns=["source"]),
        rule=words.FIGURES_RULE,
        meanings=MEANINGS,
    )


def show_benchmarks(benchmarks: pd.DataFrame, view: View) -> None:
    """The registry of benchmarks as a table."""
    show_table(
        benchmarks,
        view,
        "benchmarks",
        Credit((), (f"{len(benchmarks)} benchmarks", "data/benchmarks.toml")),
        "Benchmarks and their units",
        columns={
            "benchmark": st.column_config.TextColumn("Benchmark", pinned=True),
            "domain": st.column_config.TextColumn("Domain"),
            "unit": st.column_config.TextColumn("Unit"),
            "higher_is_better": st.column_config.CheckboxColumn("Higher is better"),
            "floor": st.column_config.NumberColumn("Floor", help="What chance, or nothing, scores."),
            "ceiling": st.column_config.NumberColumn("Ceiling"),
            "private": st.column_config.CheckboxColumn("Private"),
            "upstream": st.column_config.TextColumn("Terms of its results"),
        },
        height=_MOST_PIXELS,
        rule=words.BENCHMARKS_RULE,
    )


def show_not_here(off: Sequence[str]) -> None:
    """What is left out and why, then what is read only when named."""
    st.markdown("\n".join(f"- **{name}**: {escape(why)}" for name, why in words.NOT_HERE.items()))
    if off:
        st.markdown(f"Read only when named, and never passed on: {escape('; '.join(off))}.")
