-- One row a source and name that leads to no model: kept, counted, shown. Consumer: status, Data page.
with uses as (
    select source_id, name_raw, config_raw, observed_at from stored.scores
    union all select source_id, name_raw, '', observed_at from stored.prices
    union all select source_id, name_raw, '', observed_at from stored.model_attributes
    union all select source_id, name_raw, '', observed_at from stored.usage where not is_rest
    union all select source_id, name_raw, '', observed_at from stored.counters where subject_kind = 'model'
    union all select source_id, name_raw, '', observed_at from stored.openness where subject_kind = 'model')
select n.source_id, n.name_raw, count(*) as rows, max(u.observed_at) as last_seen_at
from main.model_names n
join uses u on u.source_id = n.source_id and u.name_raw = n.name_raw and u.config_raw = n.config_raw
where n.model_id is null and u.observed_at <= $as_of
group by all
