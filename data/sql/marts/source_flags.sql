-- One row a source and flag, as known now: the view of the same name, computed once at publish. Consumer: Data page, status.
select * from main.source_flags order by source_id, facts desc, flag
