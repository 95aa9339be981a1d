"""Run the tests of `tests/quick.toml`: every room, no marker, within a minute.

`make quick` runs it after a change; `tools/environments.py` runs it in fresh environments. What
follows on the command line goes to pytest.

Examples
--------
python tools/quick.py
python tools/quick.py -x -n 2
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLAN = ROOT / "tests" / "quick.toml"


@dataclass(frozen=True, slots=True)
class Room:
    """A room of the package, and the tests that stand for it."""

    name: str
    tests: tuple[str, ...]
    why: str


def read_quick(path: Path = PLAN) -> list[Room]:
    """Return the rooms with their quick tests, as declared."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    return [Room(row["name"], tuple(row["tests"]), row["why"]) for row in content["room"]]


def quick_tests(rooms: Sequence[Room]) -> list[str]:
    """Return what pytest is to run, in the order of the rooms.

    Examples
    --------
    >>> quick_tests([Room("base", ("tests/base",), ""), Room("cli", ("tests/cli",), "")])
    ['tests/base', 'tests/cli']
    """
    return [test for room in rooms for test in room.tests]


def main(words: Sequence[str]) -> int:
    """Run the quick tests with this Python and return pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-q", *words, *quick_tests(read_quick())]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
