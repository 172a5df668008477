"""Capability: how capable is gpt-oss beside other models, and over time?

Top to bottom: finding, controls, three charts, the table. The finding stands above the controls it obeys,
so its place is kept and filled once they are read.
"""

from __future__ import annotations

import streamlit as st

from dashboard import capability as rules
from dashboard import parts
from dashboard.capability import charts as charts
from dashboard.capability import words as words
from dashboard.capability.parts import ask_choice, ask_measure, show_entries
from dashboard.capability.reading import draw_public, list_history, read_board, read_choice
from dashboard.capability.tables import MEANINGS
from dashboard.claims.parts import show_holds
from dashboard.credit import Credit
from dashboard.definitions import SUBJECT
from dashboard.memo import derive
from dashboard.methods import link_methods, tell_rule
from dashboard.queries import read_change_days, read_source_credits
from dashboard.takeaway import show_figure
from dashboard.view import name_as_of, open_view

view = open_view()
if parts.show_problem(view):
    st.stop()
banner, headline = st.container(), st.container()
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    measure = ask_measure(view.file)
    parts.show_as_of(view, read_change_days(view.file))
board = read_board(view.file, view.as_of, measure)
if not board.editions:
    with banner:
        parts.show_as_of_banner(view, 0, 0)
    headline.title("No edition had been recorded", anchor=False, help=tell_rule(words.FINDING_RULE, "clearly_ahead"))
    parts.show_empty(f"Nothing is known of {measure.of} here.", f"`landscape refresh {measure.source_id}` reads it.")
    st.stop()

choice = ask_choice(board)
edition, subject, rule = choice.edition, choice.subject, choice.rule
name = rules.SUBJECTS[subject]
as_of = name_as_of(view.as_of) if view.as_of else ""
reading = read_choice(board, edition, subject, rule, choice.picked, as_of)
rated, chosen = reading.rated, reading.chosen

with banner:
    later = int((rated["recorded_at"] > parts.to_naive(view.as_of)).sum()) if view.as_of else 0
    parts.show_as_of_banner(view, len(rated), later)
with headline:
    st.title(reading.finding, anchor=False, help=tell_rule(words.FINDING_RULE, "clearly_ahead"))
    for detail in reading.details:
        st.markdown(detail)
    if measure.source_id == "epoch_eci" and subject == SUBJECT:
        show_holds(view, "overview_ahead")
        show_holds(view, "capability_gap")
    st.markdown(link_methods(view, "clearly_ahead", definitions=True))

interval = derive(words.write_interval, rated)
source = (read_source_credits(view.file)[measure.source_id],)
stamp = f"edition of {edition.label}"

st.subheader("By release date", anchor=False, help=tell_rule(words.FRONTIER_RULE))
st.markdown(
    f"{measure.title} of each model on the day it came out: :green[{name}], :blue[best proprietary (solid)], "
    ":orange[best open (dashed)]; hollow: weights this definition of open does not count."
    if edition.is_complete
    else f"{measure.title} of each model on the day it came out, :green[{name}] with its band. "
    "A partial edition sets no frontier, so none is drawn."
)
if measure.unit:
    st.caption(f"Unit: {measure.unit}; {'lower' if measure.lower else 'higher'} is better.")
show_figure(
    reading.drawn["by_release"],
    view,
    "by_release",
    Credit(source, (stamp, derive(words.write_undated, rated, charts.SHOWN_FROM), f"band: {interval}")),
    lambda: reading.table,
    legend=words.write_legend(edition, name),
    public_chart=lambda: draw_public(board, reading, edition, subject, rule)["by_release"],
    meanings=MEANINGS,
)

history = words.write_history_rule(measure, board.editions)
st.subheader("Over time", anchor=False, help=tell_rule(history))
st.markdown(history)
drawn = f"n = {words.count_drawn(reading.drawn['over_time'])} of {len(chosen)} chosen models"
show_figure(
    reading.drawn["over_time"],
    view,
    "over_time",
    Credit(source, (words.write_span(board.editions), drawn, "whiskers where an interval was published")),
    lambda: list_history(board, reading),
    legend=words.LINE_LEGEND,
    public_chart=lambda: draw_public(board, reading, edition, subject, rule)["over_time"],
    meanings=MEANINGS,
)

verdict = words.write_verdict_rule(board.editions, edition)
st.subheader(
    f"Who is clearly ahead of {name}" if edition.intervals else f"Beside {name}",
    anchor=False,
    help=tell_rule(verdict, "clearly_ahead"),
)
st.markdown(verdict)
for lead, names in reading.ahead:
    st.markdown(f"**{lead}**, open: :orange[{parts.escape(names)}]")
show_figure(
    reading.drawn["ahead"],
    view,
    "ahead",
    Credit(source, (stamp, f"n = {len(reading.compared)} of {len(rated)}", f"whiskers and band: {interval}")),
    lambda: rules.tabulate(reading.compared, reading.now, reading.since),
    legend=words.LINE_LEGEND,
    public_chart=lambda: draw_public(board, reading, edition, subject, rule)["ahead"],
    meanings=MEANINGS,
)

st.subheader("Every model in this edition", anchor=False, help=tell_rule(words.ENTRIES_RULE))
show_entries(reading, edition, measure, Credit(source, (stamp,)), view)
