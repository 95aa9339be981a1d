"""Write whole folders or nothing, and never remove what a run did not write.

A run is made in a hidden folder beside its place and takes that place in one step: where the
system can exchange two folders at once, the old or the new one stands there at every moment. An
earlier run is replaced only if its own record lists all that it holds. What a killed run left
beside its place is put back or cleared by the next.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from karwan.base.errors import DataError
from karwan.base.store import sha256_hex

if sys.platform != "win32":  # without such locks leftovers of a kill are left alone
    import fcntl

RUN_FILE = "run.json"
OURS = (".parquet", ".html", ".json", ".csv", ".jsonld")
"""How files end that a run writes: nothing else in a leftover is taken for ours."""
AT_FDCWD, RENAME_EXCHANGE = -100, 2
SHOWN = 6


@contextmanager
def new_folder(target: Path) -> Iterator[Path]:
    """Yield a temporary folder that takes the place of `target` when the block succeeds.

    An earlier run in `target` is replaced; any other folder with content is left alone. A link
    is followed: the folder that it points at is replaced, and the link stays.

    Raises
    ------
    DataError
        If `target` holds anything that an earlier run did not write: names what.
    """
    place = ready_place(target)
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch, lock = make_scratch(place.parent, f".{place.name}-")
    try:
        yield scratch
        mask = os.umask(0)
        os.umask(mask)
        scratch.chmod(0o777 & ~mask)
        _swap(scratch, place)
    finally:
        if lock is not None:
            os.close(lock)
        shutil.rmtree(scratch, ignore_errors=True)


def ready_place(target: Path) -> Path:
    """Return where a run may be written, after putting back or clearing what a kill left there.

    Raises
    ------
    DataError
        If something stands there that no run wrote.
    """
    if target.is_symlink() and not target.exists():
        raise DataError("output", [f"{target} is a link to nothing: name another folder"])
    place = Path(os.path.realpath(target))
    _recover(place)
    strange = strangers(place)
    if strange:
        more = f" and {len(strange) - SHOWN} more" if len(strange) > SHOWN else ""
        named = ", ".join(strange[:SHOWN]) + more
        fault = f"{target} holds what no run of karwan wrote there ({named}): name another folder"
        raise DataError("output", [fault])
    return place


def strangers(place: Path) -> list[str]:
    """Return what stands in a place that an earlier run did not write, or has been changed since.

    A place that is empty or not there holds nothing strange.
    """
    if not place.exists():
        return []
    if not place.is_dir():
        return [place.name]
    names = sorted(path.name for path in place.iterdir())
    listed = listed_files(place)
    if listed is None:
        return names
    strange = [name for name in names if name not in listed and name != RUN_FILE]
    changed = [
        f"{name}, changed since"
        for name in names
        if name in listed and not _is_as_written(place / name, listed[name])
    ]
    return strange + changed


def listed_files(place: Path) -> dict[str, str] | None:
    """Return the files that a run's own record lists, with their hashes; None without a record."""
    try:
        record = json.loads((place / RUN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict) or not isinstance(record.get("format_version"), int):
        return None
    files = record.get("files_sha256")
    if not isinstance(files, dict):
        return None
    return {str(name): str(digest) for name, digest in files.items()}


def _is_whole(place: Path) -> bool:
    """Whether a folder holds every file that its own record lists, as written."""
    listed = listed_files(place)
    return listed is not None and all(
        _is_as_written(place / name, digest) for name, digest in listed.items()
    )


def _is_as_written(path: Path, digest: str) -> bool:
    return path.is_file() and not path.is_symlink() and sha256_hex(path.read_bytes()) == digest


def _swap(scratch: Path, place: Path) -> None:
    """Put a folder in its place in one step; what stood there is in `scratch` afterwards."""
    if not place.exists():
        try:
            scratch.rename(place)
        except OSError as error:  # another run was quicker
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
        else:
            return
    ready_place(place)  # what came there in the meantime
    if exchange(scratch, place):
        return
    old, lock = make_scratch(place.parent, f".{place.name}-old-")
    try:
        place.rename(old / "old")
        try:
            scratch.rename(place)
        except OSError:
            (old / "old").rename(place)
            raise
    finally:
        if lock is not None:
            os.close(lock)
        shutil.rmtree(old, ignore_errors=True)


def exchange(one: Path, other: Path) -> bool:
    """Exchange two folders at once; False where the system or the disk cannot."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    code = rename(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE)
    if code == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def _recover(place: Path) -> None:
    """Put back an earlier run that a kill left aside, and clear what is nobody's any more."""
    parent = place.parent
    if not parent.is_dir() or not place.name:
        return
    pattern = re.compile(re.escape(f".{place.name}-") + r"(old-)?[a-z0-9_]{8}")
    with _only_one(parent):
        for folder in sorted(path for path in parent.iterdir() if pattern.fullmatch(path.name)):
            if not folder.is_symlink() and folder.is_dir() and _is_ours(folder):
                _recover_one(folder, place)


def _recover_one(folder: Path, place: Path) -> None:
    """Put back what a leftover keeps, if its place is empty, and clear it; unless it is in use."""
    lock = lock_folder(folder)
    if lock is None:  # a run at work, or no way to know
        return
    try:
        kept = folder / "old"
        if not place.exists() and _is_whole(kept):
            with suppress(OSError):
                kept.rename(place)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def make_scratch(parent: Path, prefix: str) -> tuple[Path, int | None]:
    """Return a new folder in a parent, and the lock that tells that it is in use."""
    with _only_one(parent):
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        return folder, lock_folder(folder)


@contextmanager
def _only_one(parent: Path) -> Iterator[None]:
    """Let one at a time make or clear folders in a parent, where the system has such locks."""
    if sys.platform == "win32":
        yield
        return
    handle = os.open(parent, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_ours(folder: Path) -> bool:
    """Whether a leftover holds nothing but what a run writes."""
    entries = list(folder.iterdir())
    if [entry.name for entry in entries] == ["old"] and (folder / "old").is_dir():
        entries = list((folder / "old").iterdir())
    return all(entry.is_file() and entry.suffix in OURS for entry in entries)


def lock_folder(folder: Path) -> int | None:
    """Return a lock on a folder, held until it is closed; None if another holds it."""
    if sys.platform == "win32":
        return None
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
