-- One row a number of the newest instant measured, with `redistributable` ("no": it rests on a payload that may not be
-- passed on). Consumer: pages without as-of.
with staying as (select list(payload_key) as payload_keys from stored.payloads where redistributable = 'no')
select n.*, if(list_has_any(from_json(n.inputs, '["BIGINT"]'), s.payload_keys), 'no', 'yes') as redistributable
from main.measures n, staying s
where n.as_of = (select max(as_of) from main.measures)
order by n.measure_id, n.definition_id, n.subject, n.day nulls first
