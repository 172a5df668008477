-- Offending rows: facts whose payload_key leads nowhere.
select 'scores' as relation, name_raw, payload_key from stored.scores anti join stored.payloads using (payload_key)
union all
select 'prices', name_raw, payload_key from stored.prices anti join stored.payloads using (payload_key)
union all
select 'hub_readings', name_raw, payload_key from stored.hub_readings anti join stored.payloads using (payload_key)
union all
select 'usage', name_raw, payload_key from stored.usage anti join stored.payloads using (payload_key)
union all
select 'counters', name_raw, payload_key from stored.counters anti join stored.payloads using (payload_key)
union all
select 'openness', name_raw, payload_key from stored.openness anti join stored.payloads using (payload_key)
