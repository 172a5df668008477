"""Every spelling of gpt-oss, every trap beside it, and the coverage of the recorded files."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.identity import OwnId, Registry, RegistryError, Resolver, find_collisions
from ingest.name_rules import CONFIG_KEYS
from ingest.registry import fold

DATA = Path(__file__).parents[1] / "data"
BIG, SMALL, FAMILY = "openai/gpt-oss-120b", "openai/gpt-oss-20b", "openai/gpt-oss"
HUB_URL = "https://huggingface.co/"
EPOCH_EDITIONS = {
    "epoch/eci_scores.csv": "Model",
    "epoch/history/eci_scores.2025-12-19.csv": "Model",
    "epoch/history/eci_scores.2026-10-08.sample57of274.csv": "Model",
    "epoch/history/epoch_capabilities_index.2026-02-23.csv": "Model name",
    "epoch/history/epoch_capabilities_index.2026-03-09.csv": "Model name",
    "epoch/eci_benchmarks.csv": "Model",
}
REGISTRY = Registry.load(DATA)
RESOLVER = Resolver(REGISTRY)

SPELLINGS = [
    ("gpt-oss-120b", "epoch_eci", BIG, ""),
    ("gpt-oss-20b", "epoch_eci", SMALL, ""),
    ("gpt-oss-120b_high", "epoch_eci", BIG, "effort=high"),
    ("gpt-oss-120b_medium", "epoch_eci", BIG, "effort=medium"),
    ("gpt-oss-120b_unknown", "epoch_eci", BIG, ""),
    ("gpt-oss-20b_high", "epoch_eci", SMALL, "effort=high"),
    ("openai/gpt-oss-120b_high", "epoch_eci", BIG, "effort=high"),
    ("chutes/gpt-oss-120b", "epoch_eci", BIG, ""),
    ("chutes/gpt-oss-120b_high", "epoch_eci", BIG, "effort=high"),
    ("gpt-oss-120b", "lmarena", BIG, ""),
    ("gpt-oss-20b", "lmarena", SMALL, ""),
    (" GPT-OSS-120B ", "lmarena", BIG, ""),
    (BIG, "hf_hub", BIG, ""),
    (SMALL, "hf_hub", SMALL, ""),
    (BIG, "models_dev", BIG, ""),
    ("@cf/openai/gpt-oss-120b", "models_dev", BIG, ""),
    ("workers-ai/@cf/openai/gpt-oss-20b", "models_dev", SMALL, ""),
    ("TEE/gpt-oss-120b", "models_dev", BIG, "tier=tee"),
    ("accounts/fireworks/gpt-oss-20b", "models_dev", SMALL, ""),
    ("accounts/fireworks/models/gpt-oss-120b", "models_dev", BIG, ""),
    ("cerebras/gpt-oss-120b-cs", "models_dev", BIG, ""),
    ("databricks-gpt-oss-20b", "models_dev", SMALL, ""),
    ("gpt-oss:120b", "models_dev", BIG, ""),
    ("gpt-oss:20b-cloud", "models_dev", SMALL, ""),
    ("hf:openai/gpt-oss-120b", "models_dev", BIG, ""),
    ("openai-gpt-oss-120b", "models_dev", BIG, ""),
    ("openai.gpt-oss-120b", "models_dev", BIG, ""),
    ("openai.gpt-oss-20b-1:0", "models_dev", SMALL, ""),
    ("openai/chat-completion/models/gpt-oss-120b-high-throughput", "models_dev", BIG, "tier=high-throughput"),
    ("openai/chat-completion/models/gpt-oss-20b", "models_dev", SMALL, ""),
    ("openai/gpt-oss-120b-TEE", "models_dev", BIG, "tier=tee"),
    ("openai/gpt-oss-120b-fast", "models_dev", BIG, "tier=fast"),
    ("openai/gpt-oss-120b-maas", "models_dev", BIG, "tier=maas"),
    ("openai/gpt-oss-120b:exacto", "models_dev", BIG, "tier=exacto"),
    ("openai/gpt-oss-20b:free", "models_dev", SMALL, "tier=free"),
    ("openai/gpt-oss-120b-fp8", "models_dev", BIG, "quantisation=fp8"),
    ("GPT OSS 120B", "models_dev", BIG, ""),
    ("gpt-oss-120b (high)", "aider", BIG, "effort=high"),
    ("OpenAI gpt-oss-120b", "vectara", BIG, ""),
    ("openai_gpt-oss-20b", "speechmap", SMALL, ""),
    ("mini-SWE-agent + gpt-oss-120b", "swebench", BIG, "harness=mini-SWE-agent"),
    ("gpt-oss-120b_high:free", "", BIG, "effort=high;tier=free"),
    ("gpt-oss", "ollama_library", FAMILY, ""),
    ("gpt-oss-safeguard-20b", "models_dev", "openai/gpt-oss-safeguard-20b", ""),
    ("openai.gpt-oss-safeguard-120b", "models_dev", "openai/gpt-oss-safeguard-120b", ""),
    ("nvidia/gpt-oss-puzzle-88B", "hf_hub", "nvidia/gpt-oss-puzzle-88B", ""),
]

TRAPS = [
    "unsloth/gpt-oss-20b", "unsloth/gpt-oss-20b-GGUF", "RedHatAI/gpt-oss-20b", "nvidia/gpt-oss-120b",
    "RedHatAI/gpt-oss-20b-speculator.eagle3", "z-lab/gpt-oss-20b-DFlash", "gpt-oss-120b-Eagle3", "gpt-oss-puzzle",
    "gpt-oss-20b-abliterated", "openai/gpt-oss-20b-uncensored", "kldzj/gpt-oss-120b-heretic", "gpt-oss-safeguard",
    "mlx-community/gpt-oss-20b-MXFP4-Q8", "seed-oss-36b", "jdcloud-oss", "FrogBoss", "CrossCheck", "oss", "oss-120b",
    "openai/gpt-oss-puzzle-88B", "gpt-oss-120b + o3", "o3 (high) + gpt-oss-120b", "architect + gpt-oss-20b",
    "gpt-oss-120", "gpt-oss-120b-mini", "gpt-oss-21b", "gpt_oss", "tiny-random-gpt-oss-mxfp4",
]

OTHERS = [
    # One known snapshot: the undated name is that snapshot, whoever writes it.
    ("Claude Opus 4.5", "epoch_eci", "anthropic/claude-opus-4-5", ""),
    ("claude-opus-4-5-20251101-thinking-32k", "lmarena", "anthropic/claude-opus-4-5", "thinking=32k"),
    ("claude-opus-4-5@20251101", "models_dev", "anthropic/claude-opus-4-5", ""),
    ("claude-opus-4-5-20251101-thinking-64k-high-effort", "livebench", "anthropic/claude-opus-4-5",
     "effort=high;thinking=64k"),
    ("o3", "epoch_eci", "openai/o3", ""),
    ("o3-2025-04-16", "lmarena", "openai/o3", ""),
    ("GPT-5", "epoch_eci", "openai/gpt-5", ""),
    ("gpt-5-high", "lmarena", "openai/gpt-5", "effort=high"),
    # Several snapshots: the undated name is none of them.
    ("GPT-4o", "epoch_eci", "openai/gpt-4o", ""),
    ("GPT-4o (Nov 2024)", "epoch_eci", "openai/gpt-4o-2024-11-20", ""),
    ("Claude 3.5 Sonnet", "epoch_eci", "anthropic/claude-3-5-sonnet-20240620", ""),
    ("claude-3.5-sonnet", "models_dev", "anthropic/claude-3-5-sonnet", ""),
    # Settings, and releases that only look like settings.
    ("gemini-3-flash (thinking-minimal)", "lmarena", "google/gemini-3-flash-preview", "thinking=minimal"),
    ("mimo-v2-flash (non-thinking)", "lmarena", "XiaomiMiMo/MiMo-V2-Flash", "thinking=off"),
    ("qwen3-235b-a22b-no-thinking", "lmarena", "Qwen/Qwen3-235B-A22B", "thinking=off"),
    ("qwen3-235b-a22b-thinking-2507", "lmarena", "Qwen/Qwen3-235B-A22B-Thinking-2507", ""),
    ("muse-spark-1.2 (xHigh)", "lmarena", "meta/muse-spark-1.2", "effort=xhigh"),
    ("kimi-k2-thinking-turbo", "lmarena", "moonshotai/Kimi-K2-Thinking", "tier=turbo"),
    ("gpt-4-turbo", "models_dev", "openai/gpt-4-turbo", ""),
    ("zai-org/GLM-4.7-FP8", "models_dev", "zai-org/GLM-4.7", "quantisation=fp8"),
    ("nvidia-nemotron-3-ultra-550b-a55b-nvfp4", "lmarena", "nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16",
     "quantisation=nvfp4"),
    ("Azurephi-4", "lmarena", "microsoft/phi-4", ""),
    ("seed-oss-36b-instruct", "models_dev", "ByteDance-Seed/Seed-OSS-36B-Instruct", ""),
]


@pytest.mark.parametrize(("name", "source", "model_id", "config"), SPELLINGS + OTHERS)
def test_a_name_resolves_to_its_weights_and_settings(name: str, source: str, model_id: str, config: str) -> None:
    found = RESOLVER.resolve(name, source)
    assert (found.model_id, found.config) == (model_id, config), found.rule
    assert found.method != "unresolved"
    assert found.name_raw == name


@pytest.mark.parametrize("name", TRAPS)
@pytest.mark.parametrize("source", ["", "epoch_eci", "hf_hub", "lmarena", "models_dev"])
def test_a_trap_is_never_gpt_oss(name: str, source: str) -> None:
    assert RESOLVER.resolve(name, source).model_id not in (BIG, SMALL, FAMILY)


def test_the_family_name_says_that_it_is_no_size() -> None:
    found = RESOLVER.resolve("gpt-oss", "ollama_library")
    assert (found.method, found.model_id) == ("family", FAMILY)


def test_the_rule_names_every_step_taken() -> None:
    found = RESOLVER.resolve("workers-ai/@cf/openai/gpt-oss-120b:free", "models_dev")
    assert found.method == "grammar"
    for step in ("'workers-ai/'", "'@cf/'", "tier=free", BIG):
        assert step in found.rule


def test_the_method_tells_ids_from_aliases() -> None:
    assert RESOLVER.resolve(BIG, "models_dev").method == "own_id"
    assert RESOLVER.resolve("gpt-oss-120b", "models_dev").method == "alias"
    assert RESOLVER.resolve("frobnicate", "models_dev").method == "unresolved"


def test_a_hub_repository_resolves_to_itself_only() -> None:
    repo = "unsloth/gpt-oss-20b-GGUF"
    assert RESOLVER.resolve(repo, "hf_hub").model_id is None
    resolver = Resolver(REGISTRY, [OwnId("hf_hub", repo, repo)])
    assert resolver.resolve(repo, "hf_hub").model_id == repo
    assert resolver.resolve(repo.lower(), "hf_hub").model_id is None
    assert resolver.resolve("gpt-oss-20b-GGUF", "models_dev").model_id is None


def test_a_derivative_on_the_hub_does_not_change_what_a_listing_means() -> None:
    owned = [OwnId("hf_hub", repo, repo) for repo in ("unsloth/gpt-oss-120b", "evil/gpt-oss-120b", BIG)]
    resolver = Resolver(REGISTRY, owned)
    for name, source, model_id, config in SPELLINGS:
        found = resolver.resolve(name, source)
        assert (found.model_id, found.config) == (model_id, config)


def test_the_source_column_of_settings_is_read_and_wins() -> None:
    assert RESOLVER.resolve("gpt-oss-120b", "aider", "edit_format=diff;effort=low").config == "effort=low;edit_format=diff"
    found = RESOLVER.resolve("gpt-oss-120b_high", "epoch_eci", "low")
    assert found.config == "effort=low"
    assert "column sets effort" in found.rule
    assert "did not understand" in RESOLVER.resolve("gpt-oss-120b", "", "purple").rule


def test_a_lab_id_with_weights_is_the_repository() -> None:
    own = [OwnId("models_dev", "tencent/hy3-preview", "tencent/Hy3-preview"), OwnId("models_dev", "sakana/fugu", None)]
    resolver = Resolver(REGISTRY, own)
    assert resolver.resolve("tencent/hy3-preview", "models_dev").model_id == "tencent/Hy3-preview"
    assert resolver.resolve("hy3-preview", "models_dev").model_id == "tencent/Hy3-preview"
    assert resolver.resolve("sakana/fugu", "models_dev").method == "own_id"
    assert resolver.resolve("fugu", "models_dev").model_id == "sakana/fugu"
    assert resolver.resolve("other/fugu", "models_dev").model_id is None


def test_a_bare_name_of_two_labs_is_ambiguous() -> None:
    own = [OwnId("models_dev", "a/zap", None), OwnId("models_dev", "b/zap", None)]
    assert Resolver(REGISTRY, own).resolve("zap", "models_dev").model_id is None


def test_a_rolling_lab_id_is_not_the_snapshot_it_links_today() -> None:
    resolver = Resolver(REGISTRY, [OwnId("models_dev", "deepseek/deepseek-chat", "deepseek-ai/DeepSeek-V3.2")])
    assert resolver.resolve("deepseek/deepseek-chat", "models_dev").model_id == "deepseek/deepseek-chat"
    assert resolver.resolve("deepseek-v3.2", "models_dev").model_id == "deepseek-ai/DeepSeek-V3.2"


def test_own_ids_that_contradict_are_refused_together() -> None:
    own = [OwnId("models_dev", BIG, "someone/else"), OwnId("models_dev", "a/zap", "x/one"),
           OwnId("models_dev", "a/zap", "x/two")]
    with pytest.raises(RegistryError) as refusal:
        Resolver(REGISTRY, own)
    assert len(refusal.value.faults) == 2
    assert [o for o, _ in find_collisions(REGISTRY, own)] == [own[0], own[2]]


MODELS = '[[model]]\nid = "acme/one"\nname = "One"\nnames = ["uno"]\n'
PEOPLE = '[[developer]]\nid = "acme"\nname = "Acme"\nregion = "us"\n'


def _write(folder: Path, models: str = MODELS, people: str = PEOPLE) -> Path:
    (folder / "models.toml").write_text(models)
    (folder / "developers.toml").write_text(people)
    return folder


@pytest.mark.parametrize(("models", "people", "words"), [
    (MODELS + '[[model]]\nid = "acme/two"\nname = "Two"\nnames = ["UNO "]\n', PEOPLE, "'uno' in any source"),
    (MODELS + '[[model]]\nid = "acme/two"\nname = "Two"\nnames = ["acme/one"]\n', PEOPLE, "'acme/one' in any"),
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
    (MODELS, PEOPLE + '[[provider]]\nid = "shop"\nname = "Shop"\nfirst_party_of = "zzz"\n', "no developer's id"),
    (MODELS, PEOPLE.replace("us", "moon"), "'moon' is none of"),
    ("[[model]\n", PEOPLE, "models.toml cannot be read"),
])
def test_a_contradiction_in_the_registry_is_refused(tmp_path: Path, models: str, people: str, words: str) -> None:
    with pytest.raises(RegistryError, match=words):
        Registry.load(_write(tmp_path, models, people))


def test_all_faults_are_listed_at_once(tmp_path: Path) -> None:
    bad = MODELS + 'access = "free"\nreason = "x"\ntracked = true\n'
    with pytest.raises(RegistryError) as refusal:
        Registry.load(_write(tmp_path, bad, PEOPLE.replace("us", "moon")))
    assert len(refusal.value.faults) == 3


def test_a_name_of_one_source_comes_before_the_common_one(tmp_path: Path) -> None:
    models = MODELS + '[[model]]\nid = "acme/two"\nname = "Two"\nnames_in.lmarena = ["uno"]\n'
    resolver = Resolver(Registry.load(_write(tmp_path, models)))
    assert resolver.resolve("uno", "lmarena").model_id == "acme/two"
    assert resolver.resolve("uno", "epoch_eci").model_id == "acme/one"


def test_the_tracked_cohort_is_on_the_hub_and_holds_both_models() -> None:
    tracked = REGISTRY.tracked_repo_ids
    assert {BIG, SMALL, "openai/gpt-oss-safeguard-20b", "openai/gpt-oss-safeguard-120b"} <= set(tracked)
    assert 40 <= len(tracked) <= 60
    assert REGISTRY.models["openai/gpt-oss-safeguard-20b"].role == "safeguard"
    assert {"openrouter", "helicone", "kilo", "vercel"} <= REGISTRY.routers
    assert REGISTRY.first_party["moonshotai-cn"] == "moonshotai"
    assert REGISTRY.find_developer("Google DeepMind,Google") == "google"


NAMES = st.one_of(st.text(max_size=60), st.sampled_from([name for name, *_ in SPELLINGS + OTHERS] + TRAPS))
SOURCES = st.sampled_from(["", "epoch_eci", "hf_hub", "lmarena", "models_dev"])


@given(NAMES, SOURCES, st.text(max_size=20))
def test_resolving_never_fails_and_repeats_itself(name: str, source: str, settings: str) -> None:
    found = RESOLVER.resolve(name, source, settings)
    assert found == Resolver(REGISTRY).resolve(name, source, settings)
    assert (found.model_id is None) == (found.method == "unresolved")
    assert found.rule


@given(NAMES, st.lists(st.sampled_from([":free", "_high", " (high)", "-fp8", "_16K", "-tee", "-high"]), max_size=3), SOURCES)
def test_a_configuration_is_canonical(name: str, marks: list[str], source: str) -> None:
    config = RESOLVER.resolve(name + "".join(marks), source).config
    keys = [part.split("=")[0] for part in config.split(";") if part]
    assert keys == [key for key in CONFIG_KEYS if key in keys]
    assert all(part.split("=")[1] for part in config.split(";") if part)


_KNOWN_STARTS = {fold(t) for p in REGISTRY.routing_prefixes for t in p.text} | set(REGISTRY.words)


@given(st.text("abcdefghijkmnqrtuvwxyz0123456789-._/", min_size=1, max_size=12), st.sampled_from("/-._: "),
       st.sampled_from([name for name, _, model, _ in SPELLINGS if model in (BIG, SMALL)]), SOURCES)
def test_an_unknown_prefix_never_yields_gpt_oss(start: str, mark: str, name: str, source: str) -> None:
    assume(not any(fold(start + mark).startswith(known) for known in _KNOWN_STARTS))
    assert RESOLVER.resolve(f"{start}{mark}{name.strip()}", source).model_id not in (BIG, SMALL, FAMILY)


@given(st.text("abdgijklnpqrsuvwxyz", min_size=3, max_size=9), st.sampled_from([BIG, "gpt-oss-20b", "gpt-oss:120b"]), SOURCES)
def test_an_unknown_suffix_never_yields_gpt_oss(end: str, name: str, source: str) -> None:
    assert RESOLVER.resolve(f"{name}-{end}", source).model_id not in (BIG, SMALL, FAMILY)


def _read_epoch(path: Path, column: str) -> list[str]:
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig")))
    return [row[column] for row in rows if row[column] and row.get("ECI Score", "x")]


@pytest.mark.parametrize(("file", "column"), EPOCH_EDITIONS.items())
def test_every_recorded_index_name_resolves_and_none_share_a_model(
        shared_sources: Path, file: str, column: str) -> None:
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
    for path in folder.rglob("*.csv"):
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            yield from (row.get(c) or "" for c in ("Model", "Model name", "Model version", "model_version", "model"))
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


@pytest.mark.parametrize(("source", "folder", "names", "at_least"), [
    ("epoch_eci", "epoch", _iterate_epoch, 8), ("lmarena", "lmarena", _iterate_arena, 2),
    ("models_dev", "models_dev", _iterate_models_dev, 35), ("hf_hub", "huggingface", _iterate_hub, 4),
])
def test_every_recorded_spelling_of_gpt_oss_is_right(shared_sources: Path, source: str, folder: str,
                                                     names: Callable[[Path], Iterator[str]], at_least: int) -> None:
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
    own = [OwnId("models_dev", lab, weights[0]["url"].removeprefix(HUB_URL) if (weights := facts.get("weights")) else None)
           for lab, facts in labs.items()]
    assert find_collisions(REGISTRY, own) == []
    resolver = Resolver(REGISTRY, own)
    assert all(resolver.resolve(lab, "models_dev").method in ("own_id", "alias") for lab in labs)
    share = [resolver.resolve(name, "models_dev").model_id is not None
             for name in _iterate_models_dev(shared_sources / "models_dev")]
    assert sum(share) / len(share) > 0.6


def test_recorded_arena_names_since_2024_resolve(shared_sources: Path) -> None:
    newest = json.loads((shared_sources / "lmarena/derived/text.2026-05-14.json").read_bytes())
    unresolved = {row["model"] for row in newest if not RESOLVER.resolve(row["model"], "lmarena").model_id}
    old = {"zephyr-7b-beta", "vicuna-13b", "wizardlm-70b"}  # released before 2024, few votes, left out on purpose
    assert len(unresolved - old) < 0.12 * len(newest)
