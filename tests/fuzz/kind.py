"""What one kind of hostile input is: drawn from a seed, checked alone, told so that it can be read.

A case depends on the seed, the kind and its number and on nothing else, so that any one of a
hundred thousand can be asked again by itself.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

CaseT = TypeVar("CaseT")


class Kind(Protocol[CaseT]):
    """One kind of input."""

    @property
    def name(self) -> str:
        """How the command line calls it."""
        ...

    @property
    def long_count(self) -> int:
        """Cases of a long run."""
        ...

    @property
    def slice_count(self) -> int:
        """Cases of the slice that runs with every test run."""
        ...

    def draw(self, rng: random.Random, number: int) -> CaseT:
        """Return a case; the number lets a kind walk through a closed list."""
        ...

    def check(self, case: CaseT, folder: Path) -> list[str]:
        """Return what went wrong, in words; `folder` is empty and the case's own."""
        ...

    def describe(self, case: CaseT) -> str:
        """Return the input, so that it can be read and asked by hand."""
        ...


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that failed, with what went wrong and how to ask it again."""

    kind: str
    seed: int
    number: int
    faults: tuple[str, ...]
    described: str

    def __str__(self) -> str:
        """Return the failure with the command that replays it."""
        told = "\n".join(f"  {fault}" for fault in self.faults)
        again = f"python -m tests.fuzz --seed {self.seed} --kinds {self.kind} --case {self.number}"
        return f"{self.kind} {self.number}\n{told}\n  input: {self.described}\n  again: {again}"


def stream(seed: int, kind: str, number: int) -> random.Random:
    """Return the random numbers of one case; a text seeds alike on every machine."""
    return random.Random(f"{seed}/{kind}/{number}")
