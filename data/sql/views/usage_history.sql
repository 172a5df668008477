-- One row a router, name and UTC day: tokens and share, each time it changed. Consumer: usage.
select f.*, f.rowid as revision, r.replaced_at, n.model_id, n.config
from stored.usage f
left join main.replaced_usage r on r.revision = f.rowid
left join main.model_names n on n.source_id = f.source_id and n.name_raw = f.name_raw and n.config_raw = ''
