"""What only the browser can do: measure its window, write its address.

Streamlit tells a server nothing of the window, and a user agent says nothing of a narrow one on a desk, so an empty
component asks the browser itself: on a phone a desk's chart is unreadable. It speaks only when the answer differs from
"wide": a desk pays no second run. It also puts the as-of date where a page's address lacks it. The script is a
constant; the date is handed to it as data and never becomes code.
"""

from __future__ import annotations

import streamlit as st

from dashboard.charts import WidthClass

_SCRIPT = """
export default function ({ data, setStateValue }) {
    const address = new URL(window.location);
    if (data.as_of && !address.searchParams.has("as_of")) {
        address.searchParams.set("as_of", data.as_of);
        history.replaceState(history.state, "", address);
    }
    const narrow = window.matchMedia("(max-width: 640px)");
    const tell = () => setStateValue("narrow", narrow.matches);
    if (narrow.matches) tell();
    narrow.addEventListener("change", tell);
    return () => narrow.removeEventListener("change", tell);
}
"""


def detect_width(as_of: str = "") -> WidthClass:
    """The window's class; "wide" until the browser has answered. Called once a run, at the page's top.

    `as_of`: what the address is to say of the date and does not (`dashboard.as_of.find_missing`)."""
    probe = st.components.v2.component("landscape_viewport", js=_SCRIPT)
    answer = probe(data={"as_of": as_of}, key="viewport", default={"narrow": False}, on_narrow_change=_note)
    return "narrow" if answer.narrow else "wide"


def _note() -> None:
    """A state needs a callback to be sent back at all; the rerun itself is what we want."""
