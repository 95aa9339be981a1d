"""How often a person may write: a bucket of turns that fills again by itself."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from karwan.web.problems import TooOftenError

if TYPE_CHECKING:
    from fastapi import Request

MOST_WRITES = 30
"""Writes that a person may send one after the other."""
SECONDS_A_WRITE = 2.0
"""After which he may send one more."""
MOST_PEOPLE = 10_000


def sender_of(request: Request, name: str) -> str:
    """Return by what somebody who sends is known: his name, or his address."""
    return name or (request.client.host if request.client else "")


@dataclass(kw_only=True)
class Pace:
    """Who wrote how much lately.

    Examples
    --------
    >>> clock = iter([0.0, 0.0, 0.0, 5.0]).__next__
    >>> pace = Pace(most=2, seconds=4.0, now=clock)
    >>> pace.wait_seconds("ada"), pace.wait_seconds("ada"), pace.wait_seconds("ada")
    (0, 0, 4)
    >>> pace.wait_seconds("ada")
    0
    """

    most: int = MOST_WRITES
    seconds: float = SECONDS_A_WRITE
    now: Callable[[], float] = time.monotonic
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def take_turn(self, who: str) -> None:
        """Take a turn.

        Raises
        ------
        TooOftenError
            If there is none left.
        """
        wait = self.wait_seconds(who)
        if wait:
            raise TooOftenError(wait)

    def wait_seconds(self, who: str) -> int:
        """Take a turn, and return 0; or return after how many seconds there is one, and take none.

        Parameters
        ----------
        who
            By what a person is known: his name, or his address.
        """
        with self._lock:
            now = self.now()
            left, then = self._left.pop(who, (float(self.most), now))
            left = min(float(self.most), left + (now - then) / self.seconds)
            wait = 0 if left >= 1 else math.ceil((1 - left) * self.seconds)
            self._left[who] = (left if wait else left - 1, now)
            while len(self._left) > MOST_PEOPLE:
                self._left.popitem(last=False)
            return wait
