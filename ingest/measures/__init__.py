"""One file per derived measure; a measure exists by having its file here.

A measure reads the views under the as-of variable its caller has set, so the same code answers for any
instant. A result that cannot be had is a row with `reason_absent`, never silence. A module says what it measures in
its docstring (Definition, Formula, Inputs, Limits, Source, Versions: the page Methods shows it) and has
METHOD_VERSION, SOURCES and compute; where its sources say more than it reads, read_key tells what it does read.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from math import isfinite

import duckdb

SUBJECTS = ("openai/gpt-oss-120b", "openai/gpt-oss-20b")
RELEASED_ON = date(2025, 8, 5)
# The unit of one share less another, which is no share itself.
SHARE_DIFFERENCE = "share_difference"


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """One number under one definition. `day` is the day the number speaks of; `inputs` are payload keys; `told_by`
    names what the number rests on (the models that define a frontier, the periods that were counted).

    Exactly one of `value` and `reason_absent` is given."""

    measure_id: str
    definition_id: str
    subject: str
    unit: str
    day: date | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason_absent: str | None = None
    told_by: str | None = None
    inputs: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason_absent is None):
            raise ValueError(f"{self.measure_id}: a row has either a value or the reason it is absent.")
        if not all(isfinite(n) for n in (self.value, self.low, self.high) if n is not None):
            raise ValueError(f"{self.measure_id} of {self.subject}: {self.value} is no number to publish.")


def define(**options: object) -> str:
    """A definition's id: its options as `name=value`, in the order given; data/definitions.toml says what they mean."""
    return ";".join(f"{name}={value}" for name, value in options.items())


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure's module: its version, the sources it reads, and the function that yields its rows for the
    cursor's as-of. Between two instants at which its sources, or `read_key`, say the same, its rows are the same."""

    name: str
    method_version: str
    sources: tuple[str, ...]
    compute: Callable[[duckdb.DuckDBPyConnection, datetime], Iterator[MeasureRow]]
    read_key: Callable[[duckdb.DuckDBPyConnection], str] | None = None


@cache
def discover_measures() -> tuple[Measure, ...]:
    """Every measure, found by its file being in this folder."""
    found = []
    for info in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        module = importlib.import_module(f"{__name__}.{info.name}")
        found.append(
            Measure(
                info.name,
                module.METHOD_VERSION,
                module.SOURCES,
                module.compute,
                getattr(module, "read_key", None),
            )
        )
    return tuple(found)
