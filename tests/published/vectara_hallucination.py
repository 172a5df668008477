"""Vectara's README: the text around the table, its markers, and three models of 2026-03-10."""

from __future__ import annotations

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

URL = "https://raw.githubusercontent.com/vectara/hallucination-leaderboard/main/README.md"
README = """\
# Hallucination Leaderboard

Public LLM leaderboard computed using Vectara's Hallucination Evaluation Model, also known as HHEM.

<table><tr><td>In loving memory</td></tr></table>

<!-- LEADERBOARD_START -->
Last updated on March 10, 2026

|Model|Hallucination Rate|Factual Consistency Rate|Answer Rate|Average Summary Length (Words)|
|----|----:|----:|----:|----:|
|antgroup/finix_s1_32b|1.8 %|98.2 %|99.5 %|172.4|
|microsoft/Phi-4|3.7 %|96.3|80.7 %|120.9 |
|openai/gpt-oss-120b|14.2 %|85.8 %|99.9 %|135.2|
<!-- LEADERBOARD_END -->

## Model
The table above is updated as models are.
"""
BODIES = {URL: README.encode()}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
