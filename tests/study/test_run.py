"""A study file with faults names them all; a run is a folder that repeats its bytes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from karwan.data.catalog import Catalog
from karwan.main import main
from tests.reference import set_cells

SMALL = """
name = "small"
title = "Almaty and Karachi"
as_of = 2026-11-22
seed = 7
states = ["last-known", "all-open"]
origins = ["almaty"]
destinations = ["karachi"]

[consignment]
cargo = "general"
unit = "truck"

[futures]
paths = 300
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file of a folder."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the small study's run."""
    folder = tmp_path_factory.mktemp("run")
    assert main(["study", "run", str(write(folder, SMALL)), "--out", str(folder / "one")]) == 0
    return folder / "one"


def test_the_same_study_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    study = write(tmp_path, SMALL)
    assert main(["study", "run", str(study), "--out", str(tmp_path / "again")]) == 0
    assert hashes(tmp_path / "again") == hashes(run)


def test_the_record_holds_what_repeats_the_run_and_no_clock(run: Path, tmp_path: Path) -> None:
    text = (run / "run.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert record["seed"] == 7
    assert record["as_of"] == "2026-11-22"
    assert record["evidence_horizon"] == "2026-10-04"
    assert {"format_version", "karwan_version"} <= set(record)
    assert str(run.parent) not in text
    catalog = Catalog()
    stated = json.dumps(record)
    assert all(
        catalog.resource(name).sha256 in stated for name in ("closures", "road_links", "corridors")
    )


def test_the_tables_of_a_run_agree_with_its_questions(run: Path) -> None:
    routes = pl.read_parquet(run / "routes.parquet")
    assert set(routes["state"]) == {"last-known", "all-open"}
    assert set(routes["origin"]) == {"almaty", "karachi"}
    cut = routes.filter(pl.col("status") == "cut")
    assert cut.height > 0
    assert cut["mean_hours"].null_count() == cut.height


@pytest.fixture
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the page out, which takes most of the time of a run."""
    monkeypatch.setattr("karwan.report.page.render_page", lambda *_, **__: "")


@pytest.mark.usefixtures("no_page")
def test_a_seed_on_the_command_line_wins(tmp_path: Path) -> None:
    study = write(tmp_path, SMALL)
    words = ["study", "run", str(study), "--out", str(tmp_path / "out"), "--seed", "11"]
    assert main(words) == 0
    assert json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["seed"] == 11


FAULTY = """
name = "small"
title = "Almaty and Karachi"
as_of = 1990-01-01
seed = -7
colour = "red"
price_year = 1900
states = ["last-known", "shut"]
origins = ["almatty"]
destinations = ["karachi"]
focus = ["nowhere-at-all", "karachi"]
consignment = { unit = "van", tonnes = -5, carrier = "ZZ" }

[world]
close = ["torkam"]
open = ["khyber-rail"]
projects = ["uapp"]
"""

FAULTS = """\
karwan: 13 faults in study {path}:
  line 4, as_of: 1990-01-01: No evidence dated on or before 1990-01-01: the first is of \
2010-02-09. Ask of a later date.
  line 5, seed: input should be greater than or equal to 0 (given: -7)
  line 6, colour: not a key of a study
  line 7, price_year: price_year 1900 is not in 2009-2024
  line 8, states.1: input should be 'last-known' or 'all-open' (given: 'shut')
  line 9, origins.0: No place 'almatty'. Did you mean 'Almaty' or 'alat'?
  line 11, focus.0: No place 'nowhere-at-all'.
  line 12, consignment.carrier: No carrier's country 'ZZ'. Known: AE, AF, AZ, CN, IN, IR, KG, KZ, \
PK, TJ, TM, UZ.
  line 12, consignment.tonnes: input should be greater than 0 (given: -5)
  line 12, consignment.unit: No unit 'van'. Known: 20ft, 40ft, truck, wagon.
  line 15, world.close: torkam: No crossing, line, link or place 'torkam'. Did you mean 'Torkham' \
or 'Turkham' or 'torkham-pk'?
  line 16, world.open: khyber-rail: not built; switch on its project khyber-rail
  line 17, world.projects: uapp: No project 'uapp'. Did you mean 'uap'?
"""


def test_all_faults_of_a_study_file_are_named_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, FAULTY)
    assert main(["study", "run", str(path), "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err == FAULTS.format(path=path)
    assert not (tmp_path / "out").exists()


def test_a_key_left_out_hides_no_other_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, 'name = "x"\ntitle = "y"\ndestinations = ["karachii"]\n')
    assert main(["study", "run", str(path)]) == 2
    assert capsys.readouterr().err == (
        f"karwan: 3 faults in study {path}:\n"
        "  as_of: is missing\n"
        "  origins: is missing\n"
        "  line 3, destinations.0: No place 'karachii'. Did you mean 'Karachi' or 'Kharlachi'?\n"
    )


def test_faults_of_a_studys_own_tables_stand_at_their_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    set_cells(tmp_path / "mine", "road_links", "shymkent--saryagash", {"length_km": "50"})
    path = write(tmp_path, 'tables = "mine"\n' + SMALL)
    assert main(["study", "run", str(path)]) == 2
    assert capsys.readouterr().err == (
        f"karwan: 1 fault in study {path}:\n  line 1, tables: the network tables: link "
        "shymkent--saryagash: 50 km is shorter than the great circle of 101.0 km\n"
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [("name = ", "is not TOML"), (None, "{} is not there")],
)
def test_a_file_that_is_no_study_says_why(
    text: str | None, fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "study.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert main(["study", "run", str(path)]) == 2
    assert f"{path}:\n  {fault.format(path)}" in capsys.readouterr().err


def test_a_page_that_fails_costs_the_page_only(
    run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from karwan.report import page

    def fail(_: object, **__: object) -> str:
        msg = "no ink"
        raise RuntimeError(msg)

    monkeypatch.setattr(page, "render_page", fail)
    study, out = write(tmp_path, SMALL), tmp_path / "out"
    assert main(["study", "run", str(study), "--out", str(out)]) == 0
    assert "without report: RuntimeError: no ink" in capsys.readouterr().err
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["sections_missing"] == {"report": "RuntimeError: no ink"}
    whole = hashes(run)
    del whole["report.html"], whole["report-appendix.html"]
    assert {**hashes(out), "run.json": ""} == {**whole, "run.json": ""}


def test_a_section_that_fails_costs_that_section_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from karwan.report import page

    def fail(_: object) -> None:
        msg = "a <torn> sheet"
        raise ValueError(msg)

    some = {section.id: section for section in page.SECTIONS if section.id in {"register", "order"}}
    some["register"] = replace(some["register"], gather=fail)
    monkeypatch.setattr(page, "SECTIONS", tuple(some.values()))
    study, out = write(tmp_path, SMALL), tmp_path / "out"
    assert main(["study", "run", str(study), "--out", str(out)]) == 0
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["sections_missing"] == {"register": "ValueError: a <torn> sheet"}
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "This section could not be made: ValueError: a &lt;torn&gt; sheet" in text
    assert 'id="order"' in text
    assert text.count("could not be made") == 1


def test_a_folder_with_files_of_the_users_is_refused_before_anything_is_computed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from karwan.study import run as module

    monkeypatch.setattr(module, "run_study", lambda *_, **__: pytest.fail("computed"))
    out = tmp_path / "out"
    (out / "sub").mkdir(parents=True)
    (out / "run.json").write_text('{"my": "own"}', encoding="utf-8")
    (out / "notes.txt").write_text("precious", encoding="utf-8")
    study = write(tmp_path, SMALL)
    assert main(["study", "run", str(study), "--out", str(out)]) == 2
    assert "(notes.txt, run.json, sub)" in capsys.readouterr().err
    assert (out / "notes.txt").read_text(encoding="utf-8") == "precious"
