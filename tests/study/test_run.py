"""A study file with faults names them all; a run is a folder that repeats its bytes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import polars as pl
import pytest

from karwan.cli import main
from karwan.data.catalog import Catalog

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


def test_a_seed_on_the_command_line_wins(tmp_path: Path) -> None:
    study = write(tmp_path, SMALL)
    words = ["study", "run", str(study), "--out", str(tmp_path / "out"), "--seed", "11"]
    assert main(words) == 0
    assert json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))["seed"] == 11


def test_all_faults_of_a_study_file_are_named_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SMALL.replace("seed = 7", "seed = -7\ncolour = 'red'").replace(
        '"last-known", "all-open"', '"last-known", "shut"'
    )
    path = write(tmp_path, text)
    assert main(["study", "run", str(path), "--out", str(tmp_path / "out")]) == 2
    message = capsys.readouterr().err
    assert message.startswith(f"karwan: 3 faults in study {path}:\n")
    assert "line 5, seed: input should be greater than or equal to 0 (given: -7)" in message
    assert "line 6, colour: not a key of a study" in message
    assert "line 7, states.1: input should be 'last-known' or 'all-open' (given: 'shut')" in message
    assert not (tmp_path / "out").exists()


def test_all_unknown_names_of_a_study_are_named_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SMALL.replace('["karachi"]', '["karachii", "lahore"]').replace(
        'cargo = "general"', 'cargo = "gold"'
    )
    path = write(tmp_path, text + "\n[world]\nclose = ['torkam']\n")
    assert main(["study", "run", str(path), "--out", str(tmp_path / "out")]) == 2
    message = capsys.readouterr().err
    assert "No place 'karachii'. Did you mean 'Karachi'" in message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("text", "fault"),
    [("name = ", "is not TOML"), (None, "cannot be read: No such file or directory")],
)
def test_a_file_that_is_no_study_says_why(
    text: str | None, fault: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "study.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    assert main(["study", "run", str(path)]) == 2
    assert f"{path}:\n  {fault}" in capsys.readouterr().err


def test_a_run_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from karwan.report import page

    def fail(_: object) -> str:
        msg = "no ink"
        raise RuntimeError(msg)

    monkeypatch.setattr(page, "render_page", fail)
    study = write(tmp_path, SMALL)
    assert main(["study", "run", str(study), "--out", str(tmp_path / "out")]) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.toml"]
