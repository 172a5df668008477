"""`landscape names`: what it proposes for a name that leads to no model, and that it changes nothing."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import orjson
import pytest

from ingest.identity import OwnId, Registry, Resolver
from ingest.name_review import Finder, Proposal
from tests.homes import ask, run_landscape

DATA = Path(__file__).parents[1] / "data"
MODELS = (
    '[[model]]\nid = "acme/zap-2-pro"\nname = "Zap 2 Pro"\n[[model]]\nid = "acme/zap-2"\nname = "Zap 2"\n'
    'hub_repo_id = "acme/zap-2"\n'
)
PEOPLE = '[[developer]]\nid = "acme"\nname = "Acme"\nregion = "us"\n'
OWN = [OwnId("hf_hub", "elsewhere/Zap-3-mini", None), OwnId("models_dev", "acme/zap-9-max", None)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "models.toml").write_text(MODELS)
    (tmp_path / "developers.toml").write_text(PEOPLE)
    return tmp_path


def _propose(folder: Path, name: str) -> Proposal:
    registry = Registry.load(folder)
    assert Resolver(registry, OWN).resolve(name, "models_dev").model_id is None
    return Finder(registry, OWN).propose("models_dev", name, 7)


@pytest.mark.parametrize(
    ("name", "best", "evidence"),
    [
        ("pro-zap-2", "acme/zap-2-pro", "the same words"),
        ("acme/zap-3-mini", "elsewhere/Zap-3-mini", "a Hub repository with that last part"),
        ("zap-2-pro-plus", "acme/zap-2-pro", "is contained in the name"),
        ("zap-9", "acme/zap-9-max", "contains the name"),
    ],
)
def test_evidence_is_what_is_written_and_the_strongest_stands_first(
    folder: Path, name: str, best: str, evidence: str
) -> None:
    found = _propose(folder, name)
    assert (found.candidates[0].model_id, found.candidates[0].evidence) == (best, evidence)
    assert found.rows == 7


def test_a_name_like_no_other_has_no_candidate_and_becomes_a_model_of_its_own(folder: Path) -> None:
    found = _propose(folder, "acme/frobnicate")
    assert found.candidates == ()
    assert tomllib.loads(found.toml) == {"listed": [{"developer": "acme", "ids": ["acme/frobnicate"]}]}


@pytest.mark.parametrize("name", ["pro-zap-2", "acme/zap-3-mini", "acme/zap-2-pro-plus", 'acme/it\'s "new" 4'])
def test_the_lines_pasted_make_the_name_resolve(folder: Path, name: str) -> None:
    found = _propose(folder, name)
    lines = found.toml.replace("DEVELOPER", "acme")
    (folder / "models.toml").write_text(f"{MODELS}{lines}")
    model = Resolver(Registry.load(folder)).resolve(name, "models_dev").model_id
    assert model == (found.candidates[0].model_id if not name.endswith(("plus", "4")) else model)
    assert model is not None and model != "acme/zap-2"  # words that contain each other are no ground for one model


def test_the_command_lists_the_rows_that_wait_and_changes_nothing(small_home: Path) -> None:
    def look() -> dict[str, str]:
        return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in DATA.glob("*.toml")}

    before = look()
    done = run_landscape(small_home, "names", "--limit", "500")
    assert done.exit_code == 0 and "Nothing was changed" in done.output
    told = orjson.loads(run_landscape(small_home, "names", "--limit", "500", "--json").stdout)
    waiting = ask(small_home, "select source_id, name_raw, rows from unresolved_names")
    assert {(t["source_id"], t["name_raw"], t["rows"]) for t in told} == {tuple(w.values()) for w in waiting}
    assert [t["rows"] for t in told] == sorted((t["rows"] for t in told), reverse=True)
    assert all(line in done.output for t in told for line in t["toml"].splitlines())
    assert look() == before
