"""Whether the reader's window is a phone's, where a desk's chart is unreadable.

Streamlit tells a server nothing of the window, and a user agent says nothing of a narrow one on a desk,
so an empty component asks the browser itself. It speaks only when the answer differs from "wide": a
desk pays no second run. The script is a constant; nothing from data or address enters it.
"""

from __future__ import annotations

import streamlit as st

from dashboard.charts import WidthClass

_SCRIPT = """
export default function ({ setStateValue }) {
    const narrow = window.matchMedia("(max-width: 640px)");
    const tell = () => setStateValue("narrow", narrow.matches);
    if (narrow.matches) tell();
    narrow.addEventListener("change", tell);
    return () => narrow.removeEventListener("change", tell);
}
"""


def detect_width() -> WidthClass:
    """The window's class; "wide" until the browser has answered. Called once a run, at the page's top."""
    probe = st.components.v2.component("landscape_viewport", js=_SCRIPT)
    answer = probe(key="viewport", default={"narrow": False}, on_narrow_change=_note)
    return "narrow" if answer.narrow else "wide"


def _note() -> None:
    """A state needs a callback to be sent back at all; the rerun itself is what we want."""
