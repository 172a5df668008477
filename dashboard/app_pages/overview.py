"""Overview: how gpt-oss-120b stands, in one sentence, tiles, charts and drivers.

The first screen, by reference to what four sources carry. It computes nothing: what it says is the story that
the brief tells too, and the rules behind it are in dashboard/overview.
"""

from __future__ import annotations

import streamlit as st

from dashboard import parts, queries
from dashboard.claims.parts import show_holds
from dashboard.methods import tell_rule
from dashboard.overview import DEFAULT_CHOICE, HEADLINE_RULE, OPEN_CHOICES
from dashboard.overview.parts import (
    show_drivers,
    show_foot,
    show_frontier,
    show_prices,
    show_status,
    show_tiles,
)
from dashboard.overview.reading import recall_story
from dashboard.view import open_view, read_choice

view = open_view()
if parts.show_problem(view):
    st.stop()
rule = OPEN_CHOICES[read_choice("open", OPEN_CHOICES, DEFAULT_CHOICE)]
story = recall_story(view.file, view.as_of, view.now, rule)
answers = story.answers

show_status(story, view)
parts.show_as_of_banner(view, answers.shown, answers.later)
left_out = f" Left out: {', '.join(story.headline.left_out)}." if story.headline.left_out else ""
st.title(story.headline.text, anchor=False, help=tell_rule(f"{HEADLINE_RULE}{left_out} {story.robustness}"))
st.markdown(parts.escape(story.subline))
show_holds(view, "overview_ahead")
parts.show_as_of(view, queries.read_change_days(view.file))

show_tiles(story)
st.segmented_control(
    "Open means",
    list(OPEN_CHOICES),
    default=DEFAULT_CHOICE,
    required=True,
    key="open",
    bind="query-params",
    help="Whose weights count as open in the headline, the tiles and the charts. " + story.robustness,
)

show_frontier(answers.index, rule, answers.events, answers.credits, view)
show_prices(answers.prices, answers.credits, view)

show_drivers(story, view)
show_foot(story, view)
