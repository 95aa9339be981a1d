"""A network in GMNS and back: what is kept, what is lost, and folders at fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from karwan.analysis.table_check import check_tables
from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.data.new_land import write_land
from karwan.main import main
from karwan.network.build import build_network
from karwan.network.gmns import read_gmns

NODES = "node_id,x_coord,y_coord,country\na,10,1,XN\nb,10,0.01,XN\nc,10,-0.01,XS\n"
LINKS = (
    "link_id,from_node_id,to_node_id,directed,length,free_speed,facility_type,geometry\n"
    'one,a,b,false,80,40,arterial,"LINESTRING (10 1, 10.1 0.5, 10 0.01)"\n'
    "gate,b,c,false,2,30,arterial,\n"
)
CONFIG = "long_length,speed\nmi,mph\n"


def folder(place: Path, **files: str) -> Path:
    place.mkdir()
    for name, text in ({"node": NODES, "link": LINKS} | files).items():
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return place


def test_the_made_land_goes_out_and_comes_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    land = write_land(tmp_path / "land")
    out, back = tmp_path / "gmns", tmp_path / "back"
    words = ["--tables", str(land), "--as-of", "2026-06-30"]
    assert main(["export", str(out), "--to", "gmns", *words]) == 0
    assert main(["network", "import", "gmns", str(out), str(back), "--dated", "2026-06-30"]) == 0
    printed = capsys.readouterr().out
    assert check_tables(Catalog(back)).all_faults == []
    before, after = (build_network(Catalog(one)) for one in (land, back))
    # Kept: places with their names, countries and spots; links with km, speed and course; gates.
    for name, place in after.places.items():
        mine = before.places[name]
        assert (place.name, place.country) == (mine.name, mine.country)
        assert place.position == pytest.approx(mine.position)
    assert set(after.links) == {one.id for one in before.links.values() if one.built}
    for name, link in after.links.items():
        own = before.links[name]
        assert {link.from_id, link.to_id} == {own.from_id, own.to_id}
        told = (link.mode, link.length_km, link.speed_kmh)
        assert told == (own.mode, own.length_km, own.speed_kmh)
    assert set(after.link_shapes) == set(before.link_shapes)
    assert set(after.crossings) == set(before.crossings)
    # Lost: corridors, closures, and what each post takes and asks, which is told.
    assert not after.corridors
    assert "hours and fees of 2 crossings: borrowed" in printed
    assert "closures, corridors, demand" in printed
    assert main(["compare", "norton", "sutton", "--tables", str(back), *words[2:]]) == 0


def test_a_land_that_came_back_has_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its corridors were lost on the way and are found again, by the same gates."""
    land, out, back = (tmp_path / name for name in ("land", "gmns", "back"))
    write_land(land)
    words = ["--tables", str(land), "--as-of", "2026-06-30"]
    assert main(["export", str(out), "--to", "gmns", *words]) == 0
    asked = ["network", "import", "gmns", str(out), str(back), "--dated", "2026-06-30"]
    assert main([*asked, "--ask", "norton", "sutton"]) == 0
    assert "Next: karwan study run" in capsys.readouterr().out
    gates = {
        tuple(gate for part in one.tokens if (gate := part.rstrip("<>")) in corridors.crossings)
        for corridors in (build_network(Catalog(land)), build_network(Catalog(back)))
        for one in corridors.corridors.values()
    }
    assert gates == {("east-gate",), ("west-gate",)}
    run = tmp_path / "run"
    assert main(["study", "run", str(back / "study.toml"), "--out", str(run)]) == 0
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "by road over x-east" in page  # a gate's name is lost: its link's stands for it
    assert "by road over x-west" in page


def test_units_of_the_settings_are_honoured(tmp_path: Path) -> None:
    draft = read_gmns(folder(tmp_path / "g", config=CONFIG), dated="2026-01-01")
    one = next(link for link in draft.links if link.id == "one")
    assert one.length_km == pytest.approx(80 * 1.609344)
    assert one.speed_kmh == pytest.approx(40 * 1.609344)
    assert one.course[1] == (0.5, 10.1)


def test_every_fault_of_a_folder_is_named(tmp_path: Path) -> None:
    nodes = NODES + "a,10,1,XN\nd,200,1,XN\ne,10,1,\n"
    links = LINKS + "x,a,nowhere,false,5,,,\ny,a,a,true,5,,,\nz,a,b,true,-3,fast,,LINE\n"
    config = "long_length,speed\nfurlong,knots\n"
    with pytest.raises(DataError, match="GMNS folder") as error:
        read_gmns(folder(tmp_path / "g", node=nodes, link=links, config=config), dated="2026-01-01")
    told = str(error.value)
    for words in (
        "node_id is blank or stands there twice: node.csv line 5 'a'",
        "x_coord, y_coord are no longitude and latitude in degrees: node.csv line 6",
        "no country: say whose nodes these are: node.csv line 7",
        "a node that node.csv has not: link.csv line 4 'nowhere'",
        "a link that leads to itself: link.csv line 5",
        "length is no number, or below 0: link.csv line 6 '-3'",
        "free_speed is no number, or below 0: link.csv line 6 'fast'",
        "geometry: link.csv line 6",
        "long_length is not one of",
        "speed is not one of",
    ):
        assert words in told, words


def test_missing_files_and_columns_are_named_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder(tmp_path / "g", node="node_id,lat\na,1\n")
    (place / "link.csv").unlink()
    words = ["network", "import", "gmns", str(place), str(tmp_path / "land")]
    assert main(words) == 2
    told = capsys.readouterr().err
    for one in ("node.csv has no column 'x_coord'", "no column 'y_coord'", "link.csv is not there"):
        assert one in told
    assert not (tmp_path / "land").exists()


def test_a_network_of_one_country_cannot_shut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = folder(tmp_path / "g", node=NODES.replace("XS", "XN"))
    assert main(["network", "import", "gmns", str(place), str(tmp_path / "land")]) == 2
    assert "no link joins two countries" in capsys.readouterr().err
    assert main(["network", "import", "gmns", str(place), str(tmp_path / "l"), "--area", "1"]) == 2
    assert "--area" in capsys.readouterr().err
