"""Catalogues: complete, with the slots and plural forms they need; and what speaking does."""

from __future__ import annotations

import datetime as dt

import pytest

from karwan.base.errors import DataError
from karwan.data.catalog import Catalog
from karwan.data.own_names import names_in
from karwan.data.rows.costs import CargoRow, UnitRow
from karwan.data.rows.region import TermRow
from karwan.words.catalogues import LABEL, read_catalogue
from karwan.words.labels import LABELS
from karwan.words.speech import (
    label_word,
    lacks,
    named,
    say,
    say_counting,
    say_day,
    say_listed,
    say_number,
    speaking,
    tongue_spoken,
)
from karwan.words.tongues import ENGLISH, TONGUES, accepted_tongue, tongue_of
from tools.catalogues import faults_of, said_in_package

RUSSIAN = TONGUES["ru"]
OTHERS = [one for one in TONGUES.values() if one is not ENGLISH]


def test_every_message_stands_in_every_catalogue_with_its_slots_and_plural_forms() -> None:
    said = said_in_package()
    assert len(said.sentences) > 100
    assert [fault for tongue in OTHERS for fault in faults_of(tongue, said)] == []


def test_cargo_and_units_of_the_tables_have_labels() -> None:
    catalog = Catalog()
    names = [row.commodity for row in catalog.rows(CargoRow)]
    names += [row.name for row in catalog.rows(UnitRow)]
    assert set(names) <= set(LABELS)


@pytest.mark.parametrize(
    ("count", "told"),
    [(1, "за 1 день до"), (3, "за 3 дня до"), (11, "за 11 дней до"), (1021, "за 1\xa0021 день до")],
)
def test_numbers_in_sentences_take_the_plural_of_the_language(count: int, told: str) -> None:
    words = ("{count} day before the as-of date", "{count} days before the as-of date")
    with speaking(RUSSIAN):
        assert say_counting(*words, count).startswith(told)
    assert say_counting(*words, 1) == "1 day before the as-of date"


def test_numbers_and_days_follow_the_language() -> None:
    with speaking(RUSSIAN):
        assert say_number(-1234.5, 1) == "\N{MINUS SIGN}1\xa0234,5"
        assert say_day(dt.date(2026, 11, 27)) == "27\xa0ноября\xa02026"
        assert say_listed(["a", "b", "c"]) == "a, b и c"
        assert label_word("shut") == "закрыт"
    with speaking(TONGUES["prs"]):
        assert say_day(dt.date(2026, 11, 27)) == "\u206827\xa0نومبر\xa02026\u2069"
        assert label_word("road") == "سرک"


def test_names_are_those_of_the_tables_and_else_their_own() -> None:
    names = names_in(Catalog(), RUSSIAN.table_name)
    with speaking(RUSSIAN, lambda: names):
        assert named("place", "karachi", "Karachi") == "Карачи"
        assert named("place", "nowhere", "Nowhere") == "Nowhere"
    assert named("place", "karachi", "Karachi") == "Karachi"


def test_a_language_without_sentences_says_them_in_english() -> None:
    message = "Does the order hold?"
    with speaking(TONGUES["ur"]):
        assert lacks(message)
        assert say(message) == message
    with speaking(RUSSIAN):
        assert not lacks(message)
    assert not lacks(message)


def test_speaking_ends_with_its_block() -> None:
    with speaking(RUSSIAN), speaking(TONGUES["ur"]):
        assert tongue_spoken().code == "ur"
    assert tongue_spoken() is ENGLISH


def test_a_language_without_a_catalogue_is_refused_with_those_there_are() -> None:
    with pytest.raises(DataError, match="there are en, ru, ur, prs"):
        tongue_of("de")


@pytest.mark.parametrize(
    ("header", "code"),
    [("", "en"), ("de-DE, ru;q=0.5", "ru"), ("en, ru;q=0.9", "en"), ("ru;q=2", "en"),
     ("ru;q=x, ur", "ur"), ("fa-AF", "prs"), (";;,,=", "en"), ("*", "en")],
)  # fmt: skip
def test_a_browser_has_the_language_it_would_rather_have(header: str, code: str) -> None:
    assert accepted_tongue(header).code == code


def test_labels_are_the_terms_of_the_table() -> None:
    """Where a label is a term's English word, it stands in each language as the table has it."""
    rows = Catalog().rows(TermRow)
    words: dict[str, dict[str, str]] = {}
    for row in rows:
        if row.term_id.startswith("n_"):
            continue  # forms that go with numbers
        words.setdefault(row.term_id, {})[row.language] = row.term
    by_english = {told["English"]: told for told in words.values()}
    checked = 0
    for word in LABELS:
        for tongue in OTHERS:
            term = by_english.get(word, {}).get(tongue.table_name)
            if term is not None:
                checked += 1
                assert read_catalogue(tongue).text(word, LABEL) == term, (word, tongue.code)
    assert checked > 40
