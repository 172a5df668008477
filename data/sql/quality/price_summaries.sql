-- One row a price list, instant at which it was read, and model: what hosts asked for a million tokens, blended three
-- parts input to one part output (base tier). `setters` are who asks the floor, by name, with their kind. Consumer: the
-- view price_summary.
-- Trap: free and unpriced listings are counted apart, outliers too, and a second key of one listing (flag `duplicate`)
-- not at all; routers resell others' capacity and are counted in, and marked.
with counted as (
    select l.*, o.reason is not null as is_outlier,
           if(o.reason is null and not list_contains(l.flags, 'free'), l.blend, null) as paid
    from price_lists l
    left join main.outlying_prices o
        on o.source_id = l.source_id and o.read_at = l.read_at and o.revision = l.revision
    where l.tier = '' and l.model_id is not null and not list_contains(l.flags, 'duplicate')),
summed as (
    select source_id, read_at, model_id,
           count(*) filter (paid > 0) as paid_listings,
           count(distinct provider) filter (paid > 0) as paid_providers,
           count(distinct provider) filter (paid > 0 and is_router) as paid_routers,
           count(*) filter (blend = 0 and not is_outlier) as free_listings,
           count(*) filter (blend is null and not is_outlier) as unpriced_listings,
           count(*) filter (is_outlier) as outlier_listings,
           round(min(paid) filter (paid > 0), 6) as floor_usd_per_mtok,
           round(median(paid) filter (paid > 0), 6) as median_usd_per_mtok,
           round(max(paid) filter (paid > 0), 6) as ceiling_usd_per_mtok,
           round(min(paid) filter (paid > 0 and not is_router), 6) as host_floor_usd_per_mtok,
           round(median(paid) filter (paid > 0 and not is_router), 6) as host_median_usd_per_mtok,
           count(distinct provider) filter (paid > 0 and not is_router) as paid_hosts,
           arg_min(provider, (paid, provider)) filter (paid > 0) as floor_provider,
           arg_min(is_router, (paid, provider)) filter (paid > 0) as floor_is_router,
           arg_min(provider, (paid, provider)) filter (paid > 0 and not is_router) as host_floor_provider,
           list({'paid': round(paid, 6), 'name': seller, 'kind': kind}) filter (paid > 0) as sellers,
           arg_min(seller, (round(paid, 6), seller)) filter (paid > 0 and not is_router) as host_floor_seller,
           min(redistributable) filter (not is_outlier) as redistributable,
           arg_min(payload_key, (paid, provider, payload_key, row_no)) filter (paid > 0) as payload_key,
           arg_min(row_no, (paid, provider, payload_key, row_no)) filter (paid > 0) as row_no
    from counted
    group by all)
select * exclude (sellers), list_sort(list_distinct(list_transform(
           list_filter(sellers, lambda s: s.paid = floor_usd_per_mtok), lambda s: {'name': s.name, 'kind': s.kind}))) as setters
from summed order by source_id, model_id, read_at
