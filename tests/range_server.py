"""Files served in byte ranges by a replay server, as a CDN does, and a record of what was served.

A file is asked for at the publisher's address and, with `cdn`, served from another host by redirect. Ranges
are answered as RFC 9110 says: 206 with Content-Range, 416 beyond the end, the whole file where If-Range names
another edition; and, where told to, as a server that knows no ranges.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.replay_server import Answer, ReplayServer, Request

RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass
class RangedFile:
    """One file: its bytes now, its edition's ETag, and every range that was served, in order."""

    body: bytes
    etag: str | None
    is_whole_only: bool = False
    served: list[tuple[int, int]] = field(default_factory=list)

    @property
    def bytes_served(self) -> int:
        """Bytes of bodies that were sent."""
        return sum(stop - start for start, stop in self.served)

    def replace(self, body: bytes) -> None:
        """Another edition of the file."""
        self.body, self.etag = body, make_etag(body)

    def answer(self, request: Request) -> Answer:
        """What the file's host says to a request."""
        asked = RANGE.fullmatch(request.headers.get("Range", ""))
        condition = request.headers.get("If-Range")
        if asked is None or self.is_whole_only or (condition and condition != self.etag):
            return Answer(self.body, etag=self.etag)
        start, size = int(asked[1]), len(self.body)
        stop = min(size, int(asked[2]) + 1 if asked[2] else size)
        if start >= size:
            return Answer(b"", 416, {"Content-Range": f"bytes */{size}"})
        self.served.append((start, stop))
        headers = {"Content-Range": f"bytes {start}-{stop - 1}/{size}", "Accept-Ranges": "bytes"}
        return Answer(self.body[start:stop], 206, headers, etag=self.etag)


def make_etag(body: bytes) -> str:
    """The ETag of a body, as a content-addressed store has it."""
    return f'"{hashlib.sha256(body).hexdigest()}"'


def serve_file(server: ReplayServer, url: str, body: bytes, *, cdn: str = "", whole_only: bool = False) -> RangedFile:
    """Script a file at a url; `cdn` is the host it is served from by redirect, its path then a signed one."""
    file = RangedFile(body, make_etag(body), whole_only)
    if cdn:
        path = f"{urlsplit(url).path}?X-Amz-Signature=abc&Expires=3600"
        server.reply(url, lambda request: Answer.redirect(f"https://{cdn}{path}"))
        server.reply(f"https://{cdn}{path}", file.answer)
    else:
        server.reply(url, file.answer)
    return file
