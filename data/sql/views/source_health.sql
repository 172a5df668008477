-- One row a source: how fresh its data is and how its reads went. The one rule of what is overdue, for all who ask.
-- `fresh_at` is the newest fact or, if later, the last time its list was seen or a live read went well: a list found
-- unchanged is as true as a new one. A source is overdue from `overdue_at` on: once it is more than twice its cadence of whole days
-- old; null where there is nothing at all. `is_failing`: its last attempt failed.
with known as (
    select source_id, count(*) as facts, min(dated_at) as oldest_at, max(dated_at) as newest_at
    from (
        select source_id, observed_at, observed_at as dated_at from stored.scores
        union all select source_id, observed_at, observed_at from stored.benchmark_difficulty
        union all select source_id, observed_at, observed_at from stored.prices
        -- A counter of long ago that was restated today is no fresh counter.
        union all select source_id, observed_at, least(observed_at, read_at) from stored.hub_readings
        union all select source_id, observed_at, observed_at from stored.repos
        union all select source_id, observed_at, observed_at from stored.model_attributes
        union all select source_id, observed_at, least(observed_at, day + interval 1 day) from stored.usage
        union all select source_id, observed_at, least(observed_at, day + interval 1 month) from stored.counters
        union all select source_id, observed_at, observed_at from stored.openness)
    where observed_at <= $as_of
    group by source_id),
listed as (
    select source_id, max(evident_at) as listed_at from stored.listings where evident_at <= $as_of group by source_id),
reads as (
    select source_id, max(started_at) filter (outcome = 'fine') as last_success_at,
           max(started_at) filter (outcome = 'fine' and exists (
               from logs.fetches f where f.run_id = r.run_id and f.source_id = r.source_id)) as confirmed_at,
           max(started_at) filter (outcome = 'failed') as last_failure_at,
           arg_max(error, started_at) filter (outcome = 'failed') as last_failure
    from logs.run_sources r
    where started_at <= $as_of
    group by source_id)
select s.source_id, s.title, s.required, s.enabled, s.cadence_days, coalesce(k.facts, 0) as facts,
       k.oldest_at, k.newest_at, r.confirmed_at, greatest(k.newest_at, l.listed_at, r.confirmed_at) as fresh_at,
       fresh_at + to_days((floor(2 * s.cadence_days) + 1)::integer) as overdue_at,
       r.last_success_at, r.last_failure_at, r.last_failure,
       coalesce(r.last_failure_at > coalesce(r.last_success_at, '-infinity'::timestamp), false) as is_failing
from sources s
left join known k using (source_id)
left join listed l using (source_id)
left join reads r using (source_id)
