"""Where a session goes, by which way, and what it tells whom."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from requests import PreparedRequest

from ingest.http_address import Addresses
from ingest.source import SourceError
from tests.http_play import BODY, LIST, MODEL, Play
from tests.replay_server import Answer, ReplayServer


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Iterator[Play]:
    with Play(monkeypatch) as play:
        yield play


def test_redirects_are_followed_to_declared_hosts_and_mapped_through_the_mirror(play: Play) -> None:
    play.server.reply(MODEL, Answer.redirect("/api/models/openai/new", 307))
    play.server.reply(f"{LIST}/openai/new", Answer.redirect(f"{play.server.url}/cdn-lfs.hf.co/a%2Fb?sig=1"))
    play.server.route("https://cdn-lfs.hf.co/a%2Fb?sig=1", BODY)
    fetched = play.session().get(MODEL)
    assert (fetched.url, fetched.status, fetched.body) == (MODEL, 200, BODY)
    assert play.server.unscripted == []


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/x",
        "//evil.example/x",
        "https://hf.co/x",
        "https://evil.example\\.hf.co/x",
        "https://huggingface.co.evil.example/x",
        "https://cdn.hf.co.evil.example/x",
        "https://huggingface.co@evil.example/x",
        "https://me:pw@huggingface.co/x",
        "http://huggingface.co/x",
        "ftp://huggingface.co/x",
        "https://[::1/x",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_anywhere_else_is_refused(play: Play, target: str) -> None:
    play.server.reply(MODEL, Answer.redirect(f"{target}?signature=secret"))
    sentence = play.fails()
    assert "not followed" in sentence or "no web address" in sentence
    assert "pw" not in sentence and "secret" not in sentence and play.server.unscripted == []


def test_a_url_outside_the_declared_hosts_is_never_asked_for(play: Play) -> None:
    assert "not on a host of this source (huggingface.co, .hf.co)" in play.fails("https://evil.example/x")
    assert "is not https" in play.fails("http://huggingface.co/x")
    assert play.server.requests == []


def test_endless_redirects_end(play: Play) -> None:
    play.server.reply(f"{LIST}/*", lambda request: Answer.redirect(f"https:/{request.path}a"))
    assert "more than 5 redirects" in play.fails()
    assert len(play.server.requests) == 6


def test_a_token_and_the_callers_headers_stay_with_their_host(play: Play) -> None:
    with ReplayServer() as other:
        own, foreign = play.server.url.removeprefix("http://"), other.url.removeprefix("http://")
        play.server.reply(f"/{own}/", Answer.redirect(f"{other.url}/there"))
        play.server.reply("/here", Answer.redirect(f"{other.url}/there"))
        other.route("/there", BODY)
        session = play.direct(token_for={own: " hf_abc\n"})
        session.get(f"{play.server.url}/here", headers={"X-Api-Key": "k", "Accept": "text/csv"})
        sent, forwarded = play.server.requests[0].headers, other.requests[0].headers
    assert own != foreign
    assert (sent["Authorization"], sent["X-Api-Key"], sent["Accept"]) == ("Bearer hf_abc", "k", "text/csv")
    assert {"Authorization", "X-Api-Key"}.isdisjoint(forwarded) and forwarded["Accept"] == "text/csv"


def test_a_mirror_and_netrc_are_not_told_or_used_as_a_hosts_token(
    play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password pw\n")
    play.server.route(MODEL, BODY)
    play.server.route("/plain", BODY)
    play.session(token_for={"huggingface.co": "hf_abc"}).get(MODEL, headers={"X-Api-Key": "k"})
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    play.direct().get(f"{play.server.url}/plain")
    for request in play.server.requests:
        assert {"Authorization", "X-Api-Key"}.isdisjoint(request.headers)


def test_an_unusable_token_or_mirror_is_said_without_showing_it(play: Play) -> None:
    unusable: dict[str, dict[str, Any]] = {
        "key": {"token_for": {"huggingface.co": "hf_\nsecret"}},
        "mirror": {"mirror": "secret"},
    }
    for word, wrong in unusable.items():
        with pytest.raises(SourceError, match=word) as failure:
            play.session(**wrong)
        assert "secret" not in failure.value.message


def test_a_proxy_of_the_environment_is_used(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    play.server.route("http://127.0.0.1:9/data", BODY)
    monkeypatch.setenv("http_proxy", play.server.url)
    assert play.direct().get("http://127.0.0.1:9/data").body == BODY


def test_a_companys_certificate_is_trusted_when_the_environment_names_it(
    play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which("openssl"):
        pytest.skip("OPENSSL MISSING: no certificate can be made here, so none is tested.")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-keyout",
            key,
            "-out",
            certificate,
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
        ],
        check=True,
        capture_output=True,
    )
    with ReplayServer(tls=(certificate, key)) as server:
        server.route(MODEL, BODY)
        assert "set REQUESTS_CA_BUNDLE" in play.fails(mirror=server.url)
        assert play.waits == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        with play.session(mirror=server.url) as session:
            assert session.get(MODEL).body == BODY
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
        assert "certificate settings" in play.fails(mirror=server.url)


_PARTS = ["huggingface.co", "cdn", ".hf.co", "evil.example", ":443", ":99", *"\\@/#?[]%. \t"]


@given(st.lists(st.sampled_from(_PARTS), min_size=1, max_size=5))
def test_an_admitted_address_is_on_a_declared_host_for_the_library_that_connects(parts: list[str]) -> None:
    url = "https://" + "".join(parts)
    try:
        Addresses("hf_hub", ("huggingface.co", ".hf.co"), None).admit(url)
        reached = PreparedRequest()
        reached.prepare_url(url, None)
    except (SourceError, requests.RequestException):
        return
    host = urlsplit(reached.url or "").hostname or ""
    assert host == "huggingface.co" or str(host).endswith(".hf.co")
