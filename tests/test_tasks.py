"""Ten things people come for, done in a browser as they would: by what is written on the page, clicks counted.

A budget is the number of clicks a newcomer should need from Overview; typing is free. An answer is read off
the page and held against the published file, so that a task is not done by a page that merely opens.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Locator

from tests.browser import Visit, launch, revisit, serve, visit
from tests.homes import ask, copy_home

pytestmark = pytest.mark.browser


@dataclass(slots=True)
class Reader:
    """A person at a page: each click is counted, and the page is settled after it."""

    seen: Visit
    clicks: list[str] = field(default_factory=list)

    def click(self, target: Locator) -> None:
        """One click, noted under the words on what was clicked."""
        self.clicks.append((target.first.inner_text() or target.first.get_attribute("aria-label") or "").strip()[:40])
        target.first.click()
        self.seen.settle()

    def press(self, name: str, nth: int = 0) -> None:
        """The button of that name."""
        self.click(self.seen.page.get_by_role("button", name=name, exact=True).nth(nth))

    def pick(self, name: str) -> None:
        """The segment of that name."""
        self.click(self.seen.page.get_by_role("radio", name=name, exact=True))

    def save(self, name: str, to: Path) -> bytes:
        """Click a download and give what it saved."""
        button = self.seen.page.get_by_role("button", name=re.compile(rf"(^|\s){name}$")).first
        self.clicks.append(name)
        with self.seen.page.expect_download() as download:
            button.click()
        target = to / download.value.suggested_filename
        download.value.save_as(target)
        return target.read_bytes()

    def type_into(self, label: str, text: str) -> None:
        """Type into a field and leave it; typing is free."""
        field_ = self.seen.page.get_by_role("textbox", name=label, exact=True)
        field_.fill(text)
        field_.press("Enter")
        self.seen.settle()

    def follow_link(self, table: str) -> None:
        """Click the link in a table's first row and turn to where it leads. Cells are drawn, so the link is where
        the pointer becomes a hand."""
        page = self.seen.page
        frame = page.locator(f'[data-testid="stDataFrame"]:has([aria-label="{table}"])').first
        frame.scroll_into_view_if_needed()
        box = frame.bounding_box()
        assert box is not None
        for x in range(int(box["width"]) - 20, 20, -15):
            page.mouse.move(box["x"] + x, box["y"] + 52)
            page.wait_for_timeout(15)
            if frame.evaluate("e => [...e.querySelectorAll('*')].some(n => n.style.cursor == 'pointer')"):
                break
        self.clicks.append(f"link in {table}")
        with page.context.expect_page() as opened:
            page.mouse.click(box["x"] + x, box["y"] + 52)
        address = opened.value.url
        opened.value.close()
        self.seen.go(address)

    def choose(self, label: str, *options: str) -> None:
        """Choose by typing in a list that searches: one click opens it, Enter takes what was typed."""
        box = self.seen.page.get_by_role("combobox", name=label, exact=True).first
        self.click(box)
        for option in options:
            box.fill(option)
            self.seen.page.get_by_role("option", name=option, exact=True).first.wait_for()
            box.press("Enter")
            self.seen.settle()

    def turn_to(self, page: str) -> None:
        """The page of that name in the navigation above every page."""
        self.click(self.seen.page.get_by_test_id("stTopNavLink").filter(has_text=page))

    def read(self) -> str:
        """Every word on the page, also those in charts."""
        main = self.seen.page.get_by_test_id("stMain")
        drawn = self.seen.page.locator("[data-testid=stPlotlyChart] svg text").all_text_contents()
        return main.inner_text() + "\n" + "\n".join(drawn)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as started:
        yield started


@pytest.fixture(scope="module")
def url(published_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    # A brief that is taken along is kept in the home, so the readers get one of their own.
    folder = tmp_path_factory.mktemp("tasks")
    with serve(copy_home(published_home, folder / "home"), folder / "log") as at:
        yield at


@pytest.fixture
def reader(browser: Browser, url: str) -> Iterator[Reader]:
    """Someone who has just opened Overview; at the end the page must have stayed clean."""
    with revisit(browser) as seen:
        yield Reader(seen.go(url))
        seen.check_clean()


def test_which_open_models_are_clearly_ahead_and_since_when(reader: Reader, published_home: Path) -> None:
    reader.turn_to("Capability")
    said = reader.read()
    ahead = ask(
        published_home,
        """select name from comparisons where source_id = 'epoch_eci' and subject = 'openai/gpt-oss-120b'
           and verdict = 'clearly ahead' and access in ('commercial_weights', 'restricted_commercial_weights')
           qualify edition = max(edition) over () order by value desc""",
    )
    assert f"{len(ahead)} open" in said
    named = re.findall(r"Since (\d+ \w+ 20\d\d), open: (.*)", said)
    assert sorted(name for _, names in named for name in names.split(", ")) == sorted(row["name"] for row in ahead)
    assert named[-1][0] == "11 Aug 2026" and named[0][0] == "19 Dec 2025"
    assert len(reader.clicks) <= 1


def test_how_the_price_floor_moved_and_who_set_it(reader: Reader, published_home: Path) -> None:
    reader.turn_to("Price")
    said = reader.read()
    first, *_, last = ask(
        published_home,
        """select floor_usd_per_mtok as floor, p.name as provider, s.day from price_summary s
           left join providers p on p.provider_id = s.floor_provider
           where source_id = 'models_dev' and model_id = 'openai/gpt-oss-120b' and paid_listings > 0 order by s.day""",
    )
    fell = round(100 * (1 - last["floor"] / first["floor"]))
    headline = reader.seen.page.get_by_role("heading", level=1).inner_text()
    assert f"{fell} %" in headline and f"${last['floor']:.2f}" in headline and last["provider"] in headline
    assert f"Floor  ${last['floor']:.2f}" in said.replace("\xa0", " ")
    assert len(reader.clicks) <= 1


def test_what_was_known_at_the_end_of_2025(reader: Reader, published_home: Path) -> None:
    reader.press("As of: latest known")
    reader.choose("Show what was known at the end of", "2025-12-31")
    said = reader.read()
    assert "As known on 31 Dec 2025" in said and "reconstructed" in said
    [known] = ask(
        published_home,
        """select round(value, 1) as value from scores_latest where source_id = 'epoch_eci' and board = 'eci'
           and model_id = 'openai/gpt-oss-120b'""",
        as_of="2025-12-31",
    )
    assert f"Index {known['value']}" in said and "11 Aug 2026" not in said
    assert len(reader.clicks) <= 3


def test_which_payload_says_1365_17_on_arena(reader: Reader, published_home: Path) -> None:
    reader.turn_to("Data")
    reader.type_into("Number or name", "1365.17")
    [row] = ask(
        published_home,
        """select s.payload_key, row_no, sha256, url from scores s join payloads p using (payload_key)
           where s.source_id = 'lmarena' and s.model_id = 'openai/gpt-oss-120b' and s.board = 'text'
             and s.category = 'overall' and round(value, 2) = 1365.17 limit 1""",
    )
    reader.follow_link("Facts that match the search")
    said = reader.read()
    assert row["sha256"] in said and row["url"] in said and f"row {row['row_no']}" in said and "1365.167" in said
    assert len(reader.clicks) <= 2


def test_a_colleague_gets_this_exact_view(reader: Reader, browser: Browser) -> None:
    reader.turn_to("Capability")
    reader.choose("Measure", "Arena text")
    reader.choose("Beside", "gpt-oss-20b")
    before = reader.seen.page.get_by_role("heading", level=1).inner_text()
    assert "gpt-oss-20b" in before and "Arena" in before
    reader.press("Take away", nth=1)
    link = reader.seen.page.get_by_test_id("stCode").first.inner_text().strip()
    assert len(reader.clicks) <= 4
    with visit(browser) as colleague:
        colleague.go(link).check_clean()
        page = colleague.page
        assert page.get_by_role("heading", level=1).inner_text() == before
        assert page.locator("[data-testid=stPlotlyChart] svg text").all_text_contents() == (
            reader.seen.page.locator("[data-testid=stPlotlyChart] svg text").all_text_contents()
        )


def test_the_price_table_is_exported(reader: Reader, published_home: Path, tmp_path: Path) -> None:
    reader.turn_to("Price")
    reader.click(reader.seen.page.locator(".st-key-price_table_takeaway").get_by_role("button", name="Take away"))
    frame = pd.read_csv(io.BytesIO(reader.save("CSV", tmp_path)))
    [listed] = ask(
        published_home,
        """select count(*) as listings, min((3 * input_usd_per_mtok + output_usd_per_mtok) / 4)
               filter (input_usd_per_mtok + output_usd_per_mtok > 0) as floor
           from prices_daily where model_id = 'openai/gpt-oss-120b' and source_id = 'models_dev'
             and day = (select max(day) from prices_daily
                        where model_id = 'openai/gpt-oss-120b' and source_id = 'models_dev')""",
    )
    assert len(frame) == listed["listings"]
    assert len(reader.clicks) <= 3


def test_gpt_oss_20b_is_compared_with_two_rivals(reader: Reader) -> None:
    reader.turn_to("Compare")
    reader.choose("Models, two to six", "gpt-oss-20b", "Qwen3 8B", "Llama 3.1 8B Instruct")
    said = reader.read()
    for name in ("gpt-oss-20b", "Qwen3 8B", "Llama 3.1 8B Instruct"):
        assert name in said
    assert "models=gpt-oss-20b" in reader.seen.page.url and len(reader.clicks) <= 2


def test_the_one_page_snapshot_is_taken_along(reader: Reader, tmp_path: Path) -> None:
    headline = reader.seen.page.get_by_role("heading", level=1).inner_text()
    reader.press("Brief")
    html = reader.save("HTML, one file", tmp_path).decode()
    assert headline in html and "<script" not in html and len(html.encode()) < 200_000
    assert len(reader.clicks) <= 2


def test_whether_downloads_grew_more_than_the_peers(reader: Reader) -> None:
    reader.turn_to("Adoption and use")
    headline = reader.seen.page.get_by_role("heading", level=1).inner_text()
    assert re.search(r"[+−]\d+ %", headline) and "median peer" in headline
    assert len(reader.clicks) <= 1


def test_whether_the_headline_holds_under_another_meaning_of_open(reader: Reader) -> None:
    before = reader.seen.page.get_by_test_id("stMetric").first.inner_text()
    reader.pick("OSI-style licence")
    after = reader.seen.page.get_by_test_id("stMetric").first.inner_text()
    assert re.findall(r"\d+ open", before) != re.findall(r"\d+ open", after)
    assert "OSI-style licence" in reader.read() and len(reader.clicks) <= 1
