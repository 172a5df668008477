"""What the recorded files must say through the real commands, recomputed here from the files themselves.

Nothing of the readers or views is used to make an expectation: files are read with the standard library
and compared with what `landscape` prints. Each figure an issue names is here word for word as well.
"""

from __future__ import annotations

import csv
import json
import re
import statistics
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from ingest.publish import publish
from ingest.refresh import open_work
from ingest.store import DATA
from tests.homes import ask, ask_csv, copy_home, list_archived, run_landscape, take_fingerprint

LARGE, SMALL = "openai/gpt-oss-120b", "openai/gpt-oss-20b"
SOURCES = ("epoch_eci", "hf_hub", "lmarena", "models_dev")
ECI = (
    "select round(value,2) from {relation} where source_id='epoch_eci' and benchmark_id='eci' "
    "and model_id='openai/gpt-oss-120b'"
)


@pytest.fixture(scope="module")
def manifest(shared_sources: Path) -> list[dict[str, str]]:
    with (shared_sources / "manifest.csv").open(newline="", encoding="utf-8") as file:
        return [r for r in csv.DictReader(file) if r["kind"] != "CONSTRUCTED" and r["source_id"] in SOURCES]


@pytest.fixture(scope="module")
def own_home(published_home: Path, newest_alone: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, published once more with measures of the newest instant alone, as these tests publish it again."""
    home = copy_home(published_home, tmp_path_factory.mktemp("own") / "home")
    con = open_work(home / "work.duckdb")
    publish(con, home / "work.duckdb", home / "landscape.duckdb")
    con.close()
    return home


def test_status_shows_the_four_sources_with_rows_and_dates(published_home: Path) -> None:
    states = {s["source_id"]: s for s in orjson.loads(run_landscape(published_home, "status", "--json").stdout)}
    assert set(states) >= set(SOURCES)
    for source in SOURCES:
        assert states[source]["rows"] > 3000 and states[source]["last_failure"] is None
    assert {s: (states[s]["oldest_at"][:10], states[s]["newest_at"][:10]) for s in ("epoch_eci", "models_dev")} == {
        "epoch_eci": ("2025-12-19", "2026-10-08"),
        "models_dev": ("2025-08-08", "2026-07-02"),
    }
    table = run_landscape(published_home, "status").stdout
    assert all(re.search(rf"{s} .*\d{{4}}-\d\d-\d\d.*[\d,]{{5,}}", table) for s in SOURCES)


def test_replaying_the_recorded_files_again_adds_no_row(own_home: Path, shared_sources: Path) -> None:
    before, archived = take_fingerprint(own_home), list_archived(own_home)
    done = run_landscape(own_home, "refresh", "--from", shared_sources)
    assert done.exit_code == 0, done.output
    added = re.findall(r"(\w+): ([\d,]+) rows added from (\d+) new", done.stdout)
    assert {s for s, *_ in added} >= set(SOURCES) and {(rows, new) for _, rows, new in added} == {("0", "0")}
    assert list_archived(own_home) == archived
    assert take_fingerprint(own_home) == before


def test_a_rebuild_prints_the_same_counts_and_checksums(own_home: Path, tmp_path: Path) -> None:
    done = run_landscape(own_home, "rebuild", "--to", tmp_path)
    assert done.exit_code == 0, done.output
    printed = [line.split() for line in done.stdout.splitlines()]
    assert {row[3] for row in printed} == {"same"}
    relations = {row[0]: int(row[1].replace(",", "")) for row in printed}
    assert set(relations) >= {
        f"stored.{r}"
        for r in (
            "scores",
            "prices",
            "hub_readings",
            "repos",
            "model_attributes",
            "benchmark_difficulty",
            "quarantine",
        )
    } | {"measures"}
    for relation, rows in relations.items():
        assert ask(own_home, f"select count(*) as n from {relation}") == [{"n": rows}]
    assert all(re.fullmatch(r"[0-9a-f]{16}", row[2]) for row in printed)
    assert take_fingerprint(tmp_path) == take_fingerprint(own_home)


def test_the_index_of_gpt_oss_as_of_two_dates(published_home: Path, shared_sources: Path) -> None:
    for as_of, figure, file in (
        ("2025-12-20", "139.64", "epoch/history/eci_scores.2025-12-19.csv"),
        ("2026-08-12", "140.48", "epoch/eci_scores.csv"),
    ):
        with (shared_sources / file).open(newline="", encoding="utf-8-sig") as opened:
            [published] = [r["eci"] for r in csv.DictReader(opened) if r["Model"] == "gpt-oss-120b"]
        assert f"{float(published):.2f}" == figure
        assert ask_csv(published_home, ECI.format(relation="scores_latest"), as_of) == [[figure]]
        assert ask_csv(published_home, ECI.format(relation=f"scores_latest_asof('{as_of} 23:59:59')")) == [[figure]]
        printed = run_landscape(published_home, "sql", "--as-of", as_of, ECI.format(relation="scores_latest"))
        assert re.findall(r"│ ([\d.]+) ", printed.stdout) == [figure]


def test_the_day_before_an_edition_does_not_know_it(published_home: Path) -> None:
    assert ask_csv(published_home, ECI.format(relation="scores_latest"), "2025-12-18") == []
    assert ask_csv(published_home, ECI.format(relation="scores_latest"), "2026-08-10") == [["140.73"]]


def test_the_partial_edition_is_there_and_sets_nothing(published_home: Path) -> None:
    found = ask(
        published_home,
        """
        select round(s.value, 2) as value, e.is_complete, e.rows, e.expected_rows
        from scores s join editions e using (series_id, edition)
        where s.benchmark_id = 'eci' and s.model_id = 'openai/gpt-oss-120b' and s.edition = '2026-10-08'""",
    )
    assert found == [{"value": 139.93, "is_complete": False, "rows": 57, "expected_rows": 274}]
    assert ask_csv(published_home, ECI.format(relation="scores_latest"), "2026-11-01") == [["140.48"]]
    edition = "from {} where source_id = 'epoch_eci' and edition >= '2026-10-01' and board = 'eci'"
    assert ask(published_home, "select count(*) as n " + edition.format("scores_latest")) == [{"n": 0}]
    assert ask(
        published_home,
        "select count(*) as n from comparisons where source_id = 'epoch_eci' and edition >= '2026-10-01'",
    ) == [{"n": 0}]
    assert ask(
        published_home,
        "select count(*) as n from marts.comparisons where source_id = 'epoch_eci' and edition >= '2026-10-01'",
    ) == [{"n": 0}]
    days = ask(
        published_home,
        "select distinct day::varchar as day from measures where definition_id like 'index=epoch_eci%' "
        "and definition_id not like '%edition=partial%' and measure_id not like 'per_dollar%' "
        "and as_of >= '2026-10-08' and value is not null",
    )
    assert days == [{"day": "2026-08-11"}]
    # It does not delist either: 274 models were listed, 57 of them are in the excerpt.
    assert ask(published_home, "select count(*) as n from scores where source_id = 'epoch_eci' and not is_listed") == [
        {"n": 0}
    ]


def _read_arena(folder: Path, manifest: list[dict[str, str]]) -> Iterator[tuple[str, str, str | None, float]]:
    """(board, edition, publish date, rating) of gpt-oss-120b in each recorded Arena file."""
    for row in manifest:
        if row["source_id"] != "lmarena":
            continue
        board = "text_style_control" if re.search(r"style.control", row["path"]) else "text"
        body: Any = json.loads((folder / row["path"]).read_bytes())
        day = row["observed_at"][:10]
        if isinstance(body, dict) and "full" in body:
            ratings = {m: r["rating"] for m, r in body["full"].items()}
            published = day if "published" in row["note"] else None
        else:
            models = body["models"] if isinstance(body, dict) else body
            ratings = {m.get("Model") or m["model"]: m.get("Score") or m["elo"] for m in models}
            published = day
        if "gpt-oss-120b" in ratings:
            yield board, day, published, float(ratings["gpt-oss-120b"])


def test_arena_ratings_per_publish_date_are_those_of_the_recorded_files(
    published_home: Path, shared_sources: Path, manifest: list[dict[str, str]]
) -> None:
    expected = sorted(_read_arena(shared_sources, manifest), key=str)
    assert len(expected) == 20 and {b for b, *_ in expected} == {"text", "text_style_control"}
    found = ask(
        published_home,
        """
        select board, edition::varchar as edition, published_on::varchar as published_on, value from scores
        where source_id = 'lmarena' and category = 'overall' and model_id = 'openai/gpt-oss-120b'""",
    )
    assert sorted(((r["board"], r["edition"], r["published_on"], r["value"]) for r in found), key=str) == expected
    series = ask(published_home, "select distinct board, series_id from scores where source_id = 'lmarena'")
    assert (
        len(
            {r["series_id"] for r in series if r["board"] == "text"}
            & {r["series_id"] for r in series if r["board"] != "text"}
        )
        == 0
    )


def test_an_arena_rating_counts_from_its_publish_date(published_home: Path) -> None:
    query = (
        "select edition::varchar as day, value from scores_latest "
        "where source_id = 'lmarena' and board = 'text' "
        "and category = 'overall' and model_id = 'openai/gpt-oss-120b'"
    )
    assert ask(published_home, query, "2025-08-20") == []
    assert ask(published_home, query, "2025-08-21") == [{"day": "2025-08-21", "value": 1368.0}]
    assert ask(published_home, query, "2025-12-13") == [{"day": "2025-12-11", "value": 1365.1673237680434}]


def _summarise_prices(body: dict[str, Any], size: str, routers: set[str]) -> dict[str, Any]:
    """What a recorded price list says of a size of gpt-oss, by the rule of views/price_summary.sql."""
    blends: list[tuple[float, str]] = []
    free = unpriced = 0
    for provider, entry in body.items():
        for listing, facts in entry["models"].items():
            if not re.search(rf"gpt-oss[-:]{size}", listing) or "safeguard" in listing:
                continue
            cost = facts.get("cost") or {}
            if "input" not in cost or "output" not in cost:
                unpriced += 1
            elif cost["input"] == cost["output"] == 0:
                free += 1
            elif (provider, size, cost["input"]) != ("cloudferro-sherlock", "120b", 2.92):  # eleven medians: left out
                blends.append(((3 * cost["input"] + cost["output"]) / 4, provider))
    paid = {p for _, p in blends}
    hosts = [b for b, p in blends if p not in routers]
    return {
        "listings": len(blends),
        "providers": len(paid),
        "routers": len(paid & routers),
        "free": free,
        "unpriced": unpriced,
        "floor": min(blends)[0],
        "median": statistics.median(b for b, _ in blends),
        "ceiling": max(blends)[0],
        "cheapest": min(blends)[1],
        "hosts": len(paid - routers),
        "host_floor": min(hosts),
        "host_median": statistics.median(hosts),
    }


@pytest.mark.parametrize("size", ["120b", "20b"])
def test_the_price_table_per_recorded_date_is_one_query_and_right(
    published_home: Path, shared_sources: Path, manifest: list[dict[str, str]], size: str
) -> None:
    registry = tomllib.loads((DATA / "developers.toml").read_text(encoding="utf-8"))
    routers = {p["id"] for p in registry["provider"] if p.get("router")}
    expected = {
        r["observed_at"][:10]: _summarise_prices(json.loads((shared_sources / r["path"]).read_bytes()), size, routers)
        for r in manifest
        if r["source_id"] == "models_dev" and r["url"].endswith("api.json")
    }
    assert len(expected) == 5 and all(e["providers"] > 2 for e in expected.values())
    rows = ask(
        published_home,
        f"""
        select day::varchar as day, paid_listings as listings, paid_providers as providers,
               paid_routers as routers, free_listings as free, unpriced_listings as unpriced,
               floor_usd_per_mtok as floor, median_usd_per_mtok as median,
               ceiling_usd_per_mtok as ceiling, floor_provider as cheapest, paid_hosts as hosts,
               host_floor_usd_per_mtok as host_floor, host_median_usd_per_mtok as host_median
        from price_summary where source_id = 'models_dev' and model_id = 'openai/gpt-oss-{size}'""",
    )
    assert {r["day"] for r in rows} == set(expected)
    for row in rows:
        assert {k: v for k, v in row.items() if k != "day"} == {
            k: pytest.approx(v, abs=1e-6) if isinstance(v, float) else v for k, v in expected[row["day"]].items()
        }, row["day"]


def test_a_price_table_as_of_a_date_knows_nothing_later(published_home: Path) -> None:
    days = ask(
        published_home,
        "select day::varchar as day from price_summary "
        f"where source_id = 'models_dev' and model_id = '{LARGE}' order by 1",
        "2026-05-12",
    )
    assert [r["day"] for r in days] == ["2025-08-08", "2025-10-15", "2026-01-10"]
    measured = ask(
        published_home,
        f"""
        select value from measures
        where measure_id = 'price_floor' and subject = '{LARGE}' and definition_id = 'blend=3:1;routers=in'
        and day = '2026-07-02' and as_of = (select max(as_of) from measures)""",
    )
    assert [round(r["value"], 6) for r in measured] == [0.06]


# What `landscape sql` on measures is asked, each an address: measure, definition, subject.
_ASKED = (
    ("capability_index", "index=epoch_eci", LARGE),
    ("capability_index_refit", "index=refit", LARGE),
    ("clearly_ahead_open", "index=epoch_eci;open=commercial;released=any", LARGE),
    ("clearly_ahead_closed", "index=epoch_eci;open=commercial;released=any", LARGE),
    ("months_behind", "rule=horizontal;index=epoch_eci;open=commercial", "all"),
    ("months_behind", "rule=threshold;benchmarks=public;open=commercial", "all"),
    ("price_floor", "blend=3:1;routers=in", LARGE),
    ("price_median", "blend=3:1;routers=in", LARGE),
    ("paid_providers", "blend=3:1;routers=in", LARGE),
    ("token_share", "of=gpt-oss", "all"),
    ("downloads_vs_size_peers", "version=v1", LARGE),
    ("hhi", "of=downloads;by=developer;cohort=tracked", "all"),
    ("safeguards_removed_share", "listing=recorded;of=downloads", SMALL),
)


@pytest.mark.parametrize(("as_of", "numbers"), [("2026-11-30", 11), ("2026-08-31", 11), ("2026-01-31", 6)])
def test_every_measure_asked_for_has_a_number_or_a_reason(published_home: Path, as_of: str, numbers: int) -> None:
    found = {}
    for address in _ASKED:
        measure, definition, subject = address
        rows = ask(
            published_home,
            "select value, low, high, reason_absent, told_by from measures "
            f"where measure_id = '{measure}' and definition_id = '{definition}' and subject = '{subject}' "
            f"and as_of = (select max(as_of) from measures where as_of::date <= '{as_of}') order by day",
        )
        assert rows, f"{address} as of {as_of} has neither a number nor a reason"
        found[address] = rows[-1]
        assert (rows[-1]["value"] is None) == bool(rows[-1]["reason_absent"])
    assert sum(row["value"] is not None for row in found.values()) >= numbers
    for address, row in found.items():
        if address[0] in ("months_behind", "capability_index_refit") and row["value"] is not None:
            end = row["high"]
            assert row["low"] <= row["value"] and row["told_by"]
            assert row["value"] <= end if end is not None else "no upper end" in row["told_by"]
