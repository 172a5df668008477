"""Which pages are measured and which control is changed on each: the one table both kinds of viewer read.

A page without a filter here is loaded and not filtered. Options alternate, so that every change is a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tests.bench.servers import Side

Control = Literal["segment", "radio", "select"]


class PageError(Exception):
    """A page showed an exception or lacks its control: says which."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A control, by its key and label, and the options it goes round."""

    control: Control
    key: str
    label: str
    options: Sequence[str]


@dataclass(frozen=True, slots=True)
class Spot:
    """A page of one dashboard: its path below the root, its name in the navigation, and its filter."""

    page: str
    path: str
    title: str
    filter: Filter | None = None


_PLAIN_OPEN = Filter("radio", "open", "Open means", ("Any weights", "Commercial use allowed"))

SITES: dict[Side, tuple[Spot, ...]] = {
    "ours": (
        Spot(
            "Overview",
            "",
            "Overview",
            Filter("segment", "open", "Open means", ("Any weights", "Commercial use allowed")),
        ),
        Spot(
            "Capability",
            "capability",
            "Capability",
            Filter("select", "open", "Open means", ("Any weights", "Commercial use")),
        ),
        Spot(
            "Adoption",
            "adoption",
            "Adoption and use",
            Filter("segment", "clock", "Clock", ("Days since release", "Calendar date")),
        ),
        Spot("Price", "price", "Price", Filter("select", "model", "Model", ("gpt-oss-20b", "gpt-oss-120b"))),
        Spot(
            "Compare",
            "compare",
            "Compare",
            Filter("select", "configurations", "Configurations", ("Every one published", "Best of each model")),
        ),
    ),
    "plain": (
        Spot("Overview", "", "Overview", _PLAIN_OPEN),
        Spot("Capability", "capability", "Capability", _PLAIN_OPEN),
        Spot(
            "Adoption",
            "adoption",
            "Adoption and use",
            Filter("radio", "clock", "Clock", ("Days since release", "Date")),
        ),
        Spot(
            "Price", "price", "Price", Filter("select", "model", "Model", ("openai/gpt-oss-20b", "openai/gpt-oss-120b"))
        ),
        Spot("Compare", "compare", "Compare", Filter("radio", "board", "Board", ("Arena text", "Every board"))),
    ),
}


def find_spot(side: Side, page: str) -> Spot:
    """A page of one side."""
    return next(spot for spot in SITES[side] if spot.page == page)
