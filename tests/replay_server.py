"""A publisher on this machine: a scripted HTTP server that stands in for any number of hosts.

Tests of everything that fetches talk to it over a real socket, in process or from a command started with
`--mirror server.url`. It answers in the mirror's layout (/host/path?query), says 404 to what was not
scripted (see `unscripted`), and refuses nothing else: whatever a publisher could get wrong can be scripted.
"""

from __future__ import annotations

import gzip
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, socket
from socketserver import TCPServer
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from requests.structures import CaseInsensitiveDict


class Request(NamedTuple):
    """One request as received: `path` with its query, verbatim; `headers` by name in any case."""

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """One scripted answer. With `etag` or `last_modified` a matching conditional request gets a 304.

    `cut` sends that many bytes of the body as encoded, then hangs up (the headers promise all of it);
    with `cut_quietly` the headers promise no more than is sent, as behind a careless proxy.
    `delay` is seconds before anything is sent; `drip` seconds before each further byte of the body.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None
    last_modified: str | None = None
    gzip: bool = False
    chunked: bool = False
    cut: int | None = None
    cut_quietly: bool = False
    delay: float = 0.0
    drip: float = 0.0

    @classmethod
    def redirect(cls, location: str, status: int = 302) -> Answer:
        """A redirect, its Location verbatim."""
        return cls(status=status, headers={"Location": location})

    @classmethod
    def limited(cls, *, retry_after: str | int | None = None, left: int | None = None, reset: int = 0) -> Answer:
        """A 429 with Retry-After (seconds or an HTTP date), the Hub's RateLimit header, both or neither."""
        headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
        return cls(b"Too many requests", 429, headers | ({} if left is None else rate_limit(left, reset)))


Reply = Answer | Callable[[Request], Answer]


def rate_limit(left: int, reset: int) -> dict[str, str]:
    """The Hub's header: requests left, seconds to the reset."""
    return {"RateLimit": f'"api";r={left};t={reset}', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'}


def _split(url: str) -> tuple[str, Counter[tuple[str, str]]]:
    """Path in the mirror's layout, and the query's parameters, of a url or of a request's path."""
    parts = urlsplit(url)
    path = f"/{parts.netloc}{parts.path}" if parts.netloc else parts.path
    return unquote(path), Counter(parse_qsl(parts.query, keep_blank_values=True))


class ReplayServer:
    """Use as a context manager; `url` is the mirror's address, `requests` all that came, in order.

    A url is the publisher's (https://host/path) or a path of this server. It matches requests of the same
    path whose query holds at least its parameters, in any order; a path ending in /* matches all below it.
    The most particular script wins, then the last. `tls` names a certificate and its key.
    """

    def __init__(self, tls: tuple[Path, Path] | None = None) -> None:
        self.requests: list[Request] = []
        self.unscripted: list[str] = []
        self.closing = threading.Event()
        self._scripts: list[tuple[str, Counter[tuple[str, str]], Callable[[Request], Answer]]] = []
        self._lock = threading.Lock()
        self._server = _Server(self, tls)
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self._server.server_address[1]}"
        # The default poll would make every close wait half a second.
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.hang_up()
        self._server.server_close()

    def route(self, url: str, body: bytes = b"", **answer: Any) -> None:
        """Always the same answer; further arguments are those of `Answer`."""
        self.reply(url, Answer(body, **answer))

    def sequence(self, url: str, answers: Sequence[Reply]) -> None:
        """One answer after the other; the last is repeated."""
        left = list(answers)

        def following(request: Request) -> Answer:
            with self._lock:
                answer = left.pop(0) if len(left) > 1 else left[0]
            return answer if isinstance(answer, Answer) else answer(request)

        self.reply(url, following)

    def reply(self, url: str, reply: Reply) -> None:
        """An answer, or a function of the request that makes one."""
        path, query = _split(url)
        always = (lambda request: reply) if isinstance(reply, Answer) else reply
        self._scripts.append((path, query, always))

    def pages(self, url: str, bodies: Sequence[bytes], *, cursor_param: str = "cursor", **answer: Any) -> None:
        """A list in pages: each but the last has a Link to the next on the publisher's own host.

        The links repeat the query of the request (its limit, its filter) and add an opaque cursor.
        """
        path, _ = _split(url)
        extra: Mapping[str, str] = answer.pop("headers", {})

        def page(request: Request) -> Answer:
            query = urlsplit(request.path).query.split("&")
            asked = [part.partition("=")[2] for part in query if part.startswith(f"{cursor_param}=")]
            number = int(unquote(asked[0]).rstrip("=").removeprefix("page/")) if asked else 0
            headers = dict(extra)
            if number + 1 < len(bodies):
                kept = [part for part in query if part and not part.startswith(f"{cursor_param}=")]
                cursor = f"{cursor_param}={quote(f'page/{number + 1}==', safe='')}"
                headers["Link"] = f'<https:/{quote(path)}?{"&".join([*kept, cursor])}>; rel="next"'
            return Answer(bodies[number], headers=headers, **answer)

        self.reply(url, page)

    def hits(self, url: str) -> int:
        """How many requests the url has matched by itself, other scripts aside."""
        path, query = _split(url)
        return sum(_rank(path, query, request.path) is not None for request in self.requests)

    def answer(self, request: Request) -> Answer:
        """What the script says to a request, which is recorded."""
        with self._lock:
            self.requests.append(request)
        ranked = [
            (rank, number)
            for number, (path, query, _) in enumerate(self._scripts)
            if (rank := _rank(path, query, request.path)) is not None
        ]
        if not ranked:
            self.unscripted.append(request.path)
            return Answer(b"not scripted: " + request.path.encode(), 404)
        answer = self._scripts[max(ranked)[1]][2](request)
        matches = ((answer.etag, "If-None-Match"), (answer.last_modified, "If-Modified-Since"))
        if answer.status == 200 and any(mark and request.headers.get(name) == mark for mark, name in matches):
            return replace(answer, status=304, body=b"", cut=None)
        return answer


def _rank(path: str, query: Counter[tuple[str, str]], asked: str) -> tuple[bool, int, int] | None:
    """How particularly a script matches a request; None: not at all."""
    asked_path, asked_query = _split(asked)
    is_whole = path == asked_path
    is_below = path.endswith("/*") and asked_path.startswith(path[:-1])
    if not (is_whole or is_below) or not query <= asked_query:
        return None
    return is_whole, len(path), query.total()


class _Server(ThreadingHTTPServer):
    """Threads are joined at close, so nothing outlives the test that started it."""

    daemon_threads = False

    def __init__(self, replay: ReplayServer, tls: tuple[Path, Path] | None) -> None:
        self.replay = replay
        self._open: set[socket] = set()
        self._tls = None
        if tls:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*tls)
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        TCPServer.server_bind(self)  # HTTPServer's asks the resolver for a name, which can take seconds

    def get_request(self) -> tuple[socket, Any]:
        connection, address = super().get_request()
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections clients keep open, which would keep their threads alive."""
        for connection in tuple(self._open):
            with suppress(OSError):
                connection.shutdown(SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # a client that hung up is part of the play
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_GET(self) -> None:
        replay = self.server.replay
        answer = replay.answer(Request("GET", self.path, CaseInsensitiveDict(self.headers.items())))
        replay.closing.wait(answer.delay)
        body = gzip.compress(answer.body, 1) if answer.gzip else answer.body
        sent = body if answer.cut is None else body[: answer.cut]
        self.send_response(answer.status, HTTPStatus(answer.status).phrase)
        for name, value in _headers(answer, len(sent if answer.cut_quietly else body)).items():
            self.send_header(name, value)
        self.end_headers()
        if answer.status != HTTPStatus.NOT_MODIFIED:
            self._send(answer, sent, is_whole=sent == body or answer.cut_quietly)

    def _send(self, answer: Answer, body: bytes, *, is_whole: bool) -> None:
        size = 1 if answer.drip else 1 << 16
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if answer.chunked else piece)
            if answer.drip and self.server.replay.closing.wait(answer.drip):
                break
        if answer.chunked and is_whole:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = self.close_connection or not is_whole

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: `requests` has it all."""


def _headers(answer: Answer, length: int) -> dict[str, str]:
    headers = {"ETag": answer.etag, "Last-Modified": answer.last_modified}
    if answer.gzip:
        headers["Content-Encoding"] = "gzip"
    if answer.status != HTTPStatus.NOT_MODIFIED:
        headers |= {"Transfer-Encoding": "chunked"} if answer.chunked else {"Content-Length": str(length)}
    return {name: value for name, value in headers.items() if value is not None} | dict(answer.headers)
