-- One row a field in which an accepted body differs from the last accepted one of its place. Consumer: Data page, status.
-- `change`: new, lost, retyped, or emptied (there, with nothing in it); `was` and `now` are the types.
select * from main.drifted_fields where observed_at <= $as_of
