-- One row as the view of the same name has it, computed once at publish. Consumer: Compare without as-of.
select * from main.model_scores order by model_id, series_id, edition, published_on, run
