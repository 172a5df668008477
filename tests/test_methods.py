"""Methods: every measure says how it is made, every headline states its rule, and each leads to the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from axe_playwright_python.sync_playwright import Axe

from dashboard.methods import PAGE, make_anchor
from dashboard.methods.parts import write_words
from dashboard.methods.tables import tabulate_figures
from dashboard.methods.words import write_finding, write_spread
from dashboard.queries import identify
from dashboard.queries import methods as ask
from ingest.method_notes import PARTS, list_notes, read_notes, write_methods
from ingest.store import Reader
from tests.browser import AXE_ALLOWED, PAGES, launch, serve, visit
from tests.homes import use_home
from tests.pages import open_page
from tests.test_parts import HOSTILE

DOCSTRING = """What a thing costs.

Whoever buys it
asks.

Definition: the lowest
price.

More of the definition.
Formula: with p a price,

    floor = min(p)
    top = max(p)

of one day.
Limits: none.
"""


def test_a_docstring_is_read_by_its_labels() -> None:
    notes = read_notes("cost", "2", DOCSTRING)
    assert (notes.title, notes.method_version) == ("What a thing costs", "2")
    assert dict(notes.parts) == {
        "why": "Whoever buys it asks.",
        "definition": "the lowest price.\n\nMore of the definition.",
        "formula": "with p a price,\n\n    floor = min(p)\n    top = max(p)\n\nof one day.",
        "limits": "none.",
    }


def test_an_equation_begins_a_line_of_its_own_and_a_wrapped_one_does_not() -> None:
    text = "T.\n\nFormula: share = a /\nall\nrank = 1 + b\nDefinition: x\ny = z\n"
    parts = read_notes("t", "1", text).parts
    assert parts["formula"] == "share = a / all\nrank = 1 + b" and parts["definition"] == "x y = z"


def test_every_measure_writes_down_every_part() -> None:
    lacking = {n.measure: sorted(set(PARTS) - set(n.parts)) for n in list_notes() if set(PARTS) - set(n.parts)}
    assert lacking == {}
    for notes in list_notes():
        latest = re.findall(r"(\d+) \(\d{4}-\d\d-\d\d\)", notes.parts["versions"])
        assert latest and latest[-1] == notes.method_version, f"{notes.measure}: versions end at its own"


def test_a_part_not_written_is_a_row_without_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.method_notes.list_notes", lambda: [read_notes("cost", "2", DOCSTRING)])
    con = duckdb.connect()
    write_methods(con)
    rows = con.execute("select part, text is null from main.methods order by place").fetchall()
    assert rows == [(part, part in ("inputs", "source", "versions")) for part in PARTS]


@pytest.mark.parametrize("text", HOSTILE)
def test_words_are_shown_as_they_are_and_only_code_is_code(text: str) -> None:
    shown = write_words(f"see {text.replace('`', '')} in `a_b` at https://x.org/y_z.")
    code = re.findall(r"`([^`]*)`", shown)
    assert code[-2:] == ["a_b", "https://x.org/y_z"]
    assert not re.search(r"(?<!\\)[\[\]<>$:*_#]", re.sub(r"`[^`]*`", "", shown))


def make_figure(definition_id: str, value: float | None, subject: str = "openai/gpt-oss-120b") -> dict[str, Any]:
    return {
        "subject": subject,
        "name": subject.partition("/")[2],
        "definition_id": definition_id,
        "day": date(2026, 8, 11),
        "value": value,
        **dict.fromkeys(("low", "high", "told_by"), None),
        "unit": "models",
        "reason_absent": None if value is not None else "No intervals.",
        "measured_at": datetime(2026, 8, 12),
        "method_version": "1",
        "payload_key": "7",
        "redistributable": "yes",
    }


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([3.0, 3.0], "gpt-oss-120b: 3 models, the same under 2 definitions."),
        ([3.0, 12.5], "gpt-oss-120b: 3 to 12.50 models under 2 definitions."),
        ([3.0, 12.0, None], "gpt-oss-120b: 3 to 12 models under 2 definitions; 1 of 3 definitions has no answer."),
        ([3.0], "gpt-oss-120b: 3 models, under one definition."),
        ([None, None], "gpt-oss-120b: none of 2 definitions has an answer; each says why."),
    ],
)
def test_one_sentence_says_whether_a_number_holds_under_the_other_definitions(
    values: list[float | None], says: str
) -> None:
    figures = [make_figure(f"x={n}", value) for n, value in enumerate(values)]
    assert write_spread([*figures, make_figure("x=0", 99.0, "openai/gpt-oss-20b")]) == says


def test_options_of_a_definition_are_columns_and_the_address_keeps_the_date() -> None:
    frame = tabulate_figures([make_figure("index=a;open=b", 1.0), make_figure("index=a", None)], "2026-05-31")
    assert list(frame["index"]) == ["a", "a"] and list(frame["open"]) == ["b", ""]
    assert frame["source"][0] == "/data?payload=7&as_of=2026-05-31"


def test_the_finding_counts_methods_and_what_they_lack() -> None:
    whole, lacking = {"measure": "a", "text": "x"}, {"measure": "b", "text": None}
    one = "1 method behind the numbers here, each with its rule, its limits and its source"
    assert write_finding([whole, whole]) == one
    assert write_finding([whole, lacking]) == "2 methods behind the numbers here; 1 lacks a part of the description"


@pytest.fixture(scope="module")
def file(seed_home: Path) -> Iterator[tuple[Path, tuple[str, int, int]]]:
    with use_home(seed_home):
        yield seed_home, identify()


def test_figures_are_of_the_newest_instant_measured_by_then_and_of_its_newest_day(
    file: tuple[Path, tuple[str, int, int]],
) -> None:
    then = datetime(2026, 5, 31, 23, 59, 59, 999999, tzinfo=UTC)
    with use_home(file[0]):
        now, past = (ask.read_figures(file[1], at, "price_floor") for at in (None, then))
    assert all(row["measured_at"] < datetime(2026, 6, 1) and row["day"] <= date(2026, 5, 31) for row in past)
    assert min(row["measured_at"] for row in now) > max(row["measured_at"] for row in past)
    with Reader(Path(file[1][0])).open_cursor() as cursor:
        for row in past:
            [(day, value)] = cursor.execute(
                "select day, value from main.measures where measure_id = 'price_floor' and subject = $s and "
                "definition_id = $d and as_of = $t and day <= '2026-05-31' order by day desc limit 1",
                {"s": row["subject"], "d": row["definition_id"], "t": row["measured_at"]},
            ).fetchall()
            assert (row["day"], row["value"]) == (day, value)
    assert len(past) == len({(row["subject"], row["definition_id"]) for row in past}) > 1


def test_a_figure_has_the_strictest_rights_of_what_it_was_worked_out_from(published_home: Path) -> None:
    with use_home(published_home):
        identity = identify()
        measures = {row["measure_id"] for row in ask.read_uses(identity)}
        found = {m: ask.read_figures(identity, None, m) for m in measures}
    with Reader(published_home / "landscape.duckdb").open_cursor() as cursor:
        kept = "select payload_key from stored.payloads where redistributable = 'no'"
        local = {str(key) for (key,) in cursor.execute(kept).fetchall()}
        sql = "select measure_id, subject, definition_id, day, as_of, inputs from main.measures"
        rows = cursor.execute(sql).fetchall()
    inputs = {row[:5]: set(re.findall(r"\d+", row[5])) for row in rows}
    seen = set()
    for measure, figures in found.items():
        for row in (row for row in figures if row["value"] is not None):
            used = inputs[measure, row["subject"], row["definition_id"], row["day"], row["measured_at"]]
            assert (row["redistributable"] == "no") == bool(used & local), (measure, row)
            seen.add(row["redistributable"])
    assert {"yes", "no"} <= seen


def test_the_page_stands_on_the_seed_on_every_recording_and_on_nothing(
    seed_home: Path, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    homes = [seed_home]
    if (Path(__file__).parents[2] / "shared" / "sources" / "manifest.csv").is_file():
        homes.append(request.getfixturevalue("published_home"))
    for home in homes:
        with use_home(home):
            page = open_page(PAGE)
            past = open_page(PAGE, as_of="2025-12-31", measure="price floor")
        said = "\n".join(element.value for element in page.markdown)
        assert re.search(r"\b(?:nan|NaN|NaT|None(?! of))\b", said) is None and "Not written down" not in said
        assert "Artificial Analysis" in said and "No number" not in said
        titles = {heading.value for heading in page.subheader}
        assert {write_words(notes.title) for notes in list_notes()} == titles
        assert any("As known on 31 Dec 2025" in element.value for element in past.warning)
    with use_home(tmp_path):
        assert "landscape" in open_page(PAGE).info[0].value


def test_every_headline_states_its_rule_and_leads_to_a_method_that_is_there(seed_home: Path) -> None:
    with use_home(seed_home):
        methods = open_page(PAGE)
        anchors = {heading.proto.anchor for kind in ("subheader", "header") for heading in getattr(methods, kind)}
        assert {make_anchor(notes.measure) for notes in list_notes()} <= anchors
        inner = {link for text in methods.markdown for link in re.findall(r"\]\(#([^)]*)\)", text.value)}
        assert inner <= anchors and len(inner) == len(anchors)
        known = {notes.measure.replace("_", " ") for notes in list_notes()}
        for name in [name for name in PAGES if name != PAGE]:
            page = open_page("../app" if name == "overview" else name)
            headings = [*page.title, *page.header, *(page.subheader if name != "data" else ())]
            silent = [heading.value for heading in headings if not heading.proto.help]
            silent += [tile.label for tile in page.metric if not tile.proto.help]
            assert silent == [], f"{name} does not say by which rule"
            links = [link for text in page.markdown for link in re.findall(rf"\]\(({PAGE}[^)]*)\)", text.value)]
            assert links, f"{name} leads to no method"
            assert {link.partition("#")[2] for link in links} <= anchors | {""}, name
            for element in (*headings, *page.metric):
                named = element.proto.help.partition(" On the page Methods: ")[2].rstrip(".")
                assert set(filter(None, named.split(", "))) <= known, name


def test_a_rule_opens_under_a_finger_and_its_method_by_a_link(seed_home: Path, tmp_path: Path) -> None:
    with serve(seed_home, tmp_path / "log") as url, launch() as browser, visit(browser, width=400) as seen:
        seen.go(f"{url}/price")
        seen.page.locator("h1").get_by_role("button", name="Help").click()
        seen.page.get_by_test_id("stTooltipContent").get_by_text("Computed:").wait_for()
        link = seen.page.get_by_test_id("stMain").get_by_role("link", name="price floor").first
        seen.go(f"{url}/{link.get_attribute('href')}").check_clean()
        assert seen.page.locator("#method-price-floor").bounding_box()["y"] < 450  # type: ignore[index]
        overflow = seen.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert overflow <= 0, f"the page is {overflow} px wider than the window"
        found = Axe().run(seen.page).response["violations"]
        assert [v["id"] for v in found if v["impact"] in ("critical", "serious") and v["id"] not in AXE_ALLOWED] == []
