"""Traces that look alike, drawn as one.

What plotly takes to draw a chart grows with its traces and hardly with their points: each is checked against the
schema, given its defaults and its own layer, three times over as Streamlit mounts it. A series is a line and its dots,
so ten models are twenty traces, of two or three looks. Joined they show the same: lines keep their gaps, and every dot
its own size, colour and hover text. It refuses to join a fill, whose outline must stay its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dashboard.charts.plotly_parts import Item

# What a trace holds for each of its points.
_OF_POINTS = ("x", "y", "hovertext")
_OF_MARKERS = ("size", "color")
_OF_ERRORS = ("array", "arrayminus")


def join_alike(traces: Iterable[Item]) -> list[Item]:
    """The traces with those of one look joined, points in order: lines where the first of them stood, under all dots,
    and dots where the last one stood, over all lines before it. Traces given are not changed."""
    groups: dict[str, list[Item]] = {}
    places: dict[str, int] = {}
    for place, trace in enumerate(traces):
        look = _describe_look(trace) or f"alone {place}"
        groups.setdefault(look, []).append(trace)
        if look not in places or trace["mode"] == "markers":
            places[look] = place
    return [_join(groups[look]) for look in sorted(groups, key=places.__getitem__)]


def _describe_look(trace: Item) -> str | None:
    """What tells one look from another; None for a trace that stays alone."""
    if trace.get("mode") == "lines" and "fill" not in trace and "line" in trace:
        return repr({name: value for name, value in trace.items() if name not in ("x", "y", "name")})
    if trace.get("mode") != "markers" or not isinstance(trace["marker"]["size"], list):
        return None
    marker, errors = trace["marker"], trace.get("error_y")
    look = {name: value for name, value in trace.items() if name not in (*_OF_POINTS, "name", "marker", "error_y")}
    look["marker"] = marker["opacity"], marker["line"]["color"]
    look["error_y"] = errors and {name: value for name, value in errors.items() if name not in _OF_ERRORS}
    return repr(look)


def _join(alike: list[Item]) -> Item:
    if len(alike) == 1:
        return alike[0]
    joined = {name: value for name, value in alike[0].items() if name != "name"}
    if joined["mode"] == "lines":
        # A point without place parts one line from the next.
        return joined | {name: _chain((trace[name] for trace in alike), gap=True) for name in ("x", "y")}
    joined |= {name: _chain(trace[name] for trace in alike) for name in _OF_POINTS}
    markers = [trace["marker"] for trace in alike]
    joined["marker"] = joined["marker"] | {name: _chain(marker[name] for marker in markers) for name in _OF_MARKERS}
    widths = _chain(marker["line"]["width"] for marker in markers)
    joined["marker"]["line"] = markers[0]["line"] | {"width": widths}
    if "error_y" in joined:
        errors = [trace["error_y"] for trace in alike]
        joined["error_y"] = errors[0] | {name: _chain(error[name] for error in errors) for name in _OF_ERRORS}
    return joined


def _chain(parts: Iterable[list[Any]], gap: bool = False) -> list[Any]:
    found: list[Any] = []
    for part in parts:
        if gap and found:
            found.append(None)
        found += part
    return found
