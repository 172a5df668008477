"""Which source is believed, and that whoever is not is listed with what was chosen and why."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ingest.describe import describe_model
from ingest.precedence import Claim, choose, list_claims
from ingest.registry import Registry
from ingest.store import DATA
from tests.homes import ask

LARGE, KIMI = "openai/gpt-oss-120b", "moonshotai/Kimi-K3"
REGISTRY = Registry.load(DATA)


def claims(said: dict[str, dict[str, str]], model_id: str = LARGE) -> dict[tuple[str, str], Claim]:
    """Claims by attribute and source."""
    entry = REGISTRY.models.get(model_id)
    shown = {"developer": model_id.partition("/")[0], "region": "us"}
    return {(c.attribute, c.source_id): c for c in list_claims(model_id, entry, REGISTRY, said, {}, shown)}


def test_a_curated_value_goes_before_epoch_atom_models_dev_and_the_hub() -> None:
    said = {
        source: {"released_on": f"2025-08-0{n}"}
        for n, source in enumerate(("epoch_eci", "atom_tracked_models", "models_dev", "hf_hub"), start=1)
    }
    order = [("2025-01-01", "curated")]
    order += [(claims["released_on"], source) for source, claims in said.items()]
    left = dict(said)
    assert choose("released_on", "2025-01-01", left) == order[0]
    for value, source in order[1:]:
        assert choose("released_on", None, left) == (value, source)
        del left[source]
    assert choose("released_on", None, {}) is None


def test_a_month_is_no_day_and_atom_fills_what_nobody_curates() -> None:
    said = {"epoch_eci": {"released_on": "2026-07"}, "atom_tracked_models": {"released_on": "2026-07-16"}}
    said["atom_tracked_models"] |= {"total_params_b": "1000", "region": "china"}
    row = describe_model("someone/unlisted", REGISTRY, said, set())
    assert (row["released_on"], row["total_params_b"], row["region"]) == (date(2026, 7, 16), 1000.0, "china")


@pytest.mark.parametrize(
    ("source", "attribute", "value", "differs"),
    [
        ("epoch_eci", "released_on", "2025-08-06", True),
        ("models_dev", "released_on", "2025-08", False),
        ("models_dev", "released_on", "2025-07", True),
        ("hf_hub", "released_on", "2025-08-04", False),
        ("models_dev", "licence", "Apache 2.0", False),
        ("models_dev", "licence", "MIT", True),
        ("atom_tracked_models", "total_params_b", "117", False),
        ("atom_tracked_models", "total_params_b", "130", True),
        ("epoch_eci", "developer", "OpenAI", False),
        ("osai_index", "developer", "EleutherAI", True),
    ],
)
def test_a_disagreement_is_one_of_substance(source: str, attribute: str, value: str, differs: bool) -> None:
    found = claims({source: {attribute: value}})
    assert found[attribute, source].differs is differs
    assert found[attribute, "curated"].is_chosen and not found[attribute, "curated"].differs


def test_disagreements_of_the_recorded_sources_are_listed_with_what_was_chosen(published_home: Path) -> None:
    [row] = ask(
        published_home,
        "select chosen_source_id, others from attribute_disagreements where attribute = 'released_on' "
        "and name = 'Llama 4 Maverick'",
    )
    assert row["chosen_source_id"] == "curated" and "epoch_eci: 2025-04-06" in row["others"]
    assert ask(
        published_home,
        "select count(*) as n from attribute_disagreements where chosen_value is null or why = '' or other_count = 0",
    ) == [{"n": 0}]


def test_a_release_day_of_the_registry_is_one_that_a_source_states(published_home: Path) -> None:
    """Where sources name a day, ours is one of them; a day of our own would be a correction, with its reason."""
    entries = Registry.load(DATA).models
    stated = ask(
        published_home,
        "select model_id, list(distinct value) as days from model_attributes "
        "where attribute = 'released_on' and is_listed and length(value) = 10 and model_id is not null "
        "group by model_id",
    )
    odd = {
        row["model_id"]: (str(entry.released_on), row["days"])
        for row in stated
        if (entry := entries.get(row["model_id"])) and entry.released_on and str(entry.released_on) not in row["days"]
    }
    assert len(stated) > 300 and odd == {}
