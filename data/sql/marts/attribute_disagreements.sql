-- One row as the view of the same name has it, computed once at publish. Consumer: Openness and events. Registries are
-- never as-of.
select * from main.attribute_disagreements order by tracked desc, attribute, name, model_id
