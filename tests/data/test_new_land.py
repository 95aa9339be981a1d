"""A made land stands alone: every command honours it, and no word of another region is in it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest

import karwan
from karwan.data.catalog import Catalog
from karwan.data.new_land import EMPTY, land_files, write_land
from karwan.main import main

DATE = "2026-06-30"
WORDS = re.compile(
    r"Torkham|Chaman|Afghan|Pakistan|Karachi|Almaty|Kazakh|Uzbek|Iran|Khunjerab|KTAP|KUAP|KKCP"
    r"|CAREC|CPMM|Taftan|Kabul|Tashkent|Chin(?:a|ese)|Salang|Turkmen|Kyrgyz|Tajik|India|Caspian"
)
ADDRESS = re.compile(r"https?://[^\s\"'<>|]+")


@pytest.fixture(scope="module")
def land(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the made land."""
    return write_land(tmp_path_factory.mktemp("land") / "mine")


def foreign(text: str) -> set[str]:
    """Return words of the shipped region in a text; an address of a source may have any."""
    return set(WORDS.findall(ADDRESS.sub("", text)))


def changed(folder: Path, name: str, before: str, after: str) -> Path:
    """Return a new made land in which a table reads otherwise."""
    place = write_land(folder / "changed")
    path = place / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    return place


def test_the_command_writes_a_land_without_fault_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "a" / "land"
    assert main(["new", str(place)]) == 0
    assert str(place / "README.md") in capsys.readouterr().out
    assert main(["network", "check", "--tables", str(place)]) == 0
    assert [path.name for path in place.parent.iterdir()] == ["land"]
    assert main(["new", str(place)]) == 2
    assert "is there already; name a folder that is new or empty" in capsys.readouterr().err


def test_every_table_has_its_header_and_every_column_its_unit() -> None:
    files = land_files()
    told = files["COLUMNS.md"].decode()
    for name in (one.removesuffix(".csv") for one in files if one.endswith(".csv")):
        entry = Catalog().resource(name)
        header = files[f"{name}.csv"].decode().splitlines()[0]
        assert header.split(",") == [item.name for item in entry.table.fields]
        assert f"## {name}.csv" in told
    assert "| length_km* | km |" in told
    assert all(files[f"{name}.csv"].count(b"\n") == 1 for name in EMPTY)


@pytest.mark.parametrize(
    "words",
    [
        ["compare", "norton", "sutton"],
        ["compare", "norton", "sutton", "--format", "csv"],
        ["route", "sutton", "norton", "--alternatives", "3", "--tcd"],
        ["hazard", "East Gate"],
        ["article"],
        ["ledger", "list"],
        ["network", "show"],
        ["network", "show", "East Gate"],
        ["evidence", "incidents", "ns-east", "--workspace", "none"],
        ["evidence", "incidents", "closures", "--workspace", "none"],
        ["compare", "norton", "sutton", "--format", "json"],
        ["compare", "norton", "sutton", "--close", "East Gate"],
        ["compare", "norton", "sutton", "--hazard-factor", "1", "--paths", "100", "--days", "9"],
        ["hazard", "East Gate", "--format", "json"],
        ["network", "show", "ns-east"],
        ["network", "show", "Northland"],
        ["article", "--format", "csv"],
        ["ledger", "diff", "--since", "2026-01-01"],
        ["critical", "--study", "{land}/study.toml", "--paths", "100"],
        ["futures", "--study", "{land}/study.toml", "--paths", "100"],
    ],
    ids=" ".join,
)
def test_no_word_of_the_shipped_region_is_in_an_answer(
    words: list[str], land: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [word.format(land=land) for word in words]
    assert main([*given, "--tables", str(land), "--as-of", DATE]) == 0
    told = capsys.readouterr()
    assert told.out
    assert foreign(told.out.replace("without_afghanistan", "")) == set()
    assert foreign(told.err) == set()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["compare", "norton", "karachi"], 2, "No place 'karachi'."),
        (["compare", "norton", "sutton", "--carrier", "PK"], 2, "Known: XN, XS."),
        (["route", "norton", "sutton", "--corridor", "KTAP"], 2, "Known: ns-east, ns-west."),
        (["critical"], 2, "--study: the shipped study asks of none of these tables' places"),
        (["futures"], 2, "--study: the shipped study asks of none of these tables' places"),
        (["calibrate"], 1, "0 events with hours lie in the network"),
        (["hazard", "backtest"], 1, "The region names no benchmark elements"),
        (["ledger", "brief", "--actor", "Northland"], 2, "No speaker 'Northland'."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_a_land_has_not_is_refused_in_its_own_words(
    words: list[str], code: int, told: str, land: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--tables", str(land), "--as-of", DATE]) == code
    text = capsys.readouterr().err
    assert told in text
    assert foreign(text) <= set(re.findall(WORDS, " ".join(words)))


def test_the_tables_of_a_land_are_its_own(land: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "list", "--tables", str(land)]) == 0
    text = capsys.readouterr().out
    assert foreign(text) == set()
    assert re.search(r"^\d+ tables more may stand in the folder; empty until then\.$", text, re.M)
    assert main(["data", "sources", "--tables", str(land)]) == 0
    assert foreign(capsys.readouterr().out) == set()


def test_a_gate_of_a_land_is_seen(
    land: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["evidence", "seen", "West Gate", "2026-06-21", "open", "--source", "phone"]
    words += ["--source-date", "2026-06-21", "--workspace", str(tmp_path / "ws")]
    assert main([*words, "--tables", str(land)]) == 0
    assert main(words) == 2
    assert "No element 'West Gate'" in capsys.readouterr().err


def test_keys_of_the_contract_stay_and_are_null(land: Path) -> None:
    told = karwan.region(as_of=DATE, tables=land).compare("norton", "sutton").to_dict()
    assert told["without_afghanistan"] is None
    assert told["best_without_afghanistan"] is None
    values = json.dumps([value for key, value in told.items() if "afghanistan" not in key])
    assert foreign(values) == set()


def test_what_is_not_on_record_is_said_plainly(
    land: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["target", "KAZ-PAK", "--tables", str(land), "--as-of", DATE]) == 2
    assert "None is on record." in capsys.readouterr().err


def test_own_closures_reach_the_report_of_the_land(
    land: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("jinja2")
    workspace = tmp_path / "ws"
    words = ["evidence", "add-closure", "West Gate", "2026-06-20", "--end-status", "ongoing"]
    words += ["--source", "https://example.org/call", "--source-date", "2026-06-20"]
    words += ["--tables", str(land), "--workspace", str(workspace)]
    assert main(words) == 0
    assert main(["evidence", "check", "--tables", str(land), "--workspace", str(workspace)]) == 0
    run = ["study", "run", str(land / "study.toml"), "--workspace", str(workspace)]
    capsys.readouterr()
    assert main([*run, "--out", str(tmp_path / "run")]) == 0
    assert capsys.readouterr().err == ""
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", " ", page)
    assert "https://example.org/call" in page
    assert foreign(text) == set()
    assert "Nothing is on record for: " in text


def test_a_land_without_corridors_or_closures_is_a_land(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = write_land(tmp_path / "bare")
    for name in ("corridors", "closures", "closure_elements", "regions", "country_names"):
        (place / f"{name}.csv").unlink()
    assert main(["network", "check", "--tables", str(place)]) == 0
    region = karwan.region(as_of=DATE, tables=place)
    best = region.compare("norton", "sutton").content.best
    assert best is not None
    assert best.crossings == ("east-gate",)
    study = karwan.run_study(place / "study.toml")
    assert study.to_frame("routes").height == 0
    assert study.report() is not None
    assert study.missing == {}
    capsys.readouterr()
    assert main(["hazard", "East Gate", "--tables", str(place), "--as-of", DATE]) == 1
    assert "No day before the date was searched" in capsys.readouterr().err


def test_an_ending_in_capitals_is_read_and_a_second_file_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = write_land(tmp_path / "land")
    (place / "closures.csv").rename(place / "closures.CSV")
    assert Catalog(place).read("closures").height == 7
    (place / "closures.csv").write_text("id\n", encoding="utf-8")
    assert main(["network", "check", "--tables", str(place)]) == 2
    assert "closures is there more than once" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ('base = "ours"', 'base is \'ours\'; it is "packaged" or "none"'),
        ('bases = "none"', "bases is not a key"),
        ("base = none", "is not TOML"),
    ],
)
def test_settings_that_cannot_be_are_named(
    settings: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = write_land(tmp_path / "land")
    (place / "karwan.toml").write_text(settings, encoding="utf-8")
    assert main(["network", "check", "--tables", str(place)]) == 2
    assert told in capsys.readouterr().err


def test_faults_of_an_own_land_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    loop = changed(tmp_path / "loop", "road_links", "n-east,norton,east-n", "n-east,norton,norton")
    assert main(["network", "check", "--tables", str(loop)]) == 2
    assert "link n-east leads from norton to itself" in capsys.readouterr().err
    rates = changed(tmp_path / "rates", "parameters", "USD/tonne-km", "USD/TEU-km")
    assert main(["network", "check", "--tables", str(rates)]) == 2
    told = capsys.readouterr().err
    assert "cpmm_tfi has no TFI3 by road, and parameters no rate in USD/tonne-km" in told
    assert "by rail" not in told


def test_a_table_with_semicolons_says_how_to_save_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = write_land(tmp_path / "land")
    path = place / "road_links.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    assert main(["network", "check", "--tables", str(place)]) == 2
    assert "road_links: has semicolons between its cells; save it" in capsys.readouterr().err


def test_a_borrowed_rate_is_said_with_where_it_comes_from(
    land: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = karwan.region(as_of=DATE, tables=land).compare("norton", "sutton").to_dict()
    assert own["rates_borrowed"] == []
    place = changed(tmp_path, "parameters", "XS,road", "XX,road")
    asked = ["norton", "sutton", "--tables", str(place), "--as-of", DATE]
    for command in ("compare", "route"):
        assert main([command, *asked]) == 0
        line = "No freight rate of Southland is on record; borrowed: road rates of the region, n"
        assert line in capsys.readouterr().out


def test_rates_of_the_packaged_tables_are_named_as_lent(tmp_path: Path) -> None:
    place = write_land(tmp_path / "land")
    (place / "karwan.toml").write_text('base = "packaged"\n', encoding="utf-8")
    (place / "parameters.csv").unlink()
    for name in ("rail_links", "rail_nodes", "terminals", "place_names"):
        assert pl.read_csv(place / f"{name}.csv").height == 0
    told = karwan.region(as_of=DATE, tables=place).route("norton", "sutton").to_dict()
    assert [one["country"] for one in told["rates_borrowed"]] == ["XN", "XS"]
    assert all("of the packaged tables, n = " in one["basis"] for one in told["rates_borrowed"])
