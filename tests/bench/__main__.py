"""Every benchmark in one run, printed as one table beside the budgets of DESIGN.md section 7.

    python -m tests.bench                      all of it, about nine minutes
    python -m tests.bench --quick              fewer readings, about four
    python -m tests.bench --only browser --pages Overview,Price

It needs no network. Homes are made in a temporary folder: one from the recorded payloads where they are there,
else from the bundled seed. Nothing is asserted: a budget is a budget on an idle machine of two cores.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.figures import Figure, write_json, write_table
from tests.homes import ROOT

_GROUPS = ("commands", "queries", "scale", "bulk", "viewers", "browser")
# Pages that have no plain version beside them: their queries are measured with all others'.
_WITHOUT_PLAIN = ("Openness", "Claims", "Methods", "Data")


def main() -> None:
    """Measure what was asked for and print the table."""
    options = read_options()
    # Streamlit's test driver warns of what is meant here: no server, no session.
    logging.disable(logging.WARNING)
    began = time.monotonic()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        recorded = options.recorded if (options.recorded / "manifest.csv").is_file() else None
        home = options.home or make_home(Path(folder) / "home", recorded)
        try:
            for group in options.only:
                started = time.monotonic()
                figures += plan(group, home, recorded, options, Path(folder))
                print(f"{group} took {time.monotonic() - started:.0f} s.", file=sys.stderr, flush=True)
        finally:
            # What was measured before something stopped is not lost.
            print(describe_machine(), "", write_table(figures), sep="\n", flush=True)
    print(f"\n{time.monotonic() - began:.0f} s in all.")
    if options.json:
        options.json.write_bytes(write_json(figures))


def plan(group: str, home: Path, recorded: Path | None, options: argparse.Namespace, folder: Path) -> list[Figure]:
    """The figures of one group. Imports what it needs itself: a browser or a page is not there on every machine."""
    pages, quick = options.pages, options.quick
    if group == "commands":
        from tests.bench.measure import measure_commands

        return measure_commands(home, recorded, 2 if quick else 4)
    if group == "queries":
        from tests.bench.queries import measure_queries
        from tests.bench.sites import SITES

        asked = [*pages, *(_WITHOUT_PLAIN if pages == [spot.page for spot in SITES["ours"]] else ())]
        return measure_queries(home, asked, 5 if quick else 10, "queries of a page, in process")
    if group == "scale":
        from tests.bench.scale import measure_scale

        return [f for rows in options.rows for f in measure_scale(home, rows, pages, 3)]
    if group == "bulk":
        from tests.bench.bulk import measure_bulk

        return measure_bulk(400_000 if quick else 2_000_000, 2)
    if group == "viewers":
        from tests.bench.viewers import measure_viewers

        counts = (1, 30) if quick else (1, 10, 30)
        return measure_viewers(home, pages, counts, seconds=12 if quick else 18, think=2)
    from tests.bench.browser import measure_browser

    return measure_browser(home, lambda: Path(tempfile.mkdtemp(dir=folder)), 2 if quick else 3, pages)


def make_home(home: Path, recorded: Path | None) -> Path:
    """A published home of its own: a replay of the recorded payloads, else the seed."""
    words = ["-m", "ingest", "refresh", "--from", str(recorded)]
    if recorded is None:
        words = ["-c", "from ingest.refresh import build_from_seed; build_from_seed()"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LANDSCAPE_")}
    environment |= {"LANDSCAPE_HOME": str(home)}
    subprocess.run([sys.executable, *words], cwd=ROOT, env=environment, check=False, stdout=subprocess.DEVNULL)
    if not (home / "landscape.duckdb").is_file():
        raise SystemExit(f"No home could be made in {home}: run `landscape refresh` by hand to see why.")
    return home


def describe_machine() -> str:
    """Where and when the figures were taken; the load tells whether anything else was running."""
    revision = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True)
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, revision {revision.stdout.strip() or 'unknown'}, "
        f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}, load {load}. "
        "Median (least to most); plain : ours above 1 means ours is faster or smaller."
    )


def read_options() -> argparse.Namespace:
    """What the command line asks for."""
    from tests.bench.sites import SITES

    names = [spot.page for spot in SITES["ours"]]
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", type=_split, default=list(_GROUPS), help=f"groups out of {','.join(_GROUPS)}")
    parser.add_argument("--pages", type=_split, default=names, help=f"pages out of {','.join(names)}")
    parser.add_argument("--quick", action="store_true", help="fewer readings of everything")
    parser.add_argument(
        "--rows", type=_read_rows, default=[1_000_000, 10_000_000], help="hub rows of the scale runs, such as 1e6,1e8"
    )
    parser.add_argument("--home", type=Path, help="a published home to measure on; it is only read")
    parser.add_argument("--from", dest="recorded", type=Path, default=ROOT.parent / "shared" / "sources")
    parser.add_argument("--json", type=Path, help="write every reading to this file")
    options = parser.parse_args()
    for given, known in ((options.only, _GROUPS), (options.pages, names)):
        for name in given:
            if name not in known:
                parser.error(f"{name!r} is none of {', '.join(known)}.")
    return options


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _read_rows(text: str) -> list[int]:
    return [int(float(part)) for part in _split(text)]


if __name__ == "__main__":
    main()
