"""A folder that stands alone: a small made land to start a network of one's own from.

It holds no figure of the shipped region. What every network needs and no network differs in (units
of cargo, price index, parameters without a country) is copied with its sources; the rest is made
up, says so, and is there to be overwritten.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from karwan.base.errors import DataError, Fault
from karwan.data.catalog import Catalog

if TYPE_CHECKING:
    from karwan.data.own import Resource

GENERAL = ("cargo", "not_sent_shares", "price_index", "units", "value_of_time_classes")
"""Tables copied whole: what they say holds anywhere."""
EMPTY = (
    "closure_calendar", "delay_measures", "demand", "place_names", "projects", "rail_gauge_breaks",
    "rail_links", "rail_nodes", "restrictions", "terminals", "thing_names",
)  # fmt: skip
"""Tables written with their header only: what a land may have besides."""
OWN = (
    "border_crossings", "closure_elements", "closures", "corridors", "country_names", "elements",
    "entry_fees", "link_shapes", "road_links", "road_nodes",
)  # fmt: skip
"""Tables that a made land fills and another leaves to their header."""
COLUMNS = "COLUMNS.md"


def write_land(folder: Path) -> Path:
    """Write the made land into a new folder, whole or not at all.

    Raises
    ------
    DataError
        If something is there already.
    """
    return write_folder(folder, land_files())


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a new folder, whole or not at all.

    Raises
    ------
    DataError
        If something is there already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        text = "is there already; name a folder that is new or empty"
        raise DataError("the question", [Fault("", f"{folder} {text}")])
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}-", dir=folder.parent))
    try:
        for name, content in files.items():
            (scratch / name).write_bytes(content)
        scratch.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def land_files() -> dict[str, bytes]:
    """Return the files of the made land by name."""
    made = resources.files("karwan.data").joinpath("made_land")
    files = {entry.name: entry.read_bytes() for entry in made.iterdir() if entry.is_file()}
    own = files["parameters.csv"].split(b"\n", 1)[1]
    files = {**bare_files(), **files}
    files["parameters.csv"] = bare_files()["parameters.csv"] + own
    return _told_columns(files)


def bare_files() -> dict[str, bytes]:
    """Return the files of a land of which nothing is known: general tables, and headers only."""
    packaged = Catalog()
    files = {f"{name}.csv": packaged.content(name) for name in GENERAL}
    files |= {f"{name}.csv": _csv(packaged.resource(name), []) for name in (*EMPTY, *OWN)}
    rows = packaged.read("parameters").iter_rows(named=True)
    anywhere = [row for row in rows if row["country"] is None]
    files["parameters.csv"] = _csv(packaged.resource("parameters"), anywhere)
    made = resources.files("karwan.data").joinpath("made_land")
    files["karwan.toml"] = made.joinpath("karwan.toml").read_bytes()
    return _told_columns(files)


def _told_columns(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return files with one that says what the columns of their tables mean."""
    packaged = Catalog()
    tables = [name.removesuffix(".csv") for name in sorted(files) if name.endswith(".csv")]
    return {**files, COLUMNS: _columns([packaged.resource(name) for name in tables]).encode()}


def _csv(entry: Resource, rows: Iterable[Mapping[str, object]]) -> bytes:
    """Return rows of a table under its header."""
    buffer = io.StringIO()
    names = [item.name for item in entry.table.fields]
    writer = csv.DictWriter(buffer, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def _columns(entries: list[Resource]) -> str:
    """Return what every column of some tables means, and its unit."""
    lines = ["# Columns", "", "A blank means not known, never zero. `*`: may not be blank.", ""]
    for entry in entries:
        lines += [f"## {entry.name}.csv", "", entry.title, "", "| column | unit | meaning |"]
        lines.append("| --- | --- | --- |")
        for item in entry.table.fields:
            words = f"; one of {', '.join(item.enum)}" if item.enum else ""
            star = "*" if item.required else ""
            told = f"{item.description}{words}".replace("|", "/")
            lines.append(f"| {item.name}{star} | {item.unit} | {told} |")
        lines.append("")
    return "\n".join(lines)
