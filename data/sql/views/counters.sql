-- One row a source, subject, metric and day: the row in force at the instant. Consumer: Adoption.
-- Trap: a total so far and the count of a month are told apart by is_cumulative, never drawn on one axis.
select * from counters_history
where observed_at <= $as_of and (replaced_at is null or replaced_at > $as_of)
