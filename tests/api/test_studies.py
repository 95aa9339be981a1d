"""Studies: several at a time, the same bytes; what fails costs itself and is told."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import sys
from pathlib import Path

import pytest

import karwan
from karwan.api import studies
from karwan.api.studies import NOT_ASKED, THREADS, Order, Stored, find_study, run_orders
from karwan.base.errors import DataError, Fault, KarwanError, NoRouteError, UnknownNameError
from karwan.main import main
from karwan.report import audiences
from karwan.study import run as running
from karwan.study.run import StudyResult
from tests.worlds import EAST, WEST, write_tables

STUDY = """
name = "{name}"
title = "Two lands"
as_of = {as_of}
states = ["last-known", "all-open"]
origins = ["ncity"]
destinations = ["scity"]
tables = "tables"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the tables of the two lands and two studies of them."""
    place = tmp_path_factory.mktemp("studies")
    write_tables(place / "tables")
    for name, as_of in (("one", "2020-06-30"), ("two", "2019-06-30")):
        (place / f"{name}.toml").write_text(STUDY.format(name=name, as_of=as_of), encoding="utf-8")
    return place


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below a folder."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run(folder: Path, *words: str) -> int:
    """Run both studies of a folder."""
    files = [str(folder / f"{name}.toml") for name in ("one", "two")]
    return main(["study", "run", *files, "--no-report", *words])


def record(place: Path) -> dict[str, str]:
    """Return what a run says is missing in it."""
    text = (place / "run.json").read_text(encoding="utf-8")
    missing: dict[str, str] = json.loads(text)["sections_missing"]
    return missing


def test_studies_give_the_same_bytes_one_by_one_and_together(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {name: os.environ.get(name) for name in THREADS}
    assert run(folder, "--out", str(tmp_path / "alone")) == 0
    alone = capsys.readouterr().out
    assert run(folder, "--out", str(tmp_path / "both"), "--jobs", "2") == 0
    assert capsys.readouterr().out == alone.replace("alone", "both")
    assert hashes(tmp_path / "alone") == hashes(tmp_path / "both")
    assert {path.name for path in (tmp_path / "both").iterdir()} == {"one", "two"}
    assert {name: os.environ.get(name) for name in THREADS} == before


def test_without_a_report_the_tables_stand_and_the_record_says_so(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "run"
    words = ["study", "run", str(folder / "one.toml"), "--no-report", "--out", str(place)]
    assert main(words) == 0
    assert capsys.readouterr().out == f"Run: {place}\n"
    assert record(place) == {"report": NOT_ASKED}
    assert not (place / "report.html").exists()
    assert (place / "routes.parquet").exists()


def test_a_plain_install_runs_a_study_and_says_how_to_get_the_page(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for extra in ("jinja2", "altair", "vl_convert"):
        monkeypatch.setitem(sys.modules, extra, None)
    place = tmp_path / "run"
    assert main(["study", "run", str(folder / "two.toml"), "--out", str(place)]) == 0
    told = capsys.readouterr()
    assert "without report: A report needs the package" in told.err
    assert "pip install 'karwan[report]'" in told.err
    assert told.out == f"Run: {place}\n"
    assert (place / "legs.parquet").exists()


def test_a_part_that_fails_costs_that_part(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        msg = "too thin"
        raise ValueError(msg)

    monkeypatch.setattr(running, "run_study_futures", fail)
    study = karwan.run_study(folder / "two.toml")
    place = study.save(tmp_path / "run", report=False)
    assert record(place) == {"futures": "ValueError: too thin", "report": NOT_ASKED}
    assert (place / "availability.parquet").exists()
    with pytest.raises(ValueError, match="too thin"):
        running.run_frames(study.result)


def test_a_study_that_fails_costs_no_other(
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = studies.run_study

    def fail_one(spec: object, **given: object) -> object:
        if getattr(spec, "name", "") == "one":
            msg = "no way"
            raise NoRouteError(msg)
        return whole(spec, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(studies, "run_study", fail_one)
    assert run(folder, "--out", str(tmp_path)) == 2
    told = capsys.readouterr()
    assert told.err == "karwan: no way\n"
    assert told.out == f"Run: {tmp_path / 'two'}\n"
    assert not (tmp_path / "one").exists()


def test_faults_of_all_studies_come_before_anything_is_run(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = folder / "bad.toml"
    bad.write_text(STUDY.format(name="bad", as_of="2020-06-30").replace("ncity", "nowhere"))
    again = folder / "again.toml"
    again.write_text(STUDY.format(name="one", as_of="2020-06-30"))
    files = [str(folder / f"{name}.toml") for name in ("bad", "one", "again")]
    assert main(["study", "run", *files, "--out", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "No place 'nowhere'" in told
    assert f"two studies would be written to {tmp_path / 'one'}; name them apart" in told
    assert list(tmp_path.iterdir()) == []


def test_own_closures_reach_tables_and_report(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    from karwan.evidence.records import NewClosure, add_closure

    new = NewClosure(
        element_id=WEST,
        mode="road",
        start="2020-06-30",
        end="",
        end_status="ongoing",
        seen_until="2020-06-30",
        traffic_class="all",
        direction="both",
        cause="security_clash",
        episode="",
        note="told by a driver",
        source_url="https://example.org/driver",
        source_date="2020-06-30",
        grade="B",
    )
    import datetime as dt

    workspace = tmp_path / "ws"
    day = dt.date(2020, 6, 30)
    add_closure(workspace, new, who="me", when="2020-06-30T00:00:00+00:00", today=day)
    study = karwan.run_study(folder / "one.toml", workspace=workspace)
    cuts = study.to_frame("cuts")
    assert "told by a driver" in " ".join(cuts["reason"].to_list())
    assert {EAST, WEST} <= set(cuts["id"].to_list())
    page = study.report()
    assert page is not None, study.missing
    assert "https://example.org/driver" in page


def test_a_study_has_its_tables_by_name(folder: Path) -> None:
    study = karwan.run_study(folder / "two.toml", seed=5)
    assert study.to_frame().height == len(study.result.comparisons) * 4
    assert study.to_dict()["seed"] == 5
    with pytest.raises(UnknownNameError, match="Did you mean 'routes'"):
        study.to_frame("route")


def test_editions_share_what_their_sections_look_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("jinja2")
    asked: list[str] = []
    told = audiences.audiences

    def counted(result: StudyResult) -> list[audiences.Audience]:
        asked.append(result.spec.name)
        return told(result)

    monkeypatch.setattr(audiences, "audiences", counted)
    study = karwan.run_study(folder / "one.toml")
    assert [bool(study.report(name)) for name in ("full", "appendix")] == [True, True]
    assert asked == ["one"]


def test_no_order_is_no_work() -> None:
    assert list(run_orders([], jobs=4)) == []


def test_progress_is_told_of_each_study(folder: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    order = Order(spec=find_study(folder / "two.toml"), folder=tmp_path / "run", report=False)
    ((_, stored),) = run_orders([order], progress=lambda done, total: seen.append((done, total)))
    assert isinstance(stored, Stored)
    assert seen == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    "error",
    [
        DataError("the question", [Fault("closed", "No crossing.", "x"), "plain"]),
        UnknownNameError("place", "Karaci", ["Karachi"]),
        NoRouteError("none"),
    ],
)
def test_errors_come_whole_from_another_process(error: KarwanError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert again.__dict__ == error.__dict__
