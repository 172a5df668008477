-- One row a stored difficulty of a benchmark. Consumer: benchmark_difficulty.
select *, rowid as revision from stored.benchmark_difficulty
