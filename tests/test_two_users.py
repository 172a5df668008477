"""One user writes, another reads: real users and real file modes, so only where the tests run as root.

The writer keeps its home to itself and publishes beside it; the reader serves that one file and can write
nowhere.
"""

from __future__ import annotations

import os
import shutil
import site
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest

from tests.homes import ROOT, use_home
from tests.publishers import LARGE, PRICES, Edition
from tests.replay_server import ReplayServer

WRITER, READER = 12345, 12346


def find_python() -> list[str]:
    """An interpreter that every user may run; this one may lie in root's own folder."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, shutil.which(version, path="/usr/bin:/usr/local/bin")):
        if candidate and not _run(READER, [candidate, "-c", "pass"], {}).returncode:
            return [candidate]
    pytest.skip(f"No {version} that another user may run is here, so nothing can be shown of two users.")


def _run(user: int, words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            words,
            env=environment,
            cwd=ROOT,
            user=user,
            group=user,
            extra_groups=[],
            umask=0o022,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except PermissionError:
        return subprocess.CompletedProcess(words, 126)


@dataclass(frozen=True)
class Machine:
    """A folder with the writer's home and the published file, and how either user runs a command there."""

    folder: Path
    python: list[str]

    @property
    def published(self) -> Path:
        return self.folder / "public/landscape.duckdb"

    def describe(self, home: Path | None) -> dict[str, str]:
        """The environment of a user; one who reads has no home."""
        with use_home(home or Path("/nonexistent")):
            return {
                **{k: v for k, v in os.environ.items() if k.startswith("LANDSCAPE_")},
                "PATH": "/usr/bin:/bin",
                "HOME": "/nonexistent",
                "PYTHONPATH": site.getsitepackages()[0],
                "PYTHONDONTWRITEBYTECODE": "1",
                "LANDSCAPE_DATABASE": str(self.published),
            }

    def run(self, user: int, *words: str, home: Path | None = None) -> subprocess.CompletedProcess[str]:
        """`landscape WORDS` as a user."""
        return _run(user, [*self.python, "-m", "ingest", *words], self.describe(home))

    def refresh(self, edition: Edition) -> subprocess.CompletedProcess[str]:
        """The writer reads models.dev and publishes."""
        with ReplayServer() as server:
            edition.serve(server)
            home = self.folder / "home"
            return self.run(WRITER, "refresh", "models_dev", "--mirror", server.url, home=home)

    def list_files(self) -> dict[str, int]:
        return {str(p): p.stat().st_mtime_ns for p in self.folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def machine() -> Iterator[Machine]:
    """A machine on which the writer has published once."""
    if os.geteuid():
        pytest.skip("Only root can act as two users: run the tests as root to see a writer and a reader apart.")
    with tempfile.TemporaryDirectory(dir="/tmp") as name:  # pytest's own folders are closed to other users
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "home/raw/none").mkdir(parents=True)  # no seed
        (folder / "public").mkdir()
        for path, mode in (("home", 0o700), ("home/raw", 0o755), ("home/raw/none", 0o755), ("public", 0o755)):
            (folder / path).chmod(mode)
            os.chown(folder / path, WRITER, WRITER)
        made = Machine(folder, find_python())
        done = made.refresh(Edition())
        assert done.returncode == 0, done.stdout + done.stderr
        yield made


def test_a_reader_serves_what_a_writer_publishes_and_writes_nothing(machine: Machine) -> None:
    published = machine.published.stat()
    assert (stat.S_IMODE(published.st_mode), published.st_uid) == (0o644, WRITER)
    before = machine.list_files()
    asked = ["sql", f"select max(input_usd_per_mtok) as usd from prices where name_raw = '{LARGE}'", "--format", "json"]
    assert orjson.loads(machine.run(READER, *asked).stdout) == [{"usd": 0.15}]
    denied = machine.run(READER, "refresh", "models_dev", home=machine.folder / "home")
    assert denied.returncode == 3
    assert denied.stderr == (
        f"landscape: {machine.folder}/home cannot be written (Permission denied): give this user the right to, or "
        "set LANDSCAPE_HOME to a folder of its own.\n"
    )
    assert machine.list_files() == before


def test_a_file_is_replaced_under_a_dashboard_of_another_user(machine: Machine, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["-m", "streamlit", "run", "dashboard/server.py", "--server.port", str(port), "--server.headless", "true"]
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [*machine.python, *words, "--server.address", "127.0.0.1"],
            env=machine.describe(None),
            cwd=ROOT,
            user=READER,
            group=READER,
            extra_groups=[],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        first = ask_health(port)
        before = {p for p in machine.list_files() if "/public/" in p}
        done = machine.refresh(Edition(prices={**PRICES, ("groq", LARGE): (0.1, 0.5)}))
        assert done.returncode == 0, done.stdout + done.stderr
        second = ask_health(port)
        assert first["last_run"]["run_id"] != second["last_run"]["run_id"]
        assert {p for p in machine.list_files() if "/public/" in p} == before
    finally:
        server.terminate()
        server.wait(15)
    assert "Traceback" not in (tmp_path / "log").read_text()


def ask_health(port: int) -> dict[str, dict[str, str]]:
    """What /healthz says, once the server answers; 503, as three sources were never read."""
    for _ in range(150):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5)
        except urllib.error.HTTPError as answer:
            with answer:
                assert answer.code == 503
                return orjson.loads(answer.read())
        except OSError:
            time.sleep(0.2)
    pytest.fail("The dashboard did not answer within 30 s.")


def test_a_reader_who_may_not_read_is_told_so(machine: Machine) -> None:
    told = f"{machine.published} may not be read by this user: give it the right to read the file and enter its folder."
    for path, closed in ((machine.published, 0o640), (machine.published.parent, 0o700)):
        is_open = stat.S_IMODE(path.stat().st_mode)
        path.chmod(closed)
        try:
            done = machine.run(READER, "status")
        finally:
            path.chmod(is_open)
        assert (done.returncode, done.stderr) == (3, f"landscape: {told}\n")
