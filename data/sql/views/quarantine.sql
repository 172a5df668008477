-- One row a refused row, with the reason. Consumer: status, Data page.
select * from stored.quarantine where observed_at <= $as_of
