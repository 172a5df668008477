"""How Overview draws its own parts: status line, tiles, drivers and foot.

Widgets only: what they say was worked out by the rules in dashboard/overview.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from dashboard import parts
from dashboard.as_of import AS_OF_KEY
from dashboard.brief.pdf import find_pdf_fault
from dashboard.claims import write_tally
from dashboard.credit import Credit
from dashboard.formats import format_date
from dashboard.issued import FORMS, find_keeping_fault, make_brief
from dashboard.memo import keep
from dashboard.methods import link_methods, tell_rule
from dashboard.overview import DEFAULT_CHOICE, NO_CLAIMS, OPEN_CHOICES, OPEN_LABELS
from dashboard.overview import charts as charts
from dashboard.overview.drivers import CONDITIONS_RULE, DRIVERS_RULE
from dashboard.overview.facts import list_facts
from dashboard.overview.story import Story
from dashboard.overview.tables import tabulate_index, tabulate_prices
from dashboard.price.words import PRICE_RULE
from dashboard.rows import Row
from dashboard.takeaway import show_figure
from dashboard.takeaway.tables import LOCAL
from dashboard.view import View, name_as_of

# By a tile's source, the measure behind it.
_METHODS = {
    "epoch_eci": "clearly_ahead",
    "hf_hub": "downloads_change",
    "models_dev": "price_floor",
    "openrouter_rankings": "token_share",
}


def show_status(story: Story, view: View) -> None:
    """One line: where the data come from, from when to when the tiles reach, how many are stale."""
    tiles, refreshed_at = story.tiles, story.answers.refreshed_at
    days = sorted(tile.day for tile in tiles if tile.day)
    stale = sum(bool(tile.write_badge(view.instant)) for tile in tiles)
    words = ["Seed" if refreshed_at is None else f"Refreshed {format_date(refreshed_at.date())}"]
    if days:
        reach = dict.fromkeys((format_date(days[0]), format_date(days[-1])))
        words.append(f"tile data {' to '.join(reach)}")
        words.append(f"{stale or 'no'} tile{'' if stale == 1 else 's'} stale")
    else:
        words.append("no tile has data yet")
    st.markdown(f":small[:gray[{' · '.join(words)} · update:] `landscape refresh`]")


def show_tiles(story: Story) -> None:
    """Four cards of equal width: value, lines beneath it, source and date, and a badge where stale."""
    grid = st.grid(4, min_column_width=230, border=True)
    for tile in story.tiles:
        with grid.cell():
            st.metric(tile.label, parts.escape(tile.value), help=tell_rule(tile.rule, _METHODS[tile.source_id]))
            st.markdown("  \n".join(_write_line(*line) for line in tile.lines))
            badge = tile.write_badge(story.instant)
            if badge:
                st.badge(badge, icon=":material/schedule:", color="orange")
                st.markdown(f":small[:gray[Fill the gap:] `{tile.remedy}`]")
            st.caption(parts.escape(tile.source))


def _write_line(strong: str, rest: str) -> str:
    bold = f"**{parts.escape(strong)}** " if strong else ""
    return f":small[{bold}{parts.escape(rest)}]"


def show_frontier(
    index: Sequence[Row], rule: str, events: Sequence[Row], credits: Mapping[str, str], view: View
) -> None:
    """The finding, its legend in coloured words, the frontier chart and its source line."""
    finding = charts.head_frontier(charts.measure_distances(index, rule))
    st.subheader(finding, anchor=False, help=tell_rule(charts.FRONTIER_RULE, "frontier"))
    if not index:
        remedy = "`landscape refresh epoch_eci` reads one."
        parts.show_empty("No complete edition of Epoch's index is known here.", remedy)
        return
    own = charts.find_own(index)
    interval = " with its 90 % interval" if own and own["low"] is not None else ""
    st.markdown(
        "Capability index by release date. :blue[Best closed: solid] · "
        f":orange[best open ({OPEN_LABELS[rule]}): dashed] · :green[gpt-oss-120b{interval}]"
    )
    source, *notes = charts.word_frontier_source(index, credits)
    free = [row for row in index if row["redistributable"] != LOCAL]
    show_figure(
        keep(
            lambda: charts.build_frontier_chart(index, rule, events), "overview: frontier", view.file, view.as_of, rule
        ),
        view,
        "frontier",
        Credit((source,), tuple(notes)),
        lambda: tabulate_index(index),
        legend=f"Best closed: solid; best open ({OPEN_LABELS[rule]}): dashed; gpt-oss-120b: level{interval}.",
        public_chart=lambda: charts.build_frontier_chart(free, rule, events),
    )


def show_prices(prices: Sequence[Row], credits: Mapping[str, str], view: View) -> None:
    """The finding, its legend, the price chart and its source line."""
    st.subheader(charts.head_prices(prices), anchor=False, help=tell_rule(PRICE_RULE, "price_floor"))
    if not prices:
        remedy = "`landscape refresh models_dev` reads one."
        parts.show_empty("No price list with a paid listing is known here.", remedy)
        return
    st.markdown("Dollars per million tokens, 3:1 blend, paid listings: :green[floor], median, ceiling")
    source, *notes = charts.word_price_source(prices, credits)
    show_figure(
        keep(lambda: charts.build_price_chart(prices), "overview: prices", view.file, view.as_of),
        view,
        "prices",
        Credit((source,), tuple(notes)),
        lambda: tabulate_prices(prices),
        legend="Dollars per million tokens, 3:1 blend, paid listings.",
    )


def show_drivers(story: Story, view: View) -> None:
    """One line each: number, sentence, link to the page that shows it, as of the same instant."""
    st.subheader("What drives this", anchor=False, help=tell_rule(DRIVERS_RULE))
    st.markdown(link_methods(view, *_METHODS.values(), definitions=True))
    for driver in story.drivers:
        words = f"**{parts.escape(driver.topic)}: {parts.escape(driver.number)}** {parts.escape(driver.text)}"
        _show_lead(words, driver.page, dict(driver.choice), view)


def show_foot(story: Story, view: View) -> None:
    """What would change the reading, the tally of claims, and the ways to take it along."""
    if story.conditions:
        st.subheader("What would change this reading", anchor=False, help=tell_rule(CONDITIONS_RULE))
        st.markdown("\n".join(f"- {condition.replace('$', chr(92) + '$')}" for condition in story.conditions))
    _show_tally(story, view)
    with st.container(horizontal=True):
        with st.popover("Brief", icon=":material/description:"):
            _show_brief(view, story.rule)
        make_facts = partial(list_facts, story.facts)
        parts.show_csv_button(make_facts, "gpt-oss-landscape-overview.csv", "facts", "Facts as CSV")
        with st.popover("Copy link", icon=":material/link:"):
            choice = next(title for title, name in OPEN_CHOICES.items() if name == story.rule)
            address = parts.make_permalink(view, "", {} if choice == DEFAULT_CHOICE else {"open": choice})
            st.code(address, language=None, wrap_lines=True)


def _show_tally(story: Story, view: View) -> None:
    """The board of claims in a line, with the way there."""
    _show_lead(f"**Claims:** {parts.escape(write_tally(story.answers.claims) or NO_CLAIMS)}", "claims", {}, view)


def _show_lead(words: str, page: str, choice: Mapping[str, str], view: View) -> None:
    """A sentence, and at its end the link to the page that shows it, with these choices and as of the same instant."""
    # Columns and no row of two: there a sentence of more than a line sends its link below it, and others do not.
    left, right = st.columns([6, 1], vertical_alignment="center")
    left.markdown(words)
    right.page_link(
        f"app_pages/{page}.py",
        label=page.capitalize(),
        icon=":material/arrow_forward:",
        query_params={**choice, **({AS_OF_KEY: name_as_of(view.as_of)} if view.as_of else {})},
    )


def _show_brief(view: View, rule: str) -> None:
    """The brief of this reading in three formats, each made on click."""
    st.markdown("Two pages: this reading, its sources, and how to check it.")
    without_pdf = find_pdf_fault()
    for form in FORMS:
        if form.suffix == "pdf" and without_pdf:
            st.caption(without_pdf)
            continue
        st.download_button(
            form.title,
            data=partial(make_brief, view.file, view.as_of, view.now, rule, form.suffix),
            file_name=f"gpt-oss-landscape-brief-{view.instant.date().isoformat()}.{form.suffix}",
            mime=form.mime,
            key=f"brief_{form.suffix}",
            on_click="ignore",
            icon=":material/download:",
            width="stretch",
        )
    fault = find_keeping_fault()
    st.caption(fault or "Kept as given, under the id it prints: `landscape brief --reissue ID` gives the same bytes.")
