"""Notebooks show the main results as tables, with what is unknown left blank."""

from __future__ import annotations

from xml.etree import ElementTree

from karwan.analysis.corridors.comparison import BEST_WAY
from karwan.analysis.world.state import State
from tests import reference


def cells(html: str) -> list[list[str]]:
    body = ElementTree.fromstring(html).find("tbody")
    assert body is not None
    return [[cell.text or "" for cell in row] for row in body]


def test_a_comparison_shows_every_corridor_and_blanks_where_cut() -> None:
    comparison = reference.comparison("almaty", "karachi", State.last_known)
    rows = {row[0]: row for row in cells(comparison._repr_html_())}
    assert list(rows) == [BEST_WAY, *(answer.corridor.id for answer in comparison.answers)]
    assert rows["kuap-road-torkham"][2:] == ["cut", *["-"] * 9, "Torkham"]
    name, *first = rows["kkcp-road-torugart"][1:]
    assert name == "KKCP: road via Torugart and Khunjerab"
    assert (first[:2], first[4]) == (["open", "1"], "3,674")
    assert all(0 < float(share) < 1 for share in first[2:4])
    assert rows[BEST_WAY][1] == "best of all ways"
    frame = comparison.to_frame()
    assert frame.height == 1 + len(comparison.answers)
    cut = frame.filter(corridor="kuap-road-torkham").row(0, named=True)
    assert (cut["status"], cut["mean_hours"], cut["rank"]) == ("cut", None, None)
    assert "does not hold over the bands" in comparison._repr_html_()


def test_a_journey_shows_its_table() -> None:
    best = reference.comparison("almaty", "karachi", State.last_known).best
    assert best is not None
    rows = cells(best._repr_html_())
    assert len(rows) == len(best.rows)
    assert best.to_frame().height == len(best.rows)
    assert best.to_frame()["length_km"].to_list() == [row.km for row in best.rows]
    assert rows[-1][5] == f"{best.distance_km:,.0f}"
