"""The dashboard's frame: page settings and the navigation above every page.

Served by `landscape`. It reads no data until its search is opened and shows none: a page that fails can
then never take the others down. The icon is a local file, as Streamlit would otherwise fetch one from
another host.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.find_model import show_search
from dashboard.turns import take_turn

_HERE = Path(__file__).parent
_PAGES = _HERE / "app_pages"

st.set_page_config(
    page_title="gpt-oss landscape",
    page_icon=str(_HERE / "static" / "favicon.png"),
    layout="wide",
    menu_items={"about": "Was gpt-oss a watershed? Public data, as known on any date."},
)
page = st.navigation(
    [
        st.Page(_PAGES / "overview.py", title="Overview", icon=":material/visibility:", default=True),
        st.Page(_PAGES / "capability.py", title="Capability", icon=":material/trending_up:"),
        st.Page(_PAGES / "adoption.py", title="Adoption and use", icon=":material/download:"),
        st.Page(_PAGES / "price.py", title="Price", icon=":material/sell:"),
        st.Page(_PAGES / "openness.py", title="Openness", icon=":material/lock_open:"),
        st.Page(_PAGES / "claims.py", title="Claims and events", icon=":material/gavel:"),
        st.Page(_PAGES / "compare.py", title="Compare", icon=":material/compare_arrows:"),
        st.Page(_PAGES / "data.py", title="Data", icon=":material/database:"),
        st.Page(_PAGES / "methods.py", title="Methods", icon=":material/function:"),
    ],
    position="top",
)
with take_turn():
    show_search()
    page.run()
