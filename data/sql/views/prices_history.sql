-- One row a stored price: every value that was ever in force, until when (`replaced_at`, null: still), with its model
-- and who sells it: `provider_id` is one id for a seller over all lists (data/providers.toml; one that is not there
-- stands alone), `seller` its name, `kind` router, maker (sells its own model) or host, `is_own` its own list.
-- Consumer: prices, Price and as-of readers.
select p.*, p.rowid as revision, r.replaced_at, n.model_id, n.config,
       coalesce(v.is_router, false) as is_router,
       p.input_usd_per_mtok = 0 and p.output_usd_per_mtok = 0 as is_free,
       coalesce(v.name, w.name, p.provider_name, p.provider) as seller,
       case when v.is_router then 'router' when v.first_party_of = m.developer_id then 'maker' else 'host' end as kind,
       coalesce(w.provider_id, if(p.source_id = 'models_dev', '', p.source_id || ':') || p.provider) as provider_id,
       coalesce(w.is_own, false) as is_own
from stored.prices p
left join main.replaced_prices r on r.revision = p.rowid
left join main.model_names n on n.source_id = p.source_id and n.name_raw = p.name_raw and n.config_raw = ''
left join main.provider_names w on w.source_id = p.source_id and w.provider = p.provider
left join main.providers v
    on v.provider_id = coalesce(w.provider_id, if(p.source_id = 'models_dev', p.provider, null))
left join main.models m on m.model_id = n.model_id
