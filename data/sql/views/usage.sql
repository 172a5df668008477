-- One row a router, name and UTC day: tokens and share: the row in force at the instant. Consumer: Adoption.
-- Trap: a model that a day's list lacks is unknown, never 0; `is_rest` rows pool everything below the list's end.
select * from usage_history
where observed_at <= $as_of and (replaced_at is null or replaced_at > $as_of)
