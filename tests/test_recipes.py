"""Recipes of CONTRIBUTING.md followed step by step in a copy of the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KARWAN = ("-c", "from karwan.main import main; main()")
SEAL = ("tools/seal_tables.py",)
SOURCE = "https://example.org/gate,2026-01-01,C"
TOLD = "https://example.org/gate,2010-01-11,C"

PLACES = (
    f"newgate-pk,Newgate,PK,34.5,71.2,border,,,{SOURCE}",
    f"newgate-af,Newgate,AF,34.5,71.19,border,,,{SOURCE}",
)
LINKS = (
    f"x-newgate,newgate-pk,newgate-af,road,3,2,paved,fair,,,,,operating,built,30,PK;AF,newgate-road,,{SOURCE}",
    f"jalalabad--newgate,jalalabad-af,newgate-af,road,70,2,paved,fair,,,,,operating,built,30,AF,,,{SOURCE}",
    f"newgate--peshawar,newgate-pk,peshawar,road,66,2,paved,fair,,,,,operating,built,30,PK,,,{SOURCE}",
)
CROSSING = (
    "newgate-road,Newgate,newgate-pk,PK,newgate-af,AF,road,AF-PK,af-pk,open,2026-01-01,"
    f"https://example.org/gate,yes,x-newgate{',' * 27}{SOURCE}"
)
ELEMENT = f"newgate-road,crossing,road,AF-PK,AF-PK,Newgate,,x-newgate,yes,,,,{SOURCE}"
CLOSURE = f"CL999,Torkham,2010-01-01,2010-01-10,full,political,Shut,day,observed,,EP2010,,{TOLD}"
JOIN = f"CL999,closures,torkham-road,{{}},all,shut,both,EP2010,,no,yes,,{TOLD}"

COMMAND = '''"""`karwan gauges`: where the gauge changes."""

from __future__ import annotations

from karwan.cli.options import Format, FormatOption, Tables


def gauges(output: FormatOption = Format.table, tables: Tables = None) -> None:
    """List the places where the gauge changes."""
    from karwan.cli.show import print_json, print_text
    from karwan.data.catalog import Catalog
    from karwan.network.build import build_network

    terminals = build_network(Catalog(tables)).terminals
    places = sorted({terminal.place_id for terminal in terminals if terminal.kind == "gauge"})
    if output is Format.json:
        print_json({"places": places})
    else:
        print_text("\\n".join(places))
'''


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a folder with the package and the tool that seals its tables."""
    shutil.copytree(
        ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
    )
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools" / "seal_tables.py", tmp_path / "tools")
    return tmp_path


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python on the copy."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def add(copy: Path, table: str, lines: Sequence[str]) -> None:
    """Add lines to a packaged table."""
    path = copy / "src" / "karwan" / "data" / "tables" / f"{table}.csv"
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


def descriptor(copy: Path) -> bytes:
    """Return the descriptor as it stands."""
    return (copy / "src" / "karwan" / "data" / "tables" / "datapackage.json").read_bytes()


def test_a_crossing(copy: Path) -> None:
    """Half made it is refused with all that lacks; made, an answer leads over it."""
    before = descriptor(copy)
    add(copy, "border_crossings", [CROSSING])
    unsealed = run(copy, *KARWAN, "network", "show", "torkham-road")
    assert unsealed.returncode == 1
    assert "border_crossings differs" in unsealed.stderr
    assert "make seal" in unsealed.stderr
    refused = run(copy, *SEAL)
    assert refused.returncode == 2
    assert [line.strip() for line in refused.stderr.splitlines()[1:]] == [
        "crossing newgate-road: side a is no place: 'newgate-pk': add it to road_nodes",
        "crossing newgate-road: side b is no place: 'newgate-af': add it to road_nodes",
        "crossing newgate-road: no link 'x-newgate': add it to road_links",
        "crossing newgate-road is no element: add it to elements",
    ]
    assert descriptor(copy) == before
    add(copy, "road_nodes", PLACES)
    add(copy, "road_links", LINKS)
    add(copy, "elements", [ELEMENT])
    sealed = run(copy, *SEAL)
    assert (sealed.returncode, sealed.stderr) == (0, "")
    assert "sealed anew: road_nodes, road_links, border_crossings, elements" in sealed.stdout
    route = run(copy, *KARWAN, "route", "kabul", "peshawar", "--via", "newgate-road")
    assert (route.returncode, route.stderr) == (0, "")
    assert "crossings: Newgate (open, last known 2026-01-01)" in route.stdout


def test_a_closure(copy: Path) -> None:
    """Joined to nothing, or under another mode, it is refused; joined, the world knows it."""
    add(copy, "closures", [CLOSURE])
    refused = run(copy, *SEAL)
    assert "closures CL999 is joined to no element: add a row to closure_elements" in refused.stderr
    add(copy, "closure_elements", [JOIN.format("rail")])
    refused = run(copy, *SEAL)
    assert "closure_elements CL999: mode is rail, but element torkham-road is road" in (
        refused.stderr
    )
    path = copy / "src" / "karwan" / "data" / "tables" / "closure_elements.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(JOIN.format("rail"), JOIN.format("road")), encoding="utf-8")
    sealed = run(copy, *SEAL)
    assert (sealed.returncode, sealed.stderr) == (0, "")
    shown = run(copy, *KARWAN, "network", "show", "torkham-road", "--as-of", "2010-01-12")
    assert "CL999: 2010-01-01 to 2010-01-10, all, political" in shown.stdout


def test_sealing_names_files_that_the_descriptor_does_not_know(copy: Path) -> None:
    tables = copy / "src" / "karwan" / "data" / "tables"
    (tables / "units.csv").rename(tables / "unit.csv")
    refused = run(copy, *SEAL)
    assert refused.returncode == 2
    assert "unit.csv has no entry in datapackage.json" in refused.stderr
    assert "units.csv stands in datapackage.json and is not there" in refused.stderr


def test_sealing_what_did_not_change_writes_the_same_bytes(copy: Path) -> None:
    before = descriptor(copy)
    sealed = run(copy, *SEAL)
    assert "no table had changed" in sealed.stdout
    assert descriptor(copy) == before


def test_a_command(copy: Path) -> None:
    """A module for the noun, and a line in `karwan.main`."""
    package = copy / "src" / "karwan"
    (package / "cli" / "gauges.py").write_text(COMMAND, encoding="utf-8")
    main = package / "main.py"
    text = main.read_text(encoding="utf-8")
    line = '    "compare": "karwan.cli.compare",'
    assert line in text
    text = text.replace(line, f'{line}\n    "gauges": "karwan.cli.gauges",', 1)
    main.write_text(text, encoding="utf-8")
    asked = run(copy, *KARWAN, "gauges", "--format", "json")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "khorgos" in asked.stdout or "altynkol" in asked.stdout
    wrong = run(copy, *KARWAN, "gauges", "--tables", "nowhere")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "nowhere" in wrong.stderr
