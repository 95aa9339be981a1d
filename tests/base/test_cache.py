"""What is kept between runs is right or absent, and no answer depends on whether it was there."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from karwan.base import cache
from karwan.base.cache import (
    OFF,
    VARIABLE,
    cache_folder,
    keep_array,
    keep_json,
    kept_array,
    kept_json,
    key_of,
)
from karwan.main import main

KARWAN = (sys.executable, "-c", "from karwan.main import main; main()")
ASKED = ("compare", "almaty", "karachi", "--as-of", "2026-11-22", "--format", "json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder for what is kept, in use and not yet made."""
    place = tmp_path / "kept"
    monkeypatch.setenv(VARIABLE, str(place))
    return place


@pytest.fixture
def switched_off() -> Iterator[None]:
    """Switch the cache off, as the command line does for one run."""
    token = OFF.set(True)
    yield
    OFF.reset(token)


CONTENT = {"a": [0.1, None, -0.0, 1e300], "b": ["Ќ", "", "x\ny"], "c": True}


def test_what_is_kept_comes_back_with_every_digit(folder: Path) -> None:
    array = np.array([0.1, np.inf, -0.0, np.nextafter(1, 2)])
    keep_json("made", "one", CONTENT)
    keep_array("made", "two", array)
    assert kept_json("made", "one") == CONTENT
    again = kept_array("made", "two")
    assert again is not None
    assert again.tobytes() == array.tobytes()
    assert sorted(path.name for path in (folder / "made").iterdir()) == ["one", "two"]


def test_nothing_is_kept_under_a_key_that_was_not_written(folder: Path) -> None:
    assert kept_json("made", "one") is None
    assert kept_array("made", "one") is None
    assert not folder.exists()


@pytest.mark.parametrize("harm", ["cut", "bit", "empty", "folder", "no hash"])
def test_an_entry_that_was_harmed_is_as_good_as_absent(folder: Path, harm: str) -> None:
    keep_json("made", "one", CONTENT)
    keep_array("made", "two", np.arange(9.0))
    for path in (folder / "made").iterdir():
        content = path.read_bytes()
        path.unlink()
        if harm == "folder":
            path.mkdir()
        else:
            harmed = {
                "cut": content[:-3],
                "bit": content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
                "empty": b"",
                "no hash": content.partition(b"\n")[2],
            }
            path.write_bytes(harmed[harm])
    assert kept_json("made", "one") is None
    assert kept_array("made", "two") is None


def test_json_under_an_arrays_key_is_no_array(folder: Path) -> None:
    keep_json("made", "one", CONTENT)
    assert kept_array("made", "one") is None
    assert folder.exists()


def test_where_nothing_can_be_written_nothing_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    barred = tmp_path / "file"
    barred.write_text("in the way", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(barred / "kept"))
    keep_json("made", "one", CONTENT)
    assert kept_json("made", "one") is None


@pytest.mark.usefixtures("switched_off")
def test_a_run_without_the_cache_neither_reads_nor_writes(folder: Path) -> None:
    assert cache_folder() is None
    keep_json("made", "one", CONTENT)
    assert not folder.exists()


def test_the_folder_is_the_systems_unless_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv(VARIABLE, "Off")
    assert cache_folder() is None
    monkeypatch.delenv(VARIABLE)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_folder() == tmp_path / ".cache" / "karwan"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == tmp_path / ".cache" / "karwan"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "karwan"
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == tmp_path / "Library" / "Caches" / "karwan"


def test_the_oldest_go_when_there_are_too_many(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "MOST_ENTRIES", 4)
    for number in range(5):
        keep_json("made", f"{number}", number)
        os.utime(folder / "made" / f"{number}", (number, number))
    keep_json("made", "5", 5)
    assert sorted(path.name for path in (folder / "made").iterdir()) == ["2", "3", "4", "5"]


def test_a_key_is_of_all_that_it_rests_on(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = [
        key_of("a", "b"),
        key_of("ab"),
        key_of("a", "b", rooms=("base",)),
        key_of("a", "b", rooms=("route/spread.py",)),
        key_of("a", "b", libraries=("numpy",)),
    ]
    monkeypatch.setattr(cache, "__version__", "9.9")
    keys.append(key_of("a", "b"))
    assert len(set(keys)) == len(keys)


def test_a_change_of_source_is_another_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "route").mkdir()
    module = tmp_path / "route" / "spread.py"
    monkeypatch.setattr(cache, "PACKAGE", tmp_path)
    hashes = []
    for text in ("A = 1\n", "A = 2\n"):
        module.write_text(text, encoding="utf-8")
        os.utime(module, (1, 1))
        cache.source_sha256.cache_clear()
        hashes.append((cache.source_sha256("route"), cache.source_sha256("route/spread.py")))
    cache.source_sha256.cache_clear()
    before, after = hashes
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_source_edited_since_the_start_names_no_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process may run what stood there before: its figures are not those of the new source."""
    module = tmp_path / "spread.py"
    module.write_text("A = 1\n", encoding="utf-8")
    os.utime(module, (1, 1))
    monkeypatch.setattr(cache, "PACKAGE", tmp_path)
    told = []
    for begun in (2, 0):
        monkeypatch.setattr(cache, "BEGUN", begun)
        cache.source_sha256.cache_clear()
        told.append(cache.source_sha256("spread.py"))
    cache.source_sha256.cache_clear()
    assert len(told[0]) == 64
    assert "edited while" in told[1]


def ask(folder: str, *words: str) -> bytes:
    """Return what a command prints in a process of its own."""
    done = subprocess.run(
        [*KARWAN, *words], env=os.environ | {VARIABLE: folder}, capture_output=True, check=True
    )
    assert done.stderr == b""
    return done.stdout


def test_an_answer_is_the_same_without_and_with_what_is_kept(tmp_path: Path) -> None:
    """Kept by the first, read by the second, harmed for the third, in the way for the last."""
    folder = tmp_path / "kept"
    plain = ask("off", *ASKED)
    assert ask(str(folder), *ASKED, "--no-cache") == plain
    assert not folder.exists()
    assert ask(str(folder), *ASKED) == plain
    entries = [path for path in folder.rglob("*") if path.is_file()]
    kinds = {path.parent.name for path in entries}
    assert kinds == {"hours", "lengths", "meeting", "survivals", "tables"}
    assert ask(str(folder), *ASKED) == plain
    for path in entries:
        path.write_bytes(path.read_bytes()[:-1])
    assert ask(str(folder), *ASKED) == plain
    assert all(path.is_file() for path in entries)
    assert ask(str(Path(__file__) / "kept"), *ASKED) == plain


def test_a_users_table_is_kept_as_it_stands(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "place_names.csv").write_text(
        "place_id,name,note,source_url,source_date,confidence\n"
        "kabul,Kabool,,https://example.org/,2026-01-01,A\n",
        encoding="utf-8",
    )
    words = ["route", "Kabool", "karachi", "--as-of", "2026-11-22", "--tables", str(tables)]
    assert main(words) == 0
    assert folder.exists()
    text = (tables / "place_names.csv").read_text(encoding="utf-8")
    (tables / "place_names.csv").write_text(text.replace("Kabool", "Qabul"), encoding="utf-8")
    assert main(words) == 2
    assert "Kabool" in capsys.readouterr().err
