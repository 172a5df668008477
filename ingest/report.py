"""What the commands print: outcomes, status, query results, resolutions.

Tables on a terminal, one line a source elsewhere; `--json` where a program reads. It decides nothing:
the numbers come from the published file. What goes on for days says the time at the head of each line.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click
import duckdb
import orjson
from rich.console import Console
from rich.table import Table

from ingest.archive import Archive
from ingest.errors import ReadableError
from ingest.publish import checksum_relations
from ingest.refresh import Outcome, RunOptions, RunReport, open_writer, rebuild, run_refresh, work_out_seed
from ingest.seed import write_seed
from ingest.source import SourceError
from ingest.status import SourceStatus, list_hosts, read_status
from ingest.stop import Stop
from ingest.store import SEED, Reader, StoreError, parse_as_of


class QueryError(ReadableError):
    """A query that DuckDB refused: its own first line says why."""

    exit_code = 2


@contextmanager
def show_progress() -> Iterator[Callable[[str], None]]:
    """On a terminal, a moving line that names the step at work; elsewhere nothing, as logs keep every line."""
    if not sys.stdout.isatty():
        yield lambda step: None
        return
    with Console().status("starting") as line:
        yield lambda step: line.update(f"{step} ...")


def follow_refresh(options: RunOptions) -> int:
    """Refresh once and print it; the exit code, which is a signal's own where it left sources unread."""
    with Stop().listening() as stop, show_progress() as show_step:
        report = run_refresh(options, stop=stop, on_step=show_step, on_outcome=print_outcome)
    print_run(report)
    return stop.exit_code if report.unread else report.exit_code


def follow_schedule(options: RunOptions, every: str) -> int:
    """Refresh until a signal ends it, every line with its time; 0, as ending it was asked for."""
    from ingest.schedule import Plan, Schedule, Teller, parse_interval

    plan = Plan(parse_interval(every), named=bool(options.only))
    with Stop().listening() as stop, show_progress() as show_step:
        teller = Teller(show_step, lambda o: print_outcome(o, _say), lambda r: print_run(r, _say, with_code=True), _say)
        Schedule(options, plan, stop, teller).run()
    return 0


def _say(line: str, err: bool = False) -> None:
    """One line of a log, with its time (UTC)."""
    click.echo(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}", err=err)


def print_outcome(outcome: Outcome, echo: Callable[[str], None] = click.echo) -> None:
    """One line a source, as soon as it is done."""
    if outcome.error:
        echo(f"{outcome.source_id}: FAILED: {outcome.error}")
    else:
        refused = f", {outcome.refused} refused" if outcome.refused else ""
        echo(
            f"{outcome.source_id}: {outcome.rows:,} rows added from {outcome.snapshots} new snapshot(s){refused} "
            f"in {outcome.seconds:.1f} s"
        )
    for note in outcome.notes:
        echo(f"{outcome.source_id}: {note}")


def print_run(report: RunReport, echo: Callable[..., None] = click.echo, *, with_code: bool = False) -> None:
    """What was left aside, grouped by reason, and whether the data was published; `with_code`: the exit code too,
    where the process does not end with it."""
    reasons: dict[str, list[str]] = {}
    for path, reason in report.skipped:
        reasons.setdefault(reason, []).append(path)
    for reason, paths in reasons.items():
        shown = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        echo(f"skipped {len(paths)} file(s), {reason}: {shown}")
    if report.unread:
        echo(f"stopped; not read: {', '.join(report.unread)}")
    if report.published or report.error:
        code = f" (exit code {report.exit_code})" if with_code else ""
        echo(f"{report.error or 'published'}{code}", err=bool(report.error))


def print_hosts(as_json: bool) -> int:
    """Every host a firewall must allow, those that are only redirected to marked as such; 0."""
    found = list_hosts()
    if as_json:
        click.echo(orjson.dumps([asdict(h) for h in found], option=orjson.OPT_INDENT_2).decode())
        return 0
    width = max(len(h.host) for h in found)
    for h in found:
        click.echo(f"{h.host:<{width}}  {', '.join(h.sources)}{'  (redirected to)' if h.is_redirect else ''}")
    return 0


def print_status(as_json: bool, only: Sequence[str] = ()) -> int:
    """Each source's state, or all that is known of those named; the exit code says whether a required one is
    overdue. Raises SourceError for a name that does not exist."""
    with _expect_our_file(), Reader().open_cursor() as cursor:
        states = read_status(cursor, datetime.now(UTC))
    known = {s.source_id for s in states}
    for name in only:
        if name not in known:
            raise SourceError(name, f"there is no such source; there are {', '.join(sorted(known))}.")
    chosen = [s for s in states if s.source_id in only] if only else states
    if as_json:
        click.echo(orjson.dumps([s.as_dict() for s in chosen], option=orjson.OPT_INDENT_2).decode())
    elif only:
        for s in chosen:
            _print_state(s)
    else:
        _print_states(chosen)
    return int(any(s.required and s.is_overdue for s in chosen))


_COLUMNS = ("source", "state", "newest", "age (cadence)", "rows", "unresolved", "refused", "flags", "last success")


def _print_states(states: list[SourceStatus]) -> None:
    """A line a source, whatever the width: the first word is its id. Then what failed, and what each flag is."""
    rows = [_COLUMNS, *(_list_cells(s) for s in states)]
    widths = [max(len(r[n]) for r in rows) for n in range(len(_COLUMNS))]
    for row in rows:
        cells = (c.rjust(w) if 4 <= n <= 7 else c.ljust(w) for n, (c, w) in enumerate(zip(row, widths, strict=True)))
        click.echo("  ".join(cells).rstrip())
    for s in states:
        if s.last_failure_at:
            click.echo(f"{s.source_id}: {_word_failure(s)}")
    click.echo("`landscape status SOURCE` tells a source's flags, licence, attribution and caveats.")


def _list_cells(s: SourceStatus) -> tuple[str, ...]:
    return (
        s.source_id,
        s.state + (", required" if s.required else ""),
        f"{s.newest_at:%Y-%m-%d}" if s.newest_at else "",
        "" if s.age_days is None else f"{s.age_days} d ({s.cadence_days:g} d)",
        f"{s.rows:,}",
        f"{s.unresolved_names:,} names, {s.unresolved_rows:,} rows" if s.unresolved_names else "0",
        f"{s.quarantined:,}",
        f"{sum(s.flags.values()):,}",
        f"{s.last_success_at:%Y-%m-%d %H:%M}" if s.last_success_at else "from the seed" if s.rows else "never",
    )


def _word_failure(s: SourceStatus) -> str:
    mended = "" if s.is_failing else " (since mended)"
    return f"last failed on {s.last_failure_at:%Y-%m-%d %H:%M} UTC{mended}: {s.last_failure}"


def _print_state(s: SourceStatus) -> None:
    """All that is known of one source, a label a line."""
    told = zip(_COLUMNS[1:], _list_cells(s)[1:], strict=True)
    flags = ", ".join(f"{n:,} {flag}" for flag, n in s.flags.items()) or "none"
    lines = [
        *(pair for pair in told if pair[0] != "flags"),
        ("last failure", _word_failure(s) if s.last_failure_at else "none"),
        ("flags", flags),
        ("licence", f"{s.licence_id} {s.licence_url}"),
        ("attribution", s.attribution),
        ("caveats", s.caveats),
    ]
    click.echo(f"{s.source_id}: {s.title}")
    for label, text in lines:
        click.echo(f"  {label:<14}{text}")


def print_query(query: str, as_of: str | None, style: str) -> None:
    """The rows of a read-only query as of an instant. Raises QueryError."""
    with Reader().open_cursor(parse_as_of(as_of) if as_of else None) as cursor:
        try:
            if not cursor.extract_statements(query):
                raise QueryError('there is no query: write one, such as "from scores_latest limit 5".')
            result = cursor.execute(query)
            names = [d[0] for d in result.description or []]
            rows = result.fetchall()
        except duckdb.Error as e:
            raise QueryError(f"the query was refused: {str(e).splitlines()[0]}") from e
    if style == "json":
        click.echo(
            orjson.dumps(
                [dict(zip(names, map(_shorten, r), strict=True)) for r in rows],
                default=str,
                option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS,
            ).decode()
        )
    elif style == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(names)
        writer.writerows(rows)
    else:
        table = Table(*names)
        for row in rows:
            table.add_row(*("" if v is None else str(v) for v in row))
        Console(width=None if sys.stdout.isatty() else 240).print(table)


def _shorten(value: object) -> object:
    """A value JSON can hold: a whole number of more than 64 bits becomes text."""
    return str(value) if isinstance(value, int) and not -(2**63) <= value < 2**63 else value


@contextmanager
def _expect_our_file() -> Iterator[None]:
    """Turn a relation that is missing into a sentence: the file is another version's, or none of ours."""
    try:
        yield
    except duckdb.CatalogException as e:
        raise StoreError(
            f"the published file is not of this version ({str(e).splitlines()[0]}); "
            "run `landscape refresh` to publish it anew."
        ) from e


def print_resolutions(names: tuple[str, ...], source_id: str, as_json: bool) -> None:
    """How each name resolves, in the order asked, against the registries and the published own ids."""
    from ingest.catalogue import load_resolver

    with _expect_our_file():
        resolver = load_resolver()
    found = [resolver.resolve(n, source_id) for n in names]
    if as_json:
        click.echo(
            orjson.dumps(
                [
                    {k: getattr(r, k) for k in ("name_raw", "source_id", "model_id", "config", "method", "rule")}
                    for r in found
                ],
                option=orjson.OPT_INDENT_2,
            ).decode()
        )
        return
    for r in found:
        config = f" [{r.config}]" if r.config else ""
        click.echo(f"{r.name_raw} -> {r.model_id or 'no model'}{config}\n    {r.method}: {r.rule}")


def print_name_review(source_id: str, limit: int, as_json: bool) -> None:
    """Unresolved names with what is written about them, and the lines a person might paste."""
    from ingest.name_review import review_names

    with _expect_our_file():
        proposals = review_names(source_id, limit)
    if as_json:
        click.echo(orjson.dumps([asdict(p) for p in proposals], option=orjson.OPT_INDENT_2).decode())
        return
    for p in proposals:
        click.echo(f"{p.source_id}: {p.name_raw} ({p.rows:,} row{'s' * (p.rows != 1)})")
        for c in p.candidates:
            click.echo(f"    {c.model_id}: {c.evidence}")
        if not p.candidates:
            click.echo("    nothing known resembles it")
        click.echo("\n".join(f"    | {line}" for line in p.toml.splitlines()))
    told = f"{len(proposals)} name{'s' * (len(proposals) != 1)} shown" if proposals else "Every name leads to a model"
    click.echo(f"{told}. Nothing was changed: what a name means is decided in data/models.toml, by hand.")


def print_rebuild(to: Path) -> int:
    """Rebuild and compare; 1 when a relation differs from the one in force."""
    with open_writer() as (_, archive):
        target = rebuild(Archive(archive.root), to)
    new, old = _read_checksums(target), _read_checksums(Reader().path)
    width = max(len(name) for name in new)
    for name, (rows, digest) in new.items():
        mark = "same" if old.get(name) == (rows, digest) else f"DIFFERS from {old.get(name)}"
        click.echo(f"{name:<{width}}  {rows:>9,}  {digest}  {mark}")
    return int(new != old)


def _read_checksums(path: Path) -> dict[str, tuple[int, str]]:
    with Reader(path).open_cursor() as cursor:
        return {name: (rows, digest) for name, rows, digest in checksum_relations(cursor)}


def print_seed(to: Path | None) -> None:
    """Write the seed and its attribution; says what it holds."""
    from ingest.attribution import write_attribution

    folder = to or SEED
    with open_writer() as (con, _):
        written = write_seed(con, folder)
        write_attribution(con, folder)
    work_out_seed(folder)
    size = sum(p.stat().st_size for p in folder.glob("*.parquet"))
    click.echo(f"{sum(written.values()):,} rows in {len(written)} files, {size / 1e6:.2f} MB, in {folder}")
