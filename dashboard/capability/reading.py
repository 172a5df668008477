"""All that the Capability page reads and derives, once a file and a choice.

A rerun that changes one control would otherwise label, filter and draw every edition anew: most of its time,
measured with thirty readers. What is kept is shared by every session and never changed in place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import pandas as pd

from dashboard import capability as rules
from dashboard.capability import Edition, Measure, Standing
from dashboard.capability import charts as charts
from dashboard.capability import words as words
from dashboard.capability.tables import link_entries, tabulate_history
from dashboard.charts import AnyChart, Event
from dashboard.definitions import OpenRule
from dashboard.memo import keep, read_rows
from dashboard.provenance import drop_local
from dashboard.queries import Identity, read_events
from dashboard.queries.capability import read_editions, read_median_prices, read_ratings, read_verdicts


@dataclass(frozen=True, slots=True)
class Board:
    """One board's editions, oldest first, and their ratings: all of them, and those of each edition."""

    file: Identity
    as_of: datetime | None
    measure: Measure
    editions: Sequence[Edition]
    ratings: pd.DataFrame
    by_edition: Mapping[Edition, pd.DataFrame]

    @property
    def newest(self) -> Edition:
        """The edition shown where none is asked for. Raises IndexError on a board without any."""
        return rules.choose_edition(self.editions) or self.editions[-1]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one choice on a board says: who is shown, who is ahead, charts and tables.

    `public` has the charts without the rows that may not leave this machine, by the same names."""

    rated: pd.DataFrame
    now: pd.DataFrame
    own: Sequence[str]
    chosen: Sequence[str]
    labels: Mapping[str, str]
    since: Mapping[str, date]
    standing: Standing
    finding: str
    details: Sequence[str]
    ahead: Sequence[tuple[str, str]]
    compared: pd.DataFrame
    table: pd.DataFrame
    entries: pd.DataFrame
    events: Sequence[Event]
    drawn: Mapping[str, AnyChart]


def read_board(file: Identity, as_of: datetime | None, measure: Measure) -> Board:
    """The board as of an instant; without editions where nothing was known by then."""
    return keep(lambda: _read_board(file, as_of, measure), "board", file, as_of, measure.source_id, measure.board)


def read_choice(
    board: Board, edition: Edition, subject: str, rule: OpenRule, picked: Sequence[str], as_of: str
) -> Reading:
    """What the board says of a choice; `picked` are entries, none for the ten by rule; `as_of` as in an address."""
    key = (board.file, board.as_of, board.measure.source_id, board.measure.board, edition, subject, rule, tuple(picked))
    return keep(lambda: _read_choice(board, edition, subject, rule, picked, as_of), "choice", *key)


def draw_public(board: Board, reading: Reading, edition: Edition, subject: str, rule: OpenRule) -> dict[str, AnyChart]:
    """The charts without rows that may not leave this machine, by name. Made when a picture is asked for."""
    return _draw(
        board,
        reading,
        edition,
        subject,
        rule,
        drop_local(reading.rated),
        drop_local(board.ratings),
        drop_local(reading.compared),
    )


def list_history(board: Board, reading: Reading) -> pd.DataFrame:
    """The points of the chart over time."""
    return tabulate_history(board.ratings, board.editions, reading.chosen, reading.labels)


def _read_board(file: Identity, as_of: datetime | None, measure: Measure) -> Board:
    asked = (file, as_of, measure.source_id, measure.board)
    editions = rules.list_editions(read_editions(*asked))
    ratings = rules.label_entries(read_ratings(*asked), measure.lower) if editions else pd.DataFrame()
    by_edition = {edition: select_edition(ratings, edition) for edition in editions}
    return Board(file, as_of, measure, editions, ratings, by_edition)


def _read_choice(
    board: Board, edition: Edition, subject: str, rule: OpenRule, picked: Sequence[str], as_of: str
) -> Reading:
    measure, rated = board.measure, board.by_edition[edition]
    asked = (board.file, board.as_of, measure.source_id, measure.board, subject, measure.lower)
    verdicts = keep(lambda: rules.label_verdicts(read_verdicts(*asked), board.ratings), "verdicts", *asked)
    now = rules.select_verdicts(verdicts, edition)
    basis = rated if edition.is_complete else board.by_edition[board.newest]
    ten = rules.choose_default(basis, read_median_prices(board.file, board.as_of), rule)
    own = list(rated.loc[rated["model_id"] == subject, "entry"])
    labels = dict(zip(board.ratings["entry"], board.ratings["label"], strict=True))
    # Where the edition lacks the subject, its past values still stand in the chart over time.
    past = [] if own else list(board.ratings.loc[board.ratings["model_id"] == subject, "entry"].unique())
    chosen = [e for e in dict.fromkeys([*own, *past, *(picked or ten)]) if e in labels]
    since = rules.find_ahead_since(verdicts, edition)
    standing = rules.count_standing(now, rule)
    finding, details = _tell(board, edition, subject, rule, rated, verdicts, standing)
    compared = rated[rated["entry"].isin(rules.choose_compared(rated, chosen, own[0] if own else ""))]
    table = rules.tabulate(rated, now, since)
    reading = Reading(
        rated,
        now,
        own,
        chosen,
        labels,
        since,
        standing,
        finding,
        details,
        words.write_ahead(now, since, rule),
        compared,
        table,
        link_entries(table, as_of),
        charts.choose_events(read_rows(read_events, board.file), rated, chosen),
        {},
    )
    return replace(reading, drawn=_draw(board, reading, edition, subject, rule, rated, board.ratings, compared))


def _tell(
    board: Board,
    edition: Edition,
    subject: str,
    rule: OpenRule,
    rated: pd.DataFrame,
    verdicts: pd.DataFrame,
    standing: Standing,
) -> tuple[str, list[str]]:
    """The headline and what stands under it: counts where there are verdicts, else values, else why not."""
    measure, name, unit = board.measure, rules.SUBJECTS[subject], charts.choose_unit(board.measure)
    is_rated = bool((rated["model_id"] == subject).any())
    if is_rated and edition.is_complete and not any(e.intervals for e in board.editions):
        return words.write_values(rated, subject, rule, measure, unit), [words.write_bare(measure)]
    silence = words.explain_silence(edition, name, is_rated, measure)
    if not silence:
        return words.write_finding(standing, name, measure), [words.write_detail(standing, edition)]
    if not is_rated and edition.is_complete:
        found = rules.find_last_value(board.ratings, board.editions, subject)
        return silence, [words.write_last_value(found, name, measure, unit, edition)]
    last = words.write_last_verdict(verdicts, board.editions, edition, rule, name)
    return silence, [last] if last else []


def _draw(
    board: Board,
    reading: Reading,
    edition: Edition,
    subject: str,
    rule: OpenRule,
    rated: pd.DataFrame,
    ratings: pd.DataFrame,
    compared: pd.DataFrame,
) -> dict[str, AnyChart]:
    measure, events = board.measure, reading.events
    return {
        "by_release": charts.draw_releases(rated, edition, subject, rule, measure, events),
        "over_time": charts.draw_history(
            ratings, board.editions, reading.chosen, reading.labels, rule, measure, events
        ),
        "ahead": charts.draw_comparison(compared, reading.now, subject, reading.since, rule, measure),
    }


def select_edition(ratings: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """The rows of one edition."""
    published = pd.Timestamp(edition.published_on) if edition.published_on else None
    same = ratings["published_on"].isna() if published is None else ratings["published_on"] == published
    in_edition = ratings["edition"] == pd.Timestamp(edition.day)
    return ratings[same & in_edition & (ratings["series_id"] == edition.series_id)]
