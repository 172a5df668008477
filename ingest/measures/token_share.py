"""Who takes the tokens: gpt-oss, other open models, closed ones.

Downloads say who fetched the weights, tokens say who is used. The share of one router's tokens is the only public
series of use in which open and closed models stand side by side.

Definition: the share of all tokens that OpenRouter routed on a UTC day, paid and free together. of=gpt-oss is the two
sizes, apart from of=other_open, the models that an openness rule calls open; of=open is both. of=proprietary is
closed models, of=other_weights what has weights that the rule does not call open. of=unknown is what can be put to
none of them: models of unknown access, names that are no model's, and all that lies below the list's end. The list
names the 50 most used entries, so a share is a range. Low is what the list names, which is also the value; where it
names nothing of the kind there is no value, for unknown is not 0. High for gpt-oss adds for each of its entries that
the list lacks (a size, paid or free) the smallest share that it names, and together no more than what it pools at its
end; high for any other adds all of of=unknown. Of each month the last day recorded stands, and the newest.

Formula: low = sum of shares named; high of gpt-oss = low + min(entries lacking x smallest share named, pooled rest)
high of a class = low + unknown; gpt-oss + other_open + other_weights + proprietary + unknown = 1

Inputs: the view usage, of OpenRouter's rankings; a model's access class from the catalogue, as it is today.

Limits: One router's traffic, with free promotions in it; each vendor's tokeniser counts its own tokens. Access is not
as-of: a model whose access was found out later is known in old days too. The bounds of a class are wide because much
of what is unknown is named: a model of unknown access is not closed. gpt-oss-safeguard is a model of its own, and
counts with other open models. Names that are no model's are taken to be no gpt-oss.

Source: OpenRouter, "LLM Rankings" (openrouter.ai/rankings), CC BY 4.0. Bounds: Manski, "Partial Identification of
Probability Distributions", Springer, 2003.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from ingest.measures import SUBJECTS, MeasureRow, define
from ingest.measures.clearly_ahead import OPEN_RULES

METHOD_VERSION = "1"
SOURCES = ("openrouter_rankings",)
# A size may be on the list twice: paid and free.
ENTRIES_OF_A_SIZE = 2
_WEIGHTS = OPEN_RULES["any_weights"]
_UNKNOWN = ("unknown", "unresolved", "rest")

_PARTS = """
    with kept as (
        select day from usage where source_id = 'openrouter_rankings' and redistributable <> 'no' group by day
        qualify row_number() over (partition by date_trunc('month', day) order by day desc) = 1)
    select u.day, case when u.is_rest then 'rest' when u.model_id in (?, ?) then u.model_id
                       when u.model_id is null then 'unresolved' else coalesce(m.access, 'unknown') end as part,
           count(*), case when count(u.share) = count(*) then sum(u.share order by u.rank nulls last, u.name_raw) end,
           min(u.share), min(u.rank), bool_or(list_contains(u.flags, 'partial')),
           list_sort(list(distinct u.payload_key))
    from usage u semi join kept k on k.day = u.day left join main.models m on m.model_id = u.model_id
    where u.source_id = 'openrouter_rankings' and u.redistributable <> 'no'
    group by all order by u.day, part"""


@dataclass(frozen=True, slots=True)
class Part:
    """What of a day's list belongs together: how many entries, their share of all tokens, the smallest of them."""

    names: int
    share: float | None
    lowest: float | None
    rank: int | None = None


@dataclass(frozen=True, slots=True)
class _Day:
    day: date
    parts: Mapping[str, Part]
    is_partial: bool
    inputs: tuple[int, ...]

    @property
    def reason_absent(self) -> str | None:
        if any(part.share is None for part in self.parts.values()):
            return f"The list of {self.day} does not tell the tokens of all models, so there is no share."
        return None

    @property
    def lowest(self) -> float:
        """The smallest share that the list names: nothing below it had more."""
        found = [p.lowest for name, p in self.parts.items() if name != "rest" and p.lowest is not None]
        return min(found, default=0.0)

    @property
    def named(self) -> int:
        return sum(part.names for name, part in self.parts.items() if name != "rest")

    def sum_up(self, *names: str) -> float:
        """The share of some parts together; one that the day lacks adds nothing."""
        return float(sum(self.parts[n].share or 0.0 for n in sorted(names) if n in self.parts))

    def count(self, *names: str) -> int:
        return sum(self.parts[n].names for n in names if n in self.parts)


def bound_share(listed: float, lacking: int, lowest: float, rest: float) -> float:
    """The most that a share can be of which `lacking` entries lie below the list's end: each has at most the lowest
    share named, all of them at most what is pooled there."""
    return listed + min(lacking * lowest, rest)


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """A row a recorded day, whose share it is, and openness rule, under the cursor's as-of."""
    days = _read_days(con)
    if not days:
        for definition, subject in _list_asked():
            missing = "No day of OpenRouter's rankings had been recorded."
            yield MeasureRow("token_share", definition, subject, "share", reason_absent=missing)
    for day in days:
        if day.reason_absent:
            for definition, subject in _list_asked():
                yield MeasureRow("token_share", definition, subject, "share", day.day, reason_absent=day.reason_absent)
            continue
        yield _tell_own(day, "all", SUBJECTS)
        for subject in SUBJECTS:
            yield _tell_own(day, subject, (subject,))
        yield from _tell_classes(day)


def _list_asked() -> list[tuple[str, str]]:
    """Every definition and subject that has a row a day."""
    own = [(define(of="gpt-oss"), subject) for subject in ("all", *SUBJECTS)]
    ruled = [
        (define(of=of, open=rule), "all")
        for rule, classes in OPEN_RULES.items()
        for of in ("open", "other_open", *(("other_weights",) if _WEIGHTS - classes else ()))
    ]
    return [*own, (define(of="proprietary"), "all"), (define(of="unknown"), "all"), *ruled]


def _read_days(con: duckdb.DuckDBPyConnection) -> list[_Day]:
    rows: dict[date, list[Sequence[object]]] = {}
    for day, *told in con.execute(_PARTS, [*SUBJECTS]).fetchall():
        rows.setdefault(day, []).append(told)
    found = []
    for day, told_of_day in rows.items():
        parts: dict[str, Part] = {}
        keys: set[int] = set()
        is_partial = False
        for name, names, share, lowest, rank, partial, inputs in told_of_day:
            parts[str(name)] = Part(int(names), share, lowest, rank)  # type: ignore[call-overload, arg-type]
            keys |= set(inputs)  # type: ignore[call-overload]
            is_partial = is_partial or bool(partial)
        found.append(_Day(day, parts, is_partial, tuple(sorted(keys))))
    return found


def _tell_own(day: _Day, subject: str, sizes: Sequence[str]) -> MeasureRow:
    """gpt-oss's share: one size's, or both together."""
    low = day.sum_up(*sizes)
    lacking = ENTRIES_OF_A_SIZE * len(sizes) - day.count(*sizes)
    high = bound_share(low, lacking, day.lowest, day.sum_up("rest"))
    told = [
        f"{_name(one)} rank {day.parts[one].rank}" if one in day.parts else f"{_name(one)} not named" for one in sizes
    ]
    told_by = (
        f"{', '.join(told)} of {day.named} entries; {max(lacking, 0)} of {ENTRIES_OF_A_SIZE * len(sizes)} below them"
    )
    return _make_row(day, define(of="gpt-oss"), subject, low, high, day.count(*sizes), told_by)


def _tell_classes(day: _Day) -> Iterator[MeasureRow]:
    """The shares of the classes of access, each at most with all that is unknown."""
    unknown = day.sum_up(*_UNKNOWN)

    def tell(definition: str, *parts: str) -> MeasureRow:
        low, names = day.sum_up(*parts), day.count(*parts)
        told_by = f"{names} of {day.named} entries"
        return _make_row(day, definition, "all", low, low + unknown, names, told_by)

    yield tell(define(of="proprietary"), "proprietary")
    told_by = (
        f"{day.count('unknown')} entries of unknown access, {day.count('unresolved')} that are no model's, "
        f"and {100 * day.sum_up('rest'):.1f} % below the list's end"
    )
    yield _make_row(day, define(of="unknown"), "all", unknown, unknown, day.count(*_UNKNOWN), told_by)
    for rule, classes in OPEN_RULES.items():
        yield tell(define(of="other_open", open=rule), *classes)
        yield tell(define(of="open", open=rule), *classes, *SUBJECTS)
        if left := _WEIGHTS - classes:
            yield tell(define(of="other_weights", open=rule), *left)


def _make_row(
    day: _Day, definition: str, subject: str, low: float, high: float, names: int, told_by: str
) -> MeasureRow:
    """A share with its bounds; of what no entry is named the bounds alone, for it is unknown and not 0."""
    missing = f"None of the {day.named} entries named on {day.day} is of it: its share is unknown, and not 0."
    return MeasureRow(
        "token_share",
        definition,
        subject,
        "share",
        day.day,
        low if names else None,
        low,
        min(high, 1.0),
        reason_absent=None if names else missing,
        told_by=told_by + ("; the day was not over" if day.is_partial else ""),
        inputs=day.inputs,
    )


def _name(model_id: str) -> str:
    return model_id.partition("/")[2]
