"""The screen as it is: some show no Arabic, some are closed, and none may be told to obey.

Everything a command prints passes here, whatever printed it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from karwan.base.outgoing import plain


class Screen:
    """A stream that passes text on without control characters, and never fails at a letter."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write a text; a letter that the stream cannot hold is shown as a replacement."""
        safe = plain(text)
        try:
            self.stream.write(safe)
        except UnicodeEncodeError:
            encoding = self.stream.encoding or "ascii"
            self.stream.write(safe.encode(encoding, "replace").decode(encoding))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        """Return what else the stream can do."""
        return getattr(self.stream, name)


@contextmanager
def screen() -> Iterator[None]:
    """Put a screen before both streams; one that is closed takes everything and shows nothing."""
    before = sys.stdout, sys.stderr
    opened = []
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            stream = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
            opened.append(stream)
        setattr(sys, name, Screen(stream))
    try:
        yield
    finally:
        with suppress(BrokenPipeError, ValueError):
            sys.stdout.flush()
        sys.stdout, sys.stderr = before
        for stream in opened:
            stream.close()


def leave_quietly() -> None:
    """Let nothing be written at the end to a reader that has gone."""
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
