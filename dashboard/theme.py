"""Colours and type of every page, chart and brief, for a light and a dark ground.

One set of tokens, so that a word coloured in a sentence and a line drawn in a chart are the same
colour; `.streamlit/config.toml` repeats them because Streamlit reads nothing else, and a test holds
the two together. It refuses text colours that fail 4.5:1 on their ground (also a test), and it
never tells two things apart by colour alone: line pattern and label carry the same meaning.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["light", "dark"]
Access = Literal["focus", "open", "closed", "neutral"]

FONT_FAMILY = "Inter, sans-serif"
FONT_SIZE = 12
SMALL_SIZE = 11
BAND_ALPHA = 0.14


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one mode, as CSS hex of six digits.

    `accent` is gpt-oss and nothing else; `closed` and `open` colour labels and frontiers; `line` is
    every other line or dot; `ink` and `mute` are text; `grid` and `axis` are rules, never text.
    """

    ground: str
    surface: str
    ink: str
    mute: str
    grid: str
    axis: str
    line: str
    accent: str
    closed: str
    open: str

    def text(self, access: Access) -> str:
        """Label colour of something of this access."""
        return {"focus": self.accent, "open": self.open, "closed": self.closed, "neutral": self.mute}[access]


LIGHT = Tokens(
    ground="#FFFFFF",
    surface="#F6F8FA",
    ink="#15191E",
    mute="#5A6470",
    grid="#ECEFF2",
    axis="#C9CFD6",
    line="#8B949F",
    accent="#08765E",
    closed="#3B5BDB",
    open="#A3541A",
)
DARK = Tokens(
    ground="#0E1116",
    surface="#171C24",
    ink="#E6EAF0",
    mute="#9FA9B6",
    grid="#1E242D",
    axis="#39424E",
    line="#6B7684",
    accent="#2DD4A8",
    closed="#8FA8FF",
    open="#E9A56B",
)


def tokens(mode: Mode) -> Tokens:
    """Tokens of the mode; anything but "dark" is light, as `st.context.theme.type` may be None."""
    return DARK if mode == "dark" else LIGHT


def with_alpha(colour: str, alpha: float) -> str:
    """A hex colour as CSS rgba, with `alpha` from 0 to 1."""
    red, green, blue = _channels(colour)
    return f"rgba({red},{green},{blue},{alpha:g})"


def measure_contrast(foreground: str, background: str) -> float:
    """WCAG contrast ratio of two hex colours, from 1 to 21."""
    light, dark = sorted((_luminance(foreground), _luminance(background)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for share in (channel / 255 for channel in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
