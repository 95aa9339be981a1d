"""Pictures of answers: drawn where one says more, refused by name where not."""

from __future__ import annotations

from pathlib import Path

import pytest

import karwan
from karwan.base.errors import DataError
from tests.reference import region


@pytest.mark.parametrize(
    ("noun", "name"), [("compare", "ranges"), ("route", "distance"), ("target", "target")]
)
def test_a_picture_has_words_for_who_cannot_see_it(noun: str, name: str, tmp_path: Path) -> None:
    ends = ("KAZ-PAK",) if noun == "target" else ("Almaty", "Karachi")
    picture = karwan.plot(getattr(region(), noun)(*ends))
    assert picture.name == name
    assert picture.spec["layer"] or picture.spec["vconcat"]
    path = picture.save(tmp_path / "drawn.SVG")
    svg = path.read_text(encoding="utf-8")
    assert svg == picture._repr_svg_()
    assert "aria-label=" in svg
    assert len(repr(picture)) < 300


def test_a_cut_corridor_is_drawn_as_cut() -> None:
    picture = karwan.plot(region().compare("Almaty", "Karachi"))
    compared = region().compare("Almaty", "Karachi").content
    cut = [one for one in compared.answers if one.status == "cut" and one.open_journey]
    assert cut
    assert picture.description.count("(cut)") == len([one for one in cut if not one.same_as])


def test_an_answer_without_a_picture_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="answer: nothing is drawn of it"):
        karwan.plot(region().hazard("torkham"))
    with pytest.raises(DataError, match="answer: there is no route"):
        karwan.plot(region().route("kabul", "islamabad", corridor="kuap-road-torkham"))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    picture = karwan.plot(region().target("KAZ-PAK"))
    with pytest.raises(DataError, match=r"path .*must end in \.svg, \.png, \.html"):
        picture.save(tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []
