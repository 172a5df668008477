"""The measures, on payloads small enough to check by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.append import ingest_source
from ingest.archive import Archive, NewPayload
from ingest.measures import MeasureRow
from ingest.measuring import choose_instants
from ingest.publish import build_relations, order_views
from ingest.source import discover_sources
from ingest.store import set_as_of
from tests.toy_source import make_database

HEAD = (
    "Model,Display name,eci,eci_ci_low,eci_ci_high,date,Organization,Country (of organization),"
    "Model accessibility,Accessibility group,model_versions"
)
OPEN, CLOSED = "Open weights (unrestricted),Open weights", "API access,Closed weights"


def write_index(archive: Archive, day: str, rows: list[str], *, complete: bool = True) -> None:
    body = "\n".join([HEAD, *rows]) + "\n"
    archive.write(
        "epoch_eci",
        [
            NewPayload(
                url="https://epoch.ai/data/eci_scores.csv",
                name="eci_scores.csv",
                body=body.encode(),
                observed_at=datetime.fromisoformat(f"{day}T12:00:00+00:00"),
                observed_kind="fetched",
                kind="LIVE",
                licence_id="CC-BY-4.0",
                redistributable="yes",
                complete=complete,
            )
        ],
        datetime(2026, 11, 1, tzinfo=UTC),
    )


def write_prices(archive: Archive, day: str, providers: dict[str, dict[str, Any]]) -> None:
    body = {
        p: {
            "id": p,
            "name": p,
            "models": {m: {"id": m, "name": m, **({"cost": c} if c else {})} for m, c in listings.items()},
        }
        for p, listings in providers.items()
    }
    archive.write(
        "models_dev",
        [
            NewPayload(
                url="https://models.dev/api.json",
                name="api.json",
                body=json.dumps(body).encode(),
                observed_at=datetime.fromisoformat(f"{day}T12:00:00+00:00"),
                observed_kind="fetched",
                kind="LIVE",
                licence_id="MIT",
                redistributable="yes",
                complete=True,
            )
        ],
        datetime(2026, 11, 1, tzinfo=UTC),
    )


def build(archive: Archive) -> duckdb.DuckDBPyConnection:
    con = make_database()
    for source_id in ("epoch_eci", "models_dev"):
        done = ingest_source(con, archive, discover_sources()[source_id])
        assert done.failure is None
    build_relations(con)
    return con


def measure(con: duckdb.DuckDBPyConnection, name: str, definition: str, as_of: str = "2027-01-01") -> tuple[Any, ...]:
    rows = con.execute(
        "select value, reason_absent from measures where measure_id = ? and definition_id = ? "
        "and subject = 'openai/gpt-oss-120b' and as_of <= ?::timestamp "
        "order by as_of desc, day desc nulls last limit 1",
        [name, definition, as_of],
    ).fetchall()
    return tuple(rows[0])


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "raw")


ANY = "index=epoch_eci;open=commercial;released=any"


def test_ahead_is_judged_by_the_interval_of_the_difference(archive: Archive) -> None:
    # Subject 140 +- 3.29 (se 2). Kimi K2.6 at 145.6 with se 2: 5.6 > 1.96 * sqrt(8) = 5.54, though intervals overlap.
    # GLM-5 at 145.5 with se 2: 5.5 is too close to call. GPT-5 anchors the scale: se 0, so 144 > 140 + 3.92 is enough.
    write_index(
        archive,
        "2026-08-11",
        [
            f"gpt-oss-120b,gpt-oss-120b,140,136.71,143.29,2025-08-05,OpenAI,USA,{OPEN},",
            f"Kimi K2.6,Kimi K2.6,145.6,142.31,148.89,2026-04-20,Moonshot,China,{OPEN},",
            f"GLM-5,GLM-5,145.5,142.21,148.79,2026-02-11,Z.ai,China,{OPEN},",
            f"GPT-5,GPT-5,144,,,2025-08-07,OpenAI,USA,{CLOSED},",
            f"o3,o3,139,137,141,2025-04-16,OpenAI,USA,{CLOSED},",
        ],
    )
    con = build(archive)
    assert measure(con, "clearly_ahead_open", ANY) == (1.0, None)
    assert measure(con, "rated_open", ANY) == (2.0, None)
    assert measure(con, "clearly_ahead_closed", ANY) == (1.0, None)
    assert measure(con, "clearly_ahead_closed", "index=epoch_eci;open=commercial;released=until_2025-08-05") == (
        0.0,
        None,
    )
    verdicts = dict(con.execute("select name_raw, verdict from comparisons").fetchall())
    assert verdicts == {
        "Kimi K2.6": "clearly ahead",
        "GLM-5": "too close to call",
        "GPT-5": "clearly ahead",
        "o3": "too close to call",
    }


def test_a_partial_edition_counts_nobody(archive: Archive) -> None:
    row = f"gpt-oss-120b,gpt-oss-120b,140,136.71,143.29,2025-08-05,OpenAI,USA,{OPEN},"
    write_index(archive, "2026-08-11", [row, f"Kimi K2.6,Kimi K2.6,150,149,151,2026-04-20,Moonshot,China,{OPEN},"])
    write_index(archive, "2026-10-08", [row], complete=False)
    con = build(archive)
    assert measure(con, "clearly_ahead_open", ANY) == (1.0, None)
    assert con.execute("select distinct edition::varchar from comparisons").fetchall() == [("2026-08-11",)]


def test_an_edition_without_intervals_gives_the_reason_and_no_number(archive: Archive) -> None:
    write_index(
        archive,
        "2026-03-09",
        [
            f"gpt-oss-120b,gpt-oss-120b,140,,,2025-08-05,OpenAI,USA,{OPEN},",
            f"Kimi K2.6,Kimi K2.6,150,,,2026-04-20,Moonshot,China,{OPEN},",
        ],
    )
    assert measure(build(archive), "clearly_ahead_open", ANY) == (
        None,
        "The edition of 2026-03-09 publishes no intervals.",
    )


def test_a_measure_as_of_a_day_reads_nothing_observed_later(archive: Archive) -> None:
    row = f"gpt-oss-120b,gpt-oss-120b,140,136.71,143.29,2025-08-05,OpenAI,USA,{OPEN},"
    write_index(archive, "2026-01-15", [row, f"GLM-5,GLM-5,139,138,140,2026-01-11,Z.ai,China,{OPEN},"])
    write_index(archive, "2026-03-15", [row, f"GLM-5,GLM-5,160,159,161,2026-01-11,Z.ai,China,{OPEN},"])
    con = build(archive)
    assert measure(con, "clearly_ahead_open", ANY, "2026-02-28 23:59:59.999999") == (0.0, None)
    assert measure(con, "clearly_ahead_open", ANY) == (1.0, None)


def test_free_and_unpriced_listings_set_no_floor_and_routers_are_told_apart(archive: Archive) -> None:
    write_prices(
        archive,
        "2026-01-10",
        {
            "groq": {"openai/gpt-oss-120b": {"input": 0.15, "output": 0.75}},
            "openrouter": {
                "openai/gpt-oss-120b": {"input": 0.04, "output": 0.4},
                "openai/gpt-oss-120b:free": {"input": 0, "output": 0},
            },
            "ollama-cloud": {"gpt-oss:120b": None},
            "deepinfra": {
                "openai/gpt-oss-120b": {"input": 0.1, "output": 0.5},
                "openai/gpt-oss-safeguard-20b": {"input": 0.01, "output": 0.01},
            },
        },
    )
    con = build(archive)
    row = con.execute("""
        select paid_listings, paid_providers, free_listings, unpriced_listings, floor_usd_per_mtok, floor_provider,
               floor_is_router, median_usd_per_mtok, host_floor_usd_per_mtok
        from price_summary where model_id = 'openai/gpt-oss-120b'""").fetchall()
    assert row == [(3, 3, 1, 1, 0.13, "openrouter", True, 0.2, 0.2)]
    assert measure(con, "price_floor", "blend=3:1;routers=in") == (0.13, None)
    assert measure(con, "price_floor", "blend=3:1;routers=out") == (0.2, None)


def test_a_listing_that_left_a_complete_catalogue_no_longer_sets_the_floor(archive: Archive) -> None:
    listing = {"openai/gpt-oss-120b": {"input": 0.15, "output": 0.75}}
    write_prices(
        archive, "2026-01-10", {"groq": listing, "synthetic": {"openai/gpt-oss-120b": {"input": 0.1, "output": 0.1}}}
    )
    write_prices(archive, "2026-02-10", {"groq": listing})
    con = build(archive)
    assert con.execute(
        "select day::varchar, floor_usd_per_mtok, paid_providers from price_summary order by day"
    ).fetchall() == [("2026-01-10", 0.1, 2), ("2026-02-10", 0.3, 1)]


def test_a_measure_row_has_either_a_value_or_a_reason() -> None:
    with pytest.raises(ValueError, match="either"):
        MeasureRow("x", "d", "s", "u")
    with pytest.raises(ValueError, match="either"):
        MeasureRow("x", "d", "s", "u", value=1.0, reason_absent="why")


def test_instants_are_month_ends_since_the_release_and_the_newest_known(archive: Archive) -> None:
    write_prices(archive, "2025-10-15", {"groq": {"openai/gpt-oss-120b": {"input": 0.15, "output": 0.75}}})
    asked = datetime(2025, 9, 15, tzinfo=UTC)
    days = [t.strftime("%Y-%m-%d") for t in choose_instants(build(archive), [asked])]
    assert days == ["2025-08-31", "2025-09-15", "2025-09-30", "2025-10-15"]


def test_every_macro_gives_what_its_view_gives(archive: Archive) -> None:
    row = f"gpt-oss-120b,gpt-oss-120b,140,136.71,143.29,2025-08-05,OpenAI,USA,{OPEN},"
    write_index(archive, "2026-01-15", [row])
    write_index(archive, "2026-03-15", [row.replace("140,", "141,")])
    write_prices(archive, "2026-02-10", {"groq": {"openai/gpt-oss-120b": {"input": 0.15, "output": 0.75}}})
    con = build(archive)
    macros = [
        r[0]
        for r in con.execute(
            "select distinct function_name from duckdb_functions() where function_name like '%\\_asof' escape '\\'"
        ).fetchall()
    ]
    assert len(macros) > 10
    for day in ("2026-01-01", "2026-02-20", "2026-04-01"):
        moment = datetime.fromisoformat(f"{day}T00:00:00+00:00")
        for macro in macros:
            set_as_of(con, moment)
            by_view = con.execute(f"select * from {macro.removesuffix('_asof')} order by all").fetchall()
            set_as_of(con, None)
            assert by_view == con.execute(f"select * from {macro}(timestamp '{day}') order by all").fetchall(), macro


def test_views_are_built_after_what_they_read() -> None:
    order = order_views(
        {"a": "select * from $b join stored.c using (x)", "b": "select * from c", "c": "select 1 -- from a"}
    )
    assert order.index("c") < order.index("b") < order.index("a")
