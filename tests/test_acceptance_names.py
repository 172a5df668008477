"""Every spelling of gpt-oss in the recorded files, and the names that only look like one.

Names are read from the files with the standard library and put to `landscape resolve --json`; what a
spelling means is told here by rules of its own, so that a fault of the grammar cannot hide itself.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import orjson
import pytest

from tests.homes import ask, run_landscape

LARGE, SMALL = "openai/gpt-oss-120b", "openai/gpt-oss-20b"


@pytest.fixture(scope="module")
def manifest(shared_sources: Path) -> list[dict[str, str]]:
    with (shared_sources / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return [r for r in csv.DictReader(file) if r["kind"] != "CONSTRUCTED"]


def _collect_names(folder: Path, manifest: list[dict[str, str]], source: str) -> set[str]:
    """Every spelling with `oss` in it that stands in a source's recorded files where a name may stand."""
    found: set[str] = set()

    def walk(value: object) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                found.add(key)
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)
        elif isinstance(value, str):
            found.add(value)

    columns = ("Model", "Model name", "model", "Model version", "model_version", "model_id")
    for row in manifest:
        path = folder / row["path"]
        if row["source_id"] != source or (source == "models_dev" and not row["url"].endswith("api.json")):
            continue
        if path.suffix == ".csv":
            with path.open(newline="", encoding="utf-8-sig") as file:
                found |= {line[c] for line in csv.DictReader(file) for c in columns if line.get(c)}
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for member in (m for m in archive.namelist() if m.endswith(".csv")):
                    lines = csv.DictReader(io.StringIO(archive.read(member).decode("utf-8-sig")))
                    found |= {line[c] for line in lines for c in columns if line.get(c)}
        elif source == "models_dev":
            found |= {listing for entry in json.loads(path.read_bytes()).values() for listing in entry["models"]}
        elif path.suffix == ".json":
            walk(json.loads(path.read_bytes()))
    is_name = re.compile(r"[\w@:./+() -]*oss[\w@:./+() -]*", re.IGNORECASE)
    return {n for n in found if is_name.fullmatch(n) and not re.match(r"https?:|base_model:|region:|arxiv:", n)}


def _resolve(home: Path, names: list[str], source: str) -> dict[str, str | None]:
    done = run_landscape(home, "resolve", "--json", "--source", source, "--", *names)
    assert done.exit_code == 0, done.output
    told = orjson.loads(done.stdout)
    assert [t["name_raw"] for t in told] == names and {t["source_id"] for t in told} == {source}
    assert all(t["rule"] and t["method"] for t in told)
    return {t["name_raw"]: t["model_id"] for t in told}


@pytest.mark.parametrize(("source", "at_least"), [("epoch_eci", 10), ("lmarena", 2), ("models_dev", 35)])
def test_every_spelling_of_gpt_oss_leads_to_its_size_and_no_other_name_does(
    published_home: Path, shared_sources: Path, manifest: list[dict[str, str]], source: str, at_least: int
) -> None:
    names = sorted(_collect_names(shared_sources, manifest, source))
    meant = 0
    for name, model in _resolve(published_home, names, source).items():
        plain = re.fullmatch(r"(?:.*[/.:-])?gpt-oss[-:](20b|120b)(?:[-_:].*)?", name)
        if plain and "safeguard" not in name:
            assert model == f"openai/gpt-oss-{plain[1]}", name
            meant += 1
        elif "gpt-oss-safeguard" in name:
            assert (
                model is not None
                and re.fullmatch(r"openai/gpt-oss-safeguard-(20b|120b)", model)
                and model[-4:] == name[-4:]
            ), name
        else:
            assert model not in (LARGE, SMALL, "openai/gpt-oss"), name
    assert meant >= at_least


def test_on_the_hub_a_repository_is_itself(
    published_home: Path, shared_sources: Path, manifest: list[dict[str, str]]
) -> None:
    stored = {
        r["repo_id"]
        for r in ask(published_home, "select distinct repo_id from hub_readings where repo_id ilike '%oss%'")
    }
    told = _resolve(published_home, sorted(stored), "hf_hub")
    assert {LARGE, SMALL} < stored <= _collect_names(shared_sources, manifest, "hf_hub") and len(stored) > 40
    assert told == {name: name for name in stored}


@pytest.mark.parametrize(
    ("source", "name", "model"),
    [
        ("", "gpt-oss", "openai/gpt-oss"),
        ("", "gpt-oss:latest", "openai/gpt-oss"),
        ("", "gpt-oss:20b", SMALL),
        ("", "gpt-oss-120b (high)", LARGE),
        ("", "GPT-OSS-120B", LARGE),
        ("epoch_eci", "openai/gpt-oss-120b_high", LARGE),
        ("epoch_eci", "chutes/gpt-oss-120b", LARGE),
        ("epoch_eci", "gpt-oss-20b_unknown", SMALL),
        ("models_dev", "gpt-oss-safeguard-120b", "openai/gpt-oss-safeguard-120b"),
        ("models_dev", "openai.gpt-oss-safeguard-20b", "openai/gpt-oss-safeguard-20b"),
        ("models_dev", "openai.gpt-oss-120b-1:0", LARGE),
        ("models_dev", "openai/gpt-oss-120b-TEE", LARGE),
        ("hf_hub", "unsloth/gpt-oss-20b-GGUF", "unsloth/gpt-oss-20b-GGUF"),
        (
            "hf_hub",
            "huihui-ai/Huihui-gpt-oss-20b-BF16-abliterated",
            "huihui-ai/Huihui-gpt-oss-20b-BF16-abliterated",
        ),
        ("hf_hub", "RedHatAI/gpt-oss-20b-speculator.eagle3", "RedHatAI/gpt-oss-20b-speculator.eagle3"),
        ("lmarena", "gpt-oss-20b-abliterated", None),
        ("", "someone/gpt-oss-20b-reap", None),
        ("", "CrossCheck", None),
        ("", "FrogBoss", None),
        ("", "jdcloud-oss", None),
        ("models_dev", "bytedance/seed-oss-36b-instruct", "ByteDance-Seed/Seed-OSS-36B-Instruct"),
    ],
)
def test_known_spellings_and_traps(published_home: Path, source: str, name: str, model: str | None) -> None:
    assert _resolve(published_home, [name], source) == {name: model}


def test_effort_and_tier_are_configuration_and_never_identity(published_home: Path) -> None:
    done = run_landscape(
        published_home, "resolve", "--json", "gpt-oss-120b (high)", "openai/gpt-oss-120b:free", "gpt-oss-120b"
    )
    assert [(r["model_id"], r["config"]) for r in orjson.loads(done.stdout)] == [
        (LARGE, "effort=high"),
        (LARGE, "tier=free"),
        (LARGE, ""),
    ]
