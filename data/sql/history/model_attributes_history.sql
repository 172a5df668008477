-- One row a thing a source said of a model, each time it changed. Consumer: model_attributes.
select a.*, a.rowid as revision, r.replaced_at, n.model_id
from stored.model_attributes a
left join main.replaced_model_attributes r on r.revision = a.rowid
left join main.model_names n on n.source_id = a.source_id and n.name_raw = a.name_raw and n.config_raw = ''
order by n.model_id, a.attribute, a.observed_at, a.rowid
