"""Which file, column and scale hold each benchmark of Epoch's hub.

The hub's zip says so itself since autumn 2026, in benchmark_metadata.csv; this is what that file said on
2026-10-08, for the zips before it and for the unit our scores keep should the publisher ever change a scale.
Kept apart from the parser because it is facts, not rules. A file's score times its scale is a share.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_OWN = "Best score (across scorers)"

# Never read: their terms forbid a collection like ours. ARC AI2 is another benchmark.
FORBIDDEN = re.compile(r"ARC-AGI\b.*|CritPt|SciCode", re.IGNORECASE)
FORBIDDEN_FILES = re.compile(r"arc_agi|critpt|scicode", re.IGNORECASE)

# Files of others' results that may be passed on, by the terms of their first publisher.
OPEN_LICENCES = {"aider_polyglot_external.csv": "Apache-2.0", "terminalbench_external.csv": "Apache-2.0"}


class Benchmark(NamedTuple):
    """Where a benchmark's scores are, and what a number there must be multiplied by to be a share."""

    name: str
    file: str
    column: str
    scale: float = 1.0


KNOWN_BENCHMARKS = (
    Benchmark("GPQA diamond", "gpqa_diamond.csv", _OWN),
    Benchmark("FrontierMath-2025-02-28-Private", "frontiermath.csv", _OWN),
    Benchmark("FrontierMath-Tier-4-2025-07-01-Private", "frontiermath_tier_4.csv", _OWN),
    Benchmark("FrontierMath-Tiers-1-3-v2-Private", "frontiermath_tiers_1_3_v2.csv", _OWN),
    Benchmark("FrontierMath-Tier-4-v2-Private", "frontiermath_tier_4_v2.csv", _OWN),
    Benchmark("MATH level 5", "math_level_5.csv", _OWN),
    Benchmark("OTIS Mock AIME 2024-2025", "otis_mock_aime_2024_2025.csv", _OWN),
    Benchmark("SWE-Bench verified", "swe_bench_verified.csv", _OWN),
    Benchmark("SimpleQA Verified", "simpleqa_verified.csv", _OWN),
    Benchmark("Chess Puzzles", "chess_puzzles.csv", _OWN),
    Benchmark("EBR-bench", "ebr_bench.csv", _OWN),
    Benchmark("Mystery Game Puzzles", "mystery_game_puzzles.csv", _OWN),
    Benchmark("MirrorCode", "mirrorcode.csv", _OWN),
    Benchmark("Furniture Assembly", "furniture_assembly.csv", _OWN),
    Benchmark("Aider polyglot", "aider_polyglot_external.csv", "Percent correct", 0.01),
    Benchmark("ANLI", "adversarial_nli_external.csv", "Score"),
    Benchmark("ARC AI2", "arc_ai2_external.csv", "Challenge score"),
    Benchmark("Balrog", "balrog_external.csv", "Average progress"),
    Benchmark("BBH", "bbh_external.csv", "Average"),
    Benchmark("CadEval", "cad_eval_external.csv", "Overall pass (%)"),
    Benchmark("Cybench", "cybench_external.csv", "Unguided % Solved"),
    Benchmark("DeepResearch Bench", "deepresearchbench_external.csv", "Average score"),
    Benchmark("Fiction.LiveBench", "fictionlivebench_external.csv", "16k token score"),
    Benchmark("GeoBench", "geobench_external.csv", "ACW Country %"),
    Benchmark("GSM8K", "gsm8k_external.csv", "EM"),
    Benchmark("GSO-Bench", "gso_external.csv", "Score OPT@1"),
    Benchmark("HellaSwag", "hella_swag_external.csv", "Overall accuracy"),
    Benchmark("LAMBADA", "lambada_external.csv", "Score"),
    Benchmark("Lech Mazur Writing", "lech_mazur_writing_external.csv", "Mean score", 0.1),
    Benchmark("MMLU", "mmlu_external.csv", "EM"),
    Benchmark("OpenBookQA", "open_book_qa_external.csv", "Accuracy"),
    Benchmark("OSWorld", "os_world_external.csv", "Score", 0.01),
    Benchmark("PIQA", "piqa_external.csv", "Score"),
    Benchmark("ScienceQA", "science_qa_external.csv", "Score"),
    Benchmark("SimpleBench", "simplebench_external.csv", "Score (AVG@5)"),
    Benchmark("SuperGLUE", "superglue_external.csv", "Score"),
    Benchmark("Terminal Bench", "terminalbench_external.csv", "Accuracy mean"),
    Benchmark("The Agent Company", "the_agent_company_external.csv", "% Resolved"),
    Benchmark("TriviaQA", "trivia_qa_external.csv", "EM"),
    Benchmark("VPCT", "vpct_external.csv", "Correct"),
    Benchmark("WeirdML", "weirdml_external.csv", "Accuracy"),
    Benchmark("Winogrande", "wino_grande_external.csv", "Accuracy"),
    Benchmark("APEX-Agents", "apex_agents_external.csv", "Pass@1 score"),
    Benchmark("HLE", "hle_external.csv", "Accuracy"),
    Benchmark("PostTrainBench", "posttrainbench_external.csv", "Average (%)"),
    Benchmark("ExploitBench", "exploitbench_external.csv", "Mean capability"),
    Benchmark("Remote Labor Index", "rli_external.csv", "Score"),
    Benchmark("GDPval", "gdpval_external.csv", "Win Rate (%)"),
    Benchmark("CL-bench", "cl_bench_external.csv", "Overall"),
    Benchmark("CL-bench Life", "cl_bench_life_external.csv", "Overall"),
    Benchmark("OSWorld 2.0", "osworld_2_external.csv", "Binary accuracy"),
    Benchmark("Surface Evolver Bench", "surface_evolver_bench_external.csv", "Mean score"),
    Benchmark("METR Time Horizons", "metr_time_horizons_external.csv", "average_score"),
    Benchmark("DeepSWE", "deepswe_external.csv", "Pass@1"),
    Benchmark("ProofBench", "proofbench_external.csv", "Accuracy"),
    Benchmark("FrontierCode", "frontiercode_external.csv", "Main score"),
    Benchmark("LMCA", "lmca_external.csv", "Score", 0.01),
    Benchmark("DTBench", "dtbench_external.csv", "Accuracy"),
    Benchmark("FrontierSWE", "frontierswe_external.csv", "Score"),
)

SCALE_KEPT = {b.name: b.scale for b in KNOWN_BENCHMARKS}
