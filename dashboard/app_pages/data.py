"""data: to be built."""

import streamlit as st

st.title("Data")
