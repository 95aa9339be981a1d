"""Every path, date and number that a command takes, given everything that can be wrong with it.

The options are found by walking the program, so that a new one cannot be forgotten.
"""

from __future__ import annotations

import errno
import inspect
import os
import tomllib
import typing
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import pytest
import typer

import karwan.main as program
from karwan.base.troubles import OF_THE_MACHINE, SENTENCES, check_target, trouble
from karwan.main import load_program, main

EXAMPLE = resources.files("karwan.data").joinpath("examples", "consignments.csv")
NEEDED: dict[str, tuple[str, ...]] = {
    "capacity": (),
    "brief": ("--to", "md"),
    "compare": ("almaty", "karachi"),
    "route": ("almaty", "karachi"),
    "queue": ("torkham",),
    "appraise": ("ktap-rail",),
    "project backcast": (),
    "project list": (),
    "project show": ("ktap-rail",),
    "serve": (),
    "benefits": (),
    "energy check": (),
    "energy list": (),
    "energy delays": (),
    "energy sabotage": (),
    "energy show": ("tapi",),
    "evidence due": (),
    "evidence template": ("{new}",),
    "evidence add-workbook": ("{text}",),
    "data template": ("{new}", "road_nodes"),
    "data read-workbook": ("{text}", "{new}"),
    "impact": ("--close", "torkham"),
    "reliability": ("almaty", "karachi", "--on", "2026-12-22"),
    "evidence coding": (),
    "ledger corrections": (),
    "decide": ("torkham", "--at", "peshawar", "--to", "kabul"),
    "trips": ("peshawar", "kabul", "--paths", "100"),
    "exposure": ("{consignments}", "--paths", "100", "--policy", "wait"),
    "critical": (),
    "futures": (),
    "calibrate": (),
    "export": ("{new}", "--to", "gmns"),
    "new": ("{new}",),
    "network import": ("gmns", "{new}", "{new}"),
    "hazard": ("torkham",),
    "article": (),
    "target": ("KAZ-PAK",),
    "study run": ("{study}",),
    "evidence add-closure": (
        *("torkham-road", "2026-01-02", "--source", "s", "--source-date", "2026-01-03"),
        *("--end-status", "ongoing"),
    ),
    "evidence end-closure": ("CL130", "2026-01-02", "--source", "s", "--source-date", "2026-01-03"),
    "evidence seen": (
        "torkham-road",
        "2026-11-20",
        "shut",
        "--source",
        "s",
        "--source-date",
        "2026-11-20",
    ),
    "evidence add-incident": (
        *("2026-01-02", "--lat", "34", "--lon", "71", "--source", "s"),
        *("--source-date", "2026-01-03"),
    ),
    "evidence withdraw": ("W0001",),
    "evidence get-incidents": ("ucdp",),
    "feed kinds": (),
    "feed read": ("hapi-prices", "{text}"),
    "feed list": (),
    "feed accept": ("P0001",),
    "feed reject": ("P0001",),
    "feed rows": (),
    "evidence list": (),
    "evidence check": (),
    "evidence add-incidents": ("{text}", "--release", "26.1"),
    "evidence incidents": ("torkham-road",),
    "evidence export-incidents": ("{new}",),
    "ledger list": (),
    "ledger show": ("S01",),
    "ledger assess": ("S01",),
    "ledger history": ("S01",),
    "ledger diff": ("--since", "2026-01-01"),
    "ledger add": ("statement", "--set", "id=X1"),
    "ledger export": ("{new}", "--to", "csv"),
    "ledger brief": ("--corridor", "KTAP"),
    "ledger read": ("{text}",),
    "network check": (),
    "network show": ("torkham-road",),
    "watch add": ("hazard torkham", "--when", "chance"),
    "watch list": (),
    "watch run": (),
    "watch stop": ("N0001",),
    "workspace copy": ("{new}", "{new}-other"),
    "token add": ("ada", "--role", "reader"),
    "token list": (),
    "token revoke": ("T0001",),
    "audit list": (),
    "audit verify": (),
    "workspace migrate": ("postgresql:///karwan?host={new}",),
    "data list": (),
    "data show": ("units",),
    "data sources": (),
}
"""What each command must be given; words in braces are files of the test."""

WRITTEN = {
    *("calibrate --write", "export paths", "target --chart", "study run --out"),
    *("evidence export-incidents file", "ledger export folder", "ledger brief --out"),
    *("ledger read --out", "new folder", "article --out", "watch run --feed"),
    *("brief --out", "evidence template file", "data template file"),
}
"""Paths that are written, not read."""

FOLDERS = {"--tables", "--workspace", "--from", "--topology"}
ALL_DAYS = {
    "--as-of",
    "--as-recorded",
    "--since",
    "--end",
    "--seen-until",
    "--source-date",
    "start",
    "date",
}
GROWING = {"--hazard-factor", "--paths", "--factor", "--top", "--seed"}
"""Numbers that multiply work, and a name of random numbers: a large one is no trouble by itself."""


@dataclass(frozen=True, slots=True)
class Door:
    """One parameter of one command, and where it stands: by its option, or among the words."""

    command: str
    name: str
    option: str
    type: object

    @property
    def label(self) -> str:
        """Return the command and what it takes."""
        return f"{self.command} {self.option or self.name}"

    def words(self, value: str, files: Files) -> list[str]:
        """Return a command line that is sound but for the value given here."""
        given = [files.fill(word) for word in NEEDED[self.command]]
        if not self.option:
            place = POSITIONS.get((self.command, self.name), 0)
            given[place : place + 1] = [value]
        elif self.option in given:
            given[given.index(self.option) + 1] = value
        else:
            given += [self.option, value]
            if self.label == "ledger add --text":
                given += ["--span", "x"]
            if self.label == "ledger add --from":
                given = ["--from", value]
            if self.label == "ledger read --workspace":
                given += ["--accept", files.fill("{text}")]
        if self.label == "futures --topology":
            given.append("--stream")
        if self.command in ("critical", "futures") and "--study" not in given:
            given += ["--study", files.fill("{study}")]
        return [*self.command.split(), *given]


POSITIONS = {
    ("data template", "names"): 1,
    ("feed read", "file"): 1,
    ("data read-workbook", "folder"): 1,
    ("network import", "source"): 1,
    ("network import", "folder"): 2,
    ("evidence add-closure", "start"): 1,
    ("evidence end-closure", "date"): 1,
    ("evidence seen", "date"): 1,
    ("workspace copy", "target"): 1,
}


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one test."""

    folder: Path

    def fill(self, word: str) -> str:
        """Return a word with the name of a file in place of its braces."""
        return word.format(
            text=self.folder / "text.txt",
            study=self.folder / "study.toml",
            new=self.folder / "new",
            consignments=EXAMPLE,
        )


def walk(
    group: typer.Typer, above: tuple[str, ...] = ()
) -> Iterator[tuple[str, Callable[..., None]]]:
    """Yield every command with its function."""
    for command in group.registered_commands:
        function = command.callback
        assert function is not None
        name = command.name or function.__name__.replace("_", "-")
        yield " ".join((*above, name)), function
    for inner in group.registered_groups:
        assert inner.typer_instance is not None
        assert isinstance(inner.name, str)
        yield from walk(inner.typer_instance, (*above, inner.name))


def doors() -> list[Door]:
    """Return every parameter of every command."""
    return [
        Door(command, name, _option(hint), typing.get_args(hint)[0])
        for command, function in walk(load_program())
        for name, hint in typing.get_type_hints(function, include_extras=True).items()
        if typing.get_origin(hint) is typing.Annotated
    ]


def _option(hint: object) -> str:
    (declared,) = typing.get_args(hint)[1:]
    named = [declared.default, *(declared.param_decls or ())]
    return next((n for n in named if isinstance(n, str) and n.startswith("--")), "")


def is_of(door: Door, kind: type) -> bool:
    """Whether a parameter takes this type, alone, in a list, or not at all."""
    return door.type is kind or kind in typing.get_args(door.type)


DOORS = doors()
WORKSPACES = {("workspace copy", "source"), ("workspace copy", "target")}
PATHS = [
    d
    for d in DOORS
    if is_of(d, Path)
    or d.option in {"--study", "--workspace"}
    or d.name == "study"
    or (d.command, d.name) in WORKSPACES
]
DAYS = [d for d in DOORS if (d.option or d.name) in ALL_DAYS or d.name in {"first", "last"}]
NUMBERS = [d for d in DOORS if is_of(d, float) or is_of(d, int)]


def label(door: Door) -> str:
    """Name a test by the parameter that it asks."""
    return door.label.replace(" ", "_")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Files:
    """Return files to ask with, and stand in a folder where a stray write does no harm."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.txt").write_text("Pakistan and Uzbekistan signed.\n", encoding="utf-8")
    (tmp_path / "study.toml").write_text(
        'name = "s"\ntitle = "s"\nas_of = 2026-11-22\norigins = ["almaty"]\n'
        'destinations = ["karachi"]\n',
        encoding="utf-8",
    )
    return Files(tmp_path)


def told(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Return the code and the message of a command, which must be a message."""
    code = main(words)
    text = capsys.readouterr().err
    assert "failed: " not in text, text
    assert "Traceback" not in text
    assert code in {0, 1, 2}
    if code:
        assert text.strip()
    return code, text


def make(trouble_name: str, door: Door, folder: Path) -> str:
    """Return a path in this trouble."""
    (folder / "plain").write_text("plain\n", encoding="utf-8")
    (folder / "room").mkdir()
    (folder / "nothing").symlink_to(folder / "gone")
    (folder / "circle").symlink_to(folder / "circle")
    (folder / "binary").write_bytes(bytes(range(256)))
    (folder / "utf16").write_bytes("id\n1\n".encode("utf-16"))
    suffix = ".svg" if door.option == "--chart" else ""
    return {
        "blank": "",
        "NUL": "a\0b",
        "too long": "n" * 300 + suffix,
        "below a file": f"{folder}/plain/below{suffix}",
        "in a circle": f"{folder}/circle/below{suffix}",
        "a folder": str(folder / "room"),
        "a link to nothing": str(folder / "nothing"),
        "a file": str(folder / "plain"),
        "binary": str(folder / "binary"),
        "UTF-16": str(folder / "utf16"),
        "missing": str(folder / "gone"),
    }[trouble_name]


ALWAYS_REFUSED = ("blank", "NUL", "too long", "below a file", "in a circle")


def test_every_command_is_asked() -> None:
    assert {command for command, _ in walk(load_program())} == set(NEEDED)
    assert {door.label for door in PATHS} >= WRITTEN
    assert len(PATHS) > 40
    assert len(DAYS) > 20
    assert len(NUMBERS) > 15


@pytest.mark.parametrize("name", ALWAYS_REFUSED)
@pytest.mark.parametrize("door", PATHS, ids=label)
def test_a_path_that_cannot_be_is_one_message(
    door: Door, name: str, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = told(door.words(make(name, door, files.folder), files), capsys)
    assert code in {1, 2}, text
    assert not (files.folder / "workspace").exists()


@pytest.mark.parametrize("door", [d for d in PATHS if d.option in FOLDERS], ids=label)
@pytest.mark.parametrize("name", ["a file", "a link to nothing"])
def test_a_file_where_a_folder_is_needed_is_refused(
    door: Door, name: str, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = told(door.words(make(name, door, files.folder), files), capsys)
    assert code == 2
    assert "folder" in text or "link to nothing" in text


READ = [d for d in PATHS if d.label not in WRITTEN and d.option not in FOLDERS]


@pytest.mark.parametrize("door", READ, ids=label)
@pytest.mark.parametrize("name", ["a folder", "a link to nothing", "binary", "UTF-16", "missing"])
def test_a_file_that_cannot_be_read_is_one_message(
    door: Door, name: str, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = told(door.words(make(name, door, files.folder), files), capsys)
    assert code in {1, 2}


@pytest.mark.parametrize(
    "door",
    [d for d in PATHS if d.label in WRITTEN and "DIR" not in d.label and d.name != "paths"],
    ids=label,
)
def test_a_folder_where_a_file_is_written_or_the_reverse_is_refused(
    door: Door, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    takes_folder = door.label in {"study run --out", "ledger export folder", "new folder"}
    name = "a file" if takes_folder else "a folder"
    path = make(name, door, files.folder)
    if door.option == "--chart":
        path = str((files.folder / "room").rename(files.folder / "room.svg"))
    before = sorted(files.folder.rglob("*"))
    code, text = told(door.words(path, files), capsys)
    assert code == 2
    assert path in text
    assert sorted(files.folder.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
@pytest.mark.parametrize("door", [d for d in PATHS if d.label in WRITTEN], ids=label)
def test_a_place_that_may_not_be_written_is_told_before_the_work(
    door: Door, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    shut = files.folder / "shut"
    shut.mkdir(mode=0o555)
    code, text = told(door.words(str(shut / "out.svg"), files), capsys)
    assert code == 2
    assert "no permission" in text


def test_a_place_that_may_not_be_written_is_no_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match="Permission denied"):
        check_target(tmp_path / "out.csv")


@pytest.mark.parametrize("day", ["9999-12-30", "9999-12-31", "0001-01-01", "0000-01-01", "x", "²"])
@pytest.mark.parametrize("door", DAYS, ids=label)
def test_a_day_that_nothing_can_be_about_is_one_message(
    door: Door, day: str, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    code, text = told(door.words(day, files), capsys)
    assert code == 2, text


@pytest.mark.parametrize("number", ["nan", "inf", "-1e308", "1e400", "1" * 400, "x", ""])
@pytest.mark.parametrize("door", NUMBERS, ids=label)
def test_a_number_that_nothing_can_be_is_one_message(
    door: Door, number: str, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    if door.option in GROWING and len(number) > 5:
        pytest.skip("a large number of these asks for more work")
    told(door.words(number, files), capsys)


@pytest.mark.parametrize("number", sorted(SENTENCES))
def test_a_trouble_of_the_disk_names_the_path_and_what_it_is(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "/there/it.csv")

    monkeypatch.setattr(program, "_parser", lambda _: fail)
    assert main(["data", "list"]) == (1 if number in OF_THE_MACHINE else 2)
    assert capsys.readouterr().err == f"karwan: /there/it.csv {SENTENCES[number]}.\n"


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (OverflowError("date value out of range"), 2, "too large or too small"),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), 2, "no text in UTF-8"),
        (ValueError("embedded null byte"), 2, "NUL character"),
        (MemoryError(), 1, "memory is used up"),
        (OSError("odd"), 2, "A file cannot be read or written: odd"),
    ],
)
def test_what_no_reader_foresaw_is_still_one_message(
    error: Exception,
    code: int,
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(program, "_parser", lambda _: fail)
    assert main(["data", "list"]) == code
    assert words in capsys.readouterr().err


def test_a_full_disk_is_a_failure_of_one_message(
    files: Files, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    code, text = told(["ledger", "read", files.fill("{text}"), "--out", "o.csv"], capsys)
    assert code in {1, 2}
    assert "the disk is full" in text


def test_a_long_path_is_shown_by_its_ends() -> None:
    error = OSError(errno.ENAMETOOLONG, "", "a" * 5000 + "end")
    assert len(trouble(error)) < 250
    assert "end has a name too long" in trouble(error)


def damaged(kind: str, folder: Path) -> Path:
    """Return a zip that cannot be read, for a reason."""
    path = folder / "events.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("events.csv", "id\n" + "1\n" * 5000)
    content = bytearray(path.read_bytes())
    name_at = content.index(b"events.csv")
    directory = content.rindex(b"PK\x01\x02")
    match kind:
        case "damaged":
            content[name_at + 14] ^= 0xFF
            content[name_at + 15] ^= 0xFF
        case "encrypted":
            content[6] |= 1
            content[directory + 8] |= 1
        case "unknown method":
            content[8] = content[directory + 10] = 99
        case "cut":
            content = content[:-30]
        case "no table":
            content = bytearray(b"PK\x05\x06" + bytes(18))
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", ["damaged", "encrypted", "unknown method", "cut", "no table"])
@pytest.mark.parametrize("door", READ, ids=label)
def test_an_archive_that_cannot_be_opened_is_one_message(
    door: Door, kind: str, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = told(door.words(str(damaged(kind, files.folder)), files), capsys)
    assert code in {1, 2}


def test_an_encrypted_archive_is_told_apart(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(damaged("encrypted", files.folder))
    _, text = told(["evidence", "add-incidents", path, "--release", "26.1"], capsys)
    assert "encrypted" in text
    assert "password" in text


def test_the_package_says_which_systems_it_is_for() -> None:
    root = Path(inspect.getfile(program)).parents[2]
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "Operating System :: POSIX" in project["classifiers"]
