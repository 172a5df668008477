-- One row a source: what was taken from it by the instant, and what of that did not come through. Consumer: Data page.
with taken as (
    select source_id, count(*) as snapshots, count(*) filter (not complete) as partial from $snapshots group by source_id),
refused as (
    select source_id, count(*) as quarantined from $quarantine group by source_id),
lost as (
    select source_id, count(*) as unresolved_names, sum(rows)::bigint as unresolved_rows
    from $unresolved_names group by source_id)
select source_id, coalesce(t.snapshots, 0) as snapshots, coalesce(t.partial, 0) as partial,
       coalesce(q.quarantined, 0) as quarantined, coalesce(l.unresolved_names, 0) as unresolved_names,
       coalesce(l.unresolved_rows, 0) as unresolved_rows
from main.sources left join taken t using (source_id) left join refused q using (source_id) left join lost l using (source_id)
