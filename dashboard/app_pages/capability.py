"""capability: to be built."""

import streamlit as st

st.title("Capability")
