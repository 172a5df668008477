-- One row a source, model and day on which the source was read: what hosts asked for a million tokens, blended
-- three parts input to one part output (base tier). Consumer: the price measure, Overview, Price.
-- Trap: free and unpriced listings are counted apart, outliers too, and a second key of one listing (flag `duplicate`)
-- not at all; routers resell others' capacity and are counted in, and marked.
with counted as (
    select *, if(outlier is null and not list_contains(flags, 'free'), blend, null) as paid
    from $prices_judged where tier = '' and model_id is not null and not list_contains(flags, 'duplicate'))
select source_id, model_id, day,
       count(*) filter (paid > 0) as paid_listings,
       count(distinct provider) filter (paid > 0) as paid_providers,
       count(distinct provider) filter (paid > 0 and is_router) as paid_routers,
       count(*) filter (blend = 0) as free_listings,
       count(*) filter (blend is null) as unpriced_listings,
       count(*) filter (outlier is not null) as outlier_listings,
       round(min(paid) filter (paid > 0), 6) as floor_usd_per_mtok,
       round(median(paid) filter (paid > 0), 6) as median_usd_per_mtok,
       round(max(paid) filter (paid > 0), 6) as ceiling_usd_per_mtok,
       round(min(paid) filter (paid > 0 and not is_router), 6) as host_floor_usd_per_mtok,
       round(median(paid) filter (paid > 0 and not is_router), 6) as host_median_usd_per_mtok,
       count(distinct provider) filter (paid > 0 and not is_router) as paid_hosts,
       arg_min(provider, (paid, provider)) filter (paid > 0) as floor_provider,
       arg_min(is_router, (paid, provider)) filter (paid > 0) as floor_is_router,
       arg_min(provider, (paid, provider)) filter (paid > 0 and not is_router) as host_floor_provider,
       arg_min(payload_key, (paid, provider, payload_key, row_no)) filter (paid > 0) as payload_key,
       arg_min(row_no, (paid, provider, payload_key, row_no)) filter (paid > 0) as row_no
from counted
group by all
