"""What monitors are told: /healthz, the rule of what is overdue, and the hosts to allow."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pytest

import dashboard.health
import ingest.access
import ingest.refresh
from dashboard.health import Health
from ingest.fold import KIND_BY_NAME
from ingest.http import Session
from ingest.http_address import Addresses
from ingest.source import SourceError, discover_sources
from ingest.sources.epoch_eci import EpochEci
from ingest.store import DATA, Reader
from tests.browser import serve
from tests.homes import ask, copy_home, run_landscape, use_home
from tests.publishers import EPOCH, Edition
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

RECORDED = datetime(2026, 7, 20, 12, tzinfo=UTC)
SOURCES = ("epoch_eci", "hf_hub", "lmarena", "models_dev")


@pytest.fixture(scope="module")
def recorded_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of recordings of RECORDED and of 18 days before; Epoch's are alike."""
    folder = tmp_path_factory.mktemp("recorded")
    newer = Edition(arena_days=("2026-07-19",))
    (folder / "recordings").mkdir()
    for edition, at in ((Edition(), "2026-07-02T12:00:00Z"), (newer, "2026-07-20T12:00:00Z")):
        edition.record(folder / "recordings", at)
    assert run_landscape(folder / "home", "refresh", "--from", folder / "recordings").exit_code == 0
    return folder / "home"


@pytest.fixture(scope="module")
def live_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that read every source twice, the second time without news."""
    home = tmp_path_factory.mktemp("live")
    (home / "raw/none").mkdir(parents=True)  # no seed
    with ReplayServer() as server, pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.access, "Session", partial(Session, sleep=lambda seconds: None))
        Edition().serve(server)
        for _ in range(2):
            assert run_landscape(home, "refresh", "--mirror", server.url).exit_code == 0
    yield home


def judge(home: Path, now: datetime) -> tuple[int, dict[str, Any]]:
    """What /healthz says of a home at an instant."""
    return Health(Reader(home / "landscape.duckdb")).judge(now)


def test_the_view_counts_every_kind_of_fact() -> None:
    text = (DATA / "sql/views/source_health.sql").read_text()
    assert set(re.findall(r"from stored\.(\w+)", text)) == {*KIND_BY_NAME, "listings"}


def test_fresh_data_is_200_and_everything_is_told(recorded_home: Path) -> None:
    code, answer = judge(recorded_home, RECORDED + timedelta(hours=1))
    assert (code, answer["status"], answer["problems"]) == (200, "ok", [])
    # Every other source is told too, and that nothing was read of it.
    others = [s for s, source in discover_sources().items() if s not in SOURCES and source.enabled]
    assert sorted(answer["warnings"]) == [f"{source}: there is no data at all." for source in others]
    assert {s["source_id"] for s in answer["sources"]} >= {*SOURCES, *others}
    # Some lists of July 20 repeat those of July 2: the newest fact is older than the list is.
    assert {s["source_id"]: s["age_days"] for s in answer["sources"] if s["source_id"] in SOURCES} == {
        "epoch_eci": 18,
        "hf_hub": 0,
        "lmarena": 0,
        "models_dev": 18,
    }
    assert answer["last_run"]["exit_code"] == 0 and answer["last_run"]["outcome"] == "published"
    file = (recorded_home / "landscape.duckdb").stat()
    assert answer["published_at"] == datetime.fromtimestamp(int(file.st_mtime), UTC)


def test_data_that_is_overdue_is_503_from_the_instant_that_status_names(recorded_home: Path) -> None:
    due = {
        r["source_id"]: r["overdue_at"] for r in ask(recorded_home, "select source_id, overdue_at from source_health")
    }
    # A cadence of a day: overdue once 2 whole days have passed and the third is over.
    overdue = datetime.fromisoformat(due["hf_hub"]).replace(tzinfo=UTC)
    assert overdue == RECORDED + timedelta(days=3)
    assert judge(recorded_home, overdue - timedelta(seconds=1))[0] == 200
    code, answer = judge(recorded_home, overdue)
    assert (code, answer["status"]) == (503, "failing")
    assert answer["problems"] == [
        f"{source}: nothing was read for 3 days; it is meant to be read every 1 day."
        for source in ("hf_hub", "models_dev")
    ]


def test_a_list_that_is_read_again_unchanged_is_fresh(live_home: Path) -> None:
    states = {s["source_id"]: s for s in orjson.loads(run_landscape(live_home, "status", "--json").stdout)}
    for state in (states[s] for s, source in discover_sources().items() if source.enabled):
        assert state["confirmed_at"] == state["last_success_at"]
        assert state["confirmed_at"] >= state["newest_at"]
        confirmed, overdue = (datetime.fromisoformat(state[name]) for name in ("confirmed_at", "overdue_at"))
        assert overdue - confirmed == timedelta(days=2 * state["cadence_days"] + 1)
        assert (state["is_overdue"], state["is_failing"]) == (False, False)


def test_a_replay_of_recordings_confirms_nothing(recorded_home: Path) -> None:
    states = orjson.loads(run_landscape(recorded_home, "status", "--json").stdout)
    assert all(s["confirmed_at"] is None and s["is_overdue"] for s in states)
    assert {s["source_id"] for s in states if s["last_success_at"]} >= set(SOURCES)


@pytest.mark.parametrize("is_required", [True, False])
def test_a_failed_read_is_a_problem_where_the_source_is_required_and_else_a_warning(
    is_required: bool, live_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EpochEci, "required", is_required)
    monkeypatch.setattr(ingest.access, "Session", partial(Session, sleep=lambda seconds: None))
    home = copy_home(live_home, tmp_path / "home")
    health = Health(Reader(home / "landscape.duckdb"))
    now = datetime.now(UTC) + timedelta(minutes=1)
    assert health.judge(now)[0] == 200
    with ReplayServer() as server:
        Edition().serve(server)
        server.route(f"{EPOCH}/eci_scores.csv", b"<html>Just a moment...</html>")
        run_landscape(home, "refresh", "epoch_eci", "--mirror", server.url)
        code, answer = health.judge(now)  # the same Health: it sees the file that took the place of the other
        assert code == (503 if is_required else 200)
        [told] = answer["problems" if is_required else "warnings"]
        assert re.fullmatch(r"epoch_eci: the last read failed, 20\S+ \d\d:\d\d UTC: .* is a web page.*\.", told)
        assert answer["warnings" if is_required else "problems"] == []
        Edition().serve(server)
        run_landscape(home, "refresh", "epoch_eci", "--mirror", server.url)
    code, answer = health.judge(now)
    assert (code, answer["problems"], answer["warnings"]) == (200, [], [])


def test_what_cannot_be_read_is_503_with_a_sentence(tmp_path: Path) -> None:
    code, answer = judge(tmp_path, RECORDED)
    assert (code, answer["status"]) == (503, "failing")
    path = tmp_path / "landscape.duckdb"
    assert answer["problems"] == [f"{path} is not there: run `landscape` once, or `landscape refresh`."]
    with duckdb.connect(str(path)) as con:
        con.execute("create table unlike_ours as select 1 as one")
    code, answer = judge(tmp_path, RECORDED)
    told = f"{path} is not of this version: run `landscape refresh` to publish it anew."
    assert (code, answer["problems"]) == (503, [told])
    path.write_bytes(b"no database")
    code, answer = judge(tmp_path, RECORDED)
    assert code == 503 and "cannot be opened" in answer["problems"][0]


def test_the_file_is_read_once_a_publish(recorded_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = copy_home(recorded_home, tmp_path / "home")
    health, reads, read = Health(Reader(home / "landscape.duckdb")), [], dashboard.health.read_standing
    monkeypatch.setattr(dashboard.health, "read_standing", lambda reader: reads.append(1) or read(reader))
    for _ in range(3):
        health.judge(RECORDED)
    assert len(reads) == 1
    copy = tmp_path / "copy.duckdb"
    copy.write_bytes((home / "landscape.duckdb").read_bytes())
    copy.replace(home / "landscape.duckdb")
    health.judge(RECORDED)
    assert len(reads) == 2


def fetch(url: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method=method), timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, dict(answer.headers), answer.read()


def test_the_server_answers_monitors_beside_its_pages(recorded_home: Path, tmp_path: Path) -> None:
    home = copy_home(recorded_home, tmp_path / "home")
    with serve(home, tmp_path / "log", now="2026-07-20T13:00:00Z") as url:
        code, headers, body = fetch(f"{url}/healthz")
        assert (code, headers["content-type"], headers["cache-control"]) == (200, "application/json", "no-store")
        assert orjson.loads(body)["checked_at"] == "2026-07-20T13:00:00+00:00"
        assert fetch(f"{url}/healthz", "HEAD")[::2] == (200, b"")
        assert fetch(f"{url}/healthz", "POST")[0] == 405
        assert b"<title>" in fetch(f"{url}/")[2]
        (home / "landscape.duckdb").unlink()
        code, _, body = fetch(f"{url}/healthz")
        assert code == 503 and "is not there" in orjson.loads(body)["problems"][0]


def test_every_host_a_session_admits_is_listed_for_firewalls(tmp_path: Path) -> None:
    done = run_landscape(tmp_path, "status", "--hosts")
    assert done.exit_code == 0 and list(tmp_path.iterdir()) == []
    listed = [line.split()[0] for line in done.stdout.splitlines()]
    for source in discover_sources().values():
        for host in (*source.hosts, *source.cdn_hosts):
            assert f"*{host}" if host.startswith(".") else host in listed
    hosts = orjson.loads(run_landscape(tmp_path, "status", "--hosts", "--json").stdout)
    assert [h["host"] for h in hosts] == listed
    assert {h["host"]: h["is_redirect"] for h in hosts}.items() >= {
        "epoch.ai": False,
        "huggingface.co": False,
        "models.dev": False,
        "*.hf.co": True,
        "*.huggingface.co": True,
    }.items()
    assert "lmarena" in next(h["sources"] for h in hosts if h["host"] == "*.hf.co")


def test_a_copy_of_the_hub_is_listed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with use_home(tmp_path):
        monkeypatch.setenv("HF_ENDPOINT", "https://hub.company.example:8443")
        from ingest.status import list_hosts

        assert ("hub.company.example", ("hf_hub", "lmarena"), False) in [
            (h.host, h.sources, h.is_redirect) for h in list_hosts()
        ]


@pytest.mark.parametrize("host", ["cas-bridge.xethub.hf.co", "us.aws.cdn.hf.co", "cdn-lfs-us-1.hf.co"])
def test_the_hosts_the_hub_names_for_its_files_are_admitted(host: str) -> None:
    """As of its own list, https://huggingface.co/.well-known/meta.json; not tried against the Hub itself."""
    source = discover_sources()["lmarena"]
    addresses = Addresses("lmarena", (*source.hosts, *source.cdn_hosts), None)
    assert addresses.admit(f"https://{host}/file?signature=1") == host
    with pytest.raises(SourceError):
        Addresses("lmarena", source.hosts, None).admit(f"https://{host}/file")
