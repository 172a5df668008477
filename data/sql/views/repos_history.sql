-- One row a stored description of a repository. Consumer: hub_repos.
select *, rowid as revision, name_raw as repo_id, ('0x' || md5(name_raw)[:13])::bigint as repo_key
from stored.repos
