"""Pages run in the order in which they were asked for, and none waits for another for long."""

from __future__ import annotations

import threading
import time

import pytest
from uvicorn import Config

from dashboard.turns import take_turn


def test_the_second_begins_when_the_first_has_ended() -> None:
    told: list[str] = []
    begun, may_end = threading.Event(), threading.Event()

    def run(name: str) -> None:
        with take_turn(30):
            told.append(f"{name} begins")
            begun.set()
            may_end.wait(30)
            told.append(f"{name} ends")

    threads = [threading.Thread(target=run, args=(name,)) for name in ("first", "second")]
    threads[0].start()
    assert begun.wait(30)
    threads[1].start()
    time.sleep(0.05)
    assert told == ["first begins"]
    may_end.set()
    for thread in threads:
        thread.join(30)
    assert told == ["first begins", "first ends", "second begins", "second ends"]


def test_nobody_waits_longer_than_their_patience() -> None:
    began = time.monotonic()
    with take_turn(30), take_turn(0.02):
        assert 0.02 <= time.monotonic() - began < 20
    # The one that went without a turn gave none back: the next two still run one after the other.
    with take_turn(30):
        assert not _is_free()


def test_a_run_that_stops_gives_its_turn_on() -> None:
    with pytest.raises(RuntimeError), take_turn(30):
        raise RuntimeError
    assert _is_free()


def _is_free() -> bool:
    """Whether someone else would get a turn at once."""
    began = time.monotonic()
    with take_turn(0.5):
        return time.monotonic() - began < 0.5


def test_the_server_takes_the_quick_event_loop_that_nothing_here_imports() -> None:
    loop = Config("dashboard.server:app").get_loop_factory()
    assert loop is not None and loop.__module__ == "uvloop"
