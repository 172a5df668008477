-- Offending rows: facts marked free to pass on whose payload is not.
select s.source_id, s.name_raw, s.redistributable, p.redistributable from stored.scores s
join stored.payloads p using (payload_key)
where p.redistributable = 'no' and s.redistributable <> 'no'
