"""What was computed before, kept between runs in a folder that may be deleted at any time.

An entry is named by the hash of all that it rests on: the inputs that the caller names, the version
and the source of the rooms that compute it, and the versions of the libraries underneath. So a
change makes another entry, and none is ever brought up to date. Entries are JSON or NumPy arrays
behind a hash of their own; one that cannot be read, or does not hold what was written, is as good
as absent, and so is a folder that cannot be written. Nothing that is told depends on whether an
entry was there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karwan import __version__
from karwan.base.store import sha256_hex, write_whole

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

VARIABLE = "KARWAN_CACHE"
"""Environment variable: a folder in place of the usual one, or `off`."""
OFF_WORD = "off"
OFF: ContextVar[bool] = ContextVar("karwan_cache_off", default=False)
"""Whether this run neither reads nor writes what is kept."""
MOST_ENTRIES = 400
"""Entries kept of one kind; beyond it those written longest ago go."""
PACKAGE = Path(__file__).parents[1]
BEGUN = time.time()
"""When this process began, in seconds, as files tell when they were changed."""


def cache_folder() -> Path | None:
    """Return where entries are kept, whether it is there or not; None if nothing is to be kept.

    It is `KARWAN_CACHE` where that is set; else `karwan` in `XDG_CACHE_HOME` or in the system's
    folder for caches.
    """
    told = os.environ.get(VARIABLE, "").strip()
    if OFF.get() or told.lower() == OFF_WORD:
        return None
    if told:
        return Path(told).absolute()
    given = os.environ.get("XDG_CACHE_HOME", "")
    if given and Path(given).is_absolute():  # the standard has a relative one passed over
        return Path(given) / "karwan"
    try:
        home = Path.home()
    except RuntimeError:  # nobody's home
        return None
    usual = home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"
    return usual / "karwan"


def key_of(*parts: str, rooms: Sequence[str] = (), libraries: Sequence[str] = ()) -> str:
    """Return the name of an entry: a hash of all that it rests on.

    Parameters
    ----------
    parts
        What it was computed from, hashes of tables among them.
    rooms
        Rooms or modules of the package that compute it, as paths: `route`, `route/spread.py`.
    libraries
        Packages that compute with them.
    """
    digest = hashlib.sha256()
    for part in (
        __version__,
        sys.version,
        *(f"{name} {_version(name)}" for name in libraries),
        *(source_sha256(room) for room in rooms),
        *parts,
    ):
        told = part.encode("utf-8", "surrogatepass")
        digest.update(f"{len(told)} ".encode() + told)
    return digest.hexdigest()


@lru_cache(maxsize=64)
def source_sha256(room: str) -> str:
    """Return the hash of the source of a room or module.

    What was edited after this process began may not be what it runs: then no entry has the name.
    """
    place = PACKAGE / room
    files = [place] if place.suffix == ".py" else sorted(place.rglob("*.py"))
    if max(path.stat().st_mtime for path in files) > BEGUN:
        return f"edited while {os.getpid()} ran, since {BEGUN}"
    told = (f"{path.relative_to(PACKAGE)} {sha256_hex(path.read_bytes())}" for path in files)
    return sha256_hex("\n".join(told).encode())


@lru_cache(maxsize=16)
def _version(library: str) -> str:
    from importlib import metadata

    return metadata.version(library)


def kept_json(kind: str, key: str) -> Any:
    """Return what was kept under a key; None if there is nothing sound."""
    payload = _read(kind, key)
    if payload is None:
        return None
    try:
        return json.loads(payload)
    except ValueError:
        return None


def keep_json(kind: str, key: str, content: Any) -> None:
    """Keep what JSON can hold; floats come back with every digit."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    _write(kind, key, text.encode("utf-8", "surrogatepass"))


def kept_array(kind: str, key: str) -> npt.NDArray[np.float64] | None:
    """Return the array of floats that was kept under a key; None if there is nothing sound."""
    import numpy as np

    payload = _read(kind, key)
    if payload is None:
        return None
    try:
        array: npt.NDArray[np.float64] = np.load(io.BytesIO(payload), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return array if array.dtype == np.float64 else None


def keep_array(kind: str, key: str, array: npt.NDArray[np.float64]) -> None:
    """Keep an array of floats."""
    import numpy as np

    payload = io.BytesIO()
    np.save(payload, array, allow_pickle=False)
    _write(kind, key, payload.getvalue())


def _read(kind: str, key: str) -> bytes | None:
    folder = cache_folder()
    if folder is None:
        return None
    try:
        content = (folder / kind / key).read_bytes()
    except (OSError, ValueError):
        return None
    told, _, payload = content.partition(b"\n")
    return payload if told == sha256_hex(payload).encode() else None


def _write(kind: str, key: str, payload: bytes) -> None:
    """Write an entry whole; where that cannot be done, go without."""
    folder = cache_folder()
    if folder is None:
        return
    place = folder / kind / key
    with suppress(OSError, ValueError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(place, sha256_hex(payload).encode() + b"\n" + payload, durable=False)
        _clear(place.parent)


def _clear(folder: Path) -> None:
    """Remove the half of a kind's entries that was written first, once there are too many."""
    entries = list(folder.iterdir())
    if len(entries) > MOST_ENTRIES:
        for path in sorted(entries, key=_written)[: len(entries) // 2]:
            path.unlink(missing_ok=True)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another run removed it
        return 0.0
