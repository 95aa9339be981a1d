"""The lock of a desk: one at a time, in the order of asking, and again for who holds it."""

from __future__ import annotations

import threading
import time

import pytest

from karwan.web.turns import Turns


def waiting(lock: Turns, count: int) -> None:
    """Wait until so many queue."""
    while len(lock._queue) < count:
        time.sleep(0.001)


def test_who_asked_first_is_served_first() -> None:
    lock, served = Turns(), []

    def ask(number: int) -> None:
        with lock:
            served.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    with lock:
        for queued, thread in enumerate(threads, 1):
            thread.start()
            waiting(lock, queued)
    for thread in threads:
        thread.join()
    assert served == list(range(20))
    assert lock._holder is None


def test_it_is_held_by_one_alone_and_until_its_holder_leaves_for_good() -> None:
    lock, inside, most = Turns(), [0], [0]

    def ask() -> None:
        for _ in range(200):
            with lock, lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                with lock:
                    pass
                inside[0] -= 1

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]
    assert lock._holder is None


def test_an_error_lets_the_next_in() -> None:
    lock = Turns()
    with pytest.raises(ValueError, match="within"), lock:
        raise ValueError("within")
    assert lock._holder is None
    with lock:
        assert lock._holder is not None
