"""What leaves is what is shown: rows with rights, exact values, a full metadata record, links that stay."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import orjson
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import parts
from dashboard.charts import Bars, Row
from dashboard.credit import Credit
from dashboard.takeaway.citation import name_file, write_bibtex, write_citation
from dashboard.takeaway.columns import describe_columns
from dashboard.takeaway.links import Links, write_links
from dashboard.takeaway.metadata import to_json, write_metadata
from dashboard.takeaway.pictures import draw_spec, draw_svg
from dashboard.takeaway.stamp import Stamp
from dashboard.takeaway.tables import METADATA_KEY, split_local, to_parquet
from tests.test_vega import EVIL

EPOCH = {
    "source_id": "epoch_eci",
    "title": "Epoch Capabilities Index",
    "licence_id": "CC-BY-4.0",
    "licence_url": "https://creativecommons.org/licenses/by/4.0/",
    "attribution": "Epoch AI, 'Epoch Capabilities Index'.",
}
FROZEN = "http://host/price?as_of=2025-12-31&model=a"


def _stamp(title: str = "Price of gpt-oss-120b", name: str = "price_table", **changed: Any) -> Stamp:
    fields: dict[str, Any] = {
        "title": title,
        "name": name,
        "credit": Credit(("Epoch Capabilities Index (CC-BY-4.0)",), ("edition of 11 Aug 2026", "n = 84")),
        "sources": [EPOCH],
        "as_of": None,
        "newest": datetime(2026, 10, 8, 23, 59, 59, tzinfo=UTC),
        "made": datetime(2026, 11, 23, 12, tzinfo=UTC),
        "file": {"name": "landscape.duckdb", "published_at": datetime(2026, 11, 23, tzinfo=UTC)},
        "links": Links("http://host/price?model=a", FROZEN),
    }
    return Stamp(**(fields | changed))


def _frame(word: str = "gpt-oss-120b") -> pd.DataFrame:
    return pd.DataFrame(
        {
            "model": [word, "other", None],
            "floor_usd_per_mtok": [0.1 + 0.2, None, -1e-9],
            "n": pd.array([1, None, 3], dtype="Int64"),
            "read_on": [date(2026, 1, 2), None, date(2026, 1, 3)],
            "observed_at": pd.to_datetime(["2026-01-02 03:04:05.000006", None, "2026-01-03 00:00:00.0"]),
            "payload_key": ["1270110295115534"] * 3,
            "redistributable": ["yes", "share-alike", "yes"],
        }
    )


def test_rows_that_may_not_leave_do_not_and_are_counted() -> None:
    frame = pd.DataFrame({"a": range(5), "redistributable": ["yes", "no", "share-alike", None, "no"]})
    kept, left_out = split_local(frame)
    assert list(kept["a"]) == [0, 2] and left_out == 3
    assert split_local(frame[["a"]])[1] == 0


def test_parquet_keeps_every_type_and_value_and_carries_the_metadata() -> None:
    frame = _frame()
    metadata = write_metadata(frame, 2, _stamp())
    table = pq.read_table(io.BytesIO(to_parquet(frame, metadata)))
    rows = table.to_pylist()
    assert rows[0]["floor_usd_per_mtok"] == 0.1 + 0.2 and rows[2]["floor_usd_per_mtok"] == -1e-9
    assert rows[1]["floor_usd_per_mtok"] is None and rows[1]["n"] is None and rows[2]["model"] is None
    assert rows[0]["n"] == 1 and str(table.schema.field("n").type) == "int64"
    assert rows[0]["read_on"] == date(2026, 1, 2)
    assert rows[0]["observed_at"] == datetime(2026, 1, 2, 3, 4, 5, 6)
    inside = orjson.loads(table.schema.metadata[METADATA_KEY])
    assert inside == orjson.loads(to_json(metadata))
    assert inside["rows_left_out"] == 2 and "licence" in inside["rows_left_out_because"]


def test_a_column_of_words_and_numbers_becomes_words() -> None:
    made = to_parquet(pd.DataFrame({"a model": ["x", 1.5, None], "b": [[1], None, [2, 3]]}), {})
    assert pq.read_table(io.BytesIO(made)).to_pydict() == {"a model": ["x", "1.5", None], "b": [[1], None, [2, 3]]}


def test_csv_reads_back_as_it_was() -> None:
    frame = _frame()
    read = list(csv.DictReader(io.StringIO(parts.to_csv(frame).decode("utf-8-sig"))))
    assert [float(row["floor_usd_per_mtok"]) for row in read if row["floor_usd_per_mtok"]] == [0.1 + 0.2, -1e-9]
    assert [row["n"] for row in read] == ["1", "", "3"]
    assert read[0]["payload_key"] == "1270110295115534" and read[2]["model"] == ""


@pytest.mark.parametrize(
    "cell", ["＝1", "＋1", "－1", "＠x", "\r=1", "\n=1", "\u202e=1", "\ufeff=1", "\x01=1", "\u200b@x"]
)
def test_cells_and_column_names_of_every_disguise_are_disarmed(cell: str) -> None:
    made = parts.to_csv(pd.DataFrame({cell: [cell, None]})).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(made, newline=""))) == [[f"'{cell}"], [f"'{cell}"], [""]] or "\r" in cell


@given(st.text())
def test_no_text_at_all_begins_with_a_formula(text: str) -> None:
    made = parts.to_csv(pd.DataFrame({"a": [text], "b": [1]})).decode("utf-8-sig")
    cell = made.removeprefix("a,b\n").removeprefix('"')
    assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠") or cell == "\r"


@pytest.mark.parametrize("evil", EVIL)
def test_hostile_words_change_nothing_but_the_words(evil: str) -> None:
    stamp = _stamp(evil, evil, credit=Credit((evil,), (evil,)), sources=[EPOCH | {"attribution": evil}])
    frame = _frame(evil).rename(columns={"n": evil})
    metadata = write_metadata(frame, 0, stamp, rule=evil)
    assert orjson.loads(to_json(metadata))["title"] == evil
    table = pq.read_table(io.BytesIO(to_parquet(frame, metadata)))
    assert table.column("model").to_pylist()[0] == evil and evil in table.column_names
    header, first = list(csv.reader(io.StringIO(parts.to_csv(frame).decode("utf-8-sig"))))[:2]
    assert first[0].removeprefix("'") == evil and evil in [name.removeprefix("'") for name in header]
    for ending in (".csv", ".png"):
        name = name_file(stamp, ending)
        assert len(name) < 120 and name.isascii() and name.replace("-", "").replace(".", "").isalnum()
    for text in (write_citation(stamp), *write_bibtex(stamp).splitlines()):
        assert text.isprintable()
    assert write_bibtex(stamp).count("{") == write_bibtex(stamp).count("}")
    svg = draw_svg(Bars([Row(evil, 1.0)]), "light", stamp, evil).decode()
    assert "<script" not in svg and "\u202e" not in svg


def test_the_metadata_names_sources_dates_columns_links_and_reasons() -> None:
    stamp = _stamp()
    said = orjson.loads(to_json(write_metadata(_frame(), 0, stamp, rule="Cheapest paid listing.", meanings={"n": "N"})))
    assert said["sources"][0]["attribution"] == EPOCH["attribution"]
    assert said["as_of"] == {
        "asked_for": None,
        "known_up_to": "2026-10-08T23:59:59Z",
        "words": "Data known up to 8 Oct 2026 (UTC); made 23 Nov 2026",
    }
    assert said["rules"][0] == "Cheapest paid listing."
    columns = {column["name"]: column for column in said["columns"]}
    assert columns["floor_usd_per_mtok"] == {
        "name": "floor_usd_per_mtok",
        "type": "number",
        "unit": "US dollars per million tokens",
    }
    assert columns["n"]["meaning"] == "N" and columns["observed_at"]["type"] == "instant, UTC"
    assert said["links"] == {"follows_new_data": "http://host/price?model=a", "stays_as_it_is": FROZEN}
    assert said["rows"] == 3 and said["rows_left_out_because"] is None


def test_columns_of_one_name_are_described_apart() -> None:
    frame = pd.DataFrame([[1, "a"]], columns=["x", "x"])
    assert [column["type"] for column in describe_columns(frame)] == ["integer", "text"]


def test_a_citation_names_the_data_the_date_and_the_link_that_stays() -> None:
    stamp = _stamp(as_of=datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert write_citation(stamp) == (
        "gpt-oss landscape: Price of gpt-oss-120b. Data: Epoch AI, 'Epoch Capabilities Index'. "
        f"As known on 31 Dec 2025 (UTC), reconstructed; made 23 Nov 2026. {FROZEN}"
    )
    bibtex = write_bibtex(stamp)
    assert bibtex.startswith("@misc{gpt-oss-landscape-price-table-20251231,")
    assert f"url = {{{FROZEN}}}" in bibtex and "urldate = {2026-11-23}" in bibtex
    assert name_file(stamp, ".csv") == "gpt-oss-landscape-price-table-2025-12-31.csv"


def test_one_link_follows_new_data_and_the_other_names_every_control_and_the_instant() -> None:
    chosen = {"measure": ["Arena text"], "models": ["a b", "c&d"], "as_of": ["2025-12-31"]}
    everything = chosen | {"edition": ["19 Dec 2025"], "open": ["commercial"]}
    links = write_links("http://host/capability", chosen, everything, datetime(2026, 10, 8, 7, 0, tzinfo=UTC))
    follows = parse_qsl(urlsplit(links.following).query)
    assert follows == [("measure", "Arena text"), ("models", "a b"), ("models", "c&d")]
    frozen = dict(parse_qsl(urlsplit(links.frozen).query))
    assert frozen["as_of"] == "2026-10-08T07:00:00Z" and frozen["edition"] == "19 Dec 2025"
    assert write_links("", {}, {"open": ["x"]}, None) == Links("", "")


def test_a_picture_that_leaves_rows_out_says_so() -> None:
    spec = draw_spec(Bars([Row("a", 1.0)]), "light", _stamp(), "Legend.", left_out=12)
    said = [row.get("text") for layer in spec["layer"] for row in layer["data"]["values"]]
    for words in (
        "Price of gpt-oss-120b",
        "Legend.",
        "Source: Epoch Capabilities Index (CC-BY-4.0) · edition of 11 Aug 2026 · n = 84",
        "Not drawn: 12 of the rows on the page, which may not be passed on by licence.",
        EPOCH["attribution"],
        "Data known up to 8 Oct 2026 (UTC); made 23 Nov 2026 · gpt-oss landscape",
    ):
        assert words in said
