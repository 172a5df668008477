-- One row a score key in force now, as the view of the same name, computed once at publish. Consumer: pages without as-of.
select * from main.scores order by source_id, board, category, edition, value desc
