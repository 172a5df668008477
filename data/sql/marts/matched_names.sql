-- One row a source, name and configuration with the model it leads to (null: none), matched and short names first: the
-- order of the table. Consumer: the search among names on the Data page. Matching is today's reading and never as-of.
select n.source_id, n.name_raw, n.config_raw, n.model_id, m.name as model, n.config, n.method, n.rule
from main.model_names n left join main.models m on m.model_id = n.model_id
order by n.model_id is null, length(n.name_raw), n.name_raw, n.source_id, n.config_raw
