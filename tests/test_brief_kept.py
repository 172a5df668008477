"""An issued brief stays as it was: after new data, after restated data, for a reader who may not write."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from dashboard import issued
from dashboard.brief import pdf
from ingest import store
from tests.homes import ask, copy_home, run_landscape
from tests.publishers import ECI, PRICES, Edition
from tests.test_brief import issue

AS_OF = ("--as-of", "2026-07-10")
# The same models, every price a tenth, gpt-oss-120b's index five points higher.
RESTATED = Edition(
    eci={**ECI, "gpt-oss-120b": ("145.48", "140.71", "148.25", *ECI["gpt-oss-120b"][3:])},
    prices={key: price and (price[0] / 10, price[1] / 10) for key, price in PRICES.items()},
)


@pytest.fixture
def home(small_home: Path, tmp_path: Path) -> Path:
    return copy_home(small_home, tmp_path / "home")


def write_note(folder: Path, text: str) -> Path:
    path = folder / "note.txt"
    path.write_text(text, encoding="utf-8")
    return path


def find_id(home: Path) -> str:
    [folder] = (home / "briefs").iterdir()
    return folder.name


@pytest.mark.parametrize("observed", ["2026-07-01T12:00:00Z", "2026-08-20T12:00:00Z"], ids=["earlier", "later"])
def test_a_reissued_brief_has_the_same_bytes_after_restated_data(home: Path, tmp_path: Path, observed: str) -> None:
    """A payload observed before the as-of date that arrives late changes what was known then, not what was shown."""
    first = {suffix: issue(home, tmp_path / f"first.{suffix}", *AS_OF) for suffix in ("html", "json", "pdf")}
    brief_id = find_id(home)
    recordings = tmp_path / "restated"
    RESTATED.record(recordings, observed)
    assert run_landscape(home, "refresh", "--from", recordings).exit_code == 0
    anew = json.loads(issue(home, tmp_path / "anew.json", *AS_OF))
    assert (anew["brief_id"] == brief_id) == (observed > "2026-07-10")
    for suffix, body in first.items():
        assert issue(home, tmp_path / f"again.{suffix}", "--reissue", brief_id) == body
    assert run_landscape(home, "brief", "--list").stdout.count(brief_id) == 1


def test_the_same_story_and_note_give_the_same_bytes(small_home: Path, tmp_path: Path) -> None:
    note = write_note(tmp_path, "Δ margin, μ latency: fine.")
    homes = [copy_home(small_home, tmp_path / name) for name in ("one", "other")]
    for suffix in ("json", "html", "pdf"):
        one, other = (issue(own, own / f"b.{suffix}", "--note", note, "--by", "Ada") for own in homes)
        assert one == other


def test_a_pdf_first_asked_for_on_reissue_is_that_of_the_kept_html(home: Path, tmp_path: Path) -> None:
    issue(home, tmp_path / "brief.html")
    late = issue(home, tmp_path / "late.pdf", "--reissue", find_id(home))
    assert (home / "briefs" / find_id(home) / "brief.pdf").read_bytes() == late
    assert issue(home, tmp_path / "direct.pdf") == late


def test_sql_sees_what_was_shown(home: Path, tmp_path: Path) -> None:
    said = json.loads(issue(home, tmp_path / "b.json", "--note", write_note(tmp_path, "Fine."), "--by", "Ada"))
    recordings = tmp_path / "more"
    RESTATED.record(recordings, "2026-08-20T12:00:00Z")
    assert run_landscape(home, "refresh", "--from", recordings).exit_code == 0
    [row] = ask(home, "select * exclude (facts), json_array_length(facts) as facts from briefs")
    assert row["brief_id"] == said["brief_id"] and row["headline"] == said["headline"]
    assert row["facts_hash"] == said["facts_sha256"] and row["facts"] == len(said["facts"])
    assert row["issued_at"].startswith("2026-11-23T12:00") and row["note_by"] == "Ada" and row["as_of"] is None


def test_a_home_without_briefs_publishes_none(small_home: Path) -> None:
    assert ask(small_home, "select count(*) as briefs from briefs") == [{"briefs": 0}]


def test_a_brief_that_cannot_be_kept_is_given_all_the_same(home: Path, tmp_path: Path) -> None:
    (home / "briefs").write_text("a file where the folder should be")
    done = run_landscape(home, "brief", "-o", tmp_path / "b.json")
    assert done.exit_code == 0 and json.loads((tmp_path / "b.json").read_text())["headline"]
    assert done.stdout.splitlines()[-1] == (
        f"Not kept, as {home / 'briefs'} cannot be written: it can be made again, but not reissued by its id."
    )


def test_a_kept_brief_that_was_changed_is_not_given(home: Path, tmp_path: Path) -> None:
    issue(home, tmp_path / "b.html")
    path = home / "briefs" / find_id(home) / "brief.html"
    path.write_bytes(path.read_bytes().replace(b"gpt-oss", b"gpt-os2", 1))
    done = run_landscape(home, "brief", "--reissue", find_id(home), "-o", tmp_path / "again.html")
    assert done.exit_code == 3 and "is no longer as issued: restore it from a copy" in done.stderr
    assert not (tmp_path / "again.html").exists()


def test_what_a_killed_issue_left_is_written_over(home: Path, tmp_path: Path) -> None:
    body = issue(home, tmp_path / "b.html")
    folder = home / "briefs" / find_id(home)
    (folder / "issued.json").unlink()
    (folder / "brief.html").write_bytes(b"half")
    assert "No brief has been issued here yet" in run_landscape(home, "brief", "--list").stdout
    assert issue(home, tmp_path / "b.html") == body == (folder / "brief.html").read_bytes()


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--reissue", "0123456789ab", "-o", "b.pdf"], 2, "No brief 0123456789ab is kept in "),
        (["--reissue", "../../etc/passwd", "-o", "b.pdf"], 2, "No brief ../../etc/passwd is kept in "),
        (["-o", "b.docx"], 2, "-o names the file to write, ending in .html, .pdf or .json, not 'b.docx'."),
        ([], 2, "-o names the file to write, ending in .html, .pdf or .json."),
        (["-o", "nowhere/b.html"], 3, "nowhere/b.html cannot be written (No such file or directory): "),
        (["--as-of", "soon", "-o", "b.html"], 2, "'soon' is not a date: "),
        (["--note", "note.txt", "-o", "b.html"], 2, "A note is signed: give --note FILE and --by NAME together."),
        (["--by", "Ada", "-o", "b.html"], 2, "A note is signed: give --note FILE and --by NAME together."),
        (["--note", "none.txt", "--by", "A", "-o", "b.html"], 2, "none.txt cannot be read "),
        (["--note", "empty.txt", "--by", "A", "-o", "b.html"], 2, "The note is empty: "),
        (["--note", "long.txt", "--by", "A", "-o", "b.html"], 2, "The note has 2,001 characters and "),
        (["--note", "tall.txt", "--by", "A", "-o", "b.html"], 2, "The note takes 40 lines and a brief holds 22: "),
        (["--note", "binary.txt", "--by", "A", "-o", "b.html"], 2, "binary.txt is not UTF-8 text: "),
        (["--note", "note.txt", "--by", "A" * 81, "-o", "b.html"], 2, "A note is signed with a name of at most 80 "),
        (["--reissue", "0123456789ab", "--as-of", "2026-01-01", "-o", "b.html"], 2, "--reissue gives a brief as it "),
        (["--list", "-o", "b.html"], 2, "--list prints what is kept and takes no other option."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], code: int, sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    texts = {"note": "Fine.", "empty": " \n", "long": "x" * 2001, "tall": "x\n" * 40}
    for name, text in texts.items():
        Path(f"{name}.txt").write_text(text)
    Path("binary.txt").write_bytes(b"\xff\xfe\x00")
    done = run_landscape(home, "brief", *words)
    assert done.exit_code == code and done.stderr.startswith(f"landscape: {sentence}"), done.output
    assert len(done.stderr.splitlines()) == 1 and not done.stdout


def test_without_data_it_says_what_to_run(tmp_path: Path) -> None:
    done = run_landscape(tmp_path, "brief", "-o", tmp_path / "b.html")
    assert done.exit_code == 3 and "run `landscape` once" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [(ImportError, "A PDF needs WeasyPrint: pip install"), (OSError, "A PDF needs Pango: apt-get install")],
)
def test_without_weasyprint_or_pango_one_sentence_says_what_to_install(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: type[Exception], sentence: str
) -> None:
    """The import is what fails where they are missing: with no module, or with no library to load."""

    class Finder:
        @staticmethod
        def find_spec(name: str, *rest: object) -> None:
            if name == "weasyprint":
                raise fault("it is not here")

    for name in [n for n in sys.modules if n.split(".")[0] == "weasyprint"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr("sys.meta_path", [Finder, *sys.meta_path])
    done = run_landscape(home, "brief", "-o", tmp_path / "b.pdf")
    assert done.exit_code == 3 and done.stderr.startswith(f"landscape: {sentence}")
    assert issue(home, tmp_path / "b.html")


def test_the_button_says_the_same_where_a_library_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf.find_pdf_fault.cache_clear()
    assert pdf.find_pdf_fault() == ""
    pdf.find_pdf_fault.cache_clear()
    monkeypatch.setattr(pdf, "_PANGO", ("libnowhere.so",))
    assert pdf.find_pdf_fault().startswith("A PDF needs Pango")
    pdf.find_pdf_fault.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert pdf.find_pdf_fault().startswith("A PDF needs WeasyPrint")
    pdf.find_pdf_fault.cache_clear()


def test_a_reader_who_may_not_write_is_told_before(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDSCAPE_HOME", str(home))
    assert issued.find_keeping_fault() == ""
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert issued.find_keeping_fault().startswith(f"Not kept, as {store.get_home() / 'briefs'} cannot be written")
