"""The rows behind Overview's charts as a reader takes them away."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard.rows import Row

_INDEX = (
    *("name", "model_id", "access", "released_on", "value", "low", "high", "edition"),
    *("redistributable", "payload_key", "row_no"),
)
_PRICES = {
    "day": "read_on",
    "floor": "floor_usd_per_mtok",
    "median": "median_usd_per_mtok",
    "ceiling": "ceiling_usd_per_mtok",
    "listings": "paid_listings",
    "providers": "paid_providers",
    "routers": "paid_routers",
    "floor_provider": "floor_set_by",
    "payload_key": "payload_key",
}


def tabulate_index(index: Sequence[Row]) -> pd.DataFrame:
    """One row a model of the edition, best first, whether or not it has a release date."""
    frame = pd.DataFrame([{name: row[name] for name in _INDEX} for row in index], columns=list(_INDEX))
    return frame.assign(payload_key=frame["payload_key"].astype(str))


def tabulate_prices(prices: Sequence[Row]) -> pd.DataFrame:
    """One row a day on which the list was read, oldest first, at a blend of 3:1."""
    frame = pd.DataFrame([{name: row[column] for column, name in _PRICES.items()} for row in prices])
    return frame.assign(payload_key=frame["payload_key"].astype(str))
