"""Stopping on request: SIGTERM and SIGINT, obeyed where it is safe.

A read of the network can wait for minutes and is given up at once; what writes is let finish, as it takes
seconds and must be whole. So the signal is an exception only inside `interruptible`, and a mark elsewhere.
A second signal ends the process as if nobody had listened: files stay whole even then, as after a kill.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class StopAsked(BaseException):
    """Raised inside `interruptible` only. No Exception, so that nothing between takes it for a failure."""


class Stop:
    """Whether this process was asked to stop. One that was never `listening` is never asked."""

    def __init__(self) -> None:
        self.signal: signal.Signals | None = None
        self._is_safe = False

    @property
    def asked(self) -> bool:
        """Whether a signal came."""
        return self.signal is not None

    @property
    def exit_code(self) -> int:
        """What a shell expects of a process that a signal ended early: 128 and its number; 0 if none came."""
        return 128 + self.signal if self.signal else 0

    @contextmanager
    def listening(self) -> Iterator[Stop]:
        """Hear SIGTERM and SIGINT until the context ends; only a program's main thread can, others never do."""
        if threading.current_thread() is not threading.main_thread():
            yield self
            return
        before: dict[signal.Signals, Any] = {s: signal.signal(s, self._hear) for s in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield self
        finally:
            for s, handler in before.items():
                signal.signal(s, handler)

    @contextmanager
    def interruptible(self) -> Iterator[None]:
        """Raise StopAsked as soon as a signal comes, or at once if one has."""
        self._is_safe = True
        try:
            if self.asked:
                raise StopAsked
            yield
        finally:
            self._is_safe = False

    @contextmanager
    def sheltered(self) -> Iterator[None]:
        """Within `interruptible`, a part that must not be cut: the exception waits until it is done."""
        was_safe, self._is_safe = self._is_safe, False
        try:
            yield
        finally:
            self._is_safe = was_safe
        if was_safe and self.asked:
            raise StopAsked

    def wait(self, seconds: float) -> None:
        """Sleep, or wake when a signal comes."""
        try:
            with self.interruptible():
                time.sleep(max(0.0, seconds))
        except StopAsked:
            return

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.asked:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        self.signal = signal.Signals(number)
        if self._is_safe:
            raise StopAsked
