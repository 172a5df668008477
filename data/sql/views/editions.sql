-- One row an edition of a series that was listed by the instant. Consumer: every reader of scores.
-- Trap: a partial edition never defines a frontier, rank or count; `is_complete` is what that asks.
select source_id, scope::json->>0 as board, scope::json->>1 as category, scope::json->>2 as method_version,
       concat_ws('/', source_id, scope::json->>0, scope::json->>1, scope::json->>2) as series_id,
       (scope::json->>3)::date as edition, (scope::json->>4)::date as published_on,
       bool_or(complete) as is_complete, min(evident_at) as first_known_at, arg_max(rows, observed_at) as rows,
       max(expected_rows) as expected_rows, arg_max(payload_key, observed_at) as payload_key
from stored.listings
where fact = 'scores' and evident_at <= $as_of
group by source_id, scope
