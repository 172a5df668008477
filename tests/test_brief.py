"""The brief says what Overview says, and every number in it is a number of the stored rows."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.brief_again import list_expected, list_numbers, read_words
from tests.homes import copy_home, run_landscape
from tests.overview_again import find_baseline, open_file
from tests.overview_page import NOW, full_home, list_texts, list_values, show

__all__ = ["full_home"]

MOMENTS = (None, "2025-12-31", "2026-05-31")


@pytest.fixture(scope="module")
def home(full_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_home(full_home, tmp_path_factory.mktemp("brief") / "home")


def issue(home: Path, output: Path, *words: str | Path) -> bytes:
    """`landscape brief WORDS -o OUTPUT` with the fixed clock; its bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dashboard.view.read_clock", lambda: NOW)
        done = run_landscape(home, "brief", *words, "-o", output)
    assert done.exit_code == 0, done.output
    return output.read_bytes()


def issue_as_of(home: Path, folder: Path, as_of: str | None, suffix: str) -> bytes:
    return issue(home, folder / f"brief.{suffix}", *(("--as-of", as_of) if as_of else ()))


@pytest.mark.parametrize("as_of", MOMENTS)
def test_every_number_is_one_of_the_stored_rows(home: Path, tmp_path: Path, as_of: str | None) -> None:
    words, drawn = read_words(issue_as_of(home, tmp_path, as_of, "html"))
    document = json.loads(issue_as_of(home, tmp_path, as_of, "json"))
    today = date.fromisoformat(as_of) if as_of else NOW.date()
    with open_file(home) as con:
        expected = list_expected(con, today, today)
        names = [row[0] for row in con.execute("select name from main.models where name is not null").fetchall()]
        expected |= count_rows(con, as_of)
        # Before the last reading the peers' baseline is another; the page's own test recomputes it too.
        if as_of != "2025-12-31":
            baseline = find_baseline(con)
            assert baseline is not None
            expected |= {f"{abs(change) * 100:.0f}" for change in (baseline[1], baseline[3])} | {str(baseline[2])}
    evidence = {document["brief_id"], document["facts_sha256"], *re.findall(r"payload_key = (\d+)", words)}
    numbers = list_numbers(words, [*names, *evidence])
    counted = {str(len(document["facts"])), document["layout"], *document["rules"].values()}
    assert len(numbers) > 40
    assert [n for n in numbers if n not in expected | counted] == []
    # In the drawing, values have a decimal; whole numbers are the scale's.
    labels = list_numbers(" ".join(drawn), names)
    assert len([n for n in labels if "." in n]) >= 6
    assert [n for n in labels if "." in n and n not in expected] == []


def count_rows(con: duckdb.DuckDBPyConnection, as_of: str | None) -> set[str]:
    """How many rows are behind a past reading, and how many of them were archived later."""
    if as_of is None:
        return set()
    end = f"timestamp '{as_of} 23:59:59.999999'"
    parts = {
        "scores": "source_id = 'epoch_eci' and board = 'eci'",
        "scores ": "source_id = 'lmarena' and board = 'text' and category = 'overall' and redistributable <> 'no'",
        "prices": "name_raw in (select name_raw from main.model_names where model_id = 'openai/gpt-oss-120b')",
        "hub_readings": "(redistributable <> 'no' or origin = 'live') and name_raw in "
        "(select model_id from main.models where tracked and role is null)",
    }
    found = {"shown": 0, "later": 0}
    for relation, condition in parts.items():
        keys = {
            "scores": "board, category, method_version, edition, published_on, name_raw, config_raw, run",
            "prices": "provider, listing_id, tier, effective_from",
            "hub_readings": "name_raw, read_at, origin",
        }[relation.strip()]
        rows = con.execute(f"""
            select recorded_at > {end} from (
                from stored.{relation.strip()} where {condition} and observed_at <= {end}
                qualify row_number() over (
                    partition by source_id, {keys} order by observed_at desc, rowid desc) = 1)""").fetchall()
        found["shown"] += len(rows)
        found["later"] += sum(bool(row[0]) for row in rows)
    return {f"{count:,}" for count in found.values()}


@pytest.mark.parametrize("as_of", MOMENTS)
def test_brief_and_overview_say_the_same(home: Path, tmp_path: Path, as_of: str | None) -> None:
    said = json.loads(issue_as_of(home, tmp_path, as_of, "json"))
    page = show(home, **({"as_of": as_of} if as_of else {}))
    told = list_texts(page)
    assert said["headline"] == page.title[0].value
    assert said["subline"] in told
    assert [tile["value"] for tile in said["tiles"]] == list_values(page)
    text = "\n".join(told)
    for tile in said["tiles"]:
        assert tile["source"] in text and tile["stale"] in text
        assert all(line["strong"] in text and line["rest"] in text for line in tile["lines"])
    for driver in said["drivers"]:
        assert f"{driver['topic']}: {driver['number']} {driver['text']}" in text
    assert all(condition.replace("`", "") in text for condition in said["conditions"])
    assert said["chart"]["finding"] in text
    tally = Counter(claim["verdict"] for claim in said["claims"])
    assert all(f"{n} {verdict}" in text for verdict, n in tally.items()) and sum(tally.values()) == 7


def test_what_the_json_says_the_html_says(home: Path, tmp_path: Path) -> None:
    said = json.loads(issue_as_of(home, tmp_path, None, "json"))
    words, _ = read_words(issue_as_of(home, tmp_path, None, "html"))
    told = [said["brief_id"], said["headline"], said["subline"], said["moment"], said["standing_of_sources"]]
    told += [claim[part] for claim in said["claims"] for part in ("claim", "verdict", "reason")]
    told += [said["caveat"], said["facts_sha256"], *(c.replace("`", "") for c in said["conditions"])]
    told += [line["rest"] for tile in said["tiles"] for line in tile["lines"]]
    told += [source[key] for source in said["sources"] for key in ("title", "licence", "attribution", "newest")]
    assert [part for part in told if part not in words] == []


def test_every_fact_has_a_day_and_leads_to_a_payload_that_may_be_passed_on(home: Path, tmp_path: Path) -> None:
    said = json.loads(issue_as_of(home, tmp_path, None, "json"))
    with open_file(home) as con:
        rights = dict(con.execute("select payload_key, redistributable from stored.payloads").fetchall())
    keys = [fact["payload_key"] for fact in said["facts"] if fact["payload_key"] is not None]
    assert len(keys) > 200 and all(rights[key] != "no" for key in keys)
    assert all(fact["what"] and fact["day"] and fact["unit"] and fact["source_id"] for fact in said["facts"])
    assert len({json.dumps(fact) for fact in said["facts"]}) == len(said["facts"])


def test_the_hash_is_that_of_the_facts_and_the_id_that_of_everything_said(home: Path, tmp_path: Path) -> None:
    said = json.loads(issue_as_of(home, tmp_path, None, "json"))
    assert hash_canonical(said["facts"]) == said["facts_sha256"]
    brief_id = said.pop("brief_id")
    assert hash_canonical(said)[:12] == brief_id


def hash_canonical(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_meaning_of_open_can_be_chosen(home: Path, tmp_path: Path) -> None:
    said = json.loads(issue(home, tmp_path / "any.json", "--open", "any_weights"))
    assert "open models (any weights)" in said["subline"]
    assert said["tiles"][0]["value"] == list_values(show(home, open="Any weights"))[0]


def test_before_the_release_it_says_so(home: Path, tmp_path: Path) -> None:
    html = issue_as_of(home, tmp_path, "2025-08-01", "html")
    words, drawn = read_words(html)
    assert "gpt-oss-120b was released on 5 Aug 2025, after this date" in words
    assert "No number stands behind this brief yet." in words and drawn == []
