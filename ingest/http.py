"""One polite HTTP session: retries, waits, conditional GET, ranges, size and time.

Every live read of every source passes through here, so that no source has to be trusted to behave, and
no publisher to be kind. It refuses hosts a source did not declare, bodies over a limit, and endless
redirects, pages and waits; it never shows one host's token to another. A failure is one SourceError.
"""

from __future__ import annotations

import io
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.cookiejar import DefaultCookiePolicy
from importlib import metadata
from types import MappingProxyType

import requests
from requests.structures import CaseInsensitiveDict

from ingest import http_answer
from ingest.http_address import Addresses
from ingest.http_range import FileChanged, Piece, RangeFault, Span
from ingest.source import Fetched, SourceError

USER_AGENT = (
    f"gpt-oss-landscape/{metadata.version('gpt-oss-landscape')} (public-data dashboard; scheduled, "
    f"conditional, one request at a time) python-requests/{requests.__version__}"
)
MAX_REDIRECTS = 5
MAX_PAGES = 10_000  # the whole Hub is about 2,000 pages of 1,000 models
_LONGEST_BACKOFF = 60.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ADVICE = {
    401: "check that the key this host needs is set and still valid",
    403: "check that the key may read it, and that no proxy or firewall stands in between",
    404: "check that it is still there; the publisher may have moved or renamed it",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What the archive holds of a url: its validators, verbatim, and how to read the body."""

    etag: str | None
    last_modified: str | None
    load: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class FetchLog:
    """One url asked for, all its tries together: last status seen (None: no answer), bytes as decoded."""

    url: str
    observed_at: datetime
    status: int | None
    bytes: int
    seconds: float
    attempts: int
    error: str | None


@dataclass(slots=True)
class _Trial:
    """What is known of one `get` while it runs, so that a failure is logged as fully as a success."""

    url: str
    headers: Mapping[str, str]  # the caller's: for the host asked, and no other
    condition: Mapping[str, str]  # If-None-Match and its kin, or a range: for every host on the way
    span: Span | None = None
    attempts: int = 0
    status: int | None = None
    bytes: int = 0
    observed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    url: str  # where the redirects ended
    status: int
    headers: Mapping[str, str]
    body: bytes
    observed_at: datetime


class _Retry(Exception):
    """A failure that may pass. `wait` is what the host asks for in seconds, None where it asks nothing."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class _Wire(requests.Session):
    """requests with its own redirects off: even unasked it would read a redirect's body, without limit."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class Session:
    """The `Fetcher` of one source, for one thread. Close it, or use it as a context manager.

    `hosts` and `mirror` are as in `http_address.Addresses`. `token_for` maps a host (with its port, where
    that is not the usual one) to a bearer token; tokens and a caller's own headers go to that very host
    only, hence never to a mirror. Timeouts and waits are in seconds; `total_timeout` bounds one answer and
    may be overrun by one `read_timeout`; `tries` includes the first. `min_interval` lies between two requests to
    one host. `again` is what a failure advises.
    """

    def __init__(
        self,
        source_id: str,
        hosts: tuple[str, ...],
        *,
        max_bytes: int,
        now: Callable[[], datetime],
        known: Callable[[str], Known | None] = lambda url: None,
        mirror: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
        on_fetch: Callable[[FetchLog], None] = lambda log: None,
        token_for: Mapping[str, str] = MappingProxyType({}),
        connect_timeout: float = 10.0,
        read_timeout: float = 60.0,
        total_timeout: float = 900.0,
        tries: int = 4,
        max_wait: float = 330.0,
        min_interval: float = 0.0,
        again: str = "run refresh again",
    ) -> None:
        self._source_id, self._max_bytes, self._again = source_id, max_bytes, again
        self._addresses = Addresses(source_id, hosts, mirror)
        self._through = " through the mirror" if mirror else ""
        self._known, self._now, self._sleep, self._on_fetch = known, now, sleep, on_fetch
        self._timeout = (connect_timeout, min(read_timeout, total_timeout))
        self._total_timeout, self._tries, self._max_wait = total_timeout, tries, max_wait
        self._min_interval, self._asked_at = min_interval, dict[str, float]()
        self._not_before: dict[str, datetime] = {}
        self._token_for = {host: token.strip() for host, token in token_for.items()}
        for host, token in self._token_for.items():
            if not (token.isascii() and token.isprintable()):
                raise self._error(f"the key for {host} holds a character no key has: set it again.")
        self._wire = _Wire()
        self._wire.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open between requests."""
        self._wire.close()

    def get(self, url: str, *, name: str = "", headers: Mapping[str, str] | None = None) -> Fetched:
        """Answer of one GET; the result's `headers` are case-insensitive. Raises SourceError."""
        return self._fetch(url, name, headers or {}, conditional=True)[0]

    def get_range(self, url: str, span: Span) -> Piece:
        """Some bytes of a file, whole or not at all. Raises SourceError, FileChanged where it is another now."""
        trial = _Trial(url, {}, span.ask(), span)
        with self._log(trial):
            answer = self._persist(trial)
        return Piece(answer.body, span.judge(answer.status, answer.headers), answer.observed_at)

    def get_pages(self, url: str, *, name: str = "") -> Iterator[Fetched]:
        """Answers along `Link: rel="next"`, the first included, all under `name`. Raises SourceError.

        Never conditional: a 304 need not repeat its Link, and a list that ends early would look complete.
        """
        host, seen = self._addresses.admit(url), {url}
        while True:
            fetched, ended_at = self._fetch(url, name, {}, conditional=False)
            yield fetched
            link = http_answer.next_link(fetched.headers.get("Link", ""))
            if link is None:
                return
            here, url = url, self._addresses.resolve(ended_at, link)
            if self._addresses.admit(url, here) != host:
                raise self._error(f"the page after {here} is said to be on another host: not followed.")
            if url in seen or len(seen) >= MAX_PAGES:
                raise self._error(f"the pages at {here} go in a circle or past {MAX_PAGES:,}: not followed.")
            seen.add(url)

    def _fetch(self, url: str, name: str, headers: Mapping[str, str], *, conditional: bool) -> tuple[Fetched, str]:
        """The answer, and the publisher's url it was found at."""
        known = self._known(url)
        asked = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified} if known else {}
        trial = _Trial(url, headers, {k: v for k, v in asked.items() if v and conditional})
        with self._log(trial):
            answer = self._persist(trial)
            held = self._load(url, known) if known else None
            if answer.status == 304 and (held is None or not trial.condition):
                raise self._error(f"{url} answered 304 to a question without a condition: {self._again}.")
            body = held if held is not None and answer.status == 304 else answer.body
            fetched = Fetched(
                url, answer.status, answer.headers, body, answer.observed_at, unchanged=body == held, name=name
            )
        return fetched, answer.url

    @contextmanager
    def _log(self, trial: _Trial) -> Iterator[None]:
        """Tell `on_fetch` how what happens inside ended."""
        began, error = time.monotonic(), None
        try:
            yield
        except SourceError as failure:
            error = failure.message
            raise
        finally:
            seconds, at = time.monotonic() - began, trial.observed_at or self._now()
            self._on_fetch(FetchLog(trial.url, at, trial.status, trial.bytes, seconds, trial.attempts, error))

    def _persist(self, trial: _Trial) -> _Answer:
        for attempt in range(1, self._tries + 1):
            trial.attempts, trial.bytes = attempt, 0
            try:
                with self._plain_failures(trial.url):
                    return self._attempt(trial)
            except _Retry as failure:
                reason, wait = str(failure), failure.wait
            # After the last try nothing is waited for, yet a long wait is still the better explanation.
            if attempt < self._tries or (wait or 0.0) > self._max_wait:
                backoff = min(_LONGEST_BACKOFF, 2.0**attempt) * random.uniform(0.5, 1.0)
                self._pause(trial.url, wait or backoff)
        raise self._error(
            f"{trial.url}{self._through} failed {self._tries} times, at last because {reason}: {self._again} later."
        )

    def _attempt(self, trial: _Trial) -> _Answer:
        """One try from the start: a redirect's signed target may have expired since the last one."""
        at, home = trial.url, self._addresses.admit(trial.url)
        for _ in range(MAX_REDIRECTS + 1):
            host = self._addresses.admit(at, trial.url if at != trial.url else None)
            self._take_turn(at, host)
            is_home = host == home and not self._addresses.mirror
            own = {k: v for k, v in trial.headers.items() if is_home or k.lower() == "accept"}
            deadline = time.monotonic() + self._total_timeout
            with self._open(at, host, {**own, **trial.condition}) as response:
                trial.status, observed_at = response.status_code, self._now()
                spent = http_answer.spent_wait(response.headers, observed_at)
                if spent and response.status_code != 429:
                    self._not_before[host] = observed_at + timedelta(seconds=spent)
                location = response.headers.get("Location")
                if response.status_code not in _REDIRECTS or not location:
                    body = self._receive(trial, response, deadline)
                    kept = {k.lower(): v for k, v in response.headers.items() if k.lower() != "set-cookie"}
                    trial.observed_at = observed_at
                    return _Answer(at, response.status_code, CaseInsensitiveDict(kept), body, observed_at)
                at = self._addresses.resolve(at, location)
        raise self._error(f"{trial.url} leads to more than {MAX_REDIRECTS} redirects: open it in a browser.")

    def _take_turn(self, url: str, host: str) -> None:
        """Wait where the host's last answer said that nothing is left for now, or was a moment ago."""
        if host in self._not_before:
            self._pause(url, (self._not_before[host] - self._now()).total_seconds())
            del self._not_before[host]
        if host in self._asked_at:
            self._pause(url, self._min_interval - (time.monotonic() - self._asked_at[host]))
        if self._min_interval:
            self._asked_at[host] = time.monotonic()

    def _pause(self, url: str, seconds: float) -> None:
        if seconds > self._max_wait:
            raise self._error(
                f"{url} asks for a wait of {seconds:,.0f} s, over our {self._max_wait:g} s: {self._again} after that."
            )
        if seconds > 0:
            self._sleep(seconds)

    def _open(self, url: str, host: str, headers: Mapping[str, str]) -> requests.Response:
        # A range counts bytes as they are encoded, so of a compressed body it would be no range of the file.
        encoding = "identity" if "Range" in headers else "gzip"
        sent = {**headers, "User-Agent": USER_AGENT, "Accept-Encoding": encoding}
        # A mirror's own credentials may be in its address or in ~/.netrc, as usual.
        auth = None if self._addresses.mirror else _keep_as_is
        if auth and (token := self._token_for.get(host)):
            sent["Authorization"] = f"Bearer {token}"
        return self._wire.get(self._addresses.wire(url), headers=sent, auth=auth, timeout=self._timeout, stream=True)

    def _receive(self, trial: _Trial, response: requests.Response, deadline: float) -> bytes:
        status = response.status_code
        if status == 304:
            return b""
        if trial.span is not None and status in (200, 206, 416):
            return self._receive_span(trial, trial.span, response, deadline)
        if status == 200:
            return self._read_body(trial, response, deadline)
        said = f"it answered {status}{http_answer.read_excerpt(response, deadline)}"
        # Some hosts say 403 where 429 is meant, with nothing left until a stated time.
        is_spent = status == 403 and http_answer.spent_wait(response.headers, self._now()) is not None
        if status == 429 or status >= 500 or is_spent:
            raise _Retry(said, http_answer.asked_wait(response.headers, self._now()))
        advice = _ADVICE.get(status, "check the request against the publisher's documentation")
        raise self._error(f"{trial.url}{self._through}: {said}; {advice}.")

    def _receive_span(self, trial: _Trial, span: Span, response: requests.Response, deadline: float) -> bytes:
        """The bytes of a range, none of them read where the answer is not what was asked for."""
        try:
            stamp = span.judge(response.status_code, response.headers)
        except RangeFault as fault:
            kind = FileChanged if fault.changed else SourceError
            advice = f": {self._again}" if fault.changed else ""
            raise kind(self._source_id, f"{trial.url}{self._through}: {fault}{advice}.") from fault
        length = min(span.stop, stamp.size) - span.start
        body = self._read_body(trial, response, deadline, length)
        if len(body) != length:
            raise http_answer.CutBody("its body was cut short")
        return body

    def _read_body(
        self, trial: _Trial, response: requests.Response, deadline: float, asked: int | None = None
    ) -> bytes:
        """The body within the limit: the source's, or what was `asked` for in bytes."""
        limit = self._max_bytes if asked is None else asked
        too_large = self._error(
            f"{trial.url} is over this source's limit of {self._max_bytes:,} bytes: "
            "check what it serves, then raise max_bytes in the source's file."
            if asked is None
            else f"{trial.url} sends more than the {asked:,} bytes asked for: not read; tell its publisher."
        )
        announced, body = response.headers.get("Content-Length", ""), io.BytesIO()
        if announced.isdecimal() and int(announced) > limit:
            raise too_large
        for piece in http_answer.read_pieces(response):
            trial.bytes += body.write(piece)
            if trial.bytes > limit:
                raise too_large
            if time.monotonic() > deadline:
                raise self._error(
                    f"{trial.url} was not complete after {self._total_timeout:g} s "
                    f"({trial.bytes:,} bytes): {self._again} over a faster connection."
                )
        return body.getvalue()

    @contextmanager
    def _plain_failures(self, url: str) -> Iterator[None]:
        """Turn what the libraries raise into a failure to retry, or a SourceError where that is no use."""
        try:
            yield
        except http_answer.TRANSIENT as error:
            if http_answer.is_untrusted(error):
                raise self._error(
                    f"{url}{self._through}: its certificate could not be verified; behind a "
                    "company proxy, set REQUESTS_CA_BUNDLE to its certificates."
                ) from error
            raise _Retry(http_answer.describe_failure(error)) from error
        except (OSError, http_answer.ForeignEncoding) as error:  # an answer or a setting we cannot use
            raise self._error(
                f"{url}{self._through} could not be read ({error}): check the address, and the "
                "proxy and certificate settings of the environment."
            ) from error

    def _load(self, url: str, known: Known) -> bytes:
        try:
            return known.load()
        except OSError as error:
            raise self._error(
                f"the archived body of {url} could not be read ({error}): restore it from a backup."
            ) from error

    def _error(self, message: str) -> SourceError:
        return SourceError(self._source_id, message)


def _keep_as_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """An authenticator that adds nothing: without one, requests sends what ~/.netrc holds."""
    return request
