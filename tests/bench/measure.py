"""How long the commands take: whole processes, from start to exit. Run on request; asserts nothing about time.

    python -m tests.bench --only commands

Compare ratios within one run only: the machine's other work moves the absolutes.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.bench.figures import Figure
from tests.bench.servers import NOW
from tests.homes import ROOT

# Seconds by the clock and of the processor.
Spent = tuple[float, float]
# On a copy of a writer's file, with nothing kept of earlier measuring; prints the seconds.
_MEASURE = """
import sys, time
from pathlib import Path
from ingest.catalogue import write_catalogue
from ingest.measuring import choose_instants, write_measures
from ingest.publish import resolve_stored
from ingest.refresh import open_work
con = open_work(Path(sys.argv[1]))
con.execute("drop table if exists logs.measured")
write_catalogue(con)
resolve_stored(con)
began = time.perf_counter()
write_measures(con, choose_instants(con))
print(time.perf_counter() - began)
"""
_BUILD = "from ingest.refresh import build_from_seed; build_from_seed()"


def measure_commands(home: Path, recorded: Path | None, rounds: int) -> list[Figure]:
    """Seconds of each command on a published home, which is only read; with the recorded payloads, a replay too."""
    found = [
        time_command("landscape --help", ["--help"], home, rounds, budget=0.15),
        _time("seed to published database", time_seed, rounds, budget=2),
        time_command("status", ["status"], home, rounds),
        time_command("sql, latest known", ["sql", "select count(*) from scores_latest"], home, rounds),
        time_command(
            "sql, as of a past date",
            ["sql", "--as-of", "2025-12-20", "select count(*) from scores_latest"],
            home,
            rounds,
        ),
    ]
    if has_command("brief"):
        for kind, budget in (("html", 2.5), ("pdf", 3.5), ("json", 2.5)):
            found.append(_time(f"brief as {kind.upper()}", partial(time_brief, home, kind), rounds, budget))
    if recorded is not None:
        found += time_replay(recorded)
    measured = [time_measures(home) for _ in range(max(1, rounds // 2))]
    found.append(Figure("commands", "of a replay, all measures at all instants", "s", measured, budget=90))
    return found


def time_measures(home: Path) -> float:
    """Seconds to measure everything anew, in a process of its own, on a copy of the writer's file."""
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copyfile(home / "work.duckdb", Path(folder) / "work.duckdb")
        words = [sys.executable, "-c", _MEASURE, str(copy)]
        return float(subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout)


def time_command(name: str, words: Sequence[str], home: Path, rounds: int, budget: float | None = None) -> Figure:
    """Wall seconds of a command, once a round, after one that is not counted. Raises CalledProcessError."""
    call = _make_call([sys.executable, "-m", "ingest", *words], home)
    # `status` says with its exit code that a source is overdue.
    call(words[0] == "status")
    return _time(name, lambda: call(words[0] == "status"), rounds, budget)


def time_seed() -> Spent:
    """A process that builds a database from the bundled seed in an empty home."""
    with tempfile.TemporaryDirectory() as folder:
        return _make_call([sys.executable, "-c", _BUILD], Path(folder))(False)


def time_brief(home: Path, kind: str) -> Spent:
    """A brief issued for the first time: on a copy of the published file, since a home keeps what it issued."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copyfile(home / "landscape.duckdb", Path(folder) / "landscape.duckdb")
        words = [sys.executable, "-m", "ingest", "brief", "-o", str(Path(folder) / f"brief.{kind}")]
        return _make_call(words, Path(folder))(False)


def time_replay(recorded: Path) -> list[Figure]:
    """Wall seconds and peak memory of a replay of every recorded source, and of the same again."""
    with tempfile.TemporaryDirectory() as folder:
        call = _make_call([sys.executable, "-m", "ingest", "refresh", "--from", str(recorded)], Path(folder))
        first = Figure(
            "commands", "replay of every recorded source, measures included", "s", [call(True)[0]], budget=120
        )
        # The largest of all processes waited for so far: none of the commands before comes near.
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
        again = Figure("commands", "the same again, nothing new", "s", [call(True)[0]])
    return [first, Figure("commands", "peak memory of the replay", "GB", [peak], budget=1.5), again]


def has_command(name: str) -> bool:
    """Whether `landscape` has a command of this name."""
    from ingest.__main__ import main

    return name in main.commands


def _make_call(words: Sequence[str], home: Path) -> Callable[[bool], Spent]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LANDSCAPE_")}
    environment |= {"LANDSCAPE_HOME": str(home), "LANDSCAPE_NOW": NOW}

    def call(may_complain: bool) -> Spent:
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(words, cwd=ROOT, env=environment, check=not may_complain, capture_output=True)
        seconds, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    return call


def _time(name: str, call: Callable[[], Spent], rounds: int, budget: float | None = None) -> Figure:
    spent = [call() for _ in range(rounds)]
    return Figure("commands", name, "s", [s for s, _ in spent], budget=budget, cpu=[c for _, c in spent])
