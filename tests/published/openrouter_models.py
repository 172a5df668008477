"""OpenRouter's list of 2026-08-01 in two pages: gpt-oss, a free listing, and a router without a price."""

from __future__ import annotations

import json
from typing import Any

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

URL = "https://openrouter.ai/api/v1/models"
LARGE = "openai/gpt-oss-120b"


def make_model(listing: str, prompt: str, completion: str, repo: str | None = None, **pricing: Any) -> dict[str, Any]:
    """One model as the list has it."""
    return {
        "id": listing,
        "canonical_slug": listing,
        "hugging_face_id": repo,
        "name": listing,
        "created": 1754414231,
        "context_length": 131072,
        "architecture": {"modality": "text->text", "input_modalities": ["text"], "output_modalities": ["text"]},
        "pricing": {"prompt": prompt, "completion": completion, **pricing},
        "links": {"details": f"/api/v1/models/{listing}/endpoints"},
        "benchmarks": {"artificial_analysis": {"intelligence_index": 23.8}},
    }


def make_page(models: list[dict[str, Any]], total: int, follows: str | None = None) -> bytes:
    """One page."""
    return json.dumps({"data": models, "total_count": total, "links": {"next": follows}}).encode()


MODELS = [
    make_model(LARGE, "0.000000037", "0.00000017", LARGE),
    make_model("openai/gpt-oss-20b", "0.00000003", "0.00000013", "openai/gpt-oss-20b", input_cache_read="0.00000003"),
    make_model("openai/gpt-oss-20b:free", "0", "0", "openai/gpt-oss-20b"),
    make_model("openrouter/auto", "-1", "-1"),
]
BODIES = {
    URL: make_page(MODELS[:2], 4, "/api/v1/models?page=2"),
    f"{URL}?page=2": make_page(MODELS[2:], 4),
}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
