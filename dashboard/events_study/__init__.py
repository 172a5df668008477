"""The release as an event: a section of the page Claims and events.

From the top: how many outcomes stepped at the release, what one of them did, its chart with who else came out in those
weeks, and every outcome as a table. Its control is bound to the address under the label a reader sees.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.credit import Credit
from dashboard.events_study import charts as charts
from dashboard.events_study import words as words
from dashboard.formats import format_date
from dashboard.memo import keep, read_rows
from dashboard.methods import tell_rule
from dashboard.parts import escape, show_empty
from dashboard.queries import read_events, read_source_credits
from dashboard.queries.measures import read_measures
from dashboard.rows import Row
from dashboard.takeaway import show_figure, show_table
from dashboard.view import View

_METHOD = "release_event"
_ROW_PIXELS = 33  # a row at the theme's font size
_TABLE_MEANINGS = {
    "outcome": "The monthly series",
    "verdict": "Step, null, or why neither can be said",
    "jump": "Jump of the level at the release",
    "low": "Lower end of the jump's 95 % interval",
    "high": "Upper end of it",
    "p_value": "Share of months, cut the same way, with a jump as large for its noise",
    "slope_p_value": "The same of the change of slope",
    "rests_on": "Months on both sides, or what is missing",
    "unit": "Unit of the jump",
    "open_rule": "What open means, where that matters",
}


def show_event_study(view: View) -> None:
    """The section: whether anything moved when gpt-oss came out."""
    rows = read_rows(read_measures, view.file, view.as_of, words.MEASURES)
    findings = keep(lambda: words.list_findings(rows), "event study: findings", view.file, view.as_of)
    shown = [f for f in findings if f.open_rule in ("", "commercial")]
    st.subheader(escape(words.head_study(findings)), anchor=False, help=tell_rule(words.RULE, _METHOD))
    if not shown:
        show_empty("Nothing had been measured around the release by then.", "Choose a later date.")
        return
    st.markdown(escape(words.write_summary(findings)))
    by_label = {f.about.label: f for f in shown}
    labels = list(by_label)
    label = st.selectbox("Outcome", labels, key="outcome", bind="query-params")
    finding = by_label[label] if label in by_label else shown[0]
    st.markdown(escape(words.write_finding(finding, findings)))
    confounders = words.list_confounders(read_rows(read_events, view.file), view.instant.date())
    if said := words.write_confounders(confounders):
        st.markdown(f":small[:gray[{escape(said)}]]")
    in_unit = f" ({finding.about.unit})" if finding.about.unit else ""
    st.markdown(escape(f"{finding.about.label}{in_unit}, by month. {words.LEGEND}"))
    measured_on = rows[0]["as_of"].date()
    sources = read_source_credits(view.file)
    credit = Credit(
        (sources.get(finding.about.source_id, finding.about.source_id),),
        (finding.level["told_by"] or "", f"as known on {format_date(measured_on)}"),
    )
    show_figure(
        keep(
            lambda: charts.draw_study(rows, finding, confounders),
            "event study: chart",
            view.file,
            view.as_of,
            view.instant.date(),
            finding.outcome,
        ),
        view,
        "event_study",
        credit,
        lambda: charts.tabulate(rows, finding),
        legend=words.LEGEND,
        rule=words.RULE,
        meanings=charts.MEANINGS,
    )
    with st.expander(f"All {len(shown)} outcomes as a table", icon=":material/table:"):
        _show_all(shown, findings, view, sorted({sources.get(f.about.source_id, f.about.source_id) for f in shown}))


def _show_all(shown: list[words.Finding], findings: list[words.Finding], view: View, sources: list[str]) -> None:
    table = pd.DataFrame([_list_finding(f) for f in shown])
    show_table(
        table.drop(columns=["slope_p_value", "open_rule", "redistributable"]),
        view,
        "event_outcomes",
        Credit(tuple(sources)),
        "What each outcome did at the release",
        height=_ROW_PIXELS * (len(table) + 1) + 2,
        exported=pd.DataFrame([_list_finding(f) for f in findings]),
        rule=words.RULE,
        meanings=_TABLE_MEANINGS,
        columns={
            "outcome": st.column_config.TextColumn("Outcome", pinned=True),
            "verdict": "Verdict",
            "jump": st.column_config.NumberColumn("Jump", format="%+.2f"),
            "low": st.column_config.NumberColumn("From", format="%+.2f"),
            "high": st.column_config.NumberColumn("To", format="%+.2f"),
            "unit": "Unit",
            "p_value": st.column_config.NumberColumn("p", format="%.2f"),
            "rests_on": st.column_config.TextColumn("Rests on", width="large"),
        },
    )


def _list_finding(finding: words.Finding) -> Row:
    level = finding.level
    return {
        "outcome": finding.about.label,
        "verdict": finding.verdict,
        "jump": level["value"],
        "low": level["low"],
        "high": level["high"],
        "unit": level["unit"],
        "p_value": finding.level_p["value"],
        "slope_p_value": finding.slope_p["value"],
        "rests_on": level["reason_absent"] or level["told_by"],
        "open_rule": finding.open_rule,
        "redistributable": level["redistributable"],
    }
