"""The facts behind Overview as a CSV: each number with day, source, payload.

A page that cannot say where a number is from should not show it. Nothing is rounded here: the words on
the page round, the CSV does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date

import pandas as pd

from dashboard.definitions import RELEASED_ON
from dashboard.overview import NAME, Standing
from dashboard.rows import Row

_PRICE_COLUMNS: Mapping[str, str] = {
    "floor": "usd_per_mtok",
    "median": "usd_per_mtok",
    "ceiling": "usd_per_mtok",
    "host_floor": "usd_per_mtok",
    "providers": "providers",
    "routers": "providers",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One number behind the page: what, how much, when, and the payload that says so (null: several)."""

    what: str
    value: float
    unit: str
    day: date
    source_id: str
    payload_key: int | None = None


def list_facts(facts: Sequence[Fact]) -> pd.DataFrame:
    """Facts as a frame, one row each, columns as the fields; payload_key is an integer or null."""
    frame = pd.DataFrame([astuple(fact) for fact in facts], columns=[field.name for field in fields(Fact)])
    return frame.assign(payload_key=frame["payload_key"].astype("Int64"))


def list_price_facts(prices: Sequence[Row]) -> tuple[Fact, ...]:
    """Every price statistic of every day read, each with the payload that set the floor that day."""
    return tuple(
        Fact(f"price {column} of {NAME}", row[column], unit, row["day"], "models_dev", row["payload_key"])
        for row in prices
        for column, unit in _PRICE_COLUMNS.items()
        if row[column] is not None
    )


def list_download_facts(downloads: Sequence[Row]) -> tuple[Fact, ...]:
    """Both sizes' counts of every day on which both were read, save those that must stay on this machine."""
    return tuple(
        Fact(f"downloads of {name}", row[size], "downloads_30d", row["day"], "hf_hub", row[f"{size}_key"])
        for row in downloads
        if not row["is_local"]
        for size, name in (("small", "gpt-oss-20b"), ("large", NAME))
    )


def list_standing_facts(standing: Standing) -> tuple[Fact, ...]:
    """The counts of one edition."""
    then = f"and released by {RELEASED_ON}"
    counts = {
        "open models rated": standing.rated_open,
        "open models clearly ahead": standing.ahead_open,
        f"open models clearly ahead {then}": standing.then_open,
        "closed models rated": standing.rated_closed,
        "closed models clearly ahead": standing.ahead_closed,
        f"closed models clearly ahead {then}": standing.then_closed,
    }
    return tuple(
        Fact(what, count, "models", standing.day, "epoch_eci", standing.payload_key) for what, count in counts.items()
    )


def list_index_facts(own: Row | None) -> tuple[Fact, ...]:
    """gpt-oss-120b's value and interval in the newest complete edition; none where it is not rated."""
    if own is None:
        return ()
    day, key = own["edition"], own["payload_key"]
    return tuple(
        Fact(f"index of {NAME}, {column}", own[column], "points", day, "epoch_eci", key)
        for column in ("value", "low", "high")
        if own[column] is not None
    )
