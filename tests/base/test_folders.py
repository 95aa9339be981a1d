"""A folder is replaced whole or not at all, and only by what wrote it; kills included."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from karwan.base import folders
from karwan.base.errors import DataError
from karwan.base.folders import RUN_FILE, new_folder, ready_place
from karwan.base.store import sha256_hex, write_whole


def store(place: Path, *words: str) -> None:
    """Write a run of one file per word."""
    with new_folder(place) as scratch:
        hashes = {}
        for word in words:
            (scratch / f"{word}.parquet").write_bytes(word.encode())
            hashes[f"{word}.parquet"] = sha256_hex(word.encode())
        record = {"format_version": 1, "files_sha256": hashes}
        (scratch / RUN_FILE).write_text(json.dumps(record), encoding="utf-8")


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def test_an_earlier_run_is_replaced_and_leaves_nothing_behind(tmp_path: Path) -> None:
    store(tmp_path / "run", "old", "older")
    store(tmp_path / "run", "new")
    assert names(tmp_path / "run") == ["new.parquet", RUN_FILE]
    assert names(tmp_path) == ["run"]


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("file", r"\(notes\.txt\)"),
        ("folder", r"\(sub\)"),
        ("changed", r"\(old\.parquet, changed since\)"),
        ("record", r"\(old\.parquet, run\.json\)"),
    ],
)
def test_what_no_run_wrote_is_named_and_stands(tmp_path: Path, what: str, told: str) -> None:
    place = tmp_path / "run"
    store(place, "old")
    if what == "file":
        (place / "notes.txt").write_text("precious", encoding="utf-8")
    elif what == "folder":
        (place / "sub").mkdir()
    elif what == "changed":
        (place / "old.parquet").write_bytes(b"edited by hand")
    else:
        (place / RUN_FILE).write_text('{"my": "own"}', encoding="utf-8")
    before = {path: path.read_bytes() for path in place.iterdir() if path.is_file()}
    with pytest.raises(DataError, match=told):
        store(place, "new")
    assert {path: path.read_bytes() for path in place.iterdir() if path.is_file()} == before
    assert names(tmp_path) == ["run"]


def test_a_file_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine", encoding="utf-8")
    with pytest.raises(DataError, match="holds what no run of karwan wrote there"):
        store(tmp_path / "run", "new")


def test_a_link_is_followed_and_stays_and_a_link_to_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "near").symlink_to(tmp_path / "far")
    store(tmp_path / "near", "new")
    assert (tmp_path / "near").is_symlink()
    assert names(tmp_path / "far") == ["new.parquet", RUN_FILE]
    (tmp_path / "lost").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DataError, match="link to nothing"):
        store(tmp_path / "lost", "new")


def test_what_0_1_0_left_after_a_kill_is_put_back_or_cleared(tmp_path: Path) -> None:
    store(tmp_path / ".run-old-abcd1234" / "old", "old")
    (tmp_path / ".run-wxyz5678").mkdir()
    (tmp_path / ".run-wxyz5678" / "half.parquet").write_bytes(b"")
    (tmp_path / ".run-mine8888").mkdir()
    (tmp_path / ".run-mine8888" / "thesis.docx").write_bytes(b"")
    ready_place(tmp_path / "run")
    assert names(tmp_path) == [".run-mine8888", "run"]
    assert names(tmp_path / "run") == ["old.parquet", RUN_FILE]


def test_the_folder_of_a_run_at_work_is_not_cleared_by_another(tmp_path: Path) -> None:
    with new_folder(tmp_path / "run") as scratch:
        (scratch / "a.parquet").write_bytes(b"")
        ready_place(tmp_path / "run")
        assert scratch.is_dir()


def test_a_disk_that_fills_up_leaves_the_old_run_whole(tmp_path: Path) -> None:
    store(tmp_path / "run", "old")

    def fill() -> None:
        with new_folder(tmp_path / "run") as scratch:
            (scratch / "half.parquet").write_bytes(b"x")
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match="No space"):
        fill()
    assert names(tmp_path / "run") == ["old.parquet", RUN_FILE]
    assert names(tmp_path) == ["run"]


KILLED = textwrap.dedent(
    """
    import os, sys
    from pathlib import Path
    from karwan.base import folders
    from tests.base.test_folders import store
    from tests.stops import stop_at

    root, mode = Path(sys.argv[1]), sys.argv[2]
    if mode == "two-steps":
        folders.exchange = lambda *_: False

    def child(place, last):
        stop_at(last)
        store(place, "new", "newer")
        os._exit(0)

    last = 0
    while True:
        last += 1
        here = root / f"{mode}-{last}"
        here.mkdir()
        place = here / "run"
        if mode != "fresh":
            store(place, "old", "older")
        pid = os.fork()
        if pid == 0:
            child(place, last)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        folders.ready_place(place)
        held = sorted(path.name for path in place.iterdir()) if place.exists() else []
        print(code, ",".join(held), ",".join(sorted(p.name for p in here.iterdir())))
        if code == 0:
            break
    """
)


@pytest.mark.parametrize("mode", ["fresh", "at-once", "two-steps"])
def test_after_a_kill_at_any_file_operation_the_old_or_the_new_run_stands_whole(
    tmp_path: Path, mode: str
) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("no fork on this system")
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), mode],
        capture_output=True, text=True, check=True, cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    old = "" if mode == "fresh" else "old.parquet,older.parquet,run.json"
    new = "new.parquet,newer.parquet,run.json"
    told = [line.split(" ") for line in done.stdout.splitlines()]
    assert len(told) > 12
    assert told[-1] == ["0", new, "run"]
    for code, held, beside in told[:-1]:
        assert code == "9"
        assert held in (old, new)
        assert beside == ("run" if held else "")
    assert {held for _, held, _ in told} == {old, new}


def test_a_file_is_written_through_a_link_and_into_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "far.txt").write_text("old", encoding="utf-8")
    (tmp_path / "near.txt").symlink_to(tmp_path / "far.txt")
    write_whole(tmp_path / "near.txt", b"new")
    assert (tmp_path / "near.txt").is_symlink()
    assert (tmp_path / "far.txt").read_bytes() == b"new"
    (tmp_path / "lost.txt").symlink_to(tmp_path / "made.txt")
    write_whole(tmp_path / "lost.txt", b"new")
    assert (tmp_path / "made.txt").read_bytes() == b"new"
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"through")
    reader.join(timeout=30)
    assert read == [b"through"]
    assert pipe.is_fifo()
    assert names(tmp_path) == ["far.txt", "lost.txt", "made.txt", "near.txt", "pipe"]


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kept.csv").write_text("old", encoding="utf-8")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "kept.csv", b"new")
    assert (tmp_path / "kept.csv").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["kept.csv"]


def test_a_folder_is_exchanged_at_once_where_the_system_can(tmp_path: Path) -> None:
    store(tmp_path / "one", "a")
    store(tmp_path / "other", "b")
    if not folders.exchange(tmp_path / "one", tmp_path / "other"):
        pytest.skip("this system or disk cannot exchange two folders at once")
    assert names(tmp_path / "one") == ["b.parquet", RUN_FILE]
