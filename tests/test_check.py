"""`landscape check` asks the claims of the published file; `--live` names what publishers serve otherwise."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import duckdb
import orjson
import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

import ingest.access
import ingest.refresh
from ingest.http import Session
from ingest.shape import compare_shapes, name_place, read_shape
from ingest.store import DATA
from tests.homes import ask, copy_home, describe_process, list_archived, run_landscape, take_fingerprint
from tests.publishers import API, Edition
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

FOUR = ("epoch_eci", "hf_hub", "lmarena", "models_dev")


@pytest.fixture(scope="module")
def live_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home after one live refresh of four publishers played here, without the bundled seed."""
    home = tmp_path_factory.mktemp("live")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.refresh, "SEED", tmp_path_factory.mktemp("no-seed"))
        patch.setattr(ingest.access, "Session", partial(Session, sleep=lambda seconds: None))
        with ReplayServer() as server:
            Edition().serve(server)
            done = run_landscape(home, "refresh", "--mirror", server.url, *FOUR)
        assert done.exit_code == 0, done.output
        yield home


def check_live(home: Path, change: Callable[[ReplayServer], None] = lambda server: None, *sources: str) -> Result:
    with ReplayServer() as server:
        Edition().serve(server)
        change(server)
        return run_landscape(home, "check", "--live", "--mirror", server.url, *(sources or FOUR))


def read_api() -> dict[str, dict[str, dict[str, dict[str, object]]]]:
    """models.dev's catalogue as its hand-written publisher serves it."""
    body: dict[str, dict[str, dict[str, dict[str, object]]]] = orjson.loads(Edition().make_bodies()[API])
    return body


def test_every_claim_is_named_and_holds(small_home: Path) -> None:
    done = run_landscape(small_home, "check")
    claims = sorted(p.stem.replace("_", " ") for p in (DATA / "sql" / "checks").glob("*.sql"))
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [f"ok     {claim}" for claim in claims]


def test_a_claim_that_does_not_hold_is_told_with_rows_and_the_others_are_asked_all_the_same(
    small_home: Path, tmp_path: Path
) -> None:
    home = copy_home(small_home, tmp_path / "home")
    with duckdb.connect(str(home / "landscape.duckdb")) as con:
        con.execute("update main.prices_history set input_usd_per_mtok = -1 where provider = 'groq'")
        con.execute("update stored.scores set payload_key = 7 where name_raw = 'GPT-5'")
    done = run_landscape(home, "check")
    told = {line[7:].partition(":")[0]: line for line in done.stdout.splitlines()}
    assert done.exit_code == 1
    bad = {claim for claim, line in told.items() if line.startswith("FAILS")}
    assert bad >= {"every fact leads to a payload", "every price is plausible or flagged"}
    assert "provider groq" in told["every price is plausible or flagged"]
    assert "name_raw GPT-5" in told["every fact leads to a payload"]
    assert told["every score lies within its interval"].startswith("ok")


def test_without_published_data_or_with_a_mirror_alone_a_sentence_says_what_to_do(tmp_path: Path) -> None:
    done = run_landscape(tmp_path, "check")
    assert (done.exit_code, done.stdout) == (3, "") and "run `landscape` once" in done.stderr
    assert run_landscape(tmp_path, "check", "models_dev").exit_code == 2
    assert run_landscape(tmp_path, "check", "--live", "nobody").exit_code == 2


def test_publishers_who_serve_what_they_served_are_as_expected_and_nothing_is_kept(live_home: Path) -> None:
    before, archived = take_fingerprint(live_home), list_archived(live_home)
    done = check_live(live_home)
    assert done.exit_code == 0, done.output
    assert [line.partition(" (")[0] for line in done.stdout.splitlines()] == [f"{s}: as expected" for s in FOUR]
    assert (take_fingerprint(live_home), list_archived(live_home)) == (before, archived)


def test_new_lost_and_retyped_fields_are_named_in_one_line(live_home: Path) -> None:
    body = read_api()
    for provider in body.values():
        for model in provider["models"].values():
            model["tier"] = "standard"
            model["limit"] = "131072"
            del model["name"]
    done = check_live(live_home, lambda server: server.route(API, orjson.dumps(body)), "models_dev", "epoch_eci")
    assert done.exit_code == 1
    epoch, models = sorted(done.stdout.splitlines())
    assert epoch.startswith("epoch_eci: as expected")
    assert models.startswith("models_dev: ")
    for part in (
        "*.models.*.limit was object, is text",
        "*.models.*.name is lost (text)",
        "*.models.*.tier is new (text)",
    ):
        assert part in models, models


def test_a_source_that_fails_costs_its_line_and_no_other(live_home: Path) -> None:
    def break_two(server: ReplayServer) -> None:
        server.route(API, b"<html>Just a moment</html>")
        server.route("https://epoch.ai/data/eci_scores.csv", status=404)

    done = check_live(live_home, break_two)
    lines = {line.partition(":")[0]: line for line in done.stdout.splitlines()}
    assert done.exit_code == 1
    assert lines["models_dev"].startswith("models_dev: FAILED: ") and "404" in lines["epoch_eci"]
    assert all(lines[s].startswith(f"{s}: as expected") for s in ("hf_hub", "lmarena"))


def test_without_an_earlier_read_a_source_is_readable_or_not(small_home: Path, tmp_path: Path) -> None:
    home = copy_home(small_home, tmp_path / "home")
    for name in ("landscape.duckdb",):
        with duckdb.connect(str(home / name)) as con:
            con.execute("delete from stored.shapes")
    done = check_live(home, lambda server: None, "models_dev")
    assert done.exit_code == 0 and "no earlier read here to compare with" in done.stdout


def test_a_drift_is_flagged_from_its_read_on_and_a_rebuild_tells_the_same(live_home: Path, tmp_path: Path) -> None:
    home = copy_home(live_home, tmp_path / "home")
    body = read_api()
    for provider in body.values():
        for model in provider["models"].values():
            model["tier"] = "standard"
    with ReplayServer() as server:
        Edition().serve(server)
        server.route(API, orjson.dumps(body))
        assert run_landscape(home, "refresh", "--mirror", server.url, "models_dev").exit_code == 0
    query = "select source_id, change, field, now, payload_key from shape_drifts"
    [drift] = ask(home, query)
    assert (drift["source_id"], drift["change"], drift["field"]) == ("models_dev", "new", "*.models.*.tier")
    assert ask(home, f"select count(*) as n from payloads where payload_key = {drift['payload_key']}") == [{"n": 1}]
    assert ask(home, query, "2026-01-01") == []
    assert run_landscape(home, "rebuild", "--to", tmp_path / "again").exit_code == 0
    shapes = "select source_id, place, payload_key, fields from stored.shapes order by all"
    assert ask(tmp_path / "again", shapes) == ask(home, shapes)
    assert ask(tmp_path / "again", query) == [drift]


def test_help_answers_at_once_and_imports_nothing_heavy(tmp_path: Path) -> None:
    command, environment = describe_process(tmp_path)
    heavy = "{'duckdb', 'pyarrow', 'requests', 'yaml'}"
    script = f"import sys, ingest.__main__; sys.exit(bool({heavy} & sys.modules.keys()))"
    subprocess.run([command[0], "-c", script], env=environment, check=True)
    took = []
    for _ in range(3):
        began = time.monotonic()
        subprocess.run([*command, "check", "--help"], env=environment, check=True, capture_output=True)
        took.append(time.monotonic() - began)
    assert min(took) < 1.0


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        (b'[{"a": 1, "b": "x"}]', b'[{"a": 2, "b": "y"}]', []),
        (b'[{"a": 1}]', b'[{"a": "1"}]', ["[].a was number, is text"]),
        (b'[{"a": 1, "n": ""}]', b'[{"a": 1, "n": 3}]', []),
        (b'[{"n": "4M"}]', b'[{"n": ""}]', ["[].n is emptied (text)"]),
        (b'[{"a": {"b": {"c": 1}}}]', b"[{}]", ["[].a is lost (object)"]),
        (b'[{"a": 1}, {"a": 1}, {"a": 1, "rare": 2}]', b'[{"a": 1}]', []),
        (b"m,v\na,1\n", b"m,value\na,1\n", ["v is lost (number)", "value is new (number)"]),
        (b"m,v\na,1\n", b"m,v\nb,n/a\n", ["v was number, is text"]),
        (
            b"|Model|Rate|\n|--|--|\n|a|1 %|\n",
            b"|Model|Rate (%)|\n|--|--|\n|a|1|\n",
            ["Rate is lost (text)", "Rate (%) is new (text)"],
        ),
        (b'{"a/x": {"v": 1}, "b/y": {"v": 2}}', b'{"c/z": {"v": 1}, "b/y": {"v": 2}}', []),
    ],
)
def test_a_shape_is_fields_and_types_whatever_the_values(was: bytes, now: bytes, told: list[str]) -> None:
    assert [str(d) for d in compare_shapes(read_shape(was), read_shape(now))] == told


def test_editions_share_a_place_and_files_do_not() -> None:
    site = "https://livebench.ai"
    assert name_place(f"{site}/table_2026_01_08.csv") == name_place(f"{site}/table_2026_06_25.csv")
    assert name_place(f"{site}/table_2026_01_08.csv") != name_place(f"{site}/cost_2026_01_08.csv")
    assert name_place("https://h/api?filter=a&cursor=xyz") == name_place("https://h/api?filter=a")
    assert name_place("https://h/api?filter=a") != name_place("https://h/api?filter=b")


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_body_has_a_shape_or_none(body: bytes) -> None:
    for name in ("x.csv", "x.json", "x.yaml", "x.md", "x.zip"):
        shape = read_shape(body, name)
        assert shape == sorted(shape) and compare_shapes(shape, shape) == []
    for head in (b"PK\x03\x04", b"PAR1", b"{", b"[", b"a,b\n"):
        read_shape(head + body)
