-- One row a snapshot known by the instant. Consumer: status, Data page.
select source_id, snapshot_id, max(observed_at) as observed_at, bool_and(complete) as complete,
       sum(expected_rows) as expected_rows, sum(rows) as rows, count(*) as payloads
from stored.payloads where observed_at <= $as_of
group by source_id, snapshot_id
