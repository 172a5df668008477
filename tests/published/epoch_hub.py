"""Epoch's benchmarking hub: the zip in its new layout, a few rows of each kind of file.

With a byte order mark, notes over two lines, padded cells, an import made twice, a file of ARC Prize's and one
that no metadata names.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from tests.published import serve_bodies
from tests.replay_server import ReplayServer

URL = "https://epoch.ai/data/benchmark_data.zip"
METADATA = """\
benchmark,in_eci,source_file,score_column,scale,random_baseline,score_ceiling,release_date,superseded_by
GPQA diamond,True,gpqa_diamond.csv,Best score (across scorers),1.0,0.25,1.0,2023-11-20,
Aider polyglot,True,aider_polyglot_external.csv,Percent correct,0.01,0.0,1.0,2024-12-21,
ARC-AGI,True,arc_agi_external.csv,Score,1.0,0.0,1.0,2019-11-05,
Lech Mazur Writing,True,lech_mazur_writing_external.csv,Mean score,0.1,0.0,1.0,2025-01-31,
Terminal Bench,True,terminalbench_external.csv,Accuracy mean,1.0,0.0,1.0,2025-05-19,
METR Time Horizons,True,metr_time_horizons_external.csv,average_score,1.0,0.0,1.0,2025-03-19,
EBR-bench,True,ebr_bench.csv,Best score (across scorers),1.0,0.0,1.0,2026-07-01,
CritPt,False,,,1.0,0.0,1.0,2025-09-30,
"""
MODEL = "Release date,Organization,Country,Training compute (FLOP),Training compute notes"
OPENAI = '2025-08-05,OpenAI,United States of America,4.94e24,"First line,\nsecond line"'
GPQA = f"""\
\ufeffModel version,mean_score,Best score (across scorers),{MODEL},stderr,Log viewer,Logs,Started at,id
openai/gpt-oss-120b_high,0.7575757575757576,0.7575757575757576,{OPENAI},0.027437163443883767,,,2025-12-11T22:37:44.523Z,LC5R
grok-3-beta,0.6758207070707071,0.7575757575757576,2025-02-17,xAI,,,,0.026863078746340353,,,2025-05-26T17:42:41.696Z,GR3B
"""
AIDER = f"""\
Model version,Percent correct,{MODEL},Percent using correct edit format,Edit format,Cost,Source,Date of evaluation,id
gpt-oss-120b_high,41.8,{OPENAI},79.1,diff,0.0033,Aider LLM Leaderboards,,recpcTosmykQScJV3
openai/gpt-oss-120b_high,41.8,{OPENAI},79.1,diff,0.7406,Aider LLM Leaderboards,2025-08-06,recq6khGxdTrxTK3O
Qwen2.5-Coder-32B-Instruct,16.4,2024-11-11,Alibaba,China,,,99.6,whole,0.0,Aider LLM Leaderboards,,recA
Qwen2.5-Coder-32B-Instruct,8.0,2024-11-11,Alibaba,China,,,71.6,diff,0.0,Aider LLM Leaderboards,,recB
"""
TERMINAL = f"""\
Model version,Agent,Accuracy mean,{MODEL},Accuracy SE,Run date,Source,id
gpt-oss-120b, Terminus 2     ,0.187,{OPENAI},0.027,2025-11-01,Terminal-Bench v2 Leaderboard,recQOII1RUaWlRx1a
gpt-oss-120b_unknown,Terminus 2,0.187,{OPENAI},0.027000000000000003,2025-11-01,,recfG0w8YzGI925GU
gpt-oss-120b, Mini-SWE-Agent ,0.142,{OPENAI},0.023,2025-11-03,Terminal-Bench v2 Leaderboard,reczhxfX0o9hQLBlA
gpt-oss-20b, Terminus 2     ,0.031,{OPENAI},0.015,2025-08-05,Terminal-Bench v2 Leaderboard,recaaiHI5eYtINDFb
"""
METR = f"""\
Model version,Time horizon,{MODEL},CI_high,CI_low,Source,average_score,Notes,METR version,id
gpt-oss-120b,41.983451,{OPENAI},81.505677,18.79454,METR,0.56634,,,rec2VBZIfOKcr9NeL
claude-opus-4-5-20251101,292.994594,2025-11-24,Anthropic,,,,638.619623,160.539157,METR,0.73007,,METR-Horizon-v1.1,recC
"""
WRITING = f"""\
Model version,Mean score,{MODEL},ID,Source
gpt-oss-120b,7.726,{OPENAI},rechu7octUa0VXvGm,lechmazur/writing Github repository
"""
ARC = f"Model version,Score,{MODEL},Name,id\ngpt-5-2025-08-07_high,0.657,2025-08-07,OpenAI,,,,GPT-5 (High),recD\n"
BASH = f"Model version,% Resolved,{MODEL},Date run,id\ngpt-oss-120b,0.26,{OPENAI},2025-08-07,recRZuzHmjltQmQsj\n"
INDEX = (
    "Model,Display name,eci,eci_ci_low,eci_ci_high,date\ngpt-oss-120b,gpt-oss-120b,139.93,135.23,142.78,2025-08-05\n"
)
FILES = {
    "gpqa_diamond.csv": GPQA,
    "aider_polyglot_external.csv": AIDER,
    "terminalbench_external.csv": TERMINAL,
    "metr_time_horizons_external.csv": METR,
    "lech_mazur_writing_external.csv": WRITING,
    "arc_agi_external.csv": ARC,
    "swe_bench_bash.csv": BASH,
    "README.md": "Epoch AI, 'AI Benchmarking Hub'. Published online at epoch.ai.\n",
}
NEW = {"benchmark_metadata.csv": METADATA, "epoch_capabilities_index/eci_scores.csv": INDEX, **FILES}
OLD = {"epoch_capabilities_index.csv": INDEX, **FILES}


def make_zip(files: Mapping[str, str | bytes]) -> bytes:
    """A zip as the publisher makes it, its members in the order given and the same bytes every time."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 8, 0, 0, 0)), text)
    return out.getvalue()


BODIES = {URL: make_zip(NEW)}


def serve(server: ReplayServer) -> None:
    serve_bodies(server, BODIES)
