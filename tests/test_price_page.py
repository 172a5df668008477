"""The Price page says what its data say: full, seed, small, empty, as of a date, and under every control."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.price import BLENDS
from tests.drawn import Drawn, find_series
from tests.homes import ask, run_landscape, use_home
from tests.overview_again import open_file
from tests.pages import NOW, open_page
from tests.price_again import read_offers, sum_up
from tests.publishers import PRICES, Edition

PAGE = "price"
BIG = "openai/gpt-oss-120b"
CHARTS = ("over time", "providers", "capability", "chosen")


@pytest.fixture
def full(published_home: Path) -> Iterator[Path]:
    with use_home(published_home):
        yield published_home


def read_all(page: AppTest) -> str:
    """Title, headings, sentences and source lines as a reader sees them."""
    texts = [*page.title, *page.subheader, *page.markdown, *page.caption, *page.info, *page.warning]
    return "\n".join(element.value.replace("\\", "") for element in texts)


def read_title(page: AppTest) -> str:
    return page.title[0].value.replace("\\", "")


def read_chart(page: AppTest, name: str) -> dict[str, Any]:
    figure: dict[str, Any] = json.loads(page.get("plotly_chart")[CHARTS.index(name)].proto.spec)
    return figure


def find_dots(page: AppTest, chart: str, series: str) -> Drawn:
    return find_series(read_chart(page, chart), series)


def test_the_first_screen_is_what_the_stored_rows_say(full: Path) -> None:
    with open_file(full) as con:
        days = {day: sum_up(offers) for day, offers in read_offers(con, BIG).items()}
    first, *_, last = days.values()
    page = open_page(PAGE)
    fell = round(100 * (1 - last["floor"] / first["floor"]))
    assert read_title(page) == (
        f"gpt-oss-120b's cheapest paid listing fell {fell} % to ${last['floor']:.2f}; "
        f"{last['setters'][0]} sets it, a router"
    )
    said = read_all(page)
    assert f"from {last['providers']} providers, {last['routers']} of them routers" in said
    apart = (
        f"{last['free']} listings are free, {last['unpriced']} listings state no price and {last['outliers']} outlier"
    )
    assert f"Counted apart: {apart}." in said
    for name in ("Floor", "Median", "Ceiling"):
        dots = find_dots(page, "over time", name)
        assert dots.x == [day.isoformat() for day in days]
        assert dots.y == pytest.approx([told[name.lower()] for told in days.values()], abs=2e-6)
    assert find_dots(page, "providers", "Providers").y == [told["providers"] for told in days.values()]


def test_no_line_joins_reads_more_than_45_days_apart(full: Path) -> None:
    page = open_page(PAGE)
    with open_file(full) as con:
        days = list(read_offers(con, BIG))
    assert min(b - a for a, b in pairwise(days)) > timedelta(45)
    lines = [t for t in read_chart(page, "over time")["data"] if t["mode"] == "lines"]
    for line in lines:
        for a, b in pairwise(line["x"]):
            assert a is None or b is None or a == b


def test_the_floor_table_names_who_set_it_since_when(full: Path) -> None:
    table = open_page(PAGE).dataframe[0].value
    with open_file(full) as con:
        told = {day: sum_up(offers)["setters"] for day, offers in read_offers(con, BIG).items()}
    found: dict[date, list[str]] = {}
    for row in table.to_dict("records"):
        days = [day for day in told if row["first_read_on"] <= day <= row["last_read_on"]]
        assert len(days) == row["reads"]
        found |= dict.fromkeys(days, row["provider"].split(", "))
    assert found == told
    assert table["others_on"].iloc[0] == "still has it"


def test_peers_stand_beside_the_change(full: Path) -> None:
    moves = ask(
        full,
        """with moved as (
               select model_id, arg_max(floor_usd_per_mtok, day) / arg_min(floor_usd_per_mtok, day) - 1 as move
               from price_summary where day in ('2025-08-08', '2026-07-02') and paid_listings > 0
                 and source_id = 'models_dev' and model_id <> 'openai/gpt-oss-120b'
               group by model_id having count(*) = 2)
           select count(*) as models, median(move) as move from moved""",
    )[0]
    said = read_all(open_page(PAGE))
    expected = f"of {moves['models']} other models listed on both days the median moved −{-moves['move'] * 100:.0f} %."
    assert f"Its lowest price moved −77 %; {expected}" in said


def test_capability_is_drawn_within_one_edition_on_one_read_day(full: Path) -> None:
    page = open_page(PAGE)
    rows = ask(
        full,
        """select p.median_usd_per_mtok as price, s.value
           from price_summary p
           join scores s on s.model_id = p.model_id and s.source_id = 'epoch_eci' and s.board = 'eci' and s.is_listed
           join editions e on e.series_id = s.series_id and e.edition = s.edition and e.is_complete
           where p.day = (select max(day) from price_summary where source_id = 'models_dev')
                 and p.source_id = 'models_dev' and p.paid_listings > 0
           qualify s.edition = max(s.edition) over ()""",
    )
    figure = read_chart(page, "capability")
    drawn = {
        (round(x, 6), round(y, 2))
        for trace in figure["data"]
        if trace["mode"] in ("markers", "lines+markers") and trace["hoverinfo"] == "text"
        for x, y in zip(trace["x"], trace["y"], strict=True)
    }
    assert {(round(r["price"], 6), round(r["value"], 2)) for r in rows} <= drawn
    assert f"n = {len(rows)} models with both" in read_all(page)
    assert figure["layout"]["xaxis"]["type"] == "log"
    assert "Prices read on 2 Jul 2026, index edition of 11 Aug 2026" in read_all(page)


@pytest.mark.parametrize(("label", "routers"), [("10:1", "Routers in"), ("Output only", "Routers out")])
def test_blend_and_routers_are_obeyed_by_title_chart_and_table(full: Path, label: str, routers: str) -> None:
    page = open_page(PAGE, blend=label, routers=routers)
    with open_file(full) as con:
        offers = read_offers(con, BIG, label, routers == "Routers in")
    days = {day: sum_up(told) for day, told in offers.items()}
    newest = max(days)
    assert f"${days[newest]['floor']:.2f}; {days[newest]['setters'][0]} sets it" in read_title(page)
    assert find_dots(page, "over time", "Median").y == pytest.approx([d["median"] for d in days.values()], abs=2e-6)
    table = page.dataframe[1].value
    assert len(table) == len(offers[newest])
    assert (routers == "Routers in") == ("router" in set(table["kind"]))
    assert ("routers left out" in read_all(page)) == (routers == "Routers out")


def test_the_table_says_who_else_states_a_price_and_what_is_left_out(full: Path) -> None:
    page = open_page(PAGE)
    standing = page.dataframe[1].value.set_index("provider")["trust"]
    assert standing["Groq"] == "two sources: genai-prices, LiteLLM"
    assert standing["Weights & Biases"].startswith("one source; LiteLLM $15,000")
    trust = ask(
        full,
        """select count(distinct provider) filter (trust = 'two_sources') as confirmed,
                  count(distinct provider) filter (trust <> 'outlier') as providers
           from price_trust where source_id = 'models_dev' and model_id = 'openai/gpt-oss-120b'""",
    )[0]
    said = read_all(page)
    assert f"A second list states the price of {trust['confirmed']} of {trust['providers']} paid providers" in said
    assert "Left out as an outlier: CloudFerro Sherlock at $2.92, 11 times the median of " in said


def test_another_list_is_one_switch_away_and_its_unit_errors_are_left_out(full: Path) -> None:
    page = open_page(PAGE, list="LiteLLM", as_of="2026-08-15")
    said = read_all(page)
    assert "Left out as an outlier: Weights & Biases at $26,250.00, above $1,000 a million tokens." in said
    assert max(find_dots(page, "over time", "Ceiling").y) < 10
    assert "LiteLLM price map" in said and "models.dev" not in "".join(
        c.value for c in page.caption if "LiteLLM" in c.value
    )


def test_another_model_is_found_by_name_or_id_and_a_strange_one_is_said(full: Path) -> None:
    by_name = open_page(PAGE, model="gpt-oss-20b")
    assert read_title(by_name).startswith("gpt-oss-20b's cheapest paid listing")
    assert read_title(open_page(PAGE, model="openai/gpt-oss-20b")) == read_title(by_name)
    strange = open_page(PAGE, model="no such [model](http://example.org)")
    assert read_title(strange).startswith("gpt-oss-120b")
    said = read_all(strange)
    # The address in it is broken by an unseen word joiner, so that Streamlit makes no link of it.
    assert "“no such [model](http:\u2060//example.org)” has no paid listing on any day read" in said


def test_chosen_models_stand_beside_it_and_absent_ones_are_named(full: Path) -> None:
    page = open_page(PAGE)
    assert "Without a paid listing that day: " in read_all(page)
    names = next(t["text"] for t in read_chart(page, "chosen")["data"] if t.get("name") == "names")
    assert "<b>gpt-oss-120b</b>" in names and len(names) > 4
    picked = open_page(PAGE, models="o4-mini")
    names = next(t["text"] for t in read_chart(picked, "chosen")["data"] if t.get("name") == "names")
    assert sorted(names) == ["<b>gpt-oss-120b</b>", "o4-mini"]


@pytest.mark.parametrize(("day", "reads", "said"), [("2025-12-31", 2, "fell 62 %"), ("2026-05-31", 4, "fell 73 %")])
def test_as_of_a_date_it_says_what_was_known(full: Path, day: str, reads: int, said: str) -> None:
    page = open_page(PAGE, as_of=day)
    assert said in read_title(page)
    assert len(find_dots(page, "over time", "Floor").x) == reads
    [counted] = ask(
        full,
        """select (select count(*) from stored.prices where source_id = 'models_dev'
                    and observed_at <= getvariable('as_of')::timestamp)
                  + (select count(*) from scores where source_id = 'epoch_eci' and board = 'eci') as rows""",
        as_of=day,
    )
    assert f"of the {counted['rows']:,} rows shown were recorded later" in read_all(page)


def test_before_the_first_list_the_page_is_calm(full: Path) -> None:
    page = open_page(PAGE, as_of="2025-08-01")
    assert read_title(page) == "No price list had been read by then"
    assert "nothing that this page shows was known by then" in read_all(page)
    assert not page.dataframe and not page.get("plotly_chart")


def test_the_seed_says_the_same_as_the_recorded_data(full: Path, seed_home: Path) -> None:
    here = read_title(open_page(PAGE))
    with use_home(seed_home):
        assert read_title(open_page(PAGE)) == here


def test_without_a_database_the_page_says_what_helps(tmp_path: Path) -> None:
    with use_home(tmp_path):
        page = open_page(PAGE)
    assert "landscape" in page.info[0].value and not page.title


# On hand-written recordings: 2 Jul 2026 and 20 Jul 2026, when Groq moved and Deep Infra was gone


def test_by_hand(small_home: Path) -> None:
    with use_home(small_home):
        page = open_page(PAGE)
        hosts = open_page(PAGE, routers="Routers out")
        small = open_page(PAGE, model="gpt-oss-20b")
    assert read_title(page) == "gpt-oss-120b's cheapest paid listing held at $0.06; OpenRouter sets it, a router"
    assert find_dots(page, "over time", "Median").y == [0.07675, 0.13]
    assert find_dots(page, "over time", "Ceiling").y == [0.2625, 0.2]
    assert find_dots(page, "providers", "Providers").y == [3, 2]
    assert "Counted apart: 1 listing is free and 1 listing states no price." in read_all(page)
    assert "No other model" not in read_all(page) and "of 1 other model listed on both days" in read_all(page)
    # 18 days apart: joined.
    line = next(t for t in read_chart(page, "over time")["data"] if t.get("name") == "Floor" and t["mode"] == "lines")
    assert line["y"] == [0.06, 0.06]
    assert read_title(hosts) == "gpt-oss-120b's cheapest paid listing rose 161 % to $0.20; Groq sets it, a host"
    assert list(hosts.dataframe[0].value["provider"]) == ["Groq", "Deep Infra"]
    assert "The lowest price changed hands once: Groq since the read of 20 Jul 2026" in read_all(hosts)
    assert read_title(small) == "gpt-oss-20b's cheapest paid listing held at $0.13; Groq sets it, a host"


def test_a_model_that_is_no_longer_listed_says_so(tmp_path: Path) -> None:
    recordings, home = tmp_path / "recordings", tmp_path / "home"
    Edition().record(recordings, "2026-03-02T12:00:00Z")
    left = {key: price for key, price in PRICES.items() if "120b" not in key[1] or price in (None, (0, 0))}
    Edition(prices=left, arena_days=("2025-12-16",)).record(recordings, "2026-03-20T12:00:00Z")
    assert run_landscape(home, "refresh", "--from", recordings).exit_code == 0
    with use_home(home):
        page = open_page(PAGE)
        free = open_page(PAGE, routers="Routers out", as_of="2026-03-20", model="gpt-oss-120b")
    said = read_all(page)
    assert read_title(page).startswith("gpt-oss-120b's cheapest paid listing was $0.06; OpenRouter set it")
    assert "The newest list, read on 20 Mar 2026, has only free or unpriced listings of gpt-oss-120b" in said
    age = (datetime.fromisoformat(NOW).date() - date(2026, 3, 2)).days
    assert f"{age} days ago" in said and "`landscape refresh models_dev`" in said
    assert "Deep Infra" in read_title(free)


def test_a_choice_without_any_price_is_said_with_what_is_free(tmp_path: Path) -> None:
    recordings, home = tmp_path / "recordings", tmp_path / "home"
    only = {key: price for key, price in PRICES.items() if key[0] in ("openrouter", "ollama-cloud")}
    Edition(prices=only).record(recordings, "2026-07-02T12:00:00Z")
    assert run_landscape(home, "refresh", "--from", recordings).exit_code == 0
    with use_home(home):
        page = open_page(PAGE, routers="Routers out")
    assert read_title(page) == "gpt-oss-120b had no paid listing (3:1 blend, routers left out)"
    assert list(page.dataframe[0].value["provider"]) == ["Ollama Cloud"]
    assert "let routers in" in read_all(page)


def test_every_blend_opens(small_home: Path) -> None:
    with use_home(small_home):
        for label in BLENDS:
            assert len(open_page(PAGE, blend=label).get("plotly_chart")) == len(CHARTS)
