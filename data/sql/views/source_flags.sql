-- One row a source and flag: how many facts (or days, lists, fields) carry it. Consumer: Data page, `landscape status`.
-- From four places: the flags in payloads, those of the Hub's days, those told from values (fact_faults,
-- price_outliers), and those of whole bodies: `short_list` (far shorter than the one before, so it delisted nobody)
-- and `shape_drift` (a field new, lost, retyped or emptied).
with carried as (
    select source_id, unnest(flags) as flag from stored.scores where observed_at <= $as_of
    union all select source_id, unnest(flags) from stored.benchmark_difficulty where observed_at <= $as_of
    union all select source_id, unnest(flags) from stored.prices where observed_at <= $as_of
    union all select source_id, unnest(flags) from stored.repos where observed_at <= $as_of
    union all select source_id, unnest(flags) from stored.model_attributes where observed_at <= $as_of
    union all select source_id, unnest(flags) from stored.usage where observed_at <= $as_of
    union all select source_id, unnest(flags) from stored.counters where observed_at <= $as_of
    union all select source_id, unnest(flags) from stored.openness where observed_at <= $as_of
    union all select 'hf_hub', unnest(flags) from $hub_counts
    union all select source_id, flag from $fact_faults
    union all select source_id, 'outlier' from $price_outliers group by source_id, payload_key, row_no
    union all select source_id, 'shape_drift' from $shape_drifts
    union all
    select l.source_id, 'short_list'
    from stored.listings l join stored.payloads p using (payload_key)
    where not l.complete and p.complete and (l.expected_rows is null or l.rows >= l.expected_rows)
          and l.evident_at <= $as_of)
select source_id, flag, count(*) as facts from carried group by source_id, flag
