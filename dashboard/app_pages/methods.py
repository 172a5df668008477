"""Methods: how was this number made, and would it hold under another definition?

Top to bottom: finding, contents, every measure in its own words, the definitions, what a measure says under each of
them, benchmarks and their units, what is not here. The words are the measures' docstrings, read at publish.
"""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from dashboard import methods as at
from dashboard import parts
from dashboard.memo import read_rows
from dashboard.methods import words as words
from dashboard.methods.parts import (
    PROSE_PIXELS,
    ask_measure,
    show_benchmarks,
    show_contents,
    show_definitions,
    show_figures,
    show_method,
    show_not_here,
)
from dashboard.queries import methods as ask
from dashboard.queries import read_change_days, read_source_credits
from dashboard.view import open_view

view = open_view()
if parts.show_problem(view):
    st.stop()
banner = st.container()
methods = read_rows(ask.read_methods, view.file)
uses = read_rows(ask.read_uses, view.file)

st.title(words.write_finding(methods), anchor=False, help=words.HEADLINE_RULE)
st.markdown(
    "Read from the code that works them out, as it was when this data was published: today's rules, whatever the date."
)
parts.show_as_of(view, read_change_days(view.file))
with st.container(width=PROSE_PIXELS):
    show_contents(methods)
    for _, rows in groupby(methods, key=lambda row: row["measure"]):
        show_method(list(rows), uses)
    st.header("One number, many definitions", anchor=at.DEFINITIONS, help=words.DEFINITIONS_RULE)
    st.markdown(words.DEFINITIONS_LEAD)
    show_definitions(read_rows(ask.read_definitions, view.file), uses)

st.header("What a measure says under each definition", anchor=at.FIGURES, help=words.FIGURES_RULE)
measure = ask_measure(sorted({use["measure_id"] for use in uses}))
figures = read_rows(ask.read_figures, view.file, view.as_of, measure)
with banner:
    later = sum(bool(row["recorded_at"] and row["recorded_at"] > parts.to_naive(view.instant)) for row in figures)
    parts.show_as_of_banner(view, len(figures), later)
show_figures(figures, measure, read_source_credits(view.file), view)

st.header("Benchmarks and their units", anchor=at.BENCHMARKS, help=words.BENCHMARKS_RULE)
show_benchmarks(ask.read_benchmarks(view.file), view)

st.header("What is not here", anchor=at.NOT_HERE, help=words.NOT_HERE_RULE)
with st.container(width=PROSE_PIXELS):
    show_not_here(ask.list_off(view.file))
