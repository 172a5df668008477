-- One row an edition of the openness index and system: its grades counted and summed, and whom it stands for.
-- Consumer: Openness and events. `is_focus`: gpt-oss itself, whichever name the edition gives it.
-- Trap: sums under two `criteria` are never compared.
with said as (
    select name_raw, max(value) filter (attribute = 'modality') as modality,
           max(value) filter (attribute = 'developer') as developer,
           max(value) filter (attribute = 'hub_repo_id') as hub_repo_id
    from $model_attributes where source_id = 'osai_index' group by name_raw)
select o.edition, o.criteria, o.name_raw, any_value(s.developer) as developer, any_value(s.modality) as modality,
       bool_or(coalesce(coalesce(m.family, t.family) = 'gpt-oss'
                        and coalesce(m.role, t.role) is distinct from 'safeguard', false)) as is_focus,
       bool_or(coalesce(m.tracked, false) or coalesce(t.tracked, false)) as is_tracked, sum(o.value) as total,
       count(*) filter (o.grade = 'open') as open, count(*) filter (o.grade = 'partial') as partial,
       count(*) filter (o.grade = 'closed') as closed, count(*) as dimensions,
       min(o.redistributable) as redistributable, any_value(o.payload_key) as payload_key, min(o.row_no) as row_no
from $openness o
left join said s on s.name_raw = o.name_raw
left join main.models m on m.model_id = o.model_id
left join main.models t on t.model_id = s.hub_repo_id
where o.source_id = 'osai_index' and o.is_listed
group by o.edition, o.criteria, o.name_raw
