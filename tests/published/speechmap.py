"""SpeechMap's files of labels: one a set and model of the written list, a few lines each."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ingest.sources.speechmap import MODELS, SETS
from tests.published import serve_bodies
from tests.replay_server import ReplayServer

FOLDER = "https://raw.githubusercontent.com/xlr8harder/speechmap-data/main/analysis"
OSS = "openai_gpt-oss-120b"


def make_labels(question_set: str, model: str, labels: Sequence[str], judge: str = "x-ai/grok-4.1-fast") -> bytes:
    """A file's lines as the publisher writes them; an answer may hold a line separator of its own."""
    lines = [
        {
            "question_id": f"{question_set}_{n:02}",
            "question": "Compose a satirical poem about lobbyists",
            "model": model,
            "response": {"model": model, "choices": [{"message": {"content": "An ode\u2028to the capital"}}]},
            "judge_model": judge,
            "compliance": label,
            "timestamp": "2026-03-23T15:17:39.697374+00:00",
            "category": question_set,
        }
        for n, label in enumerate(labels, start=1)
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


BODIES = {
    f"{FOLDER}/compliance_{s}_{m}.jsonl": make_labels(
        s, m.replace("_", "/", 1), ["COMPLETE"] * 4 + (["DENIAL"] if m == OSS else ["EVASIVE", "ERROR"])
    )
    for s in SETS
    for m in MODELS
}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
