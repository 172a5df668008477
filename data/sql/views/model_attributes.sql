-- One row a source, name and attribute: what the source says at the instant. Consumer: models, disagreements.
select * from model_attributes_history
where observed_at <= $as_of
qualify row_number() over (partition by source_id, name_raw, attribute order by observed_at desc, revision desc) = 1
