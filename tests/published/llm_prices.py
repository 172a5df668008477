"""llm-prices.com: a price with its change, and one without dates."""

from __future__ import annotations

import json
from typing import Any

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

URL = "https://www.llm-prices.com/historical-v1.json"


def make_record(record: str, vendor: str, name: str, price: tuple[float, float], *days: str | None) -> dict[str, Any]:
    """One record."""
    told = {"id": record, "vendor": vendor, "name": name, "input": price[0], "output": price[1], "input_cached": None}
    return told | dict(zip(("from_date", "to_date"), days, strict=False))


RECORDS = [
    make_record("deepseek-chat", "deepseek", "DeepSeek Chat", (0.27, 1.1), "2025-02-08", None),
    make_record("deepseek-chat", "deepseek", "DeepSeek Chat", (0.14, 0.28), None, "2025-02-08"),
    make_record("gpt-4o", "openai", "GPT-4o", (2.5, 10), None, None),
    make_record("gpt-5.4-272k", "openai", "GPT-5.4 >272k", (5, 22.5), None, None),
]
BODIES = {URL: json.dumps({"prices": RECORDS}).encode()}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
