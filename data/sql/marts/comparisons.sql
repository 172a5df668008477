-- One row a series, edition, subject and other, as known now: the view of the same name, computed once at publish. Consumer: pages without as-of.
select * from main.comparisons order by series_id, edition, subject, subject_config, value desc, name_raw, payload_key, row_no
