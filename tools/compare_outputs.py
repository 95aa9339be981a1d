"""Run every command that answers in two checkouts and print where they differ.

    python tools/compare_outputs.py OTHER_CHECKOUT [--format json csv table]

Each checkout runs in its own environment (`.venv`). The commands are those of `docs/cli.md` that
read and print; what is meant to differ is for the reader to judge. Exit code 1 if anything differs.
"""

from __future__ import annotations

import argparse
import difflib
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ANSWERS: dict[str, tuple[str, ...]] = {
    "compare": ("almaty", "karachi"),
    "route": ("almaty", "karachi"),
    "critical": ("--paths", "200"),
    "futures": ("--paths", "200"),
    "calibrate": (),
    "hazard": ("torkham",),
    "reliability": ("almaty", "karachi", "--on", "2027-02-25", "--tolerance", "0.01"),
    "impact": ("--close", "torkham"),
    "capacity": ("torkham",),
    "appraise": ("torghundi-herat", "--draws", "200"),
    "project list": (),
    "benefits": (),
    "energy list": (),
    "energy show": ("casa-1000",),
    "energy check": (),
    "energy delays": (),
    "energy sabotage": (),
    "project backcast": (),
    "project show": ("ktap-rail",),
    "queue": ("torkham",),
    "trips": ("peshawar", "kabul", "--paths", "100"),
    "decide": ("torkham", "--at", "peshawar", "--to", "kabul"),
    "article": (),
    "target": ("KAZ-PAK",),
    "brief": ("--to", "md"),
    "evidence list": (),
    "feed kinds": (),
    "feed list": (),
    "feed rows": (),
    "evidence due": (),
    "evidence check": (),
    "evidence coding": (),
    "evidence incidents": ("torkham-road",),
    "ledger list": (),
    "ledger show": ("S01",),
    "ledger assess": ("S01",),
    "ledger history": ("S01",),
    "ledger corrections": (),
    "ledger diff": ("--since", "2026-01-01"),
    "ledger brief": ("--corridor", "KTAP"),
    "network check": (),
    "network show": ("torkham-road",),
    "data list": (),
    "data show": ("units",),
    "data sources": (),
}
"""What each command must be given."""

NOT_ASKED = {
    *("export", "new", "study run", "ledger read", "ledger add", "ledger export"),
    *("evidence add-closure", "evidence end-closure", "evidence add-incident", "evidence withdraw"),
    *("evidence add-incidents", "evidence export-incidents", "evidence seen"),
    *("serve", "exposure", "network import", "evidence template", "evidence add-workbook"),
    *("data template", "data read-workbook"),
    *("watch add", "watch list", "watch run", "watch stop", "evidence get-incidents"),
    *("feed read", "feed accept", "feed reject"),
    *("workspace copy", "workspace migrate", "token add", "token list", "token revoke"),
    *("audit list", "audit verify"),
}
"""Commands that write, or need a file of the user's; their own tests hold them."""

RUN = """
import contextlib, io, json, sys
try:
    from karwan.main import main
except ImportError:
    from karwan.cli import main
outputs = {}
for name, words in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(words)
    outputs[name] = f"code {code}\\n{out.getvalue()}{err.getvalue()}"
print(json.dumps(outputs))
"""
FORMATS = ("table", "json", "csv")
MOST_LINES = 12


def documented(page: str) -> set[str]:
    """Return the commands of the page, groups left out."""
    named = re.findall(r"^## karwan (.+)$", page, flags=re.MULTILINE)
    return {name for name in named if not any(other.startswith(f"{name} ") for other in named)}


def command_lines(page: str, formats: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Return every call with its name; a command without `--format` is asked once.

    Raises
    ------
    SystemExit
        If the page has a command that is neither asked nor left out on purpose.
    """
    strange = documented(page) - set(ANSWERS) - NOT_ASKED
    if strange:
        msg = f"docs/cli.md has commands that are not compared: {', '.join(sorted(strange))}"
        raise SystemExit(msg)
    sections = dict(re.findall(r"^## karwan (.+?)$(.*?)(?=^## |\Z)", page, flags=re.M | re.S))
    calls = []
    for name, words in ANSWERS.items():
        asked = [*name.split(), *words]
        choices = re.search(r"`--format` \|([^|]*)\|", sections[name])
        if "`--as-of`" in sections[name]:
            asked += ["--as-of", "2026-11-22"]
        told = [one for one in formats if choices and one in choices[1]]
        calls += [(f"{name} ({one})", [*asked, "--format", one]) for one in told]
        if not told:
            calls.append((name, asked))
    return calls


def outputs_of(checkout: Path, calls: Sequence[tuple[str, list[str]]]) -> dict[str, str]:
    """Return what a checkout prints for each call."""
    done = subprocess.run(
        [checkout / ".venv" / "bin" / "python", "-c", RUN, json.dumps(calls)],
        capture_output=True, text=True, check=True, cwd=checkout,
    )  # fmt: skip
    read: dict[str, str] = json.loads(done.stdout)
    return read


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return, for each call that differs, its first lines that do."""
    told = []
    for name, old in before.items():
        lines = [
            line
            for line in difflib.unified_diff(
                old.splitlines(), after[name].splitlines(), lineterm="", n=0
            )
            if not line.startswith(("---", "+++", "@@"))
        ]
        if lines:
            more = f"\n  and {len(lines) - MOST_LINES} more" if len(lines) > MOST_LINES else ""
            shown = "\n  ".join(line[:160] for line in lines[:MOST_LINES])
            told.append(f"{name}:\n  {shown}{more}")
    return told


def main(words: Sequence[str] | None = None) -> int:
    """Compare two checkouts; return 1 if they differ."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("other", type=Path, help="the earlier checkout, with its own .venv")
    parser.add_argument("--format", nargs="+", choices=FORMATS, default=FORMATS)
    given = parser.parse_args(words)
    page = (HERE / "docs" / "cli.md").read_text(encoding="utf-8")
    calls = command_lines(page, given.format)
    told = differences(outputs_of(given.other, calls), outputs_of(HERE, calls))
    print("\n".join(told))
    print(f"{len(calls)} calls, {len(told)} differ")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
