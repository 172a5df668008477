-- One row a model of Epoch's index in its newest complete edition. Consumer: Overview, the first ten of every page.
with newest as (
    select series_id, edition from $editions
    where source_id = 'epoch_eci' and board = 'eci' and is_complete order by edition desc limit 1)
select coalesce(m.name, s.name_raw) as name, s.model_id, coalesce(m.access, 'unknown') as access,
       m.released_on, s.value, s.low, s.high, s.edition, s.redistributable, s.payload_key, s.row_no
from $scores s
join newest n on n.series_id = s.series_id and n.edition = s.edition
left join main.models m on m.model_id = s.model_id
where s.source_id = 'epoch_eci' and s.board = 'eci' and s.is_listed
