"""A refresh killed at any moment: the published file stays whole, and the next refresh mends the rest.

Four rounds by default; LANDSCAPE_KILL_ROUNDS=50 for the full trial. A failing round prints its seed and the
moment of the kill.
"""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from pathlib import Path

import duckdb
import pytest

from ingest.publish import check_claims
from ingest.store import Reader, StoreError
from tests.homes import (
    ROOT,
    Fingerprint,
    copy_home,
    describe_process,
    list_archived,
    measure_instants,
    run_landscape,
    take_fingerprint,
)
from tests.publishers import LARGE, PRICES, Edition

ROUNDS = int(os.environ.get("LANDSCAPE_KILL_ROUNDS", "4"))
SEED = int(os.environ.get("LANDSCAPE_KILL_SEED", str(random.SystemRandom().randrange(10_000))))


@pytest.fixture(scope="module")
def first_recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first moment of `small_recordings` alone."""
    folder = tmp_path_factory.mktemp("first")
    Edition().record(folder, "2026-07-02T12:00:00Z")
    return folder


@pytest.fixture(scope="module")
def before(first_recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that has read the first recordings: what every killed run starts from."""
    home = tmp_path_factory.mktemp("before")
    assert run_landscape(home, "refresh", "--from", first_recordings).exit_code == 0
    return home


@pytest.fixture(scope="module")
def undisturbed(
    before: Path, small_recordings: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Fingerprint, Fingerprint, float]:
    """What a run that nobody disturbs begins and ends with, and how many seconds it takes."""
    home = copy_home(before, tmp_path_factory.mktemp("undisturbed") / "home")
    began = time.monotonic()
    process = start_refresh(home, small_recordings)
    assert process.wait(120) == 0
    seconds = time.monotonic() - began
    return take_fingerprint(before), take_fingerprint(home), seconds


def start_refresh(home: Path, recordings: Path) -> subprocess.Popen[bytes]:
    command, environment = describe_process(home)
    return subprocess.Popen(
        [*command, "refresh", "--from", str(recordings)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("round_no", range(ROUNDS))
def test_a_killed_refresh_leaves_a_whole_file_and_the_next_one_completes(
    round_no: int,
    before: Path,
    small_recordings: Path,
    undisturbed: tuple[Fingerprint, Fingerprint, float],
    tmp_path: Path,
) -> None:
    initial, final, seconds = undisturbed
    rng = random.Random(f"{SEED}/{round_no}")
    home = copy_home(before, tmp_path / "home")
    for kill in range(rng.choice((1, 1, 2))):
        # The first part of a run is Python's own imports, which no kill can make worse.
        moment = rng.uniform(0.2 * seconds, 1.05 * seconds)
        process = start_refresh(home, small_recordings)
        time.sleep(moment)
        process.kill()
        process.wait(10)
        told = f"round {round_no} of seed {SEED}: kill {kill + 1} after {moment:.3f} s of {seconds:.3f} s"
        published = take_fingerprint(home)
        assert published in (initial, final), f"The published file is neither the old nor the new one, {told}."
        with Reader(home / "landscape.duckdb").open_cursor() as cursor:
            check_claims(cursor)
    done = run_landscape(home, "refresh", "--from", small_recordings)
    assert done.exit_code == 0, f"{done.output} ({told})"
    assert take_fingerprint(home) == final, told
    assert [p.name for p in home.rglob("*") if "writing" in p.name or "building" in p.name] == [], told
    assert len(list_archived(home)) == 8, told


def test_a_kill_while_the_archive_is_written_leaves_no_torn_snapshot(
    before: Path, small_recordings: Path, tmp_path: Path
) -> None:
    """What a kill between write and rename leaves is removed, and the snapshot is archived anew."""
    home = copy_home(before, tmp_path / "home")
    torn = home / "raw/models_dev/20260720T120000Z-deadbeef.zip.4711.writing"
    torn.write_bytes(b"PK\x03\x04 half a zip")
    torn_copy = home / "landscape.duckdb.4711.building"
    torn_copy.write_bytes((home / "landscape.duckdb").read_bytes()[:100_000])
    with measure_instants(every=False):
        done = run_landscape(home, "refresh", "--from", small_recordings)
    assert done.exit_code == 0, done.output
    assert not torn.exists() and not torn_copy.exists()


def test_publishing_puts_another_file_in_place_and_leaves_the_old_one_whole(
    before: Path, small_recordings: Path, tmp_path: Path
) -> None:
    """However fast a copy is, a reader may be in the middle of the old file: it must never be written."""
    home = copy_home(before, tmp_path / "home")
    path = home / "landscape.duckdb"
    with path.open("rb") as old:
        held = old.read()
        with measure_instants(every=False):
            assert run_landscape(home, "refresh", "--from", small_recordings).exit_code == 0
        assert path.stat().st_ino != os.fstat(old.fileno()).st_ino
        old.seek(0)
        assert old.read() == held != path.read_bytes()


def test_readers_keep_answering_while_refresh_publishes_in_a_loop(before: Path, tmp_path: Path) -> None:
    home = copy_home(before, tmp_path / "home")
    reader = Reader(home / "landscape.duckdb")
    faults: list[str] = []
    seen: set[int] = set()
    asked = [0]
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            try:
                with reader.open_cursor() as cursor:
                    days = cursor.execute("select count(distinct day) from price_summary").fetchall()[0][0]
                    lists = cursor.execute(
                        "select count(distinct observed_at) from stored.listings where fact = 'prices'"
                    ).fetchall()[0][0]
                    rows = cursor.execute("select count(*) from scores_latest").fetchall()[0][0]
            except (duckdb.Error, StoreError) as error:
                faults.append(repr(error))
                continue
            if days != lists or rows == 0:
                faults.append(f"One cursor saw two files: {days} days of {lists} price lists, {rows} scores.")
            seen.add(days)
            asked[0] += 1
            stop.wait(0.02)  # a reader who never pauses takes the writer's core and asks no better

    readers = [threading.Thread(target=read) for _ in range(2)]
    for thread in readers:
        thread.start()
    try:
        for n in range(3, 6):
            folder = tmp_path / f"recordings{n}"
            Edition(prices={**PRICES, ("groq", LARGE): (0.1 * n, 0.5)}).record(folder, f"2026-07-{n:02}T12:00:00Z")
            with measure_instants(every=False):
                assert run_landscape(home, "refresh", "models_dev", "--from", folder).exit_code == 0
            with reader.open_cursor() as cursor:  # the very next question sees the new file
                assert cursor.execute("select count(distinct day) from price_summary").fetchall() == [(n - 1,)]
    finally:
        stop.set()
        for thread in readers:
            thread.join(30)
    assert faults == []
    assert asked[0] > 20 and seen >= {1, 2, 3}
    reader.close()


def test_a_command_that_reads_never_waits_for_the_writer(before: Path, small_recordings: Path, tmp_path: Path) -> None:
    home = copy_home(before, tmp_path / "home")
    process = start_refresh(home, small_recordings)
    answers = 0
    while process.poll() is None:
        done = run_landscape(home, "sql", "select count(*) as n from scores_latest", "--format", "csv")
        assert done.exit_code == 0, done.output
        assert int(done.stdout.split()[1]) > 0
        answers += 1
        time.sleep(0.05)
    assert process.returncode == 0 and answers > 5
