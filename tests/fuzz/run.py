"""Draw cases, check them, count them; what fails is told so that it can be asked again."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fuzz.kind import Failure, Kind, stream
from tests.fuzz.oracle import ask

SENTINELS = (
    "route almaty karachi --as-of 2026-11-22",
    "compare almaty karachi --as-of 2026-11-22 --format json",
    "hazard torkham-road --as-of 2026-11-22",
    "ledger list --as-of 2026-11-22",
    "target KAZ-PAK --as-of 2026-11-22",
    "data show units",
)
"""Questions whose answers must be the same before and after everything else."""


@dataclass
class Tally:
    """What came of a run, kind by kind."""

    counts: dict[str, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)

    def summary(self) -> str:
        """Return the counts as a table."""
        lines = [f"{'kind':<14}{'inputs':>9}{'failed':>8}"]
        for name, count in self.counts.items():
            failed = sum(one.kind == name for one in self.failures)
            lines.append(f"{name:<14}{count:>9,}{failed:>8,}")
        return "\n".join(lines)


def run_cases(kind: Kind[Any], seed: int, numbers: Iterable[int]) -> Iterator[Failure | None]:
    """Yield for each case what is wrong with it, or None."""
    for number in numbers:
        yield run_case(kind, seed, number)


def run_case(kind: Kind[Any], seed: int, number: int) -> Failure | None:
    """Return what is wrong with one case, or None."""
    case = kind.draw(stream(seed, kind.name, number), number)
    top = Path(tempfile.mkdtemp(prefix="karwan-fuzz-"))
    folder = top / "in" / "here"  # deep enough for a path that climbs
    folder.mkdir(parents=True)
    try:
        faults = kind.check(case, folder)
        faults += [f"left {path.name} above its folder" for path in _strays(top)]
    finally:
        shutil.rmtree(top, ignore_errors=True)
    if not faults:
        return None
    return Failure(kind.name, seed, number, tuple(faults), kind.describe(case))


def _strays(top: Path) -> list[Path]:
    return [
        *(path for path in top.iterdir() if path.name != "in"),
        *(path for path in (top / "in").iterdir() if path.name != "here"),
    ]


def clean_answers() -> list[str]:
    """Return the answers to the questions that nothing may change."""
    with tempfile.TemporaryDirectory(prefix="karwan-fuzz-") as folder:
        return [repr(_told(words, Path(folder))) for words in SENTINELS]


def _told(words: str, folder: Path) -> tuple[object, ...]:
    told = ask(words.split(), folder)
    return told.code, told.out, told.err, told.raised
