"""A mapping that is made when it is first asked, so that who never asks does not pay for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Later(Mapping[K, V]):
    """A mapping behind a function that is called once, on the first look.

    Examples
    --------
    >>> squares = Later(lambda: {n: n * n for n in range(3)})
    >>> squares[2], len(squares)
    (4, 3)
    """

    def __init__(self, make: Callable[[], Mapping[K, V]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Mapping[K, V]:
        return self._make()

    def __getitem__(self, key: K) -> V:
        """Return the value of a key."""
        return self._made[key]

    def __iter__(self) -> Iterator[K]:
        """Go through the keys."""
        return iter(self._made)

    def __len__(self) -> int:
        """Return how many keys there are."""
        return len(self._made)
