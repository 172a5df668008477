"""Every spelling of gpt-oss, every trap beside it, and what holds for any name."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ingest.identity import OwnId, Registry, RegistryError, Resolver, find_collisions
from ingest.name_rules import CONFIG_KEYS, Grammar
from ingest.registry import fold, plain_key, short_name

DATA = Path(__file__).parents[1] / "data"
BIG, SMALL, FAMILY = "openai/gpt-oss-120b", "openai/gpt-oss-20b", "openai/gpt-oss"
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

# How hosts and boards write one name: each only by rules, never by a listed spelling.
HOSTED = [
    ("bedrock/us-gov-west-1/openai.gpt-oss-120b-1:0", "litellm_prices", BIG, ""),
    ("us.anthropic.claude-opus-4-5-20251101-v1:0", "litellm_prices", "anthropic/claude-opus-4-5", ""),
    ("azure/eu/gpt-5-2025-08-07", "litellm_prices", "openai/gpt-5", ""),
    ("vertex_ai/openai/gpt-oss-20b-maas", "litellm_prices", SMALL, "tier=maas"),
    ("vertex_ai/claude-sonnet-4-5@20250929", "litellm_prices", "anthropic/claude-sonnet-4-5", ""),
    ("fireworks_ai/accounts/fireworks/models/gpt-oss-20b", "litellm_prices", SMALL, ""),
    ("fireworks_ai/accounts/fireworks/models/glm-4p7", "litellm_prices", "zai-org/GLM-4.7", ""),
    ("ollama/gpt-oss:120b-cloud", "litellm_prices", BIG, ""),
    ("deepinfra/openai/gpt-oss-120b-Ultra", "litellm_prices", BIG, "tier=ultra"),
    ("openrouter/openai/gpt-oss-120b", "aider_polyglot", BIG, ""),
    ("anthropic/claude-4.5-sonnet-20250929", "openrouter_rankings", "anthropic/claude-sonnet-4-5", ""),
    ("openai/gpt-oss-120b:free", "openrouter_rankings", BIG, "tier=free"),
    ("openai/gpt-5.1-high-2025-11-13", "vectara_hallucination", "openai/gpt-5.1", "effort=high"),
    (
        "claude-opus-4-6-thinking-auto-high-effort",
        "livebench",
        "anthropic/claude-opus-4-6",
        "effort=high;thinking=auto",
    ),
    ("claude-4-sonnet-20250514-base", "livebench", "anthropic/claude-sonnet-4-0", "thinking=off"),
    (
        "mini-SWE-agent + GPT-5 mini (2025-08-07) (medium reasoning)",
        "swebench",
        "openai/gpt-5-mini",
        "effort=medium;harness=mini-SWE-agent",
    ),
    ("gpt_oss_120b", "", BIG, ""),
    ("GPT OSS", "osai_index", FAMILY, ""),
    ("gpt-oss-safeguard", "ollama_library", "openai/gpt-oss-safeguard-all-sizes", ""),
    ("deepseek-r1", "ollama_library", "deepseek/deepseek-r1-all-sizes", ""),
    ("DeepSeek R1 + claude-3-5-sonnet-20241022", "aider_polyglot", "aider/deepseek-r1+claude-3-5-sonnet-20241022", ""),
]

TRAPS = [
    "unsloth/gpt-oss-20b",
    "unsloth/gpt-oss-20b-GGUF",
    "RedHatAI/gpt-oss-20b",
    "nvidia/gpt-oss-120b",
    "RedHatAI/gpt-oss-20b-speculator.eagle3",
    "z-lab/gpt-oss-20b-DFlash",
    "gpt-oss-120b-Eagle3",
    "gpt-oss-puzzle",
    "gpt-oss-20b-abliterated",
    "openai/gpt-oss-20b-uncensored",
    "kldzj/gpt-oss-120b-heretic",
    "gpt-oss-safeguard",
    "mlx-community/gpt-oss-20b-MXFP4-Q8",
    "seed-oss-36b",
    "jdcloud-oss",
    "FrogBoss",
    "CrossCheck",
    "oss",
    "oss-120b",
    "openai/gpt-oss-puzzle-88B",
    "gpt-oss-120b + o3",
    "o3 (high) + gpt-oss-120b",
    "architect + gpt-oss-20b",
    "gpt-oss-120",
    "gpt-oss-120b-mini",
    "gpt-oss-21b",
    "gpt_oss",
    "tiny-random-gpt-oss-mxfp4",
]

OTHERS = [
    # One known snapshot: the undated name is that snapshot, whoever writes it.
    ("Claude Opus 4.5", "epoch_eci", "anthropic/claude-opus-4-5", ""),
    ("claude-opus-4-5-20251101-thinking-32k", "lmarena", "anthropic/claude-opus-4-5", "thinking=32k"),
    ("claude-opus-4-5@20251101", "models_dev", "anthropic/claude-opus-4-5", ""),
    (
        "claude-opus-4-5-20251101-thinking-64k-high-effort",
        "livebench",
        "anthropic/claude-opus-4-5",
        "effort=high;thinking=64k",
    ),
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
    (
        "nvidia-nemotron-3-ultra-550b-a55b-nvfp4",
        "lmarena",
        "nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16",
        "quantisation=nvfp4",
    ),
    ("Azurephi-4", "lmarena", "microsoft/phi-4", ""),
    ("seed-oss-36b-instruct", "models_dev", "ByteDance-Seed/Seed-OSS-36B-Instruct", ""),
]


@pytest.mark.parametrize(("name", "source", "model_id", "config"), SPELLINGS + OTHERS + HOSTED)
def test_a_name_resolves_to_its_weights_and_settings(name: str, source: str, model_id: str, config: str) -> None:
    found = RESOLVER.resolve(name, source)
    assert (found.model_id, found.config) == (model_id, config), found.rule
    assert found.method != "unresolved"
    assert found.name_raw == name


@pytest.mark.parametrize("name", TRAPS)
@pytest.mark.parametrize(
    "source", ["", "epoch_eci", "hf_hub", "lmarena", "models_dev", "litellm_prices", "genai_prices", "livebench"]
)
def test_a_trap_is_never_gpt_oss(name: str, source: str) -> None:
    assert RESOLVER.resolve(name, source).model_id not in (BIG, SMALL, FAMILY)


@pytest.mark.parametrize(
    "name",
    [
        "gpt-oss-120b-xhigh",
        "gpt-4o-high",
        "gpt-oss-120b-thinking",
        "gpt-4o-thinking-32k",
        "gpt-5-fp8",
        "gpt-5-maas",
        "gpt-5-turbo",
        "claude-opus-4-5-fast",
        "qwen3-32b-turbo",
        "gpt-oss-120b_high_low",
    ],
)
def test_a_suffix_is_a_setting_only_of_a_model_that_has_it(name: str) -> None:
    assert RESOLVER.resolve(name, "models_dev").model_id is None


@pytest.mark.parametrize(
    "name",
    [
        "gpt-oss-20b",
        "openai/gpt-oss-20b:free",
        "OpenAI/GPT-OSS-20B",
        FAMILY,
        "openai/o3",
    ],
)
def test_nothing_but_an_exact_repository_counts_on_the_hub(name: str) -> None:
    assert RESOLVER.resolve(name, "hf_hub").model_id is None


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
    found = RESOLVER.resolve("gpt-oss-120b", "aider", "edit_format=diff;effort=low")
    assert found.config == "effort=low;edit_format=diff"
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
    rolling = "deepseek/deepseek-chat"
    resolver = Resolver(REGISTRY, [OwnId("models_dev", rolling, "deepseek-ai/DeepSeek-V3.2")])
    assert resolver.resolve(rolling, "models_dev").model_id == rolling
    assert resolver.resolve("deepseek-v3.2", "models_dev").model_id == "deepseek-ai/DeepSeek-V3.2"


def test_own_ids_that_contradict_are_refused_together() -> None:
    own = [
        OwnId("models_dev", BIG, "someone/else"),
        OwnId("models_dev", "a/zap", "x/one"),
        OwnId("models_dev", "a/zap", "x/two"),
    ]
    with pytest.raises(RegistryError) as refusal:
        Resolver(REGISTRY, own)
    assert len(refusal.value.faults) == 2
    assert [o for o, _ in find_collisions(REGISTRY, own)] == [own[0], own[2]]


@pytest.mark.parametrize(
    ("name", "model_id"),
    [
        ("deepseek/deepseek-v4-flash-20260423", "deepseek-ai/DeepSeek-V4-Flash"),
        ("deepseek/deepseek-v4-flash-20260731", "deepseek-ai/DeepSeek-V4-Flash-0731"),
        ("deepseek/deepseek-v4-flash-20260630", None),
        ("openai/gpt-4o-2024-12-24", None),
    ],
)
def test_a_routers_date_is_dropped_only_within_a_week_of_the_release(name: str, model_id: str | None) -> None:
    assert RESOLVER.resolve(name, "openrouter_rankings").model_id == model_id


def test_separators_and_the_writing_of_a_date_do_not_matter_but_words_do() -> None:
    assert plain_key("llama 3.1_8b") == plain_key("llama-3-1-8b") != plain_key("llama-31-8b")
    assert plain_key("gpt-5-2025-08-07") == plain_key("gpt-5-20250807")
    assert plain_key("gpt_oss") == ""


def test_a_makers_own_repository_is_known_by_its_name_alone() -> None:
    made = ("Qwen/Qwen9-7B", "Qwen/Qwen9-7B-Instruct", "Qwen/Qwen9-9B", "Qwen/Qwen9-9B-FP8", "unsloth/Qwen9-1B")
    resolver = Resolver(REGISTRY, [OwnId("hf_hub", repo, repo) for repo in made])
    for name, meant in (
        ("qwen9-7b-instruct", "Qwen/Qwen9-7B-Instruct"),
        ("qwen9-7b", None),  # hosts mean the instruct edition, benchmarks either
        ("qwen-9-9b", "Qwen/Qwen9-9B"),
        ("qwen9-1b", None),
    ):
        assert resolver.resolve(name, "models_dev").model_id == meant, name
    served = resolver.resolve("alibaba/qwen9-9b-fp8", "models_dev")
    assert (served.model_id, served.config) == ("Qwen/Qwen9-9B", "quantisation=fp8")


OTHER_MODELS = (
    "coder",
    "vl",
    "2507",
    "0905",
    "next",
    "safeguard",
    "abliterated",
    "distill",
    "nano",
    "heretic",
    "draft",
)
SOURCES_OF_PRICES = ("models_dev", "litellm_prices", "openrouter_models", "genai_prices", "livebench", "epoch_hub")


@pytest.mark.parametrize("word", OTHER_MODELS)
def test_a_word_that_makes_another_model_never_leads_to_the_plain_one(word: str) -> None:
    for entry in REGISTRY.models.values():
        for source in SOURCES_OF_PRICES[:: 1 if entry.tracked else 5]:
            found = RESOLVER.resolve(f"{short_name(entry.id)}-{word}", source).model_id
            assert found != entry.id, (entry.id, word, source)


def _count_digits(text: str) -> Counter[str]:
    return Counter(re.findall(r"\d", text))


@pytest.mark.parametrize(("name", "source"), [(name, source) for name, source, *_ in SPELLINGS + OTHERS + HOSTED])
def test_no_rule_loses_a_digit_without_saying_so(name: str, source: str) -> None:
    for readings in Grammar(REGISTRY).read(name, source):
        for reading in readings:
            said = "".join(part for rule in reading.rules for part in re.findall(r"'[^']*'", rule))
            assert not _count_digits(name) - _count_digits(reading.text) - _count_digits(said), reading


NAMES = st.one_of(st.text(max_size=60), st.sampled_from([name for name, *_ in SPELLINGS + OTHERS + HOSTED] + TRAPS))
SOURCES = st.sampled_from(
    ["", "epoch_eci", "hf_hub", "lmarena", "models_dev", "litellm_prices", "openrouter_rankings", "livebench"]
)


@given(NAMES, SOURCES, st.text(max_size=20))
def test_resolving_never_fails_and_repeats_itself(name: str, source: str, settings: str) -> None:
    found = RESOLVER.resolve(name, source, settings)
    assert found == Resolver(REGISTRY).resolve(name, source, settings)
    assert (found.model_id is None) == (found.method == "unresolved")
    assert found.rule


MARKS = st.lists(st.sampled_from([":free", "_high", " (high)", "-fp8", "_16K", "-tee", "-high"]), max_size=3)


@given(NAMES, MARKS, SOURCES)
def test_a_configuration_is_canonical(name: str, marks: list[str], source: str) -> None:
    config = RESOLVER.resolve(name + "".join(marks), source).config
    keys = [part.split("=")[0] for part in config.split(";") if part]
    assert keys == [key for key in CONFIG_KEYS if key in keys]
    assert all(part.split("=")[1] for part in config.split(";") if part)


_KNOWN_STARTS = {fold(t) for p in REGISTRY.routing_prefixes for t in p.text} | set(REGISTRY.words)


@given(
    st.text("abcdefghijkmnqrtuvwxyz0123456789-._/", min_size=1, max_size=12),
    st.sampled_from("/-._: "),
    st.sampled_from([name for name, _, model, _ in SPELLINGS if model in (BIG, SMALL)]),
    SOURCES,
)
def test_an_unknown_prefix_never_yields_gpt_oss(start: str, mark: str, name: str, source: str) -> None:
    assume(not any(fold(start + mark).startswith(known) for known in _KNOWN_STARTS))
    assert RESOLVER.resolve(f"{start}{mark}{name.strip()}", source).model_id not in (BIG, SMALL, FAMILY)


@given(
    st.text("abdgijklnpqrsuvwxyz", min_size=3, max_size=9),
    st.sampled_from([BIG, "gpt-oss-20b", "gpt-oss:120b"]),
    SOURCES,
)
def test_an_unknown_suffix_never_yields_gpt_oss(end: str, name: str, source: str) -> None:
    assert RESOLVER.resolve(f"{name}-{end}", source).model_id not in (BIG, SMALL, FAMILY)
