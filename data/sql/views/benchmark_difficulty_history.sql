-- One row a stored difficulty of a benchmark, until when it was in force. Consumer: benchmark_difficulty.
select b.*, b.rowid as revision, r.replaced_at
from stored.benchmark_difficulty b
left join main.replaced_benchmark_difficulty r on r.revision = b.rowid
