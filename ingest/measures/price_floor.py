"""What a million tokens cost: floor, median, ceiling and the number of paid providers of gpt-oss.

Definition: per day on which the price list was read, over listings then in force whose blended price is
above zero; blend = (3 x input + output) / 4 in USD per million tokens, the usual chat mix. Free and
unpriced listings are counted apart and never enter a median. A provider may list a model more than once
(serving tiers); the median is over listings, the provider count over providers. Routers resell other
hosts' capacity: they are in under routers=in and left out under routers=out. Method: order statistics
over a full catalogue, so there is no sampling interval; what it cannot see is who actually pays list price.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb

from ingest.measures import SUBJECTS, MeasureRow

METHOD_VERSION = "1"
_USD = "usd_per_mtok"

_ROWS = """
    select day, payload_key, floor_usd_per_mtok, median_usd_per_mtok, ceiling_usd_per_mtok, paid_providers,
           host_floor_usd_per_mtok, host_median_usd_per_mtok, paid_hosts
    from price_summary where source_id = 'models_dev' and model_id = ? order by day"""


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """One row a measure, definition, subject and read day, under the cursor's as-of."""
    for subject in SUBJECTS:
        rows = con.execute(_ROWS, [subject]).fetchall()
        for routers in ("in", "out"):
            definition = f"blend=3:1;routers={routers}"
            names = ("price_floor", "price_median", "price_ceiling", "paid_providers") if routers == "in" else (
                "price_floor", "price_median", "paid_providers")
            if not rows:
                for name in names:
                    unit = "providers" if name == "paid_providers" else _USD
                    yield MeasureRow(name, definition, subject, unit, reason_absent="No price list that has this model had been recorded.")
            for day, key, *values in rows:
                chosen = values[:4] if routers == "in" else values[4:]
                for name, value in zip(names, chosen, strict=True):
                    unit = "providers" if name == "paid_providers" else _USD
                    absent = None if value is not None else "No paid listing was in force."
                    inputs = (int(key),) if key is not None else ()
                    yield MeasureRow(name, definition, subject, unit, day, None if value is None else float(value),
                                     reason_absent=absent, inputs=inputs)
