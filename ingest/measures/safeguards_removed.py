"""Models with safeguards removed, by name: count, downloads, beside rivals.

Weights that anybody may change can have their refusals taken out. Nobody counts who does so, but those who publish
the result mostly say so in its name, and names can be counted.

Definition: a derivative counts when its own name or its tags hold, as a whole word and in any case, one of
abliterated, uncensored, heretic, decensored, derestricted and their like (the list is in ingest/derivative_classes.py),
or a pair such as "no refusals"; a quantized copy also when its base's name does. A word turned round ("non-",
"pre-") does not count, nor one that is a subject ("uncensored-dataset-eval", a jailbreak detector), nor "heretic" as
the game. listing=whole: among the derivatives in the Hub's own list of a base, read to its end; lineage is direct.
listing=recorded: among those recorded lists of others happened to hold, by the family whose name comes first in the
name of the repository at the end of the chain of bases; recordings that state no base count by their own name, unless
they are of the maker of a tracked model. What the owner of the base itself made of it is left out everywhere.
safeguards_removed_count is their number, safeguards_removed_downloads their 30-day downloads, and
safeguards_removed_share either as a share of that of all derivatives of the base. created=month counts those of one
month of creation. The precision and the recall are of the name reading alone, against data/safeguard_names.csv:
sample=drawn are names taken by the hash of their id among recorded derivatives, sample=all has hard cases as well.

Formula: share = x(says so) / x(all derivatives of the base). precision = right / said; recall = right / labelled so;
their intervals are Wilson's, 95 %: (p + z^2/2n +- z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n), z = 1.96.

Inputs: the views hub_repos, hub_counts, hub_readings, payloads; data/safeguard_names.csv.

Limits: a name is a claim, not a test: a model so named may still refuse, and no name is no proof either, since other
models answer anything and do not say so. A copy taken off the Hub is missing from its month. Downloads of a
derivative are requests for its files, from nobody known. The lists of the thousand most trending repositories of one
week, which is what is recorded of rivals, favour the new and the talked about: a share among them is a share of
attention, and none of use. The labels are one reader's, from name and tags, who tested no model; the list of words
was written with recorded names in view, so that names of other kinds may be missed more often than the recall says.
Labels and catalogue are today's at every instant.

Source: A. Arditi et al., "Refusal in Language Models Is Mediated by a Single Direction", arXiv 2406.11717, 2024, for
what the names claim; E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal
of the American Statistical Association 22, 1927.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

import duckdb

from ingest.derivative_classes import FAMILIES, LabelledName, find_family, find_root, find_says_so, load_labelled
from ingest.derivative_rows import Population, Recorded, Repo, count_word, describe_recorded, read_recorded
from ingest.measures import SUBJECTS, MeasureRow, define
from ingest.measures.derivatives import LEAST, list_months
from ingest.stats.wilson import compute_wilson

METHOD_VERSION = "1"
SOURCES = ("hf_hub",)
CAVEAT = "by name: a claim, not a test"
# The two bases are known by their ids; other families by a word.
_SUBJECT_OF = {subject.partition("/")[2]: subject for subject in SUBJECTS}


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """Counts, downloads and shares by base and family; the classifier's precision and recall."""
    recorded = read_recorded(con)
    for population in (*map(leave_own, recorded.whole), *list_families(recorded)):
        yield from _measure(population)
        if population.listing == "whole":
            yield from _count_months(population)
    yield from measure_classifier(load_labelled())


def list_families(recorded: Recorded) -> list[Population]:
    """What recorded lists hold of each family's derivatives by others than its maker, both gpt-oss models first."""
    bases, members = recorded.bases, dict[str, list[Repo]]()
    for repo in recorded.repos:
        root = find_root(repo.repo_id, bases)
        is_own = recorded.classes[repo.author] == "lab" if root == repo.repo_id else is_owner(repo, root)
        family = find_family(root)
        if not is_own and (family != "other" or repo.base_repo_id):
            members.setdefault(family, []).append(repo)
    return [
        describe_recorded(_SUBJECT_OF.get(family, family), members.get(family, []))
        for family in FAMILIES
        if family in members or family in _SUBJECT_OF
    ]


def leave_own(population: Population) -> Population:
    """A base's derivatives without those of the base's owner."""
    return replace(population, repos=tuple(r for r in population.repos if not is_owner(r, population.subject)))


def is_owner(repo: Repo, base: str) -> bool:
    """Whether a repository is of the account that a base is of."""
    return repo.author == base.partition("/")[0]


def _measure(population: Population) -> Iterator[MeasureRow]:
    repos, read = population.repos, population.read
    said, said_read = [r for r in repos if r.says_so], [r for r in read if r.says_so]
    downloads, said_downloads = (sum(r.downloads or 0 for r in some) for some in (read, said_read))
    few = None
    if len(repos) < LEAST:
        few = f"Only {count_word(len(repos))} known; at least {LEAST} are needed for a share."
    unread = None
    if said and not said_read:
        unread = f"Of the {len(said)} so named none had its downloads read near {population.day}."
    elif not downloads:
        unread = "None of its derivatives had any download read."
    told_by = f"{len(said)} of {population.told_by}; downloads of {len(read)} read, {len(said_read)} of them so named"
    rows: tuple[tuple[str, dict[str, str], str, float, str | None], ...] = (
        ("safeguards_removed_count", {"created": "any"}, "models", len(said), None),
        ("safeguards_removed_downloads", {"window": "rolling"}, "downloads", said_downloads, unread),
        ("safeguards_removed_share", {"of": "derivatives"}, "share", len(said) / max(1, len(repos)), few),
        ("safeguards_removed_share", {"of": "downloads"}, "share", said_downloads / max(1, downloads), few or unread),
    )
    for measure_id, options, unit, value, reason in rows:
        yield _say(population, measure_id, options, unit, float(value), reason=reason, told_by=f"{told_by}; {CAVEAT}")


def _count_months(population: Population) -> Iterator[MeasureRow]:
    """How many of those created in a month say so, from the first month with any derivative."""
    if population.reason:
        return
    months = Counter(r.created_on.replace(day=1) for r in population.repos if r.created_on)
    said = Counter(r.created_on.replace(day=1) for r in population.repos if r.created_on and r.says_so)
    for month in list_months(months, population.day):
        told_by = f"{count_word(months[month])} of that month; {CAVEAT}"
        yield _say(
            population,
            "safeguards_removed_count",
            {"created": "month"},
            "models",
            float(said[month]),
            day=month,
            told_by=told_by,
        )


def measure_classifier(labelled: Sequence[LabelledName]) -> Iterator[MeasureRow]:
    """How often a name so read is so labelled, and how many of those so labelled are so read."""
    for sample in ("drawn", "all"):
        rows = [row for row in labelled if sample == "all" or row.drawn]
        said = [find_says_so(row.repo_id, row.tags) is not None for row in rows]
        right = sum(s and row.says_so for s, row in zip(said, rows, strict=True))
        for name, of in (("precision", sum(said)), ("recall", sum(row.says_so for row in rows))):
            reason = None if of else "No name of the sample is of this class."
            low, high = compute_wilson(right, of) if of else (None, None)
            yield MeasureRow(
                f"safeguards_classifier_{name}",
                define(sample=sample),
                "all",
                "share",
                None,
                right / of if of else None,
                low,
                high,
                reason,
                f"{right} of {of} names, {len(rows)} labelled by hand; a name is a claim, not a test",
            )


def _say(
    population: Population,
    measure_id: str,
    options: dict[str, str],
    unit: str,
    value: float | None,
    *,
    day: date | None = None,
    reason: str | None = None,
    told_by: str,
) -> MeasureRow:
    reason = population.reason or reason
    return MeasureRow(
        measure_id,
        define(listing=population.listing, **options),
        population.subject,
        unit,
        day or population.day,
        None if reason else value,
        reason_absent=reason,
        told_by=None if reason else told_by,
        inputs=() if reason else population.read_keys,
    )
