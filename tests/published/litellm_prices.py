"""LiteLLM's map: rows of gpt-oss as of 2026-11-13, a key written twice, and what is no text model."""

from __future__ import annotations

import json
from typing import Any

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

URL = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"


def make_entry(provider: str, price: tuple[float, float], mode: str = "chat") -> dict[str, Any]:
    """One entry, prices in dollars per token."""
    return {
        "litellm_provider": provider,
        "mode": mode,
        "input_cost_per_token": price[0],
        "output_cost_per_token": price[1],
        "max_input_tokens": 131072,
    }


MAP: dict[str, Any] = {
    "sample_spec": {"litellm_provider": "one of https://docs.litellm.ai/docs/providers", "mode": "one of: chat"},
    "fireworks-ai-default": {"litellm_provider": "fireworks_ai", "input_cost_per_token": 0.0},
    "groq/openai/gpt-oss-120b": make_entry("groq", (1.5e-07, 6e-07)),
    "groq/openai/gpt-oss-20b": make_entry("groq", (7.5e-08, 3e-07)),
    "fireworks_ai/accounts/fireworks/models/gpt-oss-120b": make_entry("fireworks_ai", (1.5e-07, 6e-07)),
    "fireworks_ai/gpt-oss-120b": make_entry("fireworks_ai", (1.5e-07, 6e-07)),
    # As it stood from 2025-09-23 to 2026-07-30: a hundred thousand times too dear.
    "wandb/openai/gpt-oss-120b": make_entry("wandb", (0.015, 0.06)),
    "cohere/embed-v4.0": make_entry("cohere", (1.2e-07, 0.0), "embedding"),
    "fallback_generalizations": {"rules": [{"name": "bedrock-claude-ids", "pattern": "^anthropic"}]},
}
BODIES = {URL: json.dumps(MAP).encode()}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
