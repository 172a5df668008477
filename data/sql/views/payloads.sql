-- One row a payload known by the instant: url, time and hash a fact's payload_key leads to. Consumer: provenance, Data page.
select * from stored.payloads where observed_at <= $as_of
