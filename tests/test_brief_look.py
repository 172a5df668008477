"""The brief as a reader gets it: two pages of paper with every glyph drawn, one file that asks nobody for anything."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import duckdb
import numpy as np
import pypdf
import pytest
from PIL import Image

from dashboard import queries
from dashboard.overview.reading import read_story
from ingest.store import parse_as_of
from tests.brief_again import read_words
from tests.browser import launch, serve, visit
from tests.homes import copy_home, run_landscape, use_home
from tests.overview_page import NOW, full_home
from tests.states import HOSTILE, make_hostile
from tests.test_brief import issue

__all__ = ["full_home"]

NOTE = "Δ margin — μ latency − Ω: “drawn”, every one…"
MOST_BYTES = 200_000


@pytest.fixture(scope="module")
def home(full_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_home(full_home, tmp_path_factory.mktemp("look") / "home")


@pytest.fixture(scope="module")
def hostile_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_hostile(tmp_path_factory.mktemp("hostile"))


def sign(folder: Path, text: str) -> tuple[str | Path, ...]:
    path = folder / "note.txt"
    path.write_text(text, encoding="utf-8")
    return "--note", path, "--by", "Ada Lovelace"


def draw_page(pdf: bytes, page: int, dpi: int = 144) -> Image.Image:
    """A page as greyscale; skipped with a sentence where poppler is missing."""
    if not shutil.which("pdftoppm"):
        pytest.skip("pdftoppm is missing: `apt-get install poppler-utils` lets pages be looked at.")
    words = ["pdftoppm", "-r", str(dpi), "-f", str(page), "-l", str(page), "-gray", "-"]
    return Image.open(io.BytesIO(subprocess.run(words, input=pdf, capture_output=True, check=True).stdout))


def test_the_pdf_has_two_pages_and_draws_greek_dashes_and_quotes(home: Path, tmp_path: Path) -> None:
    """A subset font beside the system's own once drew Δ as a blank that the text layer still had."""
    pdf = issue(home, tmp_path / "b.pdf", *sign(tmp_path, NOTE))
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert len(reader.pages) == 2
    assert NOTE in " ".join(reader.pages[0].extract_text().split())
    fonts = {font["/BaseFont"] for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    assert any("Landscape-Inter" in font for font in fonts)
    for marks in ("Δ", "μ", "—−"):
        # Many of each: a brief's own id differs from one to the next, and so does its ink, by a few dots.
        drawn = f"{NOTE} {marks * 20}"
        blanked = re.sub(f"[{marks}]", "\u00a0", drawn)
        ink, left = (count_ink(issue(home, tmp_path / "b.pdf", *sign(tmp_path, text))) for text in (drawn, blanked))
        assert left < ink - 10 * 20 * len(marks), marks


def count_ink(pdf: bytes) -> int:
    """Dark pixels of page 1: a sign that was drawn as a blank leaves as many as the blank itself."""
    return int((np.asarray(draw_page(pdf, 1)) < 128).sum())


@pytest.mark.parametrize("as_of", [None, "2025-12-31", "2026-05-31"])
def test_nothing_reaches_the_edge_of_the_paper(home: Path, tmp_path: Path, as_of: str | None) -> None:
    """Ink in the margins would be something cut; an empty page or one half as full would be something lost."""
    pdf = issue(home, tmp_path / "b.pdf", *(("--as-of", as_of) if as_of else ()))
    for number in (1, 2):
        dark = np.asarray(draw_page(pdf, number, 72)) < 200
        rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
        height, width = dark.shape
        assert rows[0] > 20 and rows[-1] < height - 12
        assert columns[0] > 30 and columns[-1] < width - 30
        assert dark.mean() > 0.02


@pytest.mark.parametrize("as_of", [None, "2025-12-31", "2026-05-31"])
def test_the_html_is_one_small_file_that_loads_nothing(home: Path, tmp_path: Path, as_of: str | None) -> None:
    html = issue(home, tmp_path / "b.html", *(("--as-of", as_of) if as_of else ()))
    text = html.decode()
    assert len(html) < MOST_BYTES
    assert "<script" not in text and not re.search(r"\b(src|href|srcset)=", text.replace("xlink:href", ""))
    assert set(re.findall(r"url\((.{5})", text)) <= {"data:"}
    assert re.search(r'<html lang="en">', text) and re.search(r"<title>.+</title>", text)
    levels = [int(level) for level in re.findall(r"<h(\d)", text)]
    assert levels[0] == 1 and levels.count(1) == 1 and max(levels) == 2


@pytest.mark.browser
def test_opened_offline_it_asks_for_nothing_and_fits(home: Path, hostile_home: Path, tmp_path: Path) -> None:
    issue(home, tmp_path / "plain.html")
    issue(hostile_home, tmp_path / "hostile.html", *sign(tmp_path, "\n".join(HOSTILE)[:1990]))
    with launch() as browser:
        for width in (1440, 400):
            context = browser.new_context(viewport={"width": width, "height": 900}, offline=True)
            page = context.new_page()
            asked: list[str] = []
            faults: list[str] = []
            page.on("request", lambda r, into=asked: into.append(r.url))
            page.on("console", lambda m, into=faults: into.append(m.text))
            page.on("dialog", lambda d, into=faults: into.append(d.message))
            for name in ("plain", "hostile"):
                page.goto((tmp_path / f"{name}.html").as_uri())
                page.wait_for_function("document.fonts.status === 'loaded'")
                assert page.evaluate("[...document.fonts].every(font => font.status === 'loaded')")
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                assert page.locator("img, script, iframe, a").count() == 0
                assert page.locator(".drawing:visible").count() == 1
            assert [url for url in asked if not url.startswith("file:")] == [] and len(asked) == 2
            assert faults == []
            context.close()


@pytest.mark.browser
def test_the_button_gives_what_the_command_gives(home: Path, tmp_path: Path) -> None:
    with serve(home, tmp_path / "log") as url, launch() as browser, visit(browser) as seen:
        seen.go(f"{url}/?as_of=2026-05-31")
        seen.page.get_by_role("button", name="Brief").click()
        for suffix, title in (("html", "HTML, one file"), ("pdf", "PDF, two pages"), ("json", "JSON, every number")):
            with seen.page.expect_download() as download:
                seen.page.get_by_role("button", name=title).click()
            download.value.save_as(tmp_path / f"clicked.{suffix}")
            assert download.value.suggested_filename == f"gpt-oss-landscape-brief-2026-05-31.{suffix}"
            asked = issue(home, tmp_path / f"asked.{suffix}", "--as-of", "2026-05-31")
            assert (tmp_path / f"clicked.{suffix}").read_bytes() == asked
        seen.check_clean()


def test_hostile_text_is_shown_and_changes_nothing_else(hostile_home: Path, tmp_path: Path) -> None:
    note = sign(tmp_path, "\n".join(HOSTILE).replace("name" * 499, "name" * 99))
    html = issue(hostile_home, tmp_path / "b.html", *note).decode()
    pdf = issue(hostile_home, tmp_path / "b.pdf", *note)
    assert "&lt;img src=x onerror=alert(1)&gt;" in html and "<img" not in html and "<b>b</b>" not in html
    assert "=HYPERLINK(" in html and "{{7*7}}" in html and "\u202e" not in html and "\u2066" not in html
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 2
    assert len(html.encode()) < MOST_BYTES
    assert run_landscape(hostile_home, "brief", "--list").exit_code == 0


@pytest.mark.parametrize("text", ["long-" + "name" * 498, "W" * 2000, "word " * 399, "line\n" * 22])
def test_the_longest_note_goes_on_overleaf_and_stays_on_two_pages(home: Path, tmp_path: Path, text: str) -> None:
    pdf = issue(home, tmp_path / "b.pdf", "--as-of", "2025-12-31", *sign(tmp_path, text))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert len(pages) == 2 and "goes on overleaf" in pages[0] and "Note, continued" in pages[1]


def test_what_only_this_machine_may_show_is_left_out_and_counted(small_home: Path, tmp_path: Path) -> None:
    """Readings taken here have no licence that lets them be passed on: the page shows them, a brief does not."""
    home, at = copy_home(small_home, tmp_path / "home"), parse_as_of("2026-11-01")
    with duckdb.connect(str(home / "landscape.duckdb")) as con:
        con.execute("update stored.hub_readings set redistributable = 'no', origin = 'live'")
        con.execute("checkpoint")
    with use_home(home):
        file = queries.identify()
        here = read_story(file, at, NOW, "commercial")
        passed_on = read_story(file, at, NOW, "commercial", exported=True)
    assert here.tiles[1].value != "Not recorded" and passed_on.tiles[1].value == "Not recorded"
    assert passed_on.answers.withheld > 0 and not passed_on.answers.peers
    words, _ = read_words(issue(home, tmp_path / "b.html", "--as-of", "2026-11-01"))
    assert "left out because no licence lets this machine pass" in words and here.tiles[1].value not in words
