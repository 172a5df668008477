"""Warm start: what the first visitor would otherwise wait for, done at once.

A server that has just started has imported nothing that pages need and asked nothing. It refuses to be needed: a home
without data, or a file that is replaced meanwhile, is left to the page, which says what is wrong.
"""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st


@asynccontextmanager
async def start_warm(app: st.App) -> AsyncIterator[None]:
    """Streamlit's lifespan: begin once the server runs, in a thread that never keeps it from stopping."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
    yield


def warm_up() -> None:
    """Import what the first page is made of, and tell its story as it stands without a choice."""
    # Imported here: Streamlit warns of every cached question that is defined before it runs.
    from dashboard.overview import DEFAULT_CHOICE, OPEN_CHOICES
    from dashboard.overview.reading import recall_story
    from dashboard.queries import identify
    from dashboard.view import read_clock
    from ingest.store import StoreError

    try:
        recall_story(identify(), None, read_clock(), OPEN_CHOICES[DEFAULT_CHOICE])
    except StoreError:
        return
