"""Behind a company's proxy, which opens every connection and signs it anew with the company's certificate.

The proxy, the certificates and the sockets are real; only the publisher's machine stands here.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

import pytest

from tests.homes import ROOT, ask, describe_process
from tests.publishers import Edition
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")


class ConnectProxy:
    """An HTTP proxy that knows CONNECT alone and leads every host to one address; `asked` holds the hosts."""

    def __init__(self, port: int) -> None:
        self.asked: list[str] = []
        self._to = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
                self._threads[-1].start()

    def _serve(self, client: socket.socket) -> None:
        with ExitStack() as held, suppress(OSError):
            held.enter_context(client)
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(4096)
            method, target, *_ = head.decode("latin-1").split()
            assert method == "CONNECT"
            self.asked.append(target)
            server = held.enter_context(socket.create_connection(self._to))
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pump, args=(server, client))
            back.start()
            _pump(client, server)
            back.join()


def _pump(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            to.sendall(data)
    for end in (source, to):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The company's own certificate, and one for models.dev that it signed, with its key."""
    if not shutil.which("openssl"):
        pytest.skip("openssl is missing: `apt-get install openssl` lets the test of company certificates run.")
    folder = tmp_path_factory.mktemp("company")
    made = {name: folder / f"{name}.pem" for name in ("ca", "ca_key", "host", "host_key")}
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    sign = ["-CA", made["ca"], "-CAkey", made["ca_key"], "-addext", "basicConstraints=critical,CA:FALSE"]
    sign += ["-addext", "subjectAltName=DNS:models.dev"]
    for words in (
        ["-subj", "/CN=Company", "-keyout", made["ca_key"], "-out", made["ca"], "-addext", "keyUsage=keyCertSign"],
        ["-subj", "/CN=models.dev", "-keyout", made["host_key"], "-out", made["host"], *sign],
    ):
        subprocess.run(["openssl", "req", "-x509", *key, *words], check=True, capture_output=True)
    return made


@pytest.fixture
def proxy(company: dict[str, Path]) -> Iterator[ConnectProxy]:
    with ReplayServer((company["host"], company["host_key"])) as publisher:
        for url, body in Edition().make_bodies().items():
            if url.startswith("https://models.dev/"):
                publisher.route(url.removeprefix("https://models.dev"), body)
        with ConnectProxy(int(publisher.url.rpartition(":")[2])) as proxy:
            yield proxy


def refresh(home: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    (home / "raw/none").mkdir(parents=True)  # no seed
    command, environment = describe_process(home)
    return subprocess.run(
        [*command, "refresh", "models_dev"],
        env=environment | settings,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_refresh_passes_the_proxy_with_the_companys_certificate(
    company: dict[str, Path], proxy: ConnectProxy, tmp_path: Path
) -> None:
    done = refresh(tmp_path / "home", HTTPS_PROXY=proxy.url, REQUESTS_CA_BUNDLE=str(company["ca"]))
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(proxy.asked) == {"models.dev:443"}
    assert ask(tmp_path / "home", "select count(*) > 0 as read from stored.prices") == [{"read": True}]


def test_without_the_certificate_it_says_which_setting_is_missing(proxy: ConnectProxy, tmp_path: Path) -> None:
    done = refresh(tmp_path / "home", HTTPS_PROXY=proxy.url)
    assert done.returncode == 3
    assert done.stdout == (
        "models_dev: FAILED: https://models.dev/api.json: its certificate could not be verified; behind a company "
        "proxy, set REQUESTS_CA_BUNDLE to its certificates.\n"
    )
    assert proxy.asked == ["models.dev:443"]  # no further try: it would end alike


def test_a_bundle_that_is_not_there_is_said_to_be(proxy: ConnectProxy, tmp_path: Path) -> None:
    done = refresh(tmp_path / "home", HTTPS_PROXY=proxy.url, REQUESTS_CA_BUNDLE=str(tmp_path / "no.pem"))
    assert done.returncode == 3 and "Traceback" not in done.stderr
    assert f"{tmp_path}/no.pem" in done.stdout and "certificate settings of the environment" in done.stdout
    assert proxy.asked == []
