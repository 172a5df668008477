"""ATOM's model list: what is stated by hand, and nothing where nothing is stated."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.source import ModelAttribute, SourceError
from tests.homes import ask, run_landscape
from tests.one_source import fails, parse, pick, read_live, refusals
from tests.published.atom_tracked_models import BODIES, FOLDER

pytestmark = pytest.mark.usefixtures("newest_alone")

PARAMETERS, REGIONS = f"{FOLDER}/model_parameters.csv", f"{FOLDER}/organization_regions.csv"
DATES, MODELS = f"{FOLDER}/release_date_corrections.csv", f"{FOLDER}/models.csv"


def read(**changed: bytes) -> dict[str, dict[str, str]]:
    """Attributes by repository, of the published files with some replaced."""
    found: dict[str, dict[str, str]] = {}
    bodies = {**BODIES, **{f"{FOLDER}/{name}.csv": body for name, body in changed.items()}}
    for row in pick(ModelAttribute, parse("atom_tracked_models", bodies)):
        found.setdefault(row.name_raw, {})[row.attribute] = row.value
    return found


def test_a_repository_has_what_is_stated_of_it_and_its_owners_region() -> None:
    found = read()
    assert found["openai/gpt-oss-120b"] == {
        "hub_repo_id": "openai/gpt-oss-120b",
        "developer": "openai",
        "region": "us",
        "released_on": "2025-08-05",
    }
    assert found["deepseek-ai/DeepSeek-R1"]["total_params_b"] == "671"
    assert found["deepseek-ai/DeepSeek-R1"]["active_params_b"] == "37"
    assert found["deepseek-ai/DeepSeek-V3"] == {"total_params_b": "671"}
    assert "region" not in found["agentica-org/Some-8B"], "an unknown region is absent"


def test_rows_that_cannot_be_read_are_refused_and_the_rest_read() -> None:
    bodies = {
        **BODIES,
        PARAMETERS: BODIES[PARAMETERS] + b"a/b,7B,,,\na/c,3,30,,\na/d,-1,,,\na/e,1,1,,n,extra\n",
        DATES: BODIES[DATES] + b"a/b,2025-08-04,2025-08,\na/c,2025-08-04,2025-02-30,\n",
        REGIONS: BODIES[REGIONS] + b"someone,mars,\n",
        MODELS: BODIES[MODELS] + b"openai,gpt-oss-20b,openai/gpt-oss-20b\nopenai,x,not a repo\n",
    }
    parsed = parse("atom_tracked_models", bodies)
    reasons = "\n".join(refusals(parsed))
    for words in (
        "total_params_b is '7B', no number",
        "more parameters are active (30 B)",
        "'-1', which cannot be a size",
        "more columns than the table",
        "a/b: the release date is '2025-08', no day",
        "someone: the region is 'mars'",
        "openai/gpt-oss-20b is there twice",
        "'not a repo' is no repository",
    ):
        assert words in reasons
    assert len(refusals(parsed)) == 9
    assert len(pick(ModelAttribute, parsed)) == len(pick(ModelAttribute, parse("atom_tracked_models", BODIES)))


@pytest.mark.parametrize(
    ("url", "body", "words"),
    [
        (MODELS, b"<!DOCTYPE html>", "it lacks org, modelId"),
        (MODELS, b"", "it lacks org, modelId"),
        (MODELS, b"org,model,modelId\n", "blank in every row"),
        (PARAMETERS, b"model_id,total_params_b,active_params_b\na/b,,\n", "total_params_b is blank in every row"),
        (f"{FOLDER}/other.csv", BODIES[MODELS], "none of organization_regions.csv"),
    ],
)
def test_a_body_that_is_no_table_is_refused_as_a_whole(url: str, body: bytes, words: str) -> None:
    assert words in fails("atom_tracked_models", {**BODIES, url: body})


@given(st.binary(max_size=80))
def test_whatever_follows_the_heading_ends_in_rows_or_one_sentence(tail: bytes) -> None:
    try:
        rows = pick(ModelAttribute, parse("atom_tracked_models", {PARAMETERS: BODIES[PARAMETERS] + tail}))
    except SourceError:
        return
    assert all(float(row.value) > 0 for row in rows)


def test_five_files_are_asked_for_and_unchanged_ones_are_304(tmp_path: Path) -> None:
    first, server = read_live(tmp_path, "atom_tracked_models")
    assert first.exit_code == 0, first.output
    assert len(server.requests) == 5
    again, _ = read_live(tmp_path, "atom_tracked_models")
    assert again.exit_code == 0, again.output
    assert ask(tmp_path, "select status, count(*) as n from logs.fetches group by all order by all") == [
        {"status": 200, "n": 5},
        {"status": 304, "n": 5},
    ]


def test_the_recorded_list_says_what_it_says_of_gpt_oss(shared_sources: Path, tmp_path: Path) -> None:
    done = run_landscape(tmp_path, "refresh", "--from", shared_sources, "atom_tracked_models")
    assert done.exit_code == 0, done.output
    assert ask(
        tmp_path,
        "select attribute, count(*) as n from model_attributes where source_id = 'atom_tracked_models' "
        "group by all order by all",
    ) == [
        {"attribute": "active_params_b", "n": 95},
        {"attribute": "developer", "n": 1958},
        {"attribute": "hub_repo_id", "n": 1958},
        {"attribute": "region", "n": 1938},
        {"attribute": "released_on", "n": 40},
        {"attribute": "total_params_b", "n": 299},
    ]
    assert ask(
        tmp_path,
        "select value from model_attributes where name_raw = 'openai/gpt-oss-20b' and attribute = 'released_on'",
    ) == [{"value": "2025-08-05"}]
    assert ask(tmp_path, "select count(*) as n from quarantine") == [{"n": 0}]
