"""Files are added to a folder all at once or not at all; kills and full disks included."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from karwan.base import additions
from karwan.base.additions import add_files
from karwan.base.errors import DataError
from karwan.base.store import to_json

THREE = {"node.csv": b"1", "link.csv": b"2", "config.csv": b"3"}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_files_come_beside_what_stands_there(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    assert add_files(tmp_path, THREE) == [tmp_path / name for name in THREE]
    assert names(tmp_path) == sorted([*THREE, "mine.txt"])
    assert (tmp_path / "link.csv").read_bytes() == b"2"


def test_what_is_there_already_is_named_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "node.csv").write_bytes(b"mine")
    (tmp_path / "config.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(DataError, match=r"node\.csv is there already") as caught:
        add_files(tmp_path, THREE)
    assert len(caught.value.faults) == 2
    assert names(tmp_path) == ["config.csv", "node.csv"]


def test_a_full_disk_at_any_file_leaves_the_folder_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for last in range(1, 5):
        counted = 0
        real = os.fsync

        def full(handle: int, last: int = last) -> None:
            nonlocal counted
            counted += 1
            if counted == last:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(handle)  # noqa: B023 - the system's own, the same in every round

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space"):
                add_files(tmp_path, THREE)
        assert names(tmp_path) == ["mine.txt"]


def test_a_file_that_comes_in_between_undoes_the_addition_and_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = to_json

    def meanwhile(listed: object) -> str:
        (tmp_path / "link.csv").write_bytes(b"of another")
        return real(listed)

    monkeypatch.setattr(additions, "to_json", meanwhile)
    with pytest.raises(DataError, match=r"link\.csv is there already"):
        add_files(tmp_path, THREE)
    assert names(tmp_path) == ["link.csv"]
    assert (tmp_path / "link.csv").read_bytes() == b"of another"


def test_a_hidden_folder_of_another_program_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".karwan-notes").mkdir()
    (tmp_path / ".karwan-12345678").write_text("a file", encoding="utf-8")
    add_files(tmp_path, THREE)
    assert names(tmp_path) == sorted([".karwan-12345678", ".karwan-notes", *THREE])


KILLED = textwrap.dedent(
    """
    import os, sys
    from pathlib import Path
    from karwan.base.additions import add_files
    from tests.base.test_additions import THREE
    from tests.stops import stop_at


    def child(folder, last):
        stop_at(last)
        add_files(folder, THREE)
        os._exit(0)

    last = 0
    while True:
        last += 1
        folder = Path(sys.argv[1]) / str(last)
        folder.mkdir()
        (folder / "mine.txt").write_text("mine", encoding="utf-8")
        pid = os.fork()
        if pid == 0:
            child(folder, last)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        left = any((folder / name).exists() for name in THREE)
        add_files(folder, {"again.csv": b"4"})
        shown = ",".join(sorted(path.name for path in folder.iterdir()))
        print(code, int(left), shown)
        if code == 0:
            break
    """
)


def test_after_a_kill_at_any_file_operation_the_next_addition_takes_the_half_back(
    tmp_path: Path,
) -> None:
    if not hasattr(os, "fork"):
        pytest.skip("no fork on this system")
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        capture_output=True, text=True, check=True, cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
    )  # fmt: skip
    told = [line.split(" ") for line in done.stdout.splitlines()]
    whole = ",".join(sorted([*THREE, "again.csv", "mine.txt"]))
    assert told[-1] == ["0", "1", whole]
    assert {shown for _, _, shown in told} == {"again.csv,mine.txt", whole}
    assert ["9", "1", "again.csv,mine.txt"] in told  # stopped half way
    assert ["9", "1", whole] in told  # stopped with all of it there
