"""Names in the recorded files: every spelling of gpt-oss, its cohort, and the share of all rows that resolve.

A row about a text model is one of scores, prices, usage, counts or openness whose name is not told to be
something else: by the list of words in NOT_TEXT (image, audio, video, embedding, rerank, moderation, documents),
by OTHER_WARES (a router, a moving alias, a price for fine-tunes or for a band of sizes, a search service), or, on
the European index, by its stated modality. SWE-bench is off by default; its boards of systems name no model.

Names are read from the files with the standard library and put to `landscape resolve --json`; what a
spelling means is told here by rules of its own, so that a fault of the grammar cannot hide itself.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import orjson
import pytest

from ingest.registry import fold, plain_key
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


@pytest.mark.parametrize(
    ("source", "at_least"),
    [
        ("epoch_eci", 10),
        ("lmarena", 2),
        ("models_dev", 35),
        ("litellm_prices", 60),
        ("openrouter_rankings", 3),
        ("livebench", 1),
    ],
)
def test_every_spelling_of_gpt_oss_leads_to_its_size_and_no_other_name_does(
    published_home: Path, shared_sources: Path, manifest: list[dict[str, str]], source: str, at_least: int
) -> None:
    names = sorted(_collect_names(shared_sources, manifest, source))
    meant = 0
    for name, model in _resolve(published_home, names, source).items():
        plain = re.fullmatch(r"(?:.*[/.:-])?gpt-oss[-:](20b|120b)(?:[-_:].*)?", name, re.IGNORECASE)
        if plain and "safeguard" not in name:
            assert model == f"openai/gpt-oss-{plain[1].lower()}", name
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


NOT_TEXT = re.compile(
    r"embed|rerank|whisper|tts|speech|imag|dall-e|flux|video|veo-|sora|moderation|transcri|realtime|live|audio|ocr"
    r"|stable-?diffusion|sdxl|seed(?:ance|ream)|wan-?[v\d]|kling|recraft|bge-|e5-|gte-|minilm|nova-sonic|lyria|voyage"
    r"|-t2v|-i2v|orpheus|aura|diffusion|parakeet|eleven|suno|luma|runway|ideogram|music|-?stt|-asr|translate|gliner"
    r"|guard|bart-large|distilbert|resnet|detr-|m2m100|indictrans|uform|llava|nemoretriever|nv-embed|cosmos|riva"
    r"|sparsedrive|streampetr|bevformer|studiovoice|magpie|content-safety|topazlabs|riverflow|hidream|chroma|nova-3"
    r"|vidu|moondream|esm|smart-turn|active-speaker|granite-ttm|paligemma|nano-banana|lucid|phoenix|dreamshaper",
    re.IGNORECASE,
)
OTHER_WARES = re.compile(
    r"(^|/)(auto|auto-.*|.*-auto|free|fusion|bodybuilder|router|.*[-_]router(:.*)?|pareto-code|switchpoint.*"
    r"|route-llm|big-pickle)$|^~|^auto|kilo-auto|^ft:|\.ft-$|-(up-to|above)-|^(together-ai|fireworks-ai)-|^scaledown/"
    r"|/container$|/preset/|/sam-|^(brave|exa-|fastgpt|universal-summarizer|custom$|agent-|text-(max|prime|standard)|code-(max|prime|standard))",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def rows(published_home: Path) -> list[tuple[str, str, str | None, int]]:
    """(source, name, model, rows) of every stored row about a text model."""
    found = ask(
        published_home,
        """
        with uses as (
            select source_id, name_raw, config_raw from stored.scores
            union all select source_id, name_raw, '' from stored.prices
            union all select source_id, name_raw, '' from stored.usage where not is_rest
            union all select source_id, name_raw, '' from stored.counters where subject_kind = 'model'
            union all select source_id, name_raw, '' from stored.openness where subject_kind = 'model'),
        told as (select name_raw, value from stored.model_attributes where attribute = 'modality')
        select u.source_id, u.name_raw, any_value(n.model_id) as model_id, count(*) as rows,
               any_value(told.value) as modality
        from uses u join model_names n using (source_id, name_raw, config_raw) left join told using (name_raw)
        group by 1, 2 order by 1, 2""",
    )
    benchmarks = {
        "epoch_eci",
        "epoch_hub",
        "lmarena",
        "livebench",
        "aider_polyglot",
        "vectara_hallucination",
        "speechmap",
    }
    return [
        (r["source_id"], r["name_raw"], r["model_id"], r["rows"])
        for r in found
        if (r["source_id"] in benchmarks or not (NOT_TEXT.search(r["name_raw"]) or OTHER_WARES.search(r["name_raw"])))
        and (r["source_id"] != "osai_index" or {"text", "code"} & set((r["modality"] or "text").split(",")))
    ]


def test_nearly_every_row_about_a_text_model_resolves_and_the_rest_is_listed(
    published_home: Path, rows: list[tuple[str, str, str | None, int]]
) -> None:
    every, lost = Counter[str](), Counter[str]()
    for source, _, model, count in rows:
        every[source] += count
        lost[source] += count if model is None else 0
    assert len(every) >= 13 and sum(every.values()) > 50_000
    shares = {source: 1 - lost[source] / every[source] for source in every}
    assert min(shares.values()) >= 0.98, shares
    listed = {
        (r["source_id"], r["name_raw"]): r["rows"]
        for r in ask(published_home, "select source_id, name_raw, rows from unresolved_names")
    }
    assert all(listed[source, name] >= count for source, name, model, count in rows if model is None)


def test_all_rows_of_gpt_oss_and_of_the_tracked_cohort_resolve(
    published_home: Path, rows: list[tuple[str, str, str | None, int]]
) -> None:
    tracked = ask(published_home, "select model_id, name from models where tracked")
    own = {plain_key(fold(text)) for m in tracked for text in (m["model_id"].partition("/")[2], m["name"])}
    # Repacks by others under the model's own name: repositories of their own, which no list of ours holds.
    repacked = ("unsloth/", "pearl-ai/", "neuralmagic/", "cortecs/")
    seen = Counter[str]()
    for source, name, model, count in rows:
        if name.startswith(repacked):
            continue
        last = plain_key(fold(name.rpartition("/")[2].partition(":")[0]))
        if re.search(r"gpt[- _]?oss", name, re.IGNORECASE) or last in own:
            assert model is not None, (source, name, count)
            seen[model] += count
    assert seen[LARGE] > 300 and seen[SMALL] > 200 and seen["openai/gpt-oss"] > 50
    assert len(seen) > 45
