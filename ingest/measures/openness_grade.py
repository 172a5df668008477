"""How open gpt-oss is beside its rivals, and what developers disclose.

"Open" is a claim about weights, data, code and papers at once. Weights that anyone may use need not come with a word
on how they were made, and a firm that publishes weights need not be a transparent firm; so the two are graded apart.

Definition: openness_score is the sum of a system's grades in the newest edition of the European Open Source AI Index
that grades gpt-oss; dimension=... is one grade of it. gpt-oss stands beside the three most open systems that work on
text and the tracked models. openness_rank is its place among the systems of the edition that work on text (or among
all), 1 the most open; low and high are its place if every tie were won or lost. transparency_score is how many of an
edition's 100 indicators a developer disclosed by the Foundation Model Transparency Index; told_by has its place.

Formula: grade: open = 1, partial = 0.5, closed = 0; score = sum of grades over the edition's dimensions
rank = 1 + systems with a higher score; transparency_score = indicators disclosed

Inputs: the views openness_systems and openness.

Limits: An edition is compared within itself alone: the index asked 14 dimensions in August 2025 and 12 since, and two
sets of dimensions are never joined. Editions of the transparency index are never joined either: 2024 renamed two of
2023's indicators and let developers report themselves, and those of 2025 are new, so a lower score in a later edition
is no measured fall; each edition has a definition of its own. It rates a developer's flagship model, and no edition
names gpt-oss. One grade stands for both sizes of gpt-oss. Grades are the assessors' reading of public documents, and
weigh every dimension alike; a sum of grades has no sampling interval.

Source: European Open Source AI Index (osai-index.eu), CC BY 4.0; Liesenfeld and Dingemanse, "Rethinking open source
generative AI", FAccT 2024. Bommasani et al., "The Foundation Model Transparency Index", 2023, and its editions of May
2024 and December 2025, CC BY 4.0.

Versions: 1 (2026-11-24): first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

import duckdb

from ingest.measures import SUBJECTS, MeasureRow, define
from ingest.registry import Registry
from ingest.store import DATA

METHOD_VERSION = "1"
SOURCES = ("osai_index", "fmti")
INDEX = define(index="osai")
ALL_SYSTEMS = define(index="osai", among="all")
# Besides the tracked models: so many of the most open systems that work on text, as the page shows them.
TOP_SHOWN, MOST_SHOWN = 3, 12
EDITIONS = (2023, 2024, 2025)
_UNITS = "points"

_SYSTEMS = """
    select s.edition, s.criteria, s.name_raw, n.model_id, s.modality, s.is_focus, s.is_tracked, s.total, s.open,
           s.partial, s.closed, s.payload_key
    from openness_systems s
    left join (select distinct name_raw, model_id from openness where source_id = 'osai_index') n
        on n.name_raw = s.name_raw
    where s.edition = (select max(edition) from openness_systems where is_focus)
    order by s.total desc, s.name_raw"""
_GRADES = """
    select dimension, grade, value, payload_key from openness
    where source_id = 'osai_index' and is_listed and edition = ? and name_raw = ? order by dimension"""
_DEVELOPERS = """
    select edition, name_raw, sum(value), count(*), min(payload_key)
    from openness where source_id = 'fmti' and subject_kind = 'developer' and is_listed
    group by edition, name_raw order by edition, name_raw"""


@dataclass(frozen=True, slots=True)
class System:
    """One system of an edition: how its grades add up, and whom it stands for."""

    edition: date
    criteria: str
    name: str
    model_id: str | None
    modality: str | None
    is_focus: bool
    is_tracked: bool
    total: float
    open: int
    partial: int
    closed: int
    payload_key: int

    @property
    def works_on_text(self) -> bool:
        """Whether the index lists it under text, alone or with more."""
        return "text" in [part.strip() for part in (self.modality or "").split(",")]

    @property
    def words(self) -> str:
        dimensions = self.open + self.partial + self.closed
        return f"{self.open} open, {self.partial} partial, {self.closed} closed of {dimensions} dimensions"


def compute(con: duckdb.DuckDBPyConnection, as_of: datetime) -> Iterator[MeasureRow]:
    """gpt-oss's grades, sum and place beside its rivals, and each developer's disclosures, under the as-of."""
    systems = [System(*row) for row in con.execute(_SYSTEMS).fetchall()]
    # Of several names for gpt-oss the one that pools the sizes comes first, having the fewest letters.
    focus = min((s for s in systems if s.is_focus), key=lambda s: (len(s.name), s.name), default=None)
    if focus is None:
        yield from _tell_no_grade()
    else:
        yield from _tell_scores(con, focus)
        yield from _tell_rivals(systems, focus)
        yield from _tell_rank(systems, focus)
    yield from _tell_transparency(con)


def _tell_no_grade() -> Iterator[MeasureRow]:
    missing = "No grade of gpt-oss's openness had been recorded."
    for subject in SUBJECTS:
        yield MeasureRow("openness_score", INDEX, subject, _UNITS, reason_absent=missing)
        for definition in (INDEX, ALL_SYSTEMS):
            yield MeasureRow("openness_rank", definition, subject, "rank", reason_absent=missing)


def _tell_scores(con: duckdb.DuckDBPyConnection, focus: System) -> Iterator[MeasureRow]:
    """gpt-oss's sum and each of its grades; both sizes have the one grade."""
    grades = con.execute(_GRADES, [focus.edition, focus.name]).fetchall()
    for subject in SUBJECTS:
        yield _score(INDEX, subject, focus.total, focus, f"{focus.name}: {focus.words}")
        for dimension, grade, value, key in grades:
            definition = define(index="osai", dimension=dimension)
            yield MeasureRow(
                "openness_score",
                definition,
                subject,
                _UNITS,
                focus.edition,
                float(value),
                told_by=f"{focus.name}: {grade}",
                inputs=(int(key),),
            )


def _tell_rivals(systems: Sequence[System], focus: System) -> Iterator[MeasureRow]:
    told = {*SUBJECTS}
    for rival in choose_rivals(systems, focus):
        # Two systems that stand for one model go by their own names.
        subject = rival.model_id if rival.model_id and rival.model_id not in told else rival.name
        told.add(subject)
        yield _score(INDEX, subject, rival.total, rival, f"{rival.name}: {rival.words}")


def choose_rivals(systems: Sequence[System], focus: System) -> list[System]:
    """Who stands beside gpt-oss under the same dimensions: the most open systems that work on text, and the tracked
    ones. `systems` come the most open first."""
    others = [s for s in systems if not s.is_focus and s.criteria == focus.criteria]
    top = [s for s in others if s.works_on_text][:TOP_SHOWN]
    tracked = [s for s in others if s.is_tracked and s not in top][: MOST_SHOWN - TOP_SHOWN]
    return sorted([*top, *tracked], key=lambda s: (-s.total, s.name))


def _tell_rank(systems: Sequence[System], focus: System) -> Iterator[MeasureRow]:
    for definition, text_only in ((INDEX, True), (ALL_SYSTEMS, False)):
        others = [
            s
            for s in systems
            if s.name != focus.name and s.criteria == focus.criteria and (s.works_on_text or not text_only)
        ]
        for subject in SUBJECTS:
            if not others:
                missing = f"No other system of the edition of {focus.edition} is known, so it has no place."
                yield MeasureRow("openness_rank", definition, subject, "rank", focus.edition, reason_absent=missing)
                continue
            higher = sum(s.total > focus.total for s in others)
            same = sum(s.total == focus.total for s in others)
            yield MeasureRow(
                "openness_rank",
                definition,
                subject,
                "rank",
                focus.edition,
                float(1 + higher),
                float(1 + higher),
                float(1 + higher + same),
                told_by=f"of {len(others) + 1} systems {higher} score higher, {same} the same",
                inputs=(focus.payload_key,),
            )


def _tell_transparency(con: duckdb.DuckDBPyConnection) -> Iterator[MeasureRow]:
    """A row a developer and edition, each edition under a definition of its own."""
    rows = con.execute(_DEVELOPERS).fetchall()
    for year in sorted({*EDITIONS, *(row[0].year for row in rows)}):
        mine = [row for row in rows if row[0].year == year]
        definition = define(index="fmti", edition=year)
        if not any(find_developer(row[1]) == "openai" for row in mine):
            known = f"does not rate it ({len(mine)} developers)." if mine else "had not been recorded."
            missing = f"The edition of {year} {known}"
            yield MeasureRow("transparency_score", definition, "openai", _UNITS, reason_absent=missing)
        for edition, name, disclosed, asked, key in mine:
            place = 1 + sum(other[2] > disclosed for other in mine)
            yield MeasureRow(
                "transparency_score",
                definition,
                find_developer(name),
                _UNITS,
                edition,
                float(disclosed),
                told_by=f"{name}: place {place} of {len(mine)}, of {asked} indicators",
                inputs=(int(key),),
            )


def find_developer(name: str) -> str:
    """The id of a developer that an edition writes its own way; the name as written where the registry has none."""
    return _load_registry().find_developer(name) or name


@cache
def _load_registry() -> Registry:
    return Registry.load(DATA)


def _score(definition: str, subject: str, total: float, system: System, told_by: str) -> MeasureRow:
    return MeasureRow(
        "openness_score",
        definition,
        subject,
        _UNITS,
        system.edition,
        float(total),
        told_by=told_by,
        inputs=(system.payload_key,),
    )
