-- One row as the view of the same name has it, computed once at publish. Consumer: Capability without as-of.
select * from main.board_editions order by source_id, board, edition, series_id, published_on
