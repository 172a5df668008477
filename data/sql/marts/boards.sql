-- One row a board with a benchmark of its own: how many of its rows are a gpt-oss model's. LiveBench's mean of all is a
-- board of its own. Consumer: the choice of a board on Capability. It names what there is now, whatever the as-of date.
with rated as (
    select source_id, board, benchmark_id, model_id from main.scores
    where is_listed and (category = 'overall' or source_id = 'livebench') and board <> 'inputs'
    union all
    select source_id, 'overall', benchmark_id, model_id from main.livebench_overall where value is not null),
counted as (
    select source_id, board, benchmark_id,
           count(*) filter (model_id in ('openai/gpt-oss-120b', 'openai/gpt-oss-20b')) as own
    from rated group by all)
select c.source_id, c.board, c.benchmark_id, b.name, b.domain, b.unit, b.higher_is_better, s.title as source,
       s.publisher, c.own
from counted c
join main.benchmarks b using (benchmark_id)
join main.sources s using (source_id)
order by b.domain, b.name, c.source_id, c.board, c.benchmark_id
