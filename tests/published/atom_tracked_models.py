"""ATOM's model list: five small files that name gpt-oss, a rival and an owner of no known region."""

from __future__ import annotations

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

FOLDER = "https://raw.githubusercontent.com/Interconnects-AI/tracked-models/main"
BODIES = {
    f"{FOLDER}/models.csv": (
        b"org,model,modelId\nopenai,gpt-oss-120b,openai/gpt-oss-120b\nopenai,gpt-oss-20b,openai/gpt-oss-20b\n"
        b"deepseek-ai,DeepSeek-R1,deepseek-ai/DeepSeek-R1\n"
    ),
    f"{FOLDER}/extra_models.csv": b"org,model,modelId\nagentica-org,Some-8B,agentica-org/Some-8B\n",
    f"{FOLDER}/model_parameters.csv": (
        b"model_id,total_params_b,active_params_b,is_moe,notes\n"
        b'deepseek-ai/DeepSeek-R1,671,37,,"Legacy data; not recently reviewed. 671B total, 37B active"\n'
        b"deepseek-ai/DeepSeek-V3,671,,,\n"
    ),
    f"{FOLDER}/organization_regions.csv": (
        b"hf_org,region,notes\ndeepseek-ai,china,\nopenai,us,\nagentica-org,unknown,\n"
    ),
    f"{FOLDER}/release_date_corrections.csv": (
        b"# Manual release date corrections\n# Format: model_id,hf_created_at,actual_release_date,notes\n"
        b"model_id,hf_created_at,actual_release_date,notes\n"
        b"openai/gpt-oss-120b,2025-08-04,2025-08-05,1 day early\n"
    ),
}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
