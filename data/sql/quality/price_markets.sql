-- One row a price list, instant at which it was read, and model: the median blended price over every list as known
-- then, and how many providers stand behind it. What a read could be compared with never changes, whatever the as-of
-- date. Consumer: outlying_prices, the view price_market.
-- Trap: one provider's equal prices count once, over all lists; a list not read within 180 days has no voice, nor has
-- a price copied from another list, or one above $1,000 a million, which would be its own witness.
with reads as (select distinct source_id, read_at from price_lists),
heard as (
    select r.source_id, r.read_at, o.source_id as list
    from reads r join reads o on o.read_at <= r.read_at and o.read_at::date > r.read_at::date - 180
    group by all),
asked as (
    select distinct h.source_id, h.read_at, p.model_id, p.provider_id,
           round((3 * p.input_usd_per_mtok + p.output_usd_per_mtok) / 4, 6) as blend
    from heard h
    join main.prices_history p
        on p.source_id = h.list and p.observed_at <= h.read_at and (p.replaced_at is null or p.replaced_at > h.read_at)
    -- Rows that may not be passed on have no voice either: from the seed as at home the same prices are believed.
    where p.is_listed and p.tier = '' and p.model_id is not null and not list_contains(p.flags, 'copied')
          and p.redistributable <> 'no'
          and coalesce(p.effective_from <= h.read_at::date, true) and coalesce(p.effective_to > h.read_at::date, true)
          and p.input_usd_per_mtok <= 1000 and p.output_usd_per_mtok <= 1000)
select source_id, read_at, model_id, median(blend) as median_usd_per_mtok, count(distinct provider_id) as providers
from asked where blend > 0
group by all order by all
