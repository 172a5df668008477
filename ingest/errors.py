"""What a person is told instead of a traceback: one readable sentence.

Each says what was wrong, where, and what to do, and knows the exit code of the command it ends.
"""

from __future__ import annotations


class ReadableError(Exception):
    """An error a command prints as it is. 2: wrong usage; 3: nothing could be done."""

    exit_code = 3
