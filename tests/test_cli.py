"""The command line and the shape of the project: help, one-sentence errors, and who may import whom."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import duckdb
import orjson
import pytest

from ingest.__main__ import main
from tests.homes import ROOT, ask, ask_csv, copy_home, describe_process, run_landscape

COMMANDS = sorted(main.commands)
MODULES = sorted(p for folder in ("ingest", "dashboard") for p in (ROOT / folder).rglob("*.py"))
IMPURE = ("duckdb", "sqlite3", "requests", "urllib3", "httpx")
SQL = sorted((ROOT / "data/sql").rglob("*.sql"))


def test_the_commands_of_the_design_are_there() -> None:
    assert set(COMMANDS) >= {"brief", "refresh", "status", "sql", "resolve", "rebuild", "seed"}


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_says_what_it_does(tmp_path: Path, command: str) -> None:
    done = run_landscape(tmp_path, *command.split(), "--help")
    assert done.exit_code == 0 and done.stdout.startswith("Usage: ")
    named = main.commands[command] if command else main
    assert named.help and named.help.strip().splitlines()[0].endswith((".", ":"))
    for option in (p for p in named.params if isinstance(p, click.Option) and p.name != "help"):
        assert option.help or option.name == "style", f"{command} {option.opts} says nothing of itself"
    assert list(tmp_path.iterdir()) == []


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom ingest.__main__ import main\nmain(['--help'], standalone_mode=False)\n"
        "heavy = 'duckdb pyarrow streamlit pandas numpy plotly requests rich orjson'.split()\n"
        "print('heavy:', [name for name in heavy if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "heavy: []"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["sql", "selec 1"], 2, r"the query was refused: Parser Error: .*"),
        (["sql", "select nothing from nowhere"], 2, r"the query was refused: Catalog Error: .*"),
        (["sql", "select 1/0 + 'a'::integer"], 2, r"the query was refused: Conversion Error: .*"),
        (
            ["sql", " -- only a remark"],
            2,
            r"there is no query: write one, such as \"from scores_latest limit 5\"\.",
        ),
        (
            ["sql", "select 1", "--as-of", "last week"],
            2,
            r"'last week' is not a date: write it as 2025-12-31 or 2025-12-31T12:00:00Z\.",
        ),
        (["refresh", "--as-of", "last week"], 2, r"'last week' is not a date: write it as .*"),
        (["refresh", "no_such_source"], 2, r"no_such_source: there is no such source; there are .*"),
        (["refresh", "no_such_source", "--every", "6h"], 2, r"no_such_source: there is no such source; there are .*"),
        (
            ["refresh", "--every", "6 hours"],
            2,
            r"'6 hours' is not an interval: write it as 30m, 6h or 1d \(1s to 366d\)\.",
        ),
    ],
)
def test_an_error_is_one_sentence_with_its_exit_code(
    small_home: Path, words: list[str], code: int, sentence: str
) -> None:
    done = run_landscape(small_home, *words)
    assert (done.exit_code, done.stdout) == (code, "")
    assert re.fullmatch(rf"landscape: {sentence}\n", done.stderr), done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-command"],
        ["sql"],
        ["sql", "select 1", "--format", "xml"],
        ["resolve"],
        ["rebuild"],
        ["refresh", "--from", "/no/such/folder"],
        ["refresh", "--from", "/", "--every", "6h"],
    ],
)
def test_wrong_usage_is_exit_2_and_leaves_no_trace(tmp_path: Path, words: list[str]) -> None:
    done = run_landscape(tmp_path, *words)
    assert done.exit_code == 2 and "Error: " in done.stderr and "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_the_real_process_is_no_traceback(tmp_path: Path) -> None:
    command, environment = describe_process(tmp_path)
    done = subprocess.run([*command, "status"], env=environment, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert (
        done.stderr == f"landscape: {tmp_path}/landscape.duckdb is not there: "
        "run `landscape` once, or `landscape refresh`.\n"
    )


@pytest.mark.parametrize("words", [["status"], ["resolve", "gpt-oss"]])
def test_a_file_of_another_version_is_said_to_be_one(tmp_path: Path, words: list[str]) -> None:
    with duckdb.connect(str(tmp_path / "landscape.duckdb")) as con:
        con.execute("create table unlike_ours as select 1 as one")
    done = run_landscape(tmp_path, *words)
    assert done.exit_code == 3 and "is not of this version" in done.stderr and done.stderr.count("\n") == 1


def test_sql_prints_tables_csv_and_json_with_absent_values_blank(small_home: Path) -> None:
    query = (
        "select 'a,\"b\"' as word, null as nothing, 1.5 as number, "
        "timestamp '2026-07-02 12:00:00' as moment, [1, 2] as list"
    )
    table = run_landscape(small_home, "sql", query).stdout
    assert "word" in table and "1.5" in table and "None" not in table
    assert ask_csv(small_home, query) == [['a,"b"', "", "1.5", "2026-07-02 12:00:00", "[1, 2]"]]
    assert ask(small_home, query) == [
        {"word": 'a,"b"', "nothing": None, "number": "1.5", "moment": "2026-07-02T12:00:00", "list": [1, 2]}
    ]
    assert ask(
        small_home, "select 170141183460469231731687303715884105727::hugeint as huge, 'nan'::double as none"
    ) == [{"huge": "170141183460469231731687303715884105727", "none": None}]


def test_status_is_exit_1_when_a_required_source_is_overdue(small_home: Path) -> None:
    done = run_landscape(small_home, "status", "--json")
    required = [s for s in orjson.loads(done.stdout) if s["required"]]
    assert done.exit_code == 1  # these recordings end in July 2026
    assert len(required) == 4 and all(s["is_overdue"] for s in required)
    shown = run_landscape(small_home, "status").stdout.splitlines()
    overdue = {line.split()[0] for line in shown if "OVERDUE" in line}
    assert overdue >= {s["source_id"] for s in required}


def test_resolutions_come_in_the_order_asked(small_home: Path) -> None:
    names = ["gpt-oss-20b", "no-such-model", "gpt-oss-120b (high)", "gpt-oss-20b"]
    done = run_landscape(small_home, "resolve", "--json", *names)
    told = json.loads(done.stdout)
    assert [t["name_raw"] for t in told] == names
    assert list(told[0]) == ["name_raw", "source_id", "model_id", "config", "method", "rule"]
    assert [t["model_id"] for t in told] == [
        "openai/gpt-oss-20b",
        None,
        "openai/gpt-oss-120b",
        "openai/gpt-oss-20b",
    ]
    plain = run_landscape(small_home, "resolve", *names[:2]).stdout
    assert re.search(
        r"^gpt-oss-20b -> openai/gpt-oss-20b\n    \w+: .+\nno-such-model -> no model\n    unresolved: .+$",
        plain,
        re.MULTILINE,
    )


def test_resolve_answers_without_any_data(tmp_path: Path) -> None:
    done = run_landscape(tmp_path, "resolve", "--json", "gpt-oss-120b")
    assert json.loads(done.stdout)[0]["model_id"] == "openai/gpt-oss-120b"
    assert list(tmp_path.iterdir()) == []


def test_rebuild_says_which_relation_differs(small_home: Path, tmp_path: Path) -> None:
    home = copy_home(small_home, tmp_path / "home")
    [newest] = (home / "raw/models_dev").glob("20260720*.zip")
    newest.unlink()  # the archive no longer holds what the published file says
    done = run_landscape(home, "rebuild", "--to", tmp_path / "rebuilt")
    assert done.exit_code == 1
    marks = {line.split()[0]: "DIFFERS" in line for line in done.stdout.splitlines()}
    assert marks["stored.prices"] and not marks["stored.scores"]


def find_imports(path: Path) -> Iterator[str]:
    """Every module a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imports_of(path: Path, *packages: str) -> set[str]:
    return {name for name in find_imports(path) if name.split(".")[0] in packages}


def is_reader(name: str) -> bool:
    """Whether a module of ingest, or a name in one, is the contract or knows nothing but it: fit for sources."""
    known = ("ingest.source", "ingest.errors", "ingest.history", "ingest.hub_recordings")
    if name in ("ingest", *known) or name.startswith(tuple(f"{one}." for one in known)):
        return True
    path = ROOT / "ingest" / f"{name.split('.')[1]}.py"
    return path.is_file() and imports_of(path, *IMPURE) == set() and all(map(is_reader, imports_of(path, "ingest")))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_one_way(path: Path) -> None:
    where = path.relative_to(ROOT)
    if where.parts[0] == "dashboard":
        assert all(
            n == "ingest.store" or n.startswith("ingest.store.") or n == "ingest" for n in imports_of(path, "ingest")
        )
        assert "ingest.store" in imports_of(path, "ingest") or not imports_of(path, "ingest")
    elif where.name != "__main__.py":
        assert imports_of(path, "dashboard", "streamlit", "plotly") == set()
    if where.name.startswith(("charts", "brief")) or {"charts", "brief"} & set(where.parts):
        assert imports_of(path, "duckdb", "streamlit", "ingest") == set()
        assert not re.search(r"\bselect\b.+\bfrom\b", path.read_text(encoding="utf-8"), re.IGNORECASE)
    if where.parts[:2] == ("ingest", "sources"):
        assert imports_of(path, *IMPURE) == set()
        for name in imports_of(path, "ingest"):
            assert is_reader(name), f"{name} knows more than a source may"
    if where.parts[0] == "ingest" and where.parts[1] != "sources" and where.name not in ("source.py", "__init__.py"):
        assert not any(n.startswith("ingest.sources.") for n in imports_of(path, "ingest")), (
            "sources are found, never named"
        )


def test_the_import_rule_sees_imports_inside_functions(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("def f():\n    from dashboard import queries\n    import ingest.refresh\n", encoding="utf-8")
    assert imports_of(module, "dashboard", "ingest") == {"dashboard", "dashboard.queries", "ingest.refresh"}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_module_begins_by_saying_what_it_is(path: Path) -> None:
    first = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n")[0]
    assert 10 < len(first) <= 80, f"{path}: {first!r}"
    assert first.endswith((".", ":", "?"))


@pytest.mark.parametrize("path", SQL, ids=lambda p: str(p.relative_to(ROOT / "data/sql")))
def test_every_sql_file_begins_with_a_remark_on_its_grain(path: Path) -> None:
    assert re.match(r"-- \S.{20,}", path.read_text(encoding="utf-8"))


def test_the_top_level_stays_as_drawn() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("This is no git checkout, so what belongs to the project cannot be told from what lies beside it.")
    top = {line.split("/")[0] for line in listed.stdout.splitlines()}
    assert {t for t in top if not t.startswith(".")} == {
        "README.md",
        "pyproject.toml",
        "ingest",
        "data",
        "dashboard",
        "tests",
    }
