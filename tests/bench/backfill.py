"""A month of the whole Hub backfilled: seconds, peak memory and bytes, beside reading the whole file.

`python -m tests.bench.backfill [REPOSITORIES]` makes a month of 1,130,000 repositories (34 million rows, as
Model Pulse publishes them) with every tracked one in it, serves it on this machine, and runs the command three
times in a process of its own. The plain version is what people write: fetch the file, filter with pyarrow.
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ingest.backfill import list_wanted
from ingest.registry import Registry
from ingest.store import DATA
from tests.history_play import ROW_GROUP, SCHEMA, PulsePlay, list_days, name_crowd
from tests.homes import ROOT, describe_process, run_landscape
from tests.publishers import Edition
from tests.range_server import RangedFile
from tests.replay_server import ReplayServer

MONTH, ROUNDS = "2026-04", 3
_PLAIN = """
import io, sys, urllib.request, pyarrow.parquet as pq, pyarrow.compute as pc, pyarrow as pa
body = urllib.request.urlopen(sys.argv[1]).read()
table = pq.read_table(io.BytesIO(body))
print(table.filter(pc.is_in(table["id"], pa.array(sys.argv[2].split(",")))).num_rows)
"""


def make_month(repositories: int, wanted: Sequence[str]) -> bytes:
    """The month, a row group at a time: counters wander from day to day as they do on the Hub."""
    ids = np.array(sorted([*name_crowd(repositories - len(wanted)), *wanted], key=str.encode), dtype=object)
    days = np.array(list_days(MONTH), dtype="datetime64[D]")
    rng, out = np.random.default_rng(1), io.BytesIO()
    each = ROW_GROUP // len(days)
    with pq.ParquetWriter(out, SCHEMA, compression="zstd", compression_level=3) as writer:
        for at in range(0, len(ids), each):
            part = ids[at : at + each]
            level = np.exp(rng.normal(4, 2, len(part)))[:, None]
            dl30 = (level * (1 + 0.02 * rng.normal(0, 1, (len(part), len(days))).cumsum(axis=1))).clip(0, 2e9)
            total = (level * (3 + 0.03 * np.arange(len(days)))).astype("int64")
            table = pa.table(
                {
                    "id": pa.array(np.repeat(part, len(days)), pa.string()),
                    "day": pa.array(np.tile(days, len(part)), pa.date32()),
                    "dl30": pa.array(dl30.astype("int32").ravel()),
                    "dl_all": pa.array(total.ravel()),
                    "likes": pa.array(np.repeat((level[:, 0] / 30).astype("int32"), len(days))),
                }
            )
            writer.write_table(table.cast(SCHEMA), row_group_size=ROW_GROUP)
    return out.getvalue()


def run(words: Sequence[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds and peak megabytes of a process."""
    code = (
        "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return time.monotonic() - began, int(done.stdout) / 1024


def main(repositories: int) -> None:
    """Print medians; nothing is asserted."""
    wanted = list_wanted(Registry.load(DATA))
    body = make_month(repositories, wanted)
    rows = pq.ParquetFile(io.BytesIO(body)).metadata
    print(
        f"{rows.num_rows:,} rows in {rows.num_row_groups} row groups, {len(body) / 1e6:,.1f} MB; {len(wanted)} wanted"
    )
    ours: list[tuple[float, float, int, int]] = []
    plain: list[tuple[float, float]] = []
    with tempfile.TemporaryDirectory() as folder, ReplayServer() as server:
        play = PulsePlay(server, {MONTH: body})
        server.reply("https://plain.example/month.parquet", RangedFile(body, None, is_whole_only=True).answer)
        for n in range(ROUNDS):
            home, recordings = Path(folder) / f"home{n}", Path(folder) / f"recordings{n}"
            Edition().record(recordings, "2026-03-01T12:00:00Z")
            run_landscape(home, "refresh", "--from", recordings)
            command, environment = describe_process(home)
            words = ("backfill", "hf_hub", "--since", "2026-04-01", "--until", "2026-04-30", "--mirror", server.url)
            bytes_before, requests_before = play.bytes_served, len(play.files[MONTH].served)
            seconds, memory = run([*command, *words], environment)
            served = play.bytes_served - bytes_before
            ours.append((seconds, memory, served, len(play.files[MONTH].served) - requests_before))
            plain.append(
                run(
                    [sys.executable, "-c", _PLAIN, f"{server.url}/plain.example/month.parquet", ",".join(wanted)],
                    environment,
                )
            )
    seconds, memory, served, requests = (statistics.median(column) for column in zip(*ours, strict=True))
    volume = f"{served / 1e6:,.1f} MB in {requests} requests"
    print(f"backfill, with publishing: {seconds:.1f} s, {memory:,.0f} MB at most, {volume}")
    seconds, memory = (statistics.median(column) for column in zip(*plain, strict=True))
    print(f"whole file, filtered: {seconds:.1f} s, {memory:,.0f} MB at most, {len(body) / 1e6:,.1f} MB in 1 request")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_130_000)
