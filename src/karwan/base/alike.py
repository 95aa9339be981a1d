"""Keys of what was computed: objects compared as objects, where comparing what they hold is slow.

What is asked again and again is made of the very parts of what was asked before. A key holds its
parts, so that none of them goes and leaves its place to another.
"""

from __future__ import annotations

from operator import is_
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Alike(Generic[T]):
    """A value under the parts that something follows from; two are equal if these are the same.

    Examples
    --------
    >>> rows = [1, 2]
    >>> Alike("one", rows) == Alike("two", rows), Alike("one", rows) == Alike("one", [1, 2])
    (True, False)
    """

    __slots__ = ("parts", "value")

    def __init__(self, value: T, *parts: Any) -> None:
        self.value = value
        self.parts = parts

    def __hash__(self) -> int:
        """Return the hash of the parts as objects."""
        return hash(tuple(map(id, self.parts)))

    def __eq__(self, other: object) -> bool:
        """Whether another is made of the same objects."""
        return (
            isinstance(other, Alike)
            and len(self.parts) == len(other.parts)
            and all(map(is_, self.parts, other.parts))
        )
