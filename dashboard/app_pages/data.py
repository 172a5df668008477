"""Data: can I trust this, and which payload says that?

Top to bottom: finding, the payload an address asks for, a line per source, all that is known of one, the search from
a number to its payload, editions, and how names were matched.
"""

from __future__ import annotations

import streamlit as st

from dashboard import parts
from dashboard import provenance as words
from dashboard.methods import link_methods, tell_rule
from dashboard.provenance.overview import choose_source, show_overview
from dashboard.provenance.parts import show_editions, show_names, show_payload, show_search, show_source
from dashboard.queries import read_change_days
from dashboard.queries.data import read_holdings, read_sources
from dashboard.view import open_view

view = open_view()
if parts.show_problem(view):
    st.stop()
sources = read_sources(view.file, view.as_of)
holdings = read_holdings(view.file, view.as_of)
ids = list(sources["source_id"])

parts.show_as_of_banner(view, int(holdings["facts"].sum()), int(holdings["later"].sum()))
st.title(words.write_finding(sources, parts.to_naive(view.instant)), anchor=False, help=tell_rule(words.AGE_RULE))
st.markdown(
    "Each number leads to the payload it was read from: its address, its time and its hash. "
    + words.write_bodies(read_sources(view.file, None))
)
st.markdown(link_methods(view))
parts.show_as_of(view, read_change_days(view.file))

asked = words.read_integer(st.query_params.get("payload"))
if asked is not None:
    st.header("The payload you asked for", anchor=False, help=words.PAYLOAD_RULE)
    show_payload(asked, words.read_integer(st.query_params.get("row")), view)
elif st.query_params.get("payload"):
    parts.show_empty("The address names no payload.", "A key is a whole number; look the figure up below.")

st.header("Sources", anchor=False, help=words.AGE_RULE)
show_overview(sources, view)
show_source(choose_source(sources, view), view)

st.header("From a number to its payload", anchor=False, help=words.SEARCH_RULE)
show_search(view, ids)

st.header("Editions", anchor=False, help=words.EDITIONS_RULE)
show_editions(view)

st.header("How names were matched", anchor=False, help=words.NAMES_RULE)
show_names(view, ids)
