"""Sound files of every kind that a command reads, made once and copied into each case's folder."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import zipfile
from functools import cache
from importlib import resources
from pathlib import Path

import polars as pl

from karwan.analysis.forecasts.kept import FORECAST_FILE, store_forecasts
from tests import events, reference
from tests.analysis.forecasts.test_kept import record
from tests.evidence.test_workspace import add, end, make_old, take_out

EXAMPLE = resources.files("karwan.data").joinpath("examples", "consignments.csv")
STUDY = """\
name = "s"
title = "s"
as_of = 2026-11-22
seed = 1
price_year = 2023
states = ["last-known", "all-open"]
both_directions = false
origins = ["almaty"]
destinations = ["karachi"]
focus = ["almaty", "karachi"]

[consignment]
cargo = "general"
unit = "truck"
tonnes = 20

[world]
close = ["torkham-road"]
open = []
projects = []
"""
TEXT = """Ministers agree on a railway

Pakistan and Uzbekistan signed an agreement in Kabul on Monday. “Trains will run to Peshawar by
2027,” said Shehbaz Sharif, the prime minister of Pakistan. The crossing at Torkham is open,
officials said, and trade with Kazakhstan would reach $1bn.

According to the ministry, trucks wait two days at Chaman. It denied that the road was shut.
"""
SMALL_TABLES = ("units", "cargo", "countries", "trade_targets")
"""What stands in a user's own folder of tables."""


@cache
def shelf() -> Path:
    """Return the folder of sound files; nothing is written into it after it was made."""
    root = Path(tempfile.mkdtemp(prefix="karwan-fuzz-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    folder = root / "shelf"
    folder.mkdir()
    (folder / "text.txt").write_text(TEXT, encoding="utf-8")
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (folder / "consignments.csv").write_bytes(EXAMPLE.read_bytes())
    (folder / "plain").write_text("plain\n", encoding="utf-8")
    (folder / "empty").write_bytes(b"")
    (folder / "binary").write_bytes(bytes(range(256)))
    (folder / "utf16").write_bytes("id\n1\n".encode("utf-16"))
    (folder / "room").mkdir()
    (folder / "nothing").symlink_to("gone")
    (folder / "circle").symlink_to("circle")
    rows = [events.event(str(n), f"2021-03-{n + 1:02d}") for n in range(12)]
    events.write_csv(folder, "events.csv", rows)
    with zipfile.ZipFile(folder / "events.zip", "w") as packed:  # of no day: the same bytes always
        inside = zipfile.ZipInfo("GEDEvent_v22_1.csv")
        packed.writestr(inside, events.official(rows), zipfile.ZIP_DEFLATED)
    events.write_parquet(folder, "events.parquet", rows)
    _add_own_tables(folder / "tables")
    _fill_workspace(folder / "w")
    make_old(folder / "old")
    return folder


def take(folder: Path, *names: str) -> None:
    """Copy things of the shelf into a folder; all of them where none is named."""
    for path in [shelf() / name for name in names] or sorted(shelf().iterdir()):
        if path.is_dir() and not path.is_symlink():
            shutil.copytree(path, folder / path.name)
        else:
            shutil.copy2(path, folder / path.name, follow_symlinks=False)


def _add_own_tables(folder: Path) -> None:
    folder.mkdir()
    for name in SMALL_TABLES:
        shutil.copyfile(reference.packaged(name), folder / f"{name}.csv")


def _fill_workspace(folder: Path) -> None:
    folder.mkdir()
    for _ in range(4):
        add(folder)
    end(folder, "W0001", "2026-11-22")
    end(folder, "CL130", "2026-11-15")
    take_out(folder, "W0002")
    store_forecasts(folder / FORECAST_FILE, [record(name) for name in "abc"])


@cache
def packaged_rows(name: str) -> pl.DataFrame:
    """Return a packaged table, all cells as text."""
    return pl.read_csv(reference.packaged(name), infer_schema=False, null_values=[""])
