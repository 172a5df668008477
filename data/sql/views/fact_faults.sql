-- One row a fact and fault that its value shows beside what was known before, with the reason. Consumer: Data page.
select * from main.faulty_facts where since_at <= $as_of
