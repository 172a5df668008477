-- One row a source, kind of fact, licence and right: how many facts are stored. Consumer: Data page without as-of.
with held as (
    select source_id, 'scores' as kind, licence_id, redistributable from stored.scores
    union all select source_id, 'benchmark_difficulty', licence_id, redistributable from stored.benchmark_difficulty
    union all select source_id, 'prices', licence_id, redistributable from stored.prices
    union all select source_id, 'hub_readings', licence_id, redistributable from stored.hub_readings
    union all select source_id, 'repos', licence_id, redistributable from stored.repos
    union all select source_id, 'model_attributes', licence_id, redistributable from stored.model_attributes
    union all select source_id, 'usage', licence_id, redistributable from stored.usage
    union all select source_id, 'counters', licence_id, redistributable from stored.counters
    union all select source_id, 'openness', licence_id, redistributable from stored.openness)
select source_id, kind, licence_id, redistributable, count(*) as facts
from held group by all order by source_id, facts desc, kind, licence_id
