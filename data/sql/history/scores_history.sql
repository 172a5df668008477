-- One row a stored score: every value that was ever in force, until when (`replaced_at`, null: still), with its model.
-- Consumer: scores, whether as of a past date or not.
select s.*, s.rowid as revision, r.replaced_at, concat_ws('/', s.source_id, s.board, s.category, s.method_version) as series_id,
       n.model_id, n.config
from stored.scores s
left join main.replaced_scores r on r.revision = s.rowid
left join main.model_names n
    on n.source_id = s.source_id and n.name_raw = s.name_raw and n.config_raw = s.config_raw
order by s.source_id, s.board, s.category, s.edition, s.value desc, s.rowid
