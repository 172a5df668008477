"""Byte ranges: a remote file reads as a local one, for no more bytes than asked, or not at all."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.http_range import GAP, FileChanged, RangeFault, RangeFile, RemoteFile, Span, Stamp, coalesce
from ingest.source import SourceError
from tests.http_play import Play
from tests.range_server import RangedFile, make_etag, serve_file
from tests.replay_server import Answer, Request

URL = "https://huggingface.co/datasets/a/b/resolve/main/x.parquet"
CDN = "cas-bridge.xethub.hf.co"
BODY = bytes(n * n % 251 for n in range(100_000))


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    with Play(monkeypatch) as play:
        yield play


positions = st.integers(0, 130)
operations = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.one_of(st.none(), st.integers(-1, 130))),
        st.tuples(st.just("readinto"), st.integers(0, 90)),
        st.tuples(st.just("seek"), positions),
        st.tuples(st.just("back"), st.integers(0, 20)),
        st.tuples(st.just("end"), st.integers(-40, 10)),
        st.tuples(st.just("prefetch"), st.lists(st.tuples(positions, positions), max_size=3)),
    ),
    max_size=25,
)


@given(size=st.integers(0, 100), read_ahead=st.integers(0, 30), todo=operations)
def test_any_sequence_of_reads_equals_a_local_file_and_fetches_no_more_than_it_says(
    size: int, read_ahead: int, todo: list[tuple[str, object]]
) -> None:
    local = io.BytesIO(BODY[:size])
    fetched: list[int] = []

    def fetch(start: int, stop: int) -> bytes:
        assert 0 <= start < stop <= size, "nothing outside the file is asked for"
        fetched.append(stop - start)
        return BODY[start:stop]

    remote = RangeFile(size, fetch, read_ahead=read_ahead)
    for what, value in todo:
        fetched.clear()
        match what, value:
            case "read", int() | None as n:
                before = local.tell()
                assert remote.read(n) == local.read(n)
                assert sum(fetched) <= local.tell() - before + read_ahead
            case "readinto", int(n):
                one, other = bytearray(n), bytearray(n)
                assert remote.readinto(one) == local.readinto(other)
                assert one == other and sum(fetched) <= n + read_ahead
            case "seek", int(n):
                assert remote.seek(n) == local.seek(n)
            case "back", int(n):
                n = min(n, local.tell())
                assert remote.seek(-n, io.SEEK_CUR) == local.seek(-n, io.SEEK_CUR)
            case "end", int(n):
                n = max(n, -size)
                assert remote.seek(n, io.SEEK_END) == local.seek(n, io.SEEK_END)
            case "prefetch", list(spans):
                remote.prefetch(spans)
                asked = [(a, min(b, size)) for a, b in spans if a < min(b, size)]
                assert sum(fetched) <= (max(b for _, b in asked) - min(a for a, _ in asked) if asked else 0)
        assert remote.tell() == local.tell()


def test_a_position_before_the_beginning_is_refused() -> None:
    with pytest.raises(ValueError, match="before the beginning"):
        RangeFile(10, lambda a, b: BODY[a:b]).seek(-1, io.SEEK_CUR)


def test_what_was_prefetched_is_not_fetched_again() -> None:
    file = RangeFile(len(BODY), lambda a, b: BODY[a:b], read_ahead=0)
    file.prefetch([(100, 200), (90_000, 90_100)])
    for start in (100, 150, 90_050):
        file.seek(start)
        assert file.read(50) == BODY[start : start + 50]
    assert (file.requests, file.bytes_fetched) == (2, 200)


@given(
    spans=st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=8),
    gap=st.integers(0, 40),
    largest=st.integers(1, 80),
)
def test_requests_cover_the_spans_and_little_else(spans: list[tuple[int, int]], gap: int, largest: int) -> None:
    requests = coalesce(spans, gap=gap, largest=largest)
    wanted = {n for a, b in spans for n in range(a, b)}
    covered = [n for a, b in requests for n in range(a, b)]
    assert wanted <= set(covered) and len(covered) == len(set(covered))
    assert all(0 < b - a <= largest for a, b in requests)
    extra = sorted(set(covered) - wanted)
    runs = [n for n in extra if n - 1 not in extra]
    assert len(extra) <= gap * len(runs) and all({r - 1} <= wanted for r in runs)


# What an answer must say

LIKE = Stamp(1_000, '"v1"')
PART = {"Content-Range": "bytes 10-19/1000", "ETag": '"v1"'}


@pytest.mark.parametrize(
    ("status", "headers", "sentence", "changed"),
    [
        (206, {**PART, "ETag": '"v2"'}, "changed while it was read", True),
        (206, {**PART, "Content-Range": "bytes 10-19/1001"}, "changed while it was read", True),
        (416, {"Content-Range": "bytes */12"}, "changed while it was read", True),
        (200, {"Content-Length": "999", "ETag": '"v2"'}, "changed while it was read", True),
        (200, {"Content-Length": "300000000", "ETag": '"v1"'}, "would send the whole of 300,000,000 bytes", False),
        (200, {}, "does not serve parts of a file", False),
        (206, {**PART, "Content-Range": "bytes 0-9/1000"}, "sent other bytes (bytes 0-9/1000)", False),
        (206, {**PART, "Content-Range": "bytes 10-20/1000"}, "sent other bytes", False),
        (206, {**PART, "Content-Range": "bytes 10-19/*"}, "without saying which bytes", False),
        (206, {"Content-Type": "multipart/byteranges"}, "without saying which bytes", False),
        (206, {**PART, "Content-Encoding": "gzip"}, "part of a compressed body", False),
        (416, {"Content-Range": "bytes */1000"}, "holds 1,000 bytes, fewer than", False),
    ],
)
def test_an_answer_that_is_not_what_was_asked_for_is_refused(
    status: int, headers: dict[str, str], sentence: str, changed: bool
) -> None:
    with pytest.raises(RangeFault) as fault:
        Span(10, 20, LIKE).judge(status, headers)
    assert sentence in str(fault.value) and fault.value.changed is changed


def test_the_last_range_ends_with_the_file() -> None:
    assert Span(995, 1_050, LIKE).judge(206, {**PART, "Content-Range": "bytes 995-999/1000"}) == LIKE


def test_only_a_strong_etag_is_a_condition() -> None:
    assert Span(0, 4).ask() == {"Range": "bytes=0-3"}
    assert Span(4, 8, LIKE).ask() == {"Range": "bytes=4-7", "If-Range": '"v1"'}
    for like in (Stamp(9, 'W/"v1"'), Stamp(9, None, "Fri, 21 Aug 2026 10:00:00 GMT")):
        assert "If-Range" not in Span(4, 8, like).ask()


def test_editions_agree_unless_something_says_otherwise_and_size_alone_proves_nothing() -> None:
    dated = Stamp(9, None, "Fri, 21 Aug 2026 10:00:00 GMT")
    assert dated.proves(dated) and not dated.agrees(replace(dated, last_modified="Sat, 22 Aug 2026 10:00:00 GMT"))
    assert Stamp(9).agrees(Stamp(9)) and not Stamp(9).proves(Stamp(9))
    assert Stamp(9, '"a"', "x").proves(Stamp(9, '"a"', "y"))
    assert not Stamp(9, '"a"', "x").agrees(Stamp(9, '"b"', "x"))
    with pytest.raises(ValueError, match="no range"):
        Span(4, 4)


# Over a real connection


def test_a_file_behind_a_redirect_is_read_from_its_cdn_and_its_key_stays_at_home(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = serve_file(play.server, URL, BODY, cdn=CDN)
    remote = RemoteFile(play.session(), URL)
    remote.seek(-1_000, io.SEEK_END)
    assert remote.read() == BODY[-1_000:]
    assert remote.stamp == Stamp(len(BODY), make_etag(BODY))
    assert file.served == [(0, 4), (len(BODY) - 1_000, len(BODY))]
    asked = [r for r in play.server.requests if r.path.startswith(f"/{CDN}/")]
    assert len(asked) == 2 and all(r.headers["Accept-Encoding"] == "identity" for r in asked)
    assert asked[1].headers["If-Range"] == make_etag(BODY) and "Authorization" not in asked[1].headers
    assert [(log.status, log.bytes) for log in play.logs] == [(206, 4), (206, 1_000)]


def test_a_file_on_a_host_that_was_not_declared_is_not_read(play: Play) -> None:
    play.server.reply(URL, Answer.redirect("https://cdn.example.org/x"))
    with pytest.raises(SourceError, match=r"cdn\.example\.org/x, which is not on a host of this source"):
        RemoteFile(play.session(), URL)


def read_some(play: Play, file: RangedFile, *broken: Answer) -> bytes:
    """The second thousand bytes, which the server answers as told first and then as it should."""
    play.server.reply(URL, file.answer)
    remote = RemoteFile(play.session(read_timeout=0.3), URL)
    play.server.sequence(URL, [*broken, file.answer])
    remote.seek(1_000)
    return remote.read(1_000)


PIECE = Answer(BODY[1_000:17_384], 206, {"Content-Range": f"bytes 1000-17383/{len(BODY)}"}, etag=make_etag(BODY))


@pytest.mark.parametrize(
    ("broken", "wait"),
    [
        (replace(PIECE, cut=100), None),
        (replace(PIECE, cut=100, cut_quietly=True), None),
        (replace(PIECE, delay=0.6), None),
        (Answer(b"", 503), None),
        (Answer.limited(retry_after=7), 7.0),
        (Answer.limited(left=0, reset=12), 13.0),
    ],
    ids=["cut", "quietly cut", "silent", "503", "429 with Retry-After", "429 with RateLimit"],
)
def test_a_range_that_fails_is_asked_for_again(play: Play, broken: Answer, wait: float | None) -> None:
    assert read_some(play, RangedFile(BODY, make_etag(BODY)), broken) == BODY[1_000:2_000]
    assert len(play.waits) == 1 and (wait is None or play.waits == [wait])
    assert play.logs[-1].attempts == 2


def test_a_server_that_ignores_ranges_is_refused_before_its_body_is_read(play: Play) -> None:
    serve_file(play.server, URL, BODY, whole_only=True)
    with pytest.raises(SourceError, match="would send the whole of 100,000 bytes, which is not wanted"):
        RemoteFile(play.session(), URL)
    assert [(log.status, log.bytes, log.attempts) for log in play.logs] == [(200, 0, 1)]


def test_more_bytes_than_asked_for_are_not_read(play: Play) -> None:
    with pytest.raises(SourceError, match="sends more than the 16,384 bytes asked for: not read"):
        read_some(play, RangedFile(BODY, make_etag(BODY)), replace(PIECE, body=BODY, chunked=True))
    assert play.logs[-1].bytes <= 16_384 + (64 << 10)


def test_a_file_that_becomes_another_one_is_noticed_at_the_next_read(play: Play) -> None:
    file = serve_file(play.server, URL, BODY, cdn=CDN)
    remote = RemoteFile(play.session(), URL)
    file.replace(BODY[::-1])
    with pytest.raises(FileChanged, match=r"it changed while it was read: run refresh again\.$"):
        remote.read(100)
    assert remote.tell() == 0


def test_a_server_without_validators_is_noticed_by_the_size(play: Play) -> None:
    file = RangedFile(BODY, None)
    play.server.reply(URL, file.answer)
    remote = RemoteFile(play.session(), URL)
    assert "If-Range" not in play.server.requests[-1].headers
    file.body = BODY[:-1]
    with pytest.raises(FileChanged):
        remote.read(100)


def test_an_empty_file_is_a_sentence(play: Play) -> None:
    serve_file(play.server, URL, b"")
    with pytest.raises(SourceError, match="holds 0 bytes, fewer than were asked for"):
        RemoteFile(play.session(), URL)


def test_a_range_needs_no_more_memory_than_the_largest_request() -> None:
    asked: list[int] = []

    def fetch(start: int, stop: int) -> bytes:
        asked.append(stop - start)
        return bytes(stop - start)

    file = RangeFile(40 << 20, fetch)
    assert len(file.read()) == 40 << 20
    assert max(asked) == 8 << 20 and len(asked) == 5


@settings(max_examples=30)
@given(cut=st.integers(0, 3))
def test_small_gaps_are_read_through_and_large_ones_are_not(cut: int) -> None:
    near, far = GAP - cut, GAP + 1 + cut
    assert len(coalesce([(0, 10), (10 + near, 20 + near)])) == 1
    assert len(coalesce([(0, 10), (10 + far, 20 + far)])) == 2


def test_the_request_as_received_is_in_a_publishers_words(play: Play) -> None:
    seen: list[Request] = []
    file = RangedFile(BODY, make_etag(BODY))
    play.server.reply(URL, lambda request: seen.append(request) or file.answer(request))  # type: ignore[func-returns-value]
    RemoteFile(play.session(), URL)
    assert seen[0].headers["Range"] == "bytes=0-3" and "gpt-oss-landscape" in seen[0].headers["User-Agent"]
