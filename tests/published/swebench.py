"""SWE-bench's leaderboards: one run that stands on two boards, and entries in today's shape.

`site` is a text, a list or nothing; `checked` may be a text; a board's own version of the harness may be absent.
"""

from __future__ import annotations

import json
from typing import Any

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

URL = "https://raw.githubusercontent.com/SWE-bench/swe-bench.github.io/master/data/leaderboards.json"


def make_entry(name: str, resolved: object, folder: str, **more: Any) -> dict[str, Any]:
    """An entry as the site lists it; the date is the one its folder begins with."""
    return {
        "name": name,
        "folder": folder,
        "resolved": resolved,
        "date": f"{folder[:4]}-{folder[4:6]}-{folder[6:8]}",
        "checked": True,
        "cost": None,
        "logo": None,
        "os_model": False,
        "os_system": False,
        "site": None,
        "tags": ["System: Attempts - 1"],
        "warning": None,
        **more,
    }


RUN = "20250807_mini-v1.7.0_gpt-oss-120b"
MINI = {"mini-swe-agent_version": "1.7.0", "instance_cost": 0.05711905579999999, "os_model": True}
BOARDS = {
    "bash-only": [
        make_entry("gpt-oss-120b", 26.0, RUN, tags=["Model: gpt-oss-120b", "Org: OpenAI"], **MINI),
        make_entry(
            "GPT-5 (2025-08-07) (medium reasoning)",
            65.0,
            "20250807_mini-v1.7.0_gpt-5",
            per_instance_details={"astropy__astropy-12907": {"api_calls": 14, "cost": 0.2, "resolved": True}},
            **MINI,
        ),
    ],
    "Verified": [
        make_entry("mini-SWE-agent + gpt-oss-120b", 26.0, RUN, **MINI),
        make_entry(
            "TRAE", 75.2, "20250612_trae", site=["https://www.trae.ai/", "https://github.com/bytedance/trae-agent"]
        ),
        make_entry("TRAE", 70.6, "20250519_trae", site="https://www.trae.ai/", checked=False),
    ],
    "Lite": [make_entry("ExpeRepair-v1.0 + Claude 4 Sonnet", 60.33, "20250605_ExpeRepair", checked="by its authors")],
    "Multimodal": [make_entry("Globant Code Fixer Agent", 35.98, "20250701_globant", warning=True)],
}


def make_file(boards: dict[str, list[Any]]) -> bytes:
    """The file with these boards in this order."""
    return json.dumps({"leaderboards": [{"name": n, "results": entries} for n, entries in boards.items()]}).encode()


BODIES = {URL: make_file(BOARDS)}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
