"""A lock that is given in the order in which it was asked for.

A plain lock goes to whoever wakes first, so that of thirty questions some wait twice as long as all
others; here each waits for those before it and nobody else.
"""

from __future__ import annotations

from collections import deque
from threading import Lock, get_ident
from types import TracebackType


class Turns:
    """A lock that its holder may take again, and for which others queue.

    Examples
    --------
    >>> lock = Turns()
    >>> with lock, lock:
    ...     print("again, without waiting")
    again, without waiting
    """

    def __init__(self) -> None:
        self._mine = Lock()
        self._queue: deque[tuple[int, Lock]] = deque()
        self._holder: int | None = None
        self._depth = 0

    @property
    def waiting_count(self) -> int:
        """How many queue."""
        return len(self._queue)

    def __enter__(self) -> None:
        """Wait until it is this thread's turn."""
        me = get_ident()
        with self._mine:
            if self._holder in (None, me):
                self._holder = me
                self._depth += 1
                return
            called = Lock()
            called.acquire()
            self._queue.append((me, called))
        called.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Call the next."""
        with self._mine:
            self._depth -= 1
            if self._depth:
                return
            if not self._queue:
                self._holder = None
                return
            self._holder, called = self._queue.popleft()
            self._depth = 1
            called.release()
