"""What `landscape backfill` prints: the price first, a line a file, what failed.

On a terminal it asks before it reads, unless told not to, and shows a moving line; elsewhere it does neither.
It decides nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import click
from rich.console import Console

from ingest.backfill import BackfillOptions, BackfillReport, FileRead, Plan, run_backfill
from ingest.history.extract import list_flagged_days
from ingest.history.routes import HistoryFile

_SHOWN = 5
_WORDS = {
    "skip_day": "counters stood still or had fallen back",
    "low_day": "few downloads counted on the whole Hub",
    "partial": "part of the repositories",
}


def follow_backfill(options: BackfillOptions, *, is_agreed: bool) -> int:
    """Backfill and print it; the exit code. `is_agreed`: do not ask."""
    is_asked = not is_agreed and sys.stdin.isatty() and sys.stdout.isatty()
    with _show_progress() as (show_step, paused):

        def confirm(plan: Plan) -> bool:
            with paused():
                print_plan(plan)
                return not is_asked or click.confirm("Read them?", default=True)

        def tell(done: FileRead) -> None:
            with paused():
                print_file(done)

        report = run_backfill(options, confirm=confirm, on_step=show_step, on_file=tell)
    print_report(report)
    return report.exit_code


def print_plan(plan: Plan) -> None:
    """What will be read, of how much, and what is here already."""
    about = "about " if plan.is_estimate else ""
    click.echo(
        f"{plan.route.title} ({plan.route.licence_id}): {_span(plan.files)}, {_count(len(plan.wanted), 'repository')}. "
        f"To read: at most {about}{_size(plan.bytes)} of {about}{_size(plan.of_bytes)} "
        f"in {_count(len(plan.files), 'file')}; {len(plan.asked) - len(plan.files)} already here."
    )


def print_file(done: FileRead) -> None:
    """One line a file, as soon as it is archived."""
    e = done.extract
    names, flags = len({r[0] for r in e.rows}), dict[str, list[str]]()
    for day, flag in list_flagged_days(e):
        flags.setdefault(flag, []).append(day)
    told = "".join(f"; {flag} ({_WORDS[flag]}): {_list(days)}" for flag, days in sorted(flags.items()))
    click.echo(
        f"{done.label} ({done.number}/{done.of}): {_count(len(e.rows), 'row')} of {_count(names, 'repository')} "
        f"from {len(e.row_groups_read)} of {e.row_groups} row groups, {_size(done.bytes)} of {_size(e.stamp.size)} "
        f"in {done.requests} requests{told}"
    )


def print_report(report: BackfillReport) -> None:
    """What came of it."""
    for label, sentence in report.failed:
        click.echo(f"{label}: FAILED: {sentence}", err=True)
    if report.unread_files:
        click.echo(f"{_count(report.unread_files, 'file')} left unread: run backfill again to go on.", err=True)
    if report.is_declined:
        click.echo("Nothing was read.")
        return
    if report.plan is None:
        click.echo(report.error, err=True)
        return
    if not report.plan.asked:
        click.echo(f"{report.plan.route.title} has none of the days asked for.")
    elif not report.plan.files:
        here = _count(len(report.plan.asked), "file")
        click.echo(f"Nothing new to read: {here} already here ({_span(report.plan.asked)}).")
    refused = f", {report.refused:,} set aside in quarantine" if report.refused else ""
    click.echo(f"{_count(report.rows, 'row')} added{refused}")
    click.echo(report.error or "published", err=bool(report.error))


@contextmanager
def _show_progress() -> Iterator[tuple[Callable[[str], None], Callable[[], _Pause]]]:
    """What to call with each step, and a context in which the moving line stands aside."""
    if not sys.stdout.isatty():
        yield (lambda step: None), (lambda: _Pause(lambda: None, lambda: None))
        return
    with Console().status("starting") as line:
        yield (lambda step: line.update(f"{step} ...")), (lambda: _Pause(line.stop, line.start))


class _Pause:
    """A context that calls one thing on entry and another on leaving."""

    def __init__(self, stop: Callable[[], None], start: Callable[[], None]) -> None:
        self._stop, self._start = stop, start

    def __enter__(self) -> None:
        self._stop()

    def __exit__(self, *_: object) -> None:
        self._start()


def _span(files: Sequence[HistoryFile]) -> str:
    first, last = files[0].label, files[-1].label
    return first if first == last else f"{first} to {last}"


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB" if count < 1e10 else f"{count / 1e9:,.1f} GB"


def _count(n: int, what: str) -> str:
    return f"{n:,} {what if n == 1 else what.removesuffix('y') + 'ies' if what.endswith('y') else what + 's'}"


def _list(days: list[str]) -> str:
    return ", ".join(days[:_SHOWN]) + (f" and {len(days) - _SHOWN} more" if len(days) > _SHOWN else "")
