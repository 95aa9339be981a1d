"""What is wrong with a ledger is named all at once."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest

from karwan.base.errors import DataError
from karwan.ledger.faults import check_rows
from tests.ledger.rows import evidence, indicator, proposition, rows, source, statement

DAY = dt.date(2025, 2, 1)
FAMILIES = ("KTAP", "KUAP", "KKCP")


def test_a_sound_ledger_has_no_fault() -> None:
    check_rows(rows(evidence=[evidence()]), FAMILIES)


def lent(part: str) -> dict[str, Any]:
    """Return a test that another proposition lends."""
    return indicator(metric="shared", data_set="ledger", filter=f"part={part}", operator="holds",
                     deadline=None)  # fmt: skip


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"indicator": [indicator(deadline=dt.date(2024, 12, 31))]},
            "indicator I-X1: deadline 2024-12-31 lies before the statement of 2025-01-01",
        ),
        (
            {"statement": [statement(source_id="SRC9")]},
            "statement X1: no source 'SRC9'",
        ),
        (
            {"statement": [statement(said_on="soon")]},
            "statement X1: said_on 'soon' is not a date like 2026-10-04, 2026-10 or 2026",
        ),
        (
            {"statement": [statement(corridors="KTAP; KTUP")]},
            "statement X1: corridor 'KTUP' is not one of KTAP, KUAP, KKCP",
        ),
        (
            {"statement": [statement(same_as="X9")]},
            "statement X1: same_as names no other statement 'X9'",
        ),
        (
            {"statement": [statement(span_start_index=9, span_end_index=9)]},
            "statement X1: a span needs a start before its end",
        ),
        ({"statement": [statement(), statement()]}, "statement X1: the id is taken already"),
        (
            {"proposition": [proposition(), proposition("X2", testable="no")]},
            "proposition X2: what cannot be tested needs a reason",
        ),
        (
            {"proposition": [proposition(window_start=DAY, window_end=dt.date(2025, 1, 1))]},
            "proposition X1: its window ends 2025-01-01, before it starts 2025-02-01",
        ),
        (
            {"statement": [statement(), statement("X2")]},
            "statement X2: has no proposition",
        ),
        (
            {"indicator": [indicator(metric="opening", data_set="closures", filter="class=cargo")]},
            "indicator I-X1: metric opening needs elements= in its filter",
        ),
        (
            {"indicator": [lent("X9")]},
            "indicator I-X1: shares the test of no proposition 'X9'",
        ),
        (
            {"indicator": [lent("X1")]},
            "indicator I-X1: proposition X1 has no test of its own to share",
        ),
        (
            {
                "proposition": [proposition(), proposition("X2")],
                "indicator": [lent("X2"), indicator("I-X2", proposition_id="X2")],
                "evidence": [evidence()],
            },
            "indicator I-X1: evidence E1 points a way: it belongs to proposition X2, "
            "whose test is shared",
        ),
        (
            {"indicator": [indicator(operator="at_least")]},
            "indicator I-X1: operator at_least needs a value",
        ),
        (
            {"evidence": [evidence(source_date=None)]},
            "evidence E1: source_date is missing: what is undated cannot be used as of a date",
        ),
        (
            {"evidence": [evidence(event_on="2025-03-01")]},
            "evidence E1: event of 2025-03-01 lies after its source of 2025-02-02",
        ),
        (
            {"evidence": [evidence(proposition_id="X9")]},
            "evidence E1: no proposition 'X9'",
        ),
    ],
)  # fmt: skip
def test_each_fault_has_its_message(given: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=f"(?m)^  {re.escape(message)}$"):
        check_rows(rows(**given), FAMILIES)


def test_all_faults_come_in_one_error() -> None:
    given = rows(
        source=[source("SRC2")],
        indicator=[indicator(deadline=dt.date(2020, 1, 1), operator="at_most")],
        evidence=[evidence(source_date=None)],
    )
    with pytest.raises(DataError, match="5 faults in the ledger"):
        check_rows(given, FAMILIES)
