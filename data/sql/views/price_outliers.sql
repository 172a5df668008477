-- One row a price and read day that cannot be believed, and why. Consumer: Data page, and the check that no implausible
-- price goes unflagged. Trap: a price is here only for the days on which its own list was read.
select o.source_id, r.day, o.model_id, o.provider, o.provider_id, o.seller, o.listing_id, o.tier, o.effective_from,
       o.input_usd_per_mtok, o.output_usd_per_mtok, o.market_usd_per_mtok, o.market_providers, o.reason, o.payload_key,
       o.row_no, o.revision
from main.outlying_prices o join $price_reads r on r.source_id = o.source_id and r.read_at = o.read_at
