"""Aider's polyglot board: four runs as its YAML has them, one without a cost and two of one model."""

from __future__ import annotations

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

URL = "https://raw.githubusercontent.com/Aider-AI/aider/main/aider/website/_data/polyglot_leaderboard.yml"
BOARD = b"""\
- dirname: 2025-08-06-04-54-48--gpt-oss-120b-high-polyglot
  test_cases: 225
  model: gpt-oss-120b (high)
  edit_format: diff
  commit_hash: 1af0e59
  pass_rate_2: 41.8
  command: aider --model openrouter/openai/gpt-oss-120b
  date: 2025-08-06
  total_cost: 0.7406

- dirname: 2025-08-23-15-47-21--gpt-5-high
  test_cases: 225
  model: gpt-5 (high)
  edit_format: diff
  commit_hash: 32faf82
  reasoning_effort: high
  pass_rate_2: 88.0
  command: aider --model openai/gpt-5
  date: 2025-08-23
  total_cost: 29.0829

- dirname: 2024-12-22-13-22-32--polyglot-qwen-diff
  test_cases: 225
  model: Qwen2.5-Coder-32B-Instruct
  edit_format: diff
  commit_hash: 6d7e8be-dirty
  pass_rate_2: 8.0
  command: "aider --model openai/Qwen/Qwen2.5-Coder-32B-Instruct # via hyperbolic"
  date: 2024-12-22
  total_cost: 0.0000

- dirname: 2024-12-26-00-55-20--Qwen2.5-Coder-32B-Instruct
  test_cases: 225
  model: Qwen2.5-Coder-32B-Instruct
  edit_format: whole
  commit_hash: b51768b0
  pass_rate_2: 16.4
  command: aider --model openai/Qwen/Qwen2.5-Coder-32B-Instruct
  date: 2024-12-26
"""
BODIES = {URL: BOARD}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
