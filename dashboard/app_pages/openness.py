"""Openness: more transparent, and is anyone accountable?

Top to bottom: finding, the grades beside rivals, what developers disclose, incidents as context, and where sources
disagree about a model.
"""

from __future__ import annotations

import streamlit as st

from dashboard import openness as rules
from dashboard import parts
from dashboard.credit import Credit
from dashboard.memo import keep, read_rows
from dashboard.methods import link_methods, tell_rule
from dashboard.openness import charts as charts
from dashboard.openness import tables as tables
from dashboard.openness import words as words
from dashboard.openness.parts import show_disagreements, show_grades, word_edition
from dashboard.queries import openness as ask
from dashboard.queries import read_change_days, read_events, read_source_credits
from dashboard.takeaway import show_figure
from dashboard.view import open_view

view = open_view()
if parts.show_problem(view):
    st.stop()
asked = (view.file, view.as_of)
counts = ask.count_rows_recorded_later(view.file, view.as_of) if view.as_of else (0, 0)
parts.show_as_of_banner(view, *counts)
sources = read_source_credits(view.file)
events = read_rows(read_events, view.file)

later = "Choose a later date." if view.as_of else ""

systems = read_rows(ask.read_systems, *asked)
focus = rules.find_focus(systems)
if focus is None:
    absence = "No grade of gpt-oss's openness had been recorded"
    st.title(absence, anchor=False, help=tell_rule(words.HEADLINE_RULE, "openness_grade"))
    parts.show_as_of(view, read_change_days(view.file))
    parts.show_empty(
        "No edition of the openness index is known here.", later or "`landscape refresh osai_index` reads one."
    )
else:
    rivals = rules.choose_rivals(systems, focus)
    names = (focus["name_raw"], *(row["name_raw"] for row in rivals))
    grades = read_rows(ask.read_grades, *asked, names)
    finding = words.write_finding(focus, systems)
    st.title(parts.escape(finding), anchor=False, help=tell_rule(words.HEADLINE_RULE, "openness_grade"))
    lists = words.list_grades(focus, grades)
    st.markdown("  \n".join(f"**{grade}:** {parts.escape(names)}" for grade, names in lists))
    detail = words.write_detail(focus, systems), words.write_editions(read_rows(ask.read_editions, *asked))
    st.markdown(parts.escape(" ".join(sentence for sentence in detail if sentence)))
    st.markdown(link_methods(view, "openness_grade", "incidents"))
    parts.show_as_of(view, read_change_days(view.file))

    st.subheader(parts.escape(words.head_grades(focus, rivals)), anchor=False, help=tell_rule(words.GRADES_RULE))
    order = "; gpt-oss first, the rest by their sum" if rivals else ""
    st.markdown(f"● open counts 1, ◐ partial 0.5, ○ closed 0{order}")
    credit = Credit((sources.get(rules.INDEX, rules.INDEX),), (word_edition(focus["edition"], len(systems)),))
    show_grades(grades, focus, rivals, view, credit)

disclosed = read_rows(ask.read_transparency, *asked)
found = rules.list_disclosures(disclosed)
st.subheader(parts.escape(words.head_transparency(found)), anchor=False, help=tell_rule(words.TRANSPARENCY_RULE))
if disclosed:
    st.markdown(parts.escape(words.write_transparency(disclosed)))
    st.markdown("Indicators disclosed: the dot is OpenAI, the line runs from the lowest to the highest developer.")
    show_figure(
        keep(lambda: charts.draw_transparency(disclosed), "openness: transparency", *asked),
        view,
        "transparency",
        Credit(
            (sources.get(rules.TRANSPARENCY, rules.TRANSPARENCY),),
            (f"{len({row['edition'] for row in disclosed})} editions", "each with its own questions"),
        ),
        lambda: tables.tabulate_transparency(disclosed),
        legend=charts.TRANSPARENCY_LEGEND,
        rule=words.TRANSPARENCY_RULE,
        meanings=tables.MEANINGS,
    )
else:
    parts.show_empty(
        "No edition of the transparency index is known here.", later or "`landscape refresh fmti` reads them."
    )

incidents = read_rows(ask.read_incidents, *asked)
st.subheader(
    parts.escape(words.head_incidents(incidents)), anchor=False, help=tell_rule(words.INCIDENTS_RULE, "incidents")
)
if incidents:
    st.markdown(parts.escape(words.write_incidents(incidents)))
    st.markdown("Incidents a month: all above, those with OpenAI as developer below")
    show_figure(
        keep(lambda: charts.draw_incidents(incidents, events), "openness: incidents", *asked),
        view,
        "incidents",
        Credit((sources.get(rules.INCIDENTS, rules.INCIDENTS),), ("by month of the incident", "context only")),
        lambda: tables.tabulate_incidents(incidents),
        legend=charts.INCIDENTS_LEGEND,
        rule=words.INCIDENTS_RULE,
        meanings=tables.MEANINGS,
    )
else:
    parts.show_empty("No list of incidents is known here.", later or "`landscape refresh aiid` reads it.")

disagreements = ask.read_disagreements(view.file)
with st.expander(f"Where sources disagree about a model ({len(disagreements)})", icon=":material/call_split:"):
    st.markdown(
        "What the catalogue shows of a model, whom it believes and why, and what the others say; today's registries, "
        "whatever the date above."
    )
    if len(disagreements):
        show_disagreements(disagreements, view, Credit(("the sources named in each row",)))
    else:
        st.markdown("No two sources known here disagree.")
