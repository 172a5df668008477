-- One row as the view of the same name has it, computed once at publish. Consumer: pages without as-of.
select * from main.index_edition order by value desc, name
