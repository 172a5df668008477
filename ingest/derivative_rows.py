"""Derivatives as recorded by an instant: whole lists, and what others' lists hold.

The Hub lists a base's derivatives on request (`filter=base_model:...`). Read to its end the list is a census of those
that name the base directly; what recordings of trending repositories hold is a selection that says nothing of how
many there are. The measures of derivatives keep the two apart, as this does. It reads the views under the cursor's
as-of and counts nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from ingest.derivative_classes import Author, classify_author, find_says_so
from ingest.measures import SUBJECTS

TOLERANCE_DAYS = 14
RELATIONS = ("quantized", "finetune", "adapter", "merge", "not_stated")
NOT_YET = "Not recorded yet: a live refresh of hf_hub brings them"

# Repositories described or read. What others recorded counts where its licence lets everybody see it, as in hub_counts.
_REPOS = """
    select coalesce(r.repo_id, c.repo_id) as repo, r.author, r.base_repo_id, r.relation, r.tags, r.created_on,
           coalesce(r.payload_key, c.payload_key), c.downloads_30d, c.day, c.payload_key
    from (from hub_repos where redistributable <> 'no' or origin = 'live') r
    full join (select repo_id, max(day) as day, arg_max(downloads_30d, day) as downloads_30d,
                      arg_max(payload_key, day) as payload_key
               from hub_counts group by repo_id) c on c.repo_id = r.repo_id
    order by repo"""

# One row a base and snapshot that has a list of its derivatives: "derivatives:OWNER/NAME:page1".
_LISTS = """
    select split_part(name, ':', 2) as base, snapshot_id, bool_and(complete), max(observed_at)::date,
           list(payload_key order by payload_key), count(*)
    from payloads where source_id = 'hf_hub' and starts_with(name, 'derivatives:')
    group by all order by base, max(observed_at)"""

# Repositories with a reading in a snapshot, whichever of its bodies it came in: lists overlap.
_PRESENT = """
    select distinct r.repo_id from hub_readings r join payloads p on p.payload_key = r.payload_key
    where p.snapshot_id = ? order by 1"""

_LAB_OWNERS = """
    select distinct split_part(m.hub_repo_id, '/', 1) from main.models m
    where m.hub_repo_id is not null and m.developer_id in (select developer_id from main.models where tracked)"""


@dataclass(frozen=True, slots=True)
class Repo:
    """A repository as last described, with its newest reading; some are read and never described."""

    repo_id: str
    author: str
    base_repo_id: str | None
    relation: str | None
    tags: tuple[str, ...]
    created_on: date | None
    payload_key: int
    downloads: int | None
    read_on: date | None
    reading_key: int | None

    def names(self, base: str) -> bool:
        """Whether it says that it is made from a base."""
        return self.base_repo_id == base or f"base_model:{base}" in self.tags

    def find_relation(self, base: str) -> str:
        """How it is made from a base it names."""
        for relation in RELATIONS[:-1]:
            if f"base_model:{relation}:{base}" in self.tags:
                return relation
        stated = self.relation if self.base_repo_id == base else None
        return stated if stated in RELATIONS else RELATIONS[-1]

    @property
    def says_so(self) -> bool:
        """Whether its name or tags say that safeguards were removed."""
        return find_says_so(self.repo_id, self.tags) is not None


@dataclass(frozen=True, slots=True)
class Population:
    """The derivatives that numbers are of. With `reason` there are none; `told_by` says how they came to be known."""

    subject: str
    listing: str
    repos: tuple[Repo, ...] = ()
    day: date | None = None
    reason: str | None = None
    told_by: str = ""
    inputs: tuple[int, ...] = ()

    @property
    def read(self) -> tuple[Repo, ...]:
        """Those with a reading near the newest, so that their 30-day windows share at least half their days."""
        days = [r.read_on for r in self.repos if r.read_on]
        newest = max(days, default=None)
        return tuple(r for r in self.repos if newest and r.read_on and (newest - r.read_on).days < TOLERANCE_DAYS)

    @property
    def read_keys(self) -> tuple[int, ...]:
        """The payloads of those readings and of the descriptions."""
        keys = {r.payload_key for r in self.repos} | {r.reading_key for r in self.read if r.reading_key is not None}
        return tuple(sorted(keys | set(self.inputs)))


@dataclass(frozen=True, slots=True)
class Recorded:
    """All repositories described or read by the instant, and the whole lists of derivatives among them."""

    repos: tuple[Repo, ...]
    whole: tuple[Population, ...]
    classes: Mapping[str, str]

    @property
    def bases(self) -> dict[str, str | None]:
        """Repository -> the base it names."""
        return {r.repo_id: r.base_repo_id for r in self.repos}

    @property
    def derivatives(self) -> tuple[Repo, ...]:
        """Every repository that names a base, whoever listed it."""
        return tuple(r for r in self.repos if r.base_repo_id)


def read_recorded(con: duckdb.DuckDBPyConnection) -> Recorded:
    """What is recorded of derivatives under the cursor's as-of."""
    repos = tuple(
        Repo(row[0], row[1] or row[0].partition("/")[0], row[2], row[3], tuple(row[4] or ()), *row[5:])
        for row in con.execute(_REPOS).fetchall()
    )
    return Recorded(repos, _read_whole(con, repos), _classify_authors(con, repos))


def describe_recorded(subject: str, repos: Sequence[Repo]) -> Population:
    """The population of what was recorded of a subject, by whomever."""
    if not repos:
        return Population(subject, "recorded", reason=f"{NOT_YET} (none of its derivatives is recorded).")
    days = [r.read_on for r in repos if r.read_on]
    told_by = f"{count_word(len(repos))} in recorded lists, which are a selection"
    return Population(subject, "recorded", tuple(repos), max(days, default=None), told_by=told_by)


def count_word(count: int) -> str:
    """How many derivatives, in words."""
    return f"{count} derivative{'' if count == 1 else 's'}"


def _read_whole(con: duckdb.DuckDBPyConnection, repos: Sequence[Repo]) -> tuple[Population, ...]:
    """One population a base whose list was asked for, and each gpt-oss base whether or not it was."""
    whole: dict[str, tuple[str, date, list[int]]] = {}
    broken: dict[str, tuple[date, int]] = {}
    for base, snapshot_id, is_complete, day, keys, pages in con.execute(_LISTS).fetchall():
        if is_complete:
            whole[base] = snapshot_id, day, keys
            broken.pop(base, None)
        else:
            broken[base] = day, pages
    present: dict[str, frozenset[str]] = {}
    found = []
    for base in sorted({*SUBJECTS, *whole, *broken}):
        if base not in whole:
            found.append(Population(base, "whole", reason=_explain_absence(base, broken.get(base), repos)))
            continue
        snapshot_id, day, keys = whole[base]
        if snapshot_id not in present:
            present[snapshot_id] = frozenset(r for (r,) in con.execute(_PRESENT, [snapshot_id]).fetchall())
        members = tuple(r for r in repos if r.repo_id in present[snapshot_id] and r.names(base))
        told_by = f"the Hub's list of {day}, {count_word(len(members))}"
        if base in broken:
            told_by += f"; that of {broken[base][0]} broke off"
        found.append(Population(base, "whole", members, day, None, told_by, tuple(keys)))
    return tuple(found)


def _explain_absence(base: str, broken: tuple[date, int] | None, repos: Sequence[Repo]) -> str:
    if broken:
        day, count = broken
        pages = f"{count} page{'' if count == 1 else 's'}"
        return f"The Hub's list of its derivatives broke off on {day} after {pages}: the rest is missing."
    held = sum(r.names(base) for r in repos)
    return f"{NOT_YET} (the Hub's list of them was never read; {held or 'none'} of them in what others recorded)."


def _classify_authors(con: duckdb.DuckDBPyConnection, repos: Sequence[Repo]) -> dict[str, str]:
    """Author -> class, from every repository recorded of the account."""
    labs = {owner for (owner,) in con.execute(_LAB_OWNERS).fetchall()}
    counts: dict[str, list[int]] = {}
    for r in repos:
        mine = counts.setdefault(r.author, [0, 0, 0])
        mine[0] += 1
        mine[1] += r.base_repo_id is not None
        mine[2] += r.base_repo_id is not None and r.relation == "quantized"
    return {
        author: classify_author(Author(repos, derivatives, quantized, author in labs))
        for author, (repos, derivatives, quantized) in counts.items()
    }
