"""Renew row counts, sizes and hashes of the packaged tables in their descriptor.

Run it after a table was edited on purpose: `python tools/seal_tables.py`. The tables are checked
against their schema first; nothing is written if one is at fault.
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from karwan.base.store import sha256_hex
from karwan.data.catalog import DESCRIPTOR, Catalog

TABLES = Path(__file__).resolve().parent.parent / "src" / "karwan" / "data" / "tables"


def main() -> None:
    """Check every table and write the descriptor anew."""
    path = TABLES / DESCRIPTOR
    descriptor = json.loads(path.read_text(encoding="utf-8"))
    schemas = Catalog().resources
    for entry in descriptor["resources"]:
        content = (TABLES / entry["path"]).read_bytes()
        frame = pl.read_csv(content, infer_schema=False, null_values=[""])
        schemas[entry["name"]].table.check(frame)
        entry["rows"], entry["bytes"] = frame.height, len(content)
        entry["hash"] = f"sha256:{sha256_hex(content)}"
    path.write_text(json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"sealed {len(descriptor['resources'])} tables")


if __name__ == "__main__":
    main()
