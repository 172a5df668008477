-- One row as the view of the same name has it, computed once at publish. Consumer: Data page without as-of.
select * from main.source_counts order by source_id
