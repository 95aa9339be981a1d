"""A kept forecast cannot be made another unseen: edits, moves and gaps name themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from karwan.analysis.forecasts.kept import (
    FORECAST_FILE,
    FORMAT_VERSION,
    UNSEALED_VERSION,
    Flaw,
    canonical,
    forecast_id,
    forecasts_of,
    read_forecasts,
    store_forecasts,
)
from karwan.base.errors import DataError
from karwan.base.store import sha256_hex
from karwan.base.workspaces import DatabaseUrl, Workspace
from karwan.main import main
from tests.postgres import Team

WHEN = "2025-10-11T09:00:00+00:00"


def record(
    element: str, *, version: int = FORMAT_VERSION, made_at: str = WHEN, p: float = 0.25
) -> dict[str, Any]:
    content = {
        "format_version": version, "element": element, "as_of": "2025-10-11", "state": "open",
        "climatology": 0.1, "p_shut": {"1": p},
    }  # fmt: skip
    return {"id": forecast_id(content), **content, "made_at": made_at}


def kept(folder: Path, *elements: str) -> Path:
    path = folder / FORECAST_FILE
    for element in elements:
        assert store_forecasts(path, [record(element)]) == 1
    return path


def elements(path: Path | DatabaseUrl) -> list[str]:
    return [one.element for one in read_forecasts(path).forecasts]


def flaws(path: Path | DatabaseUrl) -> list[tuple[int, Flaw]]:
    return [(one.number, one.flaw) for one in read_forecasts(path).faults]


def edit(path: Path, line: int, **changes: object) -> None:
    lines = path.read_bytes().splitlines()
    lines[line] = canonical(json.loads(lines[line]) | changes)
    path.write_bytes(b"\n".join(lines) + b"\n")


def test_the_file_only_grows_and_keeps_each_once(tmp_path: Path) -> None:
    path = kept(tmp_path, "a")
    before = path.read_bytes()
    assert store_forecasts(path, [record("a", made_at="2026-01-01T00:00:00+00:00")]) == 0
    assert store_forecasts(path, [record("b"), record("c")]) == 2
    assert path.read_bytes().startswith(before)
    assert elements(path) == ["a", "b", "c"]
    assert flaws(path) == []


@pytest.mark.parametrize(
    "change", [{"made_at": "2025-09-01T00:00:00+00:00"}, {"p_shut": {"1": 0.9999}}, {"seed": 1}]
)
@pytest.mark.parametrize("line", [0, 1, 2])
def test_an_edited_line_is_named_and_the_others_count(
    tmp_path: Path, line: int, change: dict[str, object]
) -> None:
    path = kept(tmp_path, "a", "b", "c")
    edit(path, line, **change)
    assert [one for one in flaws(path) if one[1] is Flaw.edited] == [(line + 1, Flaw.edited)]
    assert elements(path) == [name for name in "abc" if name != "abc"[line]]


def reseal(path: Path, line: int, **changes: object) -> None:
    """Edit a line and give it the hash of its new content, as who knows the rule would."""
    lines = path.read_bytes().splitlines()
    content = {k: v for k, v in json.loads(lines[line]).items() if k != "line_sha256"} | changes
    lines[line] = canonical({**content, "line_sha256": sha256_hex(canonical(content))})
    path.write_bytes(b"\n".join(lines) + b"\n")


@pytest.mark.parametrize("line", [0, 1])
def test_a_line_edited_and_hashed_anew_is_named_by_the_one_after_it(
    tmp_path: Path, line: int
) -> None:
    path = kept(tmp_path, "a", "b", "c")
    reseal(path, line, made_at="2020-01-01T00:00:00+00:00")
    assert flaws(path) == [(line + 1, Flaw.rewritten)]
    assert elements(path) == [name for name in "abc" if name != "abc"[line]]


def test_a_rewritten_line_cannot_speak_against_the_one_before_it(tmp_path: Path) -> None:
    path = kept(tmp_path, "a", "b", "c")
    reseal(path, 1, previous_sha256="0" * 64)
    assert flaws(path) == [(2, Flaw.rewritten)]
    assert elements(path) == ["a", "c"]


def test_a_head_hashed_anew_shows_only_against_what_was_published(tmp_path: Path) -> None:
    """What a chain cannot show, as the documentation says."""
    path = kept(tmp_path, "a", "b", "c")
    published = read_forecasts(path).head_sha256
    reseal(path, 2, made_at="2020-01-01T00:00:00+00:00")
    assert flaws(path) == []
    assert read_forecasts(path).head_sha256 != published


def test_a_missing_line_is_named_and_its_neighbours_count(tmp_path: Path) -> None:
    path = kept(tmp_path, "a", "b", "c")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    assert elements(path) == ["a", "c"]
    assert flaws(path) == [(2, Flaw.missing)]


def test_a_moved_and_a_repeated_line_are_named_and_not_scored(tmp_path: Path) -> None:
    path = kept(tmp_path, "a", "b", "c", "d")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[3], *lines[:3], lines[1]]))
    assert elements(path) == ["a", "b", "c"]
    assert flaws(path)[0] == (1, Flaw.moved)
    assert (5, Flaw.moved) in flaws(path)


@pytest.mark.parametrize(
    "foreign", [b"[1]", b"\xff", b"null", b"{}", b'{"format_version": 2}', b"[" * 100_000]
)
def test_a_torn_or_foreign_line_harms_no_other(tmp_path: Path, foreign: bytes) -> None:
    path = kept(tmp_path, "a")
    with path.open("ab") as file:
        file.write(foreign)
    assert store_forecasts(path, [record("b")]) == 1
    assert elements(path) == ["a", "b"]
    assert flaws(path) == [(2, Flaw.torn)]


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_line_torn_by_a_killed_process_harms_no_other(tmp_path: Path, cut: int) -> None:
    path = kept(tmp_path, "a", "b")
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    path.write_bytes(whole[: first + cut])
    assert store_forecasts(path, [record("c")]) == 1
    assert elements(path) == ["a", "c"]


def test_lines_of_0_1_0_are_read_apart_and_sealed_from_then_on(tmp_path: Path) -> None:
    path = tmp_path / FORECAST_FILE
    old = [record(name, version=UNSEALED_VERSION) for name in ("a", "b")]
    path.write_text("".join(json.dumps(one, sort_keys=True) + "\n" for one in old))
    assert store_forecasts(path, [record("c")]) == 1
    found = read_forecasts(path)
    assert [one.element for one in found.unsealed] == ["a", "b"]
    assert ([one.element for one in found.forecasts], found.faults) == (["c"], ())
    path.write_bytes(path.read_bytes().replace(b"T09:00", b"T08:00", 1))
    assert flaws(path) == [(2, Flaw.unsealed_changed)]


def test_an_unsealed_line_whose_content_was_changed_is_named(tmp_path: Path) -> None:
    path = tmp_path / FORECAST_FILE
    old = record("a", version=UNSEALED_VERSION) | {"state": "shut"}
    path.write_text(json.dumps(old) + "\n")
    assert flaws(path) == [(1, Flaw.edited)]
    assert read_forecasts(path).unsealed == ()


def test_no_file_and_a_newer_format_are_said(tmp_path: Path) -> None:
    path = tmp_path / FORECAST_FILE
    with pytest.raises(DataError, match="does not exist: none was kept there yet"):
        read_forecasts(path)
    path.write_text(json.dumps(record("a", version=3)) + "\n")
    with pytest.raises(DataError, match="line 1: format 3, not 2"):
        read_forecasts(path)


def test_the_head_changes_with_each_line_and_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--workspace", str(tmp_path), "--as-of", "2025-10-11"]
    assert main(["hazard", "torkham", "--store", *words]) == 0
    path = tmp_path / FORECAST_FILE
    first = read_forecasts(path).head_sha256
    assert main(["hazard", "khunjerab", "--store", *words]) == 0
    capsys.readouterr()
    assert main(["hazard", "score", *words, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["head_sha256"] == read_forecasts(path).head_sha256 != first
    edit(path, 0, made_at="2020-01-01T00:00:00+00:00")
    assert main(["hazard", "score", *words]) == 0
    text = capsys.readouterr().out
    assert "line 1 is edited: its content does not give its hash" in text
    assert told["head_sha256"] in text


ADD = """
import sys
from tests.analysis.forecasts.test_kept import record
from karwan.analysis.forecasts.kept import forecasts_of, store_forecasts
from karwan.base.workspaces import typed_workspace
for number in range(12):
    store_forecasts(forecasts_of(typed_workspace(sys.argv[1])), [record(f"{sys.argv[2]}{number}")])
"""


def test_two_who_write_at_once_make_one_chain(place: Workspace) -> None:
    told = place.address if isinstance(place, DatabaseUrl) else str(place)
    root = Path(__file__).parents[3]
    both = [subprocess.Popen([sys.executable, "-c", ADD, told, name], cwd=root) for name in "xy"]
    assert [one.wait(timeout=120) for one in both] == [0, 0]
    path = forecasts_of(place)
    assert len(elements(path)) == 24
    assert flaws(path) == []


def test_lines_of_a_database_are_kept_once_and_an_edited_one_is_named(team: Team) -> None:
    path = forecasts_of(team.place)
    with pytest.raises(DataError, match=r"(?i)no forecast|none"):
        read_forecasts(path)
    assert store_forecasts(path, [record("a"), record("b")]) == 2
    assert store_forecasts(path, [record("a", made_at="2026-01-01T00:00:00+00:00")]) == 0
    assert store_forecasts(path, [record("c")]) == 1
    assert (elements(path), flaws(path)) == (["a", "b", "c"], [])
    team.say(
        "SET session_replication_role = replica",
        "UPDATE forecast_lines SET line = "
        "convert_to(replace(convert_from(line, 'UTF8'), '0.1', '0.9'), 'UTF8') WHERE seq = 2",
    )
    assert flaws(path)[0] == (2, Flaw.edited)
    assert elements(path) == ["a", "c"]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[bytes]]:
    """Return a file of six forecasts and its lines; who asks for it writes it over."""
    path = kept(tmp_path_factory.mktemp("chain"), *"abcdef")
    return path, path.read_bytes().splitlines()


@given(order=st.lists(st.integers(0, 5), max_size=12), data=st.data())
def test_whatever_is_done_to_the_lines_nothing_forged_is_scored(
    chain: tuple[Path, list[bytes]], order: list[int], data: st.DataObject
) -> None:
    """Lines dropped, doubled, shuffled, edited: what is scored was written, and counts once."""
    path, lines = chain
    path.write_bytes(b"\n".join(lines))
    written = read_forecasts(path).forecasts
    made = [lines[number] for number in order]
    for at in range(len(made)):
        if data.draw(st.booleans()):
            made[at] = made[at].replace(b"2025-10-11T09", b"2025-10-10T09")
    path.write_bytes(b"\n".join(made))
    found = read_forecasts(path)
    assert all(one in written for one in found.forecasts)
    assert len({one.element for one in found.forecasts}) == len(found.forecasts)


@pytest.mark.parametrize(
    "part",
    [
        {"as_of": "soon"},
        {"made_at": 5},
        {"climatology": 1.2},
        {"climatology": "0.1"},
        {"p_shut": {"1": -0.1}},
        {"p_shut": {"a day": 0.5}},
        {"p_shut": {"9999999": 0.5}},
        {"p_shut": [0.5]},
    ],
)
def test_a_line_that_holds_no_forecast_is_no_line_of_ours(
    tmp_path: Path, part: dict[str, object]
) -> None:
    """It stands by its own hash: another program may have written it so."""
    path = tmp_path / FORECAST_FILE
    assert store_forecasts(path, [record("a"), record("b") | part, record("c")]) == 3
    assert elements(path) == ["a", "c"]
    assert flaws(path) == [(2, Flaw.torn), (2, Flaw.missing)]
