"""Derivatives of gpt-oss and of rival bases: how many, of what kind, by whom.

Whether open weights are built on shows in what others publish made from them, and whether many do or a few shows in
who they are.

Definition: a derivative is a repository on the Hub that names the base as its own (`base_model`), as a quantized
copy, a fine-tune, an adapter or a merge, or without saying which. listing=whole: those in the Hub's own list of a
base, read to its end; the newest whole list counts. listing=recorded: those that recorded lists of others happened
to hold, mostly of the thousand most trending repositories of a week; a selection, and never a number of all.
derivatives counts them by relation; with created=month those of one month of creation, whose first day is `day`.
derivative_author_share is the share of the derivatives, of their authors, or of their 30-day downloads by class of
author: lab (the maker of a tracked model), and of accounts with at least five repositories recorded quantizer (four
fifths or more of the derivatives are quantized copies), tuner (at most a fifth) and mixed; few_repos are the rest.
derivatives_outside_twenty is the share of the 30-day downloads that goes to derivatives by other authors than the
twenty whose derivatives are downloaded most.

Formula: counts; share_c = sum of x over derivatives by authors of class c / sum of x over all; outside twenty =
1 - (sum of the twenty largest sums by author) / (sum of all). Downloads are of each derivative's newest reading
within 14 days of the newest of its population.

Inputs: the views hub_repos, hub_counts, hub_readings and payloads (which tell whole lists); the catalogue's tracked
list, for the labs.

Limits: lineage is what each uploader wrote; a copy that names no base is not seen. A quantized copy of a fine-tune is
the fine-tune's derivative and the base's only where it names both. Repositories since deleted are missing from the
months in which they were made. What is known of an author is what is recorded of the account, and whether it is a
person or an organisation is not; the tracked list is today's at every instant. Lists of rivals are read only where
they are asked for (setting derivatives_of).
A full count has no sampling error; a selection has one that cannot be told.

Source: Hugging Face, Hub API (`filter=base_model:`) and model cards documentation, 2025; classes of authors as in
ingest/derivative_classes.py. On families of models by stated base: B. Laufer, H. Oderinwale and J. Kleinberg,
"Anatomy of a Machine Learning Ecosystem: 2 Million Models on Hugging Face", arXiv 2508.06811, 2025.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime

import duckdb

from ingest.derivative_classes import AUTHOR_CLASSES
from ingest.derivative_rows import RELATIONS, Population, Recorded, count_word, describe_recorded, read_recorded
from ingest.measures import SUBJECTS, MeasureRow, define

METHOD_VERSION = "1"
SOURCES = ("hf_hub",)
LARGEST = 20
# Fewer derivatives than this have no share that means anything.
LEAST = 10
SHARES_OF = ("derivatives", "authors", "downloads")


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """Counts by base, relation and month; shares by class of author; under the cursor's as-of."""
    recorded = read_recorded(con)
    selections = list_selections(recorded)
    for population in (*recorded.whole, *selections):
        yield from _count(population)
    everything = describe_recorded("all", recorded.derivatives)
    for population in (*recorded.whole, everything):
        yield from _share_by_class(population, recorded.classes)
        yield _measure_outside(population)


def list_selections(recorded: Recorded) -> list[Population]:
    """What recorded lists hold of each gpt-oss base, and of every other base with at least ten derivatives in them."""
    counts = Counter(r.base_repo_id for r in recorded.derivatives if r.base_repo_id)
    bases = [*SUBJECTS, *sorted(base for base, n in counts.items() if n >= LEAST and base not in SUBJECTS)]
    return [describe_recorded(base, [r for r in recorded.derivatives if r.names(base)]) for base in bases]


def _count(population: Population) -> Iterator[MeasureRow]:
    base, repos = population.subject, population.repos
    for relation in ("any", *RELATIONS):
        definition = define(listing=population.listing, relation=relation, created="any")
        mine = [r for r in repos if relation in ("any", r.find_relation(base))]
        yield _say(population, "derivatives", definition, "models", float(len(mine)))
    if population.listing == "recorded" or population.reason:
        return
    months = Counter(r.created_on.replace(day=1) for r in repos if r.created_on)
    undated = sum(r.created_on is None for r in repos)
    definition = define(listing="whole", relation="any", created="month")
    for month in list_months(months, population.day):
        told_by = population.told_by + (f"; {undated} without a day of creation" if undated else "")
        yield _say(population, "derivatives", definition, "models", float(months[month]), day=month, told_by=told_by)


def list_months(months: Mapping[date, int], last: date | None) -> Iterator[date]:
    """Every month from the first with a derivative to that of the list: one without any has none, and says so."""
    if not months or last is None:
        return
    month = min(months)
    while month <= last:
        yield month
        month = month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)


def _share_by_class(population: Population, classes: Mapping[str, str]) -> Iterator[MeasureRow]:
    for of in SHARES_OF:
        amounts = _weigh(population, of, classes)
        total = sum(amounts.values())
        reason = population.reason or _find_reason(population, total)
        for name in AUTHOR_CLASSES:
            yield _say(
                population,
                "derivative_author_share",
                define(listing=population.listing, of=of, **{"class": name}),
                "share",
                amounts[name] / total if not reason else None,
                reason=reason,
            )


def _weigh(population: Population, of: str, classes: Mapping[str, str]) -> Counter[str]:
    if of == "authors":
        return Counter(classes[author] for author in {r.author for r in population.repos})
    if of == "derivatives":
        return Counter(classes[r.author] for r in population.repos)
    found: Counter[str] = Counter()
    for r in population.read:
        found[classes[r.author]] += r.downloads or 0
    return found


def _find_reason(population: Population, total: float) -> str | None:
    """Why a share of a population is not had, if it is not."""
    if len(population.repos) < LEAST:
        return f"Only {count_word(len(population.repos))} known; at least {LEAST} are needed for a share."
    return None if total > 0 else "None of its derivatives had any download read."


def _measure_outside(population: Population) -> MeasureRow:
    by_author: Counter[str] = Counter()
    for r in population.read:
        by_author[r.author] += r.downloads or 0
    total = sum(by_author.values())
    reason = population.reason or _find_reason(population, total)
    largest = by_author.most_common(LARGEST)
    return _say(
        population,
        "derivatives_outside_twenty",
        define(listing=population.listing, of="downloads"),
        "share",
        None if reason else 1 - sum(n for _, n in largest) / total,
        reason=reason,
        told_by=f"{len(by_author)} authors with readings; {population.told_by}",
    )


def _say(
    population: Population,
    measure_id: str,
    definition: str,
    unit: str,
    value: float | None,
    *,
    day: date | None = None,
    reason: str | None = None,
    told_by: str | None = None,
) -> MeasureRow:
    reason = reason or population.reason
    return MeasureRow(
        measure_id,
        definition,
        population.subject,
        unit,
        day or population.day,
        None if reason else value,
        reason_absent=reason,
        told_by=None if reason else told_by or population.told_by,
        inputs=() if reason else population.read_keys,
    )
