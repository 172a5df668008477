-- One row a stored fact and fault that its value shows beside what was known before. Consumer: the view fact_faults.
-- Flags only: nothing is left out for them. `since_at` is when the fact was known, which is when the fault was.
--   out_of_range: a score beyond its benchmark's floor or ceiling, a share beyond 0 to 1, tokens below 0
--   jump: the same key's last value was ten times this price or a tenth of it; or a quarter of its benchmark's range
--     away (where it has none, half the value); or a count so far is more than ten times its last, from 1,000 on
--   fell: a count so far is below its last by more than the publisher's rounding
--   impossible_date: 1970-01-01, or in the future when it was read (a release: more than 31 days)
with scored as (
    select s.source_id, 'scores' as fact, s.payload_key, s.row_no, s.name_raw, s.observed_at, s.value, b.floor, b.ceiling,
           lag(s.value) over (
               partition by s.source_id, board, category, s.method_version, edition, published_on, s.name_raw, config_raw, run
               order by s.observed_at, s.rowid) as last_value,
           [edition, published_on, evaluated_on] as days
    from stored.scores s left join main.benchmarks b using (benchmark_id)
    where s.is_listed),
priced as (
    select *, lag(input_usd_per_mtok) over by_key as last_input, lag(output_usd_per_mtok) over by_key as last_output
    from stored.prices
    where is_listed
    window by_key as (partition by source_id, provider, listing_id, tier, effective_from order by observed_at, rowid)),
counted as (
    select *, lag(value) over by_subject as last_value
    from stored.counters
    window by_subject as (partition by source_id, name_raw, metric order by day, observed_at, rowid)),
dated as (
    select source_id, fact, payload_key, row_no, name_raw, observed_at, unnest(days) as day, 1 as grace from scored
    union all
    select source_id, 'usage', payload_key, row_no, name_raw, observed_at, day, 1 from stored.usage
    union all
    select source_id, 'counters', payload_key, row_no, name_raw, observed_at, day, 1 from stored.counters
    union all
    select source_id, 'openness', payload_key, row_no, name_raw, observed_at, edition, 1 from stored.openness
    union all
    select source_id, 'repos', payload_key, row_no, name_raw, observed_at, created_on, 1 from stored.repos
    union all
    select source_id, 'hub_readings', payload_key, row_no, name_raw, observed_at, read_at::date, 1 from stored.hub_readings
    union all
    select source_id, 'model_attributes', payload_key, row_no, name_raw, observed_at, try_cast(value as date), 31
    from stored.model_attributes where attribute = 'released_on')
select source_id, fact, payload_key, row_no, name_raw, 'out_of_range' as flag,
       format('{} lies beyond {} to {}', value, coalesce(floor::varchar, 'any'), coalesce(ceiling::varchar, 'any')) as reason,
       observed_at as since_at
from scored where value < floor or value > ceiling
union all
select source_id, 'usage', payload_key, row_no, name_raw, 'out_of_range', format('share {}, tokens {}', coalesce(share::varchar, 'unknown'), tokens), observed_at
from stored.usage where share not between 0 and 1 or tokens < 0
union all
select source_id, fact, payload_key, row_no, name_raw, 'jump', format('was {}, is {}', last_value, value), observed_at
from scored where abs(value - last_value) > coalesce(0.25 * (ceiling - floor), 0.5 * abs(last_value))
union all
select source_id, 'prices', payload_key, row_no, name_raw, 'jump',
       format('was {} in and {} out, is {} and {}', coalesce(last_input::varchar, 'nothing'),
              coalesce(last_output::varchar, 'nothing'), coalesce(input_usd_per_mtok::varchar, 'nothing'),
              coalesce(output_usd_per_mtok::varchar, 'nothing')),
       observed_at
from priced
where (input_usd_per_mtok > 0 and last_input > 0
       and (input_usd_per_mtok >= 9.999 * last_input or last_input >= 9.999 * input_usd_per_mtok))
   or (output_usd_per_mtok > 0 and last_output > 0
       and (output_usd_per_mtok >= 9.999 * last_output or last_output >= 9.999 * output_usd_per_mtok))
union all
select source_id, 'counters', payload_key, row_no, name_raw, case when value < last_value then 'fell' else 'jump' end,
       format('{} was {}, is {}', metric, last_value, value), observed_at
from counted
where is_cumulative and (value < last_value - coalesce(step, 0) or (last_value >= 1000 and value > 10 * last_value))
union all
select distinct source_id, fact, payload_key, row_no, name_raw, 'impossible_date', format('the date {}', day), observed_at
from (select d.*, p.observed_at as read_at from dated d join stored.payloads p using (payload_key))
where day <= date '1970-01-01' or day > read_at::date + grace
