"""Taking away in Chromium: two clicks to a file, nothing made before, and a link that shows the same thing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest
from playwright.sync_api import Browser, Page

from dashboard.takeaway.tables import METADATA_KEY
from tests.browser import Visit, launch, revisit, serve, visit

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launch() as started:
        yield started


@pytest.fixture(scope="module")
def served(small_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(small_home, tmp_path_factory.mktemp("takeaway") / "log") as url:
        yield url


def _open_menu(seen: Visit, at: int) -> None:
    button = seen.page.get_by_role("button", name="Take away").nth(at)
    button.scroll_into_view_if_needed()
    button.click()
    seen.page.get_by_role("tab", name="BibTeX").wait_for()


def _download(page: Page, label: str) -> tuple[str, bytes]:
    with page.expect_download() as waiting:
        page.get_by_role("button", name=label, exact=True).click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


@pytest.mark.parametrize(("mode", "width"), [("light", 1440), ("dark", 400)])
def test_two_clicks_give_each_file_of_a_chart(browser: Browser, served: str, mode: str, width: int) -> None:
    with revisit(browser, mode=mode, width=width) as seen:
        seen.go(f"{served}/price")
        assert seen.page.get_by_role("button", name="CSV", exact=True).count() == 0
        _open_menu(seen, 0)
        name, png = _download(seen.page, "PNG")
        assert name.startswith("gpt-oss-landscape-") and name.endswith(".png") and png.startswith(b"\x89PNG")
        svg = _download(seen.page, "SVG")[1].decode()
        said = " ".join(" ".join(text.itertext()) for text in ElementTree.fromstring(svg).iter())
        assert "models.dev (MIT)" in said and "Data known up to" in said and "gpt-oss landscape" in said
        rows = list(csv.DictReader(io.StringIO(_download(seen.page, "CSV")[1].decode("utf-8-sig"))))
        table = pq.read_table(io.BytesIO(_download(seen.page, "Parquet")[1]))
        assert rows and len(rows) == table.num_rows and list(rows[0]) == table.column_names
        assert METADATA_KEY in table.schema.metadata
        assert b'"licence_id": "MIT"' in _download(seen.page, "Metadata")[1]
        seen.check_clean()


def test_the_whole_menu_is_within_the_window_wherever_it_opens(browser: Browser, served: str) -> None:
    with revisit(browser) as seen:
        seen.go(f"{served}/capability")
        for at in range(seen.page.get_by_role("button", name="Take away").count()):
            _open_menu(seen, at)
            box = seen.page.get_by_test_id("stPopoverBody").bounding_box()
            assert box and box["y"] >= 0 and box["y"] + box["height"] <= 900 and box["height"] > 300
            seen.page.keyboard.press("Escape")
            seen.settle()


def test_the_link_that_stays_names_every_control_and_shows_the_same_in_a_new_profile(
    browser: Browser, served: str
) -> None:
    with revisit(browser) as seen:
        seen.go(f"{served}/capability")
        box = seen.page.get_by_role("combobox", name="Measure", exact=True)
        box.click()
        box.fill("Arena text")
        seen.page.get_by_role("option", name="Arena text", exact=True).wait_for()
        box.press("Enter")
        seen.settle()
        title = seen.page.locator("h1").inner_text()
        _open_menu(seen, 0)
        codes = seen.page.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
        codes.nth(1).wait_for()
        stays, follows = (text.replace("\n", "") for text in codes.all_inner_texts()[:2])
    query = parse_qs(urlsplit(stays).query)
    assert {"measure", "edition", "subject", "open", "as_of"} <= set(query) and query["measure"] == ["Arena text"]
    assert parse_qs(urlsplit(follows).query) == {"measure": ["Arena text"]}
    for link in (stays, follows):
        with visit(browser) as other:
            other.go(link)
            assert other.page.locator("h1").inner_text() == title
            other.check_clean()
