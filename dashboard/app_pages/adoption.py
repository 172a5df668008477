"""Adoption: to be written."""

from __future__ import annotations

import streamlit as st

from dashboard import parts
from dashboard.view import open_view

view = open_view()
if parts.show_problem(view):
    st.stop()
st.title("Adoption", anchor=False)
