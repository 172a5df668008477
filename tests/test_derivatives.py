"""Derivatives, on a replay server's lists in the Hub's own shape: counts by relation and month, authors, absences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.derivative_classes import Author, classify_author, find_family, find_root
from ingest.measures import MeasureRow, derivatives
from ingest.sources.hf_hub import HfHub
from tests.measure_play import archive_fetched, measure, open_archive, open_views, pick
from tests.publishers import HUB, LARGE, SMALL
from tests.replay_server import Answer, ReplayServer
from tests.source_play import read_live

pytestmark = pytest.mark.usefixtures("newest_alone")

AT = "2026-11-20T12:30:00"
Row = dict[str, Any]


def make_derivative(repo: str, base: str, relation: str | None, created: str, downloads: int, *more: str) -> Row:
    """A row of the Hub's list of derivatives."""
    told = [f"base_model:{base}", *([f"base_model:{relation}:{base}"] if relation else [])]
    return {
        "_id": "6892",
        "id": repo,
        "author": repo.partition("/")[0],
        "downloads": downloads,
        "downloadsAllTime": 3 * downloads,
        "likes": 1,
        "gated": False,
        "createdAt": f"{created}T10:00:00.000Z",
        "tags": ["gpt_oss", *told, *more, "license:apache-2.0", "region:us"],
    }


def read_lists(folder: Path, lists: dict[str, list[Row]], *, breaks: str = "", page: int = 3) -> list[MeasureRow]:
    """The measure after one live read of both bases' lists, in pages of three; that of `breaks` ends in an error."""
    archive = open_archive(folder)
    with ReplayServer() as server:
        for base in (SMALL, LARGE):
            rows = lists.get(base, [])
            pages = [json.dumps(rows[n : n + page]).encode() for n in range(0, max(1, len(rows)), page)]
            server.pages(f"{HUB}/api/models?filter=base_model:{base}", pages)
            if base == breaks:
                server.reply(f"{HUB}/api/models?filter=base_model:{base}&cursor=page/1==", Answer(b"[]", status=504))
        fetched, _ = read_live(HfHub(), server)
    archive_fetched(archive, "hf_hub", AT, fetched)
    return measure(open_views(archive, "hf_hub"), derivatives)


QUANTIZER = [make_derivative(f"q/gpt-oss-20b-GGUF-{n}", SMALL, "quantized", "2025-08-06", 100) for n in range(6)]
TUNER = [make_derivative(f"t/gpt-oss-20b-tuned-{n}", SMALL, "finetune", "2025-10-03", 10) for n in range(5)]
SINGLE = [
    make_derivative("a/one", SMALL, "adapter", "2025-10-30", 30),
    make_derivative("b/two", SMALL, None, "2025-10-31", 0),
    make_derivative("c/both", SMALL, "merge", "2026-01-05", 20, f"base_model:{LARGE}", f"base_model:merge:{LARGE}"),
    make_derivative("Qwen/distilled-from-gpt-oss", SMALL, "finetune", "2026-01-06", 0),
]
LISTS = {
    SMALL: [*QUANTIZER, *TUNER, *SINGLE],
    LARGE: [make_derivative("d/x", LARGE, "quantized", "2025-08-05", 7), SINGLE[2]],
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[MeasureRow]:
    return read_lists(tmp_path_factory.mktemp("lists"), LISTS)


def test_a_whole_list_is_counted_by_relation_and_by_month_with_the_empty_months(rows: list[MeasureRow]) -> None:
    told = {
        r: pick(rows, "derivatives", SMALL, listing="whole", relation=r, created="any").value
        for r in ("any", "quantized", "finetune", "adapter", "merge", "not_stated")
    }
    assert told == {"any": 15, "quantized": 6, "finetune": 6, "adapter": 1, "merge": 1, "not_stated": 1}
    months = {
        str(r.day): r.value
        for r in rows
        if r.measure_id == "derivatives" and r.subject == SMALL and r.definition_id.endswith("created=month")
    }
    made = {m: n for m, n in months.items() if n}
    assert made == {"2025-08-01": 6, "2025-10-01": 7, "2026-01-01": 2}
    assert months["2025-09-01"] == 0
    assert max(months) == "2026-11-01"
    row = pick(rows, "derivatives", SMALL, listing="whole", relation="any", created="any")
    assert row.told_by == "the Hub's list of 2026-11-20, 15 derivatives"
    assert row.inputs


def test_one_that_names_both_bases_counts_for_both(rows: list[MeasureRow]) -> None:
    assert pick(rows, "derivatives", LARGE, listing="whole", relation="merge", created="any").value == 1
    assert pick(rows, "derivatives", LARGE, listing="whole", relation="any", created="any").value == 2


def test_authors_are_told_apart_by_size_and_kind_of_catalogue(rows: list[MeasureRow]) -> None:
    shares = {
        (of, name): pick(rows, "derivative_author_share", SMALL, listing="whole", of=of, class_=name).value
        for of in ("derivatives", "authors", "downloads")
        for name in ("lab", "quantizer", "tuner", "mixed", "few_repos")
    }
    for of in ("derivatives", "authors", "downloads"):
        assert sum(v or 0 for (kind, _), v in shares.items() if kind == of) == pytest.approx(1)
    assert shares["derivatives", "quantizer"] == pytest.approx(6 / 15)
    assert shares["authors", "few_repos"] == pytest.approx(3 / 6)
    assert shares["authors", "lab"] == pytest.approx(1 / 6)
    assert shares["downloads", "quantizer"] == pytest.approx(600 / 700)
    assert shares["downloads", "tuner"] == pytest.approx(50 / 700)
    absent = pick(rows, "derivative_author_share", LARGE, listing="whole", of="authors", class_="lab")
    assert absent.reason_absent == "Only 2 derivatives known; at least 10 are needed for a share."


def test_what_authors_beyond_the_twenty_largest_have(tmp_path: Path, rows: list[MeasureRow]) -> None:
    assert pick(rows, "derivatives_outside_twenty", SMALL, listing="whole").value == 0
    many = [make_derivative(f"author{n}/x", SMALL, "quantized", "2025-09-01", 100) for n in range(20)]
    many += [make_derivative(f"small{n}/x", SMALL, "quantized", "2025-09-01", 50) for n in range(10)]
    row = pick(read_lists(tmp_path, {SMALL: many}, page=30), "derivatives_outside_twenty", SMALL, listing="whole")
    assert row.value == pytest.approx(500 / 2500)
    assert row.told_by is not None
    assert row.told_by.startswith("30 authors")


def test_a_list_that_broke_off_or_was_never_read_is_a_reason_and_no_number(tmp_path: Path) -> None:
    found = read_lists(tmp_path, LISTS, breaks=SMALL)
    row = pick(found, "derivatives", SMALL, listing="whole", relation="any", created="any")
    assert row.value is None
    assert row.reason_absent == (
        "The Hub's list of its derivatives broke off on 2026-11-20 after 1 page: the rest is missing."
    )
    assert pick(found, "derivatives", LARGE, listing="whole", relation="quantized", created="any").value == 1
    con = open_views(open_archive(tmp_path), "hf_hub")
    before = measure(con, derivatives, "2026-11-19T00:00:00")
    for measure_id, options in (
        ("derivatives", {"relation": "any"}),
        ("derivatives_outside_twenty", {}),
        ("derivative_author_share", {"of": "downloads", "class": "lab"}),
    ):
        absent = pick(before, measure_id, SMALL, listing="whole", **options)
        assert (absent.reason_absent or "").startswith("Not recorded yet: a live refresh of hf_hub brings them")


def test_chains_of_bases_end_where_they_close_and_families_are_told_by_the_first_name() -> None:
    bases = {"c/c": "b/b", "b/b": "a/a", "x/x": "y/y", "y/y": "x/x"}
    assert find_root("c/c", bases) == "a/a"
    assert find_root("x/x", bases) == "y/y"
    names = {
        "openai/gpt-oss-20b": "gpt-oss-20b",
        "DavidAU/OpenAi-GPT-oss-20b-abliterated": "gpt-oss-20b",
        "x/gpt_oss_120B": "gpt-oss-120b",
        "x/gpt-oss-tuned": "gpt-oss",
        "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B": "deepseek",
        "Jackrong/Qwen3.5-9B-GLM5.1-Distill-v1": "qwen",
        "meta-llama/Meta-Llama-3-8B": "llama",
        "microsoft/phi-4": "phi",
        "x/dolphin-7b": "other",
    }
    assert {name: find_family(name) for name in names} == names


def test_an_account_of_few_repositories_has_no_kind() -> None:
    assert classify_author(Author(4, 4, 4)) == "few_repos"
    assert classify_author(Author(5, 5, 4)) == "quantizer"
    assert classify_author(Author(5, 5, 2)) == "mixed"
    assert classify_author(Author(5, 5, 1)) == "tuner"
    assert classify_author(Author(1, 1, 1, is_lab=True)) == "lab"
