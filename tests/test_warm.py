"""A server that has just started tells the first page's story before anybody asks."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st

from dashboard.overview import reading
from dashboard.queries import identify
from dashboard.view import read_clock
from dashboard.warm import warm_up


def test_the_first_page_finds_its_story_told(seed_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_HOME", str(seed_home))
    monkeypatch.setenv("LANDSCAPE_NOW", "2026-11-24T12:00:00Z")
    st.cache_resource.clear()
    warm_up()
    monkeypatch.setattr(reading, "read_story", lambda *question: pytest.fail(f"{question} is asked again"))
    story = reading.recall_story(identify(), None, read_clock(), "commercial")
    assert story.headline.text


def test_a_home_without_data_is_left_to_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_HOME", str(tmp_path))
    warm_up()
