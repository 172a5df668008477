-- One row a source, model and day on which the source was read: what hosts asked for a million tokens, blended
-- three parts input to one part output (base tier). Consumer: the price measure, Overview, Price.
-- Trap: free and unpriced listings are counted apart; routers resell others' capacity and are counted in, and marked.
with blended as (
    select *, (3 * input_usd_per_mtok + output_usd_per_mtok) / 4 as blend
    from $prices_daily where tier = '' and model_id is not null)
select source_id, model_id, day,
       count(*) filter (blend > 0) as paid_listings,
       count(distinct provider) filter (blend > 0) as paid_providers,
       count(distinct provider) filter (blend > 0 and is_router) as paid_routers,
       count(*) filter (blend = 0) as free_listings,
       count(*) filter (blend is null) as unpriced_listings,
       round(min(blend) filter (blend > 0), 6) as floor_usd_per_mtok,
       round(median(blend) filter (blend > 0), 6) as median_usd_per_mtok,
       round(max(blend) filter (blend > 0), 6) as ceiling_usd_per_mtok,
       round(min(blend) filter (blend > 0 and not is_router), 6) as host_floor_usd_per_mtok,
       round(median(blend) filter (blend > 0 and not is_router), 6) as host_median_usd_per_mtok,
       count(distinct provider) filter (blend > 0 and not is_router) as paid_hosts,
       arg_min(provider, (blend, provider)) filter (blend > 0) as floor_provider,
       arg_min(is_router, (blend, provider)) filter (blend > 0) as floor_is_router,
       arg_min(provider, (blend, provider)) filter (blend > 0 and not is_router) as host_floor_provider,
       arg_min(payload_key, (blend, provider)) filter (blend > 0) as payload_key,
       arg_min(row_no, (blend, provider)) filter (blend > 0) as row_no
from blended
group by all
