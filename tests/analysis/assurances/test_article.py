"""The article walked: every statement answered or refused, nothing adopted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

import pytest
from numpy.testing import assert_allclose
from scipy import stats

from karwan.analysis.assurances import counted, progress
from karwan.analysis.assurances.article import ArticleRow, article_to_dict, walk_article
from karwan.analysis.assurances.book import Book, open_book
from karwan.analysis.assurances.gates import gates_told
from karwan.analysis.forecasts.closures import fit_world
from karwan.ledger.words import SpeakerKind
from tests.reference import catalog, world

AS_OF = dt.date(2026, 11, 22)
NEIGHBOURS = ("Tajikistan", "Uzbekistan", "Pakistan")
NUMBERED = {
    "S03": "ratio", "S05": "claims a year", "S10": "share",
    "S11": "findings", "S12": "findings", "S14": "ratio", "S26": "million USD",
    "S30": "closures a year", "S34": "crossings", "S36": "rows", "S39": "share",
    "S40": "findings", "S44": "rungs", "S50": "claims a year",
}  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Book:
    return open_book(catalog())


@pytest.fixture(scope="module")
def rows(book: Book) -> list[ArticleRow]:
    now = world(as_of=AS_OF)
    return walk_article(book, AS_OF, more={"gates": partial(gates_told, now, fit_world(now))})


def test_all_fifty_two_statements_have_a_number_a_status_or_a_refusal(
    rows: list[ArticleRow],
) -> None:
    assert [row.status.statement.id for row in rows] == [f"S{n:02d}" for n in range(1, 53)]
    for row in rows:
        assert row.result in {"number", "status", "refused"}
        content = article_to_dict(row)
        assert content["reason"]
        assert content["source_url"].startswith("http")
        assert content["source_date"]
        assert content["commands"][-1] == f"karwan ledger show {content['id']}"


@pytest.mark.parametrize(("ident", "unit"), NUMBERED.items())
def test_a_row_that_can_be_counted_is(rows: list[ArticleRow], ident: str, unit: str) -> None:
    row = rows[int(ident[1:]) - 1]
    assert row.result == "number"
    assert unit in {one.unit for one in row.shown if one.value is not None}


def test_everything_shown_has_source_date_and_grade_and_its_interval_holds_it(
    rows: list[ArticleRow],
) -> None:
    for row in rows:
        for one in row.shown:
            assert one.source_url
            assert one.source_date
            assert one.grade in {"A", "B", "C"}
            if one.value is not None and one.low is not None:
                assert one.low <= one.value
                assert one.high is None or one.value <= one.high


def test_opinions_and_unnamed_analysts_stay_refused_beside_what_is_counted(
    rows: list[ArticleRow],
) -> None:
    for row in rows:
        if row.status.statement.speaker_kind is SpeakerKind.unnamed_analysts:
            assert row.result == "refused"
    for ident in ("S38", "S45"):  # interpretation of a text: nothing is counted beside it
        assert rows[int(ident[1:]) - 1].result == "refused"
        assert rows[int(ident[1:]) - 1].shown == ()


def test_no_rate_of_attacks_from_afghan_soil_is_made(book: Book) -> None:
    found = {
        one.text.split(":")[0]: one for one in counted.claims_by_neighbour(book, AS_OF, NEIGHBOURS)
    }
    assert found["Pakistan"].value is None
    assert "which is no zero" in found["Pakistan"].text
    assert "denials or counterclaims: 2" in found["Uzbekistan"].text
    claims = found["Tajikistan"]
    assert claims.unit == "claims a year"
    years = 4 / (claims.value or 0)  # four dated claims: SI352, SI354, SI355, SI356
    assert claims.low is not None
    assert_allclose(claims.low * years, stats.chi2.ppf(0.025, 8) / 2, rtol=1e-9)


def test_a_trend_is_told_only_of_series_that_share_it(book: Book) -> None:
    for shown in counted.attack_trend(book, AS_OF, "Pakistan"):
        if "rose, by two" in shown.text:
            assert shown.value is not None
            assert shown.value > 1
        if "CRSS" in shown.text:
            assert "alone in its scope, so no trend" in shown.text


def test_words_given_to_tokayev_are_confirmed_by_nobody_as_his(book: Book) -> None:
    (one,) = counted.attributed_to(book, AS_OF, "Tokayev")
    assert one.text.startswith("0 of 5 statements attributed to Tokayev alone")
    assert one.high is not None
    assert_allclose(one.high, 1 - 0.025 ** (1 / 5), rtol=1e-9)  # Clopper-Pearson at 0 of 5


def test_the_target_needs_more_on_each_basis_which_are_not_mixed(book: Book) -> None:
    told = progress.target_multiples(book, AS_OF, ("KAZ-PAK", "C37", "C53", "C54"))
    assert {one.command for one in told} == {"karwan target KAZ-PAK"}
    assert_allclose(sorted(one.value or 0 for one in told), [4.0, 1000 / 105.6])
    assert "foreign ministers) and Kazakhstan (Tokayev" in told[0].text


def test_trade_after_the_closure_is_told_per_basis(book: Book) -> None:
    """Pakistani exports, July to December 2024 and 2025: customs and payments basis."""
    found = counted.trade_after_closure(book, AS_OF, "PAK", "AFG")
    assert_allclose(
        [one.value for one in found if one.value is not None],
        [336 / 754 - 1, 219.489 / 504.308 - 1],
    )
    assert all(one.low is None and "no interval" in one.text for one in found)


def test_what_another_room_answers_is_taken_when_given_and_named_when_not(book: Book) -> None:
    given = counted.Shown(
        text="weakest link",
        value=3.0,
        low=None,
        high=None,
        unit="USD",
        source_url="x",
        source_date="2026",
        grade="C",
    )
    rows = walk_article(book, AS_OF, more={"chokepoints": lambda *_: [given]})
    assert replace(given, measure="chokepoints") in rows[35].shown
    assert "karwan critical" in rows[35].commands


def test_an_earlier_day_knows_less(book: Book) -> None:
    early = walk_article(book, dt.date(2026, 2, 10))
    late = walk_article(book, AS_OF)
    assert early[33].status != late[33].status
    read = [one for row in early for one in row.shown if one.source_url.startswith("http")]
    assert read
    assert max(one.source_date[:7] for one in read) <= "2026-02"
