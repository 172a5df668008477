"""The Adoption page's table, and the rows its charts hand out.

Nothing is rounded or filled in: what was never recorded is null, a change has the two days it lies between,
and every row has the address of the reading it stands on. Days to a million are given only where both sides
of the mark were read, so they are an upper bound by the gap between those readings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pandas as pd

from dashboard.adoption import count_days_out, name_reader
from dashboard.capability import ACCESS_WORDS
from dashboard.change import count_age
from dashboard.peers import Baseline, Comparison, Readings
from dashboard.provenance import link_payload, mark_rights
from dashboard.rows import Row


def tabulate(
    newest: Sequence[Row], labels: Mapping[str, str], compared: Mapping[str, Comparison], instant: datetime
) -> pd.DataFrame:
    """One row a model that was ever read, most downloaded first, gpt-oss among them.

    Changes are in per cent, over the days `peers.compare_all` chooses; `peers` is how many were read near both.
    `days_to_million` is the first day read at or above a million downloads of all time, in days after release."""
    rows = []
    for row in newest:
        told = compared.get(row["model_id"])
        rows.append(
            {
                "model": labels[row["model_id"]],
                "model_id": row["model_id"],
                "downloads_30d": row["downloads"],
                "read_on": row["day"],
                "age_days": count_age(row["day"], instant),
                "change_pct": _to_pct(told.change if told else None),
                "since": told.since if told and told.change is not None else None,
                "peers_median_change_pct": _to_pct(told.median_change if told and told.change is not None else None),
                "peers": told.peers if told and told.change is not None else None,
                "likes": row["likes"],
                "likes_read_on": row["likes_day"],
                "downloads_all_time": row["all_time"],
                "all_time_read_on": row["all_time_day"],
                "days_to_million": _count_days_to_million(row),
                "released_on": row["released_on"],
                "access": ACCESS_WORDS.get(row["access"], row["access"]),
                "recorded_by": name_reader(row["origin"]),
                "licence_of_reading": row["licence_id"],
                "redistributable": row["redistributable"],
                "payload_key": str(row["payload_key"]),
                "row_no": row["row_no"],
            }
        )
    frame = pd.DataFrame(rows)
    whole = ["peers", "likes", "downloads_all_time", "days_to_million"]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def list_readings(counts: Sequence[Row], labels: Mapping[str, str], column: str) -> pd.DataFrame:
    """The readings behind a chart: one row a model and day, the column under a name with its unit."""
    unit = {"downloads": "downloads_30d"}.get(column, column)
    return pd.DataFrame(
        [
            {
                "model": labels[row["model_id"]],
                "model_id": row["model_id"],
                "day": row["day"],
                "days_since_release": count_days_out(row["released_on"], row["day"]),
                unit: row[column],
                "flags": row["flags"] or "",
                "recorded_by": name_reader(row["origin"]),
                "licence_of_reading": row["licence_id"],
                "redistributable": row["redistributable"],
                "payload_key": str(row["payload_key"]),
                "row_no": row["row_no"],
            }
            for row in counts
            if row[column] is not None
        ]
    ).astype({"days_since_release": "Int64"})


def list_changes(
    readings: Mapping[str, Readings], chosen: Sequence[str], labels: Mapping[str, str], baseline: Baseline
) -> pd.DataFrame:
    """The comparison's rows: each chosen model that was read near both days, the days its readings are of and
    their counts, and the peers' median and quartiles. Computed here, so no row has a payload of its own."""
    rows: list[Row] = []
    for model_id in chosen:
        change = readings[model_id].measure_change(baseline.since, baseline.until)
        ends = [readings[model_id].find_near(day) for day in (baseline.since, baseline.until)]
        if change is None or ends[0] is None or ends[1] is None:
            continue
        (start_day, start), (end_day, end) = ends[0], ends[1]
        rows.append(
            {
                "who": labels[model_id],
                "model_id": model_id,
                "change_pct": change * 100,
                "start_on": start_day,
                "start_downloads_30d": start,
                "end_on": end_day,
                "end_downloads_30d": end,
                "redistributable": "no" if {start_day, end_day} & readings[model_id].local_days else "yes",
            }
        )
    # A median or a sum of changes is our own number; the counts behind it stay where they are.
    days = {"start_on": baseline.since, "end_on": baseline.until, "redistributable": "yes"}
    rows.append({"who": "gpt-oss, both sizes", "change_pct": baseline.own_change * 100, **days})
    for name, change in (
        ("lower quartile", baseline.low),
        ("median", baseline.median_change),
        ("upper quartile", baseline.high),
    ):
        if change is not None:
            rows.append({"who": f"{name} of {baseline.peers} peers", "change_pct": change * 100, **days})
    counts = ["start_downloads_30d", "end_downloads_30d"]
    columns = ["who", "model_id", "change_pct", "start_on", counts[0], "end_on", counts[1], "redistributable"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(counts, "Int64"))


def _count_days_to_million(row: Row) -> int | None:
    """Days from release to the first day read at a million, where it was also read below."""
    reached, short = row["million_on"], row["short_until"]
    released: date | None = row["released_on"]
    if reached is None or short is None or released is None or short > reached:
        return None
    return count_days_out(released, reached)


def _to_pct(share: float | None) -> float | None:
    return None if share is None else share * 100


def link_models(table: pd.DataFrame, as_of: str) -> pd.DataFrame:
    """`tabulate`'s table as the page shows it: the way to each reading instead of its key, columns nothing was recorded
    for left out. `as_of` as an address writes it, empty for the latest known."""
    addresses = zip(table["payload_key"], table["row_no"], strict=True)
    shown = table.assign(
        source=[link_payload(key, row, as_of) for key, row in addresses],
        rights=mark_rights(list(table["redistributable"])),
    ).drop(columns=["model_id", "likes_read_on", "all_time_read_on", "redistributable", "payload_key", "row_no"])
    return shown[[c for c in shown.columns if shown[c].notna().any() and not shown[c].isin([""]).all()]]
