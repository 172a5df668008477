-- One row as the view of the same name has it, computed once at publish. Consumer: pages without as-of.
select * from main.openness_systems order by edition desc, total desc, name_raw
