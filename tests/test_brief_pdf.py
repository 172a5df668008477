"""The quick way to a brief's PDF gives the bytes of the plain one."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
import weasyprint
from fontTools.ttLib import woff2

from dashboard.brief import pdf
from tests.homes import copy_home
from tests.overview_page import full_home
from tests.test_brief import issue

__all__ = ["full_home"]

_COUNT_PROCESSES = """
import sys
started = []
sys.addaudithook(lambda event, _: event in ("subprocess.Popen", "os.posix_spawn", "os.fork") and started.append(event))
from dashboard.brief import pdf
pdf._import_weasyprint()
import ctypes.util
print(len(started), ctypes.util.find_library("c"))
"""


@pytest.fixture(scope="module")
def html(full_home: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    home = copy_home(full_home, tmp_path_factory.mktemp("pdf") / "home")
    return issue(home, home / "brief.html")


def render_plainly(html: bytes) -> bytes:
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=("data",))
    made: bytes = weasyprint.HTML(string=html.decode(), url_fetcher=fetcher).write_pdf(
        pdf_identifier=b"0123456789ab", pdf_tags=True
    )
    return made


@pytest.mark.parametrize("word", ["", "W" * 300])
def test_the_pdf_is_that_of_the_whole_html(html: bytes, word: str) -> None:
    """A word too long for its column is broken as on the screen."""
    html = html.replace(b"</th>\n<td><b>", f" {word}</th>\n<td><b>".encode(), 1)
    assert pdf._has_short_words(html.decode()) is not bool(word)
    assert pdf.render_pdf(html, "0123456789ab") == render_plainly(html)


def test_what_paper_never_shows_and_packed_fonts_are_left_out(html: bytes) -> None:
    text = html.decode()
    assert text.count("<svg") == 2 and pdf._PHONE.sub("", text).count("<svg") == 1
    assert text.count("data:font/woff2") == 2 == pdf._unpack_fonts(text).count("data:font/ttf")
    assert "data:font/woff2" not in pdf._unpack_fonts(text)


@pytest.mark.parametrize("name", ["regular", "semibold"])
def test_an_unpacked_font_is_the_packed_one(name: str) -> None:
    packed = pdf._FONTS / f"inter-{name}.woff2"
    out = io.BytesIO()
    woff2.decompress(io.BytesIO(packed.read_bytes()), out)
    assert out.getvalue() == packed.with_suffix(".ttf").read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere ctypes finds a library without starting a process")
def test_weasyprint_is_loaded_without_starting_a_process() -> None:
    found = subprocess.run([sys.executable, "-c", _COUNT_PROCESSES], capture_output=True, text=True, check=True)
    count, library = found.stdout.split()
    assert count == "0" and library.startswith("libc.so"), "and ctypes is as it was"
