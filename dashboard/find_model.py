"""The search in the frame above every page: any model, shown beside gpt-oss.

It reads nothing until it is opened, so that no page waits for four thousand names, and a home without data costs a
page nothing. What it finds is opened by its address, as a link would be: Streamlit's own `switch_page` refuses to
leave or to write an address that controls are bound to, so what it opened could not be passed on.
"""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from dashboard.as_of import AS_OF_KEY, LATEST, read_as_of
from dashboard.definitions import SMALLER, SUBJECT
from dashboard.model_search import label_for_search, label_models
from dashboard.parts import escape
from dashboard.queries import identify
from dashboard.queries.models import read_findable, read_rated
from ingest.store import StoreError

_TURN = "search_turn"
# The address is relative, so that it holds below any path the server is mounted at; it comes from `write_address`.
_SCRIPT = "export default function ({ data }) { if (data) window.location.assign(data); }"


@st.fragment
def show_search() -> None:
    """The control, right of the page's top. Called once a run, before the page."""
    # A key of its own a turn, so that the search stands closed and empty after it found something.
    turn = st.session_state.setdefault(_TURN, 0)
    with st.container(horizontal=True, horizontal_alignment="right"):
        search = st.popover(
            "Find a model", icon=":material/search:", type="tertiary", key=f"search_{turn}", on_change="rerun"
        )
    if not search.open:
        return
    with search:
        try:
            file = identify()
        except StoreError as e:
            st.caption(escape(str(e)))
            return
        labels = label_for_search(read_findable(file))
        found = st.selectbox(
            f"Any of {len(labels):,} models, by name or id",
            list(labels),
            index=None,
            format_func=lambda model_id: labels.get(model_id, model_id),
            key=f"search_pick_{turn}",
            placeholder="Name or id, or part of it",
            help="Models with at least one score, price or download count. Shown on Compare beside gpt-oss-120b.",
        )
        if found:
            st.session_state[_TURN] += 1
            # Compare lists those by name; it finds the many others by their id, whatever their name looks like.
            names = label_models(read_rated(file))
            address = write_address([names.get(m, m) for m in pair_with_focus(found)], read_as_of())
            st.components.v2.component("landscape_open", js=_SCRIPT)(data=address, key=f"search_open_{turn}")


def pair_with_focus(model_id: str) -> list[str]:
    """What a found model is compared with: gpt-oss-120b first, and 20b where it is the found one."""
    return [SUBJECT, SMALLER if model_id == SUBJECT else model_id]


def write_address(names: list[str], as_of: str) -> str:
    """Compare's address for models by label, as of the same date, relative to any page of this server."""
    pairs = [("models", name) for name in names]
    return "compare?" + urlencode(pairs + ([(AS_OF_KEY, as_of)] if as_of not in ("", LATEST) else []))
