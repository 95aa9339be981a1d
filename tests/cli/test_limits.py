"""Every number has bounds, nothing given twice passes in silence, and work has a cap."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import subprocess
import sys
import textwrap
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from karwan.analysis.forecasts.closures import fit_world
from karwan.base.errors import DataError
from karwan.base.limits import LIMITS, MOST_SPELLS, check_spells
from karwan.cli.strict import is_number, limit_of
from karwan.evidence import packed
from karwan.evidence.incidents import HowToRead
from karwan.evidence.readers import read_incidents
from karwan.hazard.scenarios import draw_scenarios
from karwan.ledger.text import sentences
from karwan.ledger.text.sentences import has_words, words_of
from karwan.main import load_program, main
from tests import events, reference
from tests.events import event


def options(command: Any = None) -> Iterator[Any]:
    one = typer.main.get_command(load_program()) if command is None else command
    for below in getattr(one, "commands", {}).values():
        yield from options(below)
    yield from one.params


def test_every_option_that_takes_a_number_has_bounds_with_a_reason() -> None:
    numbers = [option for option in options() if is_number(option)]
    assert len(numbers) > 12
    for option in numbers:
        limit = limit_of(option)
        assert limit is not None, f"{option.opts} has no bounds in base.limits"
        assert limit.why
        assert limit.least < limit.most


@pytest.mark.parametrize("text", ["1e308", "nan", "inf", "-inf", "-1", "1000"])
@pytest.mark.parametrize("command", ["compare almaty karachi", "critical"])
def test_a_factor_beyond_its_bounds_is_refused_before_any_work(
    command: str, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command.split(), "--as-of", "2026-11-22", "--hazard-factor", text]) == 2
    told = capsys.readouterr().err
    assert f"--hazard-factor {float(text):.10g}: it must be from 0 to 40" in told


def test_all_faults_of_a_command_line_come_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["critical", "--paths", "10", "--seed", "1", "--seed", "2", "--top", "0"]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "3 faults in the command line" in told
    for part in ("--seed is given 2 times", "--paths 10: it must be from 100", "--top 0: it must"):
        assert part in told


@pytest.mark.parametrize(
    "words",
    [
        ["compare", "almaty", "karachi", "--as-of", "2026-11-22", "--as-of", "2026-11-21"],
        ["route", "almaty", "karachi", "--unit", "truck", "--unit", "40ft"],
        ["hazard", "torkham", "--horizon", "7", "--horizon", "30"],
        ["study", "run", "reference", "--out", "a", "--out", "b"],
        ["ledger", "list", "--actor", "Pakistan", "--actor", "Kazakhstan"],
    ],
)
def test_an_option_that_holds_one_value_is_not_given_twice(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert "is given 2 times; give it once" in capsys.readouterr().err


def test_columns_and_countries_may_be_named_one_by_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.csv"
    path.write_text("event_date,latitude,longitude\n2026-05-02,34.1,71.1\n", encoding="utf-8")
    words = ["evidence", "add-incidents", str(path), "--from", "2026-05-01", "--to", "2026-06-01"]
    parts = ["--map", "date=event_date", "--map", "lat=latitude", "--map", "lon=longitude"]
    places = ["--countries", "AF", "--countries", "PK", "--workspace", str(tmp_path / "w")]
    assert main([*words, *parts, *places]) == 0
    assert "1 event of release" in capsys.readouterr().out
    assert main([*words, *parts, "--map", "lat=other", *places]) == 2
    assert "--map lat: given twice" in capsys.readouterr().err


# Places that cannot be


def test_swapped_places_and_zeros_are_said_and_nothing_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        event("1", "2021-03-04", latitude="34.1", longitude="71.1"),
        event("2", "2021-03-05", latitude="71.1", longitude="34.1"),
        event("3", "2021-03-06", latitude="0", longitude="0"),
    ]
    path = events.write_csv(tmp_path, "r.csv", rows)
    words = ["evidence", "add-incidents", str(path), "--release", "22.1"]
    assert main([*words, "--workspace", str(tmp_path / "w")]) == 0
    told = capsys.readouterr()
    assert "3 events" in told.out
    assert "1 event lies at 0/0" in told.err
    assert "1 event lies far from the country" in told.err
    assert "1 would lie in it with latitude and longitude swapped" in told.err


# Files


def bomb(wrap: str) -> bytes:
    content = b"id,best\n" + b"0,0\n" * 8_000_000
    if wrap == "gz":
        return gzip.compress(content, 9)
    if wrap == "bz2":
        return bz2.compress(content, 9)
    if wrap == "xz":
        return lzma.compress(content, preset=1)
    packed_bytes = io.BytesIO()
    with zipfile.ZipFile(packed_bytes, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.writestr("a.csv", content)
    return packed_bytes.getvalue()


@pytest.mark.parametrize("wrap", ["gz", "bz2", "xz", "zip"])
def test_a_file_that_expands_without_measure_is_refused_while_it_is_unpacked(
    tmp_path: Path, wrap: str
) -> None:
    path = tmp_path / f"bomb.csv.{wrap}"
    path.write_bytes(bomb(wrap))
    with pytest.raises(DataError, match="it unpacks to more than 10,000,000 bytes"):
        read_incidents(path, HowToRead(release="22.1"))


def zipped(tmp_path: Path, change: str) -> Path:
    path = tmp_path / "r.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("r.csv", "id,best\n" + "1,2\n" * 2000)
    content = bytearray(path.read_bytes())
    directory = content.rindex(b"PK\x01\x02")
    if change == "encrypted":
        content[6] |= 1
        content[directory + 8] |= 1
    elif change == "method":
        content[8] = 99
        content[directory + 10] = 99
    elif change == "version":
        content[directory + 6] = 84
    elif change == "damaged":
        content[45] ^= 0xFF
        content[50] ^= 0xFF
    else:
        del content[directory - 20 :]
    path.write_bytes(bytes(content))
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("encrypted", "the zip is encrypted"),
        ("method", "packed by method 99, which is not read"),
        ("version", "the zip cannot be read: zip file version 8.4; unpack it first"),
        ("damaged", "the archive is damaged or cut"),
        ("cut", "the archive is damaged or cut"),
    ],
)
def test_what_is_wrong_with_an_archive_is_said(tmp_path: Path, change: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        read_incidents(zipped(tmp_path, change), HowToRead(release="22.1"))


def test_a_table_too_long_or_too_wide_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "MOST_LINES", 3)
    path = events.write_csv(tmp_path, "r.csv", [event(str(n), "2021-03-04") for n in range(6)])
    with pytest.raises(DataError, match="it has 7 lines, and at most 3 are read"):
        read_incidents(path, HowToRead(release="22.1"))
    wide = tmp_path / "wide.csv"
    wide.write_text(",".join(f"c{n}" for n in range(600)) + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="it has 600 columns, and at most 500 are read"):
        read_incidents(wide, HowToRead(release="22.1"))


def test_a_text_too_large_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sentences, "MOST_TEXT_BYTES", 10)
    path = tmp_path / "speech.txt"
    path.write_text("He said that it would rain.", encoding="utf-8")
    with pytest.raises(DataError, match="it has 27 bytes, and at most 10 are read"):
        sentences.read_document(path)


# Work


def test_a_draw_beyond_memory_is_refused_beforehand_with_its_size() -> None:
    model = fit_world(reference.world())
    with pytest.raises(DataError, match="closures would be drawn, and at most 20,000,000"):
        draw_scenarios(model, seed=0, path_count=1_000_000, horizon_days=3650)
    check_spells(MOST_SPELLS)


AT_THE_BOUND = textwrap.dedent(
    """
    import resource, sys
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    from karwan.main import main
    sys.exit(main(sys.argv[1:]))
    """
)


@pytest.mark.parametrize(
    "words",
    [
        ["compare", "almaty", "karachi", "--hazard-factor", str(LIMITS["hazard_factor"].most)],
        ["critical", "--horizon", str(LIMITS["horizon"].most), "--paths", "100", "--top", "10000"],
        ["route", "almaty", "karachi", "--alternatives", str(LIMITS["alternatives"].most)],
    ],
)
def test_what_multiplies_work_runs_at_its_bound_in_bounded_memory(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", AT_THE_BOUND, *words, "--as-of", "2026-11-22"],
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]


def test_a_study_of_too_many_pairs_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataclasses import replace

    monkeypatch.setitem(LIMITS, "pairs", replace(LIMITS["pairs"], most=3))
    path = tmp_path / "many.toml"
    path.write_text(
        'name = "many"\ntitle = "many"\nas_of = 2026-11-22\n'
        'origins = ["almaty", "astana"]\ndestinations = ["karachi", "lahore"]\n',
        encoding="utf-8",
    )
    assert main(["study", "run", str(path)]) == 2
    assert "line 4, origins: 8 pairs: it must be from 1 to 3" in capsys.readouterr().err


@pytest.mark.parametrize("shape", [",", "-", "\u201c", "Ab", "a-b, "])
def test_words_are_found_in_one_pass_over_a_text(shape: str) -> None:
    """The rule without backtracking: every run without blanks is looked at once."""
    text = shape * 40_000
    mixed = "a -- b,, ' c'"
    assert all("\\S*" not in part.pattern for part in (sentences._RUN, sentences._LETTER))
    assert [span.of(mixed) for span in words_of(mixed)] == ["a", "b,,", "c'"]
    assert has_words(text, sentences.Span(0, len(text)), 1) is any(map(str.isalnum, shape))


def test_the_bounds_stand_in_the_documentation() -> None:
    text = (Path(__file__).parents[2] / "docs" / "method" / "limits.md").read_text(encoding="utf-8")
    for limit in LIMITS.values():
        row = f"| `{limit.key}` | {limit.least:,.10g} | {limit.most:,.10g} | {limit.why} |"
        assert row in text
