-- One row a source, kind of fact, licence and right: how many facts are stored, and how many of them were archived after
-- the instant (`later`). Consumer: Data page.
with held as (
    select source_id, 'scores' as kind, licence_id, redistributable, recorded_at from stored.scores where observed_at <= $as_of
    union all select source_id, 'benchmark_difficulty', licence_id, redistributable, recorded_at from stored.benchmark_difficulty where observed_at <= $as_of
    union all select source_id, 'prices', licence_id, redistributable, recorded_at from stored.prices where observed_at <= $as_of
    union all select source_id, 'hub_readings', licence_id, redistributable, recorded_at from stored.hub_readings where observed_at <= $as_of
    union all select source_id, 'repos', licence_id, redistributable, recorded_at from stored.repos where observed_at <= $as_of
    union all select source_id, 'model_attributes', licence_id, redistributable, recorded_at from stored.model_attributes where observed_at <= $as_of
    union all select source_id, 'usage', licence_id, redistributable, recorded_at from stored.usage where observed_at <= $as_of
    union all select source_id, 'counters', licence_id, redistributable, recorded_at from stored.counters where observed_at <= $as_of
    union all select source_id, 'openness', licence_id, redistributable, recorded_at from stored.openness where observed_at <= $as_of)
select source_id, kind, licence_id, redistributable, count(*) as facts, count(*) filter (recorded_at > $as_of) as later
from held group by all
