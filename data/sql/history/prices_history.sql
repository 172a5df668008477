-- One row a stored price: every value that was ever in force, until when (`replaced_at`, null: still), with its model
-- and who sells it: `provider_id` is one id for a seller over all lists (data/providers.toml; one that is not there
-- stands alone), `seller` its name, `kind` router, maker (sells its own model) or host, `is_own` its own list.
-- `same_since`: when the listing came to this input and output price, listed and unbroken since.
-- Consumer: prices, Price, whether as of a past date or not: the same rows answer both.
with marked as (
    select rowid as revision, p.observed_at, source_id, provider, listing_id, tier, effective_from, coalesce(
               is_listed and lag(is_listed) over listing
               and lag(input_usd_per_mtok) over listing is not distinct from input_usd_per_mtok
               and lag(output_usd_per_mtok) over listing is not distinct from output_usd_per_mtok, false) as is_same
    from stored.prices p
    window listing as (
        partition by source_id, provider, listing_id, tier, effective_from order by p.observed_at, p.rowid)),
begun as (
    select revision, max(observed_at) filter (not is_same) over (
        partition by source_id, provider, listing_id, tier, effective_from order by observed_at, revision) as same_since
    from marked)
select p.*, p.rowid as revision, r.replaced_at, greatest(b.same_since, p.effective_from) as same_since, n.model_id, n.config,
       coalesce(v.is_router, false) as is_router,
       p.input_usd_per_mtok = 0 and p.output_usd_per_mtok = 0 as is_free,
       coalesce(v.name, w.name, p.provider_name, p.provider) as seller,
       case when v.is_router then 'router' when v.first_party_of = m.developer_id then 'maker' else 'host' end as kind,
       coalesce(w.provider_id, if(p.source_id = 'models_dev', '', p.source_id || ':') || p.provider) as provider_id,
       coalesce(w.is_own, false) as is_own
from stored.prices p
join begun b on b.revision = p.rowid
left join main.replaced_prices r on r.revision = p.rowid
left join main.model_names n on n.source_id = p.source_id and n.name_raw = p.name_raw and n.config_raw = ''
left join main.provider_names w on w.source_id = p.source_id and w.provider = p.provider
left join main.providers v
    on v.provider_id = coalesce(w.provider_id, if(p.source_id = 'models_dev', p.provider, null))
left join main.models m on m.model_id = n.model_id
order by p.source_id, n.model_id, p.provider, p.listing_id, p.tier, p.observed_at, p.rowid
