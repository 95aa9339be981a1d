"""The contract on rooms sees an import that runs up, one between strangers, and a circle."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHECK = "from importlinter.cli import lint_imports_command; lint_imports_command()"
UPWARDS = "A room imports only from rooms below it"
IN_ANALYSIS = "A room of analysis imports only from rooms below it"
CIRCLES = "No circle stands among siblings"
CONTRACTS = {UPWARDS, IN_ANALYSIS, CIRCLES}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with the package's modules and the contract."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for module in (ROOT / "src").rglob("*.py"):
        place = tmp_path / module.relative_to(ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(module, place)
    return tmp_path


def plant(folder: Path, module: str, line: str) -> None:
    """Add a line to a module of the copy."""
    path = folder / "src" / f"{module.replace('.', '/')}.py"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n\n{line}\n", encoding="utf-8")


def broken(folder: Path) -> set[str]:
    """Return the contracts that the copy breaks; every contract must have been looked at."""
    done = subprocess.run(
        [sys.executable, "-c", CHECK, "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    kept = {name for name in CONTRACTS if f"{name} KEPT" in done.stdout}
    failed = {name for name in CONTRACTS if f"{name} BROKEN" in done.stdout}
    assert kept | failed == CONTRACTS, done.stdout + done.stderr
    assert done.returncode == bool(failed)
    return failed


def test_the_house_as_it_stands_keeps_every_contract(copy: Path) -> None:
    assert broken(copy) == set()


@pytest.mark.parametrize(
    ("module", "line", "contracts"),
    [
        ("karwan.route.spreads", "from karwan.route import cost", {CIRCLES}),
        (
            "karwan.analysis.world.world",
            "def late():\n    from karwan.analysis.corridors import planner",
            {IN_ANALYSIS, CIRCLES},
        ),
        ("karwan.analysis.trade.series", "import karwan.analysis.futures.exact", {IN_ANALYSIS}),
        ("karwan.network.ways", "import karwan.evidence.spells", {UPWARDS}),
        ("karwan.cli.show", "import karwan.main", {UPWARDS, CIRCLES}),
        ("karwan.ledger.words", "from karwan.ledger.text import cues", {CIRCLES}),
    ],
    ids=["circle", "upwards", "stranger", "stranger-below", "door", "circle-of-rooms"],
)
def test_a_planted_import_breaks_what_it_should(
    copy: Path, module: str, line: str, contracts: set[str]
) -> None:
    plant(copy, module, line)
    assert broken(copy) == contracts


def test_a_module_that_no_row_names_is_found(copy: Path) -> None:
    stranger = copy / "src/karwan/analysis/attic.py"
    stranger.write_text('"""Things."""\n', encoding="utf-8")
    assert broken(copy) == {IN_ANALYSIS}
