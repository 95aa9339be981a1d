"""Add several files to a folder so that all of them come to stand there, or none.

They are written into a hidden folder inside it, with a list of what they are, and moved out one by
one. Nothing that stood there is replaced. What a kill left half moved is taken back by the next
addition, by the list and its hashes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from karwan.base.errors import DataError
from karwan.base.folders import lock_folder, make_scratch
from karwan.base.store import sha256_hex, to_json, write_whole

LIST_FILE = "karwan-addition.json"
PREFIX = ".karwan-"
_LEFT = re.compile(re.escape(PREFIX) + r"[a-z0-9_]{8}")


def add_files(folder: Path, contents: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder, made if it is not there: all of them, or nothing.

    Returns
    -------
    list of Path
        The files, in the order given.

    Raises
    ------
    DataError
        If one of them is there already: names all such.
    OSError
        If they cannot be written; the folder is as before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _take_back(folder)
    _refuse_taken(folder, contents)
    scratch, lock = make_scratch(folder, PREFIX)
    try:
        for name, content in contents.items():
            write_whole(scratch / name, content)
        listed = {name: sha256_hex(content) for name, content in contents.items()}
        write_whole(scratch / LIST_FILE, to_json(listed).encode())
        _move_all(scratch, folder, contents)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if lock is not None:
            os.close(lock)
    return [folder / name for name in contents]


def _refuse_taken(folder: Path, contents: Mapping[str, bytes]) -> None:
    taken = [name for name in contents if os.path.lexists(folder / name)]
    if taken:
        msg = f"folder {folder}"
        raise DataError(msg, [f"{name} is there already" for name in taken])


def _move_all(scratch: Path, folder: Path, contents: Mapping[str, bytes]) -> None:
    """Move the files out of the hidden folder; if one cannot be moved, those before come back."""
    moved: list[str] = []
    try:
        for name in contents:
            _move(scratch / name, folder / name)
            moved.append(name)
    except (OSError, DataError):
        for name in moved:
            (folder / name).unlink()
        raise


def _move(source: Path, target: Path) -> None:
    """Move a file to where none stands, and never over one that has come there meanwhile."""
    try:
        os.link(source, target)
    except FileExistsError:
        _refuse_taken(target.parent, {target.name: b""})
        raise
    except OSError:  # a disk without hard links
        _refuse_taken(target.parent, {target.name: b""})
        source.rename(target)
    else:
        source.unlink()


def _take_back(folder: Path) -> None:
    """Take back what a kill left half moved, unless another is at work on it."""
    for left in sorted(path for path in folder.iterdir() if _LEFT.fullmatch(path.name)):
        if left.is_symlink() or not left.is_dir():
            continue
        lock = lock_folder(left)
        if lock is None:
            continue
        try:
            listed = _listed(left)
            moved = [name for name in listed if _is_moved(left, folder, name, listed[name])]
            if len(moved) < len(listed):  # whole but for its clearing, it stays
                for name in moved:
                    (folder / name).unlink()
            shutil.rmtree(left, ignore_errors=True)
        finally:
            os.close(lock)


def _is_moved(left: Path, folder: Path, name: str, digest: str) -> bool:
    out = folder / name
    if not out.is_file() or out.is_symlink():
        return False
    if (left / name).exists():  # stopped between its second name and the end of the first
        return out.samefile(left / name)
    return sha256_hex(out.read_bytes()) == digest


def _listed(left: Path) -> dict[str, str]:
    """Return the files of an interrupted addition; none if it was stopped before any was moved."""
    try:
        listed = json.loads((left / LIST_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): str(digest) for name, digest in listed.items() if Path(name).name == name}
