"""Claims and events: what is said of gpt-oss, judged; and the release as an event.

Top to bottom: the finding, a card a claim with its verdict, tests and what would turn it, the release as an event, and
the timeline of events.
"""

from __future__ import annotations

import streamlit as st

from dashboard import claims as rules
from dashboard import parts
from dashboard.claims.parts import show_claim
from dashboard.claims.timeline import show_timeline
from dashboard.events_study import show_event_study
from dashboard.formats import format_date
from dashboard.memo import read_rows
from dashboard.methods import link_methods, tell_rule
from dashboard.queries import claims as ask
from dashboard.queries import read_change_days, read_events
from dashboard.queries.methods import read_uses
from dashboard.view import open_view

view = open_view()
if parts.show_problem(view):
    st.stop()
claims = read_rows(ask.read_claims, view.file, view.as_of)
tests = read_rows(ask.read_tests, view.file, view.as_of)
parts.show_as_of_banner(view, len(tests), 0)

st.title(rules.write_finding(claims), anchor=False, help=tell_rule(rules.RULE))
if claims:
    judged_on = format_date(claims[0]["as_of"].date())
    st.markdown(f"{parts.escape(rules.write_tally(claims))} Judged by what was known on {judged_on}.")
    methods = {use["measure_id"]: use["method"] for use in read_rows(read_uses, view.file)}
    behind = {methods[test["measure_id"]] for test in tests if test["measure_id"] in methods}
    st.markdown(link_methods(view, *sorted(behind), definitions=True))
parts.show_as_of(view, read_change_days(view.file))
if not claims:
    parts.show_empty("Nothing had been measured by then.", "Choose a later date.")
for claim in claims:
    show_claim(claim, [test for test in tests if test["claim_id"] == claim["claim_id"]], view)

show_event_study(view)
show_timeline(read_rows(read_events, view.file), view)
