"""tau2-bench: a rate per domain as its submission states it, custom agents apart, broken submissions refused."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.source import SourceError
from ingest.sources.tau2_bench import Tau2Bench
from tests.published import tau2_bench as publisher
from tests.published.tau2_bench import FOLDER, GPT_OSS, make_submission
from tests.replay_server import ReplayServer
from tests.source_play import parse_bodies, pick_refused, pick_scores, read_live

pytestmark = pytest.mark.usefixtures("newest_alone")

SOURCE = Tau2Bench()
NAMED = {url.removeprefix(f"{FOLDER}/"): body for url, body in publisher.BODIES.items()}


def test_a_submission_is_a_rate_a_domain_with_its_settings_and_nothing_for_a_domain_not_run() -> None:
    scores = [s for s in pick_scores(parse_bodies(SOURCE, NAMED)) if s.run == GPT_OSS]
    assert {s.board: s.value for s in scores} == {"retail": 57.5, "airline": 46.0, "telecom": 58.1}
    assert {(s.name_raw, s.category, s.edition) for s in scores} == {("gpt-oss-120b", "overall", date(2026, 5, 7))}
    assert {s.config_raw for s in scores} == {"user_simulator=openai/gpt-oss-120b;version=0.2.1-dev"}
    assert {s.evaluated_on for s in scores} == {date(2026, 1, 8)}


def test_a_custom_agent_is_a_series_of_its_own() -> None:
    scores = pick_scores(parse_bodies(SOURCE, NAMED))
    assert {s.name_raw for s in scores if s.category == "custom"} == {"AA agent"}


@pytest.mark.parametrize("rate", [141, "57.5 %", True, -1])
def test_a_submission_with_a_rate_that_is_none_is_refused_and_the_rest_read(rate: object) -> None:
    broken = {f"{GPT_OSS}/submission.json": make_submission("gpt-oss-120b", {"retail": rate})}
    parsed = parse_bodies(SOURCE, {**NAMED, **broken})
    assert [r.reason.partition(":")[0] for r in pick_refused(parsed)] == [GPT_OSS]
    assert {s.name_raw for s in pick_scores(parsed)} == {"GPT-5.2", "AA agent"}


@pytest.mark.parametrize("body", [b"", b"<html></html>", b"[]", b"{}", b'{"submissions": []}', b'{"submissions": [1]}'])
def test_a_manifest_that_is_none_is_one_readable_error(body: bytes) -> None:
    with pytest.raises(SourceError, match=r"^tau2_bench: manifest\.json "):
        parse_bodies(SOURCE, {**NAMED, "manifest.json": body})


def test_a_submission_that_is_not_served_is_reported_and_the_rest_read() -> None:
    with ReplayServer() as server:
        publisher.serve(server)
        server.route(f"{FOLDER}/{GPT_OSS}/submission.json", b"404: Not Found", status=404)
        answers, complaints = read_live(SOURCE, server)
    assert len(answers) == 3 and [c.partition(":")[0] for c in complaints] == [GPT_OSS]
