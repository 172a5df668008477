"""A home that many tests read: built once a run by whichever worker asks first, and unchanged at the end.

Workers are processes of their own and share the folder of the run. Whoever asks first builds while the others
wait at a lock; what the home then holds is noted, and each worker holds what it finds at its end against the note.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest

from tests.homes import measure_instants

Listing = dict[str, list[int]]


@contextmanager
def share_home(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Iterator[Path]:
    """The home `name` of this run, which `build` fills; fails at the end if a test wrote into it."""
    home, before = build_once(factory, name, build)
    yield home
    assert list_files(home) == before, f"A test wrote into {home}, which other tests read: let it use copy_home."


def build_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> tuple[Path, Listing]:
    """The folder `name` of this run and what it held when `build` was done with it."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    home, note = root / name, root / f"{name}.json"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.is_file():
            shutil.rmtree(home, ignore_errors=True)  # of a build that failed
            home.mkdir()
            with measure_instants(every=True):  # whatever the file that happens to ask first does without
                build(home)
            note.write_bytes(orjson.dumps(list_files(home)))
        before: Listing = orjson.loads(note.read_bytes())
    return home, before


def list_files(home: Path) -> Listing:
    """Every file of a home with its time and size."""
    found = {str(p): p.stat() for p in sorted(home.rglob("*")) if p.is_file()}
    return {path: [of.st_mtime_ns, of.st_size] for path, of in found.items()}
