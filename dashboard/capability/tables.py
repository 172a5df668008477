"""The rows behind Capability's charts as a reader takes them away.

What a chart draws is in its table, number by number, and nothing else is. Rows that a licence keeps on this
machine are marked; whoever writes a file leaves them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.capability import Edition
from dashboard.provenance import link_payload, mark_rights

MEANINGS = {
    "model": "Entry of the board: a model, with its configuration where a board rates several",
    "interval_pct": "Coverage of the interval, per cent",
    "clearly_ahead_since": "First edition of the series in which the entry was clearly ahead",
    "licence": "Licence of the edition the row was read from",
}


def tabulate_history(
    ratings: pd.DataFrame, editions: Sequence[Edition], chosen: Sequence[str], labels: Mapping[str, str]
) -> pd.DataFrame:
    """One row a chosen entry and edition, oldest first: the points of the chart over time."""
    known = {(edition.day, edition.series_id) for edition in editions}
    mine = ratings[ratings["entry"].isin(list(chosen))]
    drawn = [one in known for one in zip(mine["edition"].dt.date, mine["series_id"], strict=True)]
    rows = mine[drawn].sort_values(["edition", "value"], ascending=[True, False])
    return pd.DataFrame(
        {
            "edition": rows["edition"].dt.date,
            "model": rows["entry"].map(labels),
            "model_id": rows["model_id"],
            "value": rows["value"],
            "low": rows["low"],
            "high": rows["high"],
            "interval_pct": rows["interval_pct"],
            "n": rows["n"],
            "series_id": rows["series_id"],
            "redistributable": rows["redistributable"],
            "licence": rows["licence_id"],
            "payload_key": rows["payload_key"].astype(str),
            "row_no": rows["row_no"],
        }
    ).reset_index(drop=True)


def link_entries(table: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """`rules.tabulate`'s table as the page shows it: the way to each payload instead of its key, columns that say
    nothing of this edition left out. `as_of` as an address writes it, empty for the latest known."""
    addresses = zip(table["payload_key"], table["row_no"], strict=True)
    shown = table.assign(
        source=[link_payload(key, row, as_of) for key, row in addresses],
        rights=mark_rights(list(table["redistributable"])),
    ).drop(columns=["interval_pct", "redistributable", "payload_key", "row_no", "licence"])
    # The way to the payload stands before the long names, so that it is on screen.
    last = ["access", "released_on", "source", "configuration", "name_at_source", "rights"]
    shown = shown[[*(c for c in shown.columns if c not in last), *last]]
    return shown[[c for c in shown.columns if not shown[c].isin(["", None]).all() and shown[c].notna().any()]]
