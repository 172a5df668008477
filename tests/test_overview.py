"""Overview says what the stored rows say: every sentence and number again, by other code.

The expected words come from stored relations through SQL and arithmetic of this file alone, on the real
data and on a copy in which prices, downloads and intervals were changed and the words must follow.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ingest.measures.clearly_ahead import OPEN_RULES
from ingest.publish import build_relations
from tests.drawn import find_series
from tests.homes import copy_home, measure_instants
from tests.overview_again import (
    BIG,
    RELEASED_ON,
    SMALL,
    count_ahead,
    expect_headline,
    find_baseline,
    is_ahead,
    list_editions,
    open_file,
    read_counts,
    read_edition,
    read_places,
    read_prices,
    read_shares,
    word_change,
    word_millions,
    write_day,
    write_point,
)
from tests.overview_page import NOW, full_home, list_texts, list_values, read_all, read_csv, show

__all__ = ["full_home"]

COMMERCIAL = OPEN_RULES["commercial"]
CLOSED = frozenset({"proprietary"})


def test_the_headline_and_subline_are_what_the_stored_rows_say(full_home: Path) -> None:
    page = show(full_home)
    with open_file(full_home) as con:
        now = count_ahead(con)[-1]
        expected = expect_headline(con, NOW.date(), COMMERCIAL)
    assert page.title[0].value == expected
    rated = sum(r.access in COMMERCIAL for r in now.rated)
    then = now.among(COMMERCIAL, RELEASED_ON) or "none"
    assert (
        f"{now.among(COMMERCIAL)} of {rated} open models (commercial use allowed) are clearly ahead of "
        f"gpt-oss-120b in Epoch's edition of {write_day(now.day)}; "
        f"among those released by 5 Aug 2025, {then}."
    ) in list_texts(page)


def test_the_headline_follows_the_meaning_of_open(full_home: Path) -> None:
    page = show(full_home, open="Any weights")
    with open_file(full_home) as con:
        now = count_ahead(con)[-1]
    rule = OPEN_RULES["any_weights"]
    rated = sum(r.access in rule for r in now.rated)
    assert f"{now.among(rule)} of {rated} open models (any weights)" in read_all(page)
    assert list_values(page)[0] == f"{now.among(rule)} open, {now.among(CLOSED)} closed"


def test_the_capability_tile_is_what_the_stored_rows_say(full_home: Path) -> None:
    page = show(full_home)
    with open_file(full_home) as con:
        counted = count_ahead(con)
        newest = list_editions(con)[-1]
        own = next(r for r in read_edition(con, newest) if r.model_id == BIG)
    now, first = counted[-1], counted[0]
    text = read_all(page)
    assert list_values(page)[0] == f"{now.among(COMMERCIAL)} open, {now.among(CLOSED)} closed"
    then = (now.among(COMMERCIAL, RELEASED_ON), now.among(CLOSED, RELEASED_ON))
    assert f"{then[0]} open, {then[1]} closed of models released by 5 Aug 2025" in text
    assert (
        f"Index {write_point(own.value)} ({write_point(own.low)} to {write_point(own.high)}), {write_day(newest)}"
        in text
    )
    assert f"{first.among(COMMERCIAL)} open, {first.among(CLOSED)} closed on {write_day(first.day)}" in text


def test_the_downloads_tile_is_what_the_stored_rows_say(full_home: Path) -> None:
    page = show(full_home)
    with open_file(full_home) as con:
        counts = read_counts(con, [BIG, SMALL])
        baseline = find_baseline(con)
    both = sorted(d for d in counts[BIG].keys() & counts[SMALL].keys() if d >= RELEASED_ON)
    total = [counts[BIG][d] + counts[SMALL][d] for d in both]
    text = read_all(page)
    assert list_values(page)[1] == word_millions(total[-1])
    for k in (0, -2):
        change = word_change(total[-1] / total[k] - 1)
        assert f"{change} since {write_day(both[k])} ({word_millions(total[k])})" in text
    assert baseline is not None
    start, own, peers, middle = baseline
    beside = f"median of {peers} peers {word_change(middle)}"
    assert f"{word_change(own)} since {write_day(start)}; {beside}" in text
    age = (NOW.date() - both[-1]).days
    assert (f"stale: {age} days old" in text) == (age > 180)
    assert ("Fill the gap: landscape backfill hf_hub --since 2025-08-01" in text) == (age > 180)


def test_the_share_tile_is_what_the_stored_lists_say(full_home: Path) -> None:
    with open_file(full_home) as con:
        days = read_shares(con, date(2026, 11, 23))
    first, before, last = days[0], days[-2], days[-1]
    page = show(full_home)
    text = read_all(page)
    assert list_values(page)[3] == f"{last['low']:.1f} to {last['high']:.1f} %" == "0.7 to 1.4 %"
    assert f"{first['low']:.1f} to {first['high']:.1f} % on {write_day(first['day'])}" in text
    assert (
        f"{before['low']:.1f} to {before['high']:.1f} % on {write_day(before['day'])}, the day recorded before" in text
    )
    assert "2.8 to 3.3 % on 8 Jan 2026, the highest of 5 days recorded" in text
    assert f"gpt-oss-120b place {last['rank']} of the {last['of']} entries listed" in text


def test_the_price_tile_and_chart_are_what_the_stored_rows_say(full_home: Path) -> None:
    page = show(full_home)
    with open_file(full_home) as con:
        prices = read_prices(con)
    first, before, last = prices[0], prices[-2], prices[-1]
    text = read_all(page)
    assert list_values(page)[2] == f"${last['floor']:.2f}"
    floor = last["floor"] / first["floor"] - 1
    assert f"{word_change(floor)} since {write_day(first['day'])} (${first['floor']:.2f})" in text
    recent = word_change(last["floor"] / before["floor"] - 1)
    assert f"{recent} since {write_day(before['day'])} (${before['floor']:.2f})" in text
    providers = f"{last['providers']} paid providers ({last['routers']} routers)"
    assert f"{providers}, first {first['providers']}" in text
    assert f"Median ${last['median']:.2f}, first ${first['median']:.2f}" in text
    assert last["offer"][6] and f"{last['offer'][7]}, a router; cheapest host ${last['host'][0]:.2f}" in text
    middle = last["median"] / first["median"] - 1
    assert (
        f"The price floor fell {-floor * 100:.0f} %, the median fell {-middle * 100:.0f} %; "
        f"paid providers went from {first['providers']} to {last['providers']}"
    ) in text
    figure = json.loads(page.get("plotly_chart")[1].proto.spec)
    for name in ("floor", "median", "ceiling"):
        drawn = find_series(figure, name.capitalize())
        assert drawn.x == [p["day"].isoformat() for p in prices] and drawn.lines == []
        assert drawn.y == pytest.approx([p[name] for p in prices], abs=1e-6)


def test_the_frontier_chart_is_drawn_within_one_edition(full_home: Path) -> None:
    page = show(full_home)
    with open_file(full_home) as con:
        rated = read_edition(con, list_editions(con)[-1])
    own = next(r for r in rated if r.model_id == BIG)
    dated = [r for r in rated if r.released_on and r is not own]
    best = {
        side: [
            max(r.value for r in dated if r.access in access and (r.released_on or date.max) <= latest)
            for latest in (RELEASED_ON, date.max)
        ]
        for side, access in (("closed", CLOSED), ("open", COMMERCIAL))
    }
    ahead = {side: [value - own.value for value in values] for side, values in best.items()}
    assert (
        f"The frontier moved on: best closed {ahead['closed'][1]:.1f} points ahead, best open "
        f"{ahead['open'][1]:.1f} points ahead"
    ) in read_all(page)
    spec = json.loads(page.get("plotly_chart")[0].proto.spec)
    words = " ".join(a["text"] for a in spec["layout"]["annotations"])
    for side in ("closed", "open"):
        assert all(f"+{distance:.1f}" in words for distance in ahead[side])
        assert max(find_series(spec, f"Best {side}").y) == pytest.approx(best[side][1])
    assert f"gpt-oss-120b</b>  {own.value:.1f}" in words or f"{own.value:.1f}" in words


def test_the_drivers_are_what_the_stored_rows_say(full_home: Path) -> None:
    page = show(full_home)
    text = read_all(page)
    with open_file(full_home) as con:
        days = list_editions(con)
        gaps = []
        for day in (days[0], days[-1]):
            rated = read_edition(con, day)
            top = max(r.value for r in rated if r.access in CLOSED)
            rules = (OPEN_RULES[name] for name in ("commercial", "any_weights"))
            gaps.append([top - max(r.value for r in rated if r.access in rule) for rule in rules])
        now = count_ahead(con)[-1]
        rated = read_edition(con, now.day)
        places = read_places(con)
    assert f"Open to closed: {gaps[1][0]:.1f} points" in text
    then = f"In that of {write_day(days[0])}: {gaps[0][0]:.1f}"
    assert f"{gaps[1][1]:.1f} where open means any weights. {then}" in text
    own = next(r for r in rated if r.model_id == BIG)
    peers = [r for r in rated if r.access in CLOSED and not is_ahead(own, r) and not is_ahead(r, own)]
    nearest = sorted(peers, key=lambda r: (abs(r.value - own.value), r.name))[:3]
    assert f"Closed peers: {len(peers)} closed models are too close to call" in text
    assert f"nearest {nearest[0].name}, {nearest[1].name} and {nearest[2].name}." in text
    rival = next(r for r in rated if r.model_id == "openai/o4-mini")
    assert is_ahead(own, rival)
    assert f"does not hold here: o4-mini is clearly ahead ({rival.value:.1f} to {own.value:.1f}" in text
    (first_day, first_value, first_place, first_size), (day, value, place, size) = places[0], places[-1]
    then = f"from {first_place} of {first_size} on {write_day(first_day)}"
    assert f"Place {place} of {size} on {write_day(day)}, {then}" in text
    assert abs(value - first_value) <= 5 and place > first_place
    assert f"its rating held ({first_value:.0f}, now {value:.0f}) while its place slid." in text


def test_the_words_follow_altered_data(full_home: Path, tmp_path: Path) -> None:
    """Prices up, downloads up and recent, intervals so wide that nobody is clearly ahead."""
    home = copy_home(full_home, tmp_path / "altered")
    with open_file(home, read_only=False) as con:
        con.execute("""
            update stored.prices set input_usd_per_mtok = input_usd_per_mtok * 10,
                output_usd_per_mtok = output_usd_per_mtok * 10 where observed_at >= '2025-09-01'""")
        con.execute("""
            update stored.scores set low = value - 60, high = value + 60
            where low is not null and board = 'eci'""")
        con.execute("""
            update stored.hub_readings set downloads_30d = downloads_30d * 2,
                read_at = read_at + interval 150 day, observed_at = observed_at + interval 150 day
            where observed_at >= '2026-01-01'""")
        with measure_instants(every=False):
            build_relations(con)
        con.execute("checkpoint")
        expected = expect_headline(con, NOW.date(), COMMERCIAL)
        now = count_ahead(con)[-1]
        prices = read_prices(con)
    page = show(home)
    assert page.title[0].value == expected
    dearer = prices[-1]["floor"] / prices[0]["floor"] - 1
    assert f"{dearer * 100:.0f} % dearer but downloaded" in expected and "not clearly overtaken" in expected
    assert now.among(COMMERCIAL) == 0 and list_values(page)[0] == "0 open, 0 closed"
    text = read_all(page)
    assert "None of 84 open models" in text and "stale:" not in text
    assert "The price floor rose" in text and "cannot be refused here: the two are too close to call" in text


def test_as_of_shows_only_what_was_known(full_home: Path) -> None:
    page = show(full_home, as_of="2025-12-31")
    text = read_all(page)
    with open_file(full_home) as con:
        now = next(c for c in count_ahead(con) if c.day == date(2025, 12, 19))
        prices = [p for p in read_prices(con) if p["day"] <= date(2025, 12, 31)]
        later = con.execute("""
            select count(*) from stored.scores where source_id = 'epoch_eci' and board = 'eci'
            and observed_at <= '2025-12-31 23:59:59' and recorded_at > '2026-01-01'""").fetchone()
    fall = 1 - prices[-1]["floor"] / prices[0]["floor"]
    assert now.among(COMMERCIAL) == 1
    assert page.title[0].value == (
        f"4 months on, gpt-oss-120b is {fall * 100:.0f} % cheaper but clearly overtaken by one open model"
    )
    assert "measured as of 31 Dec 2025" in text
    assert "First reading after release: no change to report" in text and "No peer recorded" in text
    assert "As known on 31 Dec 2025 — reconstructed:" in text
    assert later and later[0] > 0 and "rows shown were recorded later" in text
    assert "2026" not in " ".join(m.value for m in page.subheader)


def test_before_the_release_the_page_is_calm(full_home: Path) -> None:
    page = show(full_home, as_of="2025-08-01")
    assert page.title[0].value == "gpt-oss-120b was released on 5 Aug 2025, after this date"
    assert list_values(page) == ["Not recorded"] * 4
    assert len(page.get("plotly_chart")) == 0 and len(page.info) == 2


def test_a_wrong_as_of_is_reported_and_the_latest_shown(full_home: Path) -> None:
    page = show(full_home, as_of="31 Dezember")
    assert "'31 Dezember' is not a date" in read_all(page)
    assert page.title[0].value == show(full_home).title[0].value


def test_when_everything_is_stale_the_headline_says_so(full_home: Path) -> None:
    page = show(full_home, now=datetime(2031, 1, 1, tzinfo=UTC))
    assert page.title[0].value == (
        "5 years on from the release of gpt-oss-120b, no data here is recent enough to say more"
    )
    assert "4 tiles stale" in read_all(page)
    assert "were clearly ahead" in read_all(page)


def test_a_home_built_from_the_seed_says_so(seed_home: Path) -> None:
    assert list_texts(show(seed_home))[0].startswith("Seed · tile data ")


def test_without_a_database_the_page_says_what_to_run(tmp_path: Path) -> None:
    page = show(tmp_path)
    assert not page.title and len(page.info) == 1
    assert "Nothing has been published here yet." in page.info[0].value
    assert "`landscape`" in page.info[0].value


def test_every_fact_of_the_csv_has_a_source_a_day_and_a_payload(full_home: Path) -> None:
    with open_file(full_home) as con:
        rights = dict(con.execute("select payload_key, redistributable from stored.payloads").fetchall())
    facts = read_csv(full_home)
    assert {"epoch_eci", "hf_hub", "models_dev", "lmarena", "openrouter_rankings"} == set(facts["source_id"])
    named = facts["payload_key"].dropna().astype("int64")
    assert len(named) > 0.9 * len(facts) and all(rights[key] != "no" for key in named)
    assert facts["day"].notna().all() and facts["value"].notna().all()
