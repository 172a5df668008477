-- Offending rows: a score outside the interval published with it (rounding to two decimals allowed for).
select source_id, series_id, edition, name_raw, value, low, high from scores
where low > value + 0.011 or high < value - 0.011
