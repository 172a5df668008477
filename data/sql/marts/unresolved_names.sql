-- One row as the view of the same name has it, computed once at publish. Consumer: Data page without as-of.
select * from main.unresolved_names order by source_id, rows desc, name_raw
