-- One row a model with a context window, as in the view. Consumer: Compare without as-of.
select * from context_windows order by model_id
