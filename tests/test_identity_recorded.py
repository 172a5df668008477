"""Names in the recorded files: which must resolve, and to what."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.identity import OwnId, Registry, Resolver, find_collisions

HUB_URL = "https://huggingface.co/"
Names = Callable[[Path], Iterator[str]]
EPOCH_EDITIONS = {
    "epoch/eci_scores.csv": "Model",
    "epoch/history/eci_scores.2025-12-19.csv": "Model",
    "epoch/history/eci_scores.2026-10-08.sample57of274.csv": "Model",
    "epoch/history/epoch_capabilities_index.2026-02-23.csv": "Model name",
    "epoch/history/epoch_capabilities_index.2026-03-09.csv": "Model name",
    "epoch/eci_benchmarks.csv": "Model",
}
# Arena's models of 2023, and fine-tunes of that generation: few votes, listed nowhere else.
LEFT_OUT = (
    "alpaca-13b",
    "chatglm-6b",
    "chatglm3-6b",
    "claude-1",
    "claude-instant-1",
    "codellama-34b-instruct",
    "deepseek-llm-67b-chat",
    "dolphin-2.2.1-mistral-7b",
    "falcon-180b-chat",
    "fastchat-t5-3b",
    "gpt4all-13b-snoozy",
    "guanaco-33b",
    "koala-13b",
    "llama2-70b-steerlm-chat",
    "mpt-30b-chat",
    "mpt-7b-chat",
    "nous-hermes-2-mixtral-8x7b-dpo",
    "oasst-pythia-12b",
    "openchat-3.5",
    "openchat-3.5-0106",
    "openhermes-2.5-mistral-7b",
    "palm-2",
    "pplx-70b-online",
    "pplx-7b-online",
    "qwen-14b-chat",
    "rwkv-4-raven-14b",
    "solar-10.7b-instruct-v1.0",
    "starling-lm-7b-alpha",
    "stripedhyena-nous-7b",
    "tulu-2-dpo-70b",
    "vicuna-13b",
    "vicuna-33b",
    "vicuna-7b",
    "wizardlm-13b",
    "wizardlm-70b",
    "zephyr-7b-alpha",
    "zephyr-7b-beta",
)
REGISTRY = Registry.load(Path(__file__).parents[1] / "data")
RESOLVER = Resolver(REGISTRY)


def _read_epoch(path: Path, column: str) -> list[str]:
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return [row[column] for row in rows if row[column] and row.get("ECI Score", "x")]


@pytest.mark.parametrize(("file", "column"), EPOCH_EDITIONS.items())
def test_every_recorded_index_name_resolves_and_none_share_a_model(
    shared_sources: Path, file: str, column: str
) -> None:
    names = set(_read_epoch(shared_sources / file, column))
    meant = defaultdict(set)
    for name in names:
        found = RESOLVER.resolve(name, "epoch_eci")
        assert found.model_id, f"{name}: {found.rule}"
        meant[found.model_id, found.config].add(name)
    assert [shared for shared in meant.values() if len(shared) > 1] == []


def _iterate_models_dev(folder: Path) -> Iterator[str]:
    for path in [folder / "api.json", *sorted((folder / "history").glob("*.json"))]:
        for provider in json.loads(path.read_bytes()).values():
            yield from provider["models"]


def _iterate_epoch(folder: Path) -> Iterator[str]:
    columns = "Model", "Model name", "Model version", "model_version", "model"
    for path in folder.rglob("*.csv"):
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            yield from (row.get(column) or "" for column in columns)
    with zipfile.ZipFile(folder / "benchmark_data.2026-05-layout.zip") as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8-sig")
            for row in csv.DictReader(io.StringIO(text)) if name.endswith(".csv") else ():
                yield row.get("Model version") or ""


def _iterate_arena(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*leaderboard-text*.json"):
        for category in json.loads(path.read_bytes()).values():
            yield from category
    for path in (folder / "derived").glob("*.json"):
        body = json.loads(path.read_bytes())
        for row in body["models"] if isinstance(body, dict) else body:
            yield row.get("Model") or row["model"]


def _iterate_hub(folder: Path) -> Iterator[str]:
    with (folder / "observations.csv").open(encoding="utf-8") as file:
        yield from (row["model_id"] for row in csv.DictReader(file))


@pytest.mark.parametrize(
    ("source", "folder", "names", "at_least"),
    [
        ("epoch_eci", "epoch", _iterate_epoch, 8),
        ("lmarena", "lmarena", _iterate_arena, 2),
        ("models_dev", "models_dev", _iterate_models_dev, 35),
        ("hf_hub", "huggingface", _iterate_hub, 4),
    ],
)
def test_every_recorded_spelling_of_gpt_oss_is_right(
    shared_sources: Path, source: str, folder: str, names: Names, at_least: int
) -> None:
    told = {name.strip() for name in names(shared_sources / folder) if "gpt-oss" in name.lower()}
    own = [OwnId("hf_hub", name, name) for name in told] if source == "hf_hub" else []
    resolver = Resolver(REGISTRY, own)
    for name in told:
        found = resolver.resolve(name, source).model_id
        if source == "hf_hub":
            assert found == name
            continue
        size = "120b" if "120b" in name.lower() else "20b"
        kind = "gpt-oss-safeguard" if "safeguard" in name else "gpt-oss"
        assert found == f"openai/{kind}-{size}", name
    assert len(told) >= at_least


def test_recorded_lab_ids_agree_with_our_names(shared_sources: Path) -> None:
    labs = json.loads((shared_sources / "models_dev/models.json").read_bytes())
    urls = {lab: [weights["url"] for weights in facts.get("weights", [])] for lab, facts in labs.items()}
    own = [OwnId("models_dev", lab, found[0].removeprefix(HUB_URL) if found else None) for lab, found in urls.items()]
    assert find_collisions(REGISTRY, own) == []
    resolver = Resolver(REGISTRY, own)
    assert all(resolver.resolve(lab, "models_dev").method in ("own_id", "alias") for lab in labs)
    share = [
        resolver.resolve(name, "models_dev").model_id is not None
        for name in _iterate_models_dev(shared_sources / "models_dev")
    ]
    assert sum(share) / len(share) > 0.6


def test_recorded_arena_names_resolve_but_for_those_left_out(shared_sources: Path) -> None:
    names = set(_iterate_arena(shared_sources / "lmarena"))
    unresolved = {name for name in names if not RESOLVER.resolve(name, "lmarena").model_id}
    assert len(names) > 400
    # The catalogue of spring 2025 wrote the organisation's label straight before the name.
    assert [name for name in unresolved if not name.lower().endswith(LEFT_OUT)] == []
