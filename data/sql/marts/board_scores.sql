-- One row as the view of the same name has it, computed once at publish. Consumer: Capability without as-of.
select * from main.board_scores order by source_id, board, edition, value desc, name_raw, config_raw, run, payload_key, row_no
