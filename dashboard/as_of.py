"""As of when a reader looks: chosen once, kept and told by every address.

Streamlit empties the address when it changes the page, and takes a control's value out of it where another page has a
control of that name, so a date followed the reader but not the address, and was lost on the way back. So it is kept
here, apart from the control that shows it. What the address says comes first; where it says nothing on a page just
come to, the date stays and the browser puts it back (`dashboard.viewport`), as to write it from here would add a
page to its history.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

AS_OF_KEY = "as_of"
LATEST = "latest"

_KEPT = "as_of_kept"
# The page last drawn, and whether its address named a date.
_DRAWN = "as_of_drawn"


def follow_as_of() -> str:
    """What this run of a page is to show, as it was written; `LATEST` where nobody asked for anything else.

    Called once a run, before the control is drawn, which then shows it."""
    page = urlsplit(st.context.url or "").path
    asked = st.query_params.get(AS_OF_KEY)
    drawn = st.session_state.get(_DRAWN)
    if asked is not None or drawn == (page, True):
        # Gone from the address of the same page: the reader went back to before it was chosen.
        st.session_state[_KEPT] = asked
    st.session_state[_DRAWN] = (page, asked is not None)
    given: str = st.session_state.get(_KEPT) or LATEST
    st.session_state[AS_OF_KEY] = given
    return given


def choose_as_of() -> None:
    """Take over what the control says: for its `on_change`."""
    given = st.session_state[AS_OF_KEY] or LATEST
    st.session_state[_KEPT] = None if given == LATEST else given
    if given == LATEST:
        st.query_params.pop(AS_OF_KEY, None)
    else:
        st.query_params[AS_OF_KEY] = given


def find_missing() -> str:
    """What the address is to say and does not yet; empty where it says it, or nothing is to be said."""
    given = read_as_of()
    return "" if given == LATEST or AS_OF_KEY in st.query_params else given


def read_as_of() -> str:
    """What was shown last, for what stands above every page; the address speaks where none has been drawn."""
    return str(st.session_state.get(AS_OF_KEY) or st.query_params.get(AS_OF_KEY) or LATEST)
