"""How pages are served: what Streamlit does not say or compress by itself.

Opened at a page's own address, Streamlit's client looks for its server below that page first and logs
two errors before it looks at the root; told where the root is, it asks once. Monitors ask /healthz beside
the pages. Nothing here knows what a page shows.
"""

from __future__ import annotations

import socket
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.warm import start_warm

_ROOT_SCRIPT = b"""<script>
window.__streamlit = { ...window.__streamlit, BACKEND_BASE_URL: new URL("%s", window.location.origin).href };
</script>"""


class SendAtOnce:
    """ASGI middleware: a page's answers leave as they are made.

    Streamlit opens its socket in a way that leaves Nagle's algorithm on; a rerun, many small messages, then waits
    some 40 ms for the other side's delayed acknowledgement. Where the server hides its transport, nothing changes.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Switch the algorithm off for a page's connection, and pass everything through."""
        if scope["type"] == "websocket":
            transport = getattr(getattr(send, "__self__", None), "transport", None)
            wire = transport.get_extra_info("socket") if transport is not None else None
            if wire is not None and wire.family in (socket.AF_INET, socket.AF_INET6):
                wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await self.app(scope, receive, send)


class NameRoot:
    """ASGI middleware: writes the server's root into the one HTML document Streamlit serves."""

    def __init__(self, app: ASGIApp, root: str = "/") -> None:
        self.app = app
        self.script = _ROOT_SCRIPT % root.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything through but HTML, which is held until its head is complete."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # Asked without compression, Streamlit serves the document as text; the outer layer compresses it.
        plain = {**scope, "headers": [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]}
        is_document = "." not in scope["path"].rpartition("/")[2]
        start: Message | None = None
        body = bytearray()

        async def hold(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_plain_html(message):
                start = message
            elif start is None:
                await send(message)
            else:
                body.extend(message.get("body", b""))
                if not message.get("more_body"):
                    page = bytes(body).replace(b"<head>", b"<head>" + self.script, 1)
                    MutableHeaders(scope=start)["content-length"] = str(len(page))
                    await send(start)
                    await send({"type": "http.response.body", "body": page})

        await self.app(plain if is_document else scope, receive, hold)


def _is_plain_html(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    return (
        start["status"] == 200
        and "content-encoding" not in headers
        and headers.get("content-type", "").startswith("text/html")
    )


def _read_root() -> str:
    """The path the server is mounted at, with slashes on both sides."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/" if base else "/"


def serve_health(request: Request) -> Response:
    """GET /healthz. Not async on purpose: it is then run in a thread, and no page waits for a disk."""
    # Imported when first asked: Streamlit warns of every cached query that is defined before it runs.
    from dashboard.health import answer_monitor

    return answer_monitor()


app = st.App(
    Path(__file__).with_name("app.py"),
    lifespan=start_warm,
    routes=[Route(f"{_read_root()}healthz", serve_health)],
    middleware=[
        Middleware(SendAtOnce),
        Middleware(GZipMiddleware, minimum_size=1024),
        Middleware(NameRoot, root=_read_root()),
    ],
)
