"""Recordings of the Hub by others: each reading once, with its own clock, recorder and licence.

Rows are written by hand in each recorder's shape with true figures; the last tests read the recordings.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.source import HubReading, Parsed, Payload, PayloadKind, Refused, Repo, Snapshot, SourceError
from ingest.sources.hf_hub import HfHub

AT = datetime(2026, 8, 22, 18, 30, tzinfo=UTC)
SMALL, LARGE = "openai/gpt-oss-20b", "openai/gpt-oss-120b"
OBSERVATIONS = "observed_at,observed_at_kind,model_id,downloads_30d,likes,trending_score,source,source_commit"
LLMFIT = "commit_date,model_id,downloads_30d,likes,parameters_raw,release_date,source_commit"
STARSCREENER = (
    "fetched_at,model_id,rank,downloads_30d,likes,trending_score,pipeline_tag,library_name,"
    "license_tag,created_at,last_modified,source_commit"
)


def parse_one(body: object, name: str, kind: PayloadKind) -> list[Parsed]:
    text = body if isinstance(body, (bytes, str)) else json.dumps(body)
    payload = Payload(
        7,
        "hf_hub",
        name,
        "https://huggingface.co/api/models",
        text if isinstance(text, bytes) else text.encode(),
        AT,
        "recorded",
        AT,
        AT,
        kind,
        "none-stated",
        "no",
        complete=False,
    )
    return list(HfHub().parse(Snapshot("s", "hf_hub", AT, (payload,))))


def readings(found: list[Parsed]) -> list[HubReading]:
    return [f for f in found if isinstance(f, HubReading)]


def repos(found: list[Parsed]) -> list[Repo]:
    return [f for f in found if isinstance(f, Repo)]


@pytest.mark.parametrize("body", [OBSERVATIONS, f"{OBSERVATIONS},new\n", f"{LLMFIT}\n\0"])
def test_a_recording_without_rows_or_of_another_shape_is_an_error(body: str) -> None:
    with pytest.raises(SourceError, match=r"^hf_hub: .*look at"):
        parse_one(body, "f.csv", "DERIVED")


def test_a_recorded_row_has_its_own_clock_recorder_and_licence() -> None:
    found = readings(
        parse_one(
            f"{OBSERVATIONS}\n"
            f"2025-09-13T20:42:45Z,commit_date,{SMALL},8458222,3489,,alain,caafc2b\n"
            f"2025-09-18T15:51:46Z,report_generated,{SMALL},7808773,3540,,hf-model-inspector,4e69793\n"
            f"2026-02-12T02:32:49Z,scraped_at,{SMALL},0,,,kell.cx,7dde8c1b\n",
            "observations.csv",
            "DERIVED",
        )
    )
    assert [(r.origin, r.observed_kind, r.licence_id, r.redistributable) for r in found] == [
        ("alain", "commit_date", "MIT", "yes"),
        ("hf-model-inspector", "recorded", "Apache-2.0", "yes"),
        ("kell.cx", "recorded", "none-stated", "no"),
    ]
    assert found[0].read_at == found[0].observed_at == datetime(2025, 9, 13, 20, 42, 45, tzinfo=UTC)
    assert (found[2].downloads_30d, found[2].likes) == (0, None)


def test_the_likes_llmfit_lost_are_unknown_and_its_earlier_zeros_stay() -> None:
    found = readings(
        parse_one(
            f"{LLMFIT}\n2026-03-31T14:00:00Z,a/b,10,0,,,x\n2026-04-01T14:05:18Z,a/b,11,0,,,x\n"
            "2026-05-10T14:00:28Z,a/b,12,5,,,x\n",
            "hf_models_changes.csv",
            "DERIVED",
        )
    )
    assert [r.likes for r in found] == [0, None, 5]


def test_a_recorded_repository_is_described_once_and_again_when_it_changes() -> None:
    rows = [
        f"2026-04-{day}T07:02:30Z,x/y,1,5,1,1,{task},transformers,mit,2026-04-22T06:04:45.000Z,,c"
        for day, task in [(28, "text-generation"), (29, "text-generation"), (30, "any-to-any")]
    ]
    found = parse_one("\n".join([STARSCREENER, *rows]), "trending_snapshots.csv", "DERIVED")
    assert len(readings(found)) == 3
    assert [(r.pipeline_tag, r.row_no, r.licence_raw, r.author, r.redistributable) for r in repos(found)] == [
        ("text-generation", 0, "mit", "x", "yes"),
        ("any-to-any", 2, "mit", "x", "yes"),
    ]


def test_fractions_of_a_second_do_not_make_another_reading() -> None:
    row = {"id": "x/y", "downloads": 5, "likes": 1, "pipelineTag": "any-to-any", "libraryName": None}
    wrapped = {"fetchedAt": "2026-05-04T08:43:19.965Z", "models": [row]}
    table = f"{STARSCREENER}\n2026-05-04T08:43:19Z,x/y,1,5,1,1,any-to-any,,mit,,,c"
    one, other = (readings(parse_one(b, "f", "RECORDED"))[0] for b in (wrapped, table))
    assert (one.name_raw, one.read_at, one.origin) == (other.name_raw, other.read_at, other.origin)
    assert one.observed_at == other.observed_at == one.read_at
    assert repos(parse_one(wrapped, "f", "RECORDED"))[0].pipeline_tag == "any-to-any"


def test_a_recorder_who_cut_the_tags_describes_no_repository() -> None:
    body = {
        "scraped_at": "2026-02-12T02:32:49.314Z",
        "top_models_by_downloads": [],
        "top_models_by_likes": [{"id": LARGE, "downloads": 9, "likes": 8}],
        "top_spaces": [{"id": "a/s", "likes": 5}],
        "recent_models_24h": [{"id": "a/new", "downloads": 0, "likes": 0}],
    }
    [reading] = parse_one(body, "huggingface-trending.json", "RECORDED")
    assert isinstance(reading, HubReading)
    assert (reading.name_raw, reading.origin) == (LARGE, "kell.cx")


def test_a_recorded_raw_list_is_not_called_live() -> None:
    assert readings(parse_one([{"id": "a/b", "likes": 1}], "list.json", "RECORDED"))[0].origin == "recorded"


def test_a_row_without_an_instant_is_refused() -> None:
    rows = "2026-03-31,a/b,1,1,,,x\n2026-03-31T00:00:00Z,a/b,1,1,,,x"
    refused, good = parse_one(f"{LLMFIT}\n{rows}", "f", "DERIVED")
    assert isinstance(refused, Refused)
    assert isinstance(good, HubReading)
    assert good.read_at == datetime(2026, 3, 31, tzinfo=UTC)


def test_the_list_of_counter_faults_holds_no_reading() -> None:
    body = "start_day,end_day,kind,what_happened,source\n2025-03-04,,stall,x,y\n"
    assert parse_one(body, "hub_counter_glitches.csv", "DERIVED") == []


def read_recordings(folder: Path) -> Iterator[tuple[str, list[Parsed]]]:
    with (folder / "manifest.csv").open() as f:
        for row in csv.DictReader(f):
            if row["source_id"] == "hf_hub":
                path = folder / row["path"]
                yield row["path"], parse_one(path.read_bytes(), path.name, "RECORDED")


def test_a_reading_in_two_recordings_is_the_same_reading(shared_sources: Path) -> None:
    known: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    total = 0
    for path, found in read_recordings(shared_sources):
        assert not any(isinstance(f, Refused) for f in found), path
        for r in readings(found):
            said = (r.downloads_30d, r.likes, r.observed_kind, r.licence_id, r.redistributable)
            assert known.setdefault((r.name_raw, r.read_at, r.origin), said) == said
            total += 1
    assert (total, len(known)) == (68672, 52929)


def test_the_recorded_past_of_gpt_oss_is_as_known(shared_sources: Path) -> None:
    path = shared_sources / "huggingface/observations.csv"
    found = readings(parse_one(path.read_bytes(), path.name, "DERIVED"))
    counts = Counter(r.name_raw for r in found)
    assert (len(found), counts[SMALL], counts[LARGE]) == (14290, 49, 48)
    early = [(r.read_at.date(), r.downloads_30d) for r in found if r.origin == "alain" and r.name_raw == SMALL]
    assert early == [(date(2025, 9, 13), 8458222), (date(2025, 9, 14), 8458222)]
    last = [
        r.downloads_30d or 0 for r in found if r.name_raw in (SMALL, LARGE) and r.read_at.date() == date(2026, 5, 10)
    ]
    assert len(last) == 2
    assert round(sum(last) / 1e6, 1) == 11.6
    assert sum(r.downloads_30d == 0 for r in found) == 207
    assert sum(r.redistributable == "yes" for r in found) == 10586
