"""Own files: read whole, or every fault named with its line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import karwan
from karwan.base.errors import DataError, SourceError

HEAD = "element,start,source_url,source_date"
ROW = "torkham,2026-11-01,https://example.org/a,2026-11-08"


def written(folder: Path, content: str | bytes, name: str = "own.csv") -> Path:
    """Return a file with some content."""
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def test_own_closures_become_a_frame_in_the_form_of_the_record(tmp_path: Path) -> None:
    text = f"{HEAD},end,cause\n{ROW},2026-11-05,security_clash\n{ROW},2026-11-06,\n"
    frame = karwan.read_closures(written(tmp_path, text, "OWN.CSV"))
    assert frame["element_id"].to_list() == ["torkham-road"] * 2
    assert frame["mode"].to_list() == ["road"] * 2
    assert frame["end"].to_list() == [dt.date(2026, 11, 5), dt.date(2026, 11, 6)]
    assert frame["cause"].to_list() == ["security_clash", "other"]


def test_columns_may_have_names_of_their_own(tmp_path: Path) -> None:
    text = "gate,from,to,url,told\ntorkham,2026-11-01,2026-11-03,https://example.org,2026-11-08\n"
    names = {"element": "gate", "start": "from", "end": "to", "source_url": "url",
             "source_date": "told"}  # fmt: skip
    frame = karwan.read_closures(written(tmp_path, text), columns=names)
    assert frame["start"].to_list() == [dt.date(2026, 11, 1)]
    with pytest.raises(DataError, match="2 faults") as caught:
        karwan.read_closures(written(tmp_path, text), columns=names | {"start": "x", "y": "z"})
    assert str(caught.value.faults[0]).startswith("columns y: not one of")
    assert "columns start: the file has no column 'x'" in str(caught.value)


def test_every_fault_of_a_file_comes_with_its_line(tmp_path: Path) -> None:
    text = f"{HEAD}\ntorkam,2026-11-01,https://example.org,2026-11-02\n{ROW}\n{ROW[:-1]}x\n"
    with pytest.raises(DataError, match=r"faults in closures in own\.csv") as caught:
        karwan.read_closures(written(tmp_path, text))
    told = str(caught.value)
    assert "line 2: No " in told
    assert "Did you mean" in told
    assert "line 3: a closure without an end needs" in told
    assert "line 4: " in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f"{HEAD}\n{ROW}".replace(",", ";"), "has semicolons between its cells; save it with comm"),
        (f"{HEAD}\n{ROW}".replace(",", "\t"), "has tabs between its cells"),
        (f"{HEAD}\n{ROW}".encode("utf-16"), "is text in UTF-16"),
        (f"{HEAD},note\n{ROW},Торхам".encode("cp1251"), r"no text in UTF-8 \(line 2; .*1251"),
        (f"{HEAD}\n{ROW}".encode("utf-16-le"), "UTF-16"),
        ("start\n2026-11-01\n", "column 'element' is missing"),
        ("", "cannot be read as CSV"),
        (f"{HEAD}\n{ROW},and,more\n", "cannot be read as CSV"),
    ],
    ids=["semicolons", "tabs", "utf-16", "windows-1251", "wide", "column", "empty", "ragged"],
)
def test_a_file_that_cannot_be_read_says_how_to_save_it(
    content: str | bytes, told: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=told):
        karwan.read_closures(written(tmp_path, content))


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    text = "\ufeff" + f"{HEAD},end\n{ROW},2026-11-05\n"
    assert karwan.read_closures(written(tmp_path, text)).height == 1


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not there"):
        karwan.read_closures(tmp_path / "none.csv")


def test_own_incidents_answer_along_the_network(tmp_path: Path) -> None:
    text = "day,la,lo\n2026-10-01,34.12,71.09\n"
    one = karwan.read_incidents(
        written(tmp_path, text), columns={"date": "day", "lat": "la", "lon": "lo"},
        countries=["af", "PK"], start="2025-01-01", end=dt.date(2026, 11, 1), release="mine",
    )  # fmt: skip
    answer = karwan.region(as_of="2026-11-22").evidence.incidents("torkham", (one,))
    assert answer.content[0].near_count == 1
    assert answer.to_frame().height == len(answer.content[0].links)
    with pytest.raises(DataError, match=r"start x: not a date.*\n.*countries: No country 'p1k'"):
        karwan.read_incidents(tmp_path / "own.csv", start="x", countries=["p1k"])
