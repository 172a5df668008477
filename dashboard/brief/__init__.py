"""The executive brief: one story on two pages, as JSON, HTML and PDF.

It says what Overview says of the same moment, because both take their words from one story, and it can be
handed on: each number is listed with where it came from, each source with its licence, and the id is a hash of
everything said. It refuses markup from data, anything that loads from elsewhere, and a clock: the same story
and note give the same bytes. It knows neither the database nor widgets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboard.charts import Chart

# What two pages hold of a note: characters, and lines of about a hundred.
MOST_NOTE, MOST_LINES, LINE_LENGTH = 2_000, 22, 100
MOST_NAME = 80
# Goes up when the same story is laid out otherwise, so that another layout is another brief.
LAYOUT_VERSION = "2"


class BriefError(Exception):
    """A brief cannot be made as asked: one readable sentence."""


class NoteError(BriefError):
    """A note cannot be taken as given."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a person adds, as plain text, and who signed it on which day (UTC).

    Raises NoteError where it is empty, unsigned or too long for two pages."""

    text: str
    by: str
    signed_on: date

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise NoteError("The note is empty: write a sentence into its file, or leave --note out.")
        if len(self.text) > MOST_NOTE:
            raise NoteError(f"The note has {len(self.text):,} characters and a brief holds {MOST_NOTE:,}: shorten it.")
        lines = sum(-(-len(line) // LINE_LENGTH) for line in self.text.splitlines())
        if lines > MOST_LINES:
            raise NoteError(f"The note takes {lines:,} lines and a brief holds {MOST_LINES}: shorten it.")
        if not self.by.strip() or len(self.by) > MOST_NAME:
            raise NoteError(f"A note is signed with a name of at most {MOST_NAME} characters: --by NAME.")


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief's id, everything it says (the JSON's content), and its chart."""

    brief_id: str
    document: Mapping[str, Any]
    chart: Chart
