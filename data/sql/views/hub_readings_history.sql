-- One row a reading of a repository's counters. Consumer: hub_counts.
select *, rowid as revision, name_raw as repo_id, ('0x' || md5(name_raw)[:13])::bigint as repo_key
from stored.hub_readings
