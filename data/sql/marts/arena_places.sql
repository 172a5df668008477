-- One row as the view of the same name has it, computed once at publish. Consumer: pages without as-of.
select * from main.arena_places order by model_id, edition, place
