-- One row an index, edition, subject and dimension, each time it changed. Consumer: openness.
select f.*, f.rowid as revision, r.replaced_at, n.model_id, n.config
from stored.openness f
left join main.replaced_openness r on r.revision = f.rowid
left join main.model_names n on n.source_id = f.source_id and n.name_raw = f.name_raw and n.config_raw = ''
