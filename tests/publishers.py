"""Publishers whose words tests change, small and by hand: bodies in their own shapes with true figures.

One edition of each, either scripted on a replay server at the publishers' own addresses, beside every other
publisher of tests/published, or written as a folder of recordings. Prices, ratings, index values and counters
are the arguments, so that a test changes one thing and says what must follow.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from tests.published import find_published, serve_bodies
from tests.replay_server import Answer, ReplayServer, Request

HUB = "https://huggingface.co"
EPOCH = "https://epoch.ai/data"
API, MODELS = "https://models.dev/api.json", "https://models.dev/models.json"
SMALL, LARGE = "openai/gpt-oss-20b", "openai/gpt-oss-120b"
BOARDS = ("text", "text_style_control")
MADE = ("epoch_eci", "lmarena", "models_dev")
# Model, index, 90 % interval, release, organisation, country, accessibility: Epoch's file of 2026-08-11.
ECI: dict[str, tuple[str, ...]] = {
    "GPT-5": ("150.0", "", "", "2025-08-07", "OpenAI", "United States of America", "API access"),
    "o4-mini": (
        "146.31",
        "143.87",
        "147.86",
        "2025-04-16",
        "OpenAI",
        "United States of America",
        "API access",
    ),
    "gpt-oss-120b": (
        "140.48",
        "135.71",
        "143.25",
        "2025-08-05",
        "OpenAI",
        "United States of America",
        "Open weights (unrestricted)",
    ),
    "DeepSeek-R1": (
        "139.51",
        "137.07",
        "140.72",
        "2025-01-20",
        "DeepSeek",
        "China",
        "Open weights (unrestricted)",
    ),
    "Claude 3.5 Sonnet": (
        "130.0",
        "",
        "",
        "2024-06-20",
        "Anthropic",
        "United States of America",
        "API access",
    ),
}
# Rating with its interval on the text board of 2025-12-11.
ARENA = {
    "gemini-2.5-pro": (1464.462, 1461.021, 1467.902),
    "gpt-oss-120b": (1365.167, 1360.792, 1369.543),
    "gpt-oss-20b": (1288.945, 1282.610, 1295.280),
}
# (provider, listing) -> input and output price in USD per million tokens, as listed on 2026-07-02.
PRICES: dict[tuple[str, str], tuple[float, float] | None] = {
    ("groq", LARGE): (0.15, 0.6),
    ("groq", SMALL): (0.075, 0.3),
    ("deepinfra", LARGE): (0.039, 0.19),
    ("openrouter", LARGE): (0.03, 0.15),
    ("openrouter", f"{LARGE}:free"): (0, 0),
    ("ollama-cloud", "gpt-oss:120b"): None,
}
PROVIDERS = {
    "groq": "Groq",
    "deepinfra": "Deep Infra",
    "openrouter": "OpenRouter",
    "ollama-cloud": "Ollama Cloud",
}


@dataclass
class Edition:
    """What the publishers of the index, the ratings, the prices and the counters say at one moment."""

    eci: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(ECI))
    arena: dict[str, tuple[float, float, float]] = field(default_factory=lambda: dict(ARENA))
    arena_days: Sequence[str] = ("2025-12-05", "2025-12-11")
    prices: dict[tuple[str, str], tuple[float, float] | None] = field(default_factory=lambda: dict(PRICES))
    downloads: int = 4_237_999
    derivatives: int = 3

    def make_bodies(self) -> dict[str, bytes]:
        """Url -> body of everything that is one file; the Hub's models and lists are made on request."""
        return {url: body for source_id in MADE for url, body in self.make_source(source_id).items()}

    def make_source(self, source_id: str) -> dict[str, bytes]:
        """Url -> body of one source's files."""
        if source_id == "epoch_eci":
            return _make_epoch(self.eci)
        return _make_arena(self.arena, self.arena_days) if source_id == "lmarena" else _make_models_dev(self.prices)

    def make_detail(self, repo_id: str) -> dict[str, Any]:
        """A repository as the Hub serves it when asked for by id."""
        return {
            "_id": "689132b9",
            "id": repo_id,
            "author": repo_id.partition("/")[0],
            "downloads": self.downloads,
            "downloadsAllTime": 30_000_000,
            "likes": 4754,
            "gated": False,
            "pipeline_tag": "text-generation",
            "library_name": "transformers",
            "createdAt": "2025-08-04T22:33:06.000Z",
            "tags": ["safetensors", "license:apache-2.0", "region:us"],
        }

    def make_derivatives(self, base: str) -> list[dict[str, Any]]:
        """The quantised derivatives of a base, one of them with counters of zero."""
        name = base.partition("/")[2]
        return [
            {
                "id": f"unsloth/{name}-GGUF-{n}",
                "author": "unsloth",
                "downloads": 1000 * n,
                "likes": 251,
                "createdAt": "2025-08-05T17:00:00.000Z",
                "tags": ["gguf", f"base_model:{base}", f"base_model:quantized:{base}", "license:apache-2.0"],
            }
            for n in range(self.derivatives)
        ]

    def serve(self, server: ReplayServer) -> None:
        """Script every publisher's answers: this edition's, and of every other source what tests/published has."""
        for source_id, publisher in find_published().items():
            if source_id not in (*MADE, "hf_hub"):
                publisher.serve(server)
        serve_bodies(server, self.make_bodies())
        self.serve_hub(server)

    def serve_hub(self, server: ReplayServer) -> None:
        """Script the Hub's answers, its lists in pages of two."""

        def detail(request: Request) -> Answer:
            repo_id = urlsplit(request.path).path.removeprefix("/huggingface.co/api/models/")
            return Answer(json.dumps(self.make_detail(repo_id)).encode())

        server.reply(f"{HUB}/api/models/*", detail)
        for base in (SMALL, LARGE):
            rows = self.make_derivatives(base)
            pages = [json.dumps(rows[at : at + 2]).encode() for at in range(0, len(rows), 2)]
            server.pages(f"{HUB}/api/models?filter=base_model:{base}", pages)

    def record(self, folder: Path, at: str) -> None:
        """Add this edition to a folder of recordings, every file observed at an instant (ISO 8601)."""
        models = [self.make_detail(SMALL), self.make_detail(LARGE), *self.make_derivatives(LARGE)]
        bodies = {url: body for url, body in self.make_bodies().items() if "/full-" not in url}
        bodies[f"{HUB}/api/models?limit=1000"] = json.dumps(models).encode()
        rows = []
        for url, body in bodies.items():
            source, licence, rights = next(told for mark, told in _RECORDED.items() if mark in url)
            path = f"{source}/{re.sub('[:-]', '', at)}/{re.sub('[/?=]', '_', url.partition('://')[2])}"
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(body)
            rows.append((source, path, url, at, "RECORDED", licence, rights, "", "yes", ""))
        manifest = folder / "manifest.csv"
        header = () if manifest.exists() else (_MANIFEST.split(","),)
        with manifest.open("a", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([*header, *rows])


_MANIFEST = "source_id,path,url,observed_at,kind,licence,redistributable,note,complete,expected_rows"
# What a url has in it -> source, licence and whether its files may be passed on.
_RECORDED = {
    "epoch.ai": ("epoch_eci", "CC-BY-4.0", "yes"),
    "lmarena-ai": ("lmarena", "CC-BY-4.0", "yes"),
    "models.dev": ("models_dev", "MIT", "yes"),
    "/api/models?": ("hf_hub", "none stated", "no"),
}


def _make_csv(header: str, rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header.split(","), *rows])
    return text.getvalue().encode()


def _make_epoch(eci: Mapping[str, tuple[str, ...]]) -> dict[str, bytes]:
    scores = [(model, model, *row[:-1], row[-1], "", "") for model, row in eci.items()]
    inputs = [
        (
            "m1",
            "b14",
            "0.6767676767676768",
            "GPQA diamond",
            "2023-11-20",
            "True",
            "gpt-oss-120b",
            "openai/gpt-oss-120b_high",
            "gpt-oss-120b",
            "gpt-oss-120b",
            "",
            "",
            "2025-08-05",
            "Epoch evaluations",
        )
    ]
    return {
        f"{EPOCH}/eci_scores.csv": _make_csv(
            "Model,Display name,eci,eci_ci_low,eci_ci_high,date,Organization,Country (of organization),"
            "Model accessibility,Accessibility group,model_versions",
            scores,
        ),
        f"{EPOCH}/edi_scores.csv": _make_csv(
            "benchmark_name,is_anchor,benchmark_release_date,edi,estimated_slope_scaled",
            [("GPQA diamond", "False", "2023-11-20", "135.8714536427178", "0.11785720251336951")],
        ),
        f"{EPOCH}/eci_benchmarks.csv": _make_csv(
            "model_id,benchmark_id,performance,benchmark,benchmark_release_date,optimized,model,model_version,Model,model_group,"
            "Model aggregation,Model Aggregation Date,date,source",
            inputs,
        ),
    }


def _make_arena(ratings: Mapping[str, tuple[float, float, float]], days: Sequence[str]) -> dict[str, bytes]:
    bodies = {}
    for board in BOARDS:
        rows = [
            {
                "model_name": model,
                "organization": "openai" if "oss" in model else "google",
                "license": "Apache 2.0",
                "rating": rating,
                "rating_lower": low,
                "rating_upper": high,
                "variance": 5.0,
                "vote_count": 31158.0,
                "rank": float(n),
                "category": "overall",
                "leaderboard_publish_date": day,
            }
            for day in days
            for n, (model, (rating, low, high)) in enumerate(ratings.items(), start=1)
        ]
        newest = [r for r in rows if r["leaderboard_publish_date"] == max(days)]
        for split, part in (("full", rows), ("latest", newest)):
            out = io.BytesIO()
            pq.write_table(pa.Table.from_pylist(part), out)
            bodies[
                f"{HUB}/datasets/lmarena-ai/leaderboard-dataset/resolve/main/{board}/{split}-00000-of-00001.parquet"
            ] = out.getvalue()
    return bodies


def _make_models_dev(prices: Mapping[tuple[str, str], tuple[float, float] | None]) -> dict[str, bytes]:
    catalogue: dict[str, Any] = {}
    for (provider, listing), price in prices.items():
        entry = catalogue.setdefault(provider, {"id": provider, "name": PROVIDERS[provider], "models": {}})
        cost = {} if price is None else {"cost": {"input": price[0], "output": price[1]}}
        entry["models"][listing] = {
            "id": listing,
            "name": "GPT OSS",
            "open_weights": True,
            "limit": {"context": 131072},
            **cost,
        }
    labs = {
        LARGE: {
            "id": LARGE,
            "name": "GPT OSS 120B",
            "family": "gpt-oss",
            "release_date": "2025-08-05",
            "open_weights": True,
            "weights": [{"label": "Hugging Face", "url": f"{HUB}/{LARGE}"}],
        }
    }
    return {API: json.dumps(catalogue).encode(), MODELS: json.dumps(labs).encode()}
