"""A series of a drawn chart, picked out of the traces it shares with others of its look.

A dot says in its hover text whose it is; a stretch of a line is a series' where it runs through its dots alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any


@dataclass(slots=True)
class Drawn:
    """Dots in the order drawn, and the stretches that join them, each with its width."""

    x: list[Any] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    sizes: list[float] = field(default_factory=list)
    rings: list[bool] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    lines: list[list[tuple[Any, float]]] = field(default_factory=list)
    widths: set[float] = field(default_factory=set)


def find_series(figure: dict[str, Any], name: str) -> Drawn:
    """The series of a name, as plotly was given it; without dots where it is not drawn."""
    found = Drawn()
    for trace in figure["data"]:
        marker = trace.get("marker", {})
        if "markers" not in trace.get("mode", "") or "line" not in marker or trace.get("hoverinfo") != "text":
            continue
        each = (trace["x"], trace["y"], trace["hovertext"], marker["size"], marker["line"]["width"])
        for x, y, said, size, ring in zip(*each, strict=True):
            if said.startswith(f"<b>{name}</b>"):
                found.x.append(x)
                found.y.append(y)
                found.sizes.append(size)
                found.rings.append(ring > 0)
                found.words.append(said)
    own = set(zip(found.x, found.y, strict=True))
    for trace in figure["data"]:
        if trace.get("mode") != "lines" or trace.get("hoverinfo") != "skip":
            continue
        ends = zip(trace["x"], trace["y"], strict=True)
        for is_gap, run in groupby(ends, key=lambda end: end[0] is None):
            stretch = list(run)
            if not is_gap and set(stretch) <= own:
                found.lines.append(stretch)
                found.widths.add(trace["line"]["width"])
    return found
