-- Offending rows: a price below zero, which is a publisher's marker and never a price; and one above $1,000 a million
-- tokens, listed on a read day, that is not flagged as an outlier.
select source_id, provider, listing_id, input_usd_per_mtok, output_usd_per_mtok from prices_history
where input_usd_per_mtok < 0 or output_usd_per_mtok < 0
union all
select source_id, provider, listing_id, input_usd_per_mtok, output_usd_per_mtok
from prices_daily d anti join marts.price_outliers o
    on o.source_id = d.source_id and o.day = d.day and o.provider = d.provider and o.listing_id = d.listing_id
       and o.tier = d.tier and o.effective_from is not distinct from d.effective_from
where d.input_usd_per_mtok > 1000 or d.output_usd_per_mtok > 1000
