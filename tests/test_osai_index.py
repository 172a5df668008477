"""The openness index: grades as given, dimensions by edition, and an archive that is read without trust."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import ModelAttribute, Openness, SourceError
from tests.homes import ask, run_landscape
from tests.one_source import AT, fails, parse, pick, read_live, refusals
from tests.published.osai_index import BODIES, DIMENSIONS, FILES, GPT_OSS, URL, make_archive, make_system
from tests.replay_server import Answer, ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

YAML = "https://raw.githubusercontent.com/Language-Technology-Assessment/main-database/main/GPT-OSS.yaml"


def read(**files: bytes) -> list[object]:
    """The parser's rows of the published archive with files replaced or added (`_yaml` is the suffix)."""
    named = {name.replace("_yaml", ".yaml"): body for name, body in files.items()}
    return list(parse("osai_index", {URL: make_archive({**FILES, **named})}))


def test_grades_are_the_publishers_words_under_the_systems_own_name() -> None:
    parsed = parse("osai_index", BODIES)
    grades = {row.dimension: row for row in pick(Openness, parsed) if row.name_raw == "GPT OSS"}
    assert {d: row.grade for d, row in grades.items()} == dict(zip(DIMENSIONS, GPT_OSS, strict=True))
    assert sum(row.value or 0 for row in grades.values()) == 5.5
    assert {row.edition for row in grades.values()} == {AT.date()}
    assert {row.name_raw for row in pick(Openness, parsed)} == {"GPT OSS", "OLMo"}, "the blank form is no system"
    said = {(a.name_raw, a.attribute): a.value for a in pick(ModelAttribute, parsed)}
    assert said["GPT OSS", "hub_repo_id"] == "openai/gpt-oss-120b"
    assert said["OLMo", "developer"] == "Ai2" and ("OLMo", "hub_repo_id") not in said
    assert refusals(parsed) == []


def test_the_set_of_dimensions_has_an_id_that_changes_with_it_alone() -> None:
    now = pick(Openness, parse("osai_index", BODIES))
    then = pick(
        Openness, parse("osai_index", {YAML: make_system("gpt-oss-120b", dict.fromkeys([*DIMENSIONS, "api"], "open"))})
    )
    assert len({row.criteria for row in now}) == 1 and len({row.criteria for row in then}) == 1
    assert now[0].criteria != then[0].criteria
    alone = pick(Openness, parse("osai_index", {YAML: FILES["GPT-OSS.yaml"]}))
    assert alone[0].criteria == now[0].criteria


def test_what_cannot_be_graded_is_refused_and_the_rest_read() -> None:
    good = dict.fromkeys(DIMENSIONS, "open")
    parsed = read(
        odd_yaml=make_system("Odd", {**good, "paper": "opne", "api": "open"}),
        twin_yaml=make_system("OLMo", good),
        empty_yaml=b"",
        broken_yaml=b"system: [",
        huge_yaml=b"#" * 300_000,
    )
    reasons = "\n".join(refusals(parsed))
    for words in (
        "odd.yaml: paper is graded 'opne'",
        "odd.yaml: api is no dimension of this edition",
        "twin.yaml: the system 'OLMo' is there twice",
        "empty.yaml: the file is empty",
        "broken.yaml: no YAML",
        "huge.yaml: the file is empty or over",
    ):
        assert words in reasons
    rows = pick(Openness, parsed)
    assert len([row for row in rows if row.name_raw == "Odd"]) == 11
    assert len({(row.payload_key, row.row_no) for row in rows}) == len(rows)


def test_a_files_tags_dates_and_anchors_are_texts_and_nothing_is_run() -> None:
    tagged = make_system("!!python/object/apply:os.getcwd []", dict.fromkeys(DIMENSIONS, "open"))
    dated = make_system("2025-08-05", dict.fromkeys(DIMENSIONS, "open"))
    parsed = read(tagged_yaml=tagged, dated_yaml=dated)
    assert "2025-08-05" in {row.name_raw for row in pick(Openness, parsed)}
    assert any(reason.startswith("tagged.yaml") for reason in refusals(parsed))


def test_paths_and_links_of_an_archive_reach_nothing(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        secret = tmp_path / "secret.yaml"
        secret.write_bytes(make_system("Secret", dict.fromkeys(DIMENSIONS, "open")))
        link = tarfile.TarInfo("main-database-main/link.yaml")
        link.type, link.linkname = tarfile.SYMTYPE, str(secret)
        archive.addfile(link)
        body = FILES["GPT-OSS.yaml"]
        member = tarfile.TarInfo("../../../../tmp/escaped.yaml")
        member.size = len(body)
        archive.addfile(member, io.BytesIO(body))
    parsed = parse("osai_index", {URL: gzip.compress(out.getvalue())})
    assert {row.name_raw for row in pick(Openness, parsed)} == {"GPT OSS"}
    assert not Path("/tmp/escaped.yaml").exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<!DOCTYPE html><title>GitHub</title>", "no archive"),
        (BODIES[URL][:200], "cut short"),
        (gzip.compress(b"x" * 60_000_000), "more than 50,000,000 bytes"),
        (make_archive({"readme.md": b""}), "0 of 0 files are no system"),
        (make_archive({"a.yaml": b"{}", "b.yaml": b"", "GPT-OSS.yaml": FILES["GPT-OSS.yaml"]}), "2 of 3 files"),
        (make_archive({"a.yaml": make_system("A", dict.fromkeys(DIMENSIONS, ""))}), "without a single grade"),
    ],
)
def test_a_body_that_is_no_index_is_refused_as_a_whole(body: bytes, words: str) -> None:
    assert words in fails("osai_index", {URL: body})


@given(st.dictionaries(st.text(max_size=8), st.binary(max_size=60), max_size=4))
def test_whatever_an_archive_holds_ends_in_rows_or_one_sentence(files: dict[str, bytes]) -> None:
    named = {f"{n}.yaml": body for n, body in enumerate(files.values())}
    try:
        parsed = parse("osai_index", {URL: make_archive({**named, "GPT-OSS.yaml": FILES["GPT-OSS.yaml"]})})
    except SourceError:
        return
    assert sum(row.value or 0 for row in pick(Openness, parsed) if row.name_raw == "GPT OSS") == 5.5


def test_an_unchanged_archive_is_a_304_and_a_broken_one_keeps_the_last_grades(tmp_path: Path) -> None:
    def break_it(server: ReplayServer) -> None:
        server.reply(URL, Answer(b"<html>busy</html>"))

    first, _ = read_live(tmp_path, "osai_index")
    assert first.exit_code == 0, first.output
    read_live(tmp_path, "osai_index")
    assert ask(tmp_path, "select status, count(*) as n from logs.fetches group by all order by all") == [
        {"status": 200, "n": 1},
        {"status": 304, "n": 1},
    ]
    broken, _ = read_live(tmp_path, "osai_index", break_it)
    assert broken.exit_code == 1 and "no archive" in broken.output
    assert ask(tmp_path, "select count(*) as n from openness") == [{"n": 24}]


def test_the_recorded_index_gives_gpt_oss_five_and_a_half_of_twelve(shared_sources: Path, tmp_path: Path) -> None:
    done = run_landscape(tmp_path, "refresh", "--from", shared_sources, "osai_index")
    assert done.exit_code == 0, done.output
    assert ask(
        tmp_path,
        "select name_raw, edition::varchar as edition, count(*) as dimensions, sum(value) as total from openness "
        "where name_raw in ('GPT OSS', 'gpt-oss-120b', 'OLMo', 'Apertus', 'Qwen') group by all order by 2, 1",
    ) == [
        {"name_raw": "gpt-oss-120b", "edition": "2025-08-08", "dimensions": 14, "total": 6.5},
        {"name_raw": "Apertus", "edition": "2026-06-12", "dimensions": 12, "total": 11.0},
        {"name_raw": "GPT OSS", "edition": "2026-06-12", "dimensions": 12, "total": 5.5},
        {"name_raw": "OLMo", "edition": "2026-06-12", "dimensions": 12, "total": 11.5},
        {"name_raw": "Qwen", "edition": "2026-06-12", "dimensions": 12, "total": 2.0},
    ]
    assert ask(
        tmp_path,
        "select count(distinct name_raw) as systems, count(distinct criteria) as sets from openness "
        "where edition = '2026-06-12'",
    ) == [{"systems": 193, "sets": 1}]
    assert ask(tmp_path, "select count(*) as n from quarantine") == [{"n": 0}]
