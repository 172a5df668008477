-- One row a price that cannot be believed and an instant at which its list was read, with the reason: above $1,000 a
-- million tokens, or more than ten times over or under the model's median then, where three providers or more make one.
-- Consumer: the views prices_judged and price_outliers, Price.
-- Trap: an outlier is shown with its reason and never counted; nothing is deleted. Tiers are judged by $1,000 alone. A
-- price is no outlier before others were there to compare it with.
with judged as (
    select l.*, m.median_usd_per_mtok as market_usd_per_mtok, m.providers as market_providers,
           case
               when l.input_usd_per_mtok > 1000 or l.output_usd_per_mtok > 1000 then 'above $1,000 a million tokens'
               when m.providers < 3 or l.blend <= 0 then null
               when l.blend > 10 * m.median_usd_per_mtok
                   then format('{:.0f} times the median of {} providers', l.blend / m.median_usd_per_mtok, m.providers)
               when 10 * l.blend < m.median_usd_per_mtok
                   then format('1/{:.0f} of the median of {} providers', m.median_usd_per_mtok / l.blend, m.providers)
           end as reason
    from price_lists l
    left join main.price_markets m
        on l.tier = '' and m.source_id = l.source_id and m.read_at = l.read_at and m.model_id = l.model_id)
select source_id, read_at, revision, model_id, provider, provider_id, seller, listing_id, tier, effective_from,
       input_usd_per_mtok, output_usd_per_mtok, market_usd_per_mtok, market_providers, reason, payload_key, row_no
from judged where reason is not null
order by source_id, model_id, read_at, provider, listing_id, tier, revision
