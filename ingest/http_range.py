"""A file on a web server, read in ranges like a file on disk.

A month of everybody's counters is a hundred megabytes of which a few are wanted, so only the bytes that are
touched should travel. This module holds the rules of such reads, apart from the session that asks: it refuses
an answer for other bytes than asked, a server that ignores ranges (and would send the whole file), and a file
that is no longer the one the first answer came from, since parts of two editions make no file at all.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from ingest.source import SourceError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

READ_AHEAD = 16 << 10
# A gap of this size costs less to read through than another request does.
GAP = 64 << 10
# One request asks for no more, so that a broken one repeats little.
LARGEST = 8 << 20
_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18})")

Bounds = tuple[int, int]


class FileChanged(SourceError):
    """The file became another one between two reads: what was read of it is to be thrown away."""


class RangeFault(Exception):
    """What is wrong with an answer, as the end of a sentence; `changed`: the file is another one now."""

    def __init__(self, reason: str, *, changed: bool = False) -> None:
        super().__init__(reason)
        self.changed = changed


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which edition of a file an answer came from; `size` in bytes, validators verbatim."""

    size: int
    etag: str | None = None
    last_modified: str | None = None

    def agrees(self, other: Stamp) -> bool:
        """Whether nothing says that the two are different editions."""
        pairs = ((self.etag, other.etag), (self.last_modified, other.last_modified))
        return self.size == other.size and next((a == b for a, b in pairs if a and b), True)

    def proves(self, other: Stamp) -> bool:
        """Whether both carry the same validator: size alone proves nothing."""
        return self.agrees(other) and bool((self.etag and other.etag) or (self.last_modified and other.last_modified))


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes `start` to `stop` (exclusive) of a file; `like`: of the edition an earlier answer came from."""

    start: int
    stop: int
    like: Stamp | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.stop:
            raise ValueError(f"{self.start} to {self.stop} is no range of bytes")

    def ask(self) -> dict[str, str]:
        """The request's headers. A weak validator or a date is no use here: only a strong ETag is exact."""
        headers = {"Range": f"bytes={self.start}-{self.stop - 1}"}
        if self.like and self.like.etag and not self.like.etag.startswith("W/"):
            headers["If-Range"] = self.like.etag
        return headers

    def judge(self, status: int, headers: Mapping[str, str]) -> Stamp:
        """The edition of an answer that may be used. Raises RangeFault for any other."""
        if status == 200:
            raise self._judge_whole(headers)
        match = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", "").strip())
        if match is None:
            raise RangeFault(f"it answered {status} to a range without saying which bytes it sends")
        stamp = Stamp(int(match[3]), headers.get("ETag"), headers.get("Last-Modified"))
        if self.like and (stamp.size != self.like.size or (status == 206 and not stamp.agrees(self.like))):
            raise RangeFault("it changed while it was read", changed=True)
        if status == 416:
            raise RangeFault(f"it holds {stamp.size:,} bytes, fewer than were asked for")
        if match[1] is None or (int(match[1]), int(match[2]) + 1) != (self.start, min(self.stop, stamp.size)):
            raise RangeFault(f"it sent other bytes ({match[0]}) than the {self.start}-{self.stop - 1} asked for")
        if headers.get("Content-Encoding", "identity").strip().lower() != "identity":
            raise RangeFault("it sent a part of a compressed body, which cannot be read alone")
        return stamp

    def _judge_whole(self, headers: Mapping[str, str]) -> RangeFault:
        size, etag = headers.get("Content-Length", ""), headers.get("ETag")
        known = self.like.etag if self.like else None
        if "If-Range" in self.ask() and etag and etag != known:
            return RangeFault("it changed while it was read", changed=True)
        told = f" of {int(size):,} bytes" if size.isdecimal() else ""
        return RangeFault(
            f"its server does not serve parts of a file and would send the whole{told}, which is not wanted; "
            "read it where byte ranges are served"
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes of one answer, the edition they belong to, and when they were read."""

    body: bytes
    stamp: Stamp
    observed_at: datetime


class RangeGetter(Protocol):
    """What is asked of the network; `ingest.http.Session` is the real one."""

    def get_range(self, url: str, span: Span) -> Piece:
        """One range of a file. Raises SourceError, and FileChanged where `span.like` no longer holds."""


def coalesce(spans: Iterable[Bounds], *, gap: int = GAP, largest: int = LARGEST) -> list[Bounds]:
    """The spans as requests: sorted, joined where at most `gap` bytes lie between, cut at `largest` bytes."""
    joined: list[Bounds] = []
    for start, stop in sorted(s for s in spans if s[0] < s[1]):
        if joined and start - joined[-1][1] <= gap:
            joined[-1] = joined[-1][0], max(stop, joined[-1][1])
        else:
            joined.append((start, stop))
    return [(at, min(at + largest, stop)) for start, stop in joined for at in range(start, stop, largest)]


class RangeFile(io.RawIOBase):
    """A seekable file of `size` bytes over `fetch(start, stop)`.

    `prefetch` brings what is about to be read; a read outside it fetches what it lacks and at most `read_ahead`
    bytes more. It holds the last prefetch and one block besides, so memory is bounded by what a caller asks for.
    """

    def __init__(self, size: int, fetch: Callable[[int, int], bytes], *, read_ahead: int = READ_AHEAD) -> None:
        super().__init__()
        self.size, self.bytes_fetched, self.requests = size, 0, 0
        self._fetch, self._read_ahead, self._at = fetch, read_ahead, 0
        self._held: list[tuple[int, bytes]] = []
        self._block: tuple[int, bytes] = (0, b"")

    def prefetch(self, spans: Iterable[Bounds]) -> None:
        """Fetch spans of bytes, in as few requests as is sensible, in place of what was held."""
        self._held, self._block = [], (0, b"")
        self._held = [
            (start, self._get(start, stop)) for start, stop in coalesce((a, min(b, self.size)) for a, b in spans)
        ]

    def readable(self) -> bool:
        """Always: a file opened here is there to be read."""
        return True

    def seekable(self) -> bool:
        """Always: a range may begin anywhere."""
        return True

    def tell(self) -> int:
        """The position the next read begins at."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move; beyond the end is allowed and reads nothing. Raises ValueError before the beginning."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        if origin + offset < 0:
            raise ValueError(f"position {origin + offset} lies before the beginning of the file")
        self._at = origin + offset
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill the buffer as far as the file goes. Raises what `fetch` raises."""
        view = memoryview(buffer).cast("B")
        wanted = min(len(view), max(0, self.size - self._at))
        done = 0
        while done < wanted:
            start, block = self._find(self._at, wanted - done)
            piece = memoryview(block)[self._at - start : self._at - start + wanted - done]
            view[done : done + len(piece)] = piece
            done += len(piece)
            self._at += len(piece)
        return wanted

    def read(self, size: int | None = -1) -> bytes:
        """`size` bytes, fewer only at the end of the file; all that is left where no size is given."""
        left = max(0, self.size - self._at)
        buffer = bytearray(left if size is None or size < 0 else min(size, left))
        self.readinto(buffer)
        return bytes(buffer)

    def _find(self, at: int, wanted: int) -> tuple[int, bytes]:
        """A block that holds the byte `at`, fetched where none does."""
        for start, block in (*self._held, self._block):
            if start <= at < start + len(block):
                return start, block
        ahead = min((start for start, _ in self._held if start > at), default=self.size)
        stop = min(ahead, at + min(LARGEST, max(wanted, self._read_ahead)))
        self._block = at, self._get(at, stop)
        return self._block

    def _get(self, start: int, stop: int) -> bytes:
        body = self._fetch(start, stop)
        self.requests += 1
        self.bytes_fetched += len(body)
        return body


class RemoteFile(RangeFile):
    """A `RangeFile` over a url. Its first four bytes are asked for at once: they tell size and edition.

    Raises SourceError, at once and from every read; FileChanged where the file became another one meanwhile.
    """

    def __init__(self, getter: RangeGetter, url: str) -> None:
        first = getter.get_range(url, Span(0, 4))
        super().__init__(first.stamp.size, self._read_range)
        self.url, self.stamp, self.observed_at = url, first.stamp, first.observed_at
        self._getter = getter
        self.requests, self.bytes_fetched = 1, len(first.body)

    def _read_range(self, start: int, stop: int) -> bytes:
        piece = self._getter.get_range(self.url, Span(start, stop, self.stamp))
        self.observed_at = piece.observed_at
        return piece.body
