-- One row a price list, instant at which it was read, and listing and tier then in force, with its blend (three parts
-- input to one output). Read by the rules on prices alone.
select r.read_at, p.source_id, p.revision, p.model_id, p.provider, p.provider_id, p.seller, p.kind, p.listing_id, p.tier,
       p.effective_from, p.input_usd_per_mtok, p.output_usd_per_mtok, p.is_router, p.flags, p.redistributable,
       p.payload_key, p.row_no, (3 * p.input_usd_per_mtok + p.output_usd_per_mtok) / 4 as blend
from (select distinct source_id, observed_at as read_at from stored.listings where fact = 'prices') r
join main.prices_history p
    on p.source_id = r.source_id and p.observed_at <= r.read_at and (p.replaced_at is null or p.replaced_at > r.read_at)
where p.is_listed and coalesce(p.effective_from <= r.read_at::date, true)
      and coalesce(p.effective_to > r.read_at::date, true)
