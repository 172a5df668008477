-- One row as the view of the same name has it, computed once at publish. Consumer: Overview without as-of.
select * from main.clearly_ahead order by rule, day
