"""`refresh --every` as a process that nobody watches: ten rounds, a failure, a kill, a restart, a stop.

Everything is real but the publishers and the interval, which LANDSCAPE_ROUND_SECONDS sets (3 by default; 60 for
the full trial). Publishers answer by how often they were asked, so nothing depends on the speed of the machine.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import signal
import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from ingest.http import FetchLog
from ingest.refresh import open_writer
from ingest.runs import log_fetch, log_source
from ingest.schedule import JITTER
from ingest.source import discover_sources
from tests.homes import ROOT, ask, describe_process, list_archived, run_landscape, use_home
from tests.publishers import API, ECI, EPOCH, HUB, LARGE, PRICES, Edition
from tests.replay_server import Answer, ReplayServer, Request

SECONDS = int(os.environ.get("LANDSCAPE_ROUND_SECONDS", "3"))
EVERY = f"{SECONDS}s" if SECONDS % 60 else f"{SECONDS // 60}m"
SOURCES = ("epoch_eci", "hf_hub", "lmarena", "models_dev")
# One url of each source that every read of it asks for exactly once.
MARKS = {
    "epoch_eci": f"{EPOCH}/eci_scores.csv",
    "hf_hub": f"{HUB}/api/models/{LARGE}",
    "lmarena": f"{HUB}/datasets/lmarena-ai/leaderboard-dataset/resolve/main/text/latest-00000-of-00001.parquet",
    "models_dev": API,
}
FIRST = Edition()
NEXT = Edition(
    eci={**ECI, "gpt-oss-120b": ("139.93", "135.23", "142.78", *ECI["gpt-oss-120b"][3:])},
    prices={**PRICES, ("groq", LARGE): (0.1, 0.5)},
    downloads=4_300_000,
)
HTML = Answer(b"<!DOCTYPE html><html><body>Just a moment...</body></html>", headers={"Content-Type": "text/html"})
STALLED = 240.0  # seconds: longer than any of this may take
PATIENCE = 200.0  # seconds for what is bound to come; only a process that hangs needs them all


def allow(seconds: float) -> float:
    """What takes so long at most on a machine with nothing else to do: as many times longer as processes wait for each
    of its cores, and still far less than a stalled answer."""
    return min(STALLED / 2, seconds * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1)))


class Publishers:
    """The four publishers; each tells how often and when it was asked, and answers by that count (from 1)."""

    def __init__(self, server: ReplayServer) -> None:
        self.server = server
        self.asked: dict[str, list[float]] = defaultdict(list)
        self._news = threading.Condition()
        FIRST.serve(server)

    def script(self, source: str, answer: Callable[[int], Answer]) -> None:
        """What the marked url of a source answers the n-th time."""

        def reply(request: Request) -> Answer:
            with self._news:
                self.asked[source].append(time.monotonic())
                count = len(self.asked[source])
                self._news.notify_all()
            return answer(count)

        self.server.reply(MARKS[source], reply)

    def await_asked(self, source: str, count: int, seconds: float = PATIENCE) -> None:
        """Wait until a source was asked that often."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.asked[source]) >= count, seconds), (
                f"{source} was asked {len(self.asked[source])} times in {seconds} s, not {count}"
            )


class Process:
    """A refresh that keeps going, and what it says."""

    def __init__(self, home: Path, *words: str) -> None:
        command, environment = describe_process(home)
        self.process = subprocess.Popen(
            [*command, "refresh", *words],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as out:
            self.lines.extend(iter(out.readline, ""))

    def end(self, how: signal.Signals) -> int:
        """Signal it; its exit code."""
        self.process.send_signal(how)
        code = self.process.wait(allow(20.0))
        self._reader.join(5)
        return code

    def await_line(self, text: str, seconds: float = PATIENCE) -> None:
        """Wait until it says something."""
        deadline = time.monotonic() + seconds
        while not any(text in line for line in self.lines):
            assert time.monotonic() < deadline and self.process.poll() is None, f"{text!r} not in {self.lines}"
            time.sleep(0.02)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Starts processes, and ends those a failing test leaves behind."""
    started: list[Process] = []

    def start(home: Path, *words: str) -> Process:
        started.append(Process(home, *words))
        return started[-1]

    yield start
    for process in started:
        if process.process.poll() is None:
            process.process.kill()
            process.process.wait(10)


def make_home(folder: Path) -> Path:
    """A home that has read nothing and takes no seed, as its archive is not empty."""
    (folder / "home/raw/none").mkdir(parents=True)
    return folder / "home"


def note_read_of_others(home: Path) -> None:
    """Let every source but the four played here have been read just now, so that none of them is due."""
    now = datetime.now(UTC)
    with use_home(home), open_writer() as (con, _):
        for source_id in set(discover_sources()) - set(SOURCES):
            log_fetch(con, "before", source_id, FetchLog("https://example.org", now, 304, 0, 0.0, 1, None))
            log_source(con, "before", source_id, now, None, 0, 0.0)


def mark(edition: Edition, source: str) -> Answer:
    """What an edition serves at the marked url of a source."""
    if source == "hf_hub":
        return Answer(orjson.dumps(edition.make_detail(LARGE)))
    body = edition.make_bodies()[MARKS[source]]
    return Answer(body, etag=f'"{hashlib.sha256(body).hexdigest()[:16]}"')


def read_codes(lines: list[str]) -> list[int]:
    """The exit codes of the rounds, in order."""
    return [int(code) for line in lines for code in re.findall(r"\(exit code (\d)\)$", line.strip())]


def read_starts(home: Path) -> dict[str, list[datetime]]:
    """When the runs began that read each source, in order, as the published file has it."""
    found: dict[str, list[datetime]] = defaultdict(list)
    for row in ask(home, "select source_id, started_at::varchar as at from logs.run_sources order by started_at"):
        found[row["source_id"]].append(datetime.fromisoformat(row["at"]))
    return found


def test_ten_rounds_with_a_failure_a_kill_a_restart_and_a_stop(tmp_path: Path, running: Callable[..., Process]) -> None:
    home = make_home(tmp_path)
    patience = 30 + 3 * SECONDS
    with ReplayServer() as server:
        play = Publishers(server)
        # Rounds 1 and 2 are alike (304 where there is an ETag); 3 and 4 find a web page; from 5 on there is news.
        play.script("epoch_eci", lambda n: HTML if n in (3, 4) else mark(FIRST if n < 5 else NEXT, "epoch_eci"))
        play.script("lmarena", lambda n: mark(FIRST, "lmarena"))
        play.script(
            "models_dev",
            lambda n: replace(mark(FIRST if n < 5 else NEXT, "models_dev"), delay=STALLED if n == 6 else 0),
        )
        play.script(
            "hf_hub", lambda n: replace(mark(FIRST if n < 5 else NEXT, "hf_hub"), delay=STALLED if n == 10 else 0)
        )
        words = (*SOURCES, "--every", EVERY, "--mirror", server.url)

        first = running(home, *words)
        play.await_asked("models_dev", 6, 6 * patience)
        assert first.end(signal.SIGKILL) == -signal.SIGKILL  # in round 6, with the last source still unread

        second = running(home, *words)
        play.await_asked("hf_hub", 10, 6 * patience)
        began = time.monotonic()
        assert second.end(signal.SIGTERM) == 0
        assert time.monotonic() - began < allow(10.0)
    print("".join(["first process\n", *first.lines, "second process\n", *second.lines]))

    # Right exit codes: 1 while a required source fails, else 0; and the last round says what it left.
    assert read_codes(first.lines) == [0, 0, 1, 1, 0]
    assert set(read_codes(second.lines)) == {0}
    told = [line.partition(" ")[2].strip() for line in second.lines[-3:]]
    # The kill may have left models_dev with rounds of its own.
    assert told[0].removesuffix(", models_dev") == "stopped; not read: hf_hub, lmarena"
    assert told[1:] == ["published (exit code 0)", "stopped by SIGTERM"]
    stamped = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \S")
    assert all(stamped.match(line) for line in first.lines + second.lines)

    # No double work: no publisher was asked again before its time, whoever asked before; the one whose answer the
    # kill cut off was asked anew, and every other request is a read in the log.
    reads = read_starts(home)
    for source, starts in reads.items():
        gaps = [(b - a).total_seconds() for a, b in itertools.pairwise(starts)]
        assert min(gaps) >= SECONDS * (1 - JITTER), f"{source}: {gaps}"
    assert {s: len(play.asked[s]) - len(reads[s]) for s in SOURCES} == {
        "epoch_eci": 0,
        "hf_hub": 1,
        "lmarena": 0,
        "models_dev": 1,
    }
    assert (len(reads["epoch_eci"]), len(reads["hf_hub"]), len(reads["lmarena"])) == (10, 9, 9)

    # Right rows: each value once, as often as it changed, and the published file knows of every read.
    assert ask(
        home,
        "select value from stored.scores where name_raw = 'gpt-oss-120b' and benchmark_id = 'eci' order by observed_at",
    ) == [{"value": 140.48}, {"value": 139.93}]
    assert ask(
        home,
        "select provider, input_usd_per_mtok as usd, count(*) as n from stored.prices where name_raw = "
        f"'{LARGE}' group by all order by all",
    ) == [
        {"provider": "deepinfra", "usd": 0.039, "n": 1},
        {"provider": "groq", "usd": 0.1, "n": 1},
        {"provider": "groq", "usd": 0.15, "n": 1},
        {"provider": "openrouter", "usd": 0.03, "n": 1},
    ]
    snapshots = [source for source, _ in list_archived(home)]
    assert {s: snapshots.count(s) for s in SOURCES} == {"epoch_eci": 3, "hf_hub": 2, "lmarena": 1, "models_dev": 2}
    # The archive alone gives the same relations again.
    rebuilt = run_landscape(home, "rebuild", "--to", tmp_path / "rebuilt")
    assert rebuilt.exit_code == 0, rebuilt.output
    assert [p.name for p in home.rglob("*") if "writing" in p.name or "building" in p.name] == []


def test_a_restart_asks_only_who_was_not_answered(tmp_path: Path, running: Callable[..., Process]) -> None:
    home = make_home(tmp_path)
    with ReplayServer() as server:
        play = Publishers(server)
        for source in ("epoch_eci", "hf_hub", "lmarena"):
            play.script(source, lambda n, source=source: mark(FIRST, source))
        play.script("models_dev", lambda n: replace(mark(FIRST, "models_dev"), delay=STALLED if n == 1 else 0))
        words = (*SOURCES, "--every", "1h", "--mirror", server.url)
        first = running(home, *words)
        play.await_asked("models_dev", 1)
        assert first.end(signal.SIGKILL) == -signal.SIGKILL
        assert not (home / "landscape.duckdb").exists()
        # The killed run's reads are in the log and unpublished; the next publishes them with its own.
        second = running(home, *words)
        second.await_line("next look")
        assert second.end(signal.SIGTERM) == 0
        third = running(home, *words)
        third.await_line("nothing is due")
        assert third.end(signal.SIGINT) == 0
        assert {s: len(play.asked[s]) for s in SOURCES} == {
            "epoch_eci": 1,
            "hf_hub": 1,
            "lmarena": 1,
            "models_dev": 2,
        }
    assert {source: len(starts) for source, starts in read_starts(home).items()} == dict.fromkeys(SOURCES, 1)


def test_sources_that_are_not_named_keep_their_own_cadence(tmp_path: Path, running: Callable[..., Process]) -> None:
    home = make_home(tmp_path)
    with ReplayServer() as server:
        play = Publishers(server)
        for source in SOURCES:
            play.script(source, lambda n, source=source: HTML if source == "epoch_eci" else mark(FIRST, source))
        note_read_of_others(home)
        process = running(home, "--every", "1s", "--mirror", server.url)
        play.await_asked("epoch_eci", 3)  # at once, after 1 s and after 2 s more
        assert process.end(signal.SIGTERM) == 0
        assert {s: len(play.asked[s]) for s in SOURCES if s != "epoch_eci"} == {
            "hf_hub": 1,
            "lmarena": 1,
            "models_dev": 1,
        }
    others = {source: len(starts) for source, starts in read_starts(home).items() if source not in SOURCES}
    assert others == dict.fromkeys(set(discover_sources()) - set(SOURCES), 1)


def test_a_home_that_another_process_writes_is_waited_for(tmp_path: Path, running: Callable[..., Process]) -> None:
    home = make_home(tmp_path)
    with ReplayServer() as server:
        FIRST.serve(server)
        with use_home(home), open_writer():
            process = running(home, "models_dev", "--every", "1s", "--mirror", server.url)
            process.await_line("waiting: ")
            time.sleep(1.5)
        process.await_line("published (exit code 0)")
        assert process.end(signal.SIGTERM) == 0
    assert sum("waiting: " in line for line in process.lines) == 1
    assert f"is being written by process {os.getpid()} since" in process.lines[0]


def test_rounds_that_publish_nothing_say_so_and_go_on(tmp_path: Path, running: Callable[..., Process]) -> None:
    home = make_home(tmp_path)
    with ReplayServer() as server:
        play = Publishers(server)
        play.script("epoch_eci", lambda n: HTML if n < 3 else mark(FIRST, "epoch_eci"))
        process = running(home, "epoch_eci", "--every", "1s", "--mirror", server.url)
        process.await_line("published (exit code 0)")
        assert process.end(signal.SIGTERM) == 0
    assert read_codes(process.lines)[:3] == [3, 3, 0]
    assert any("Nothing was published: no source gave any data" in line for line in process.lines)


@pytest.mark.parametrize(("how", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_single_refresh_that_is_stopped_publishes_what_is_whole_and_ends_as_the_signal_says(
    how: signal.Signals, code: int, tmp_path: Path, running: Callable[..., Process]
) -> None:
    home = make_home(tmp_path)
    with ReplayServer() as server:
        play = Publishers(server)
        play.script("hf_hub", lambda n: Answer(delay=STALLED))
        process = running(home, *SOURCES, "--mirror", server.url)
        play.await_asked("hf_hub", 1)
        began = time.monotonic()
        assert process.end(how) == code
        assert time.monotonic() - began < allow(10.0)
    assert [line.strip() for line in process.lines[-2:]] == [
        "stopped; not read: hf_hub, lmarena, models_dev",
        "published",
    ]
    assert list(read_starts(home)) == ["epoch_eci"]


def test_a_run_that_is_stopped_before_it_read_anything_leaves_the_last_file(
    tmp_path: Path, running: Callable[..., Process]
) -> None:
    home = make_home(tmp_path)
    with ReplayServer() as server:
        play = Publishers(server)
        play.script("models_dev", lambda n: replace(mark(FIRST, "models_dev"), delay=0 if n == 1 else STALLED))
        assert run_landscape(home, "refresh", "models_dev", "--mirror", server.url).exit_code == 0
        before = (home / "landscape.duckdb").stat()
        process = running(home, "models_dev", "--mirror", server.url)
        play.await_asked("models_dev", 2)
        assert process.end(signal.SIGTERM) == 143
    after = (home / "landscape.duckdb").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert process.lines[-1].strip() == "stopped; not read: models_dev"
