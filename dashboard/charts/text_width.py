"""How wide words are in Inter, so that a picture wraps where the font does.

Advances of the printable ASCII signs were read from the font that draws the pictures; other signs count as
wide as the widest of their kind, so that a line is rather too short than cut at the edge.
"""

from __future__ import annotations

import unicodedata

# Hundredths of the type size, from the space on.
_REGULAR = (
    *(28, 29, 47, 63, 64, 98, 64, 30, 36, 36, 50, 66, 29, 46, 29, 36),
    *(63, 41, 61, 62, 65, 59, 62, 57, 62, 62, 29, 30, 66, 66, 66, 51),
    *(97, 69, 65, 73, 72, 60, 59, 75, 74, 27, 57, 67, 57, 90, 75, 76),
    *(64, 76, 64, 64, 65, 74, 69, 99, 68, 68, 63, 36, 36, 36, 47, 46),
    *(32, 56, 61, 57, 61, 58, 37, 61, 59, 24, 24, 55, 24, 88, 59, 60),
    *(61, 61, 38, 53, 33, 59, 56, 82, 55, 56, 55, 43, 33, 43, 66),
)
_KNOWN = {chr(32 + n): advance / 100 for n, advance in enumerate(_REGULAR)}
_KNOWN |= {"−": 0.66, "–": 0.5, "—": 1.0, "·": 0.29, "…": 0.86, "\u00a0": 0.28}
_OTHER, _WIDE = 0.8, 1.05
# Signs of the bold weight are wider by up to this factor.
_BOLD = 1.1


def measure_text(text: str, size: int, *, bold: bool = False) -> float:
    """Pixels the text takes at this size; never less than it does."""
    return sum(map(_find_advance, text)) * size * (_BOLD if bold else 1.0)


def _find_advance(letter: str) -> float:
    if letter in _KNOWN:
        return _KNOWN[letter]
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" or letter > "\uffff" else _OTHER
