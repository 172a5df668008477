"""The command line, `landscape`: the composition root that alone imports both.

Everything heavy is imported inside a command, so that `--help` answers at once.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from ingest.errors import ReadableError


class _Group(click.Group):
    """Tells what a command could not do in one sentence with an exit code, never a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; a ReadableError becomes its sentence on standard error and its exit code."""
        try:
            return super().invoke(ctx)
        except ReadableError as e:
            click.echo(f"landscape: {e}", err=True)
            ctx.exit(e.exit_code)


@click.group(cls=_Group, invoke_without_command=True)
@click.option("--port", default=8501, show_default=True, help="Port of the dashboard on 127.0.0.1.")
@click.pass_context
def main(ctx: click.Context, port: int) -> None:
    """The gpt-oss landscape: public data on open AI models, as known on any date.

    Without a command: serve the dashboard over the newest published data; with none, build it from the
    bundled seed first.
    """
    if ctx.invoked_subcommand is None:
        _serve(port)


def _serve(port: int) -> None:
    from ingest.store import PROJECT, get_published_path

    if not get_published_path().exists():
        from ingest.refresh import build_from_seed

        click.echo("No published data yet: building it from the bundled seed.")
        report = build_from_seed()
        if not report.published:
            raise click.ClickException(report.error or "The seed could not be published.")
    elif _is_outdated():
        from ingest.refresh import publish_again

        click.echo("The published data is an earlier version's: publishing it anew.")
        report = publish_again()
        if not report.published:
            click.echo(f"landscape: {report.error}", err=True)
    click.echo(f"The dashboard is at http://127.0.0.1:{port} (Ctrl-C stops it).")
    sys.stdout.flush()
    # Replaces this process, so that a service manager's signals reach the server itself.
    os.chdir(PROJECT)
    os.execv(
        sys.executable,
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "dashboard/server.py",
            "--server.address",
            "127.0.0.1",
            "--server.port",
            str(port),
            "--server.headless",
            str(not _has_screen()).lower(),
            "--server.showEmailPrompt",
            "false",
        ],
    )


def _is_outdated() -> bool:
    """Whether this user's home could give pages what the published file lacks. A reader's cannot: pages then say so."""
    from ingest.store import Reader, StoreError, get_home, list_missing

    work = get_home() / "work.duckdb"
    if not (work.exists() and os.access(work, os.W_OK)):
        return False
    try:
        with Reader().open_cursor() as cursor:
            return bool(list_missing(cursor))
    except StoreError:
        return True


def _has_screen() -> bool:
    """Whether a person sits at this terminal with a screen a browser could open on."""
    return sys.stdout.isatty() and (
        sys.platform == "darwin" or any(os.environ.get(k) for k in ("DISPLAY", "WAYLAND_DISPLAY"))
    )


@main.command()
@click.argument("sources", nargs=-1)
@click.option(
    "--from",
    "replay_from",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Replay recorded files by their manifest.csv, with no network.",
)
@click.option("--constructed", is_flag=True, help="With --from: read constructed files too (for tests).")
@click.option("--mirror", metavar="URL", help="Send every request through a mirror (URL/host/path).")
@click.option("--strict", is_flag=True, help="Exit 1 when any source failed, not just a required or newly failing one.")
@click.option("--as-of", "as_ofs", multiple=True, metavar="T", help="Compute the measures as of T too (repeatable).")
@click.option(
    "--every",
    metavar="INTERVAL",
    help="Keep going: look this often (30m, 6h, 1d) which sources are due by their own cadence, and read those; "
    "sources that are named are read every interval.",
)
@click.pass_context
def refresh(
    ctx: click.Context,
    sources: tuple[str, ...],
    replay_from: Path | None,
    constructed: bool,
    mirror: str | None,
    strict: bool,
    as_ofs: tuple[str, ...],
    every: str | None,
) -> None:
    """Read the sources (all, or those named), ingest, measure, check and publish.

    Without --every each is asked once, whenever it was last. SIGTERM and Ctrl-C give up the source being
    read, publish what is whole, and end.
    """
    from ingest.refresh import RunOptions
    from ingest.report import follow_refresh, follow_schedule
    from ingest.store import parse_as_of

    options = RunOptions(sources, replay_from, constructed, mirror, strict, tuple(parse_as_of(t) for t in as_ofs))
    if every is None:
        ctx.exit(follow_refresh(options))
    if replay_from is not None:
        raise click.UsageError("--every reads publishers again and again; recordings (--from) do not change.")
    ctx.exit(follow_schedule(options, every))


@main.command()
@click.argument("source")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    default="2025-08-01",
    show_default=True,
    help="First day wanted.",
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Last day wanted; today if not given.")
@click.option(
    "--via",
    type=click.Choice(["modelpulse", "hub-stats"]),
    default="modelpulse",
    show_default=True,
    help="Whose record to read: Model Pulse's months, or hub-stats' daily revisions (far more bytes).",
)
@click.option("--yes", is_flag=True, help="Do not ask before reading.")
@click.option("--mirror", metavar="URL", help="Send every request through a mirror (URL/host/path).")
@click.pass_context
def backfill(
    ctx: click.Context, source: str, since: datetime, until: datetime | None, via: str, yes: bool, mirror: str | None
) -> None:
    """Read a source's past from those who kept it, and publish; what is already here is not read again.

    There is a past for hf_hub: daily downloads and likes of the tracked repositories. The size is told first.
    Killed or stopped, it goes on where it was when run again.
    """
    from ingest.backfill import BackfillOptions
    from ingest.backfill_report import follow_backfill

    last = until.date() if until else datetime.now(UTC).date()
    ctx.exit(follow_backfill(BackfillOptions(source, since.date(), last, via, mirror), is_agreed=yes))


@main.command()
@click.argument("sources", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--hosts", is_flag=True, help="Print the hosts a firewall must allow instead, one a line.")
@click.pass_context
def status(ctx: click.Context, sources: tuple[str, ...], as_json: bool, hosts: bool) -> None:
    """Show each source's age against its cadence, its rows and its faults; exit 1 when a required one is overdue.

    Of SOURCES that are named, everything: flags by name, licence, attribution and caveats too.
    """
    from ingest.report import print_hosts, print_status

    ctx.exit(print_hosts(as_json) if hosts else print_status(as_json, sources))


@main.command()
@click.argument("sources", nargs=-1)
@click.option("--live", is_flag=True, help="Ask each source's publisher instead, and say what is not as expected.")
@click.option("--mirror", metavar="URL", help="With --live: send every request through a mirror (URL/host/path).")
@click.pass_context
def check(ctx: click.Context, sources: tuple[str, ...], live: bool, mirror: str | None) -> None:
    """Hold the published data to the claims of data/sql/checks; exit 1 when one does not hold.

    With --live: read the sources (all, or those named) as a refresh would, keep nothing, and name each field that
    is new, lost, retyped or emptied against what was last accepted; exit 1 when a source differs or fails.
    """
    if not live and (sources or mirror):
        raise click.UsageError(
            "SOURCES and --mirror go with --live: claims are asked of the published file as a whole."
        )
    from ingest.check import follow_check

    ctx.exit(follow_check(live=live, mirror=mirror, only=sources))


@main.command()
@click.argument("query")
@click.option("--as-of", "as_of", metavar="T", help="Show what was known at T (a date means the end of that UTC day).")
@click.option("--format", "style", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True)
def sql(query: str, as_of: str | None, style: str) -> None:
    """Run a read-only query on the published data."""
    from ingest.report import print_query

    print_query(query, as_of, style)


@main.command()
@click.option("--as-of", "as_of", metavar="T", help="Tell what was known at T (a date means the end of that UTC day).")
@click.option("--note", type=click.Path(path_type=Path, dir_okay=False), help="A text file to print as a note.")
@click.option("--by", metavar="NAME", help="Who signs the note.")
@click.option(
    "--open",
    "rule",
    type=click.Choice(["commercial", "any_weights", "osi_style"]),
    default="commercial",
    show_default=True,
    help="Whose weights count as open.",
)
@click.option("--reissue", metavar="ID", help="Give an issued brief again, the same bytes.")
@click.option("--list", "listing", is_flag=True, help="List the briefs issued here.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file to write: .html, .pdf or .json.")
def brief(
    as_of: str | None,
    note: Path | None,
    by: str | None,
    rule: str,
    reissue: str | None,
    listing: bool,
    output: Path | None,
) -> None:
    """Write the executive brief: Overview's reading on two pages, with its sources and how to check it."""
    from dashboard.command import BriefOptions, run_brief

    for line in run_brief(BriefOptions(output, as_of, note, by, rule, reissue, listing)):
        click.echo(line)


@main.command()
@click.argument("names", nargs=-1, required=True)
@click.option("--source", "source_id", default="", help="The source that uses the name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, in the order asked.")
def resolve(names: tuple[str, ...], source_id: str, as_json: bool) -> None:
    """Say which model a publisher's name means and by which rule, or that it does not resolve."""
    from ingest.report import print_resolutions

    print_resolutions(names, source_id, as_json)


@main.command()
@click.option("--source", "source_id", default="", help="Only the names of this source.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many names to show.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def names(source_id: str, limit: int, as_json: bool) -> None:
    """Show names that lead to no model, with candidates and the lines to paste; it changes nothing."""
    from ingest.report import print_name_review

    print_name_review(source_id, limit, as_json)


@main.command()
@click.option(
    "--to", "to", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the rebuilt files."
)
@click.pass_context
def rebuild(ctx: click.Context, to: Path) -> None:
    """Replay this home's archive into a folder and print counts and checksums, beside those in force."""
    from ingest.report import print_rebuild

    ctx.exit(print_rebuild(to))


@main.command()
@click.option(
    "--to", "to", type=click.Path(path_type=Path, file_okay=False), help="Folder to write; data/seed if not given."
)
def seed(to: Path | None) -> None:
    """Rewrite the bundled seed and its ATTRIBUTION.md from this home's redistributable facts."""
    from ingest.report import print_seed

    print_seed(to)


if __name__ == "__main__":
    main()
