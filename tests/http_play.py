"""A replay server, sessions that go through it as a mirror, and what they did: for the tests of ingest.http.

Waits are written down and never waited; the clock stands at `NOW`. It clears the proxies of the environment,
which would otherwise stand between a test and its own machine.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Self

import pytest

from ingest.http import FetchLog, Session
from ingest.source import SourceError
from tests.replay_server import ReplayServer

NOW = datetime(2026, 8, 22, 12, 0, tzinfo=UTC)
MODEL = "https://huggingface.co/api/models/openai/gpt-oss-120b"
LIST = "https://huggingface.co/api/models"
BODY = b'{"id": "openai/gpt-oss-120b", "likes": 4000}'


class Play:
    """A server, a session that goes through it as a mirror, and what the session did."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.upper(), raising=False)
        self.server = ReplayServer()
        self.waits: list[float] = []
        self.logs: list[FetchLog] = []
        self.opened: list[Session] = []

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()
        for session in self.opened:
            session.close()

    def session(self, **changed: Any) -> Session:
        settings: dict[str, Any] = {
            "max_bytes": 10_000,
            "mirror": self.server.url,
            "now": lambda: NOW,
            "sleep": self.waits.append,
            "on_fetch": self.logs.append,
            "read_timeout": 2.0,
        }
        hosts = changed.pop("hosts", ("huggingface.co", ".hf.co"))
        self.opened.append(Session("hf_hub", hosts, **(settings | changed)))
        return self.opened[-1]

    def direct(self, **changed: Any) -> Session:
        """A session that asks this server itself, without a mirror between."""
        return self.session(hosts=("127.0.0.1",), mirror=None, **changed)

    def fails(self, url: str = MODEL, **changed: Any) -> str:
        """The sentence a get fails with."""
        with pytest.raises(SourceError) as failure:
            self.session(**changed).get(url)
        sentence = failure.value.message
        assert failure.value.source_id == "hf_hub" and sentence.endswith(".") and "\n" not in sentence
        assert self.logs[-1].error == sentence
        return sentence
