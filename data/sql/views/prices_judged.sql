-- One row a listing, tier and day read, as prices_daily, with its blend (three parts input to one output) and why it
-- cannot be believed (`outlier`, null: it can): above $$1,000 a million tokens, or more than ten times over or under the
-- model's median that day, where three providers or more make one. Consumer: price_summary, price_outliers, price_trust.
-- Trap: an outlier is shown with its reason and never counted; nothing is deleted. Tiers are judged by $$1,000 alone.
select d.*, (3 * d.input_usd_per_mtok + d.output_usd_per_mtok) / 4 as blend,
       m.median_usd_per_mtok as market_usd_per_mtok, m.providers as market_providers,
       case
           when d.input_usd_per_mtok > 1000 or d.output_usd_per_mtok > 1000 then 'above $$1,000 a million tokens'
           when m.providers < 3 or blend <= 0 then null
           when blend > 10 * m.median_usd_per_mtok
               then format('{:.0f} times the median of {} providers', blend / m.median_usd_per_mtok, m.providers)
           when 10 * blend < m.median_usd_per_mtok
               then format('1/{:.0f} of the median of {} providers', m.median_usd_per_mtok / blend, m.providers)
       end as outlier
from $prices_daily d
left join $price_market m
    on d.tier = '' and m.source_id = d.source_id and m.day = d.day and m.model_id = d.model_id
