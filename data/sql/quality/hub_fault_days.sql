-- One row a scope, test, UTC day and instant from which the Hub's counters were known to be at fault on the day.
-- Consumer: the view hub_faults, hub_repo_faults. A day is at fault when at least ten repositories tell, and of them a
-- fifth stood still (`stalled`), half had fallen by a tenth (`fell_recent`), or a fifth had a lower all-time count than
-- before (`fell_total`). A row holds until the next evidence about its day, so as-of is a filter. Loose readings count
-- only where some of them moved: that shows the refresh was still to come.
with told as (
    select scope, test, day, known_at, count(*) filter (is_strict) as sure, count(*) filter (is_strict and hit) as sure_hit,
           count(*) filter (not is_strict) as loose, count(*) filter (not is_strict and hit) as loose_hit
    from hub_evidence where test <> 'stood' group by all),
known as (
    select scope, test, day, known_at, sum(sure) over w as sure, sum(sure_hit) over w as sure_hit,
           sum(loose) over w as loose, sum(loose_hit) over w as loose_hit,
           lead(known_at) over w as until_at
    from told window w as (partition by scope, test, day order by known_at)),
judged as (
    select scope, test, day, known_at as since_at, until_at,
           sure + case when loose > loose_hit then loose else 0 end as repos,
           sure_hit + case when loose > loose_hit then loose_hit else 0 end as affected
    from known)
select scope, test, case test when 'stalled' then 'stalled' else 'rollback' end as flag, day, since_at, until_at,
       repos::bigint as repos, affected::bigint as affected
from judged
where repos >= 10 and affected >= repos * case test when 'fell_recent' then 0.5 else 0.2 end
order by all
