"""The incident database's page data: four incidents, one by OpenAI, and the entities they name."""

from __future__ import annotations

import json

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

URL = "https://incidentdatabase.ai/page-data/apps/incidents/page-data.json"


def make_incident(number: int, day: str, developer: str, title: str = "An incident") -> dict[str, object]:
    """One node in the publisher's shape."""
    return {
        "incident_id": number,
        "title": title,
        "date": day,
        "description": "What is said to have happened.",
        "Alleged_deployer_of_AI_system": ["unknown"],
        "Alleged_developer_of_AI_system": [developer],
        "Alleged_harmed_or_nearly_harmed_parties": ["general-public"],
        "implicated_systems": [],
    }


def make_page(*incidents: object) -> bytes:
    """The page data that hold some incidents."""
    entities = [{"id": "openai", "name": "OpenAI"}, {"id": "unknown", "name": "Unknown"}]
    data = {"incidents": {"nodes": incidents}, "entities": {"nodes": entities}}
    return json.dumps({"componentChunkName": "incidents", "result": {"data": data}}).encode()


INCIDENTS = (
    make_incident(1, "2026-01-19", "unknown"),
    make_incident(2, "2026-01-20", "openai"),
    make_incident(3, "2026-03-05", "unknown"),
    make_incident(4, "2026-05-01", "unknown"),
)
BODIES = {URL: make_page(*INCIDENTS)}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
