"""Command lines, drawn from the program's own tree of commands."""

from __future__ import annotations

import random
import shlex
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tests.cli.test_troubles import DOORS, NEEDED, POSITIONS, Door
from tests.fuzz import shelf, values
from tests.fuzz.oracle import ask, faults_of

HEAVY = {
    "appraise": 0.3,
    "benefits": 0.3,
    "brief": 0.3,
    "exposure": 0.4,
    "calibrate": 0.1,
    "critical": 0.4,
    "futures": 0.3,
    "study run": 0.3,
    "export": 0.5,
    "article": 0.7,
    "evidence get-incidents": 0.0,
}
"""How often a command that takes seconds is drawn, where the others count 1; one that asks another
host is not."""
WRITERS = ("evidence add", "evidence end", "evidence withdraw", "ledger add", "evidence export")
FILES = {
    "text": "text.txt",
    "study": "study.toml",
    "new": "new",
    "consignments": "consignments.csv",
}
REFUSED = ("--out", "plain/below")
"""What ends a study before it computes: a whole one takes a quarter of a minute."""
WHOLE_STUDIES_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Line:
    """Words of a command line, and whether it is asked twice."""

    words: tuple[str, ...]
    twice: bool


class CommandLines:
    """Whole command lines in this process: words changed, added, doubled, dropped."""

    name = "commands"
    long_count = 3000
    slice_count = 40

    def draw(self, rng: random.Random, number: int) -> Line:
        """Return a sound command line with up to four things wrong with it."""
        del number
        command = rng.choices([*NEEDED], [HEAVY.get(name, 1.0) for name in NEEDED])[0]
        doors = [door for door in DOORS if door.command == command]
        given = [word.format(**FILES) for word in NEEDED[command]]
        for _ in range(rng.choice((0, 1, 1, 2, 2, 3, 4))):
            _change(rng, given, rng.choice(doors) if doors else None)
        if command == "study run" and rng.random() >= WHOLE_STUDIES_SHARE:
            given += REFUSED
        if command in ("critical", "futures") and "--paths" not in given:
            given += ["--paths", "100"]
        if command in ("critical", "futures") and "--study" not in given:
            given += ["--study", "study.toml"]
        if command.startswith(WRITERS) and "--workspace" not in given:
            given += ["--workspace", rng.choice(("w", "w", "old", "fresh"))]
        before = [rng.choice(("--quiet", "--csv-as-text"))] if rng.random() < 0.1 else []
        reads = not command.startswith((*WRITERS, "new", "study", "ledger export", "export"))
        reads = reads and not {"--out", "--chart", "--write", "--store"} & set(given)
        return Line((*before, *command.split(), *given), reads and rng.random() < 0.08)

    def check(self, case: Line, folder: Path) -> list[str]:
        """Return the promises broken; what is asked twice must be told alike."""
        shelf.take(folder)
        told = ask(case.words, folder)
        faults = faults_of(told)
        if case.twice and told.code == 0:
            again = ask(case.words, folder)
            if (again.code, again.out) != (told.code, told.out):
                faults.append("the same question has another answer the second time")
        return faults

    def describe(self, case: Line) -> str:
        """Return the line as a shell takes it, or as Python does where no shell can."""
        if any("\0" in word or not word.isprintable() for word in case.words):
            return repr(list(case.words))
        return shlex.join(["karwan", *case.words])


def _change(rng: random.Random, given: list[str], door: Door | None) -> None:
    """Change a command line in one way."""
    how = rng.randrange(12)
    if how == 0 and given:
        del given[rng.randrange(len(given))]
    elif how == 1 and given:
        given.insert(rng.randrange(len(given) + 1), rng.choice(given))
    elif how == 2:
        given.insert(rng.randrange(len(given) + 1), values.text(rng))
    elif how == 3:
        given.append(rng.choice(("--help", "--version", "--no-such", "-x", "--as-of", "--format=")))
    elif door is not None:
        _set(rng, given, door)


def _set(rng: random.Random, given: list[str], door: Door) -> None:
    """Give a parameter a value: in its place, behind its option, joined to it, or again."""
    if door.type is bool:
        given.append(door.option)
        return
    worth = values.value(rng, door, _members(door))
    if not door.option:
        at = POSITIONS.get((door.command, door.name), 0)
        given[at : at + 1] = [worth]
    elif door.option in given and rng.random() < 0.8:
        at = given.index(door.option) + 1
        given[at : at + 1] = [worth]
    elif rng.random() < 0.15:
        given.append(f"{door.option}={worth}")
    else:
        given += [door.option, worth]


def _members(door: Door) -> tuple[str, ...]:
    if isinstance(door.type, type) and issubclass(door.type, Enum):
        return tuple(str(member.value) for member in door.type)
    return ()
