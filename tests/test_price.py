"""What a million tokens cost: every figure of the Price page against a second reckoning from stored rows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard import price as rules
from dashboard import queries
from dashboard.price import BLENDS, SOURCE, capability, charts, tables, words
from dashboard.price.spread import head_spread, word_move
from dashboard.queries import price as ask
from dashboard.rows import Row
from tests.homes import use_home
from tests.overview_again import open_file
from tests.price_again import blend_exactly, read_offers, sum_up

BIG, SMALL = "openai/gpt-oss-120b", "openai/gpt-oss-20b"
FIGURES = ("floor", "median", "ceiling", "listings", "providers", "routers", "free", "unpriced", "outliers")
_SUMMARY = """
    select * from marts.price_summary where source_id = 'models_dev' and paid_listings > 0 order by day, model_id"""
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def make_day(day: date, *setters: str, floor: float = 0.1, **more: Any) -> Row:
    """A read day with a price, or without one where nobody sets it."""
    listed = bool(setters)
    row = {
        "day": day,
        "listings": len(setters),
        "providers": len(setters),
        "routers": 0,
        "free": 0,
        "unpriced": 0,
        "outliers": 0,
        "setters": list(setters) or None,
        "setter_kinds": ["host"] * len(setters) or None,
        "floor": floor if listed else None,
        "median": floor if listed else None,
        "ceiling": floor if listed else None,
        "host_floor": floor if listed else None,
        "host_setter": setters[0] if listed else None,
        "payload_key": 1,
        "row_no": 1,
        "redistributable": "yes",
    }
    return row | more


def days_of(*setters: str) -> list[Row]:
    """A read a day from 1 July 2026; each text names the setters, a letter each, an empty one nobody."""
    return [make_day(date(2026, 7, n), *names) for n, names in enumerate(setters, start=1)]


@pytest.mark.parametrize("label", BLENDS)
@pytest.mark.parametrize("routers", [True, False])
def test_a_models_days_are_what_the_stored_rows_say(published_home: Path, label: str, routers: bool) -> None:
    for model_id in (BIG, SMALL, "openai/o4-mini", "deepseek-ai/DeepSeek-R1"):
        check_days(published_home, model_id, label, routers, None)


@pytest.mark.parametrize("source", ["litellm_prices", "genai_prices", "openrouter_models"])
def test_every_list_is_told_by_itself(published_home: Path, source: str) -> None:
    for model_id in (BIG, SMALL):
        check_days(published_home, model_id, "3:1", True, None, source)


@pytest.mark.parametrize("as_of", ["2025-12-31", "2026-05-13"])
def test_as_of_a_date_they_are_what_was_known(published_home: Path, as_of: str) -> None:
    at = datetime.fromisoformat(f"{as_of}T23:59:59")
    assert check_days(published_home, BIG, "10:1", True, at.replace(tzinfo=UTC)) in (2, 4)


def check_days(
    home: Path, model_id: str, label: str, routers: bool, as_of: datetime | None, source: str = SOURCE
) -> int:
    with open_file(home) as con:
        until = as_of.replace(tzinfo=None) if as_of else datetime.max
        offers = read_offers(con, model_id, label, routers, until, source)
    with use_home(home):
        rows = ask.read_price_days(queries.identify(), as_of, source, model_id, BLENDS[label], routers)
    assert [row["day"] for row in rows] == list(offers)
    for row in rows:
        expected = sum_up(offers[row["day"]])
        assert {name: row[name] for name in FIGURES} == pytest.approx(
            {name: expected[name] for name in FIGURES}, abs=2e-6
        ), (model_id, row["day"])
        assert list(row["setters"] if row["setters"] is not None else []) == expected["setters"]
    assert any(row["listings"] for row in rows)
    return len(rows)


def test_the_usual_blend_is_read_as_it_would_be_worked_out(
    published_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """price_summary answers for 3:1 with routers: of every model and day of the market, and of one model's days."""
    answers: dict[bool, list[list[Row]]] = {}
    with use_home(published_home):
        file = queries.identify()
        for is_read in (True, False):
            monkeypatch.setattr(ask, "_is_usual", lambda *_, told=is_read: told)
            answers[is_read] = []
            for as_of in (None, datetime(2026, 5, 31, 23, tzinfo=UTC)):
                for source in ask.read_priced_models(file):
                    days = ask.read_price_days(file, as_of, source, BIG, BLENDS["3:1"], True)
                    read_on = tuple(day["day"] for day in days)
                    market = ask.read_market(file, as_of, source, read_on, BLENDS["3:1"], True)
                    answers[is_read] += [days, market]
    assert answers[True] == answers[False] and sum(map(len, answers[True])) > 5000


def test_the_three_to_one_answer_is_the_mart_for_every_model_and_day(
    published_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ask, "_is_usual", lambda *_: False)
    with use_home(published_home):
        file = queries.identify()
        mart = queries.ask_rows(file, _SUMMARY)
        days = tuple(dict.fromkeys(row["day"] for row in mart))
        told, hosts = (ask.read_market(file, None, SOURCE, days, BLENDS["3:1"], routers) for routers in (True, False))

    def tell(rows: list[Row], *columns: str) -> list[tuple[Any, ...]]:
        return [tuple(row[column] for column in columns) for row in rows]

    of_mart = ("floor_usd_per_mtok", "median_usd_per_mtok", "ceiling_usd_per_mtok", "paid_listings", "paid_providers")
    assert tell(told, "model_id", "day", "floor", "median", "ceiling", "listings", "providers") == tell(
        mart, "model_id", "day", *of_mart
    )
    own = [row for row in mart if row["paid_hosts"] > 0]
    assert tell(hosts, "floor", "median") == tell(own, "host_floor_usd_per_mtok", "host_median_usd_per_mtok")


@given(
    price=st.none() | st.floats(0, 1000, allow_subnormal=False),
    output=st.none() | st.floats(0, 1000, allow_subnormal=False),
    label=st.sampled_from(list(BLENDS)),
)
@settings(deadline=None, max_examples=60)
def test_a_blend_is_the_mean_of_its_parts(price: float | None, output: float | None, label: str) -> None:
    parts = {"input_parts": BLENDS[label].input_parts, "output_parts": BLENDS[label].output_parts}
    listing = "select $i::double as input_usd_per_mtok, $o::double as output_usd_per_mtok"
    answer = duckdb.execute(f"select {ask._BLEND} from ({listing}) p", {"i": price, "o": output, **parts}).fetchall()
    exact = blend_exactly(price, output, label)
    assert answer == [(None,)] if exact is None else answer[0][0] == pytest.approx(float(exact), rel=1e-12)
    if exact is not None and price is not None and output is not None:
        assert min(price, output) <= exact + Fraction(1, 10**9) and exact <= max(price, output) + Fraction(1, 10**9)


@given(setters=st.lists(st.sampled_from(["", "A", "B", "AB", "C"]), max_size=12))
@settings(deadline=None)
def test_reigns_say_exactly_who_set_the_floor_on_each_read_day(setters: list[str]) -> None:
    days = days_of(*setters)
    reigns = rules.list_reigns(days)
    told: dict[date, tuple[str, ...]] = {}
    for reign in reigns:
        within = [row["day"] for row in days if reign.first <= row["day"] <= reign.last]
        assert len(within) == reign.reads
        told |= dict.fromkeys(within, reign.providers)
        after = [row["day"] for row in days if row["day"] > reign.last]
        assert reign.replaced == (after[0] if after else None)
    assert told == {row["day"]: tuple(row["setters"]) for row in days if row["setters"]}
    for before, after in pairwise(reigns):
        assert before.providers != after.providers or before.replaced != after.first


def test_a_reign_keeps_its_first_and_its_last_price() -> None:
    days = [make_day(date(2026, 7, 1), "A", floor=0.3), make_day(date(2026, 7, 2), "A", floor=0.2)]
    [reign] = rules.list_reigns(days)
    assert (reign.opened, reign.closed, reign.replaced) == (0.3, 0.2, None)


def test_peers_are_the_models_with_a_price_on_both_days() -> None:
    first, last = date(2025, 8, 8), date(2026, 7, 2)

    def row(model_id: str, day: date, floor: float) -> Row:
        return {"model_id": model_id, "day": day, "floor": floor, "median": 2 * floor}

    market = [row(m, first, 1.0) for m in ("own", "a", "b", "c", "gone")]
    market += [
        row("own", last, 0.1),
        row("a", last, 0.5),
        row("b", last, 1.0),
        row("c", last, 3.0),
        row("new", last, 9),
    ]
    peers = rules.compare_peers(market, "own", first, last)
    assert peers == rules.Peers(3, 0.0, 0.0)
    assert rules.compare_peers(market, "own", first, first) is None
    assert rules.compare_peers([], "own", first, last) is None


def test_trust_counts_a_provider_once_and_names_outliers() -> None:
    told = [("A", "two_sources"), ("A", "disputed"), ("B", "disputed"), ("C", "one_source"), ("D", "copied")]
    told += [("E", "first_party"), ("F", None)]
    listings: list[Row] = [{"provider": p, "seller": p, "blend": 0.2, "outlier": None, "trust": t} for p, t in told]
    assert rules.count_trust(listings) == rules.Trust(1, 1, 1, 1, 0)
    said = words.write_trust(listings)
    assert said == (
        "A second list states the price of 1 of 4 paid providers, 1 states it itself, 1 has another price elsewhere, "
        "1 is on this list alone. No outlier among them."
    )
    wrong = {"provider": "W", "seller": "W", "blend": 26250.0, "trust": "outlier", "outlier": "above $1,000"}
    assert words.write_trust([*listings, wrong]).endswith("Left out as an outlier: W at $26,250.00, above $1,000.")
    assert words.write_trust([]) == "No paid listing to compare with other price lists."


def test_a_listings_standing_is_in_words() -> None:
    other = {"list": "litellm_prices", "input": 0.15, "output": 0.6}
    assert words.word_trust("two_sources", ["genai_prices", "litellm_prices"], [], None) == (
        "two sources: genai-prices, LiteLLM"
    )
    assert words.word_trust("disputed", [], [other], None) == "differs: LiteLLM $0.15 / $0.60"
    assert words.word_trust("one_source", [], [], None) == "one source"
    assert words.word_trust("outlier", [], [], "above $1,000") == "outlier: above $1,000"
    assert words.word_trust(None, [], [], None) == ""


@pytest.mark.parametrize(
    ("floors", "setters", "kinds", "said"),
    [
        ((0.2625, 0.06), ["R"], ["router"], "fell 77 % to $0.06; R sets it, a router"),
        ((0.1, 0.11), ["H"], ["host"], "held at $0.11; H sets it, a host"),
        ((0.1, 0.12), ["M"], ["maker"], "rose 20 % to $0.12; M sets it, its maker"),
        ((0.1,), ["A", "B"], ["host", "host"], "is $0.10; A and B set it, both hosts"),
        (
            (0.1,),
            ["A", "B"],
            ["host", "router"],
            "is $0.10; A and B set it, a host and a router",
        ),
        ((0.1,), ["A", "B", "C"], ["host"] * 3, "is $0.10; A and 2 others set it"),
    ],
)
def test_the_headline_follows_its_rule(
    floors: tuple[float, ...], setters: list[str], kinds: list[str], said: str
) -> None:
    days = [make_day(date(2026, 7, n), *setters, floor=floor) for n, floor in enumerate(floors, start=1)]
    days[-1]["setter_kinds"] = kinds
    assert words.write_finding(days, "x", NOW) == f"x's cheapest paid listing {said}"
    old = words.write_finding(days, "x", datetime(2027, 3, 1, tzinfo=UTC))
    assert " set it" in old and (len(floors) > 1 or " was $0.10" in old)


def test_the_spread_is_told_by_the_rule_of_ten_per_cent() -> None:
    first, last = make_day(date(2026, 7, 1), "A", floor=1.0), make_day(date(2026, 7, 2), "A", "B", floor=0.9)
    assert head_spread([first, last]) == "Price floor and median both held; paid providers went from 1 to 2"
    assert head_spread([]) == "Prices have not been recorded yet"
    assert head_spread([first]) == "1 paid provider on the first day read"
    assert word_move(-0.1001) == "fell 10 %" and word_move(0.1) == "held"


def test_what_is_absent_is_said() -> None:
    assert words.write_absence([], "3:1 blend", "x") == "No price list had been read by then"
    assert words.write_absence(days_of(""), "3:1 blend", "x") == "x had not been listed"
    free = [make_day(date(2026, 7, 1), free=1)]
    assert words.write_absence(free, "3:1 blend", "x") == "x had no paid listing (3:1 blend)"
    days = days_of("A", "")
    assert "has no listing of x: this is the last price" in words.write_delisted(days, days[:1], "x")
    assert words.write_delisted(days[:1], days[:1], "x") == ""
    assert words.write_apart(make_day(date(2026, 7, 1), "A"), BLENDS["3:1"]).startswith("No free or unpriced")
    counted = words.write_apart(make_day(date(2026, 7, 1), "A", free=1, unpriced=2), BLENDS["Output only"])
    assert counted == "Counted apart: 1 listing is free of charge for output and 2 listings state no price."
    dear = words.write_apart(make_day(date(2026, 7, 1), "A", free=2, unpriced=1, outliers=1), BLENDS["3:1"])
    assert dear == "Counted apart: 2 listings are free, 1 listing states no price and 1 outlier."


# Price against capability


def place(model_id: str, price: float, value: float, access: str = "proprietary") -> tuple[Row, Row]:
    market = {"model_id": model_id, "name": model_id, "access": access, "floor": price, "median": price}
    market |= {"ceiling": price, "listings": 1, "providers": 1, "payload_key": 1, "row_no": 1}
    index = {"model_id": model_id, "value": value, "low": value - 1, "high": value + 1}
    return market, index | {"edition": date(2026, 8, 11), "payload_key": 2}


def join(*models: tuple[Row, Row]) -> list[Row]:
    return capability.join_capability([market for market, _ in models], [index for _, index in models])


@given(st.lists(st.tuples(st.integers(1, 50).map(float), st.integers(100, 160).map(float)), min_size=1, max_size=20))
@settings(deadline=None)
def test_the_staircase_is_the_best_value_at_or_below_each_price(models: list[tuple[float, float]]) -> None:
    joined = join(*(place(f"m{n}", price, value) for n, (price, value) in enumerate(models)))
    stairs = capability.list_frontier(joined)
    for price, _ in models:
        best = max(value for other, value in models if other <= price)
        assert max(row["value"] for row in stairs if row["median"] <= price) == best
    for before, after in pairwise(stairs):
        assert before["median"] < after["median"] and before["value"] < after["value"]


def test_who_is_ahead_at_no_higher_price_is_asked_of_the_verdicts() -> None:
    joined = join(place(BIG, 0.25, 140), place("cheap", 0.2, 150), place("near", 0.2, 141), place("dear", 9.0, 160))
    verdicts = {"cheap": "clearly ahead", "near": "too close to call", "dear": "clearly ahead"}
    said = capability.head_capability(joined, verdicts, BIG, "gpt-oss-120b")
    assert said == "1 model is clearly ahead of gpt-oss-120b at no higher median price, cheap the most"
    none = capability.head_capability(joined, {"dear": "clearly ahead"}, BIG, "gpt-oss-120b")
    assert none == "No model clearly ahead of gpt-oss-120b is listed at its median price or below"
    # Without verdicts values are counted, and nobody is called ahead.
    values = capability.head_capability(joined, {}, BIG, "gpt-oss-120b")
    assert values == "2 models have a higher index value than gpt-oss-120b at no higher median price"
    assert "has no value in this edition" in capability.head_capability(joined, {}, "other", "other")


def test_a_chart_names_gpt_oss_the_staircase_and_the_chosen_alone() -> None:
    joined = join(place(BIG, 0.25, 140, "commercial_weights"), place("low", 0.3, 120), place("pick", 0.4, 121))
    joined += join(place("top", 9.0, 160))
    chart = capability.draw_capability(joined, BIG, ["pick"], BLENDS["3:1"])
    assert {series.name for series in chart.series if series.label} == {"pick", "top"}
    assert [flat.name for flat in chart.flats] == [BIG] and chart.log_x
    assert [(s.access, len(s.points)) for s in chart.series if s.is_dense] == [("closed", 1)]
    assert capability.draw_capability([], BIG, [], BLENDS["3:1"]).series == []


def test_days_far_apart_are_said_to_be() -> None:
    near = capability.write_days(date(2026, 7, 2), date(2026, 8, 11))
    assert near == "Prices read on 2 Jul 2026, index edition of 11 Aug 2026."
    assert ": 65 days apart" in capability.write_days(date(2025, 10, 15), date(2025, 12, 19))


# The table, on hand-written recordings


def read_table(home: Path, model_id: str = BIG, label: str = "3:1", routers: bool = True) -> pd.DataFrame:
    with use_home(home):
        rows = ask.read_listings(queries.identify(), None, SOURCE, model_id, BLENDS[label], routers)
    return tables.tabulate_listings(rows, model_id, BLENDS[label])


def test_the_price_table_says_since_when_and_from_what(small_home: Path) -> None:
    table = read_table(small_home).set_index("listing_id", append=True).reset_index(level=0, drop=True)
    assert list(table["provider"]) == ["OpenRouter", "Groq", "OpenRouter", "Ollama Cloud"]
    router, host, free, unpriced = (row for _, row in table.iterrows())
    assert (router["blend_usd_per_mtok"], router["kind"], router["unchanged_days"]) == (0.06, "router", 18)
    assert router["same_price_since"] == date(2026, 7, 2) and router["change_since_first_pct"] == 0
    assert (host["blend_usd_per_mtok"], host["kind"], host["unchanged_days"]) == (0.2, "host", 0)
    assert host["same_price_since"] == date(2026, 7, 20) and host["first_price_on"] == date(2026, 7, 2)
    assert host["first_blend_usd_per_mtok"] == 0.2625 and host["change_since_first_pct"] == -23.81
    assert free["is_free"] and pd.isna(free["change_since_first_pct"]) and pd.isna(free["first_price_on"])
    assert pd.isna(unpriced["blend_usd_per_mtok"]) and pd.isna(unpriced["change_since_first_pct"])
    assert set(table["redistributable"]) == {"yes"} and set(table["licence"]) == {"MIT"}


def test_every_row_of_the_table_leads_to_its_payload(published_home: Path) -> None:
    table = read_table(published_home)
    shown = tables.show_listings(table, "")
    assert len(table) == 52 and list(table.columns)[:3] == ["model_id", "read_on", "blend"]
    with open_file(published_home) as con:
        for row, link in zip(table.to_dict("records"), shown["source"], strict=True):
            assert link == f"/data?payload={row['payload_key']}&row={row['row_no']}"
            [(listing,)] = con.execute(
                "select listing_id from stored.prices where payload_key = ? and row_no = ? and tier = ?",
                [int(row["payload_key"]), row["row_no"], row["tier"]],
            ).fetchall()
            assert listing == row["listing_id"]
    paid = table["blend_usd_per_mtok"][table["blend_usd_per_mtok"] > 0]
    assert list(paid) == sorted(paid) and not (table["blend_usd_per_mtok"][: len(paid)] == 0).any()


def test_an_unbroken_run_needs_the_same_two_prices_on_every_read(published_home: Path) -> None:
    table = read_table(published_home)
    with open_file(published_home) as con:
        rows = con.execute(
            """select provider, listing_id, tier, input_usd_per_mtok, output_usd_per_mtok, is_listed, observed_at
               from stored.prices where source_id = 'models_dev' order by observed_at, rowid"""
        ).fetchall()
        told = con.execute(
            "select distinct observed_at from stored.listings where fact = 'prices' and source_id = ?", [SOURCE]
        ).fetchall()
        reads = [read_at for (read_at,) in told]
    for row in table.to_dict("records"):
        own = [r for r in rows if r[:3] == (row["provider_id"], row["listing_id"], row["tier"])]
        since: date | None = None
        last: Any = None
        for read_at in sorted(reads):
            state = next((r for r in reversed(own) if r[6] <= read_at and r[5]), None)
            gone = next((r for r in reversed(own) if r[6] <= read_at), (None,) * 7)[5] is not True
            price = None if state is None or gone else state[3:5]
            since = read_at.date() if price is not None and price != last else since
            last = price
        assert row["same_price_since"] == since, row["listing_id"]
        assert since is not None and row["unchanged_days"] == (row["read_on"] - since).days
    openrouter = table[(table["provider"] == "OpenRouter") & (table["blend_usd_per_mtok"] > 0)].iloc[0]
    assert openrouter["unchanged_days"] == 0 and openrouter["change_since_first_pct"] == -77.14


def test_rows_that_must_stay_keep_their_mark_in_every_table() -> None:
    days = days_of("A", "A")
    days[0]["redistributable"] = "no"
    reigns = tables.tabulate_reigns(rules.list_reigns(days), BIG, BLENDS["3:1"])
    assert list(reigns["redistributable"]) == ["no"]
    assert list(tables.tabulate_days(days, BIG, BLENDS["3:1"])["redistributable"]) == ["no", "yes"]


def test_charts_keep_every_read_day_and_name_who_set_the_floor() -> None:
    days = days_of("A", "A", "BC")
    chart = charts.draw_prices(days, rules.list_reigns(days), "x", BLENDS["3:1"])
    assert [(event.day.day, event.label) for event in chart.events] == [(1, "A"), (3, "B +1")]
    assert charts.draw_prices([], [], "x", BLENDS["3:1"]).empty_text.startswith("No paid listing of x (3:1 blend)")
    providers = charts.draw_providers(days, "x")
    assert [[p.y for p in s.points] for s in providers.series] == [[1, 1, 2]] and providers.y_range is not None
