-- One row a source, day on which it was read, and model: the median blended price over every list as known then
-- (data/sql/quality/price_markets), and how many providers stand behind it. Consumer: people who ask why a price is
-- an outlier.
select m.source_id, r.day, m.model_id, m.median_usd_per_mtok, m.providers
from main.price_markets m join $price_reads r on r.source_id = m.source_id and r.read_at = m.read_at
