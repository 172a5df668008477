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
from dashboard.capability.parts import ask_choice, ask_measure, select_edition, show_entries
from dashboard.capability.tables import MEANINGS, tabulate_history
from dashboard.credit import Credit
from dashboard.memo import keep
from dashboard.provenance import drop_local
from dashboard.queries import read_change_days, read_events, read_source_credits
from dashboard.queries.capability import read_editions, read_median_prices, read_ratings, read_verdicts
from dashboard.takeaway import show_figure
from dashboard.view import open_view

view = open_view()
if parts.show_problem(view):
    st.stop()
banner, headline = st.container(), st.container()
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    measure = ask_measure()
    parts.show_as_of(view, read_change_days(view.file))
board = (view.file, view.as_of, measure.source_id, measure.board)
editions = rules.list_editions(read_editions(*board))
if not editions:
    with banner:
        parts.show_as_of_banner(view, 0, 0)
    headline.title("No edition had been recorded", anchor=False)
    parts.show_empty(f"Nothing is known of {measure.of} here.", f"`landscape refresh {measure.source_id}` reads it.")
    st.stop()

ratings = keep(lambda: rules.label_entries(read_ratings(*board)), "capability: ratings", *board)
choice = ask_choice(editions, ratings)
edition, subject, rule = choice.edition, choice.subject, choice.rule
name = rules.SUBJECTS[subject]
rated = select_edition(ratings, edition)
judged = (*board, subject)
verdicts = keep(lambda: rules.label_entries(read_verdicts(*judged)), "capability: verdicts", *judged)
now = rules.select_verdicts(verdicts, edition)
complete = rules.choose_edition(editions) or edition
basis = rated if edition.is_complete else select_edition(ratings, complete)
ten = rules.choose_default(basis, read_median_prices(view.file, view.as_of), rule)
own = list(rated.loc[rated["model_id"] == subject, "entry"])
labels = dict(zip(ratings["entry"], ratings["label"], strict=True))
chosen = [e for e in dict.fromkeys([*own, *(choice.picked or ten)]) if e in labels]
since = rules.find_ahead_since(verdicts, edition)

with banner:
    later = int((rated["recorded_at"] > parts.to_naive(view.instant)).sum())
    parts.show_as_of_banner(view, len(rated), later)
with headline:
    silence = words.explain_silence(edition, name, bool(own), measure)
    standing = rules.count_standing(now, rule)
    st.title(silence or words.write_finding(standing, name, measure), anchor=False)
    if not silence:
        st.markdown(words.write_detail(standing, edition))
    elif last := words.write_last_verdict(verdicts, editions, edition, rule, name):
        st.markdown(last)

source = (read_source_credits(view.file)[measure.source_id],)
stamp = f"edition of {edition.label}"
# What every chart and the table depend on, so that a rerun that changes none of it draws nothing anew.
key = ("capability", *board, edition, subject, rule, tuple(chosen))
table = keep(lambda: rules.tabulate(rated, now, since), "table", *key)
free, free_ratings = drop_local(rated), drop_local(ratings)
events = charts.choose_events(read_events(view.file), rated, chosen)

st.subheader("By release date", anchor=False)
st.markdown(
    f"{measure.title} of each model on the day it came out: :green[{name}], :blue[best proprietary (solid)], "
    ":orange[best open (dashed)]; hollow: weights this definition of open does not count."
    if edition.is_complete
    else f"{measure.title} of each model on the day it came out, :green[{name}] with its band. "
    "A partial edition sets no frontier, so none is drawn."
)
show_figure(
    keep(lambda: charts.draw_releases(rated, edition, subject, rule, measure, events), "by release", *key),
    view,
    "by_release",
    Credit(source, (stamp, words.write_undated(rated, charts.SHOWN_FROM), f"band: {words.write_interval(rated)}")),
    lambda: table,
    legend=words.write_legend(edition, name),
    public_chart=lambda: charts.draw_releases(free, edition, subject, rule, measure, events),
    meanings=MEANINGS,
)

st.subheader("Over time", anchor=False)
st.markdown(words.write_history_rule(measure, editions))
shown = keep(lambda: charts.draw_history(ratings, editions, chosen, labels, rule, measure, events), "over time", *key)
drawn = f"n = {len(shown.series)} of {len(chosen)} chosen models"
show_figure(
    shown,
    view,
    "over_time",
    Credit(source, (words.write_span(editions), drawn, "whiskers where an interval was published")),
    lambda: tabulate_history(ratings, editions, chosen, labels),
    legend=words.LINE_LEGEND,
    public_chart=lambda: charts.draw_history(free_ratings, editions, chosen, labels, rule, measure, events),
    meanings=MEANINGS,
)

st.subheader(f"Who is clearly ahead of {name}", anchor=False)
st.markdown(words.write_verdict_rule(editions, edition))
for lead, names in words.write_ahead(now, since, rule):
    st.markdown(f"**{lead}**, open: :orange[{parts.escape(names)}]")
compared = rated[rated["entry"].isin(rules.choose_compared(rated, chosen, own[0] if own else ""))]
whiskers = f"whiskers and band: {words.write_interval(rated)}"
show_figure(
    keep(lambda: charts.draw_comparison(compared, now, subject, since, rule, measure), "ahead", *key),
    view,
    "ahead",
    Credit(source, (stamp, f"n = {len(compared)} of {len(rated)}", whiskers)),
    lambda: rules.tabulate(compared, now, since),
    legend=words.LINE_LEGEND,
    public_chart=lambda: charts.draw_comparison(drop_local(compared), now, subject, since, rule, measure),
    meanings=MEANINGS,
)

st.subheader("Every model in this edition", anchor=False)
show_entries(table, edition, measure, Credit(source, (stamp,)), view)
