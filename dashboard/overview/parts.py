"""How Overview draws its own parts: status line, tiles, drivers and foot.

Widgets only: what they say was worked out by the rules in dashboard/overview.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from dashboard import parts
from dashboard.formats import format_date
from dashboard.overview import DEFAULT_CHOICE, OPEN_CHOICES, OPEN_LABELS
from dashboard.overview import charts as charts
from dashboard.overview.drivers import Driver
from dashboard.overview.tiles import Tile
from dashboard.rows import Row
from dashboard.view import View

_LINKS = ("capability", "capability", "capability")


def show_status(tiles: Sequence[Tile], refreshed_at: datetime | None, view: View) -> None:
    """One line: where the data come from, from when to when the tiles reach, how many are stale."""
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


def show_tiles(tiles: Sequence[Tile], instant: datetime) -> None:
    """Four cards of equal width: value, lines beneath it, source and date, and a badge where stale."""
    grid = st.grid(4, min_column_width=230, border=True)
    for tile in tiles:
        with grid.cell():
            st.metric(tile.label, parts.escape(tile.value), help=tile.rule)
            st.markdown("  \n".join(_write_line(*line) for line in tile.lines))
            badge = tile.write_badge(instant)
            if badge:
                st.badge(badge, icon=":material/schedule:", color="orange")
                st.markdown(f":small[:gray[Fill the gap:] `landscape refresh {tile.source_id}`]")
            st.caption(parts.escape(tile.source))


def _write_line(strong: str, rest: str) -> str:
    bold = f"**{parts.escape(strong)}** " if strong else ""
    return f":small[{bold}{parts.escape(rest)}]"


def show_frontier(
    index: Sequence[Row], rule: str, events: Sequence[Row], credits: Mapping[str, str], view: View
) -> None:
    """The finding, its legend in coloured words, the frontier chart and its source line."""
    st.subheader(charts.head_frontier(charts.measure_distances(index, rule)), anchor=False)
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
    parts.show_chart(charts.build_frontier_chart(index, rule, events), view, "frontier")
    parts.show_source_line(*charts.word_frontier_source(index, credits))


def show_prices(prices: Sequence[Row], credits: Mapping[str, str], view: View) -> None:
    """The finding, its legend, the price chart and its source line."""
    st.subheader(charts.head_prices(prices), anchor=False)
    if not prices:
        remedy = "`landscape refresh models_dev` reads one."
        parts.show_empty("No price list with a paid listing is known here.", remedy)
        return
    st.markdown("Dollars per million tokens, 3:1 blend, paid listings: :green[floor], median, ceiling")
    parts.show_chart(charts.build_price_chart(prices), view, "prices")
    parts.show_source_line(*charts.word_price_source(prices, credits))


def show_drivers(drivers: Sequence[Driver]) -> None:
    """One line each: number, sentence, link to the page that shows it."""
    st.subheader("What drives this", anchor=False)
    for driver, page in zip(drivers, _LINKS, strict=True):
        left, right = st.columns([6, 1], vertical_alignment="center")
        words = f"**{parts.escape(driver.topic)}: {parts.escape(driver.number)}** {parts.escape(driver.text)}"
        left.markdown(words)
        right.page_link(f"app_pages/{page}.py", label=page.capitalize(), icon=":material/arrow_forward:")


def show_foot(conditions: Sequence[str], make_facts: Callable[[], pd.DataFrame], view: View, rule: str) -> None:
    """What would change the reading, the tally of claims, and the buttons."""
    if conditions:
        st.subheader("What would change this reading", anchor=False)
        st.markdown("\n".join(f"- {condition.replace('$', chr(92) + '$')}" for condition in conditions))
    st.caption("Claims: not judged yet. The board that judges them is not built.")
    with st.container(horizontal=True):
        parts.show_csv_button(make_facts, "gpt-oss-landscape-overview.csv", "facts", "Facts as CSV")
        with st.popover("Copy link", icon=":material/link:"):
            choice = next(title for title, name in OPEN_CHOICES.items() if name == rule)
            address = parts.make_permalink(view, "", {} if choice == DEFAULT_CHOICE else {"open": choice})
            st.code(address, language=None, wrap_lines=True)
