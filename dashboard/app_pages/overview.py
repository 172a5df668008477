"""Overview: to be built."""

import streamlit as st

st.title("Overview")
