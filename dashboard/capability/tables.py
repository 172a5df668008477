"""The rows behind Capability's charts as a reader takes them away.

What a chart draws is in its table, number by number, and nothing else is. Rows that a licence keeps on this
machine are marked; whoever writes a file leaves them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard.capability import Edition

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
    known = {edition.day: edition.series_id for edition in editions}
    mine = ratings[ratings["entry"].isin(list(chosen))]
    drawn = [known.get(day) == series for day, series in zip(mine["edition"].dt.date, mine["series_id"], strict=True)]
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
