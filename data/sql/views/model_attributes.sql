-- One row a source, name and attribute: what the source says at the instant. Consumer: models, disagreements.
select * from model_attributes_history
where observed_at <= $as_of and (replaced_at is null or replaced_at > $as_of)
