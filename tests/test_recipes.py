"""The README's recipes for running unattended are what they say: they parse, and their commands exist.

Each stands under a marker that names it. What the README promises of exit codes and cadences is compared with
the code; what a recipe needs of a machine that is not here (a container engine) is not claimed.
"""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from ingest.__main__ import main
from ingest.schedule import parse_interval
from ingest.source import discover_sources
from tests.homes import ROOT, describe_process, run_landscape, use_home
from tests.publishers import Edition
from tests.replay_server import ReplayServer

pytestmark = pytest.mark.usefixtures("newest_alone")

README = (ROOT / "README.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"<!-- recipe: (\S+) -->\n```\w+\n(.*?)```", README, re.DOTALL))
UNITS = sorted(name for name in RECIPES if name.endswith((".service", ".timer")))
INSTALLED = "/opt/landscape/.venv/bin/landscape"
CRON = r"(?:\*|\d+)(?:[-/,]\d+)*"


def check_command(words: list[str]) -> None:
    """A command of ours with the options it has: click parses it and runs nothing."""
    name, *rest = words
    if name.startswith("-"):
        main.make_context("landscape", [name, *rest], resilient_parsing=False).close()
        return
    command = main.commands[name]
    with command.make_context(name, list(rest)) as context:
        for value in [context.params["every"]] if context.params.get("every") else []:
            parse_interval(value)
        assert set(context.params.get("sources", ())) <= set(discover_sources())


def test_every_way_to_run_unattended_has_a_recipe() -> None:
    assert set(RECIPES) == {
        "cron",
        "landscape-refresh.service",
        "landscape-refresh.timer",
        "landscape-every.service",
        "landscape-dashboard.service",
        "ci.yml",
        "proxy",
        "Dockerfile",
    }


def test_every_command_the_readme_names_is_one() -> None:
    named = set(re.findall(r"`landscape ([^`]+)`", README))
    assert len(named) > 10
    for text in named:
        name = text.split()[0]
        if name in main.commands:
            known = {option for p in main.commands[name].params for option in p.opts}
            assert set(re.findall(r"--[a-z-]+", text)) <= known, text
    for text in ("refresh --every 6h", "refresh hf_hub --every 12h", "status --hosts"):
        assert text in named
        check_command(text.split())


def test_the_cron_line_is_five_fields_and_a_command_that_runs(tmp_path: Path) -> None:
    [line] = RECIPES["cron"].splitlines()
    *times, command = line.split(None, 5)
    assert len(times) == 5 and all(re.fullmatch(CRON, t) for t in times) and "%" not in command
    assert "\n" not in command and f" {INSTALLED} refresh " in command
    home = tmp_path / "home"
    (home / "raw/none").mkdir(parents=True)  # no seed
    with ReplayServer() as server:
        Edition().serve(server)
        words = " ".join(shlex.quote(w) for w in [sys.executable, "-m", "ingest"])
        # Its own paths and the network apart, the line runs as cron would run it: by sh.
        run = command.replace("/var/lib/landscape", str(home)).replace(INSTALLED, words)
        run = run.replace(" refresh ", f" refresh models_dev --mirror {server.url} ", 1)
        _, environment = describe_process(home)
        del environment["LANDSCAPE_HOME"]
        done = subprocess.run(["/bin/sh", "-c", run], env=environment, cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0
    assert (home / "refresh.log").read_text().splitlines()[-1] == "published"


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_is_what_systemd_takes(name: str, tmp_path: Path) -> None:
    unit = configparser.ConfigParser(strict=True, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment]
    unit.read_string(RECIPES[name])
    text = RECIPES[name]
    if name.endswith(".service"):
        program, *words = shlex.split(unit["Service"]["ExecStart"])
        assert program == INSTALLED
        check_command(words)
        text = text.replace(INSTALLED, "/bin/true")
    (tmp_path / name).write_text(text)
    if name.endswith(".timer"):  # the unit it starts
        (tmp_path / name).with_suffix(".service").write_text("[Service]\nType=oneshot\nExecStart=/bin/true\n")
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is missing, so the unit was read as a file of sections and no more.")
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / name], capture_output=True, text=True, check=False, timeout=60
    )
    ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line or line.startswith("landscape-")]
    assert (done.returncode, ours) == (0, []), done.stderr


def test_the_ci_schedule_runs_our_commands_and_saves_the_home_whatever_happened() -> None:
    text = RECIPES["ci.yml"]
    runs = re.findall(r"^      - run: (.+)$", text, re.MULTILINE)
    assert runs[0] == "python -m pip install -e ."
    for run in runs[1:]:
        program, *words = shlex.split(run)
        assert program == "landscape"
        check_command(words)
    steps = text.partition("    steps:\n")[2]
    save = steps[steps.index("actions/cache/save") :]
    assert "if: always()" in save
    assert re.findall(r"path: (\S+)", steps) == ["home", "home"]
    assert len(set(re.findall(r"^ +key: (.+)$", steps, re.MULTILINE))) == 1
    assert all(len(line) - len(line.lstrip()) in (0, 2, 4, 6, 8, 10) for line in text.splitlines())
    if find_spec("yaml"):
        import yaml

        assert _find_steps(yaml.safe_load(text))[-1]["if"] == "always()"


def _find_steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return list(workflow["jobs"]["refresh"]["steps"])


def test_the_proxy_recipe_sets_what_the_client_reads() -> None:
    """That these two variables do what they say is shown in test_company_network.py."""
    *exports, command = RECIPES["proxy"].splitlines()
    assert [re.fullmatch(r"export (\w+)=\S+", line)[1] for line in exports] == ["HTTPS_PROXY", "REQUESTS_CA_BUNDLE"]  # type: ignore[index]
    check_command(shlex.split(command)[1:])


def test_the_container_runs_our_command_and_serves_our_server() -> None:
    text = RECIPES["Dockerfile"]
    assert {line.split()[0] for line in text.splitlines() if not line.startswith("#")} == {
        "FROM",
        "WORKDIR",
        "COPY",
        "RUN",
        "USER",
        "ENV",
        "VOLUME",
        "STOPSIGNAL",
        "CMD",
    }
    command = re.search(r"^CMD \[(.+)\]$", text, re.MULTILINE)
    assert command
    program, *words = re.findall(r'"([^"]+)"', command[1])
    assert program == "landscape"
    check_command(words)
    served = re.search(r"streamlit run (\S+) (.+)$", text)
    assert served and (ROOT / served[1]).is_file()
    known = subprocess.run(
        [sys.executable, "-m", "streamlit", "run", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(option in known for option in re.findall(r"--[\w.]+", served[2]))


def test_the_cadences_and_exit_codes_are_those_of_the_code(tmp_path: Path) -> None:
    days = {source.source_id: source.cadence_days for source in discover_sources().values()}
    assert "the Hub and models.dev: a day; Epoch\nand Arena: a week" in README
    assert days.items() >= {"hf_hub": 1, "models_dev": 1, "epoch_eci": 7, "lmarena": 7}.items()
    assert {name for name, cadence in days.items() if cadence > 31} == set()
    with use_home(tmp_path / "home"):
        assert run_landscape(tmp_path / "home", "refresh", "--every", "soon").exit_code == 2
        assert not (tmp_path / "home").exists()
