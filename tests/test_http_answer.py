"""Bodies over a limit, and headers as anyone might send them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping
from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.http_answer import asked_wait, next_link, plain_text, spent_for
from tests.http_play import BODY, LIST, MODEL, NOW, Play
from tests.replay_server import Answer, rate_limit


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    with Play(monkeypatch) as play:
        yield play


@pytest.mark.parametrize(
    "large",
    [
        Answer(b"x" * 10_001),
        Answer(b"x" * 10_001, chunked=True),
        Answer(b"\0" * 1_000_000, gzip=True),
    ],
    ids=["announced", "chunked", "gzip bomb"],
)
def test_a_body_over_the_limit_is_refused_before_it_is_all_read(play: Play, large: Answer) -> None:
    play.server.reply(MODEL, large)
    assert "over this source's limit of 10,000 bytes" in play.fails()
    is_announced = not (large.chunked or large.gzip)
    assert play.server.hits(MODEL) == 1 and play.logs[0].bytes <= (0 if is_announced else 10_000 + (1 << 16))


def test_a_body_of_just_the_limit_is_taken_plain_or_in_several_gzip_members(play: Play) -> None:
    members = gzip.compress(b"ab") + gzip.compress(b"c" * 9998)
    play.server.route(MODEL, b"x" * 10_000)
    play.server.route(LIST, members, headers={"Content-Encoding": "gzip"})
    assert len(play.session().get(MODEL).body) == 10_000
    assert play.session().get(LIST).body == b"ab" + b"c" * 9998


@pytest.mark.parametrize("zipped", [False, True])
def test_a_body_that_drips_ends_at_the_deadline(play: Play, zipped: bool) -> None:
    play.server.route(MODEL, bytes(range(256)) * 4, drip=0.02, gzip=zipped)
    assert "was not complete after 0.2 s" in play.fails(total_timeout=0.2)
    assert play.logs[0].seconds < 1 and play.logs[0].attempts == 1


def test_an_error_page_that_drips_ends_at_the_deadline(play: Play) -> None:
    play.server.route(MODEL, b"no such model here" * 20, status=404, drip=0.02)
    assert 'answered 404 ("no' in play.fails(total_timeout=0.2)
    assert play.logs[0].seconds < 1


def test_an_encoding_nobody_asked_for_is_refused(play: Play) -> None:
    play.server.route(MODEL, BODY, headers={"Content-Encoding": "br"})
    assert "the encoding 'br'" in play.fails()


@given(st.text(), st.text())
def test_no_header_breaks_the_reading_of_waits_and_links(value: str, other: str) -> None:
    wait = asked_wait({"Retry-After": value, "RateLimit": other}, NOW)
    assert wait is None or wait > 0
    assert next_link(value) is None or "<" in value or "next" in value
    assert len(plain_text(value.encode("utf-8", "replace"))) <= 200


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_rate_limit_asks_for_a_wait_only_when_nothing_is_left(left: int, reset: int) -> None:
    assert spent_for(rate_limit(left, reset)["RateLimit"]) == (reset + 1 if left == 0 else None)


@given(st.integers(1, 10**6), st.booleans())
def test_a_retry_after_date_means_the_seconds_until_then(seconds: int, as_date: bool) -> None:
    later = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    headers: Mapping[str, str] = {"Retry-After": later if as_date else str(seconds)}
    assert asked_wait(headers, NOW) == seconds
