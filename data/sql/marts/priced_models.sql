-- One row a price list and model that had a paid listing on some read day, with the median of the newest such day.
-- Consumer: the lists of models on pages.
select source_id, model_id, arg_max(median_usd_per_mtok, day) as median_usd_per_mtok
from price_summary where paid_listings > 0
group by source_id, model_id order by source_id, model_id
