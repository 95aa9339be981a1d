"""List the functions, classes and properties of the package that nothing in it reaches.

`vulture` reads the sources without running them. Fields and variables are left out: a column that
is read and shown by its name is used in no way that a reader of sources can see. What only tests
reach counts as unreached: no user can get at it. Templates call functions by name, and the program
its commands; the names that `WORDS` of `karwan.report.page` and of `karwan.web.pages` and
`karwan.main.HOMES` list are taken as used, and so is what a template of the page reads of an
object.

Examples
--------
python tools/dead_code.py
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from vulture import Vulture  # type: ignore[import-untyped]

ROOT = Path(__file__).parents[1]
READ = ("src/karwan", "tools", "benchmarks")
KINDS = frozenset({"class", "function", "method", "property", "import", "unreachable_code"})
MEMBER = re.compile(r"\.([a-z_]+)")
"""What a template reads of an object."""
LEAST_CONFIDENCE = 60
"""Per cent; vulture's own figure for what has no use of the same name anywhere."""
DOORS = (
    "@*.command",
    "@*.command()",
    "@*.callback",
    "@*.get",
    "@*.post",
    "@event.*",
    "@*validator",
)
KEPT: Mapping[str, str] = {
    "__getattr__": "Python calls it",
    "TermRow": "every table has a class; it is shown, and tests hold the catalogues to it",
    "RecordSearchRow": "every table has a class; this one is shown, nothing is computed with it",
    "__dir__": "Python calls it",
    "_VectorModel": "numba takes it by its decorator",
    "_FlagsModel": "numba takes it by its decorator",
    "save_condensed": "for Python, as docs/engine.md says",
    "load_condensed": "for Python, as docs/engine.md says",
    "redirect_request": "urllib calls it",
    "handle_exit": "uvicorn calls it",
    "on_files": "MkDocs calls it",
    "on_page_markdown": "MkDocs calls it",
    "on_page_content": "MkDocs calls it",
    "on_post_page": "MkDocs calls it",
    "on_post_build": "MkDocs calls it",
    "propose": "the proposals alone, for Python and tests: `ledger read` of the command line",
    "_repr_svg_": "a notebook calls it",
    "backtest": "for Python: `hazard backtest` of the command line",
    "trail": "for Python: `audit list` of the command line",
    "verified": "for Python: `audit verify` of the command line",
    "backcast": "for Python: `project backcast` of the command line",
    "delays_on": "tests hold spans of days to the states of each day by it",
    "unit_faults": "tests hold every table's units by it",
    "map_word": "tests hold older lists of words to the ledger's by it",
    "Corroboration": "the closed list that tests hold the table to",
    "read_constraints": "tests read the pinned versions by it",
    "read_spells": "tests read a workspace by it",
    "stopped_traffic": "tests state the rule of overlaps by it",
    "freight_stretches": "tests state the rule of overlaps by it",
    "per_100km_year": "a declared column reads it by its name",
    "sabotage": "for Python: `energy sabotage` of the command line",
    "CommitmentRow": "every table has a class; this one is shown, nothing is computed with it",
    "RailBenchmarkRow": "every table has a class; this one is shown, nothing is computed with it",
    "RailSpeedClassRow": "every table has a class; this one is shown, nothing is computed with it",
    "ValueOfTimeClassRow": "every table has a class; it is shown, nothing is computed with it",
}
"""What no command reaches and still stands, with the reason."""


def unreached(root: Path = ROOT, kept: Iterable[str] = KEPT) -> list[str]:
    """Return a line for each thing that nothing reaches, as path:line: kind name."""
    reader = Vulture(ignore_names=list(kept), ignore_decorators=list(DOORS))
    package = root / "src" / "karwan"
    reader.scavenge([root / folder for folder in READ if (root / folder).exists()])
    lists = [package / "report" / "page.py", package / "web" / "pages.py", package / "main.py"]
    listed = "".join(path.read_text(encoding="utf-8") for path in lists if path.exists())
    pages = (package / "web" / "templates").glob("*.j2")
    read = {name for page in pages for name in MEMBER.findall(page.read_text(encoding="utf-8"))}
    return [
        f"{item.filename.relative_to(root)}:{item.first_lineno}: {item.typ} {item.name}"
        for item in reader.get_unused_code(min_confidence=LEAST_CONFIDENCE)
        if item.typ in KINDS and f'"{item.name}"' not in listed and item.name not in read
    ]


def stale(root: Path = ROOT) -> list[str]:
    """Return the kept names that something reaches, or that are gone: they need no entry."""
    named = {line.rpartition(" ")[2] for line in unreached(root, kept=())}
    return sorted(set(KEPT) - named)


def main(words: Sequence[str] = ()) -> int:
    """Print what is unreached and what needs no entry; return 1 if there is any."""
    faults = [*unreached(), *(f"KEPT: {name} needs no entry" for name in stale())]
    for line in faults:
        sys.stdout.write(line + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
