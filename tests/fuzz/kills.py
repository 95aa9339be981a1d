"""Processes killed while they write: what was acknowledged stands, and the rest whole or not."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from karwan.analysis.forecasts.kept import FORECAST_FILE, read_forecasts
from karwan.base.folders import listed_files, new_folder
from karwan.base.store import sha256_hex
from karwan.evidence.closures import read_closures
from karwan.evidence.own_record import OwnRecord, list_records
from karwan.evidence.record_check import check_records
from karwan.evidence.spells import Spell
from tests import reference
from tests.fuzz import shelf
from tests.fuzz.workspaces import TODAY

ROOT = Path(__file__).parents[2]
CALLS = ("add", "incident", "end", "withdraw", "store", "swap")
RUN_FILES = ("a.csv", "b.json", "run.json")
MOST_SECONDS = 0.12
"""Latest moment of a kill: some tens of calls later than the first."""


@dataclass(frozen=True, slots=True)
class Kill:
    """What is written, on which workspace, and the moment of the kill.

    Attributes
    ----------
    start
        Workspace at the beginning: `w`, filled, or `old`, of the first version.
    calls
        What is written, over and over until the kill.
    at
        Seconds after the first call began; or the how-many-th statement, commit or file operation,
        where it is a whole number.
    """

    start: str
    calls: tuple[str, ...]
    at: float | int


class Kills:
    """SIGKILL at a random moment, or at a counted operation of the database or the disk."""

    name = "kills"
    long_count = 400
    slice_count = 10

    def draw(self, rng: random.Random, number: int) -> Kill:
        """Return a kill; every second one at a counted operation, every third on an old version."""
        calls = tuple(rng.choice(CALLS) for _ in range(rng.choice((1, 3, 6))))
        at = rng.randrange(1, 120) if number % 2 else rng.uniform(0, MOST_SECONDS)
        return Kill("old" if number % 3 == 0 else "w", calls, at)

    def check(self, case: Kill, folder: Path) -> list[str]:
        """Return what was lost, half-written or cannot be read."""
        shelf.take(folder, case.start)
        place = folder / case.start
        write_run(folder / "run", "before")
        before = OwnRecord() if case.start == "old" else list_records(place)
        acknowledged = _nursery().kill(case, folder)
        faults = rows_lost(place, before, acknowledged)
        faults += forecasts_lost(place, acknowledged)
        faults += run_lost(folder, acknowledged)
        return faults + check_records(place, modes(), TODAY, packaged())

    def describe(self, case: Kill) -> str:
        """Return what was written and when it was killed."""
        moment = f"operation {case.at}" if isinstance(case.at, int) else f"{case.at:.4f} s"
        return f"workspace {case.start}, {', '.join(case.calls)} over and over, killed at {moment}"


@cache
def modes() -> dict[str, str]:
    """Return the mode of each element, by its id."""
    return {name: one.mode for name, one in reference.network().elements.items()}


@cache
def packaged() -> tuple[Spell, ...]:
    return tuple(read_closures(reference.catalog()).spells)


def rows_lost(place: Path, before: OwnRecord, acknowledged: list[str]) -> list[str]:
    """Return the rows that were there or acknowledged and are no more, and gaps between ids."""
    own = list_records(place)
    faults = [
        f"rows of {table} that stood before changed"
        for table, old in before.tables.items()
        if own.tables[table][: len(old)] != old
    ]
    if before == OwnRecord() and not (own.closures and own.closure_ends and own.incidents):
        faults.append("rows of the old version are gone")
    idents = {row.id for rows in own.tables.values() for row in rows}
    faults += [f"{ident} was acknowledged and is lost" for ident in acknowledged
               if ident[:1] in "WEIX" and ident not in idents]  # fmt: skip
    for table, rows in own.tables.items():
        numbers = [int(row.id[1:]) for row in rows]
        if numbers != list(range(1, len(numbers) + 1)):
            faults.append(f"ids of {table} have a gap")
    return faults


def forecasts_lost(place: Path, acknowledged: list[str]) -> list[str]:
    path = place / FORECAST_FILE
    if not path.exists():
        return [f"{one} is lost" for one in acknowledged if one.startswith("forecast:")]
    kept = read_forecasts(path)
    elements = {f"forecast:{one.element}" for one in kept.forecasts}
    lost = [one for one in acknowledged if one.startswith("forecast:") and one not in elements]
    return [f"{one} is lost" for one in lost] + [str(fault) for fault in kept.faults]


def run_lost(folder: Path, acknowledged: list[str]) -> list[str]:
    """Return whether the run is no whole one, old or new, and what the next one leaves."""
    place = folder / "run"
    listed = listed_files(place)
    if listed is None or any(
        sha256_hex((place / name).read_bytes()) != listed[name] for name in listed
    ):
        return ["the run is not whole"]
    marks = {
        path.read_text(encoding="utf-8") for path in place.iterdir() if path.name != "run.json"
    }
    faults = [] if len(marks) == 1 else ["the run is mixed of two"]
    swaps = [one for one in acknowledged if one.startswith("run:")]
    if swaps and not marks & {swaps[-1], f"run:{int(swaps[-1][4:]) + 1}"}:
        faults.append(f"{swaps[-1]} was acknowledged, and {marks} stands")
    write_run(place, "after")
    left = [path.name for path in folder.iterdir() if path.name.startswith(".")]
    return faults + [f"{name} is left beside the next run" for name in left]


def write_run(place: Path, mark: str) -> None:
    """Write a run of two files that hold the same mark."""
    with new_folder(place) as scratch:
        for name in RUN_FILES[:2]:
            (scratch / name).write_text(mark, encoding="utf-8")
        files = dict.fromkeys(RUN_FILES[:2], sha256_hex(mark.encode()))
        record = json.dumps({"format_version": 1, "files_sha256": files})
        (scratch / "run.json").write_text(record, encoding="utf-8")


class _Nursery:
    """A process without threads, whose children are killed."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip

    def kill(self, case: Kill, folder: Path) -> list[str]:
        """Return what a child acknowledged before it was killed."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        asked = {"folder": str(folder), "start": case.start, "calls": case.calls, "at": case.at}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        told = self.process.stdout.readline()
        if not told:
            msg = "the process that makes children ended"
            raise RuntimeError(msg)
        acknowledged: list[str] = json.loads(told)
        return acknowledged


@cache
def _nursery() -> _Nursery:
    import atexit

    nursery = _Nursery()

    def stop() -> None:
        assert nursery.process.stdin is not None
        assert nursery.process.stdout is not None
        nursery.process.stdin.close()
        nursery.process.stdout.close()
        nursery.process.wait()

    atexit.register(stop)
    return nursery
