"""genai-prices of 2026-08-21: gpt-oss, tiers, periods by date and by hour, and a price copied from a router."""

from __future__ import annotations

import json
from typing import Any

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

URL = "https://raw.githubusercontent.com/pydantic/genai-prices/main/prices/new_data/v2/data.json"


def make_model(model: str, prices: object, **more: Any) -> dict[str, Any]:
    """One entry."""
    return {"id": model, "match": {"equals": model}, "prices": prices, **more}


def make_provider(provider: str, name: str, *models: dict[str, Any]) -> dict[str, Any]:
    """One provider."""
    return {"id": provider, "name": name, "pricing_urls": [], "models": list(models)}


GROQ = make_model(
    "openai/gpt-oss-120b",
    {"input_mtok": 0.15, "cache_read_mtok": 0.075, "output_mtok": 0.6},
    context_window=131072,
    match={"or": [{"equals": "openai/gpt-oss-120b"}, {"equals": "openai/gpt-oss-safeguard-20b"}]},
)
O3 = make_model(
    "o3",
    [
        {"prices": {"input_mtok": 10, "cache_read_mtok": 0.5, "output_mtok": 40}},
        {"constraint": {"start_date": "2025-06-10"}, "prices": {"input_mtok": 2, "output_mtok": 8}},
    ],
)
COPIED = make_model(
    "gpt-oss-120b",
    {"input_mtok": 0.039, "output_mtok": 0.18},
    price_comments="Imported from OpenRouter pricing; verify against OpenAI pricing when published.",
)
CHAT = make_model(
    "deepseek-chat",
    [
        {"prices": {"input_mtok": 0.135, "output_mtok": 0.55}},
        {
            "constraint": {"start_time": "00:30:00Z", "end_time": "16:30:00Z"},
            "prices": {"input_mtok": 0.27, "output_mtok": 1.1},
        },
    ],
)
SONNET = make_model(
    "claude-sonnet-4-5",
    {
        "input_mtok": {"base": 3, "tiers": [{"start": 200000, "price": 6}]},
        "output_mtok": {"base": 15, "tiers": [{"start": 200000, "price": 22.5}]},
    },
)
BODIES = {
    URL: json.dumps(
        [
            make_provider("anthropic", "Anthropic", SONNET),
            make_provider("deepseek", "Deepseek", CHAT),
            make_provider("groq", "Groq", GROQ),
            make_provider("openai", "OpenAI", O3, COPIED, make_model("text-embedding-3-small", {"input_mtok": 0.02})),
        ]
    ).encode()
}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
