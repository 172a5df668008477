-- One row a reading of a repository's counters, until when it was in force (`replaced_at`, null: still: the instant is
-- part of the key, so hardly any is ever replaced). Consumer: hub_readings.
select h.*, h.rowid as revision, r.replaced_at, h.name_raw as repo_id,
       ('0x' || md5(h.name_raw)[:13])::bigint as repo_key
from stored.hub_readings h
left join main.replaced_hub_readings r on r.revision = h.rowid
