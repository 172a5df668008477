"""One page's run at a time: who comes first is answered first.

Streamlit runs every session in a thread of its own, and Python lets threads of one process compute in turns of
milliseconds, so that all who ask within the same moment wait for the sum of all answers. In turns each waits for those
before it alone. Nobody waits long: a page that has to read much more than others must not hold them up.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds. Some four to ten runs of a page whose answers are kept.
_PATIENCE = 0.2
_TURN = threading.Semaphore()


@contextmanager
def take_turn(patience: float = _PATIENCE) -> Iterator[None]:
    """Wait for those who came before, at most `patience` seconds; then run, whatever the others do."""
    has_turn = _TURN.acquire(timeout=patience)
    try:
        yield
    finally:
        # Streamlit ends a run that another overtakes by an exception: this one too gives its turn on.
        if has_turn:
            _TURN.release()
