-- One row a model by name, with a label no other model has: the name; where several share it, the one tracked model has
-- it alone and the others carry their id. Consumer: search and every list of models. Registries are never as-of.
select m.model_id, m.name, coalesce(d.name, m.developer_id) as developer, m.access, m.licence, m.released_on,
       coalesce(m.tracked, false) as tracked, m.role, m.total_params_b, m.active_params_b,
       case when count(*) over (partition by m.name) = 1
              or (m.tracked and count(*) filter (m.tracked) over (partition by m.name) = 1) then m.name
            else m.name || ' (' || m.model_id || ')' end as label,
       coalesce(m.model_id in (select model_id from main.scores where model_id is not null
                               union select model_id from main.price_summary) or m.tracked, false) as is_rated,
       coalesce(m.hub_repo_id in (select repo_id from main.hub_counts), false) as is_counted
from main.models m left join main.developers d using (developer_id)
order by lower(m.name), m.model_id
