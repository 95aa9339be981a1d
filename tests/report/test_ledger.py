"""The page's sections on what was said: attributed, with sources, alike for every party."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest

from karwan.report.ledger import gather_article, gather_register
from karwan.report.view import View, view_of
from tests import reference

# One worker asks them all, so that they share the study.
pytestmark = pytest.mark.xdist_group("pages")


@pytest.fixture(scope="module")
def view() -> View:
    return view_of(reference.study())


def section(page: str, ident: str) -> str:
    found = re.search(rf'id="{ident}".*?(?=</section>|</main>)', page, re.DOTALL)
    assert found is not None
    return found.group()


def test_every_statement_of_the_article_stands_on_the_page() -> None:
    text = section(reference.page(), "article")
    for number in range(1, 53):
        assert f">S{number:02d}<" in text
    assert "attributed and not adopted" in text
    assert not re.search(r">\s*(nan|None|inf)\b", text)


def test_what_the_study_counted_stands_beside_the_risk_of_sabotage(view: View) -> None:
    told = gather_article(view)
    assert told is not None
    (line,) = (one for one in told["sheets"].lines if one.row.status.statement.id == "S36")
    (worst,) = (one for one in line.row.shown if one.unit == "million USD")
    assert "expected to cost most within 365 days" in worst.text
    assert worst.value is not None
    assert worst.value > 0


def test_the_register_sets_planned_beside_actual_dates(view: View) -> None:
    found = gather_register(view)
    assert found is not None
    rows = {one.proposition_id: one for one in found["register"]}
    assert rows["T11"].slip_days == 98
    assert rows["T11"].cause == "documentation rule"
    assert (rows["C40"].slip_days, rows["C40"].at_least) == (338, True)  # seen shut 2026-10-04
    assert rows["C07"].slip_days is None
    assert rows["C46"].slip_days == 0
    assert [kept.party for kept in found["kept"]][-1] == "all"
    planned = [one.planned for one in found["register"]]
    assert planned == sorted(planned)


def test_a_study_from_before_the_article_has_no_such_section(view: View) -> None:
    spec = view.result.spec.model_copy(update={"as_of": dt.date(2025, 6, 1)})
    early = replace(view, result=replace(view.result, spec=spec))
    assert gather_article(early) is None
    assert gather_register(early) is not None
