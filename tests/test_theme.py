"""Colours can be read on their ground, and Streamlit's configuration says the same as the tokens."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dashboard.theme import DARK, LIGHT, Tokens, measure_contrast, tokens, with_alpha

ROOT = Path(__file__).parents[1]
STATIC = ROOT / "dashboard" / "static"
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
BOTH = [pytest.param(LIGHT, "light", id="light"), pytest.param(DARK, "dark", id="dark")]


def test_contrast_is_that_of_the_standard() -> None:
    assert measure_contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert measure_contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)
    assert with_alpha("#08765E", 0.14) == "rgba(8,118,94,0.14)"


@pytest.mark.parametrize(("theme", "mode"), BOTH)
def test_every_text_colour_reaches_4_5_on_page_and_panel(theme: Tokens, mode: str) -> None:
    for ground in (theme.ground, theme.surface):
        for text in (theme.ink, theme.mute, theme.accent, theme.closed, theme.open):
            assert measure_contrast(text, ground) >= 4.5, (mode, text, ground)


@pytest.mark.parametrize(("theme", "mode"), BOTH)
def test_dots_and_lines_reach_3_on_the_page(theme: Tokens, mode: str) -> None:
    assert measure_contrast(theme.line, theme.ground) >= 3, mode


@pytest.mark.parametrize(("theme", "mode"), BOTH)
def test_streamlit_is_given_the_same_colours(theme: Tokens, mode: str) -> None:
    given = CONFIG["theme"][mode]
    expected = {
        "primaryColor": theme.accent,
        "backgroundColor": theme.ground,
        "secondaryBackgroundColor": theme.surface,
        "textColor": theme.ink,
        "borderColor": theme.axis,
        "linkColor": theme.closed,
        "greenTextColor": theme.accent,
        "blueTextColor": theme.closed,
        "orangeTextColor": theme.open,
        "grayTextColor": theme.mute,
    }
    assert {key: given[key] for key in expected} == expected


@pytest.mark.parametrize(("theme", "mode"), BOTH)
def test_a_delta_can_be_read_on_its_pill(theme: Tokens, mode: str) -> None:
    pill = CONFIG["theme"][mode].get("greenBackgroundColor", theme.ground)
    assert measure_contrast(theme.accent, pill) >= 4.5


def test_an_unknown_mode_is_light() -> None:
    assert tokens("dark") is DARK and tokens("light") is LIGHT


def test_streamlit_knows_every_option_and_contacts_nobody() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "streamlit", "config", "show"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "not a valid config option" not in shown.stdout + shown.stderr
    assert CONFIG["runner"]["postScriptGC"] is False
    assert CONFIG["browser"]["gatherUsageStats"] is False and CONFIG["client"]["showErrorLinks"] is False
    assert all("://" not in face["url"] for face in CONFIG["theme"]["fontFaces"])


def test_font_licence_and_icon_are_shipped() -> None:
    assert (STATIC / "inter.woff2").read_bytes()[:4] == b"wOF2"
    assert "SIL Open Font License" in (STATIC / "inter-OFL.txt").read_text()
    assert (STATIC / "favicon.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
