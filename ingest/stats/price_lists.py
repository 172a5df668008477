"""What the measures of price read of models.dev, told in a word.

A read day's prices are judged by every list as known at that moment. So between two instants that have the same last
read of models.dev, what another list says later changes nothing.
"""

from __future__ import annotations

import duckdb

LIST = "models_dev"
# The floor is models.dev's; the other lists help to tell an outlier.
SOURCES = (LIST, "litellm_prices", "openrouter_models", "genai_prices", "llm_prices")

_TOLD = """
    with last as (select max(read_at) as read_at from price_reads where source_id = 'models_dev')
    select (select read_at from last),
           (select bit_xor(hash(source_id, day, read_at)) from price_reads where read_at <= (select read_at from last)),
           bit_xor(hash(p.revision, p.observed_at, p.payload_key, p.row_no)), count(*)
    from prices_history p where p.observed_at <= (select read_at from last)"""


def tell_price_reads(con: duckdb.DuckDBPyConnection) -> str:
    """The last read of models.dev under the cursor's as-of, and every price of any list known at that moment."""
    return str(con.execute(_TOLD).fetchone())
