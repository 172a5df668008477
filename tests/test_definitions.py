"""Definitions as objects: every option of every number has words, and what is no definition is refused."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dashboard.definitions import OPEN_RULES
from ingest.definitions import Dimension, find_unexplained, list_options, load_definitions, write_definitions
from ingest.registry import RegistryError
from ingest.store import Reader

KNOWN = {
    "open": Dimension("open", "What open means", "Which licences.", {"commercial": "May be sold."}),
    "count": Dimension("count", "How many", "Downloads reached."),
    "against": Dimension("against", "Against whom", "The other model.", takes="a model"),
}


@pytest.fixture(params=["seed_home", "published_home"])
def home(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


def test_every_number_published_is_stored_under_options_with_words(home: Path) -> None:
    with Reader(home / "landscape.duckdb").open_cursor() as cursor:
        ids = [i for (i,) in cursor.execute("select distinct definition_id from main.measures").fetchall()]
    known = load_definitions()
    assert len(ids) > 10
    assert sorted({fault for one in ids for fault in find_unexplained(one, known)}) == []


@pytest.mark.parametrize(
    ("definition_id", "faults"),
    [
        ("open=commercial", []),
        ("open=commercial;count=1000000", []),
        ("count=2025-08-05", []),
        ("against=gpt-oss-120b", []),
        ("open=any", ["open=any"]),
        ("count=many;blend=3:1", ["count=many", "blend=3:1"]),
        ("", []),
    ],
)
def test_a_number_or_a_date_is_explained_by_its_dimension_a_word_is_not(definition_id: str, faults: list[str]) -> None:
    assert find_unexplained(definition_id, KNOWN) == faults


def test_an_option_may_hold_an_equals_sign() -> None:
    assert list_options("a=b=c;d=e") == [("a", "b=c"), ("d", "e")]


GOOD = '[[dimension]]\nid = "x"\nname = "X"\nmeaning = "What x is."\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD + GOOD, "told twice"),
        (GOOD.replace('meaning = "What x is."', ""), "a name and a meaning"),
        (GOOD + "option.a = 1\n", "a sentence for each option"),
        (GOOD + 'options.a = "A."\n', "which nothing reads"),
        (GOOD + "option.a = \n", "definitions.toml"),
    ],
)
def test_what_is_no_definition_is_named_and_refused(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "definitions.toml").write_text(text)
    with pytest.raises(RegistryError, match=says):
        load_definitions(tmp_path)


def test_the_published_file_has_each_dimension_and_each_option_once() -> None:
    con = duckdb.connect()
    write_definitions(con)
    rows = con.execute("select dimension, option, meaning from main.definitions order by place").fetchall()
    known = load_definitions()
    assert len(rows) == len({row[:2] for row in rows}) == len(known) + sum(len(one.options) for one in known.values())
    assert ("open", "osi_style", known["open"].options["osi_style"]) in rows
    assert next(row for row in rows if row[0] == "open") == ("open", None, known["open"].meaning)


def test_the_rules_that_headlines_run_under_are_defined() -> None:
    known = load_definitions()
    assert {"tracked", "text_generation", "all"} <= set(known["cohort"].options)
    assert {"rolling", "flow", "cumulative"} <= set(known["window"].options)
    assert {"best_effort", "default"} <= set(known["config"].options)
    assert set(OPEN_RULES) <= set(known["open"].options) and known["region"].options
