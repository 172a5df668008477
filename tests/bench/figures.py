"""Figures of a benchmark and the one table they are printed in.

A figure keeps every reading, so that a median never hides its spread; where both sides were measured in
turns, the ratio is the median of the ratios of neighbouring readings, which a busy machine moves least.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import orjson


@dataclass(slots=True)
class Figure:
    """Readings of one quantity: ours, the plain version's in the same order, and the budget, all in `unit`.

    `cpu` is processor time of ours, in `unit` too: on a machine that does other work it says more than the clock."""

    group: str
    name: str
    unit: str
    ours: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    budget: float | None = None
    cpu: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """Plain over ours, median over pairs; None where either side is missing or ours is nothing."""
        pairs = [p / o for o, p in zip(self.ours, self.plain, strict=False) if o > 0]
        return statistics.median(pairs) if pairs else None

    @property
    def is_within(self) -> bool | None:
        """Whether our median keeps the budget; None without one or without readings."""
        if self.budget is None or not self.ours:
            return None
        return statistics.median(self.ours) <= self.budget


def write_table(figures: Sequence[Figure]) -> str:
    """All figures as one Markdown table: median (least to most) of each side, ratio, budget."""
    head = ("", "unit", "ours", "CPU", "plain", "plain : ours", "budget", "")
    rows: list[tuple[str, ...]] = [head]
    for group in dict.fromkeys(f.group for f in figures):
        rows.append((f"**{group}**", *[""] * (len(head) - 1)))
        for f in (f for f in figures if f.group == group):
            ratio = f"{f.ratio:.1f}" if f.ratio is not None else ""
            budget = _write_number(f.budget) if f.budget is not None else ""
            verdict = {None: "", True: "within", False: "over"}[f.is_within]
            cpu = _write_number(statistics.median(f.cpu)) if f.cpu else ""
            rows.append((f.name, f.unit, _write_side(f.ours), cpu, _write_side(f.plain), ratio, budget, verdict))
    widths = [max(len(row[i]) for row in rows) for i in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def write_json(figures: Sequence[Figure]) -> bytes:
    """Every reading, for a later comparison."""
    return orjson.dumps([{**asdict(f), "ratio": f.ratio} for f in figures], option=orjson.OPT_INDENT_2)


def find_percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the readings lies, without interpolation; `values` is not empty."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _write_side(values: Sequence[float]) -> str:
    if not values:
        return ""
    middle = _write_number(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({_write_number(min(values))} to {_write_number(max(values))})"


def _write_number(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
