-- One row a score key: the row in force at the instant. Consumer: pages, measures.
select * from scores_history
where observed_at <= $as_of
qualify row_number() over (
    partition by source_id, board, category, method_version, edition, published_on, name_raw, config_raw, run
    order by observed_at desc, revision desc) = 1
