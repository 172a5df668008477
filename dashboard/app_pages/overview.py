"""Overview: how gpt-oss-120b stands, in one sentence, tiles, charts and drivers.

The first screen, by reference to what four sources carry. It computes nothing: questions go to the
queries, words and charts come from the rules in dashboard/overview.
"""

from __future__ import annotations

import streamlit as st

from dashboard import parts, queries
from dashboard.overview import (
    DEFAULT_CHOICE,
    HEADLINE_RULE,
    OPEN_CHOICES,
    OPEN_LABELS,
    read_standings,
    read_track,
    write_headline,
    write_robustness,
    write_subline,
)
from dashboard.overview import drivers as drivers
from dashboard.overview import tiles as tiles
from dashboard.overview.facts import list_facts
from dashboard.overview.parts import (
    show_drivers,
    show_foot,
    show_frontier,
    show_prices,
    show_status,
    show_tiles,
)
from dashboard.peers import FULL_ON
from dashboard.queries import overview as ask
from dashboard.rows import list_rows
from dashboard.view import open_view, read_choice

view = open_view()
if parts.show_problem(view):
    st.stop()
rule = OPEN_CHOICES[read_choice("open", OPEN_CHOICES, DEFAULT_CHOICE)]

prices = list_rows(ask.read_prices(view.file, view.as_of))
downloads = list_rows(ask.read_downloads(view.file, view.as_of))
rivals = list_rows(ask.read_index_rivals(view.file, view.as_of))
index = list_rows(ask.read_index_edition(view.file, view.as_of))
ahead = {name: list_rows(ask.read_clearly_ahead(view.file, view.as_of, name)) for name in OPEN_LABELS}
standings = {name: read_standings(ahead[name], rivals, name) for name in OPEN_LABELS}
floor, total = read_track(prices, "floor"), read_track(downloads, "total", FULL_ON)
headlines = {
    name: write_headline(floor, total, standings[name][-1] if standings[name] else None, view.instant)
    for name in OPEN_LABELS
}
standing = standings[rule][-1] if standings[rule] else None
peers = list_rows(ask.read_peer_downloads(view.file, view.as_of))
shown = (
    tiles.build_ahead_tile(standings[rule], index, ahead[rule]),
    tiles.build_downloads_tile(downloads, peers),
    tiles.build_price_tile(prices),
    tiles.build_share_tile(),
)

show_status(shown, queries.read_refresh(view.file), view)
rows, later = ask.count_rows_recorded_later(view.file, view.as_of) if view.as_of else (0, 0)
parts.show_as_of_banner(view, rows, later)
robustness = write_robustness({name: headline.text for name, headline in headlines.items()}, rule)
left_out = f" Left out: {', '.join(headlines[rule].left_out)}." if headlines[rule].left_out else ""
st.title(headlines[rule].text, anchor=False, help=f"{HEADLINE_RULE}{left_out} {robustness}")
st.markdown(parts.escape(write_subline(standing, rule, view.instant)))
parts.show_as_of(view, queries.read_change_days(view.file))

show_tiles(shown, view.instant)
st.segmented_control(
    "Open means",
    list(OPEN_CHOICES),
    default=DEFAULT_CHOICE,
    required=True,
    key="open",
    bind="query-params",
    help="Whose weights count as open in the headline, the tiles and the charts. " + robustness,
)

credits = queries.read_source_credits(view.file)
show_frontier(index, rule, list_rows(queries.read_events(view.file)), credits, view)
show_prices(prices, credits, view)

told = (
    drivers.write_gap(list_rows(ask.read_index_frontiers(view.file, view.as_of)), rule),
    drivers.write_peers(rivals),
    drivers.write_arena(list_rows(ask.read_arena_places(view.file, view.as_of))),
)
show_drivers(told)
facts = [fact for part in (*shown, *told) for fact in part.facts]
conditions = drivers.list_conditions(floor, total, standing, view.instant)
show_foot(conditions, lambda: list_facts(facts), view, rule)
