"""Open a file that may be packed without ever holding more than a stated size.

What an archive says of itself is not believed: it is unpacked piece by piece, and the first byte
beyond the bound ends it.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from karwan.base.errors import DataError
from karwan.base.limits import (
    MOST_COLUMNS,
    MOST_FILE_BYTES,
    MOST_LINES,
    MOST_RATIO,
    MOST_TABLE_BYTES,
)

CHUNK_BYTES = 1 << 20
SMALL_BYTES = 10_000_000
"""Below this the ratio says nothing: a short table of one value packs to almost nothing."""
GZIP, BZIP2, XZ, ZSTD = b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
ENCRYPTED = 0x1
MOST_ENTRIES = 100
"""Files in an archive: a table comes alone, or with its terms and a list of columns."""
ARCHIVES = (".zip", ".gz", ".bz2", ".xz", ".7z", ".rar", ".tar", ".tgz", ".zst")
"""Endings of what is packed again inside an archive."""


def read_table_bytes(path: Path, where: str) -> tuple[str, bytes, bytes]:
    """Return the name of the table in a file, its bytes unpacked, and the file's own.

    Raises
    ------
    DataError
        If the file or what it unpacks to is too large, it is damaged or encrypted, or an archive
        does not hold exactly one CSV file.
    """
    size = path.stat().st_size
    if size > MOST_FILE_BYTES:
        fault = f"it has {size:,} bytes, and at most {MOST_FILE_BYTES:,} are read"
        raise DataError(where, [fault])
    content = path.read_bytes()
    try:
        name, table = _unpacked(path.name, content, where)
    except (zipfile.BadZipFile, zlib.error, EOFError, lzma.LZMAError, OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        reason = str(error) or type(error).__name__
        raise DataError(where, [f"the archive is damaged or cut: {reason}"]) from error
    except NotImplementedError as error:  # a version of zip that is to come, or a damaged one
        fault = f"the zip cannot be read: {error}; unpack it first"
        raise DataError(where, [fault]) from error
    return name, table, content


def _unpacked(name: str, content: bytes, where: str) -> tuple[str, bytes]:
    if content.startswith(b"PK\x03\x04") or zipfile.is_zipfile(io.BytesIO(content)):
        return _from_zip(content, where)
    openers: tuple[tuple[bytes, Callable[[io.BytesIO], Any]], ...] = (
        (GZIP, lambda file: gzip.GzipFile(fileobj=file)),
        (BZIP2, bz2.BZ2File),
        (XZ, lzma.LZMAFile),
    )
    for mark, opener in openers:
        if content.startswith(mark):
            with opener(io.BytesIO(content)) as packed:
                return name, _bounded(packed, len(content), where)
    if content.startswith(ZSTD):
        raise DataError(where, ["it is packed with Zstandard, which is not read: unpack it first"])
    return name, content


def _from_zip(content: bytes, where: str) -> tuple[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        entries = packed.infolist()
        if len(entries) > MOST_ENTRIES:
            fault = (
                f"the zip holds {len(entries):,} files, and at most {MOST_ENTRIES} are looked at"
            )
            raise DataError(where, [fault])
        nested = [one.filename for one in entries if one.filename.lower().endswith(ARCHIVES)]
        if nested:
            fault = f"the zip holds an archive, {nested[0][:80]!r}: unpack it first"
            raise DataError(where, [fault])
        tables = [one for one in entries if one.filename.lower().endswith(".csv")]
        if len(tables) != 1:
            raise DataError(where, [f"the zip holds {len(tables)} CSV files, not one"])
        (table,) = tables
        if table.flag_bits & ENCRYPTED:
            raise DataError(where, ["the zip is encrypted: unpack it with its password first"])
        try:
            with packed.open(table) as file:
                return table.filename, _bounded(file, max(table.compress_size, 1), where)
        except NotImplementedError as error:
            fault = f"the zip is packed by method {table.compress_type}, which is not read"
            raise DataError(where, [fault]) from error


def _bounded(file: IO[bytes], packed_bytes: int, where: str) -> bytes:
    """Return what a packed file holds, ended at the first byte beyond the bounds."""
    most = min(MOST_TABLE_BYTES, max(packed_bytes * MOST_RATIO, SMALL_BYTES))
    pieces: list[bytes] = []
    size = 0
    while piece := file.read(CHUNK_BYTES):
        size += len(piece)
        if size > most:
            fault = (
                f"it unpacks to more than {most:,} bytes from {packed_bytes:,}: that is no table "
                "of incidents"
            )
            raise DataError(where, [fault])
        pieces.append(piece)
    return b"".join(pieces)


def shape_faults(content: bytes) -> list[str]:
    """Return why a table of text is too long or too wide to be read."""
    faults = []
    lines = content.count(b"\n")
    if lines > MOST_LINES:
        faults.append(f"it has {lines:,} lines, and at most {MOST_LINES:,} are read")
    head = content[:CHUNK_BYTES].split(b"\n", 1)[0]
    columns = head.count(b",") + 1
    if columns > MOST_COLUMNS:
        faults.append(f"it has {columns:,} columns, and at most {MOST_COLUMNS} are read")
    return faults
