"""How many months open models are behind closed ones, by two rules side by side.

Points mean little to a reader and are stretched differently at each level; months are what a decision waits for. No
single rule is right, so two are kept beside each other.

Definition: rule=horizontal, on one edition of an index. Each closed model that raised the record is caught up with
by the first open model that is the best open one on its day and not clearly below it, and the wait (nothing, where
that was before) is averaged over the levels that both groups span and open models have caught up with.
rule=threshold, on the inputs of the index. Per benchmark and threshold (0.1, 0.2 ... 0.9 of the way from chance to
the ceiling) the first closed and the first open model at or above it; the median of the waits over all thresholds
that a closed model has crossed, negative where the open model was first, those of public and of private questions
apart. A crossing counts where it was seen: an earlier model of the group had been below (crossings=any drops that).
A wait that still lasts counts as lasting, is left out (waiting=left_out), or ends on the edition's day
(waiting=so_far: a lower bound). Of gpt-oss: months from the first closed, or other open, model at or above its own
value to its release; by rule=threshold the median over the benchmarks it was run on. months_since_clearly_ahead:
months from the first closed model that is clearly ahead of the best open one to the edition's day.

Formula: wait_c = max(0, min{day_o : o best so far, v_o >= v_c - 1.96 sqrt(se_c^2 + se_o^2)} - day_c) / 30.4375;
value = sum(width_c wait_c) / sum(width_c), width_c = v_c - max(the record before c, the level where both groups
begin). Median: Kaplan and Meier's, the first wait by which half of those still waiting had ended. Intervals are the
5th and 95th percentile: by level, of 400 draws of every model's value from a normal distribution with its standard
error; by threshold, of 1000 resamples of the benchmarks, from 5 benchmarks on. Seeds are fixed, and a model's draws
are its own whoever else is rated.

Inputs: the newest complete editions of the Epoch Capabilities Index, of its inputs, and of the text Arena
(overall), or the newest that publish intervals (edition=with_intervals); access, release dates and whether a
benchmark's questions are private, of the catalogue.

Limits: where an edition has no intervals, "caught up" means equal or above, which takes longer, and there is no
interval. Draws add the noise that the estimates already hold, and treat errors of a joint fit as independent, so an
interval may lie to one side of its value. Levels not caught up with are outside of an average, which shortens it:
how many and since when stands beside the number, and months_since_clearly_ahead is about them. The range begins with
the first closed model, whose own wait is outside of it. Epoch, which counts GPT-4's 14 months and takes fewer
differences for noise, found 3.5 months (1.1 to 5.3) in October 2025; the edition of that December gives 1.5 (0 to
2.4) here. Thresholds are crossed among the models that were run, so even a crossing that was seen may be late. Where
the first result was already at a level, the wait of gpt-oss is at least so long, and counts as such. Release dates
are today's catalogue, Epoch's for most, and a record's date matters: o3 by its announcement (2024-12-20) instead of
its release (2025-04-16) would alone add more than half a month to rule=horizontal. Undated models and those of
unknown access are left out and counted. Results whose publishers do not let them be passed on are not read. The
private benchmarks are editions of FrontierMath alone and share questions; of many benchmarks it is not stated which
they are (benchmarks=unstated).

Source: Luke Emberson, "Open-weight models lag state-of-the-art by around 3 months on average", Epoch AI, 2025, and
Jack Edwards and Luke Emberson, "Open models lag state-of-the-art closed models by 4 months", Epoch AI, 2026
(horizontal, and the time since the lead was no longer too close to call); Ben Cottier and others, "How far behind
are open models?", Epoch AI, 2024 (waits per benchmark); E. L. Kaplan and P. Meier, "Nonparametric estimation from
incomplete observations", Journal of the American Statistical Association 53, 1958.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

import duckdb
import numpy as np

from ingest.measures import SUBJECTS, MeasureRow, define
from ingest.measures.clearly_ahead import OPEN_RULES
from ingest.measures.frontier import CLOSED, Board, explain_none, list_indexes, read_boards
from ingest.measures.frontier import read_key as read_boards_key
from ingest.stats.frontier import (
    DAYS_A_MONTH,
    Floats,
    Group,
    Ints,
    Rated,
    Wait,
    average_wait,
    bound,
    find_best,
    find_first,
    find_lead,
    list_crossings,
    list_records,
    take_median,
)

METHOD_VERSION = "1"
SOURCES = ("epoch_eci", "lmarena")
THRESHOLDS = tuple(n / 10 for n in range(1, 10))
LEVEL_DRAWS = 400
BENCHMARK_DRAWS = 1000
MIN_BENCHMARKS = 5
SEED = 20250805
KINDS = {"public": False, "private": True, "unstated": None}

Bounds = tuple[float | None, float | None]
_PRIVATE = "select benchmark_id, private from main.benchmarks"


def read_key(con: duckdb.DuckDBPyConnection) -> str:
    """What is read under the cursor's as-of."""
    return read_boards_key(con)


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """Waits per scale, rule and openness rule, of the frontiers and of gpt-oss, under the cursor's as-of."""
    boards = read_boards(con, as_of)
    done: dict[tuple[str, int, str], list[MeasureRow]] = {}
    for index, newest, added in list_indexes(boards):
        for rule in OPEN_RULES:
            at = (index, newest.payload_key if newest else 0, rule)
            if newest is None or at not in done:
                done[at] = list(_measure_levels(newest, define(index=index, open=rule), rule, added))
                yield from done[at]
            else:
                # The newest edition is the newest with intervals, too.
                yield from (replace(r, definition_id=r.definition_id + added) for r in done[at])
    private: dict[str, bool | None] = dict(con.execute(_PRIVATE).fetchall())
    inputs = [b for b in boards if b.board == "inputs"]
    for kind, stated in KINDS.items():
        chosen = [b for b in inputs if private.get(b.benchmark_id) is stated]
        for rule in OPEN_RULES:
            yield from _measure_thresholds(chosen, kind, rule)


def _measure_levels(newest: Board | None, scale: str, rule: str, added: str) -> Iterator[MeasureRow]:
    definition = f"{define(rule='horizontal')};{scale}"
    leaders, followers = (_choose(newest, c) for c in (CLOSED, OPEN_RULES[rule]))
    if newest is None or not leaders.names or not followers.names:
        why = (
            f"The edition of {newest.day} does not rate both open and closed models." if newest else explain_none(added)
        )
        yield _say_why("months_behind", definition + added, "all", newest, why)
        yield _say_why("months_since_clearly_ahead", scale + added, "all", newest, why)
    else:
        led, followed = leaders.draw(LEVEL_DRAWS, SEED), followers.draw(LEVEL_DRAWS, SEED)
        yield _average_levels(newest, definition + added, leaders, followers, led, followed)
        yield _tell_lead(newest, scale + added, leaders, followers, led, followed)
    for subject in SUBJECTS:
        for against, classes in (("open", OPEN_RULES[rule]), ("closed", CLOSED)):
            told = f"{definition};{define(of='gpt-oss', against=against)}{added}"
            yield _date_subject(newest, told, subject, classes, against, added)


def _choose(newest: Board | None, classes: frozenset[str], without: str | None = None) -> Group:
    """A group; of an edition with intervals, its models that have one."""
    models = newest.choose(classes, without) if newest else []
    return Group.order([m for m in models if newest and (m.se is not None or not newest.has_intervals)])


def _average_levels(
    newest: Board, definition: str, leaders: Group, followers: Group, led: Floats, followed: Floats
) -> MeasureRow:
    value = float(average_wait(leaders, followers, leaders.values[None, :], followers.values[None, :])[0])
    if np.isnan(value):
        why = f"Open and closed models share no level in the edition of {newest.day}."
        return _say_why("months_behind", definition, "all", newest, why)
    records, months = list_records(leaders, followers)
    awaited = records[np.isnan(months)]
    told = [
        f"closed frontier: {_tell_top(leaders)}; open: {_tell_top(followers)}",
        f"{len(records) - len(awaited)} of {len(records)} closed records caught up with",
    ]
    if len(awaited):
        told.append(f"the first that is not: {_tell(leaders, int(awaited[0]))}")
    bounds: Bounds = (None, None)
    if newest.has_intervals:
        bounds = bound(average_wait(leaders, followers, led, followed))
    else:
        told.append("no interval was published, so caught up means equal or above")
    return _give("months_behind", definition, "all", newest, value, bounds, told)


def _tell_lead(
    newest: Board, definition: str, leaders: Group, followers: Group, led: Floats, followed: Floats
) -> MeasureRow:
    name, end = "months_since_clearly_ahead", newest.day.toordinal()
    if not newest.has_intervals:
        return _say_why(name, definition, "all", newest, f"The edition of {newest.day} publishes no intervals.")
    first = find_lead(leaders, followers, leaders.values[None, :], followers.values[None, :])[0]
    ahead = "none" if first < 0 else _tell(leaders, int(first))
    told = [f"best open: {_tell_top(followers)}; first closed model clearly ahead of it: {ahead}"]

    def count(place: Ints) -> Floats:
        days = leaders.days[place]
        return np.asarray(np.where(place < 0, 0.0, (end - days) / DAYS_A_MONTH))

    value = float(count(np.array([first]))[0])
    return _give(
        name, definition, "all", newest, value, bound(count(find_lead(leaders, followers, led, followed))), told
    )


def _date_subject(
    newest: Board | None, definition: str, subject: str, classes: frozenset[str], against: str, added: str
) -> MeasureRow:
    own = newest.find(subject) if newest else None
    if newest is None or own is None:
        why = f"The edition of {newest.day} does not rate this model." if newest else explain_none(added)
        return _say_why("months_behind", definition, subject, newest, why)
    others, itself = _choose(newest, classes, without=subject), Group.order([own])
    place = find_first(others.values[None, :], itself.values)[0] if others.names else -1
    if place < 0:
        why = f"No other {against} model of the edition of {newest.day} is at its level."
        return _say_why("months_behind", definition, subject, newest, why)
    told = [f"first {against} model at its level: {_tell(others, int(place))}"]
    bounds: Bounds = (None, None)
    if newest.has_intervals and own.se is not None:
        drawn = find_first(others.draw(LEVEL_DRAWS, SEED), itself.draw(LEVEL_DRAWS, SEED)[:, 0])
        months = (own.day - others.days[drawn]) / DAYS_A_MONTH
        # Where no other is at its level it leads without end.
        bounds = bound(np.where(drawn < 0, -np.inf, months))
    else:
        told.append("no interval was published")
    value = float(own.day - others.days[place]) / DAYS_A_MONTH
    return _give("months_behind", definition, subject, newest, value, bounds, told)


def _measure_thresholds(chosen: Sequence[Board], kind: str, rule: str) -> Iterator[MeasureRow]:
    definition, classes = define(rule="threshold", benchmarks=kind, open=rule), OPEN_RULES[rule]
    groups = {b.benchmark_id: (Group.order(b.choose(CLOSED)), Group.order(b.choose(classes))) for b in chosen}
    both = [b for b in chosen if all(g.names for g in groups[b.benchmark_id])]
    waits = [
        w for b in both for w in list_crossings(b.benchmark_id, *groups[b.benchmark_id], THRESHOLDS, b.day.toordinal())
    ]
    seen = [w for w in waits if w.is_seen]
    told = _tell_count(waits)
    for place, side in enumerate(("closed", "open")) if both else ():
        told.insert(place, f"best {side} on the most: {_tell_most([groups[b.benchmark_id][place] for b in both])}")
    for added, some in (
        ("", seen),
        (";waiting=left_out", [w for w in seen if w.is_over]),
        (";waiting=so_far", [replace(w, is_over=True) for w in seen]),
        (";crossings=any", waits),
    ):
        yield _sum_up(chosen, kind, definition + added, "all", some, told)
    for board in chosen:
        own = [w for w in waits if w.benchmark_id == board.benchmark_id]
        each = define(rule="threshold", benchmarks="each", open=rule)
        tops = [f"closed: {_tell_top(groups[board.benchmark_id][0])}; open: {_tell_top(groups[board.benchmark_id][1])}"]
        yield _sum_up(
            [board], kind, each, board.benchmark_id, [w for w in own if w.is_seen], [*tops, *_tell_count(own)]
        )
    for subject in SUBJECTS:
        for against, others in (("open", classes), ("closed", CLOSED)):
            of = f"{definition};{define(of='gpt-oss', against=against)}"
            own = [w for b in chosen for w in _date_result(b, subject, others)]
            lasting = sum(not w.is_over for w in own)
            told = [f"{len(own)} benchmarks it was run on"]
            if lasting:
                told.append(f"on {lasting} the first {against} result was at its level already")
            yield _sum_up(chosen, kind, of, subject, own, told)


def _date_result(board: Board, subject: str, classes: frozenset[str]) -> Iterator[Wait]:
    """How long before a model's release its result on a benchmark had been reached; later is negative."""
    own, others = board.find(subject), Group.order(board.choose(classes, without=subject))
    if own is None or not others.names:
        return
    place = find_first(others.values[None, :], np.array([own.value]))[0]
    # Not reached by the edition's day: it leads by more than that.
    day = others.days[place] if place >= 0 else board.day.toordinal()
    yield Wait(board.benchmark_id, float(own.day - day) / DAYS_A_MONTH, bool(day > others.days[0]))


def _sum_up(
    chosen: Sequence[Board], kind: str, definition: str, subject: str, waits: Sequence[Wait], told: list[str]
) -> MeasureRow:
    newest = max(chosen, key=lambda b: (b.day, b.benchmark_id), default=None)
    if newest is None:
        why = f"No results of {kind} benchmarks had been recorded as inputs of the index."
        return _say_why("months_behind", definition, subject, None, why)
    if not waits:
        why = "; ".join([f"The {kind} benchmarks of the edition of {newest.day} leave nothing to compare", *told])
        return _say_why("months_behind", definition, subject, newest, f"{why}.")
    median = take_median(waits, BENCHMARK_DRAWS, SEED, MIN_BENCHMARKS)
    if np.isinf(median.months):
        ended, so_far = sum(w.is_over for w in waits), np.median([w.months for w in waits])
        why = (
            f"{ended} of {len(waits)} waits were seen to end, too few for a median; "
            f"half had lasted {so_far:.1f} months or more"
        )
        return _say_why("months_behind", definition, subject, newest, "; ".join([why, *told]) + ".")
    if median.benchmarks < MIN_BENCHMARKS:
        told = [*told, f"fewer than {MIN_BENCHMARKS} benchmarks: no interval"]
    elif median.high is None:
        told = [*told, "no upper end: in one resample of twenty or more, fewer than half of the waits had ended"]
    keys = tuple(sorted({b.payload_key for b in chosen}))
    return _give("months_behind", definition, subject, newest, median.months, (median.low, median.high), told, keys)


def _tell_count(waits: Sequence[Wait]) -> list[str]:
    seen = [w for w in waits if w.is_seen]
    over, benchmarks = sum(w.is_over for w in seen), len({w.benchmark_id for w in seen})
    return [
        f"{len(seen)} thresholds seen crossed by closed models, on {benchmarks} benchmarks with both",
        f"by open ones {over}, {len(seen) - over} not yet",
        f"{len(waits) - len(seen)} where the first result was above already",
    ]


def _tell_most(groups: Sequence[Group]) -> str:
    """Who is best on the most benchmarks."""
    best = Counter(_find_top(g).name for g in groups)
    name, times = min(best.items(), key=lambda b: (-b[1], b[0]))
    return f"{name} on {times} of {len(groups)}"


def _find_top(group: Group) -> Rated:
    models = [Rated(n, int(d), float(v)) for n, d, v in zip(group.names, group.days, group.values, strict=True)]
    best = find_best(models)
    if best is None:
        raise ValueError("A group without models has no frontier.")
    return best


def _tell_top(group: Group) -> str:
    if not group.names:
        return "none"
    best = _find_top(group)
    return f"{best.name} ({date.fromordinal(best.day)})"


def _tell(group: Group, place: int) -> str:
    return f"{group.names[place]} ({date.fromordinal(int(group.days[place]))})"


def _give(
    name: str,
    definition: str,
    subject: str,
    newest: Board,
    value: float,
    bounds: Bounds,
    told: Sequence[str],
    keys: tuple[int, ...] = (),
) -> MeasureRow:
    low, high = bounds
    left_out = "" if keys else newest.tell_left_out()
    return MeasureRow(
        name,
        definition,
        subject,
        "months",
        newest.day,
        value,
        low,
        high,
        told_by="; ".join(told) + left_out,
        inputs=keys or (newest.payload_key,),
    )


def _say_why(name: str, definition: str, subject: str, newest: Board | None, reason: str) -> MeasureRow:
    return MeasureRow(name, definition, subject, "months", newest.day if newest else None, reason_absent=reason)
