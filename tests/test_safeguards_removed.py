"""Models with safeguards removed by name: what names say, how well they are read, and the counts on the Hub's lists."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from scipy.stats import binomtest

from ingest.derivative_classes import find_says_so, load_labelled
from ingest.measures import MeasureRow, safeguards_removed
from ingest.sources.hf_hub import HfHub
from ingest.stats.wilson import compute_wilson
from tests.measure_play import archive_fetched, measure, open_archive, open_views, pick
from tests.publishers import HUB, LARGE, SMALL
from tests.replay_server import ReplayServer
from tests.source_play import read_live
from tests.test_derivatives import AT, Row, make_derivative

pytestmark = pytest.mark.usefixtures("newest_alone")


@pytest.mark.parametrize(
    ("repo", "tags", "word"),
    [
        ("x/gpt-oss-20b-Abliterated-GGUF", (), "abliterated"),
        ("x/gpt-oss-20b_UNCENSORED.v2", (), "uncensored"),
        ("x/UncensoredQwen3", (), "uncensored"),
        ("x/gpt-oss-120b-heretic", (), "heretic"),
        ("x/gpt-oss-20b-Derestricted", (), "derestricted"),
        ("x/DeepSeek-R1-decensored", (), "decensored"),
        ("x/gemma-no-refusals", (), "no refusals"),
        ("x/plain", ("gguf", "refusal-removal"), "refusal removal"),
        ("x/plain", ("decensored",), "decensored"),
        ("x/copy-GGUF", ("base_model:quantized:y/Qwen3-8B-abliterated",), "abliterated"),
        # Turned round, a subject, or something else.
        ("x/non-uncensored-7b", (), None),
        ("x/gpt-oss-20b-pre-abliteration", (), None),
        ("x/censored-7b", (), None),
        ("x/uncensored-dataset-eval", (), None),
        ("x/Abliterated-model-detector", (), None),
        ("x/jailbreak-sentinel", ("jailbreak-detection", "jailbreak"), None),
        ("x/heretic-doom-wad-generator", (), None),
        ("x/hereticals-7b", (), None),
        # Another's name: the owner's, a data set's, a base that was trained further.
        ("uncensored-labs/plain", (), None),
        ("x/plain", ("dataset:y/uncensored-chats",), None),
        ("x/tuned-on", ("base_model:finetune:y/Qwen3-8B-abliterated", "base_model:y/Qwen3-8B-abliterated"), None),
    ],
)
def test_a_name_says_so_as_a_whole_word_of_its_own(repo: str, tags: tuple[str, ...], word: str | None) -> None:
    assert find_says_so(repo, tags) == word


def test_the_labelled_sample_has_both_classes_and_hard_cases_and_names_its_sources() -> None:
    rows = load_labelled()
    assert len(rows) >= 120
    assert len({r.repo_id for r in rows}) == len(rows)
    for drawn in (True, False):
        assert {r.says_so for r in rows if r.drawn is drawn} == {True, False}
    assert all("(MIT)" in r.source for r in rows)


def test_precision_and_recall_are_counted_on_the_sample_and_misses_stay_in_it() -> None:
    rows = load_labelled()
    said = {r.repo_id for r in rows if find_says_so(r.repo_id, r.tags)}
    meant = {r.repo_id for r in rows if r.says_so}
    assert meant - said, "a sample the reading of names never fails is no test of it"
    measured = list(safeguards_removed.measure_classifier(rows))
    for name, of in (("precision", said), ("recall", meant)):
        row = pick(measured, f"safeguards_classifier_{name}", "all", sample="all")
        right = len(said & meant)
        interval = binomtest(right, len(of)).proportion_ci(method="wilson")
        assert (row.value, row.low, row.high) == pytest.approx((right / len(of), interval.low, interval.high))
        assert row.value is not None
        assert row.value > 0.8


def test_the_interval_says_something_of_none_and_of_all() -> None:
    assert compute_wilson(0, 5)[0] == 0 < compute_wilson(0, 5)[1]
    assert compute_wilson(5, 5)[0] < 1 == compute_wilson(5, 5)[1]
    with pytest.raises(ValueError):
        compute_wilson(1, 0)


def make_lists() -> dict[str, list[Row]]:
    plain = [make_derivative(f"p/plain-{n}", SMALL, "quantized", "2025-08-06", 100) for n in range(8)]
    said = [
        make_derivative("h/gpt-oss-20b-abliterated", SMALL, "finetune", "2025-08-07", 150),
        make_derivative("d/neo", SMALL, "quantized", "2025-10-02", 50, "uncensored"),
    ]
    own = [make_derivative("openai/gpt-oss-safeguard-20b", SMALL, "finetune", "2025-10-29", 9000)]
    return {
        SMALL: [*plain, *said, *own],
        LARGE: [make_derivative("k/gpt-oss-120b-heretic", LARGE, None, "2025-11-20", 5)],
    }


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[MeasureRow], list[MeasureRow]]:
    """The measure's rows after a live read of both lists, and as of the day before it."""
    folder: Path = tmp_path_factory.mktemp("lists")
    archive = open_archive(folder)
    with ReplayServer() as server:
        for base, rows in make_lists().items():
            pages = [json.dumps(rows[n : n + 4]).encode() for n in range(0, len(rows), 4)]
            server.pages(f"{HUB}/api/models?filter=base_model:{base}", pages)
        fetched, reported = read_live(HfHub(), server)
    assert reported == []
    archive_fetched(archive, "hf_hub", AT, fetched)
    con = open_views(archive, "hf_hub")
    return measure(con, safeguards_removed), measure(con, safeguards_removed, "2026-11-19T00:00:00")


def test_count_downloads_and_shares_leave_out_what_the_maker_published(
    read: tuple[list[MeasureRow], list[MeasureRow]],
) -> None:
    rows, _ = read
    assert pick(rows, "safeguards_removed_count", SMALL, listing="whole", created="any").value == 2
    assert pick(rows, "safeguards_removed_downloads", SMALL, listing="whole").value == 200
    assert pick(rows, "safeguards_removed_share", SMALL, listing="whole", of="derivatives").value == pytest.approx(0.2)
    share = pick(rows, "safeguards_removed_share", SMALL, listing="whole", of="downloads")
    assert share.value == pytest.approx(200 / 1000)
    assert share.told_by is not None
    assert share.told_by.endswith("by name: a claim, not a test")
    few = pick(rows, "safeguards_removed_share", LARGE, listing="whole", of="derivatives")
    assert few.reason_absent == "Only 1 derivative known; at least 10 are needed for a share."


def test_months_of_creation_are_counted_from_the_first_with_the_empty_ones(
    read: tuple[list[MeasureRow], list[MeasureRow]],
) -> None:
    rows, _ = read
    months = {
        str(r.day): r.value
        for r in rows
        if r.measure_id == "safeguards_removed_count" and r.subject == SMALL and "created=month" in r.definition_id
    }
    assert {day: n for day, n in months.items() if n} == {"2025-08-01": 1, "2025-10-01": 1}
    assert months["2025-09-01"] == 0
    assert len(months) == 16


def test_before_the_first_read_of_a_list_there_is_a_reason_and_no_zero(
    read: tuple[list[MeasureRow], list[MeasureRow]],
) -> None:
    _, before = read
    told = [r for r in before if r.measure_id.startswith("safeguards_removed")]
    assert {r.subject for r in told} >= {SMALL, LARGE}
    for row in told:
        assert row.value is None
        assert (row.reason_absent or "").startswith("Not recorded yet: a live refresh of hf_hub brings them")
