"""Run the commands that the pages show, in the order in which they stand (`make examples`).

That an example names commands and options that exist is held by `tools/docs.py`; that it answers is
held here. Each page has a folder of its own with the files that its examples name. A command that
ends otherwise than the table below says is named, and ends this with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from karwan.main import main as karwan

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"```(?:sh|bash|console)\n(.*?)```", re.DOTALL)
NOT_RUN = {
    "karwan serve": "goes on until it is stopped; tests/web starts it",
    "postgresql://": "needs the database of a team; tests/evidence has one",
    "hazard backtest": "takes a minute; tests/hazard runs it",
    "study run reference": "is what `make study` runs",
    "add-incidents": "needs a file of UCDP; tests/evidence makes one",
    "feed read": "needs a file of its publisher; tests/evidence makes one",
    "feed accept P": "needs a file of its publisher",
    "feed reject P": "needs a file of its publisher",
    "feed list P": "needs a file of its publisher",
    "import osm": "needs a map; tests/network makes one",
    "import gmns": "needs a folder of another program; tests/network makes one",
    "add-workbook": "needs a workbook that somebody filled in; tests/evidence fills one",
    "read-workbook": "needs a workbook that somebody filled in",
    "export run": "needs the folder of a run; tests/study exports one",
    "--expect HASH": "stands for a hash",
    "formats.md: karwan network check --tables land": "needs the map above it",
    "formats.md: karwan study run land": "needs the map above it",
}
"""Commands that are not run, by what stands in them or in `page: command`, and why."""
REFUSED = {
    "karwan compare almaty karachi --as-of 2025-09-01 --strict": 2,
    "karwan compare almaty karachi --as-of 2025-09-01 --as-recorded 2025-09-01": 2,
}
"""Commands that a page shows because they are refused, with how they end."""
SPEECH = (
    "TASHKENT, 3 June 2026. The minister of transport said that work on the railway will begin "
    "in September. The chamber of commerce called the tariff too high.\n"
)
"""A text for the pages that read one."""


@dataclass(frozen=True, slots=True)
class Example:
    """A command of a page, as a shell would see it."""

    page: Path
    line: str

    @property
    def words(self) -> list[str]:
        """The words of the command, without what the shell does with its output."""
        words = shlex.split(self.line, comments=True)
        return words[: words.index(">")] if ">" in words else words

    @property
    def target(self) -> str | None:
        """The file into which the shell writes what is printed."""
        words = shlex.split(self.line, comments=True)
        return words[words.index(">") + 1] if ">" in words else None

    @property
    def why_not(self) -> str:
        """Why it is not run; blank if it is."""
        told = f"{self.page.name}: {self.line}"
        return next((why for part, why in NOT_RUN.items() if part in told), "")

    @property
    def code_due(self) -> int:
        """How it is to end."""
        told = (code for line, code in REFUSED.items() if self.line.startswith(line))
        return next(told, 0)


def examples_of(page: Path) -> list[Example]:
    """Return the commands of a page, in order."""
    text = page.read_text(encoding="utf-8")
    lines = (
        line.strip().removeprefix(".venv/bin/")
        for block in FENCE.findall(text)
        for line in block.replace("\\\n", " ").splitlines()
    )
    return [Example(page, line) for line in lines if line.startswith("karwan ")]


def pages() -> list[Path]:
    """Return the pages whose examples are run."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@contextlib.contextmanager
def room() -> Iterator[Path]:
    """Yield a folder with what examples name; programs run there as long."""
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="karwan-") as name:
        folder = Path(name)
        (folder / "speech.txt").write_text(SPEECH, encoding="utf-8")
        os.chdir(folder)
        try:
            yield folder
        finally:
            os.chdir(before)


def run(example: Example) -> tuple[int, str]:
    """Return how a command ends, and the last that it says on standard error."""
    out, error = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(error):
        code = karwan(example.words[1:])
    if example.target is not None:
        Path(example.target).write_text(out.getvalue(), encoding="utf-8")
    return code, error.getvalue().strip()[-400:]


def faults_of(page: Path, *, tell: bool = False) -> list[str]:
    """Return the examples of a page that do not end as they should, with what they say."""
    told = []
    with room():
        for example in examples_of(page):
            if example.why_not:
                continue
            begin = time.process_time()
            code, error = run(example)
            if tell:
                seconds = time.process_time() - begin
                print(f"{seconds:6.1f} s  {page.name}: {example.line}", flush=True)
            if code != example.code_due:
                name = page.relative_to(ROOT) if page.is_relative_to(ROOT) else page.name
                told.append(f"{name}: `{example.line}` ends with {code}: {error}")
    return told


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the examples of all pages, or of those named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("pages", nargs="*", type=Path, help="pages; all if none is named")
    given = parser.parse_args(arguments)
    told = []
    for page in given.pages or pages():
        told += faults_of(page.resolve(), tell=True)
    for one in told:
        print(one, file=sys.stderr)
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
