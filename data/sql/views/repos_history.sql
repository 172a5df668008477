-- One row a stored description of a repository, until when it was in force. Consumer: hub_repos.
select p.*, p.rowid as revision, r.replaced_at, p.name_raw as repo_id, ('0x' || md5(p.name_raw)[:13])::bigint as repo_key
from stored.repos p
left join main.replaced_repos r on r.revision = p.rowid
