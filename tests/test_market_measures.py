"""Prices under other mixes, of a level, the frontier per dollar, and shares of tokens: by hand and at random."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import queries
from dashboard.adoption import routed
from dashboard.overview.tiles import measure_share
from dashboard.price import BLENDS, SOURCE, capability
from dashboard.queries import overview as ask_overview
from dashboard.queries import price as ask_price
from dashboard.queries import use as ask_use
from dashboard.rows import Row, list_rows
from ingest.append import ingest_source
from ingest.archive import Archive, NewPayload
from ingest.catalogue import write_catalogue
from ingest.measures import MeasureRow, price_blend, price_floor, price_of_level, token_share
from ingest.measures.price_blend import Listing, find_quantile
from ingest.publish import resolve_stored
from ingest.source import discover_sources
from ingest.sources.openrouter_rankings import DATASETS
from ingest.stats.pareto import Offer, list_dominators, list_frontier
from ingest.store import set_as_of
from tests.homes import use_home
from tests.overview_again import open_file
from tests.published import openrouter_rankings as rankings
from tests.test_measures import CLOSED, OPEN, write_index, write_prices
from tests.toy_source import make_database

BIG, SMALL = "openai/gpt-oss-120b", "openai/gpt-oss-20b"
ROUTED_AT = datetime(2026, 9, 16, 12, tzinfo=UTC)
LITELLM = "https://raw.githubusercontent.com/BerriAI/litellm/main/model_prices_and_context_window.json"
RESTRICTED = "Open weights (restricted use),Open weights"

EDITIONS = {
    "2026-01-15": {"gpt-oss-120b": 140.0, "GLM-5": 139.0, "o3": 141.0, "GPT-5": 150.0},
    "2026-03-15": {"gpt-oss-120b": 140.0, "GLM-5": 145.0, "o3": 141.0, "GPT-5": 150.0, "Kimi K2.6": 138.0},
}
ACCESS = {"gpt-oss-120b": OPEN, "GLM-5": OPEN, "Kimi K2.6": RESTRICTED, "o3": CLOSED, "GPT-5": CLOSED}


def usd(given: float, output: float) -> dict[str, float]:
    return {"input": given, "output": output}


LISTS: dict[str, dict[str, dict[str, Any]]] = {
    "2026-01-10": {
        "groq": {"openai/gpt-oss-120b": usd(0.2, 0.6)},
        "openai": {"o3": usd(2, 8), "gpt-5": usd(1.25, 10)},
    },
    "2026-04-10": {
        "groq": {"openai/gpt-oss-120b": usd(0.2, 0.6)},
        "deepinfra": {"openai/gpt-oss-120b": usd(0.1, 0.5), "zai-org/GLM-5": usd(0.6, 2.0)},
        "fireworks-ai": {"openai/gpt-oss-120b": usd(0.15, 0.9)},
        "togetherai": {"openai/gpt-oss-120b": usd(0.3, 0.3), "moonshotai/Kimi-K2.6": usd(0.1, 0.1)},
        "openrouter": {"openai/gpt-oss-120b": usd(0.04, 0.2), "openai/gpt-oss-120b:free": usd(0, 0)},
        "baseten": {"openai/gpt-oss-120b": usd(90, 90)},
        "openai": {"o3": usd(2, 8), "gpt-5": usd(1.25, 10)},
    },
}


def write_body(archive: Archive, source_id: str, url: str, body: bytes, at: datetime) -> None:
    payload = NewPayload(
        url=url,
        name=url.rpartition("/")[2],
        body=body,
        observed_at=at,
        observed_kind="fetched",
        kind="LIVE",
        licence_id=discover_sources()[source_id].licence_id,
        redistributable="yes",
        complete=True,
    )
    archive.write(source_id, [payload], at)


def write_rankings(archive: Archive, days: dict[str, dict[str, int]], at: datetime = ROUTED_AT) -> None:
    rows = [row for day, tokens in days.items() for row in rankings.make_rows(day, tokens)]
    body = rankings.make_list(rows, at.isoformat())
    write_body(archive, "openrouter_rankings", f"{DATASETS}/rankings-daily/window.json", body, at)


def write_other_list(archive: Archive) -> None:
    """LiteLLM's list, read after models.dev's first and before its second."""
    offer = {"litellm_provider": "groq", "mode": "chat", "input_cost_per_token": 2e-7, "output_cost_per_token": 6e-7}
    body = json.dumps({"groq/openai/gpt-oss-120b": offer}).encode()
    write_body(archive, "litellm_prices", LITELLM, body, datetime(2026, 2, 15, 12, tzinfo=UTC))


def write_market(archive: Archive, until: str = "9999") -> None:
    """The editions and lists of up to a day."""
    for day, values in EDITIONS.items():
        if day <= until:
            rows = [f"{n},{n},{v},{v - 3.29},{v + 3.29},2025-08-05,x,USA,{ACCESS[n]}," for n, v in values.items()]
            write_index(archive, day, rows)
    for day, providers in LISTS.items():
        if day <= until:
            write_prices(archive, day, providers)


def build(archive: Archive) -> duckdb.DuckDBPyConnection:
    """The views over what was archived; no measure is worked out beforehand."""
    con = make_database()
    for source_id in ("epoch_eci", "models_dev", "litellm_prices", "openrouter_rankings"):
        done = ingest_source(con, archive, discover_sources()[source_id])
        assert done.failure is None
    write_catalogue(con)
    resolve_stored(con)
    return con


def compute(con: duckdb.DuckDBPyConnection, module: Any, as_of: str | None = None) -> list[MeasureRow]:
    at = datetime.fromisoformat(f"{as_of}T23:59:59+00:00") if as_of else None
    set_as_of(con, at)
    return list(module.compute(con, at or datetime(2027, 1, 1, tzinfo=UTC)))


def find(rows: Iterable[MeasureRow], name: str, definition: str, subject: str = BIG) -> MeasureRow:
    """The newest row of a measure and definition."""
    found = [r for r in rows if (r.measure_id, r.definition_id, r.subject) == (name, definition, subject)]
    return max(found, key=lambda r: str(r.day))


# The random days: every entry of a day with its tokens; the list names the most used of them alone.
ENTRIES = {
    "gpt-oss": [BIG, f"{BIG}:free", SMALL, f"{SMALL}:free"],
    "other_open": ["z-ai/glm-5", "z-ai/glm-5:free", "moonshotai/kimi-k2.6"],
    "proprietary": ["openai/o3", "openai/gpt-5"],
    "nobody": ["stealth/one", "stealth/two", "stealth/three"],
}
MONTHS = [f"{year}-{month:02d}-11" for year in (2025, 2026) for month in range(1, 13)][: 12 + 8]


def draw_days() -> tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """Random days as listed, cut off at random, and each day's true shares of the whole."""
    dice = random.Random(20250805)
    listed, truth = {}, {}
    for day in MONTHS:
        tokens = {name: int(10 ** dice.uniform(3, 9)) for names in ENTRIES.values() for name in names}
        total = sum(tokens.values())
        ordered = sorted(tokens, key=lambda name: -tokens[name])
        named = ordered[: dice.randint(2, len(ordered))]
        listed[day] = {name: tokens[name] for name in named} | {"other": total - sum(tokens[n] for n in named)}
        truth[day] = {of: sum(tokens[n] for n in names) / total for of, names in ENTRIES.items()}
        truth[day] |= {subject: (tokens[subject] + tokens[f"{subject}:free"]) / total for subject in (BIG, SMALL)}
    return listed, truth


DAYS, TRUTH = draw_days()
# Two days that a later one of their month stands for, and one whose total the list does not tell.
ODD = {"2026-08-02": {BIG: 2, "other": 8}, "2026-09-05": {BIG: 3, "other": 7}, "2026-09-14": {BIG: 5}}


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    archive = Archive(tmp_path_factory.mktemp("market") / "raw")
    write_market(archive)
    write_other_list(archive)
    write_rankings(archive, DAYS | ODD)
    con = build(archive)
    yield con
    con.close()


def test_other_mixes_spread_and_free_listings_by_hand(market: duckdb.DuckDBPyConnection) -> None:
    # Blends 1:1 of 2026-04-10: OpenRouter 0.12, DeepInfra 0.3, Together 0.3, Groq 0.4, Fireworks 0.525; Baseten is an
    # outlier at 90, and a free listing stands apart.
    rows = compute(market, price_blend)
    expected = {
        ("price_blend", "in"): 0.3,
        ("price_blend", "out"): 0.35,
        ("price_blend_floor", "in"): 0.12,
        ("price_blend_floor", "out"): 0.3,
        ("price_spread", "in"): 0.525 / 0.12,
        ("price_interquartile_ratio", "in"): 0.4 / 0.3,
        ("price_interquartile_ratio", "out"): 0.43125 / 0.3,
        ("price_blend_providers", "in"): 5,
        ("price_blend_providers", "out"): 4,
    }
    for (name, routers), value in expected.items():
        row = find(rows, name, f"blend=1:1;routers={routers}")
        assert row.value == pytest.approx(value, abs=1e-6), (name, routers)
        assert str(row.day) == "2026-04-10"
    assert find(rows, "price_blend_floor", "blend=1:1;routers=out").told_by == "deepinfra, togetherai"
    free = find(rows, "free_listings", "routers=in")
    assert (free.value, free.told_by) == (1, "OpenRouter")
    assert find(rows, "free_listings", "routers=out").value == 0
    assert find(rows, "price_blend", "blend=1:3;routers=in").value == pytest.approx(0.4)
    absent = find(rows, "price_blend", "blend=1:1;routers=in", SMALL)
    assert absent.value is None and absent.reason_absent == (
        "The price list of 2026-04-10 has no paid listing of this model."
    )
    early = compute(market, price_blend, "2026-02-01")
    assert find(early, "price_blend", "blend=1:1;routers=in").value == 0.4
    few = find(early, "price_interquartile_ratio", "blend=1:1;routers=in")
    assert few.reason_absent == "1 paid listing on 2026-01-10: quartiles need four."
    assert find(compute(market, price_blend, "2025-12-31"), "price_blend", "blend=1:1;routers=in").reason_absent


def test_the_usual_mix_says_what_the_floor_measure_says(market: duckdb.DuckDBPyConnection) -> None:
    for day in ("2026-02-01", "2026-05-01"):
        floors, blends = compute(market, price_floor, day), compute(market, price_blend, day)
        for routers in ("in", "out"):
            asked = f"blend=3:1;routers={routers}"
            for one, other in (
                ("price_floor", "price_blend_floor"),
                ("price_median", "price_blend"),
                ("paid_providers", "price_blend_providers"),
            ):
                assert find(floors, one, asked).value == find(blends, other, asked).value


def test_the_price_of_a_level_is_the_least_of_who_reaches_it(market: duckdb.DuckDBPyConnection) -> None:
    rows = compute(market, price_of_level)

    def ask(level: object, among: str = "all", price: str = "median", day: str = "2026-04-10") -> MeasureRow:
        definition = f"level={level};price={price};among={among}"
        return next(r for r in rows if r.definition_id == definition and str(r.day) == day)

    # GLM-5 reaches 145 in the edition of March alone, and was not yet priced in January.
    assert ask(145).value == pytest.approx((3 * 0.6 + 2) / 4)
    assert ask(145).told_by == "GLM-5, 145.0 points in the edition of 2026-03-15; least of 2 priced 2026-04-10"
    assert (ask(145, day="2026-01-10").value, ask(150).value) == (3.4375, 3.4375)
    assert ask(145, "open;open=commercial", day="2026-01-10").reason_absent == (
        "No model of this kind at 145.00 points or more in the edition of 2026-03-15 had a paid listing on 2026-01-10."
    )
    assert ask("gpt-oss-120b").value == ask(140).value == 0.3
    assert ask("gpt-oss-120b", price="floor").value == 0.08
    # Kimi K2.6 is the cheapest at 130 points, and its licence restricts use.
    assert (ask(130).value, ask(130, "open;open=commercial").value) == (0.1, 0.1)
    assert ask(130, "open;open=osi_style").value == 0.3
    assert ask(140, "proprietary").value == 3.4375
    # By the edition of January GLM-5 did not reach 140, let alone 145.
    then = [r for r in compute(market, price_of_level, "2026-02-01") if r.definition_id.startswith("level=145;price=f")]
    assert {(r.definition_id, str(r.day), r.value) for r in then if r.value} == {
        ("level=145;price=floor;among=all", "2026-01-10", 3.4375),
        ("level=145;price=floor;among=proprietary", "2026-01-10", 3.4375),
    }
    before = [r for r in compute(market, price_of_level, "2026-01-12") if r.measure_id == "price_of_level"]
    assert {r.reason_absent for r in before} == {"No complete edition of Epoch's index had been recorded."}


def test_the_frontier_per_dollar_names_who_is_on_it(market: duckdb.DuckDBPyConnection) -> None:
    rows, asked = compute(market, price_of_level), "index=epoch_eci;blend=3:1"
    front = find(rows, "per_dollar_frontier", asked, "all")
    assert front.value == 4 and front.told_by == (
        "Kimi K2.6, gpt-oss-120b, GLM-5, GPT-5; 4 of 5 models are on it, edition of 2026-03-15, prices of 2026-04-10"
    )
    by_class = {
        a: find(rows, "per_dollar_frontier", f"{asked};among={a}", "all").value for a in price_of_level_classes()
    }
    assert by_class == {
        "open;open=commercial": 3,
        "open;open=any_weights": 3,
        "open;open=osi_style": 2,
        "proprietary": 1,
    }
    own = find(rows, "per_dollar_dominators", asked)
    assert (own.value, own.told_by) == (0, "on the frontier; edition of 2026-03-15, prices of 2026-04-10")
    assert (find(rows, "per_dollar_dominators", asked, SMALL).reason_absent or "").startswith("It is not rated")


def price_of_level_classes() -> list[str]:
    return [among.removeprefix("among=") for among, classes in price_of_level.AMONG.items() if classes]


def test_bounds_of_a_share_contain_the_truth_on_lists_cut_off_at_random(market: duckdb.DuckDBPyConnection) -> None:
    rows = compute(market, token_share)
    told = {(str(r.day), r.definition_id, r.subject): r for r in rows}
    widths, named = [], 0
    for day, truth in TRUTH.items():
        for subject, of in (("all", "gpt-oss"), (BIG, BIG), (SMALL, SMALL)):
            row = told[day, "of=gpt-oss", subject]
            assert row.low is not None and row.high is not None
            assert row.low - 1e-9 <= truth[of] <= row.high + 1e-9, (day, subject)
            assert (row.value is None) == (row.low == 0), "what the list does not name is unknown, and not 0"
            widths.append(row.high - row.low)
            named += row.value is not None
        for definition, of in (("of=other_open;open=commercial", "other_open"), ("of=proprietary", "proprietary")):
            row = told[day, definition, "all"]
            assert row.low is not None and row.high is not None
            assert row.low - 1e-9 <= truth[of] <= row.high + 1e-9, (day, definition)
    assert 0 < named < 3 * len(MONTHS) and min(widths) < 0.01


@pytest.mark.parametrize("rule", ["commercial", "any_weights", "osi_style"])
def test_shares_of_a_day_sum_to_one(market: duckdb.DuckDBPyConnection, rule: str) -> None:
    rows = compute(market, token_share)
    parts = {
        "of=gpt-oss",
        "of=proprietary",
        "of=unknown",
        f"of=other_open;open={rule}",
        f"of=other_weights;open={rule}",
    }
    for day in {r.day for r in rows if r.low is not None}:
        mine = {r.definition_id: r for r in rows if r.day == day and r.subject == "all"}
        assert sum(mine[p].low or 0 for p in parts if p in mine) == pytest.approx(1)
        both, own, other = (
            mine[d].low or 0 for d in (f"of=open;open={rule}", "of=gpt-oss", f"of=other_open;open={rule}")
        )
        assert both == pytest.approx(own + other)


def test_of_each_month_the_last_day_stands_and_without_a_total_there_is_no_share(
    market: duckdb.DuckDBPyConnection,
) -> None:
    rows = [r for r in compute(market, token_share) if (r.definition_id, r.subject) == ("of=gpt-oss", BIG)]
    assert [str(r.day) for r in rows] == [*MONTHS, "2026-09-14"], (
        "the days of ODD before the last of a month are not told"
    )
    assert (rows[-1].value, rows[-1].low, rows[-1].high) == (None, None, None)
    assert "does not tell the tokens of all models" in (rows[-1].reason_absent or "")


def test_what_comes_later_twice_or_beside_it_moves_nothing(market: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """As of a day the measures say what they say where nothing later exists, lists are read twice and others join."""
    archive = Archive(tmp_path / "raw")
    write_market(archive, until="2026-02-01")
    beside = {"nobody": {"acme/unheard-of-1b": usd(0.001, 0.001)}}
    write_prices(archive, "2026-01-10", LISTS["2026-01-10"] | beside)
    con = build(archive)
    for module in (price_floor, price_blend, price_of_level, token_share):
        then, alone = compute(market, module, "2026-02-01"), compute(con, module)
        assert [_leave_inputs(r) for r in then] == [_leave_inputs(r) for r in alone], module.__name__
        assert any(r.value is not None for r in alone) or module is token_share


def _leave_inputs(row: MeasureRow) -> tuple[Any, ...]:
    return row.definition_id, row.subject, row.day, row.value, row.low, row.high, row.reason_absent, row.told_by


def test_a_key_changes_with_what_is_read_and_not_with_another_list_alone(market: duckdb.DuckDBPyConnection) -> None:
    keys = {}
    for day in ("2025-12-31", "2026-01-12", "2026-02-01", "2026-03-20", "2026-05-01", "2026-10-01"):
        set_as_of(market, datetime.fromisoformat(f"{day}T23:59:59+00:00"))
        keys[day] = price_floor.read_key(market), price_of_level.read_key(market)
    prices, levels = zip(*keys.values(), strict=True)
    assert [a != b for a, b in pairwise(prices)] == [True, False, False, True, False]
    assert [a != b for a, b in pairwise(levels)] == [True, True, True, True, False]


PRICES = st.floats(0, 1000, allow_subnormal=False)


@given(given=PRICES, output=PRICES, mix=st.sampled_from(price_blend.BLENDS))
def test_a_blend_lies_between_input_and_output(given: float, output: float, mix: tuple[int, int]) -> None:
    blend = Listing("p", "P", False, False, given, output, 1).blend(*mix)
    assert blend is not None and min(given, output) * (1 - 1e-12) <= blend <= max(given, output) * (1 + 1e-12)
    assert Listing("p", "P", False, False, None, output, 1).blend(*mix) is None or mix[0] == 0


@given(st.lists(PRICES, min_size=1, max_size=30), st.sampled_from([0.25, 0.5, 0.75]))
def test_a_quantile_is_the_usual_one(values: list[float], share: float) -> None:
    assert find_quantile(sorted(values), share) == pytest.approx(float(np.quantile(values, share)))


OFFERS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=14)


@given(OFFERS)
def test_the_frontier_is_whoever_nobody_dominates(pairs: list[tuple[int, int]]) -> None:
    offers = [Offer(str(n), float(price), float(worth)) for n, (price, worth) in enumerate(pairs)]
    front = list_frontier(offers)
    assert {o.name for o in front} == {o.name for o in offers if not list_dominators(o, offers)}
    assert [o.price for o in front] == sorted(o.price for o in front)
    assert {o.name for o in list_frontier([*offers, *front])} == {o.name for o in front}, "a second listing of one"


def read_measures(home: Path, *names: str) -> list[Row]:
    with open_file(home) as con:
        told = con.execute(
            "select * from measures where list_contains(?, measure_id) and as_of = (select max(as_of) from measures)",
            [list(names)],
        ).df()
    return list_rows(told)


def test_pages_show_the_same_shares(published_home: Path) -> None:
    told = {
        (row["day"], row["definition_id"], row["subject"]): (row["low"], row["high"])
        for row in read_measures(published_home, "token_share")
    }
    with use_home(published_home):
        file = queries.identify()
        overview = ask_overview.read_share_days(file, None)
        days = routed.list_days(ask_use.read_routed(file, None))
    assert len(overview) == len(days) == 5
    for row in overview:
        assert told[row["day"], "of=gpt-oss", "all"] == pytest.approx(measure_share(row), rel=1e-9)
    for day in days:
        assert told[day.day, "of=open;open=commercial", "all"] == pytest.approx((day.open_low, day.open_high), rel=1e-9)


def test_pages_show_the_same_prices_and_frontier(published_home: Path) -> None:
    names = (
        "price_blend",
        "price_blend_floor",
        "price_blend_providers",
        "per_dollar_frontier",
        "per_dollar_dominators",
    )
    measured = {(r["measure_id"], r["definition_id"], r["subject"]): r for r in read_measures(published_home, *names)}
    with use_home(published_home):
        file = queries.identify()
        for label, blend in BLENDS.items():
            mix = f"{blend.input_parts}:{blend.output_parts}"
            for model_id in (BIG, SMALL):
                for routers in (True, False):
                    asked = f"blend={mix};routers={'in' if routers else 'out'}"
                    last = ask_price.read_price_days(file, None, SOURCE, model_id, blend, routers)[-1]
                    for name, column in zip(names[:3], ("median", "floor", "providers"), strict=True):
                        row = measured[name, asked, model_id]
                        assert row["value"] == pytest.approx(last[column], abs=1e-6), (label, name, model_id)
                        assert row["day"] == last["day"]
        day = last["day"]
        market = ask_price.read_market(file, None, SOURCE, (day,), BLENDS["3:1"], True)
        index = ask_overview.read_index_edition(file, None)
    joined = capability.join_capability(market, index)
    front = [row["name"] for row in capability.list_frontier(joined)]
    told = measured["per_dollar_frontier", "index=epoch_eci;blend=3:1", "all"]
    assert told["told_by"].startswith(f"{', '.join(front)}; {len(front)} of {len(joined)} models")
    own = next(row for row in joined if row["model_id"] == BIG)
    better = [r for r in joined if r["median"] <= own["median"] and r["value"] >= own["value"] and r is not own]
    assert measured["per_dollar_dominators", told["definition_id"], BIG]["value"] == len(better)
