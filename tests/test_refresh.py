"""One run when the world misbehaves: a source fails alone, with one line, and the last good data stays.

Every fault is played by a server on this machine and read through the real command; waits between retries
are skipped, nothing else is.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import resource
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from click.testing import Result

import ingest.access
import ingest.refresh
from ingest.http import Session
from ingest.refresh import open_writer
from ingest.source import discover_sources
from ingest.sources.epoch_eci import EpochEci
from tests.homes import (
    ROOT,
    ask,
    copy_home,
    describe_process,
    list_archived,
    run_landscape,
    take_fingerprint,
    use_home,
)
from tests.publishers import API, ECI, EPOCH, HUB, LARGE, PRICES, Edition
from tests.replay_server import Answer, ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

SCORES = f"{EPOCH}/eci_scores.csv"
ARENA = f"{HUB}/datasets/lmarena-ai/leaderboard-dataset/resolve/main/text/latest-00000-of-00001.parquet"
URLS = {"epoch_eci": SCORES, "lmarena": ARENA, "models_dev": API}
# The Hub's many requests are left to test_live.py.
SOURCES = ("epoch_eci", "lmarena", "models_dev")


def _empty_arena() -> bytes:
    out = io.BytesIO()
    pq.write_table(pq.read_table(io.BytesIO(Edition().make_bodies()[ARENA])).slice(0, 0), out)
    return out.getvalue()


# A list without entries in each publisher's own shape.
EMPTY = {
    "epoch_eci": Edition().make_bodies()[SCORES].splitlines(keepends=True)[0],
    "lmarena": _empty_arena(),
    "models_dev": b"{}",
}
FAULTS: dict[str, Answer] = {
    "garbage": Answer(b"\x00\xff\x13garbage\x80" * 40),
    "html": Answer(b"<!DOCTYPE html><html><body>Just a moment...</body></html>", headers={"Content-Type": "text/html"}),
    "empty list": Answer(b""),
    "cut gzip": Answer(b"Model,eci\n" * 5000, gzip=True, cut=len(gzip.compress(b"Model,eci\n" * 5000, 1)) // 2),
    "500": Answer(b"Internal Server Error", status=500),
}


@pytest.fixture(scope="module", autouse=True)
def _impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No bundled seed, and no waiting between retries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.refresh, "SEED", tmp_path_factory.mktemp("no-seed"))
        patch.setattr(ingest.access, "Session", partial(Session, sleep=lambda seconds: None))
        yield


@pytest.fixture(scope="module")
def good_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("good")
    with ReplayServer() as server:
        Edition().serve(server)
        done = run_landscape(home, "refresh", *SOURCES, "--mirror", server.url)
    assert done.exit_code == 0, done.output
    return home


@pytest.fixture
def home(good_home: Path, tmp_path: Path) -> Path:
    return copy_home(good_home, tmp_path / "home")


# The next edition of every publisher, so that what a healthy source adds can be told from nothing at all.
NEXT = Edition(
    eci={**ECI, "gpt-oss-120b": ("139.93", "135.23", "142.78", *ECI["gpt-oss-120b"][3:])},
    arena={**Edition().arena, "gpt-oss-120b": (1366.0, 1361.0, 1371.0)},
    arena_days=("2025-12-16",),
    prices={**PRICES, ("groq", LARGE): (0.1, 0.5)},
    downloads=4_300_000,
)


def refresh(home: Path, edition: Edition, *words: str, faults: dict[str, Answer] | None = None) -> Result:
    """Refresh with some answers replaced by faults; all three sources unless words name some."""
    with ReplayServer() as server:
        edition.serve(server)
        for url, answer in (faults or {}).items():
            server.reply(url, answer)
        return run_landscape(home, "refresh", "--mirror", server.url, *(words or SOURCES))


def read_failure(done: Result, source: str) -> str:
    """The one line that says a source failed; every other source is fine."""
    failed = [line for line in done.stdout.splitlines() if ": FAILED: " in line]
    assert len(failed) == 1 and failed[0].startswith(f"{source}: FAILED: "), done.output
    assert "Traceback" not in done.output
    return failed[0]


def count_rows(home: Path) -> dict[str, int]:
    states: list[dict[str, Any]] = orjson.loads(run_landscape(home, "status", "--json").stdout)
    return {s["source_id"]: s["rows"] for s in states}


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        *(("epoch_eci", fault) for fault in FAULTS),
        # What never arrives whole is refused before a source is asked what it makes of it.
        *(("models_dev", fault) for fault in FAULTS if fault not in ("cut gzip", "500")),
        ("lmarena", "garbage"),
        ("lmarena", "empty list"),
    ],
)
def test_a_source_that_serves_a_fault_fails_alone_with_one_readable_line(home: Path, source: str, fault: str) -> None:
    answer = replace(FAULTS[fault], body=EMPTY[source]) if fault == "empty list" else FAULTS[fault]
    before = count_rows(home)
    done = refresh(home, NEXT, faults={URLS[source]: answer})
    sentence = read_failure(done, source)
    assert sentence.endswith(".") and len(sentence) < 400 and sentence.isprintable()
    assert done.stdout.splitlines()[-1] == "published"
    assert done.exit_code == 1
    after = count_rows(home)
    assert after[source] == before[source]
    assert all(after[s] > before[s] for s in SOURCES if s != source)


def test_the_last_good_data_stays_and_says_its_age_and_fault(home: Path) -> None:
    refresh(home, NEXT, faults={SCORES: FAULTS["html"]})
    assert ask(home, f"select value from scores_latest where benchmark_id = 'eci' and model_id = '{LARGE}'") == [
        {"value": 140.48}
    ]
    [state] = [s for s in orjson.loads(run_landscape(home, "status", "--json").stdout) if s["source_id"] == "epoch_eci"]
    assert state["age_days"] == 0 and "web page" in state["last_failure"]
    assert state["last_success_at"] is not None and state["last_failure_at"] >= state["last_success_at"]
    assert "web page" in run_landscape(home, "status").stdout


def test_a_body_that_cannot_be_read_is_archived_and_noted_in_quarantine(home: Path) -> None:
    before = list_archived(home)
    refresh(home, Edition(), faults={SCORES: FAULTS["garbage"]})
    [new] = set(list_archived(home)) - set(before)
    assert new[0] == "epoch_eci"
    [noted] = ask(home, "select snapshot_id, reason, row_no from quarantine")
    assert noted["snapshot_id"] == new[1] and noted["reason"].endswith(".") and noted["row_no"] is None


def test_a_body_that_never_arrived_whole_leaves_nothing_in_the_archive(home: Path) -> None:
    before = list_archived(home)
    refresh(home, Edition(), faults={SCORES: FAULTS["cut gzip"], API: FAULTS["500"]})
    assert list_archived(home) == before


def test_a_bad_body_fails_while_it_is_served_and_not_once_the_publisher_has_mended_it(home: Path) -> None:
    bad = replace(FAULTS["html"], etag='"bad"')
    first = refresh(home, Edition(), faults={SCORES: bad})
    assert first.exit_code == 1
    archived = list_archived(home)
    # The same body again is a 304: nothing new is archived, yet it is no success either.
    second = refresh(home, Edition(), faults={SCORES: bad})
    assert read_failure(second, "epoch_eci") == read_failure(first, "epoch_eci")
    assert list_archived(home) == archived
    mended = refresh(home, NEXT)
    assert mended.exit_code == 0, mended.output
    assert ask(home, f"select value from scores_latest where benchmark_id = 'eci' and model_id = '{LARGE}'") == [
        {"value": 139.93}
    ]


def test_a_publisher_that_goes_back_to_its_last_good_body_is_fine_again(home: Path) -> None:
    before = take_fingerprint(home)["stored.scores"]
    refresh(home, Edition(), faults={SCORES: replace(FAULTS["html"], etag='"bad"')})
    done = refresh(home, Edition())
    assert done.exit_code == 0 and "FAILED" not in done.stdout, done.output
    assert take_fingerprint(home)["stored.scores"] == before


def test_a_damaged_archive_costs_its_source_and_no_other(home: Path) -> None:
    [sealed] = (home / "raw/epoch_eci").glob("*.zip")
    body = bytearray(sealed.read_bytes())
    body[60 : len(body) // 2] = bytes(len(body) // 2 - 60)
    sealed.write_bytes(bytes(body))
    before = count_rows(home)
    done = refresh(home, NEXT)
    sentence = read_failure(done, "epoch_eci")
    assert sealed.name in sentence and "restore" in sentence and done.exit_code == 1
    after = count_rows(home)
    assert after["epoch_eci"] == before["epoch_eci"] and after["models_dev"] > before["models_dev"]


def test_an_optional_source_is_an_error_when_it_begins_to_fail_and_not_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EpochEci, "required", False)
    faults = {SCORES: FAULTS["500"]}
    codes = [refresh(home, Edition(), "epoch_eci", *words, faults=faults).exit_code for words in ([], [], ["--strict"])]
    assert codes == [1, 0, 1]
    assert refresh(home, Edition(), "epoch_eci").exit_code == 0
    assert refresh(home, Edition(), "epoch_eci", faults=faults).exit_code == 1


def test_a_name_that_is_no_source_is_wrong_usage(home: Path) -> None:
    done = run_landscape(home, "refresh", "epoch")
    assert done.exit_code == 2
    assert done.stderr == f"landscape: epoch: there is no such source; there are {', '.join(discover_sources())}.\n"


def test_nothing_is_published_when_no_source_gave_anything(tmp_path: Path) -> None:
    with ReplayServer() as server:
        done = run_landscape(tmp_path / "home", "refresh", *SOURCES, "--mirror", server.url)
    assert done.exit_code == 3
    assert done.stderr == "Nothing was published: no source gave any data, and there was none before.\n"
    assert done.stdout.count(": FAILED: ") == len(SOURCES)
    assert not (tmp_path / "home" / "landscape.duckdb").exists()


def test_a_claim_that_does_not_hold_stops_the_publish_and_keeps_the_last_file(home: Path) -> None:
    before = take_fingerprint(home)
    rating = {**Edition().arena, "gpt-oss-120b": (1365.0, 1370.0, 1380.0)}
    done = refresh(home, Edition(arena=rating, arena_days=("2025-12-16",)))
    assert done.exit_code == 3
    assert "every score lies within its interval" in done.stderr
    assert take_fingerprint(home) == before


@pytest.mark.parametrize("words", [["refresh"], ["rebuild", "--to", "x"], ["seed", "--to", "x"]])
def test_a_second_writer_is_told_who_holds_the_home(home: Path, words: list[str]) -> None:
    before = take_fingerprint(home)
    with use_home(home), open_writer():
        done = run_landscape(home, *words)
    assert (done.exit_code, done.stdout) == (3, "")
    who = rf"process {os.getpid()} since \d{{4}}-\d\d-\d\d \d\d:\d\d UTC"
    what = r"wait for it to end, or stop it and try again\."
    assert re.fullmatch(rf"landscape: {home} is being written by {who}: {what}\n", done.stderr)
    assert take_fingerprint(home) == before


def test_a_home_whose_writer_has_gone_is_free(home: Path) -> None:
    (home / "writer.lock").write_text("process 4711 since 2026-07-20 12:00 UTC")
    assert refresh(home, Edition()).exit_code == 0


def test_one_source_can_be_refreshed_and_the_others_are_not_asked(home: Path) -> None:
    before = count_rows(home)
    with ReplayServer() as server:
        NEXT.serve(server)
        done = run_landscape(home, "refresh", "models_dev", "--mirror", server.url)
    assert done.exit_code == 0
    assert {r.path.split("/")[1] for r in server.requests} == {"models.dev"}
    after = count_rows(home)
    assert {s for s in SOURCES if after[s] != before[s]} == {"models_dev"}


@pytest.mark.parametrize("kilobytes", [0, 40, 600, 4000])
def test_a_disk_that_takes_no_more_is_one_sentence_and_the_last_file_stays(
    home: Path, tmp_path: Path, kilobytes: int
) -> None:
    """A limit on the size of files stands in for the end of the disk: the same error at the same places."""
    before = take_fingerprint(home)
    NEXT.record(tmp_path, "2026-11-20T12:00:00Z")
    command, environment = describe_process(home)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (kilobytes * 1000, resource.RLIM_INFINITY))

    done = subprocess.run(
        [*command, "refresh", "--from", str(tmp_path)],
        env=environment,
        cwd=ROOT,
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 3 and "Traceback" not in done.stderr, done.stderr
    assert "Make room" in done.stderr.splitlines()[-1] and done.stderr.count("\n") <= 2
    assert take_fingerprint(home) == before
    assert [p.name for p in home.rglob("*") if "building" in p.name] == []
    mended = run_landscape(home, "refresh", "--from", tmp_path)
    assert mended.exit_code == 0, mended.output
    assert take_fingerprint(home)["stored.scores"] != before["stored.scores"]
