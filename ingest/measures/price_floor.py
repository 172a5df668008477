"""What a million tokens of gpt-oss cost: floor, median, ceiling, providers.

Wider access is a claim about price too: whoever cannot run the weights rents them, and this is what they are asked.

Definition: per day on which models.dev's price list was read, over the listings of the base tier then in force whose
blended price is above zero: the lowest, the median and the highest, and how many providers ask one. Free and unpriced
listings are counted apart and never enter a median, nor does an outlier (a price above $1,000, or ten times off the
median over every list known that day), nor a second key of one listing. A provider may list a model more than once
(serving tiers); the median is over listings, the provider count over providers. Routers resell other hosts'
capacity: they are in under routers=in and left out under routers=out.

Formula: blend = (3 x input + output) / 4 in USD per million tokens, the usual mix of a chat.
floor, median, ceiling = min, median, max of blend over paid listings, to 6 decimals

Inputs: the view price_summary, of models.dev; the other price lists tell which price is an outlier.

Limits: Order statistics over a full catalogue have no sampling interval. It cannot see who actually pays list price,
how fast or how exact the served model is, nor a price between two reads.

Source: models.dev, an open catalogue of prices (MIT).

Versions: 1 (2026-11-23): first. 2 (2026-11-24): outliers and second keys of one listing left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb

from ingest.measures import SUBJECTS, MeasureRow
from ingest.stats import price_lists

METHOD_VERSION = "2"
SOURCES = price_lists.SOURCES
read_key = price_lists.tell_price_reads

_ROWS = """
    select model_id, day, payload_key, floor_usd_per_mtok, median_usd_per_mtok, ceiling_usd_per_mtok, paid_providers,
           host_floor_usd_per_mtok, host_median_usd_per_mtok, paid_hosts
    from price_summary where source_id = 'models_dev' and model_id in (?, ?) order by model_id, day"""
_NAMES = {
    "in": ("price_floor", "price_median", "price_ceiling", "paid_providers"),
    "out": ("price_floor", "price_median", "paid_providers"),
}


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """One row a measure, definition, subject and read day, under the cursor's as-of."""
    told = con.execute(_ROWS, [*SUBJECTS]).fetchall()
    for subject in SUBJECTS:
        rows = [row[1:] for row in told if row[0] == subject]
        for routers, names in _NAMES.items():
            definition = f"blend=3:1;routers={routers}"
            if not rows:
                for name in names:
                    yield MeasureRow(
                        name,
                        definition,
                        subject,
                        _find_unit(name),
                        reason_absent="No price list that has this model had been recorded.",
                    )
            for day, key, *values in rows:
                for name, value in zip(names, values[:4] if routers == "in" else values[4:], strict=True):
                    yield MeasureRow(
                        name,
                        definition,
                        subject,
                        _find_unit(name),
                        day,
                        None if value is None else float(value),
                        reason_absent="No paid listing was in force." if value is None else None,
                        inputs=(int(key),) if key is not None else (),
                    )


def _find_unit(name: str) -> str:
    return "providers" if name == "paid_providers" else "usd_per_mtok"
