"""The menu under a chart or table: picture, data, citation and links.

Closed, it is a button: rows, metadata and links are made when it opens, a picture when it is asked for, so
that a page of many charts pays for none. It tells how many rows stay on this machine, and why a picture
is not offered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from dashboard import parts
from dashboard.charts import AnyChart
from dashboard.credit import Credit
from dashboard.takeaway.citation import name_file, write_bibtex, write_citation
from dashboard.takeaway.metadata import to_json, write_metadata
from dashboard.takeaway.pictures import draw_png, draw_svg
from dashboard.takeaway.stamp import Stamp, make_stamp
from dashboard.takeaway.tables import split_local, to_parquet
from dashboard.view import View

_HEIGHT, _WIDTH = 400, 400


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be taken away: the rows behind, and the chart if it is one.

    `public_chart` draws the chart without the rows that must stay here; without it, a chart that shows such
    rows has no picture."""

    title: str
    key: str
    credit: Credit
    make_table: Callable[[], pd.DataFrame] | None = None
    chart: AnyChart | None = None
    public_chart: Callable[[], AnyChart] | None = None
    legend: str = ""
    rule: str = ""
    meanings: Mapping[str, str] | None = None


def show_foot(offer: Offer, view: View) -> None:
    """The source line, the button at its end, and once that is open what it offers.

    No fragment of its own: that opening a menu would rerun nothing else saves less than ten of them cost a page at
    each change of a filter."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(parts.escape(offer.credit.write()), width="stretch")
        popover = st.popover(
            "Take away", icon=":material/download:", type="tertiary", key=f"{offer.key}_takeaway", on_change="rerun"
        )
    # The height stands before the content: the browser places the menu once, and would clip one that grows.
    with popover, st.container(height=_HEIGHT, width=_WIDTH, border=False):
        if popover.open:
            _show_offer(offer, view)


def _show_offer(offer: Offer, view: View) -> None:
    stamp = make_stamp(offer.title, offer.key, offer.credit, view)
    made = offer.make_table() if offer.make_table else None
    kept, left_out = split_local(made) if made is not None else (None, 0)
    if offer.chart is not None:
        _show_pictures(offer, stamp, view, kept, left_out)
    if kept is not None:
        _show_data(offer, stamp, kept, left_out)
    links, cite, bibtex = st.tabs(["Link", "Citation", "BibTeX"])
    with links:
        _show_links(stamp)
    cite.code(write_citation(stamp), language=None, wrap_lines=True)
    bibtex.code(write_bibtex(stamp), language=None, wrap_lines=True)


def _show_pictures(offer: Offer, stamp: Stamp, view: View, kept: pd.DataFrame | None, left_out: int) -> None:
    """Picture buttons, or the sentence why there are none."""
    chart = offer.chart
    if kept is None:
        st.caption("No picture: the rows behind this chart are not known to be free to pass on.")
        return
    if left_out:
        chart = offer.public_chart() if offer.public_chart and len(kept) else None
    if chart is None:
        st.caption(f"No picture: {_count(left_out)} it shows may not be passed on by licence.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Picture**", width=70)
        said = (chart, view.mode, stamp, offer.legend, left_out)
        _offer_file("PNG", partial(draw_png, *said), stamp, ".png", "image/png")
        _offer_file("SVG", partial(draw_svg, *said), stamp, ".svg", "image/svg+xml")
    if left_out:
        st.caption(f"The picture leaves out {_count(left_out)} that may not be passed on by licence.")


def _show_data(offer: Offer, stamp: Stamp, kept: pd.DataFrame, left_out: int) -> None:
    """Data buttons, and how many rows leave and stay."""
    if len(kept):
        metadata = write_metadata(kept, left_out, stamp, rule=offer.rule, meanings=offer.meanings)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("**Data**", width=70)
            _offer_file("CSV", partial(parts.to_csv, kept), stamp, ".csv", "text/csv")
            parquet = partial(to_parquet, kept, metadata)
            _offer_file("Parquet", parquet, stamp, ".parquet", "application/vnd.apache.parquet")
            _offer_file("Metadata", partial(to_json, metadata), stamp, ".json", "application/json")
    words = f"{len(kept):,} row{'' if len(kept) == 1 else 's'}"
    stays = f"; {left_out:,} more stay{'s' if left_out == 1 else ''} here, as the licence asks" if left_out else ""
    st.caption(words + stays)


def _show_links(stamp: Stamp) -> None:
    links = stamp.links
    if links.frozen:
        st.caption("This view, and it stays so:")
        st.code(links.frozen, language=None, wrap_lines=True)
    st.caption("These choices, on the newest data:")
    st.code(links.following or "/", language=None, wrap_lines=True)


def _offer_file(label: str, make: Callable[[], bytes], stamp: Stamp, ending: str, mime: str) -> None:
    st.download_button(
        label,
        data=make,
        file_name=name_file(stamp, ending),
        mime=mime,
        key=f"{stamp.name}_{label.lower()}",
        on_click="ignore",
    )


def _count(rows: int) -> str:
    return f"{rows:,} row{'' if rows == 1 else 's'}"
