"""What a million tokens of gpt-oss cost: floor, median, ceiling, paid providers.

Definition: per day on which the price list was read, over listings then in force whose blended price is
above zero; blend = (3 x input + output) / 4 in USD per million tokens, the usual chat mix. Free and
unpriced listings are counted apart and never enter a median, nor does an outlier (a price above $1,000, or ten
times off the median over every list known that day). A provider may list a model more than once
(serving tiers); the median is over listings, the provider count over providers. Routers resell other
hosts' capacity: they are in under routers=in and left out under routers=out. Method: order statistics
over a full catalogue, so there is no sampling interval; what it cannot see is who actually pays list price.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import duckdb

from ingest.measures import SUBJECTS, MeasureRow

METHOD_VERSION = "2"
# The floor is models.dev's; the other lists help to tell an outlier.
SOURCES = ("models_dev", "litellm_prices", "openrouter_models", "genai_prices", "llm_prices")

_ROWS = """
    select day, payload_key, floor_usd_per_mtok, median_usd_per_mtok, ceiling_usd_per_mtok, paid_providers,
           host_floor_usd_per_mtok, host_median_usd_per_mtok, paid_hosts
    from price_summary where source_id = 'models_dev' and model_id = ? order by day"""
_NAMES = {
    "in": ("price_floor", "price_median", "price_ceiling", "paid_providers"),
    "out": ("price_floor", "price_median", "paid_providers"),
}


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """One row a measure, definition, subject and read day, under the cursor's as-of."""
    for subject in SUBJECTS:
        # One model at a time: an equality reaches the stored rows, a list does not.
        rows = con.execute(_ROWS, [subject]).fetchall()
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
