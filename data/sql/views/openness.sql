-- One row an index, edition, subject and dimension: the row in force at the instant. Consumer: Openness and events.
-- Trap: grades of two editions with different criteria are never joined.
select * from openness_history
where observed_at <= $as_of and (replaced_at is null or replaced_at > $as_of)
