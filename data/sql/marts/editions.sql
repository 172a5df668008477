-- One row an edition of a series, as the view of the same name, computed once at publish. Consumer: pages without as-of.
select * from main.editions order by source_id, board, category, edition
