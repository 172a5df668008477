"""How long the commands take: medians over whole processes. Run on request; asserts nothing about time.

    python tests/bench/measure.py [--rounds 5] [--from ../shared/sources]

Prints one line a figure with minimum, median and maximum in seconds, and peak memory of the replay. Compare
ratios within one run only: the machine's other work moves the absolutes.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def time_command(words: list[str], rounds: int, home: Path) -> list[float]:
    """Wall seconds of a command, once per round, after one round that is not counted."""
    seconds = []
    for i in range(rounds + 1):
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "ingest", *words],
            cwd=ROOT,
            env={**os.environ, "LANDSCAPE_HOME": str(home)},
            check=False,
            capture_output=True,
        )
        if i:
            seconds.append(time.perf_counter() - began)
    return seconds


def time_seed(rounds: int) -> list[float]:
    """Wall seconds of a process that builds a database from the bundled seed."""
    seconds = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as home:
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", "from ingest.refresh import build_from_seed; build_from_seed()"],
                cwd=ROOT,
                env={**os.environ, "LANDSCAPE_HOME": home},
                check=True,
                capture_output=True,
            )
            seconds.append(time.perf_counter() - began)
    return seconds


def show(name: str, seconds: list[float]) -> None:
    """One line: minimum, median, maximum."""
    print(
        f"{name:<44} min {min(seconds):6.2f}  median {statistics.median(seconds):6.2f}  "
        f"max {max(seconds):6.2f}  n={len(seconds)}"
    )


def main() -> None:
    """Time each command on a fresh home."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--from", dest="recorded", type=Path, default=ROOT.parent / "shared" / "sources")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        show("landscape --help", time_command(["--help"], options.rounds, home))
        show("seed to published database", time_seed(options.rounds))
        if options.recorded.is_dir():
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "ingest", "refresh", "--from", str(options.recorded)],
                cwd=ROOT,
                check=False,
                env={**os.environ, "LANDSCAPE_HOME": folder},
                capture_output=True,
            )
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
            print(f"{'replay of every recorded source':<44} {time.perf_counter() - began:6.2f} s, peak {peak:.2f} GB")
            show("the same again (nothing new)", time_command(["refresh", "--from", str(options.recorded)], 2, home))
            show(
                "sql as of a past date",
                time_command(
                    ["sql", "--as-of", "2025-12-20", "select count(*) from scores_latest"], options.rounds, home
                ),
            )
            show("status", time_command(["status"], options.rounds, home))


if __name__ == "__main__":
    main()
