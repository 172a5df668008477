"""Compare: how do two to six models stand beside each other?

Top to bottom: finding, controls, facts, boards, every shared benchmark, prices, downloads. The finding stands
above the controls it obeys, so its place is kept and filled once they are read.
"""

from __future__ import annotations

import streamlit as st

from dashboard import compare as rules
from dashboard import parts, queries
from dashboard.compare import parts as blocks
from dashboard.compare import words as words
from dashboard.memo import keep, read_rows
from dashboard.methods import link_methods, tell_rule
from dashboard.model_search import label_models
from dashboard.queries import compare as ask
from dashboard.queries import models as registry
from dashboard.queries.capability import read_median_prices
from dashboard.queries.overview import read_index_edition
from dashboard.view import open_view

view = open_view()
if parts.show_problem(view):
    st.stop()
file, as_of = view.file, view.as_of
banner, headline = st.container(), st.container()
first = keep(
    lambda: rules.choose_first(
        registry.read_first_ten(file, as_of),
        {row["model_id"]: row["access"] for row in read_rows(read_index_edition, file, as_of)},
        read_median_prices(file, as_of),
    ),
    "compare: first",
    file,
    as_of,
)
choice = blocks.ask_choice(
    keep(lambda: label_models(registry.read_rated(file)), "compare: names", file),
    first,
    lambda names: label_models(registry.find_models(file, tuple(names))),
)
parts.show_as_of(view, queries.read_change_days(file))

ids = tuple(choice.names)
rows, later = ask.count_rows_recorded_later(file, as_of, ids) if as_of else (0, 0)
facts = read_rows(ask.read_facts, file, ids)
scores = read_rows(ask.read_scores, file, as_of, ids)
shared = keep(lambda: rules.list_shared(scores), "compare: shared", file, as_of, ids)
judged = keep(lambda: rules.list_shared(scores, with_interval=True), "compare: judged", file, as_of, ids)
prices = read_rows(ask.read_price_days, file, as_of, ids)
downloads = read_rows(ask.read_download_days, file, as_of, ids)

with banner:
    parts.show_as_of_banner(view, rows, later)
with headline:
    finding = words.write_headline(shared, prices, downloads, choice.names)
    told = tell_rule(words.HEADLINE_RULE, "clearly_ahead", "price_floor")
    st.title(parts.escape(finding), anchor=False, help=told)
    st.markdown(parts.escape(words.write_subline(shared, prices, downloads, choice.names)))
    st.markdown(link_methods(view, "clearly_ahead", "price_floor"))
if not ids:
    parts.show_empty("No model is on offer here.", "`landscape refresh` reads the sources.")
    st.stop()

access = {row["model_id"]: row["access"] for row in facts}
stage = blocks.Stage(choice, access, queries.read_source_credits(file), view)
contexts, claims = (read_rows(read, file, as_of, ids) for read in (ask.read_contexts, ask.read_claims))
blocks.show_facts(facts, contexts, claims, stage)
if len(ids) >= rules.LEAST:
    blocks.show_boards(shared, judged, stage)
    blocks.show_benchmarks(shared, stage)
blocks.show_prices(prices, stage)
blocks.show_downloads(downloads, facts, stage)
