"""Asks what Overview needs and tells its story, for page and brief alike.

Rows that a licence keeps on this machine are shown here and never leave, so a story that will be passed on
is told without them and counts what it left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dashboard import queries
from dashboard.memo import keep, read_rows
from dashboard.overview import OPEN_LABELS
from dashboard.overview.story import Answers, Story, tell_story
from dashboard.peers import choose_peers
from dashboard.queries import overview as ask
from dashboard.queries.adoption import read_readings
from dashboard.queries.claims import read_claims
from dashboard.rows import Row


def read_story(
    file: queries.Identity, as_of: datetime | None, now: datetime, rule: str, *, exported: bool = False
) -> Story:
    """The story of a published file as of an instant; `exported`: without what may not leave this machine.

    Raises StoreError where the file is gone."""
    downloads, kept_back = _choose(read_rows(ask.read_downloads, file, as_of), exported)
    measured = read_rows(ask.read_clearly_ahead, file, as_of)
    shown, later = ask.count_rows_recorded_later(file, as_of) if as_of else (0, 0)
    answers = Answers(
        prices=read_rows(ask.read_prices, file, as_of),
        downloads=downloads,
        peers=choose_peers(read_readings(file, as_of, exported)),
        rivals=read_rows(ask.read_index_rivals, file, as_of),
        index=read_rows(ask.read_index_edition, file, as_of),
        ahead={name: [row for row in measured if row["rule"] == name] for name in OPEN_LABELS},
        frontiers=read_rows(ask.read_index_frontiers, file, as_of),
        places=read_rows(ask.read_arena_places, file, as_of),
        shares=read_rows(ask.read_share_days, file, as_of),
        events=read_rows(queries.read_events, file),
        sources=read_rows(ask.read_source_states, file, as_of),
        credits=queries.read_source_credits(file),
        claims=read_rows(read_claims, file, as_of),
        refreshed_at=queries.read_refresh(file),
        withheld=kept_back,
        shown=shown,
        later=later,
    )
    return tell_story(answers, as_of, now, rule)


def recall_story(file: queries.Identity, as_of: datetime | None, now: datetime, rule: str) -> Story:
    """The story a page shows, told once a day: ages are whole days. Raises StoreError where the file is gone."""
    return keep(lambda: read_story(file, as_of, now, rule), "overview", file, as_of, now.date(), rule)


def _choose(rows: Sequence[Row], exported: bool) -> tuple[list[Row], int]:
    """The rows that may be told, and how many may not."""
    kept = [row for row in rows if not (exported and row["is_local"])]
    return kept, len(rows) - len(kept)
