"""What a chart or table owes its reader: whose data, which licence, how counted.

One object, in plain words and never in Markdown, so that the line under a chart, the picture of it and the
metadata beside a table cannot say three different things.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Credit:
    """`sources` name title and licence each, as `queries.read_source_credits` gives them; `notes` say edition,
    day, n and interval, in the order shown; empty ones are left out."""

    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def write(self) -> str:
        """The line in plain words: "Source: ... · edition of 11 Aug 2026 · n = 84"."""
        label = "Sources" if len(self.sources) > 1 else "Source"
        named = f"{label}: {'; '.join(self.sources)}" if self.sources else ""
        return " · ".join(part for part in (named, *self.notes) if part)
