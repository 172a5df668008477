-- One row a source, subject, metric and day, each time it changed. Consumer: counters.
select f.*, f.rowid as revision, r.replaced_at, n.model_id, n.config
from stored.counters f
left join main.replaced_counters r on r.revision = f.rowid
left join main.model_names n on n.source_id = f.source_id and n.name_raw = f.name_raw and n.config_raw = ''
