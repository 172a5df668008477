"""The curated registries: what a faulty file is refused for, and what the shipped one holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.identity import Registry, RegistryError, Resolver

DATA = Path(__file__).parents[1] / "data"
BIG, SMALL = "openai/gpt-oss-120b", "openai/gpt-oss-20b"
MODELS = '[[model]]\nid = "acme/one"\nname = "One"\nnames = ["uno"]\n'
SECOND = '[[model]]\nid = "acme/two"\nname = "Two"\n'
SHOP = '[[provider]]\nid = "shop"\nname = "Shop"\nfirst_party_of = "zzz"\n'
PEOPLE = '[[developer]]\nid = "acme"\nname = "Acme"\nregion = "us"\n'


def _write(folder: Path, models: str = MODELS, people: str = PEOPLE) -> Path:
    (folder / "models.toml").write_text(models)
    (folder / "developers.toml").write_text(people)
    return folder


@pytest.mark.parametrize(
    ("models", "people", "words"),
    [
        (MODELS + SECOND + 'names = ["UNO "]\n', PEOPLE, "'uno' in any source already means acme/one"),
        (MODELS + SECOND + 'names = ["acme/one"]\n', PEOPLE, "'acme/one' in any source already means"),
        (MODELS + MODELS, PEOPLE, "there twice"),
        (MODELS + 'developer = "nobody"\n', PEOPLE, "'nobody' is not in developers.toml"),
        (MODELS + 'access = "proprietary"\n', PEOPLE, "without a reason"),
        (MODELS + 'access = "free"\nreason = "x"\n', PEOPLE, "'free' is none of"),
        (MODELS + "tracked = true\n", PEOPLE, "needs a hub_repo_id"),
        (MODELS + 'hub_repo_id = "acme/other"\n', PEOPLE, "must equal the id"),
        (MODELS + "total_params_b = 3\nactive_params_b = 4\n", PEOPLE, "more parameters are active"),
        (MODELS + "colour = 1\n", PEOPLE, "missing or unknown"),
        (MODELS.replace('["uno"]', '"uno"'), PEOPLE, "must be a list of texts"),
        (MODELS, PEOPLE + PEOPLE.replace("acme", "apex"), "already means acme"),
        (MODELS, PEOPLE + SHOP, "no developer's id"),
        (MODELS, PEOPLE.replace("us", "moon"), "'moon' is none of"),
        ("[[model]\n", PEOPLE, "models.toml cannot be read"),
        (MODELS.replace("uno", "uno-1.5") + SECOND + 'names = ["uno 1_5"]\n', PEOPLE, "by separators only"),
        (MODELS + '[[listed]]\nids = ["acme/one"]\n', PEOPLE, "there twice"),
        (MODELS + '[[listed]]\nids = "acme/two"\n', PEOPLE, "ids must be a list of texts"),
        (
            MODELS + '[[listed]]\ndeveloper = "nobody"\nids = ["acme/two"]\n',
            PEOPLE,
            "'nobody' is not in developers.toml",
        ),
        (MODELS + '[[alias]]\nmodel = "acme/two"\nnames = ["due"]\n', PEOPLE, "there is no such model"),
        (
            MODELS + SECOND + '[[alias]]\nmodel = "acme/two"\nnames = ["uno"]\n',
            PEOPLE,
            "'uno' in any source already means",
        ),
    ],
)
def test_a_contradiction_in_the_registry_is_refused(tmp_path: Path, models: str, people: str, words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        Registry.load(_write(tmp_path, models, people))


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    bad = MODELS + 'access = "free"\nreason = "x"\ntracked = true\n'
    with pytest.raises(RegistryError) as refusal:
        Registry.load(_write(tmp_path, bad, PEOPLE.replace("us", "moon")))
    assert len(refusal.value.faults) == 3


def test_a_name_of_one_source_comes_before_the_common_one(tmp_path: Path) -> None:
    models = MODELS + SECOND + 'names_in.lmarena = ["uno"]\n'
    resolver = Resolver(Registry.load(_write(tmp_path, models)))
    assert resolver.resolve("uno", "lmarena").model_id == "acme/two"
    assert resolver.resolve("uno", "epoch_eci").model_id == "acme/one"


def test_a_list_of_ids_an_alias_and_a_setting_say_the_same_as_entries(tmp_path: Path) -> None:
    models = (
        '[[listed]]\ndeveloper = "acme"\nopen = true\nids = ["acme/one", "acme/two"]\n'
        '[[alias]]\nmodel = "acme/two"\nnames = ["due"]\nnames_in.hosts = ["zwei"]\nnames_in.models_dev = ["deux"]\n'
        '[[setting]]\nmodels = ["acme/two"]\nefforts = ["high"]\nserving = ["fast"]\n'
    )
    resolver = Resolver(Registry.load(_write(tmp_path, models)))
    for name, source, meant in (
        ("acme/two-fast", "models_dev", ("acme/two", "tier=fast")),
        ("acme/one-fast", "models_dev", (None, "")),
        ("due-high", "", ("acme/two", "effort=high")),
        ("zwei", "litellm_prices", ("acme/two", "")),
        ("zwei", "models_dev", ("acme/two", "")),
        ("deux", "models_dev", ("acme/two", "")),
        ("deux", "litellm_prices", (None, "")),
        ("one-fp8", "models_dev", ("acme/one", "quantisation=fp8")),
    ):
        found = resolver.resolve(name, source)
        assert (found.model_id, found.config) == meant, name


def test_two_equally_short_readings_of_a_name_leave_it_unresolved(tmp_path: Path) -> None:
    models = MODELS.replace("uno", "zip:free") + SECOND + 'names = ["acme-zip"]\n'
    found = Resolver(Registry.load(_write(tmp_path, models))).resolve("acme-zip:free", "models_dev")
    assert found.model_id is None
    assert "acme/one or acme/two" in found.rule


def test_the_tracked_cohort_is_on_the_hub_and_holds_both_models() -> None:
    registry = Registry.load(DATA)
    tracked = registry.tracked_repo_ids
    assert {BIG, SMALL, "openai/gpt-oss-safeguard-20b", "openai/gpt-oss-safeguard-120b"} <= set(tracked)
    assert 40 <= len(tracked) <= 60
    assert registry.models["openai/gpt-oss-safeguard-20b"].role == "safeguard"
    assert {"openrouter", "helicone", "kilo", "vercel"} <= registry.routers
    assert registry.first_party["moonshotai-cn"] == "moonshotai"
    assert registry.find_developer("Google DeepMind,Google") == "google"
