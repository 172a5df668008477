"""Grades of openness and of transparency: sums, places and editions that nothing joins, and what the page shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import openness as rules
from dashboard import queries
from dashboard.queries import openness as ask
from ingest.append import ingest_source
from ingest.archive import Archive, NewPayload
from ingest.catalogue import write_catalogue
from ingest.measures import MeasureRow, openness_grade
from ingest.measures.openness_grade import MOST_SHOWN, System, choose_rivals
from ingest.publish import resolve_stored
from ingest.source import discover_sources
from ingest.store import set_as_of
from tests.homes import use_home
from tests.overview_again import open_file
from tests.published import fmti
from tests.published.osai_index import DIMENSIONS, FILES, GPT_OSS, URL, make_archive, make_system
from tests.toy_source import make_database

BIG, SMALL = "openai/gpt-oss-120b", "openai/gpt-oss-20b"
ALONE = "https://raw.githubusercontent.com/Language-Technology-Assessment/main-database/main/GPT-OSS.yaml"
THEN = {**dict(zip(DIMENSIONS, GPT_OSS, strict=True)), "package": "closed", "api": "open"}
LINK = "https://huggingface.co/openai/gpt-oss-120b"
# Beside gpt-oss (5.5) and OLMo (11.5): one with the same sum, one below, and one that makes pictures.
MORE = {
    "twin.yaml": make_system("Twin", dict(zip(DIMENSIONS, GPT_OSS, strict=True)), maker="Nobody"),
    "less.yaml": make_system("Less", dict.fromkeys(DIMENSIONS, "closed"), maker="Nobody"),
    "picture.yaml": make_system("Picture", dict.fromkeys(DIMENSIONS, "open")).replace(b"type: text", b"type: image"),
}


def write(archive: Archive, source_id: str, day: str, bodies: dict[str, bytes], *, complete: bool = True) -> None:
    at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
    payloads = [
        NewPayload(
            url=url,
            name=url.rpartition("/")[2],
            body=body,
            observed_at=at,
            observed_kind="recorded",
            kind="RECORDED",
            licence_id="CC-BY-4.0",
            redistributable="yes",
            complete=complete,
        )
        for url, body in bodies.items()
    ]
    archive.write(source_id, payloads, at)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    archive = Archive(tmp_path_factory.mktemp("graded") / "raw")
    write(archive, "osai_index", "2025-08-08", {ALONE: make_system("gpt-oss-120b", THEN, LINK)}, complete=False)
    write(archive, "osai_index", "2026-06-12", {URL: make_archive({**FILES, **MORE})})
    write(archive, "fmti", "2026-06-12", fmti.BODIES)
    con = make_database()
    for source_id in openness_grade.SOURCES:
        assert ingest_source(con, archive, discover_sources()[source_id]).failure is None
    write_catalogue(con)
    resolve_stored(con)
    yield con
    con.close()


def compute(con: duckdb.DuckDBPyConnection, as_of: str = "2026-12-31") -> dict[tuple[str, str, str], MeasureRow]:
    at = datetime.fromisoformat(f"{as_of}T23:59:59+00:00")
    set_as_of(con, at)
    rows = list(openness_grade.compute(con, at.astimezone(UTC)))
    found = {(r.measure_id, r.definition_id, r.subject): r for r in rows}
    assert len(found) == len(rows), "one row a definition and subject"
    return found


def test_a_sum_of_grades_stands_beside_its_dimensions_and_rivals(graded: duckdb.DuckDBPyConnection) -> None:
    rows = compute(graded)
    for subject in (BIG, SMALL):
        score = rows["openness_score", "index=osai", subject]
        assert (score.value, str(score.day)) == (5.5, "2026-06-12")
        assert score.told_by == "GPT OSS: 5 open, 1 partial, 6 closed of 12 dimensions"
        grades = {d: rows["openness_score", f"index=osai;dimension={d}", subject] for d in DIMENSIONS}
        assert sum(r.value or 0 for r in grades.values()) == 5.5
        assert (grades["licenses"].value, grades["licenses"].told_by) == (0.5, "GPT OSS: partial")
    rivals = {s: r.value for (name, asked, s), r in rows.items() if (name, asked) == ("openness_score", "index=osai")}
    assert rivals == {BIG: 5.5, SMALL: 5.5, "allenai/olmo-family": 11.5, "Twin": 5.5, "Less": 0}, "no pictures"


def test_a_place_is_among_what_does_the_same_and_says_its_ties(graded: duckdb.DuckDBPyConnection) -> None:
    rows = compute(graded)
    text = rows["openness_rank", "index=osai", BIG]
    assert (text.value, text.low, text.high) == (2, 2, 3)
    assert text.told_by == "of 4 systems 1 score higher, 1 the same"
    everyone = rows["openness_rank", "index=osai;among=all", BIG]
    assert (everyone.value, everyone.low, everyone.high) == (3, 3, 4)


def test_an_edition_of_other_dimensions_is_told_as_of_its_own_time_alone(graded: duckdb.DuckDBPyConnection) -> None:
    rows = compute(graded, "2025-12-31")
    score = rows["openness_score", "index=osai", BIG]
    assert (score.value, str(score.day)) == (6.5, "2025-08-08")
    assert score.told_by == "gpt-oss-120b: 6 open, 1 partial, 7 closed of 14 dimensions"
    assert rows["openness_score", "index=osai;dimension=api", BIG].value == 1
    assert "index=osai;dimension=api" not in {asked for _, asked, _ in compute(graded)}
    place = rows["openness_rank", "index=osai", BIG]
    assert place.reason_absent == "No other system of the edition of 2025-08-08 is known, so it has no place."
    before = compute(graded, "2025-08-06")
    assert before["openness_score", "index=osai", BIG].reason_absent == (
        "No grade of gpt-oss's openness had been recorded."
    )


def test_editions_of_the_transparency_index_have_a_definition_each(graded: duckdb.DuckDBPyConnection) -> None:
    rows = {key: r for key, r in compute(graded).items() if key[0] == "transparency_score"}
    told = {(asked.removeprefix("index=fmti;edition="), s): r.value for (_, asked, s), r in rows.items()}
    assert told == {
        ("2023", "meta"): 2,
        ("2023", "huggingface"): 1,
        ("2023", "openai"): 1,
        ("2024", "bigcode"): 2,
        ("2024", "openai"): 1,
        ("2025", "google"): 2,
        ("2025", "openai"): 1,
    }
    own = rows["transparency_score", "index=fmti;edition=2023", "openai"]
    assert own.told_by == "OpenAI: place 2 of 3, of 3 indicators"
    then = compute(graded, "2025-11-30")["transparency_score", "index=fmti;edition=2025", "openai"]
    assert then.reason_absent == "The edition of 2025 had not been recorded."


def make_rated(n: int, total: float, text: bool, tracked: bool, same: bool) -> System:
    modality, criteria = "text" if text else "image", "a" if same else "b"
    return System(datetime(2026, 6, 12).date(), criteria, f"s{n}", None, modality, False, tracked, total, 0, 0, 12, 1)


SYSTEMS = st.lists(st.tuples(st.integers(0, 24), st.booleans(), st.booleans(), st.booleans()), max_size=30)


@given(SYSTEMS)
def test_rivals_are_those_that_the_page_shows(drawn: list[tuple[int, bool, bool, bool]]) -> None:
    found = [make_rated(n, half / 2, *flags) for n, (half, *flags) in enumerate(drawn)]
    found = sorted(found, key=lambda s: (-s.total, s.name))
    focus = System(datetime(2026, 6, 12).date(), "a", "GPT OSS", BIG, "text", True, True, 5.5, 5, 1, 6, 1)
    chosen = choose_rivals(found, focus)
    rows = [
        {
            "name_raw": s.name,
            "criteria": s.criteria,
            "modality": s.modality,
            "is_focus": s.is_focus,
            "is_tracked": s.is_tracked,
            "total": s.total,
        }
        for s in [*found, focus]
    ]
    assert [s.name for s in chosen] == [row["name_raw"] for row in rules.choose_rivals(rows, rows[-1])]
    assert len(chosen) <= MOST_SHOWN and all(s.criteria == "a" for s in chosen)


def test_the_page_shows_the_same_grades_places_and_disclosures(published_home: Path) -> None:
    with open_file(published_home) as con:
        told: dict[tuple[Any, ...], Any] = {
            (measure, definition, subject): value
            for measure, definition, subject, value in con.execute("""
                select measure_id, definition_id, subject, value from measures
                where measure_id in ('openness_score', 'openness_rank', 'transparency_score')
                      and as_of = (select max(as_of) from measures)""").fetchall()
        }
    with use_home(published_home):
        file = queries.identify()
        systems = ask.read_systems(file, None)
        disclosures = rules.list_disclosures(ask.read_transparency(file, None))
    focus = rules.find_focus(systems)
    assert focus is not None
    standing = rules.find_standing(systems, focus, text_only=True)
    assert standing is not None
    assert told["openness_score", "index=osai", BIG] == focus["total"] == 5.5
    assert told["openness_rank", "index=osai", BIG] == standing.higher + 1
    shown = sorted([focus["total"], focus["total"], *(row["total"] for row in rules.choose_rivals(systems, focus))])
    assert sorted(v for (m, asked, _), v in told.items() if (m, asked) == ("openness_score", "index=osai")) == shown
    for one in disclosures:
        assert told["transparency_score", f"index=fmti;edition={one.edition.year}", "openai"] == one.disclosed
    assert len(disclosures) == 3
