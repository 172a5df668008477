"""How far the best open model is behind the best closed one, in points.

A count of models ahead says nothing of how far ahead they are. This is the distance between the two frontiers on one
day, and of gpt-oss to each of them, in the units of the scale.

Definition: on one edition of one scale (the newest complete one; under edition=with_intervals the newest of those
that publish intervals), the value of the best closed model less that of the
best open model, under each rule of what open means. Of gpt-oss: the value of the best open, or closed, other model
less its own; negative where gpt-oss leads. Per benchmark: the same on each of the index's inputs, in hundredths of
the way from chance to the ceiling. A model counts by its best configuration, once it is released. Between two
values the words are "too close to call" where the interval holds zero.

Formula: gap = v_closed - v_open; interval = gap +- 1.96 sqrt(se_closed^2 + se_open^2), se = (high - low) / 3.29 of a
90 % interval or / 3.92 of a 95 % one, 0 for an anchor of the scale.

Inputs: the editions of the Epoch Capabilities Index and its inputs, of the text Arena (overall); access and release
dates of the catalogue.

Limits: the best of many estimates is on average too high, more so where many models are close to the top, so that
the gap leans to the group with more models. Errors of an index fitted jointly are treated as independent, which
makes its interval too wide. Where no interval is published the value stands without one. Models of unknown access
are in neither group, those without a release date, or not released by the day asked for, are left out: both are
counted beside the number. Access and dates are today's catalogue, whatever the day asked for. A benchmark's two best
are the best of those it was run on; results whose publishers do not let them be passed on are not read.

Source: Luke Emberson, "Open-weight models lag state-of-the-art by around 3 months on average", Epoch AI, 2025
(the vertical gap); N. Schenker and J. F. Gentleman, "On judging the significance of differences by examining the
overlap between confidence intervals", The American Statistician 55, 2001 (the interval of a difference).

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from ingest.measures import SUBJECTS, MeasureRow, define
from ingest.measures.clearly_ahead import OPEN_RULES
from ingest.stats.frontier import Rated, Z, find_best
from ingest.store import read_row

METHOD_VERSION = "1"
SOURCES = ("epoch_eci", "lmarena")
INDEXES = {"eci": "epoch_eci", "text": "arena_text"}

# One row a score of the newest complete edition of each scale and of the newest that has intervals, of those that may
# be passed on: a measure is. A standard error is worked out as in the view comparisons.
_RATED = """
    with rated as (
        from scores where is_listed and redistributable is distinct from 'no'
                          and (board in ('eci', 'inputs') or (board = 'text' and category = 'overall'))),
    judged as (
        select e.series_id, e.edition, e.published_on, count(s.low) > 0 as has_low
        from editions e
        join rated s on s.series_id = e.series_id and s.edition = e.edition
                        and s.published_on is not distinct from e.published_on
        where e.is_complete group by all),
    chosen as (
        select *, row_number() over (partition by series_id order by edition desc, published_on desc) = 1 as is_newest,
               has_low and row_number() over (
                   partition by series_id, has_low order by edition desc, published_on desc) = 1 as is_told
        from judged qualify is_newest or is_told)
    select e.is_newest, e.is_told, s.board, s.benchmark_id, s.edition, s.payload_key, s.model_id,
           coalesce(m.name, s.name_raw) as name, coalesce(m.access, 'unknown') as access, m.released_on, s.value,
           case when s.low is not null then (s.high - s.low) / case s.interval_pct when 90 then 3.29 else 3.92 end
                when s.board = 'eci' and s.name_raw in ('GPT-5', 'Claude 3.5 Sonnet') and e.has_low then 0 end as se
    from chosen e
    join rated s
        on s.series_id = e.series_id and s.edition = e.edition and s.published_on is not distinct from e.published_on
    left join main.models m on m.model_id = s.model_id
    order by all"""
# Changes with what is read, and with which of its models are out by the instant asked for.
_READ_KEY = f"""
    select count(*), bit_xor(hash(r)), count(*) filter (released_on <= coalesce(getvariable('as_of'), 'infinity'))
    from ({_RATED}) r"""
# The newest complete edition, and the newest that has intervals: often, but not always, the same.
EDITIONS = ("newest", "with_intervals")
CLOSED = frozenset({"proprietary"})


@dataclass(frozen=True, slots=True)
class _Row:
    model_id: str | None
    name: str
    access: str
    released_on: date | None
    value: float
    se: float | None


@dataclass(frozen=True, slots=True)
class Model:
    """A model of an edition: one of its values, and whoever may use its weights."""

    model_id: str
    access: str
    rated: Rated


@dataclass(frozen=True, slots=True)
class Board:
    """One edition of a scale: the models that can be on a frontier, and how many cannot.

    `stands_for`: which of EDITIONS it is of its scale."""

    stands_for: frozenset[str]
    board: str
    benchmark_id: str
    day: date
    payload_key: int
    models: tuple[Model, ...]
    undated: int
    unreleased: int

    @property
    def has_intervals(self) -> bool:
        """Whether the edition publishes intervals."""
        return "with_intervals" in self.stands_for

    def choose(self, classes: frozenset[str], without: str | None = None) -> list[Rated]:
        """The models of some classes of access, one of them left out."""
        return [m.rated for m in self.models if m.access in classes and m.model_id != without]

    def find(self, model_id: str) -> Rated | None:
        """A model's best value here."""
        return find_best([m.rated for m in self.models if m.model_id == model_id])

    def tell_left_out(self) -> str:
        """Who is on no frontier, in words; nothing where that is nobody."""
        unknown = len({m.model_id for m in self.models if m.access == "unknown"})
        counts = (
            (unknown, "of unknown access"),
            (self.undated, "undated"),
            (self.unreleased, "dated after the day asked for"),
        )
        told = ", ".join(f"{n} {words}" for n, words in counts if n)
        return f"; left out: {told}" if told else ""


def read_key(con: duckdb.DuckDBPyConnection) -> str:
    """What is read under the cursor's as-of."""
    return str(read_row(con, _READ_KEY))


def read_boards(con: duckdb.DuckDBPyConnection, as_of: datetime) -> list[Board]:
    """The editions to compare in, as known at the cursor's as-of: of each scale one or two."""
    rows: dict[tuple[bool, bool, str, str, date, int], list[_Row]] = {}
    for is_newest, is_told, board, benchmark, edition, key, *rest in con.execute(_RATED).fetchall():
        rows.setdefault((is_newest, is_told, board, benchmark, edition, key), []).append(_Row(*rest))
    boards = []
    for (is_newest, is_told, board, benchmark, edition, key), found in rows.items():
        day = as_of.date()
        stands_for = frozenset(n for n, is_so in zip(EDITIONS, (is_newest, is_told), strict=True) if is_so)
        models = tuple(
            Model(r.model_id or r.name, r.access, Rated(r.name, r.released_on.toordinal(), r.value, r.se))
            for r in found
            if r.released_on is not None and r.released_on <= day
        )
        undated = len({r.model_id or r.name for r in found if r.released_on is None})
        unreleased = len({r.model_id or r.name for r in found if r.released_on is not None and r.released_on > day})
        boards.append(Board(stands_for, board, benchmark, edition, key, models, undated, unreleased))
    return boards


def list_indexes(boards: Sequence[Board]) -> Iterator[tuple[str, Board | None, str]]:
    """Each index and edition to answer for: the index, what is known of it, and what its definition adds."""
    for board, index in INDEXES.items():
        for edition in EDITIONS:
            found = next((b for b in boards if b.board == board and edition in b.stands_for), None)
            yield index, found, "" if edition == "newest" else f";{define(edition=edition)}"


def explain_none(added: str) -> str:
    """Why there is no edition of the kind asked for."""
    return f"No complete edition{' with intervals' if added else ''} had been recorded."


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """Gaps per scale and openness rule, of the frontiers and of gpt-oss, under the cursor's as-of."""
    boards = read_boards(con, as_of)
    for index, newest, added in list_indexes(boards):
        for rule in OPEN_RULES:
            definition = define(index=index, open=rule)
            yield _compare_frontiers(newest, rule, definition, "all", 1.0, added)
            yield from _compare_subjects(newest, rule, definition, added)
    for newest in (b for b in boards if b.board == "inputs"):
        for rule in OPEN_RULES:
            definition = define(benchmarks="each", open=rule)
            yield _compare_frontiers(newest, rule, definition, newest.benchmark_id, 100.0)


def _compare_frontiers(
    newest: Board | None, rule: str, definition: str, subject: str, points: float, added: str = ""
) -> MeasureRow:
    definition += added
    if newest is None:
        return _say_why(definition, subject, None, explain_none(added))
    closed, open_ = find_best(newest.choose(CLOSED)), find_best(newest.choose(OPEN_RULES[rule]))
    if closed is None or open_ is None:
        missing = "closed" if closed is None else "open"
        return _say_why(definition, subject, newest, f"The edition of {newest.day} rates no {missing} model.")
    told = f"closed: {closed.name}; open: {open_.name}"
    return _subtract(newest, definition, subject, closed, open_, told, points)


def _compare_subjects(newest: Board | None, rule: str, definition: str, added: str) -> Iterator[MeasureRow]:
    for subject in SUBJECTS:
        own = newest.find(subject) if newest else None
        for against, classes in (("open", OPEN_RULES[rule]), ("closed", CLOSED)):
            told = f"{definition};{define(against=against)}{added}"
            rival = find_best(newest.choose(classes, without=subject)) if newest else None
            if newest is None:
                yield _say_why(told, subject, None, explain_none(added))
            elif own is None:
                yield _say_why(told, subject, newest, f"The edition of {newest.day} does not rate this model.")
            elif rival is None:
                yield _say_why(told, subject, newest, f"The edition of {newest.day} rates no {against} model.")
            else:
                yield _subtract(newest, told, subject, rival, own, f"best {against}: {rival.name}", 1.0)


def _subtract(
    newest: Board, definition: str, subject: str, upper: Rated, lower: Rated, told: str, points: float
) -> MeasureRow:
    gap, margin = (upper.value - lower.value) * points, None
    if upper.se is not None and lower.se is not None:
        margin = Z * math.hypot(upper.se, lower.se) * points
    return MeasureRow(
        "frontier_gap",
        definition,
        subject,
        "points",
        newest.day,
        gap,
        None if margin is None else gap - margin,
        None if margin is None else gap + margin,
        told_by=told + ("; no interval was published" if margin is None else "") + newest.tell_left_out(),
        inputs=(newest.payload_key,),
    )


def _say_why(definition: str, subject: str, newest: Board | None, reason: str) -> MeasureRow:
    return MeasureRow(
        "frontier_gap", definition, subject, "points", newest.day if newest else None, reason_absent=reason
    )
