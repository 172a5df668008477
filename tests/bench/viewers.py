"""Many people at once: how long the server takes to answer a filter, what it costs, and what it holds.

Each viewer is a websocket session on one page, thinks for a random while, and changes its control. Ours and the
plain version are loaded in turns, each by a fresh process, so that memory is its own and neither competes with
the other. Compare within one run only.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.figures import Figure, find_percentile
from tests.bench.servers import SIDES, Server, Side, start, wait_until_open
from tests.bench.sites import Spot, find_spot
from tests.bench.wire import Viewer


@dataclass(slots=True)
class Load:
    """What a number of viewers met: seconds a change, by page; CPU seconds a change; MB a session."""

    changes: dict[str, list[float]] = field(default_factory=dict)
    first_loads: list[float] = field(default_factory=list)
    cpu: float = 0.0
    megabytes: float = 0.0
    idle_megabytes: float = 0.0

    @property
    def every(self) -> list[float]:
        """Seconds of all changes on all pages."""
        return [seconds for page in self.changes.values() for seconds in page]


def measure_viewers(
    home: Path, pages: Sequence[str], counts: Sequence[int], seconds: float, think: float
) -> list[Figure]:
    """Server times, CPU and memory with some numbers of viewers on a mix of pages. Raises PageError."""
    found: list[Figure] = []
    for count in counts:
        loads = {side: load_server(side, home, pages, count, seconds, think) for side in SIDES}
        crowd = f"{count} viewer{'s' if count > 1 else ''}"
        busy = count == max(counts)
        found += [
            _compare(f"{crowd}: filter, p50", "ms", [find_percentile(loads[s].every, 0.5) * 1e3 for s in SIDES], 50),
            _compare(f"{crowd}: filter, p95", "ms", [find_percentile(loads[s].every, 0.95) * 1e3 for s in SIDES], 150),
        ]
        if busy:
            for page in pages:
                for name, share in (("p50", 0.5), ("p95", 0.95)):
                    values = [find_percentile(loads[s].changes.get(page, [0.0]), share) * 1e3 for s in SIDES]
                    found.append(_compare(f"{crowd}: filter on {page}, {name}", "ms", values))
            values = [find_percentile(loads[s].first_loads, 0.5) * 1e3 for s in SIDES]
            found.append(_compare(f"{crowd}: all arrive at once, p50", "ms", values))
            found.append(_compare(f"{crowd}: a session", "MB", [loads[s].megabytes for s in SIDES], 1))
            found.append(_compare("one viewer: the process", "MB", [loads[s].idle_megabytes for s in SIDES]))
        found.append(_compare(f"{crowd}: CPU a change", "ms", [loads[s].cpu * 1e3 for s in SIDES]))
    return found


def load_server(side: Side, home: Path, pages: Sequence[str], count: int, seconds: float, think: float) -> Load:
    """Serve one side and let a number of viewers use it. Raises PageError."""
    with tempfile.TemporaryDirectory() as folder, start(side, home, Path(folder) / "log") as server:
        wait_until_open(server)
        return asyncio.run(_visit(server, [find_spot(side, page) for page in pages], count, seconds, think))


async def _visit(server: Server, spots: Sequence[Spot], count: int, seconds: float, think: float) -> Load:
    load = Load()
    # One person has been on every page: modules are imported, answers and figures cached.
    for spot in spots:
        async with Viewer(server.url, spot) as first:
            await first.load()
            for turn in range(4):
                await first.change(turn)
    load.idle_megabytes = server.read_memory()
    viewers = [Viewer(server.url, spots[i % len(spots)]) for i in range(count)]
    await asyncio.gather(*(viewer.__aenter__() for viewer in viewers))
    try:
        load.first_loads = list(await asyncio.gather(*(viewer.load() for viewer in viewers)))
        began = server.read_cpu()
        await asyncio.gather(*(_use(viewer, load, seconds, think, seed) for seed, viewer in enumerate(viewers)))
        load.cpu = (server.read_cpu() - began) / max(1, len(load.every))
        load.megabytes = (server.read_memory() - load.idle_megabytes) / count
    finally:
        await asyncio.gather(*(viewer.__aexit__(None, None, None) for viewer in viewers))
    return load


async def _use(viewer: Viewer, load: Load, seconds: float, think: float, seed: int) -> None:
    """Think, change, and again, until the time is over."""
    dice = random.Random(seed)
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    turn = 0
    while True:
        await asyncio.sleep(min(dice.expovariate(1 / think), 4 * think))
        if loop.time() > until:
            return
        load.changes.setdefault(viewer.spot.page, []).append(await viewer.change(turn))
        turn += 1


def _compare(name: str, unit: str, values: Sequence[float], budget: float | None = None) -> Figure:
    ours, plain = values
    return Figure("viewers", name, unit, [ours], [plain], budget)
