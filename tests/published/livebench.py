"""LiveBench's site: its page and script that list the releases, and each release's files, with few tasks."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ingest.sources.livebench import RELEASES
from tests.published import serve_bodies
from tests.replay_server import ReplayServer

SITE = "https://livebench.ai"
CATEGORIES = {"Coding": ["code_generation", "code_completion"], "Language": ["typos"]}
# gpt-oss-120b's and a peer's scores on three tasks of the release 2026_01_08; it is not in the newest.
WITH_OSS = (
    b"model,code_completion,code_generation,typos\ngpt-oss-120b,50.0,70.423,48.0\nkimi-k2-instruct,73.913,74.648,76.0\n"
)
WITHOUT = b"model,code_completion,code_generation,typos\ndeepseek-v4-flash,65.217,73.239,74.0\n"
COST = b"model,code_completion,nq_code_completion,cost_per_question\ndeepseek-v4-flash,0.0681,46,0.0105\n"


def make_script(releases: Sequence[str]) -> bytes:
    """The site's script as its build makes it: a line with the array of releases somewhere in it."""
    days = json.dumps([r.replace("_", "-") for r in releases], separators=(",", ":"))
    return b"var n={},t=" + days.encode() + b';(e)=>"2026-11-01"'


BODIES = {
    f"{SITE}/": b'<!doctype html><html><head><script async src="https://www.googletagmanager.com/gtag/js"></script>'
    b'<script defer="defer" src="./static/js/main.937d8339.js"></script></head><body></body></html>',
    f"{SITE}/static/js/main.937d8339.js": make_script(RELEASES),
    **{f"{SITE}/categories_{r}.json": json.dumps(CATEGORIES).encode() for r in RELEASES},
    **{f"{SITE}/table_{r}.csv": WITHOUT if r == "2026_06_25" else WITH_OSS for r in RELEASES},
    f"{SITE}/cost_2026_06_25.csv": COST,
}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
