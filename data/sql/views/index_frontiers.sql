-- One row a complete edition of Epoch's index and access class: its best model. Consumer: Overview.
-- Trap: a model that has no access class is in none of them.
select s.edition, m.access, m.name, s.value, s.payload_key
from $scores s
join $editions e on e.series_id = s.series_id and e.edition = s.edition
join main.models m on m.model_id = s.model_id
where s.source_id = 'epoch_eci' and s.board = 'eci' and s.is_listed and e.is_complete
qualify row_number() over (partition by s.edition, m.access order by s.value desc, m.name) = 1
