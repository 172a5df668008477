"""What the words mean, for every page: the subject, its release, and what open is.

The measures count by the same classes (a test holds the two together), so that a number and the word
beside it can never speak of different models.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

SUBJECT = "openai/gpt-oss-120b"
SMALLER = "openai/gpt-oss-20b"
RELEASED_ON = date(2025, 8, 5)

OpenRule = Literal["commercial", "any_weights", "osi_style"]
_COMMERCIAL = frozenset({"commercial_weights", "restricted_commercial_weights"})
# The access classes that each meaning of "open" takes in.
OPEN_RULES: Mapping[str, frozenset[str]] = {
    "commercial": _COMMERCIAL,
    "any_weights": _COMMERCIAL | {"noncommercial_weights"},
    "osi_style": frozenset({"commercial_weights"}),
}
