-- One row a stored price: every value that was ever in force, until when (`replaced_at`, null: still), with its model
-- and who sells it: `seller` is the provider's name, `kind` router, maker (sells its own model) or host.
-- Consumer: prices, Price and as-of readers.
select p.*, p.rowid as revision, r.replaced_at, n.model_id, n.config,
       coalesce(v.is_router, false) as is_router,
       p.input_usd_per_mtok = 0 and p.output_usd_per_mtok = 0 as is_free,
       coalesce(v.name, p.provider_name, p.provider) as seller,
       case when v.is_router then 'router' when v.first_party_of = m.developer_id then 'maker' else 'host' end as kind
from stored.prices p
left join main.replaced_prices r on r.revision = p.rowid
left join main.model_names n on n.source_id = p.source_id and n.name_raw = p.name_raw and n.config_raw = ''
left join main.providers v on v.provider_id = p.provider
left join main.models m on m.model_id = n.model_id
