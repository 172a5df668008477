-- One row as the view of the same name has it, computed once at publish. Consumer: Adoption without as-of.
select * from main.tracked_newest order by downloads desc, model_id
