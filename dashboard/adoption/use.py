"""Blocks of the Adoption page beyond the Hub: OpenRouter, Ollama, attention.

Widgets only: what they say was worked out by the rules in dashboard/adoption. A block whose source was never read
says so with the command that reads it.
"""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard import takeaway
from dashboard.adoption import attention as attention
from dashboard.adoption import pulls as pulls
from dashboard.adoption import routed as routed
from dashboard.credit import Credit
from dashboard.memo import keep, read_rows
from dashboard.methods import tell_rule
from dashboard.parts import escape, show_empty
from dashboard.queries import read_source_credits
from dashboard.queries import use as ask
from dashboard.view import View


def show_routed(view: View) -> None:
    """gpt-oss's share of OpenRouter's tokens, and what open weights took of them."""
    st.subheader("Use through OpenRouter", anchor=False, help=tell_rule(routed.RULE))
    days = keep(
        lambda: routed.list_days(read_rows(ask.read_routed, view.file, view.as_of)),
        "adoption: routed",
        view.file,
        view.as_of,
    )
    if not days:
        show_empty(
            "Not read yet: no day of OpenRouter's rankings is known here.",
            "`landscape refresh openrouter_rankings` reads them; with a free key in OPENROUTER_API_KEY every day since "
            "1 Jan 2025.",
        )
        return
    said = (routed.write_finding(days), routed.write_absences(days))
    st.markdown("  \n".join(escape(words) for words in said if words))
    credit = Credit((_name(view, "openrouter_rankings"),), routed.list_share_notes(days))
    st.markdown(escape(routed.write_legend(days)))
    takeaway.show_figure(
        keep(lambda: routed.draw_shares(days), "adoption: shares", view.file, view.as_of),
        view,
        "routed_shares",
        credit,
        lambda: routed.list_shares(days),
        legend=routed.write_legend(days),
    )
    if contrast := routed.write_contrast(days):
        st.markdown(escape(contrast))
    takeaway.show_figure(
        keep(lambda: routed.draw_open(days), "adoption: open share", view.file, view.as_of),
        view,
        "routed_open",
        credit,
        lambda: routed.list_open(days),
        legend="Dot: models known to be open to commercial use. Whisker: if all that is not known were open too.",
    )
    st.caption(
        "Dot: models known to be open to commercial use. Whisker: if every name not resolved, and everything below the "
        "list, were open too."
    )


def show_pulls(view: View) -> None:
    """Pulls of gpt-oss from Ollama's library, beside newcomers."""
    st.subheader("Pulls from Ollama", anchor=False, help=tell_rule(pulls.RULE))
    entries = read_rows(ask.read_entries, view.file, view.as_of)
    own = pulls.find_own(entries)
    if own is None:
        show_empty(
            "Not read yet: no pull count of gpt-oss from Ollama's library is known here.",
            "`landscape refresh ollama_library` reads today's.",
        )
        return
    asked = (view.file, view.as_of, (own["name_raw"], *pulls.choose_newcomers(entries)))
    rows = keep(lambda: pulls.join_entries(read_rows(ask.read_pulls, *asked), entries), "adoption: joined", *asked)
    st.markdown(escape(pulls.write_finding(rows, pulls.find_place(rows, entries))))
    takeaway.show_figure(
        keep(lambda: pulls.draw_pulls(rows), "adoption: pulls", view.file, view.as_of),
        view,
        "ollama_pulls",
        Credit((_name(view, "ollama_library"),), pulls.list_pull_notes(rows)),
        partial(pulls.list_pulls, rows),
        legend="gpt-oss in colour, by day; others grey, by week.",
        rule=pulls.RULE,
    )
    st.caption(pulls.RULE)


def show_attention(view: View) -> None:
    """Stories, papers and stars, as far as they were read."""
    st.subheader("Attention", anchor=False, help=tell_rule(attention.RULE))
    rows = read_rows(ask.read_attention, view.file, view.as_of)
    for metric, heading in attention.MONTHLY.items():
        mine = [row for row in rows if row["metric"] == metric]
        if not mine:
            continue
        st.markdown(f"**{heading}.** {escape(attention.write_months(mine, metric))}")
        takeaway.show_figure(
            keep(partial(attention.draw_months, mine, metric), f"adoption: {metric}", view.file, view.as_of),
            view,
            metric,
            Credit((_name(view, mine[0]["source_id"]),), attention.list_month_notes(mine, metric)),
            partial(attention.list_counts, mine, metric),
            legend="gpt-oss in colour; rings: months not over.",
        )
    stars = [row for row in rows if row["metric"] == attention.STARS]
    if stars:
        st.markdown("**Stars on GitHub**, as last read.")
        takeaway.show_figure(
            keep(lambda: attention.draw_stars(rows), "adoption: stars", view.file, view.as_of),
            view,
            "github_stars",
            Credit((_name(view, "github_repo"),), ("a gesture, most of it at release",)),
            partial(attention.list_counts, rows, attention.STARS, "github_forks"),
        )
    missing, remedy = attention.write_missing(rows)
    if missing:
        show_empty(missing, remedy)


def _name(view: View, source_id: str) -> str:
    return read_source_credits(view.file).get(source_id, source_id)
