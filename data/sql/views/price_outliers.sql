-- One row a price and read day that cannot be believed, and why. Consumer: Price, and the check that no implausible
-- price goes unflagged. Trap: a price is here only for the days on which its own list was read.
select source_id, day, model_id, provider, provider_id, seller, listing_id, tier, effective_from, input_usd_per_mtok,
       output_usd_per_mtok, market_usd_per_mtok, market_providers, outlier as reason, payload_key, row_no, revision
from $prices_judged where outlier is not null
