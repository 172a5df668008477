"""The index as published and fitted again: on hand-written files, and on the recorded ones against the publisher's."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest
from scipy.stats import spearmanr

from ingest.append import ingest_source
from ingest.archive import Archive, NewPayload
from ingest.catalogue import write_catalogue
from ingest.measures import MeasureRow, capability_index, capability_refit, define
from ingest.publish import resolve_stored
from ingest.source import discover_sources
from ingest.stats.irt import Results, fit, refit
from ingest.store import Reader, set_as_of
from tests.homes import ask
from tests.test_measures import CLOSED, OPEN, write_index
from tests.toy_source import make_database

US = "openai/gpt-oss-120b"
INPUTS_HEAD = "model_id,benchmark_id,performance,benchmark,model,model_version,Model,date,source"
BENCHMARKS = ("Winogrande", "GPQA diamond", "MMLU", "WeirdML", "SimpleBench", "Chess Puzzles")
STRENGTHS = {"Claude 3.5 Sonnet": 0.5, "GPT-4o": 0.2, "gpt-oss-120b": 1.0, "GLM-5": 1.7, "GPT-5": 1.8, "o3": 1.5}


def make_results() -> dict[tuple[str, str], float]:
    """Performances that the model of the fit explains but for a wobble."""
    rows = {}
    for m, (name, strength) in enumerate(STRENGTHS.items()):
        for b, benchmark in enumerate(BENCHMARKS):
            wobble = 0.03 * (((7 * m + 3 * b) % 5) - 2)
            rows[name, benchmark] = round(float(1 / (1 + np.exp(-(0.8 + 0.2 * b) * (strength - 0.4 * b)))) + wobble, 4)
    return rows


def write_inputs(
    archive: Archive,
    day: str,
    rows: Mapping[tuple[str, str], float],
    more: tuple[tuple[str, str, float, str], ...] = (),
) -> None:
    """One complete edition of eci_benchmarks.csv; `more`: (model, benchmark, performance, version) besides."""
    text = io.StringIO()
    lines = [(model, benchmark, value, f"{model}-v1") for (model, benchmark), value in rows.items()]
    table = [
        ("m", "b", f"{v}", benchmark, model, version, model, "2025-08-05", "hand")
        for model, benchmark, v, version in (*lines, *more)
    ]
    csv.writer(text, lineterminator="\n").writerows([INPUTS_HEAD.split(","), *table])
    payload = NewPayload(
        url="https://epoch.ai/data/eci_benchmarks.csv",
        name="eci_benchmarks.csv",
        body=text.getvalue().encode(),
        observed_at=datetime.fromisoformat(f"{day}T12:00:00+00:00"),
        observed_kind="fetched",
        kind="LIVE",
        licence_id="CC-BY-4.0",
        redistributable="yes",
        complete=True,
    )
    archive.write("epoch_eci", [payload], datetime(2026, 11, 1, tzinfo=UTC))


# What each day's edition is there to show.
NO_INTERVALS, INDEX, PARTIAL = "2026-01-10", "2026-02-10", "2026-02-20"
PLAIN, NOISE, NO_ANCHOR, TWO_NAMES = "2026-03-10", "2026-03-20", "2026-03-30", "2026-04-10"


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Editions of the index and of its inputs, one a day."""
    archive = Archive(tmp_path_factory.mktemp("editions") / "raw")
    us = f"gpt-oss-120b,gpt-oss-120b,%s,2025-08-05,OpenAI,USA,{OPEN},"
    anchor = f"GPT-5,GPT-5,150,,,2025-08-07,OpenAI,USA,{CLOSED},"
    write_index(archive, NO_INTERVALS, [us % "140.1,,", anchor])
    write_index(archive, INDEX, [us % "140,136,143.5", anchor])
    write_index(archive, PARTIAL, [us % "139,135,142"], complete=False)
    rows = make_results()
    write_inputs(archive, PLAIN, rows)
    write_inputs(
        archive,
        NOISE,
        rows,
        (
            # Another run of a result that was as good, one that was worse, and a model of three benchmarks.
            ("gpt-oss-120b", "MMLU", rows["gpt-oss-120b", "MMLU"], "gpt-oss-120b_high"),
            ("gpt-oss-120b", "WeirdML", 0.0, "gpt-oss-120b_low"),
            *(("gpt-oss-20b", benchmark, 0.9, "gpt-oss-20b") for benchmark in BENCHMARKS[:3]),
        ),
    )
    write_inputs(archive, NO_ANCHOR, {pair: v for pair, v in rows.items() if pair[0] != "GPT-5"})
    write_inputs(archive, TWO_NAMES, rows | {("GPT-OSS-120B", b): rows["gpt-oss-120b", b] for b in BENCHMARKS})
    made = make_database()
    assert ingest_source(made, archive, discover_sources()["epoch_eci"]).failure is None
    write_catalogue(made)
    resolve_stored(made)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _few_refits(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many refits there are is tested on what `refresh` wrote."""
    monkeypatch.setattr(capability_refit, "REFITS", 12)
    monkeypatch.setattr(capability_refit, "_LEAST_REFITS", 6)


@dataclass(frozen=True, slots=True)
class _Found:
    """A measure's rows as of the end of a day."""

    rows: list[MeasureRow]

    def get(self, measure_id: str, subject: str, definition: str | None = None) -> MeasureRow:
        """The one row of a measure and subject."""
        [row] = [
            r
            for r in self.rows
            if (r.measure_id, r.subject) == (measure_id, subject) and definition in (None, r.definition_id)
        ]
        return row


def look(con: duckdb.DuckDBPyConnection, day: str, module: object = capability_refit) -> _Found:
    as_of = datetime.fromisoformat(f"{day}T23:59:59+00:00")
    set_as_of(con, as_of)
    rows = list(module.compute(con, as_of))  # type: ignore[attr-defined]
    set_as_of(con, None)
    return _Found(rows)


EPOCH = define(index="epoch_eci")


def test_the_published_index_stands_with_its_interval(con: duckdb.DuckDBPyConnection) -> None:
    found = look(con, INDEX, capability_index)
    row = found.get("capability_index", US)
    assert (row.definition_id, row.value, row.low, row.high) == (EPOCH, 140.0, 136.0, 143.5)
    assert found.get("capability_index_width", US).value == 7.5
    told = found.get("capability_index", "openai/gpt-5").told_by
    assert told is not None and told.endswith("an anchor of the scale")
    assert found.get("capability_index", "openai/gpt-oss-20b").reason_absent == (
        f"The edition of {INDEX} does not rate this model."
    )


def test_an_edition_without_intervals_says_so_and_a_partial_one_stands_beside(con: duckdb.DuckDBPyConnection) -> None:
    early = look(con, NO_INTERVALS, capability_index)
    assert (early.get("capability_index", US).value, early.get("capability_index", US).low) == (140.1, None)
    assert early.get("capability_index_width", US).reason_absent == (
        f"The edition of {NO_INTERVALS} publishes no interval for this model."
    )
    late = look(con, PARTIAL, capability_index)
    assert late.get("capability_index", US, EPOCH).value == 140.0
    assert late.get("capability_index", US, define(index="epoch_eci", edition="partial")).value == 139.0
    nothing = look(con, "2025-12-31", capability_index).get("capability_index", US)
    assert nothing.reason_absent == "No complete edition of the index had been recorded."


def test_without_inputs_every_measure_of_the_refit_gives_its_reason(con: duckdb.DuckDBPyConnection) -> None:
    found = look(con, INDEX).rows
    assert {r.measure_id for r in found} == {r.measure_id for r in look(con, PLAIN).rows}
    assert {r.reason_absent for r in found} == {
        "Only the published index had been recorded, not the results it is fitted to."
    }


def test_a_refit_reads_nothing_observed_later(con: duckdb.DuckDBPyConnection) -> None:
    days = {r.day.isoformat() for day in (PLAIN, NOISE) for r in look(con, day).rows if r.day}
    assert days == {PLAIN, NOISE}
    assert {r.day.isoformat() for r in look(con, PLAIN).rows if r.day} == {PLAIN}


def test_anchors_stand_at_their_points_without_an_interval(con: duckdb.DuckDBPyConnection) -> None:
    found = look(con, PLAIN)
    for subject, points in (("anthropic/claude-3-5-sonnet-20240620", 130.0), ("openai/gpt-5", 150.0)):
        row = found.get("capability_index_refit", subject)
        assert (row.value, row.low, row.high) == (points, None, None)
    ours = found.get("capability_index_refit", US)
    assert ours.value is not None and ours.low is not None and ours.high is not None
    assert 130 < ours.low < ours.value < ours.high < 150


def test_the_interval_of_a_difference_to_an_anchor_is_the_other_models_own(con: duckdb.DuckDBPyConnection) -> None:
    found = look(con, PLAIN)
    ours, apart = found.get("capability_index_refit", US), found.get("capability_difference", "openai/gpt-5")
    assert None not in (ours.value, ours.low, ours.high, apart.value)
    assert apart.value == pytest.approx(150 - (ours.value or 0), abs=2e-4)
    assert (apart.low, apart.high) == pytest.approx((150 - (ours.high or 0), 150 - (ours.low or 0)), abs=2e-4)
    assert not [r for r in found.rows if r.measure_id == "capability_difference" and r.subject == US]


def test_a_second_run_and_a_model_of_three_benchmarks_move_nothing(con: duckdb.DuckDBPyConnection) -> None:
    plain, noise = look(con, PLAIN), look(con, NOISE)

    def tell(found: _Found) -> list[tuple[object, ...]]:
        return sorted(
            (r.measure_id, r.definition_id, r.subject, r.value, r.low, r.high)
            for r in found.rows
            if r.value is not None and r.measure_id != "models_excluded"
        )

    assert tell(plain) == tell(noise)
    assert plain.get("models_excluded", "all").value == 0.0
    excluded = noise.get("models_excluded", "all")
    assert (excluded.value, excluded.told_by) == (1.0, "of 7 models with results: gpt-oss-20b")
    assert noise.get("capability_index_refit", "openai/gpt-oss-20b").reason_absent == (
        "A place takes results on at least 4 benchmarks; of this model there are 3."
    )


def test_without_an_anchor_there_is_no_scale_and_the_rest_is_still_counted(con: duckdb.DuckDBPyConnection) -> None:
    found = look(con, NO_ANCHOR)
    assert found.get("capability_index_refit", US).reason_absent == (
        "The results lack GPT-5, which the scale is tied to."
    )
    assert found.get("inputs_fit", "all", "index=refit;fitted=models").value == 5.0


def test_two_names_of_one_model_stay_two_in_the_fit(con: duckdb.DuckDBPyConnection) -> None:
    found = look(con, TWO_NAMES)
    places = [found.get("capability_index_refit", name).value for name in ("gpt-oss-120b", "GPT-OSS-120B")]
    assert places[0] is not None and places[0] == places[1]
    assert found.get("inputs_fit", "all", "index=refit;fitted=models").value == 7.0


def test_the_influence_of_a_benchmark_is_the_place_without_it(con: duckdb.DuckDBPyConnection) -> None:
    found = look(con, PLAIN)
    rows = make_results()
    fewer = Results.order({p: v for p, v in rows.items() if p[1] != "WeirdML"}, "Winogrande")
    capability = dict(zip(fewer.models, fit(fewer).capability, strict=True))
    low, high = capability["Claude 3.5 Sonnet"], capability["GPT-5"]
    without = 130 + 20 * (capability["gpt-oss-120b"] - low) / (high - low)
    row = found.get("benchmark_influence", "weirdml")
    assert row.told_by == "WeirdML"
    assert row.value == pytest.approx(without - (found.get("capability_index_refit", US).value or 0), abs=2e-4)
    assert len([r for r in found.rows if r.measure_id == "benchmark_influence"]) == len(BENCHMARKS)


# On the recorded files.


@dataclass(frozen=True, slots=True)
class _Recorded:
    """Per model both have: (published value, low, high) and (refitted value, low, high)."""

    published: np.ndarray
    refitted: np.ndarray


@pytest.fixture(scope="module")
def recorded(published_home: Path) -> _Recorded:
    """What `refresh` wrote as of the end of 2026-08-31, when the edition of 2026-08-11 was the newest."""
    rows = ask(
        published_home,
        "select p.value, p.low, p.high, r.value as v, r.low as l, r.high as h "
        "from measures p join measures r using (subject, as_of) "
        "where p.measure_id = 'capability_index' and p.definition_id = 'index=epoch_eci' "
        "and r.measure_id = 'capability_index_refit' and p.value is not null and r.value is not null "
        "and p.as_of::date = date '2026-08-31' and p.day = date '2026-08-11' order by subject",
    )
    table = np.array([list(r.values()) for r in rows], dtype=float)
    return _Recorded(table[:, :3], table[:, 3:])


def test_the_refit_is_the_published_index(recorded: _Recorded) -> None:
    error = np.abs(recorded.refitted[:, 0] - recorded.published[:, 0])
    assert len(error) == 222
    assert error.mean() < 0.03
    assert error.max() < 0.3
    assert error[recorded.published[:, 0] >= 110].max() < 0.1
    assert spearmanr(recorded.refitted[:, 0], recorded.published[:, 0])[0] > 0.999


def test_its_intervals_are_the_published_ones_but_for_the_draw(recorded: _Recorded) -> None:
    stated = ~np.isnan(recorded.published[:, 1])
    assert stated.sum() == 220
    _, low, high = recorded.published[stated].T
    _, our_low, our_high = recorded.refitted[stated].T
    overlap = np.minimum(high, our_high) - np.maximum(low, our_low)
    assert np.mean(overlap > 0.5 * (high - low)) >= 0.9
    assert np.array_equal(np.isnan(recorded.refitted[:, 1]), ~stated)


def test_difficulties_are_the_published_ones(published_home: Path) -> None:
    rows = ask(
        published_home,
        "select m.value, d.difficulty, s.value as slope, d.slope as published_slope from measures m "
        "join measures s on s.measure_id = 'benchmark_slope' and s.subject = m.subject and s.as_of = m.as_of "
        "join benchmark_difficulty d on "
        "trim(regexp_replace(lower(d.name_raw), '[^a-z0-9]+', '_', 'g'), '_') = m.subject "
        "where m.measure_id = 'benchmark_difficulty' and m.as_of::date = date '2026-08-31'",
    )
    assert len(rows) == 57
    for r in rows:
        # As with models, what is easy is told less well.
        assert r["value"] == pytest.approx(r["difficulty"], abs=0.1 if r["difficulty"] >= 110 else 0.3)
        assert r["slope"] == pytest.approx(r["published_slope"], abs=0.001)


@pytest.fixture(scope="module")
def recorded_results(published_home: Path) -> Results:
    rows = ask(
        published_home,
        "select name_raw, benchmark_id, max(value) as value from scores "
        "where source_id = 'epoch_eci' and board = 'inputs' group by all",
    )
    return Results.order({(r["name_raw"], r["benchmark_id"]): r["value"] for r in rows}, capability_refit.PINNED)


def test_five_hundred_refits_take_less_than_a_minute(recorded_results: Results) -> None:
    central = fit(recorded_results)
    began = time.process_time()
    assert len(list(refit(recorded_results, central, 25, 1))) == 25
    assert time.process_time() - began < 60 * 25 / 500


def test_the_same_inputs_give_the_same_rows_and_are_fitted_once(published_home: Path) -> None:
    reader = Reader(published_home / "landscape.duckdb")
    with reader.open_cursor() as cursor:
        first, again = (look(cursor, "2026-08-31").rows for _ in range(2))
        keys = []
        for day in ("2026-08-12", "2026-11-01", "2026-07-31"):
            set_as_of(cursor, datetime.fromisoformat(f"{day}T23:59:59+00:00"))
            keys.append(capability_refit.read_key(cursor))
    reader.close()
    assert first == again
    # A newer, partial edition of the index is no reason to fit again; inputs not yet seen are another answer.
    assert keys[0] == keys[1] != keys[2]


def test_every_model_of_the_refit_rests_on_five_hundred_refits(published_home: Path) -> None:
    rows = ask(
        published_home,
        "select distinct regexp_extract(told_by, '(\\d+) refits', 1) as refits from measures "
        "where measure_id = 'capability_difference' and value is not null",
    )
    assert rows == [{"refits": "500"}]
