"""Parts every page has: charts, CSV, as-of, the empty state.

They exist so that pages say the same thing the same way. They know no SQL and compute no finding. All
words that come from data are escaped before Streamlit reads them as Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

import pandas as pd
import streamlit as st

from dashboard.as_of import AS_OF_KEY, LATEST, choose_as_of
from dashboard.charts import AnyChart, WidthClass
from dashboard.charts.alt import describe
from dashboard.charts.plotly import PLOTLY_CONFIG, Drawn, to_plotly
from dashboard.formats import format_date
from dashboard.memo import derive
from dashboard.theme import Mode
from dashboard.view import View, name_as_of

PRESETS = ("2026-05-31", "2025-12-31")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-!|$~:.@&^=])")
# What Streamlit takes for the start of an address, as it stands after escaping.
_ADDRESS = re.compile(r"https?\\:(?=//)|www(?=\\\.)|\\@", re.IGNORECASE)
# A spreadsheet executes a cell that begins so, also in full width, and after spaces or marks it does not show.
_UNSEEN = r"[\s\x00-\x1f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*"
_FORMULA = re.compile(rf"^(?:[\t\r]|{_UNSEEN}[=+\-@\uff1d\uff0b\uff0d\uff20])")


@lru_cache(maxsize=4096)
def escape(text: str) -> str:
    """Words from data as Markdown that shows exactly them: no link, tag, colour, formula or emoji.

    Characters that are not seen but turn or break what stands beside them become spaces. Streamlit makes links
    of bare addresses whatever is escaped in them, so an unseen word joiner breaks those."""
    seen = text if text.isprintable() else "".join(ch if ch.isprintable() else " " for ch in text)
    plain = _MARKDOWN.sub(r"\\\1", " ".join(seen.split()))
    return _ADDRESS.sub(lambda found: found[0] + "\u2060", plain)


def quote_address(url: str) -> str:
    """An address as Markdown that can be copied from the page: code, which is never made a link."""
    return f"`{url}`" if "`" not in url and url.isprintable() and " " not in url else escape(url)


def show_chart(chart: AnyChart, view: View, key: str) -> None:
    """A chart in the request's mode, with its alt text. It is drawn once where it is kept (`memo.keep`)."""
    figure, alt = derive(_draw, chart, view.mode, view.width)
    st.plotly_chart(figure, theme=None, config=PLOTLY_CONFIG, key=key, alt=alt)


def show_csv_button(make: Callable[[], pd.DataFrame], file_name: str, key: str, label: str = "CSV") -> None:
    """A download of a frame, made only on click."""
    st.download_button(
        label,
        data=lambda: to_csv(make()),
        file_name=file_name,
        mime="text/csv",
        key=key,
        on_click="ignore",
        icon=":material/download:",
    )


def to_csv(frame: pd.DataFrame) -> bytes:
    """The frame as CSV in UTF-8 with null as an empty cell, and no text or name a spreadsheet would execute.

    Such text begins with an apostrophe. Numbers are written so that they read back as they were."""
    safe = frame.copy()
    for position in range(frame.shape[1]):
        column = frame.iloc[:, position]
        if column.dtype.kind not in "biufmM":
            safe.isetitem(position, column.astype(object).map(_disarm).to_numpy())
    safe.columns = pd.Index([_disarm(str(name)) for name in frame.columns])
    return safe.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def _disarm(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def show_problem(view: View) -> bool:
    """Say why there is no data and return True; False where there is some."""
    if view.problem:
        show_empty("Nothing has been published here yet.", view.problem)
    return bool(view.problem)


def show_empty(sentence: str, remedy: str) -> None:
    """A calm box: what is missing, and what to do about it."""
    st.info(f"{sentence} {remedy}", icon=":material/inbox:")


def show_as_of(view: View, days: Sequence[date]) -> None:
    """The as-of control, folded away; `days` are those on which something became known.

    Options are written as the address has them."""
    newest_first = [day.isoformat() for day in sorted(days, reverse=True)]
    offered = list(dict.fromkeys([LATEST, *PRESETS, *newest_first]))
    label = f"As known on {format_date(view.as_of.date())}" if view.as_of else "As of: latest known"
    with st.popover(label, icon=":material/history:", type="tertiary"):
        st.selectbox(
            "Show what was known at the end of",
            offered,
            key=AS_OF_KEY,
            on_change=choose_as_of,
            accept_new_options=True,
            help="Days on which a source's data changed; any other date can be typed as 2025-12-31 (UTC).",
        )


def show_as_of_banner(view: View, shown: int, later: int) -> None:
    """Say that the page is as of a date, and how many of the rows shown were recorded after it."""
    if view.complaint:
        st.warning(escape(view.complaint), icon=":material/warning:")
    if view.as_of:
        day = format_date(view.as_of.date())
        words = f"{later:,} of the {shown:,} rows shown were recorded later"
        if not shown:
            words = "nothing that this page shows was known by then"
        elif not later:
            words = "every row shown was recorded by then"
        st.warning(f"**As known on {day}** — reconstructed: {words}.", icon=":material/history:")


def make_permalink(view: View, page: str, parameters: Mapping[str, str]) -> str:
    """The address of a page with this choice; without the server's name where the browser did not tell it."""
    pairs = dict(parameters)
    if view.as_of:
        pairs[AS_OF_KEY] = name_as_of(view.as_of)
    place = urlsplit(st.context.url or "")
    host = f"{place.scheme}://{place.netloc}" if place.netloc else ""
    return f"{host}/{page}" + (f"?{urlencode(pairs)}" if pairs else "")


def to_naive(instant: datetime) -> datetime:
    """An instant as the frames have it: UTC without a zone."""
    return instant.replace(tzinfo=None)


def _draw(chart: AnyChart, mode: Mode, width: WidthClass) -> tuple[Drawn, str]:
    return Drawn(to_plotly(chart, mode, width)), describe(chart)
