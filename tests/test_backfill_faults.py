"""A backfill when the world misbehaves: killed, stopped, refused, overtaken; what was read stays, once."""

from __future__ import annotations

import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import ingest.access
from ingest.http import Session
from ingest.refresh import open_writer
from tests.history_play import CDN, PULSE, SMALL, TRACKED, PulsePlay, make_month, make_revision
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
from tests.range_server import RangedFile, serve_file
from tests.replay_server import Answer, ReplayServer, Request

pytestmark = pytest.mark.usefixtures("newest_alone")

MONTHS = ("2026-03", "2026-04", "2026-05")
WORDS = ("backfill", "hf_hub", "--since", "2026-03-01", "--until", "2026-05-31")
ROWS = "select * exclude (recorded_at, payload_key, revision) from hub_readings_history order by all"


@pytest.fixture(scope="module")
def bodies() -> Mapping[str, bytes]:
    return {m: make_month(m, crowd=7_000) for m in MONTHS}


@pytest.fixture
def home(small_home: Path, tmp_path: Path) -> Path:
    return copy_home(small_home, tmp_path / "home")


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Waits between tries, written down and not waited."""
    waited: list[float] = []
    monkeypatch.setattr(ingest.access, "Session", partial(Session, sleep=waited.append))
    return waited


@pytest.fixture(scope="module")
def undisturbed(bodies: Mapping[str, bytes], small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that nobody disturbed."""
    home = copy_home(small_home, tmp_path_factory.mktemp("undisturbed") / "home")
    with ReplayServer() as server:
        PulsePlay(server, bodies, ["2026-04-29"])
        assert run_landscape(home, *WORDS, "--mirror", server.url).exit_code == 0
    return home


def intercept(play: PulsePlay, month: str, answer: Callable[[RangedFile, Request], Answer]) -> None:
    """Answer for a month's file in place of its host."""
    url = f"https://{CDN}{urlsplit(PULSE).path}/series/{month}.parquet?X-Amz-Signature=abc&Expires=3600"
    play.server.reply(url, lambda request: answer(play.files[month], request))


@pytest.fixture
def stalled(bodies: Mapping[str, bytes]) -> Iterator[tuple[PulsePlay, threading.Event, list[float]]]:
    """The dataset, with a second month that hangs at its counters; the event says when, an empty list lets go."""
    with ReplayServer() as server:
        play, reached, delay = PulsePlay(server, bodies, ["2026-04-29"]), threading.Event(), [30.0]

        def answer(file: RangedFile, request: Request) -> Answer:
            if delay and not is_of_footer(file, request):
                reached.set()
                return replace(file.answer(request), delay=delay[0])
            return file.answer(request)

        intercept(play, "2026-04", answer)
        yield play, reached, delay


def find_start(request: Request) -> int:
    """The first byte a request asks for."""
    return int(request.headers["Range"].removeprefix("bytes=").partition("-")[0])


def is_of_footer(file: RangedFile, request: Request) -> bool:
    """Whether it asks for what tells the price: the first bytes, the footer."""
    return request.headers["Range"] == "bytes=0-3" or find_start(request) >= len(file.body) - (64 << 10)


def start(home: Path, server: ReplayServer) -> subprocess.Popen[str]:
    command, environment = describe_process(home)
    return subprocess.Popen(
        [*command, *WORDS, "--yes", "--mirror", server.url],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_backfill_killed_in_the_middle_goes_on_and_ends_as_one_that_was_not(
    home: Path, stalled: tuple[PulsePlay, threading.Event, list[float]], undisturbed: Path
) -> None:
    play, reached, delay = stalled
    published = take_fingerprint(home)
    process = start(home, play.server)
    assert reached.wait(60)
    process.kill()
    process.communicate(timeout=30)
    assert take_fingerprint(home) == published, "what readers see is as it was"
    assert len(list_archived(home)) == len(list_archived(undisturbed)) - 2, "the first month is kept"
    read_before = list(play.files["2026-03"].served)
    delay.clear()
    done = run_landscape(home, *WORDS, "--mirror", play.server.url)
    assert done.exit_code == 0 and "in 2 files; 1 already here." in done.stdout, done.output
    assert play.files["2026-03"].served[len(read_before) :] == [(0, 4)], "a month that is here is not read again"
    assert ask(home, ROWS) == ask(undisturbed, ROWS)
    assert len(ask(home, "from hub_readings where origin = 'modelpulse'")) == (31 + 30 + 31) * len(TRACKED)
    assert len(list_archived(home)) == len(list_archived(undisturbed))
    assert [p for p in home.rglob("*") if "writing" in p.name or "building" in p.name] == []


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_backfill_asked_to_stop_publishes_what_it_has_read(
    home: Path, stalled: tuple[PulsePlay, threading.Event, list[float]], sent: signal.Signals
) -> None:
    play, reached, _ = stalled
    process = start(home, play.server)
    assert reached.wait(60)
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 128 + sent
    assert out.endswith("published\n") and err == "2 files left unread: run backfill again to go on.\n"
    assert len(ask(home, "from hub_readings where origin = 'modelpulse'")) == 31 * len(TRACKED)


def test_a_month_that_is_not_served_is_told_and_the_others_are_published(
    home: Path, bodies: Mapping[str, bytes], waits: list[float]
) -> None:
    with ReplayServer() as server:
        play = PulsePlay(server, bodies)
        # The footer is served, the rest is not: the price was told in good faith.
        intercept(
            play, "2026-04", lambda f, request: f.answer(request) if is_of_footer(f, request) else Answer(b"gone", 404)
        )
        done = run_landscape(home, *WORDS, "--mirror", server.url)
    assert done.exit_code == 1 and done.stdout.endswith("published\n")
    assert done.stderr.startswith("2026-04: FAILED: https://huggingface.co/datasets/modelpulse/")
    assert 'it answered 404 ("gone")' in done.stderr and done.stderr.count("\n") == 1
    assert len(ask(home, "from hub_readings where origin = 'modelpulse'")) == (31 + 31) * len(TRACKED)
    with ReplayServer() as server:
        PulsePlay(server, bodies)
        again = run_landscape(home, *WORDS, "--mirror", server.url)
    assert again.exit_code == 0 and f"{30 * len(TRACKED)} rows added" in again.stdout


def test_two_files_that_fail_in_a_row_end_the_run(home: Path, bodies: Mapping[str, bytes], waits: list[float]) -> None:
    def answer(file: RangedFile, request: Request) -> Answer:
        return file.answer(request) if is_of_footer(file, request) else Answer(b"", 500)

    with ReplayServer() as server:
        play = PulsePlay(server, bodies)
        for month in MONTHS:
            intercept(play, month, answer)
        done = run_landscape(home, *WORDS, "--mirror", server.url)
    assert done.exit_code == 1
    failed, unread = done.stderr.splitlines()[:-1], done.stderr.splitlines()[-1]
    assert [line.partition(":")[0] for line in failed] == ["2026-03", "2026-04"]
    assert all("run backfill hf_hub again later." in line for line in failed)
    assert unread == "1 file left unread: run backfill again to go on."
    assert len(waits) == 2 * 3


def test_a_server_without_ranges_is_refused_in_a_sentence_and_nothing_is_downloaded(
    home: Path, bodies: Mapping[str, bytes]
) -> None:
    before = take_fingerprint(home)
    with ReplayServer() as server:
        play = PulsePlay(server, bodies)
        for file in play.files.values():
            file.is_whole_only = True
        done = run_landscape(home, *WORDS, "--mirror", server.url)
        size = len(bodies["2026-03"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"does not serve parts of a file and would send the whole of {size:,} bytes" in done.stderr
    assert done.stderr.count("\n") == 1 and take_fingerprint(home) == before


def test_a_host_that_asks_for_patience_gets_it(home: Path, bodies: Mapping[str, bytes], waits: list[float]) -> None:
    with ReplayServer() as server:
        play = PulsePlay(server, bodies)
        limited = iter([Answer.limited(retry_after=9), Answer.limited(left=0, reset=20)])
        intercept(play, "2026-04", lambda file, request: next(limited, None) or file.answer(request))
        assert run_landscape(home, *WORDS, "--mirror", server.url).exit_code == 0
    assert waits == [9.0, 21.0]


def test_a_month_that_changes_while_it_is_read_is_read_anew(home: Path, bodies: Mapping[str, bytes]) -> None:
    """Model Pulse rewrites the month at hand every day: parts of two editions must never make one."""
    changes = iter([make_month("2026-04", crowd=7_000, bump=b) for b in (1, 2)])

    def answer(file: RangedFile, request: Request) -> Answer:
        if not is_of_footer(file, request) and (body := next(changes, None)):
            file.replace(body)
        return file.answer(request)

    with ReplayServer() as server:
        play = PulsePlay(server, bodies)
        intercept(play, "2026-04", answer)
        done = run_landscape(home, *WORDS, "--mirror", server.url)
    assert done.exit_code == 0, done.output
    [row] = ask(home, f"select downloads_30d as n from hub_counts where repo_id = '{SMALL}' and day = '2026-04-30'")
    assert row["n"] == 6_844_752 + 2, "the last edition, whole"


def test_a_month_that_never_holds_still_is_given_up(home: Path, bodies: Mapping[str, bytes]) -> None:
    bumps = iter(range(1, 9))

    def answer(file: RangedFile, request: Request) -> Answer:
        if find_start(request) > 3:
            file.replace(make_month("2026-04", crowd=500, bump=next(bumps)))
        return file.answer(request)

    with ReplayServer() as server:
        play = PulsePlay(server, bodies)
        intercept(play, "2026-04", answer)
        done = run_landscape(home, *WORDS, "--mirror", server.url)
    assert done.exit_code == 1 and "it changed while it was read: run backfill hf_hub again." in done.stderr


@pytest.mark.parametrize(
    ("meta", "sentence"),
    [
        (b"<html>Just a moment...</html>", "is no JSON"),
        (b"[]", "has no list of days under 'days'"),
        (b'{"days": ["2026-04-29"], "skip_days": {"2026-04-29": 1}}', "has no list of days under 'skip_days'"),
        (b'{"days": ["29 April"]}', "has no list of days under 'days'"),
    ],
)
def test_a_calendar_that_is_none_is_an_error_and_nothing_is_read(home: Path, meta: bytes, sentence: str) -> None:
    with ReplayServer() as server:
        server.route(f"{PULSE}/meta.json", meta)
        done = run_landscape(home, *WORDS, "--mirror", server.url)
    assert (done.exit_code, done.stdout) == (1, "") and sentence in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("body", [b"PAR1 but no Parquet file at all PAR1", b"x" * 100_000])
def test_a_file_that_is_no_parquet_is_an_error_in_a_sentence(home: Path, body: bytes) -> None:
    with ReplayServer() as server:
        play = PulsePlay(server, {"2026-04": make_month("2026-04", crowd=500)})
        play.files["2026-04"].replace(body)
        done = run_landscape(home, *WORDS, "--mirror", server.url)
    assert done.exit_code == 1 and "is no Parquet file that can be read" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_column_that_is_gone_is_an_error_that_names_it(home: Path) -> None:
    with ReplayServer() as server:
        PulsePlay(server, {"2026-04": make_month("2026-04", crowd=500)})
        serve_file(server, f"{PULSE}/series/2026-04.parquet", make_revision(date(2026, 4, 1), rows=500))
        done = run_landscape(home, *WORDS, "--mirror", server.url)
    assert done.exit_code == 1 and "has no column 'day' (there are downloads, downloadsAllTime, id" in done.stderr


def test_one_writer_at_a_time(home: Path, bodies: Mapping[str, bytes]) -> None:
    with ReplayServer() as server, use_home(home):
        PulsePlay(server, bodies)
        with open_writer():
            done = run_landscape(home, *WORDS, "--mirror", server.url)
        assert done.exit_code == 3 and "is being written by process" in done.stderr
        assert server.requests == [], "nothing is asked for that could not be kept"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["models_dev"], "models_dev offers no history to backfill; there is hf_hub."),
        (["nobody"], "nobody offers no history to backfill; there is hf_hub."),
        (["hf_hub", "--since", "2026-05-01", "--until", "2026-04-01"], "--since 2026-05-01 lies after --until"),
        (["hf_hub", "--via", "hearsay"], "Invalid value for '--via'"),
        (["hf_hub", "--since", "last year"], "Invalid value for '--since'"),
    ],
)
def test_wrong_usage_is_exit_2_and_touches_nothing(tmp_path: Path, words: list[str], sentence: str) -> None:
    done = run_landscape(tmp_path, "backfill", *words)
    assert done.exit_code == 2 and sentence in done.stderr and list(tmp_path.iterdir()) == []


def test_a_span_without_days_is_said_to_be_one(home: Path, bodies: Mapping[str, bytes]) -> None:
    with ReplayServer() as server:
        PulsePlay(server, bodies)
        done = run_landscape(
            home, "backfill", "hf_hub", "--since", "2024-01-01", "--until", "2024-02-01", "--mirror", server.url
        )
    assert done.exit_code == 0 and "Model Pulse has none of the days asked for." in done.stdout
