"""Both dashboards as processes: ours as `landscape` serves it, the plain one as `streamlit run` does.

Each gets a port of its own and reads the same published file. CPU time and memory come from /proc, so the
figures are a Linux server's. Nothing is stopped that was not started here.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.homes import ROOT

Side = Literal["ours", "plain"]
SIDES: tuple[Side, Side] = ("ours", "plain")
PLAIN = Path(__file__).parent / "plain"
NOW = "2026-11-23T12:00:00Z"
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6


@dataclass(frozen=True, slots=True)
class Server:
    """A running dashboard: which, where, and the process that serves it. `began` is its start, seconds since 1970."""

    side: Side
    port: int
    pid: int
    began: float

    @property
    def url(self) -> str:
        """Its root, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def read_cpu(self) -> float:
        """CPU seconds the process has used, user and system."""
        # The command's name may hold spaces; the fields after it do not.
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS

    def read_memory(self) -> float:
        """Resident memory in MB."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * _PAGE_MB


@contextmanager
def start(side: Side, home: Path, log: Path) -> Iterator[Server]:
    """A dashboard on a home, from the moment its process starts: it may not answer yet."""
    port = _find_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("LANDSCAPE_", "STREAMLIT_"))}
    environment |= {"LANDSCAPE_HOME": str(home), "LANDSCAPE_NOW": NOW}
    if side == "ours":
        words, folder = ["-m", "ingest", "--port", str(port)], ROOT
    else:
        environment["LANDSCAPE_DATABASE"] = str(home / "landscape.duckdb")
        # No browser and no calls home, as on any server; the rest is Streamlit's default.
        flags = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true"}
        flags["browser.gatherUsageStats"] = "false"
        words = ["-m", "streamlit", "run", "app.py", *(str(w) for k, v in flags.items() for w in (f"--{k}", v))]
        folder = PLAIN
    with log.open("w") as out:
        began = time.time()
        process = subprocess.Popen([sys.executable, *words], cwd=folder, env=environment, stdout=out, stderr=out)
    try:
        yield Server(side, port, process.pid, began)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_open(server: Server, seconds: float = 60) -> None:
    """Return as soon as the port takes a connection. Raises TimeoutError."""
    for _ in range(int(seconds / 0.01)):
        try:
            socket.create_connection(("127.0.0.1", server.port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise TimeoutError(f"The {server.side} dashboard did not open port {server.port} within {seconds:.0f} s.")


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
