"""What the session of ingest.http gives, tries again and follows, against a real server on this machine."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest

from ingest.http import Known
from ingest.source import Fetched, Fetcher, SourceError
from tests.http_play import BODY, LIST, MODEL, NOW, Play
from tests.replay_server import Answer, rate_limit


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    with Play(monkeypatch) as play:
        yield play


def known_as(body: bytes, etag: str | None = None, modified: str | None = None) -> Callable[[str], Known]:
    return lambda url: Known(etag, modified, lambda: body)


# What a good answer gives


def test_an_answer_keeps_the_publishers_url_and_says_who_asks(play: Play) -> None:
    play.server.route(MODEL, BODY, etag='"v1"', headers={"Set-Cookie": "visitor=1"})
    session: Fetcher = play.session()
    url = f"{MODEL}?expand[]=downloads&expand[]=likes"
    fetched = session.get(url, name="gpt-oss-120b")
    assert fetched == Fetched(url, 200, fetched.headers, BODY, NOW, name="gpt-oss-120b")
    assert fetched.headers["ETag"] == fetched.headers["etag"] == '"v1"'
    assert "Set-Cookie" not in fetched.headers
    session.get(url)
    sent = play.server.requests[1]
    assert sent.path.replace("%5B%5D", "[]") == url.removeprefix("https:/")
    assert sent.headers["User-Agent"].startswith("gpt-oss-landscape/")
    assert sent.headers["Accept-Encoding"] == "gzip"
    assert {"If-None-Match", "If-Modified-Since", "Cookie", "Authorization"}.isdisjoint(sent.headers)


def test_each_get_is_logged_once_with_its_tries(play: Play) -> None:
    play.server.sequence(MODEL, [Answer(b"busy", 503), Answer(BODY, gzip=True)])
    play.session().get(MODEL)
    (log,) = play.logs
    assert (log.url, log.observed_at, log.status, log.bytes, log.attempts, log.error) == (
        MODEL,
        NOW,
        200,
        len(BODY),
        2,
        None,
    )
    assert 0 < log.seconds < 5


def test_a_known_url_is_asked_for_conditionally_and_its_304_gives_the_archived_body(play: Play) -> None:
    play.server.route(MODEL, BODY, etag='W/"v1"', last_modified="Fri, 21 Aug 2026 10:00:00 GMT")
    for known in (known_as(BODY, 'W/"v1"'), known_as(BODY, None, "Fri, 21 Aug 2026 10:00:00 GMT")):
        fetched = play.session(known=known).get(MODEL)
        assert (fetched.status, fetched.body, fetched.unchanged) == (304, BODY, True)
        assert play.logs[-1].bytes == 0


def test_the_same_body_served_again_is_unchanged_and_another_is_not(play: Play) -> None:
    play.server.route(MODEL, BODY, etag='"v2"')
    assert play.session(known=known_as(BODY, '"v1"')).get(MODEL).unchanged
    fetched = play.session(known=known_as(b"{}", '"v1"')).get(MODEL)
    assert (fetched.status, fetched.body, fetched.unchanged) == (200, BODY, False)


def test_a_304_that_cannot_be_used_is_an_error(play: Play) -> None:
    def lost() -> bytes:
        raise FileNotFoundError("raw/ab12.json")

    play.server.route(MODEL, status=304)
    assert "304 to a question without a condition" in play.fails()
    assert "raw/ab12.json" in play.fails(known=lambda url: Known('"v1"', None, lost))


# What is tried again, and when


@pytest.mark.parametrize(
    "broken",
    [
        Answer(b"x", 500),
        Answer(b"x", 503),
        Answer.limited(),
        Answer(BODY, cut=10),
        Answer(BODY, cut=0),
        Answer(BODY, chunked=True, cut=10),
        Answer(BODY, gzip=True, cut=30),
        Answer(BODY, delay=0.5),
        Answer(BODY, gzip=True, cut=30, cut_quietly=True),
        Answer(BODY, headers={"Content-Encoding": "gzip"}),
    ],
    ids=["500", "503", "429", "cut", "cut at once", "cut chunks", "cut gzip", "silent", "quietly cut gzip", "no gzip"],
)
def test_a_passing_failure_is_tried_again_after_a_growing_wait(play: Play, broken: Answer) -> None:
    play.server.sequence(MODEL, [broken, broken, Answer(BODY)])
    assert play.session(read_timeout=0.2).get(MODEL).body == BODY
    first, second = play.waits
    assert 1 <= first <= 2 <= second <= 4
    play.server.reply(MODEL, broken)
    assert "failed 4 times, at last because it" in play.fails(read_timeout=0.2)
    assert play.server.hits(MODEL) == 3 + 4 and play.logs[-1].attempts == 4


def test_a_host_that_is_not_there_is_tried_again_and_named(play: Play) -> None:
    assert "it refused the connection" in play.fails(mirror="http://127.0.0.1:9")
    assert len(play.waits) == 3 and play.logs[-1].status is None


@pytest.mark.parametrize(
    ("limited", "wait"),
    [
        (Answer.limited(retry_after=7), 7.0),
        (Answer.limited(retry_after=format_datetime(NOW + timedelta(seconds=90), usegmt=True)), 90.0),
        (Answer.limited(left=0, reset=12), 13.0),
        (Answer.limited(left=0, reset=12, retry_after=30), 30.0),
        (Answer(b"", 503, {"Retry-After": "11"}), 11.0),
    ],
)
def test_a_stated_wait_is_kept_to_the_second(play: Play, limited: Answer, wait: float) -> None:
    play.server.sequence(MODEL, [limited, limited, Answer(BODY)])
    play.session().get(MODEL)
    assert play.waits == [wait, wait]


@pytest.mark.parametrize(
    "limited", [Answer.limited(left=3, reset=200), Answer.limited(retry_after="soon"), Answer.limited(retry_after=0)]
)
def test_a_refusal_without_a_usable_wait_backs_off(play: Play, limited: Answer) -> None:
    play.server.sequence(MODEL, [limited, Answer(BODY)])
    play.session().get(MODEL)
    assert len(play.waits) == 1 and 1 <= play.waits[0] <= 2


def test_a_spent_allowance_is_waited_for_before_the_next_request(play: Play) -> None:
    fresh = Answer(BODY, headers=rate_limit(499, 300))
    play.server.sequence(MODEL, [Answer(BODY, headers=rate_limit(0, 12)), fresh])
    session = play.session()
    session.get(MODEL)
    assert play.waits == []
    session.get(MODEL)
    session.get(MODEL)
    assert play.waits == [13.0]


def test_a_wait_over_the_limit_is_an_error_and_not_a_wait(play: Play) -> None:
    play.server.reply(MODEL, Answer.limited(retry_after=3600))
    for tries in (4, 1):
        assert "asks for a wait of 3,600 s, over our 330 s" in play.fails(tries=tries)
    play.server.route(MODEL, BODY, headers=rate_limit(0, 900))
    session = play.session()
    session.get(MODEL)
    for _ in range(2):
        with pytest.raises(SourceError, match="901 s"):
            session.get(MODEL)
    assert play.waits == [] and play.server.hits(MODEL) == 3


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "publisher's documentation"),
        (401, "check that the key"),
        (403, "proxy or firewall"),
        (404, "moved or renamed"),
        (204, "publisher's documentation"),
        (302, "publisher's documentation"),
    ],
)
def test_other_refusals_fail_at_once_with_what_the_page_says(play: Play, status: int, advice: str) -> None:
    page = b"<html><style>p{color:red}</style><p>Sorry, <b>no</b>\n" + b"x" * 5000
    play.server.route(MODEL, page if status != 204 else b"", status=status)
    sentence = play.fails()
    assert advice in sentence and f"answered {status}" in sentence and len(sentence) < 500
    assert status == 204 or '("Sorry, no xxx' in sentence
    assert play.server.hits(MODEL) == 1 and play.waits == []


# Pages


def test_pages_follow_the_next_link_verbatim_and_are_never_conditional(play: Play) -> None:
    play.server.pages(f"{LIST}?filter=a", [b"[1]", b"[2]", b"[3]"], etag='"same"')
    play.server.pages(f"{LIST}?filter=b", [b"[9]"])
    session = play.session(known=known_as(b"[2]", '"same"'))
    pages = list(session.get_pages(f"{LIST}?limit=1&filter=a", name="derivatives"))
    assert [(p.body, p.status, p.unchanged, p.name) for p in pages] == [
        (b"[1]", 200, False, "derivatives"),
        (b"[2]", 200, True, "derivatives"),
        (b"[3]", 200, False, "derivatives"),
    ]
    assert pages[2].url == f"{LIST}?limit=1&filter=a&cursor=page%2F2%3D%3D"
    assert [r.path for r in play.server.requests] == [p.url.removeprefix("https:/") for p in pages]


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("https://cdn.hf.co/api/models?cursor=2", "another host"),
        ("https://evil.example/", "not on a host"),
        (f"{LIST}?cursor=1", "in a circle"),
    ],
)
def test_a_next_link_to_another_host_or_in_a_circle_is_refused(play: Play, link: str, words: str) -> None:
    play.server.route(LIST, b"[]", headers={"Link": f'<{link}>; rel="next"'})
    pages = play.session().get_pages(LIST)
    with pytest.raises(SourceError, match=words):
        list(pages)
    assert len(play.server.requests) <= 2 and play.server.unscripted == []


def test_a_next_link_into_the_mirror_is_the_publishers(play: Play) -> None:
    within = f"{play.server.url}/huggingface.co/api/models?cursor=2"
    play.server.sequence(
        LIST,
        [
            Answer(b"[1]", headers={"Link": f'<{within}>; rel="next"'}),
            Answer(b"[2]", headers={"Link": '</api/models?cursor=1>; rel="prev"'}),
        ],
    )
    assert [page.url for page in play.session().get_pages(LIST)] == [LIST, f"{LIST}?cursor=2"]


def test_a_failing_page_ends_the_list_with_an_error(play: Play) -> None:
    play.server.pages(LIST, [b"[1]", b"[2]"])
    play.server.route(f"{LIST}?cursor=page/1%3D%3D", b"gone", status=404)
    pages = play.session().get_pages(LIST)
    assert next(pages).body == b"[1]"
    with pytest.raises(SourceError, match="404"):
        next(pages)


def test_the_server_answers_a_command_in_another_process(play: Play) -> None:
    play.server.sequence(MODEL, [Answer(b"busy", 503, delay=0.01), lambda r: Answer(r.path.encode())])
    script = (
        "import sys, datetime as d; from ingest.http import Session;"
        "s = Session('x', ('huggingface.co',), max_bytes=99, mirror=sys.argv[1], sleep=lambda s: None,"
        " now=lambda: d.datetime.now(d.UTC)); print(s.get(sys.argv[2]).body.decode()); s.close()"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, play.server.url, MODEL],
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == MODEL.removeprefix("https:/")
    assert [request.path for request in play.server.requests] == [MODEL.removeprefix("https:/")] * 2
