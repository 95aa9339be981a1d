"""Renew row counts, sizes and hashes of the packaged tables in their descriptor.

Run `make seal` after a table was edited on purpose. Then all tables are checked as
`karwan network check` does it; if there is a fault, every one is named and the descriptor stays
as it was.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import polars as pl

from karwan.analysis.table_check import check_tables
from karwan.base.errors import DataError
from karwan.base.store import sha256_hex, write_text
from karwan.data.catalog import Catalog
from karwan.data.own import DESCRIPTOR

TABLES = Path(__file__).resolve().parent.parent / "src" / "karwan" / "data" / "tables"


def seal() -> list[str]:
    """Write the descriptor anew and return the tables that had changed.

    Raises
    ------
    DataError
        Names every fault of every table; the descriptor is as it was before.
    """
    path = TABLES / DESCRIPTOR
    before = path.read_text(encoding="utf-8")
    descriptor = json.loads(before)
    faults = file_faults({entry["path"] for entry in descriptor["resources"]})
    if faults:
        raise DataError("the tables", faults)
    changed = [entry["name"] for entry in descriptor["resources"] if renew(entry)]
    sound = False
    try:
        write_text(path, json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n")
        faults = check_tables(Catalog()).all_faults
        sound = not faults
    finally:
        if not sound:
            write_text(path, before)
    if faults:
        raise DataError("the tables", faults)
    return changed


def file_faults(described: set[str]) -> list[str]:
    """Return which tables have no file, and which files no place in the descriptor."""
    there = {path.name for path in TABLES.glob("*.csv")}
    faults = [f"{name} stands in {DESCRIPTOR} and is not there" for name in described - there]
    faults += [f"{name} has no entry in {DESCRIPTOR}" for name in there - described]
    return sorted(faults)


def renew(entry: dict[str, Any]) -> bool:
    """Write a table's row count, size and hash into its entry; return whether they were others."""
    content = (TABLES / entry["path"]).read_bytes()
    seen = {"bytes": len(content), "hash": f"sha256:{sha256_hex(content)}"}
    try:
        seen["rows"] = pl.read_csv(content, infer_schema=False).height
    except pl.exceptions.PolarsError:
        seen["rows"] = 0  # the check says what is wrong with it
    is_new = bool(entry | seen != entry)
    entry |= seen
    return is_new


def main() -> int:
    """Seal the packaged tables; the exit code is 2 if a table is at fault."""
    try:
        changed = seal()
    except DataError as error:
        print(f"not sealed: {error}", file=sys.stderr)
        return 2
    print(f"sealed anew: {', '.join(changed) or 'nothing, no table had changed'}")
    if changed:
        print("`make docs` brings docs/tables.md up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
