-- One row a series, complete edition, run, model and configuration that was listed by the instant, with what its benchmark
-- is. Consumer: Compare. Of LiveBench, one benchmark of many tasks, the mean stands for them.
-- `run` is the harness or recipe; where a source's run is one evaluation of one model it keeps nobody apart and is blank.
-- `is_anchor`: pins the scale of an edition that has intervals, and so has no error.
with told as (
    select series_id, edition, published_on,
           case source_id when 'aider_polyglot' then ''
                when 'epoch_hub' then regexp_extract(config_raw, 'harness=([^;]*)', 1) else run end as run,
           benchmark_id, source_id, board, category, name_raw, model_id, config, value, low, high,
           interval_pct, redistributable, licence_id, payload_key, row_no
    from $scores
    where source_id <> 'livebench' and is_listed and model_id is not null and not list_contains(flags, 'duplicate')
    union all by name
    select 'livebench/overall/overall/' || method_version as series_id, edition, published_on, '' as run,
           benchmark_id, source_id, 'overall' as board, 'overall' as category, name_raw, model_id, config,
           value, redistributable, licence_id, payload_key, row_no
    from $livebench_overall
    where is_complete and value is not null and model_id is not null),
complete as (
    select series_id, edition, published_on from $editions where is_complete),
with_interval as (
    select distinct series_id, edition from $scores where low is not null and source_id = 'epoch_eci')
select s.model_id, s.series_id, s.edition, s.published_on, s.run, s.benchmark_id,
       coalesce(b.name, s.benchmark_id) as benchmark, coalesce(b.domain, '') as domain,
       coalesce(b.unit, '') as unit, coalesce(b.higher_is_better, true) as higher_is_better,
       s.source_id, s.board, s.category, coalesce(s.config, '') as config, s.value, s.low, s.high, s.interval_pct,
       s.low is null and s.source_id = 'epoch_eci' and s.board = 'eci'
           and s.name_raw in ('GPT-5', 'Claude 3.5 Sonnet') and i.edition is not null as is_anchor,
       s.redistributable, s.licence_id, s.payload_key, s.row_no
from told s
left join complete e on e.series_id = s.series_id and e.edition = s.edition
     and e.published_on is not distinct from s.published_on
left join with_interval i on i.series_id = s.series_id and i.edition = s.edition
left join main.benchmarks b on b.benchmark_id = s.benchmark_id
where e.series_id is not null or s.source_id = 'livebench'
