"""Write whole files or nothing: what fails half way leaves no half-written result."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

LONG_LETTERS = 8_000
"""From here on JSON is laid out by NumPy, whose import pays only there."""


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of the bytes, as lower-case hex."""
    return hashlib.sha256(content).hexdigest()


def to_json(content: Any) -> str:
    """Return stable JSON: sorted keys, no NaN, a newline at the end.

    Raises
    ------
    ValueError
        If a number is NaN or infinite: a missing answer is `null` with its reason.
    """
    # The encoder in C knows no indent, and the one in Python takes ten times as long.
    compact = _dumps(content, separators=(",", ": "))
    told = _dumps(content, indent=1) if len(compact) < LONG_LETTERS else _indented(compact)
    return told + "\n"


_dumps = partial(json.dumps, ensure_ascii=False, sort_keys=True, allow_nan=False)


def _indented(compact: str) -> str:
    """Return compact JSON with each item on a line of its own, as `json.dumps(indent=1)` does."""
    import numpy as np

    raw = compact.encode("utf-8", "surrogatepass")
    letters = np.frombuffer(raw, np.uint8)
    kinds = np.zeros(256, np.int8)
    kinds[list(b'"{[}],')] = _QUOTE, 1, 1, -1, -1, _COMMA
    kind = kinds[letters]
    kind[[pair.end() - 1 for pair in re.finditer(rb"\\.", raw)]] = 0
    at = np.flatnonzero(kind)
    kind = kind[at]
    is_sign = ~np.logical_xor.accumulate(kind == _QUOTE) & (kind != _QUOTE)
    at, kind = at[is_sign], kind[is_sign]
    depth = np.cumsum(np.where(kind == _COMMA, 0, kind), dtype=np.int64)
    empty = np.flatnonzero((kind[:-1] == 1) & (kind[1:] == -1) & (np.diff(at) == 1))
    is_break = np.ones(at.size, bool)
    is_break[empty] = is_break[empty + 1] = False
    places, widths = (at + (kind != -1))[is_break], 1 + depth[is_break]
    added = np.zeros(letters.size, np.int32)
    added[places] = widths
    moved = np.cumsum(added, dtype=np.int64) + np.arange(letters.size)
    laid_out = np.full(letters.size + int(widths.sum()), ord(" "), np.uint8)
    laid_out[moved] = letters
    laid_out[moved[places] - widths] = ord("\n")
    return laid_out.tobytes().decode("utf-8", "surrogatepass")


_QUOTE, _COMMA = 2, 3


def write_whole(
    path: Path, content: bytes, *, make_folders: bool = False, durable: bool = True
) -> None:
    """Write a file so that it is there whole or not at all, and on the disk when this returns.

    Every writer of the product ends here. A link is written through to what it points at; a pipe
    or a device is written into, since it cannot be replaced.

    Parameters
    ----------
    make_folders
        Make the folders above it that are not there.
    durable
        False for what may be lost with the power: it is whole or absent, and not waited for.

    Raises
    ------
    OSError
        If it cannot be written; what stood there before stands still, and nothing is left beside.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as pipe:
            pipe.write(content)
        return
    target = Path(os.path.realpath(path)) if path.is_symlink() else path
    if make_folders and target == path:
        target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}-", dir=target.parent)
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        scratch.chmod(target.stat().st_mode if target.exists() else 0o666 & ~_mask())
        scratch.replace(target)
    finally:
        scratch.unlink(missing_ok=True)


def write_text(path: Path, text: str, *, make_folders: bool = False) -> None:
    """Write a text as UTF-8, whole or not at all; line ends stay as they are."""
    write_whole(path, text.encode("utf-8"), make_folders=make_folders)


def _mask() -> int:
    """Return the mask of file modes, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
