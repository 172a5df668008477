"""What an HTTP answer says: how long to wait, the next page, its body in pieces.

Pure readings of headers and bodies, apart from the session that acts on them, so that each can be put to
hostile input alone. A header that makes no sense reads as absent; a body that does not end as it promised
is refused, also where the usual clients would pass it as whole (a gzip stream without its trailer).
"""

from __future__ import annotations

import html
import re
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import urllib3
from requests.utils import parse_header_links

PIECE = 1 << 16
_EXCERPT_BYTES = 8192
_SYMPTOMS = (
    ("ProxyError", "the proxy could not be reached or refused (check HTTPS_PROXY)"),
    ("NameResolutionError", "its name could not be looked up (is this machine online?)"),
    ("IncompleteRead", "its body was cut short"),
    ("CutBody", "its body was cut short"),
    ("decompressing", "its gzip body was damaged"),
    ("timed out", "it did not answer in time"),
    ("refused", "it refused the connection"),
)
_SECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_RATE_LIMIT = re.compile(r'"[^"]*"\s*;\s*r\s*=\s*([0-9]{1,9})\s*;\s*t\s*=\s*([0-9]{1,9})')
_HIDDEN = re.compile(r"<!--.*?(?:-->|$)|<(script|style)\b.*?(?:</\1>|$)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-z!][^>]*(?:>|$)", re.IGNORECASE)


class CutBody(Exception):
    """A body ended before its own encoding said it would."""


class ForeignEncoding(Exception):
    """A body came in an encoding that was not asked for."""


# Failures of an exchange that may pass, so worth another try.
TRANSIENT = (requests.ConnectionError, requests.Timeout, urllib3.exceptions.HTTPError, zlib.error, CutBody)


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds a refusing host asks us to wait, by Retry-After or a spent RateLimit; None: by neither."""
    waits = (_retry_after(headers.get("Retry-After", ""), now), spent_wait(headers, now))
    return max((wait for wait in waits if wait), default=None)


def spent_for(rate_limit: str) -> float | None:
    """Seconds until a `RateLimit: "api";r=0;t=12` allows requests again; None while any are left.

    One second more than stated: `t` is rounded, and a request too early costs a refusal.
    """
    return max((int(t) + 1.0 for r, t in _RATE_LIMIT.findall(rate_limit) if int(r) == 0), default=None)


def spent_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds until a host allows requests again, by RateLimit or X-RateLimit-*; None while any are left."""
    waits = [spent_for(headers.get("RateLimit", ""))]
    left, reset = (headers.get(f"X-RateLimit-{name}", "").strip() for name in ("Remaining", "Reset"))
    if left == "0" and re.fullmatch("[0-9]{1,11}", reset):
        # An instant in seconds since 1970 as GitHub has it; elsewhere a number of seconds.
        waits.append(max(0.0, float(reset) - (now.timestamp() if len(reset) > 9 else 0.0)) + 1.0)
    return max((wait for wait in waits if wait), default=None)


def _retry_after(value: str, now: datetime) -> float | None:
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    try:
        when = parsedate_to_datetime(value)
        aware = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (aware - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def next_link(link: str) -> str | None:
    """The address of `<...>; rel="next"` in a Link header, verbatim."""
    for entry in parse_header_links(link):
        if "next" in entry.get("rel", "").lower().split():
            return entry["url"]
    return None


def read_pieces(response: requests.Response) -> Iterator[bytes]:
    """The body, decoded, in pieces of at most `PIECE` bytes as they arrive (some may be empty).

    So a caller meets a gzip bomb or a slow host one piece at a time. Raises TRANSIENT, and
    ForeignEncoding where it is neither gzip nor plain.
    """
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip"):
        raise ForeignEncoding(f"it came in the encoding {encoding!r}, which was not asked for")
    unzip = zlib.decompressobj(wbits=31) if encoding.endswith("gzip") else None
    while data := response.raw.read1(PIECE, decode_content=False):
        if unzip is None:
            yield data
            continue
        while data:
            if unzip.eof:  # a gzip file may be several, one after the other
                unzip = zlib.decompressobj(wbits=31)
            yield unzip.decompress(data, PIECE)
            data = unzip.unconsumed_tail or unzip.unused_data
    if unzip is not None and not unzip.eof:
        raise CutBody("its body was cut short")


def read_excerpt(response: requests.Response, deadline: float) -> str:
    """What an error page says, quoted in parentheses; nothing where it says nothing or cannot be read.

    `deadline` is an instant of time.monotonic().
    """
    head = b""
    with suppress(*TRANSIENT, ForeignEncoding):
        for piece in read_pieces(response):
            head += piece
            if len(head) > _EXCERPT_BYTES or time.monotonic() > deadline:
                break
    text = plain_text(head[:_EXCERPT_BYTES])
    return f' ("{text}")' if text else ""


def plain_text(body: bytes, limit: int = 200) -> str:
    """The first `limit` characters a reader would see of an error page: no tags, one line."""
    text = _TAG.sub(" ", _HIDDEN.sub(" ", body.decode("utf-8", "replace")))
    text = "".join(c if c.isprintable() else " " for c in html.unescape(text))
    return " ".join(text.split())[:limit].rstrip()


def describe_failure(error: Exception) -> str:
    """A broken exchange in a reader's words; the libraries' own run to several lines."""
    text = f"{type(error).__name__} {error}"
    for mark, words in _SYMPTOMS:
        if mark in text:
            return words
    return f"the connection broke ({type(error).__name__})"


def is_untrusted(error: Exception) -> bool:
    """Whether a certificate was refused, which no further try mends."""
    is_tls = isinstance(error, requests.exceptions.SSLError | urllib3.exceptions.SSLError)
    return is_tls and "certificate" in str(error).lower()
