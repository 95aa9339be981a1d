"""Change the source a little, many times, and see that a test fails each time.

`python tools/mutants.py [MODULE ...]` runs mutmut over the modules of `tests/mutants.toml`, each
with the tests that are to hold it, in `build/mutants`. A change that no test notices must stand in
that file with the reason why none can; one that stands there and is noticed is told too.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLAN = ROOT / "tests" / "mutants.toml"
WORK = ROOT / "build" / "mutants"
NOTICED = "killed"
"""A test failed. One that ran out of time did not, and has to be explained."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one function: lines before and after, without their indent."""

    module: str
    function: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.module} {self.function}\n    - {self.before}\n    + {self.after}"


@dataclass(frozen=True, slots=True)
class Target:
    """A module, and the tests that are to hold it."""

    module: str
    tests: tuple[str, ...]


def read_plan(path: Path = PLAN) -> tuple[list[Target], dict[Mutant, str]]:
    """Return the modules with their tests, and why some changes cannot be noticed."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    targets = [Target(row["name"], tuple(row["tests"])) for row in content["module"]]
    explained = {
        Mutant(row["module"], row["function"], row["before"], row["after"]): row["why"]
        for row in content.get("explained", [])
    }
    return targets, explained


def read_diff(module: str, name: str, text: str) -> Mutant:
    r"""Return the change that mutmut shows as a diff.

    Examples
    --------
    >>> text = "--- a.py\n+++ a.py\n@@ -1 +1 @@\n-    return 1\n+    return 2\n"
    >>> print(read_diff("a", "a.x_one__mutmut_1", text))
    a one
        - return 1
        + return 2
    """
    lines = [line for line in text.splitlines() if not line.startswith(("---", "+++"))]
    before, after = (
        " ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+"
    )
    function = name.rpartition("__mutmut_")[0].removeprefix(f"{module}.")
    return Mutant(module, re.sub("^x_?|ǁ", _separator, function), before, after)


def _separator(match: re.Match[str]) -> str:
    return "." if match.group() == "ǁ" and match.start() > 1 else ""


def prepare(target: Target) -> Path:
    """Lay out a folder in which mutmut finds source, tests and its own settings."""
    folder = WORK / target.module
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    skip = shutil.ignore_patterns("__pycache__", "*.nbi", "*.nbc")
    for name in ("src", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=skip)
    path = "src/" + target.module.replace(".", "/") + ".py"
    settings = f"""
[tool.mutmut]
source_paths = ["src"]
only_mutate = ["{path}"]
pytest_add_cli_args = ["-p", "no:randomly", "-p", "no:xdist", "-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = {list(target.tests)}
# Frames start threads, and what is forked from a process with threads may hang: so a server that
# imports the tests forks, and tests named here read no table when they are imported.
process_isolation = "forkserver"
timeout_constant = 60.0  # seconds: imports count too
use_git_change_detection = false
"""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(project + settings, encoding="utf-8")
    return folder


def mutmut(folder: Path, *words: str) -> str:
    """Run mutmut in a folder and return what it says."""
    command = [sys.executable, "-m", "mutmut", *words]
    # Hypothesis draws the same examples each time, so that a change is noticed or not for good.
    surroundings = os.environ | {"CI": "true", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).splitlines()[-40:])
        msg = f"mutmut {' '.join(words)} failed in {folder}:\n{last}"
        raise SystemExit(msg)
    return done.stdout


def run(target: Target, jobs: int) -> tuple[int, list[Mutant]]:
    """Return how many changes were tried in a module, and those that no test noticed."""
    folder = prepare(target)
    mutmut(folder, "run", "--max-children", str(jobs))
    told = mutmut(folder, "results", "--all", "true")
    rows = [line.strip().rsplit(": ", 1) for line in told.splitlines() if "__mutmut_" in line]
    alive = [name for name, status in rows if status != NOTICED]
    return len(rows), [
        read_diff(target.module, name, mutmut(folder, "show", name)) for name in alive
    ]


def report(
    target: Target, count: int, alive: Sequence[Mutant], explained: Iterable[Mutant]
) -> list[str]:
    """Return what is wrong: changes unnoticed and unexplained, and reasons no longer needed."""
    known = {mutant for mutant in explained if mutant.module == target.module}
    unknown = [mutant for mutant in alive if mutant not in known]
    print(
        f"{target.module}: {count} changes, {count - len(alive)} noticed, "
        f"{len(alive) - len(unknown)} explained, {len(unknown)} not",
        flush=True,
    )
    return [f"no test notices: {mutant}" for mutant in unknown] + [
        f"explained, and noticed or gone: {mutant}"
        for mutant in sorted(known - set(alive), key=str)
    ]


def main() -> int:
    """Try the changes of all modules, or of those named; return 1 if one is unexplained."""
    targets, explained = read_plan()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", choices=[[], *(one.module for one in targets)])
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    wrong: list[str] = []
    for target in targets:
        if not asked.modules or target.module in asked.modules:
            count, alive = run(target, asked.jobs)
            wrong += report(target, count, alive, explained)
    print("\n".join(wrong))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
