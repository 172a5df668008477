"""tau2-bench's manifest and three submissions: two standard agents, one of them gpt-oss-120b, and a custom one."""

from __future__ import annotations

import json
from typing import Any

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

FOLDER = "https://raw.githubusercontent.com/sierra-research/tau2-bench/main/web/leaderboard/public/submissions"
GPT_OSS = "gpt-oss-120b_openai_2026-01-08"


def make_submission(model: str, rates: dict[str, Any], **more: Any) -> bytes:
    """A submission in the publisher's shape: pass^1 per domain, and what its makers say of the run."""
    return json.dumps(
        {
            "model_name": model,
            "submission_date": "2026-01-08",
            "results": {domain: {"pass_1": rate, "pass_4": None} for domain, rate in rates.items()},
            "methodology": {
                "evaluation_date": "2026-01-08",
                "tau2_bench_version": "0.2.1-dev",
                "user_simulator": "openai/gpt-oss-120b",
            },
            **more,
        }
    ).encode()


SUBMISSIONS = {
    GPT_OSS: make_submission("gpt-oss-120b", {"retail": 57.5, "airline": 46.0, "telecom": 58.1}),
    "gpt-5-2_sierra_2026-02-26": make_submission(
        "GPT-5.2",
        {"retail": 81.58, "airline": 83.0, "telecom": 89.69, "banking_knowledge": 32.22},
        submission_type="standard",
        reasoning_effort="high",
    ),
    "aa-agent-v1_aa_2026-05-07": make_submission("AA agent", {"retail": 90.0}, submission_type="custom"),
}
BODIES = {
    f"{FOLDER}/manifest.json": json.dumps(
        {"submissions": list(SUBMISSIONS), "voice_submissions": [], "last_updated": "2026-05-07T00:00:00Z"}
    ).encode(),
    **{f"{FOLDER}/{name}/submission.json": body for name, body in SUBMISSIONS.items()},
}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
