"""The four price lists through their live clients: read once, then unchanged; a refused body costs its list alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

import ingest.access
import ingest.refresh
from ingest.http import Session
from tests.homes import ask, run_landscape
from tests.published import find_published
from tests.published.litellm_prices import URL
from tests.replay_server import Answer, ReplayServer

LISTS = ("genai_prices", "litellm_prices", "llm_prices", "openrouter_models")


def test_a_second_read_is_unchanged_and_a_refused_body_keeps_the_last_good_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.refresh, "SEED", tmp_path / "no-seed")
    monkeypatch.setattr(ingest.access, "Session", partial(Session, sleep=lambda seconds: None))
    home = tmp_path / "home"
    with ReplayServer() as server:
        for source in LISTS:
            find_published()[source].serve(server)
        first = run_landscape(home, "refresh", "--mirror", server.url, *LISTS)
        assert first.exit_code == 0, first.output
        again = run_landscape(home, "refresh", "--mirror", server.url, *LISTS)
        for source in LISTS:
            assert f"{source}: 0 rows added from 0 new snapshot(s)" in again.stdout
        asked = "where run_id = (select run_id from logs.runs order by started_at desc limit 1)"
        assert ask(home, f"select distinct status from logs.fetches {asked}") == [{"status": 304}]
        before = ask(home, "select count(*) as n from prices where is_listed and source_id = 'litellm_prices'")
        server.reply(URL, Answer(b"<html>busy</html>"))
        refused = run_landscape(home, "refresh", "--mirror", server.url, *LISTS)
        assert refused.exit_code == 1 and "litellm_prices: " in refused.output and "no JSON" in refused.output
        assert before == ask(home, "select count(*) as n from prices where is_listed and source_id = 'litellm_prices'")
    assert server.unscripted == []
