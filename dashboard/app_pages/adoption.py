"""Adoption and use: is gpt-oss used, and more than its rivals?

Top to bottom: finding, what is missing, controls, downloads over time, change beside the peers, likes, tokens
through OpenRouter, pulls from Ollama, what is built on it, attention, the table. It computes nothing: rules are in
dashboard/adoption and dashboard/peers.
"""

from __future__ import annotations

import streamlit as st

from dashboard import adoption as rules
from dashboard import parts, takeaway
from dashboard.adoption import charts as charts
from dashboard.adoption import parts as blocks
from dashboard.adoption import table as table
from dashboard.adoption import use as use
from dashboard.adoption import words as words
from dashboard.change import read_track
from dashboard.claims.parts import show_holds
from dashboard.credit import Credit
from dashboard.memo import keep, read_rows
from dashboard.methods import link_methods, tell_rule
from dashboard.model_search import ask_models, label_models
from dashboard.peers import FULL_ON, choose_peers, find_baseline
from dashboard.queries import adoption as ask
from dashboard.queries import read_change_days, read_source_credits
from dashboard.queries.models import read_first_ten, read_rated
from dashboard.queries.overview import read_downloads
from dashboard.view import open_view

view = open_view()
if parts.show_problem(view):
    st.stop()
asked = (view.file, view.as_of)
newest, readings = read_rows(ask.read_newest, *asked), ask.read_readings(*asked)
downloads = read_rows(read_downloads, *asked)
track = read_track(downloads, "total", FULL_ON)
baseline = find_baseline(track, choose_peers(readings)) if track.points else None
hub = Credit((read_source_credits(view.file).get("hf_hub", "Hugging Face Hub"),))

rows, later = ask.count_rows_recorded_later(view.file, view.as_of) if view.as_of else (0, 0)
parts.show_as_of_banner(view, rows, later)
st.title(
    rules.write_finding(downloads, track, baseline, view.instant), anchor=False, help=tell_rule(rules.FINDING_RULE)
)
details = rules.list_details(track, baseline, rules.find_place(readings, downloads))
st.markdown("  \n".join(parts.escape(detail) for detail in details))
show_holds(view, "adoption_behind_peers")
show_holds(view, "adoption_concentrated")
st.markdown(link_methods(view, definitions=True))
blocks.show_missing(track, view)
if not newest:
    parts.show_as_of(view, read_change_days(view.file))
    parts.show_empty("No download count of a tracked model is known here.", words.REMEDY)
    use.show_routed(view)
    use.show_pulls(view)
    use.show_attention(view)
    st.stop()

known = keep(lambda: label_models(read_rated(view.file, tracked=True)), "adoption: labels", view.file)
labels = rules.name_models(newest, known)
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    by_release = blocks.ask_clock()
    parts.show_as_of(view, read_change_days(view.file))
first = rules.choose_models(newest, read_first_ten(*asked))
chosen = rules.keep_subjects(list(ask_models(labels, first, note=rules.DEFAULT_RULE)), labels)
counts = read_rows(ask.read_counts, *asked, chosen)

st.subheader("Downloads in 30 days", anchor=False, help=tell_rule(blocks.CAVEAT))
key = (*asked, tuple(chosen), by_release)
shown = keep(lambda: charts.draw_counts(counts, labels, by_release), "adoption: counts", *key)
st.markdown(words.write_legend(shown))
credit = Credit(hub.sources, words.list_count_notes(counts, labels, by_release))
# What a licence keeps here is on the page and not in a picture of it.
free = [row for row in counts if row["redistributable"] != "no"]
takeaway.show_figure(
    shown,
    view,
    "downloads",
    credit,
    lambda: table.list_readings(counts, labels, "downloads"),
    legend=words.write_plain_legend(shown),
    public_chart=lambda: charts.draw_counts(free, labels, by_release),
)
st.caption(parts.escape(blocks.CAVEAT))

blocks.show_changes(readings, chosen, newest, labels, baseline, hub, view)

st.subheader("Likes", anchor=False, help=tell_rule(rules.LIKES_RULE))
liked = keep(lambda: charts.draw_likes(counts, labels, by_release), "adoption: likes", *key)
credit = Credit(hub.sources, words.list_like_notes(counts, labels, by_release))
takeaway.show_figure(
    liked,
    view,
    "likes",
    credit,
    lambda: table.list_readings(counts, labels, "likes"),
    legend=words.write_plain_legend(liked),
    public_chart=lambda: charts.draw_likes(free, labels, by_release),
)

use.show_routed(view)
use.show_pulls(view)

blocks.show_derivatives(read_rows(ask.read_derivatives, *asked), read_rows(ask.read_listings, *asked), hub, view)

use.show_attention(view)

st.subheader("Every tracked model", anchor=False, help=tell_rule(rules.TABLE_RULE))
dated = (*asked, view.instant.date())
compared = keep(
    lambda: table.tabulate(newest, labels, ask.read_comparisons(*asked), view.instant), "adoption: table", *dated
)
blocks.show_table(compared, Credit(hub.sources, words.list_table_notes(newest)), view)
