"""What every test shares: recorded payloads when they are here, homes built once, no network but loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.refresh import build_from_seed
from ingest.store import SEED
from tests.homes import measure_instants, run_landscape, use_home
from tests.publishers import PRICES, Edition
from tests.shared_homes import share_home

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "sources"


# Files that take longest, and are begun first: else one of them is left to a single worker at the end. The second to
# the fourth need no published home, so nobody waits while the first builds it.
_LONGEST = (
    "test_browser",
    "test_schedule_process",
    "test_refresh",
    "test_kill",
    "test_seed",
    "test_tasks",
    "test_acceptance",
    "test_states",
    "test_kept",
    "test_backfill_faults",
    "test_backfill",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others as they come."""
    rank = {name: n for n, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


@pytest.fixture(scope="session")
def shared_sources() -> Path:
    """Folder of the recorded payloads; the test is skipped, loudly, where it is not."""
    if not (SHARED / "manifest.csv").is_file():
        pytest.skip(f"RECORDED PAYLOADS MISSING: {SHARED} is not here, so this test proves nothing on this machine.")
    return SHARED


@pytest.fixture(scope="session")
def published_home(shared_sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with every recorded file replayed, to read only: a test that writes takes `copy_home` of it."""

    def build(home: Path) -> None:
        done = run_landscape(home, "refresh", "--from", shared_sources)
        assert done.exit_code == 0, done.output

    with share_home(tmp_path_factory, "published", build) as home:
        yield home


@pytest.fixture(scope="session")
def seed_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home built from the bundled seed alone, to read only."""
    if not any(SEED.glob("*.parquet")):
        pytest.skip(f"SEED MISSING: {SEED} holds no Parquet, so this test proves nothing on this machine.")

    def build(home: Path) -> None:
        with use_home(home):
            report = build_from_seed()
        assert report.published, report.error

    with share_home(tmp_path_factory, "seeded", build) as home:
        yield home


@pytest.fixture(scope="session")
def small_recordings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Recordings of the four publishers at two moments; a price and a listing differ between them."""

    def record(folder: Path) -> None:
        Edition().record(folder, "2026-07-02T12:00:00Z")
        prices = {**PRICES, ("groq", "openai/gpt-oss-120b"): (0.1, 0.5)}
        del prices["deepinfra", "openai/gpt-oss-120b"]
        Edition(prices=prices, arena_days=("2025-12-16",)).record(folder, "2026-07-20T12:00:00Z")

    with share_home(tmp_path_factory, "recordings", record) as folder:
        yield folder


@pytest.fixture(scope="session")
def small_home(small_recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home of the hand-written recordings, there on every machine; to read only."""

    def build(home: Path) -> None:
        done = run_landscape(home, "refresh", "--from", small_recordings)
        assert done.exit_code == 0, done.output

    with share_home(tmp_path_factory, "small", build) as home:
        yield home


@pytest.fixture(scope="module")
def newest_alone() -> Iterator[None]:
    """For files about how sources are read: what they publish is measured at the newest instant alone."""
    with measure_instants(every=False):
        yield


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Refuse every connection that does not stay on this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
            host = str(address[0])
            if host not in ("127.0.0.1", "::1", "localhost"):
                raise AssertionError(f"A test tried to reach {host}: tests use no network.")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
    yield
